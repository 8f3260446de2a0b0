//! The window is there, its page calls the workstation, and a folder has one program.

use std::{process::Command, time::Duration};

use e2e::{Display, Press, Programs, Setting, Window, within};

const SOON: Duration = Duration::from_millis(500);

#[tokio::test]
async fn the_page_calls_the_workstation_and_hears_of_the_change() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start((1366, 768)).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: (1366, 768),
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();

    window.shows("#workstation", "0 commandes", SOON).await.unwrap();
    window.press("#press").await.unwrap();
    window.shows("#workstation", "1 commandes", SOON).await.unwrap();
    let took = window.time(Press::On("#press"), "#workstation", "2 commandes").await.unwrap();
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_eq!(window.text("#refused").await.unwrap(), "");
    let picture = folder.path().join("till.png");
    window.picture(&picture).await.unwrap();
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_folder_shows_the_first_window_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program) = (Display::start((1366, 768)).unwrap(), Programs::built().unwrap());
    let setting = Setting {
        name: "till",
        program: &program.window().unwrap(),
        folder: folder.path(),
        size: (1024, 700),
        arguments: &[],
    };
    let window = Window::open(&display, &setting).await.unwrap();
    let first = window.program().unwrap();

    let mut second = Command::new(setting.program);
    second.arg("--data").arg(window.data()).env("DISPLAY", display.name());
    assert!(second.status().unwrap().success(), "it leaves the folder to the first");
    let log = window.data().join("poste.log");
    within("the first was asked to show itself", SOON, async || {
        Ok(std::fs::read_to_string(&log)?.contains("another start asked").then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(window.program().unwrap(), first);

    window.kill().unwrap();
    Window::open(&display, &setting).await.unwrap().close().await.unwrap();
}
