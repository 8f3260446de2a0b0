//! The window is there, its page reaches the workstation, and a folder has one program.

use std::{fs, process::Command, time::Duration};

use crash::{Shown, check};
use e2e::{Display, Press, Programs, Setting, Window, hook, within};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_millis(500);
const SIZE: (u32, u32) = (1366, 768);

/// Calls the workstation as the page does, and answers what it answered or refused.
const CALL: &str = r"
    const [name, argument, done] = arguments;
    window.__TAURI__.core.invoke(name, { [name]: argument })
        .then(answered => done({ answered }), refused => done({ refused }));";

async fn call(window: &Window, name: &str, argument: Value) -> Value {
    window.client().execute_async(CALL, vec![json!(name), argument]).await.unwrap()
}

#[tokio::test]
async fn the_page_reaches_the_workstation() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start(SIZE).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: SIZE,
        environment: &[],
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();

    let session = call(&window, "query", json!("Session")).await;
    assert_eq!(session["answered"]["Session"]["enrolled"], Value::Null, "{session}");
    let refused = call(&window, "command", json!("Hold")).await;
    assert_eq!(refused["refused"]["code"], "SetUpState", "{refused}");
    let unknown = call(&window, "command", json!("Give it away")).await;
    assert!(unknown["refused"].as_str().unwrap().contains("unknown variant"), "{unknown}");

    let picture = folder.path().join("till.png");
    window.picture(&picture).await.unwrap();
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_page_may_do_nothing_but_call_its_workstation() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start(SIZE).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: SIZE,
        environment: &[],
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();

    let script = "document.head.append(Object.assign(document.createElement('script'),
                      { textContent: 'window.injected = true' }));
                  return window.injected ?? 'kept out';";
    assert_eq!(window.run(script, vec![]).await.unwrap(), "kept out");
    let elsewhere = "const done = arguments[0];
                     fetch('http://127.0.0.1:9/').then(() => done('sent'), () => done('kept in'));
                     addEventListener('securitypolicyviolation', it => done(it.violatedDirective));";
    let elsewhere = window.client().execute_async(elsewhere, vec![]).await.unwrap();
    assert_eq!(elsewhere, "connect-src");
    let shell = call(&window, "plugin:event|emit", json!("changed")).await;
    assert!(shell["refused"].as_str().unwrap().contains("not allowed"), "{shell}");
    window.close().await.unwrap();
}

#[tokio::test]
async fn time_is_measured_from_the_press_to_the_paint() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start(SIZE).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: SIZE,
        environment: &[],
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();
    let button = "document.body.innerHTML = '<button id=press>Press</button><p id=said>no</p>';
                  press.onclick = () => setTimeout(() => said.textContent = 'pressed', 100);
                  onkeydown = () => setTimeout(() => said.textContent = 'typed', 200);";
    window.run(button, vec![]).await.unwrap();

    let pressed = window.time(Press::On("#press"), "#said", "pressed").await.unwrap();
    let typed = window.time(Press::Keys("a"), "#said", "typed").await.unwrap();
    // The page's own delay, and little more than a frame; a busy machine may take its time.
    assert!(
        Duration::from_millis(100) <= pressed && pressed < Duration::from_secs(1),
        "{pressed:?}"
    );
    assert!(Duration::from_millis(200) <= typed && typed < Duration::from_secs(1), "{typed:?}");
    assert_eq!(window.text("#said").await.unwrap(), "typed");
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_folder_shows_the_first_window_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start(SIZE).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: SIZE,
        environment: &[],
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();
    let first = window.program().unwrap();

    let mut second = Command::new(setting.program);
    second.arg("--data").arg(window.data()).env("DISPLAY", display.name());
    assert!(second.status().unwrap().success(), "it leaves the folder to the first");
    let log = window.data().join("poste.log");
    within("the first was asked to show itself", SOON, async || {
        Ok(fs::read_to_string(&log)?.contains("another start asked").then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(window.program().unwrap(), first);

    window.kill().unwrap();
    Window::open(&display, &setting).await.unwrap().close().await.unwrap();
}

/// When the window is killed at the latest, from « Valider » on; or as soon as it has shown the ticket.
const KILLS_MS: [u64; 5] = [0, 12, 45, 180, 1_500];

#[tokio::test]
async fn what_the_window_showed_as_paid_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start(SIZE).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: SIZE,
        environment: &[],
        arguments: &[],
    };
    let mut window = Window::open(&display, &setting).await.unwrap();
    let data = window.data().to_owned();
    let alone = json!({ "SetUp": {
        "server": null, "code": "", "role": "Till", "label": "C1", "pin": "2580",
    } });
    let installed = call(&window, "command", alone).await;
    assert_eq!(installed["answered"], "Done", "{installed}");
    let mut shown: Vec<String> = Vec::new();
    for after in KILLS_MS.map(Duration::from_millis) {
        let sign_in = json!({ "SignIn": { "operator": "RESP", "pin": "2580" } });
        let signed_in = call(&window, "command", sign_in).await;
        assert_eq!(signed_in["answered"], "Done", "{signed_in}");
        window.shows(&hook("screen-counter"), "", SOON).await.unwrap();
        let typed = call(&window, "command", json!({ "AddTyped": { "text": "MAR" } })).await;
        assert!(typed["answered"]["Basket"].is_object(), "{typed}");
        window.shows(&hook("basket-line"), "", SOON).await.unwrap();
        window.press(&hook("pay")).await.unwrap();
        window.press(&hook("quick-exact")).await.unwrap();
        let seen = shown_within(&window, after).await;
        window.kill().unwrap();

        shown.extend(seen);
        let books = check(&data, &Shown::default()).unwrap();
        for ticket in &shown {
            let times = books.tickets.iter().filter(|it| *it == ticket).count();
            assert_eq!(times, 1, "{ticket} was shown as paid; {:?}", books.tickets);
        }
        window = Window::open(&display, &setting).await.unwrap();
    }
    assert!(!shown.is_empty(), "the last kill leaves time enough to be shown");
    window.close().await.unwrap();
}

/// The ticket's number, where the window shows it before the time is over.
async fn shown_within(window: &Window, patience: Duration) -> Option<String> {
    let looking = async {
        loop {
            let texts = window.texts(&hook("paid-ticket")).await.unwrap_or_default();
            if let Some(number) = texts.iter().find_map(|it| it.split_whitespace().last()) {
                return number.to_owned();
            }
        }
    };
    tokio::time::timeout(patience, looking).await.ok()
}
