//! The screens of a workstation. They decide nothing: they ask the workstation and show its answers.
#![expect(unreachable_pub, reason = "leptos writes the properties of a component as `pub`")]

mod app;
mod bridge;
mod device;
#[cfg(test)]
mod gallery;
mod keys;
mod parts;
mod screens;
mod sound;
#[cfg(test)]
mod tokens;
mod words;
mod workstation;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
