//! The workstation behind the window.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

/// A way to the workstation, as many as wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handle(Arc<Mutex<Workstation>>);

#[derive(Default)]
struct Workstation {
    commands: u32,
    listener: Option<Box<dyn Fn() + Send>>,
}

impl Handle {
    pub(crate) fn command(&self, command: &Value) -> Result<Value, Value> {
        let mut workstation = self.0.lock().expect("nothing panics while it holds this");
        if command.as_str() != Some("count") {
            return Err(json!(format!("unknown command {command}")));
        }
        workstation.commands += 1;
        if let Some(listener) = &workstation.listener {
            listener();
        }
        Ok(Value::Null)
    }

    pub(crate) fn query(&self, query: &Value) -> Result<Value, Value> {
        let workstation = self.0.lock().expect("nothing panics while it holds this");
        match query.as_str() {
            Some("running") => {
                Ok(json!({"version": env!("CARGO_PKG_VERSION"), "commands": workstation.commands}))
            }
            _ => Err(json!(format!("unknown query {query}"))),
        }
    }

    pub(crate) fn on_change(&self, listener: impl Fn() + Send + 'static) {
        let mut workstation = self.0.lock().expect("nothing panics while it holds this");
        workstation.listener = Some(Box::new(listener));
    }
}

impl fmt::Debug for Workstation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workstation").field("commands", &self.commands).finish_non_exhaustive()
    }
}
