//! A window with a page that does next to nothing: what ours is measured against.

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            tauri::WebviewWindowBuilder::new(app, "main", tauri::WebviewUrl::default())
                .title("Empty")
                .inner_size(1366.0, 768.0)
                .build()?;
            Ok(())
        })
        .run(context())
}

/// The configuration and the page, as embedded by the build.
#[expect(clippy::disallowed_types, reason = "the macro's own code holds a HashMap")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
