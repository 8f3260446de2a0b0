//! A real window, played by WebDriver.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::{CmdError, ErrorStatus},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Display, Process, Waited, free_port, process, within};

/// How long a driver, or a window with its page, should take to be there.
const START: Duration = Duration::from_secs(3);

/// How long a page should take to show what it is about to show.
const SOON: Duration = Duration::from_millis(500);

/// Where the engine's own browser is, in the folder of the machine's libraries.
const BROWSER: &str = "webkit2gtk-4.1/MiniBrowser";

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

/// What a page is expected to show, found by a CSS selector.
#[derive(Clone, Copy, Debug)]
pub enum Expect<'a> {
    /// An element.
    There(&'a str),
    /// No such element.
    Gone(&'a str),
    /// An element with this text somewhere in it.
    Says(&'a str, &'a str),
    /// A field with exactly this in it.
    Holds(&'a str, &'a str),
}

impl Expect<'_> {
    fn told(self) -> Value {
        match self {
            Self::There(css) => json!(["there", css, ""]),
            Self::Gone(css) => json!(["gone", css, ""]),
            Self::Says(css, part) => json!(["says", css, part]),
            Self::Holds(css, part) => json!(["holds", css, part]),
        }
    }
}

impl fmt::Display for Expect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::There(css) => write!(f, "{css} is there"),
            Self::Gone(css) => write!(f, "{css} is gone"),
            Self::Says(css, part) => write!(f, "{css} says « {part} »"),
            Self::Holds(css, part) => write!(f, "{css} holds « {part} »"),
        }
    }
}

/// How a press was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// When the finger came up, or the key went down, in milliseconds since 1970 by the machine's clock.
    pub at_ms: i64,
    /// From then until the answer was painted.
    pub took: Duration,
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
        let (driver, port) = start_driver(display, &log, setting.environment)?;

        let (width, height) = setting.size;
        let mut arguments = vec!["--data".to_owned(), data.display().to_string()];
        arguments.extend(["--size".to_owned(), format!("{width}x{height}")]);
        // Several workstations share this machine, and its loopback.
        arguments.extend(["--listen", "127.0.0.1:0"].map(str::to_owned));
        arguments.extend(setting.arguments.iter().map(|&it| it.to_owned()));
        let client = session(port, setting.program, &arguments).await?;
        Ok(Self { client, driver, program: setting.program.to_owned(), data })
    }

    /// Starts a driver and has it open an ordinary browser of the same engine on a page; `folder` is
    /// where its log goes.
    ///
    /// # Errors
    ///
    /// The browser is not installed, or does not show the page.
    pub async fn browse(display: &Display, folder: &Path, url: &str) -> Result<Self> {
        let program = browser()?;
        let (driver, port) = start_driver(display, &folder.join("browser.log"), &[])?;
        let arguments = ["--automation", "--geometry=1366x768"].map(str::to_owned);
        let client = session(port, &program, &arguments).await?;
        client.goto(url).await.with_context(|| format!("open {url}"))?;
        Ok(Self { client, driver, program, data: folder.to_owned() })
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
        Ok(self.shows(css, "", SOON).await?.seen)
    }

    /// The texts that all matching elements show now.
    ///
    /// # Errors
    ///
    /// The page cannot be asked.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        // Not WebDriver's own text of an element, which is empty where a box is cut by another.
        let script = "return [...document.querySelectorAll(arguments[0])].map(it => it.innerText)";
        let texts =
            serde_json::from_value::<Vec<String>>(self.run(script, vec![json!(css)]).await?)?;
        Ok(texts.iter().map(|text| spaced(text)).collect())
    }

    /// What is in a field; waits for the field.
    ///
    /// # Errors
    ///
    /// No element matches `css` in time, or it is no field.
    pub async fn value(&self, css: &str) -> Result<String> {
        let value = self.element(css).await?.prop("value").await?;
        value.with_context(|| format!("{css} is no field"))
    }

    /// An attribute of an element; waits for the element.
    ///
    /// # Errors
    ///
    /// No element matches `css` in time, or it has no such attribute.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<String> {
        let value = self.element(css).await?.attr(name).await?;
        value.with_context(|| format!("{css} has no {name}"))
    }

    /// Waits until an element shows `part` somewhere in its text; answers the whole text.
    ///
    /// # Errors
    ///
    /// It does not, in ten times `expected`; the error says what it showed.
    pub async fn shows(&self, css: &str, part: &str, expected: Duration) -> Result<Waited<String>> {
        within(&format!("{css} shows « {part} »"), expected, async || {
            let texts = self.texts(css).await?;
            let shown = texts.iter().find(|text| text.contains(part));
            Ok(Some(shown.with_context(|| format!("it shows {texts:?}"))?.clone()))
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
        let what = format!("press {css}");
        let pressed = within(&what, SOON, async || {
            match self.client.find(Locator::Css(css)).await?.click().await {
                // Drawn anew between being found and being pressed: it was not pressed.
                Err(CmdError::Standard(error)) if is_gone(&error.error) => Ok(None),
                pressed => Ok(Some(pressed)),
            }
        });
        pressed.await?.seen.context(what.clone())
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
    /// As [`answer`](Self::answer).
    pub async fn time(&self, press: Press<'_>, css: &str, part: &str) -> Result<Duration> {
        Ok(self.answer(press, Expect::Says(css, part)).await?.took)
    }

    /// Presses, and measures inside the page when it painted what is expected as the answer.
    ///
    /// # Errors
    ///
    /// It was shown before the press, or is not within 10 s after it.
    pub async fn answer(&self, press: Press<'_>, expected: Expect<'_>) -> Result<Answered> {
        let event = match press {
            // What a finger does is known when it comes up again: how long it stays is its own affair.
            Press::On(_) => "click",
            Press::Keys(_) => "keydown",
        };
        let before = self.run(&[HOLDS, ARM].concat(), vec![json!(event), expected.told()]).await?;
        ensure!(before == false, "{expected} before anything was pressed");
        match press {
            Press::On(what) => self.press(what).await?,
            Press::Keys(keys) => self.keys(keys).await?,
        }
        let answered = self.client.execute_async(READ, Vec::new()).await?;
        let read = || Some((answered.get("at")?.as_i64()?, answered.get("took")?.as_f64()?));
        let (at_ms, took) =
            read().with_context(|| format!("{expected}: never, after {press:?}"))?;
        Ok(Answered { at_ms, took: Duration::from_secs_f64(took / 1000.0) })
    }

    /// Has the page note when it first shows `expected`, from now on; [`sighted`](Self::sighted)
    /// asks for it.
    ///
    /// # Errors
    ///
    /// It shows it already.
    pub async fn watch(&self, name: &str, expected: Expect<'_>) -> Result<()> {
        let arguments = vec![json!(name), expected.told()];
        let before = self.run(&[HOLDS, WATCH].concat(), arguments).await?;
        ensure!(before == false, "{expected} already");
        Ok(())
    }

    /// When the page first painted what [`watch`](Self::watch) was told to look for, in milliseconds
    /// since 1970 by the machine's clock; waits for it.
    ///
    /// # Errors
    ///
    /// It was not painted in ten times `expected` from now.
    pub async fn sighted(&self, name: &str, expected: Duration) -> Result<i64> {
        let sighted = within(name, expected, async || {
            let at = self.run("return window.ocpizzaSights[arguments[0]].at", vec![json!(name)]);
            Ok(at.await?.as_i64())
        });
        Ok(sighted.await?.seen)
    }

    /// Whether the page has painted what it was told to watch for.
    ///
    /// # Errors
    ///
    /// The page cannot be asked.
    pub async fn has_sighted(&self, name: &str) -> Result<bool> {
        let at =
            self.run("return window.ocpizzaSights[arguments[0]].at", vec![json!(name)]).await?;
        Ok(!at.is_null())
    }

    /// Writes in a field, as a person who clears it first.
    ///
    /// # Errors
    ///
    /// No element matches `css` in time, or it takes no text.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.element(css).await?;
        field.clear().await.with_context(|| format!("clear {css}"))?;
        field.send_keys(text).await.with_context(|| format!("write {text} in {css}"))
    }

    /// Writes a picture of the page, PNG.
    ///
    /// # Errors
    ///
    /// The page cannot be asked, or the file not written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        // What was just changed is painted with the next frame.
        let painted = "const done = arguments[0];
                       requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.client.execute_async(painted, Vec::new()).await?;
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

/// Whether the page shows what is expected; spaces of every width are one space.
const HOLDS: &str = r"
    const holds = ([kind, css, part]) => {
        const found = [...document.querySelectorAll(css)];
        const spaced = text => text.replace(/\s+/g, ' ');
        switch (kind) {
            case 'there': return found.length > 0;
            case 'gone': return found.length === 0;
            case 'says': return found.some(it => spaced(it.textContent).includes(part));
            case 'holds': return found.some(it => it.value === part);
            default: throw new Error(kind);
        }
    };
    // The paint follows the frame: what is done in a task after it is done after the paint.
    const painted = then => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(null);
    });";

/// Waits for the input event, then, a frame at a time, for what is expected. Answers whether it was
/// there already.
const ARM: &str = r"
    const [event, expected] = arguments;
    window.ocpizzaTimed = new Promise(resolve => {
        addEventListener(event, ({ timeStamp }) => {
            const at = Math.round(Date.now() - (performance.now() - timeStamp));
            const look = () => {
                if (holds(expected)) {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => resolve({ at, took: performance.now() - timeStamp });
                    port2.postMessage(null);
                } else if (performance.now() - timeStamp > 10000) {
                    resolve(null);
                } else {
                    requestAnimationFrame(look);
                }
            };
            requestAnimationFrame(look);
        }, { capture: true, once: true });
    });
    return holds(expected);";

const READ: &str = "window.ocpizzaTimed.then(arguments[arguments.length - 1]);";

/// Notes when something is first painted.
const WATCH: &str = r"
    const [name, expected] = arguments;
    window.ocpizzaSights ??= {};
    window.ocpizzaSights[name]?.observer.disconnect();
    const sight = window.ocpizzaSights[name] = { at: null };
    const look = () => {
        if (sight.at === null && holds(expected)) {
            sight.observer.disconnect();
            painted(() => sight.at ??= Date.now());
        }
    };
    sight.observer = new MutationObserver(look);
    sight.observer.observe(document, {
        subtree: true, childList: true, attributes: true, characterData: true,
    });
    return holds(expected);";

fn is_gone(status: &ErrorStatus) -> bool {
    matches!(status, ErrorStatus::StaleElementReference | ErrorStatus::NoSuchElement)
}

/// A text with spaces of every width made one, and lines too: how it looks is not what it says.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The browser that comes with the engine.
fn browser() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib").context("look into /usr/lib")?;
    let browsers = folders.filter_map(|it| Some(it.ok()?.path().join(BROWSER)));
    let mut installed = browsers.filter(|it| it.is_file());
    installed.next().with_context(|| format!("{BROWSER} is not installed"))
}

/// Starts a driver on a free port.
fn start_driver(
    display: &Display,
    log: &Path,
    environment: &[(&str, &str)],
) -> Result<(Process, u16)> {
    let port = free_port()?;
    let mut driver = Command::new("WebKitWebDriver");
    driver
        .args(["--host=127.0.0.1", &format!("--port={port}")])
        .env("DISPLAY", display.name())
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        // No session bus on a test machine: looking for one costs seconds.
        .env("NO_AT_BRIDGE", "1")
        .env("GDK_BACKEND", "x11")
        .envs(environment.iter().copied());
    Ok((Process::start("WebKitWebDriver", &mut driver, log)?, port))
}

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
