//! The program without a window, from outside.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command as Program, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use pos_api::{Answer, Command, Failure, Query, Reply};
use serde::{Deserialize, Serialize};

/// How long any answer may take on a loaded machine.
const BOUND: Duration = Duration::from_secs(30);

/// What is asked on a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// To do something.
    Command(Command),
    /// To answer something.
    Query(Query),
}

/// What is answered on a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered<T> {
    /// It is done, or this is the answer.
    Ok(T),
    /// It is not, and nothing was changed.
    Failure(Failure),
}

/// A till that runs. It is killed when dropped.
#[derive(Debug)]
pub struct Till {
    child: Child,
    asks: ChildStdin,
    answers: Receiver<String>,
}

impl Till {
    /// Starts `program` (`headless`) on the file in `folder`; its clock starts at `clock`, RFC 3339.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn start(program: &Path, folder: &Path, clock: &str) -> Result<Self> {
        let mut child = Program::new(program)
            .arg("--data")
            .arg(folder)
            .env("OCPIZZA_CLOCK", clock)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let asks = child.stdin.take().context("its standard input is a pipe")?;
        let out = child.stdout.take().context("its standard output is a pipe")?;
        let (hear, answers) = mpsc::channel();
        std::thread::spawn(move || {
            // Ends with the program. A line that was cut off by its end was not shown.
            let mut lines = BufReader::new(out);
            loop {
                let mut line = String::new();
                let read = lines.read_line(&mut line);
                if !matches!(read, Ok(1..)) || !line.ends_with('\n') || hear.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, asks, answers })
    }

    /// Asks for something, and does not wait.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn ask(&mut self, asked: &Asked) -> Result<()> {
        let mut line = serde_json::to_vec(asked)?;
        line.push(b'\n');
        self.asks.write_all(&line).context("ask")?;
        Ok(())
    }

    /// What it answers to a command within `bound`; `None` where it has not by then.
    ///
    /// # Errors
    ///
    /// It has ended, or answers what cannot be read.
    pub fn hear(&mut self, bound: Duration) -> Result<Option<Result<Reply, Failure>>> {
        match self.answers.recv_timeout(bound) {
            Ok(line) => read(&line).map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended by itself"),
        }
    }

    /// Lets it do something.
    ///
    /// # Errors
    ///
    /// It has ended, does not answer, or does not do it.
    pub fn run(&mut self, command: Command) -> Result<Reply> {
        self.ask(&Asked::Command(command))?;
        let reply = self.hear(BOUND)?.context("no answer")?;
        reply.map_err(|failure| anyhow!("refused: {failure:?}"))
    }

    /// Lets it answer something.
    ///
    /// # Errors
    ///
    /// It has ended, does not answer, or cannot.
    pub fn query(&mut self, query: Query) -> Result<Answer> {
        self.ask(&Asked::Query(query))?;
        let line = self.answers.recv_timeout(BOUND).context("no answer")?;
        read(&line)?.map_err(|failure| anyhow!("refused: {failure:?}"))
    }

    /// Kills it with -9, and gives what it had still answered.
    ///
    /// # Errors
    ///
    /// It cannot be killed, or had answered what cannot be read.
    pub fn kill(mut self) -> Result<Vec<Result<Reply, Failure>>> {
        self.child.kill().context("kill")?;
        self.child.wait().context("wait for its end")?;
        // Its end of the pipe is closed: this ends.
        self.answers.iter().map(|line| read(&line)).collect()
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        // Either fails where it was killed already.
        self.child.kill().and_then(|()| self.child.wait().map(drop)).ok();
    }
}

fn read<T: for<'a> Deserialize<'a>>(line: &str) -> Result<Result<T, Failure>> {
    let answered = serde_json::from_str(line).with_context(|| line.to_owned())?;
    Ok(match answered {
        Answered::Ok(done) => Ok(done),
        Answered::Failure(failure) => Err(failure),
    })
}
