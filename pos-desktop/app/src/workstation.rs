//! The workstation behind the window.

use pos_api::{Answer, Code, Command, Failure, Query, Reply, SessionView};

/// A way to the workstation, as many as wanted.
#[derive(Clone, Debug)]
pub(crate) struct Handle;

impl Handle {
    /// Does what is asked; answers when it is durable.
    pub(crate) fn command(&self, command: &Command) -> Result<Reply, Failure> {
        tracing::info!(?command, "refused: this PC is not set up");
        Err(Failure { code: Code::SetUpState, reference: String::new() })
    }

    /// Answers what is asked; changes nothing.
    pub(crate) fn query(&self, query: &Query) -> Result<Answer, Failure> {
        if *query == Query::Session {
            return Ok(Answer::Session(SessionView {
                enrolled: None,
                operators: Vec::new(),
                operator: None,
                has_menu: false,
                clock: "19:10".to_owned(),
                date: "2026-11-20".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            }));
        }
        Err(Failure { code: Code::SetUpState, reference: String::new() })
    }

    /// Calls `_listener` whenever something that a screen may show has changed.
    pub(crate) fn on_change(&self, _listener: impl Fn() + Send + 'static) {}
}
