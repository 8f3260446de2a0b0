//! What can go wrong on the way to an answer, and what is said of it outside.

use crate::gate::Busy;
use crate::store::is_passing;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use replication::{Refusal, Reply};
use serde::Serialize;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or not in time.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// An answer larger than the protocol allows.
    #[error("the answer cannot be sealed")]
    Unsealed(#[from] replication::Unopened),
    /// The body is larger than any message.
    #[error("the message is too large")]
    TooLarge,
    /// The body did not arrive whole.
    #[error("the message cannot be read")]
    Unreadable,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// Argon2 refused its parameters or a stored hash.
    #[error("a password could not be hashed or compared")]
    Password(argon2::password_hash::Error),
}

/// What a program outside is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Code {
    Busy,
    Failed,
    TooLarge,
    Unreadable,
    SignedOut,
}

/// The body of an answer that went wrong.
#[derive(Serialize)]
struct Body {
    code: Code,
}

impl Error {
    fn place(&self) -> (StatusCode, Code) {
        match self {
            Self::Database(error) if is_passing(error) => {
                (StatusCode::SERVICE_UNAVAILABLE, Code::Busy)
            }
            Self::Database(_) | Self::Unsealed(_) | Self::Password(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, Code::Failed)
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge),
            Self::Unreadable => (StatusCode::BAD_REQUEST, Code::Unreadable),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, Code::SignedOut),
        }
    }

    /// What a workstation is told: that it may try again, and when ([`crate::gate`]). Logged here,
    /// once.
    #[must_use]
    pub fn into_reply(self, busy: impl FnOnce() -> Busy) -> Reply {
        let (_, code) = self.place();
        self.log(code);
        match code {
            Code::Busy => Reply::Busy { retry_ms: busy().retry_ms },
            Code::TooLarge => Reply::Refused(Refusal::TooLarge),
            Code::Unreadable => Reply::Refused(Refusal::Unreadable),
            Code::Failed | Code::SignedOut => Reply::Refused(Refusal::Failed),
        }
    }

    fn log(&self, code: Code) {
        let cause = std::error::Error::source(self).map(ToString::to_string).unwrap_or_default();
        match code {
            Code::Failed => tracing::error!(%cause, "{self}"),
            Code::Busy => tracing::warn!(%cause, "{self}"),
            Code::TooLarge | Code::Unreadable | Code::SignedOut => tracing::info!("{self}"),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.place();
        self.log(code);
        (status, Json(Body { code })).into_response()
    }
}
