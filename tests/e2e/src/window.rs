//! A real window, played by WebDriver.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Display, Process, Waited, free_port, process, within};

/// How long a driver, or a window with its page, should take to be there.
const START: Duration = Duration::from_secs(3);

/// How long a page should take to show what it is about to show.
const SOON: Duration = Duration::from_millis(500);

/// What a window is started with.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// How the test calls it: `till`, `kitchen`. Names its folder and its logs.
    pub name: &'a str,
    /// The program.
    pub program: &'a Path,
    /// Where the workstation's folder is made, or found again, and where logs go.
    pub folder: &'a Path,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// Further variables of its environment.
    pub environment: &'a [(&'a str, &'a str)],
    /// Further arguments.
    pub arguments: &'a [&'a str],
}

/// A window, its page and the driver that plays it.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Process,
    program: PathBuf,
    data: PathBuf,
}

/// A press whose answer is timed from inside the page.
#[derive(Clone, Copy, Debug)]
pub enum Press<'a> {
    /// On an element, by a CSS selector.
    On(&'a str),
    /// Of keys, in whatever has the focus.
    Keys(&'a str),
}

impl Window {
    /// Starts a driver and has it open the window; comes back when the page is loaded.
    ///
    /// # Errors
    ///
    /// A program is missing or does not start: its log is in the folder.
    pub async fn open(display: &Display, setting: &Setting<'_>) -> Result<Self> {
        let data = setting.folder.join(setting.name);
        fs::create_dir_all(&data).with_context(|| format!("create {}", data.display()))?;
        let log = setting.folder.join(format!("{}.window.log", setting.name));
        let port = free_port()?;

        let mut driver = Command::new("WebKitWebDriver");
        driver
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("DISPLAY", display.name())
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // No session bus on a test machine: looking for one costs seconds.
            .env("NO_AT_BRIDGE", "1")
            .env("GDK_BACKEND", "x11")
            .envs(setting.environment.iter().copied());
        let driver = Process::start("WebKitWebDriver", &mut driver, &log)?;

        let (width, height) = setting.size;
        let mut arguments = vec!["--data".to_owned(), data.display().to_string()];
        arguments.extend(["--size".to_owned(), format!("{width}x{height}")]);
        arguments.extend(setting.arguments.iter().map(|&it| it.to_owned()));
        let client = session(port, setting.program, &arguments).await?;
        Ok(Self { client, driver, program: setting.program.to_owned(), data })
    }

    /// The workstation's folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The WebDriver session, for what has no helper here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The text that an element shows; waits for the element.
    ///
    /// # Errors
    ///
    /// No element matches `css` in time.
    pub async fn text(&self, css: &str) -> Result<String> {
        Ok(self.element(css).await?.text().await?)
    }

    /// The texts that all matching elements show now.
    ///
    /// # Errors
    ///
    /// The page cannot be asked.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    /// Waits until an element shows `part` somewhere in its text; answers the whole text.
    ///
    /// # Errors
    ///
    /// It does not, in ten times `expected`; the error says what it showed.
    pub async fn shows(&self, css: &str, part: &str, expected: Duration) -> Result<Waited<String>> {
        within(&format!("{css} shows « {part} »"), expected, async || {
            let text = self.client.find(Locator::Css(css)).await?.text().await?;
            ensure!(text.contains(part), "it shows « {text} »");
            Ok(Some(text))
        })
        .await
    }

    /// Waits until nothing matches `css`.
    ///
    /// # Errors
    ///
    /// Something still does, in ten times `expected`.
    pub async fn lacks(&self, css: &str, expected: Duration) -> Result<Waited<()>> {
        within(&format!("{css} is gone"), expected, async || {
            let found = self.client.find_all(Locator::Css(css)).await?;
            Ok(found.is_empty().then_some(()))
        })
        .await
    }

    /// Presses an element, as a finger would; waits for it to be there.
    ///
    /// # Errors
    ///
    /// No element matches `css` in time, or something lies over it.
    pub async fn press(&self, css: &str) -> Result<()> {
        let element = self.element(css).await?;
        element.click().await.with_context(|| format!("press {css}"))
    }

    /// Types into whatever has the focus.
    ///
    /// # Errors
    ///
    /// The page cannot be asked.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        let focused = self.client.active_element().await?;
        focused.send_keys(keys).await.with_context(|| format!("type {keys}"))
    }

    /// Runs a script in the page and answers what it returns.
    ///
    /// # Errors
    ///
    /// What the script throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client.execute(script, arguments).await.context("run a script in the page")
    }

    /// Presses, and measures inside the page how long it took from the input event to the frame that
    /// shows `part` in the element `css`, in the page's clock of whole milliseconds.
    ///
    /// # Errors
    ///
    /// It is not shown within 10 s.
    pub async fn time(&self, press: Press<'_>, css: &str, part: &str) -> Result<Duration> {
        let event = match press {
            Press::On(_) => "pointerdown",
            Press::Keys(_) => "keydown",
        };
        self.run(ARM, vec![json!(event), json!(css), json!(part)]).await?;
        match press {
            Press::On(what) => self.press(what).await?,
            Press::Keys(keys) => self.keys(keys).await?,
        }
        let took = self.client.execute_async(READ, Vec::new()).await?;
        let took = took.as_f64().with_context(|| format!("{css} never showed « {part} »"))?;
        Ok(Duration::from_secs_f64(took / 1000.0))
    }

    /// Writes a picture of the page, PNG.
    ///
    /// # Errors
    ///
    /// The page cannot be asked, or the file not written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        let picture = self.client.screenshot().await?;
        fs::write(file, picture).with_context(|| format!("write {}", file.display()))
    }

    /// The process id of the program behind the window.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn program(&self) -> Result<u32> {
        let program = self.program.canonicalize()?;
        for id in process::all() {
            let ours = process::group_of(id) == Some(self.driver.id());
            if ours && fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program) {
                return Ok(id);
            }
        }
        bail!("{} has ended", program.display())
    }

    /// Kills the program and its driver at once, as a power cut would. The folder stays.
    ///
    /// # Errors
    ///
    /// It has ended already.
    pub fn kill(self) -> Result<()> {
        self.driver.kill()
    }

    /// Closes the window and ends the driver.
    ///
    /// # Errors
    ///
    /// The driver does not answer; it is ended all the same.
    pub async fn close(self) -> Result<()> {
        self.client.close().await.context("close the window")
    }

    async fn element(&self, css: &str) -> Result<Element> {
        let found =
            within(css, SOON, async || Ok(Some(self.client.find(Locator::Css(css)).await?)));
        Ok(found.await?.seen)
    }
}

/// Waits for the input event, then, a frame at a time, for the text; the paint follows the frame, so
/// the time is taken in a task after it.
const ARM: &str = r"
    const [event, css, part] = arguments;
    window.ocpizzaTimed = new Promise(resolve => {
        addEventListener(event, ({ timeStamp }) => {
            const look = () => {
                if (document.querySelector(css)?.textContent.includes(part)) {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => resolve(performance.now() - timeStamp);
                    port2.postMessage(null);
                } else if (performance.now() - timeStamp > 10000) {
                    resolve(null);
                } else {
                    requestAnimationFrame(look);
                }
            };
            requestAnimationFrame(look);
        }, { capture: true, once: true });
    });";

const READ: &str = "window.ocpizzaTimed.then(arguments[arguments.length - 1]);";

/// Opens a session, once the driver listens.
async fn session(port: u16, program: &Path, arguments: &[String]) -> Result<Client> {
    let url = format!("http://127.0.0.1:{port}");
    let listens = async || {
        tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
        Ok(Some(()))
    };
    within("WebKitWebDriver listens", START, listens).await?;

    let wanted = json!({"webkitgtk:browserOptions": {"binary": program, "args": arguments}});
    let Value::Object(wanted) = wanted else { bail!("the options are an object") };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let opened = builder.capabilities(wanted).connect(&url);
    let opened = tokio::time::timeout(START * 10, opened).await;
    let client = opened.context("the window does not come")?.context("open the window")?;

    let loaded = async || {
        let state = client.execute("return document.readyState", Vec::new()).await?;
        Ok((state == "complete").then_some(()))
    };
    within("the page is loaded", START, loaded).await?;
    Ok(client)
}
