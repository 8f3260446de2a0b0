//! The window itself, and the two commands that its page may call.

use anyhow::{Context, Result};
use pos_api::{Answer, Command, Failure, Query, Reply};
use tauri::{
    App, AppHandle, Emitter, Manager, State, WebviewUrl, WebviewWindowBuilder,
    async_runtime::spawn_blocking, utils::config::Color,
};

use crate::{
    arguments::{Arguments, Screen},
    instance::Instance,
    workstation::Handle,
};

/// The window's name: the capabilities file names it too.
const MAIN: &str = "main";

/// What the page is told whenever something it may be showing has changed.
const CHANGED: &str = "changed";

/// The ground colour of the screens, shown until the page has painted: no white flash.
const GROUND: Color = Color(0xFA, 0xF8, 0xF4, 0xFF);

/// Opens the window on `workstation`, and comes back when it is closed.
pub(crate) fn run(arguments: &Arguments, workstation: Handle, instance: Instance) -> Result<()> {
    let arguments = arguments.clone();
    let app = tauri::Builder::default()
        .manage(workstation.clone())
        .invoke_handler(tauri::generate_handler![command, query])
        .setup(move |app| {
            open(app, &arguments)?;
            let page = app.handle().clone();
            workstation.on_change(move || {
                if let Err(error) = page.emit(CHANGED, ()) {
                    tracing::warn!(%error, "the page was not told of a change");
                }
            });
            let shown = app.handle().clone();
            instance.serve(move || show(&shown))?;
            Ok(())
        })
        .build(context())
        .context("start the window")?;
    app.run(|_app, _event| {});
    Ok(())
}

/// The configuration, the screens and the icon, as embedded by the build.
#[expect(clippy::disallowed_types, reason = "the macro's own code holds a HashMap")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn open(app: &App, arguments: &Arguments) -> Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("OC Pizza")
        .background_color(GROUND)
        // What the web view keeps is kept per workstation too, not per user.
        .data_directory(arguments.data.join("webview"));
    let window = match arguments.screen {
        Screen::Full => window.fullscreen(true).decorations(false),
        Screen::Part { size: (width, height), at: (left, top) } => window
            .inner_size(f64::from(width), f64::from(height))
            .position(f64::from(left), f64::from(top)),
    };
    window.build().context("open the window")?;
    Ok(())
}

/// Brings the window to the front.
fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if let Err(error) = window.unminimize().and_then(|()| window.set_focus()) {
        tracing::warn!(%error, "the window does not come to the front");
    }
}

/// The only way the page changes anything. Answers when the change is durable.
#[tauri::command]
async fn command(workstation: State<'_, Handle>, command: Command) -> Result<Reply, Failure> {
    let workstation = workstation.inner().clone();
    aside(move || workstation.command(command)).await
}

/// The only way the page learns anything.
#[tauri::command]
async fn query(workstation: State<'_, Handle>, query: Query) -> Result<Answer, Failure> {
    let workstation = workstation.inner().clone();
    aside(move || workstation.query(query)).await
}

/// Runs what waits for the disk beside the threads that carry the page's calls.
async fn aside<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    spawn_blocking(run).await.expect("the workstation catches its own panics")
}
