//! `workstation --data FOLDER [--listen ADDRESS:PORT]`: a workstation without a window, for the storm.
//!
//! It reads one JSON object a line, [`storm::line::Asked`], and says one a line, [`storm::line::Line`],
//! each answer with the number of what was asked. Commands are done in their order; questions are
//! answered beside them. It ends with its standard input.

use anyhow::{Context, Result, anyhow};
use domain::id::OrderId;
use pos_api::{Answer, Query};
use pos_core::runtime::Handle;
use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use storm::line::{Asked, Line, Said, Want, now_ns};

/// How long the kitchen's watch waits for a change before it looks all the same.
const LOOK: Duration = Duration::from_secs(5);

fn main() -> Result<()> {
    let workstation = crash::workstation()?;
    let (do_it, commands) = mpsc::channel();
    let (tell, questions) = mpsc::channel();
    let doer = workstation.clone();
    let doer = std::thread::spawn(move || in_order(&doer, commands));
    let teller = workstation.clone();
    let teller = std::thread::spawn(move || in_order(&teller, questions));

    for line in std::io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?).context("a line that is no request")?;
        match asked.want {
            Want::Command(_) => do_it.send(asked)?,
            Want::Query(_) => tell.send(asked)?,
            Want::WatchKitchen => {
                let kitchen = workstation.clone();
                std::thread::spawn(move || watch(&kitchen));
                say(Some(asked.id), Said::Watching);
            }
        }
    }
    drop((do_it, tell));
    // The workstation ends in order when the last that holds it has ended.
    for thread in [doer, teller] {
        thread.join().map_err(|_| anyhow!("a thread panicked"))?;
    }
    Ok(())
}

fn in_order(workstation: &Handle, asked: Receiver<Asked>) {
    for Asked { id, want } in asked {
        let said = match want {
            Want::Command(command) => {
                workstation.command(command).map(|reply| Said::Done(Box::new(reply)))
            }
            Want::Query(query) => {
                workstation.query(query).map(|answer| Said::Answer(Box::new(answer)))
            }
            Want::WatchKitchen => Ok(Said::Watching),
        };
        say(Some(id), said.unwrap_or_else(Said::Failure));
    }
}

/// Says of each order when the kitchen's screen has it.
fn watch(workstation: &Handle) {
    let mut shown: BTreeSet<OrderId> = BTreeSet::new();
    let mut seen = 0;
    loop {
        if let Ok(Answer::Kitchen(kitchen)) = workstation.query(Query::Kitchen) {
            for card in kitchen.cards {
                if shown.insert(card.order) {
                    say(None, Said::Shown(card.order));
                }
            }
        }
        seen = workstation.wait_for_change(seen, LOOK);
    }
}

/// Writes one line, whole, at once: whoever reads it may end this program the moment after.
fn say(id: Option<u64>, said: Said) {
    let line = Line { id, at_ns: now_ns(), said };
    let mut text = serde_json::to_vec(&line).expect("what is said can be written");
    text.push(b'\n');
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: it is about to end.
    out.write_all(&text).and_then(|()| out.flush()).ok();
}
