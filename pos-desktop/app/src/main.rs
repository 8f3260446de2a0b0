//! The window of a workstation. It carries the screens' commands and queries to `pos-core`, and
//! decides nothing.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod arguments;
mod instance;
mod log;
mod window;
mod workstation;

use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::{
    arguments::Arguments,
    instance::{Claim, Claimed},
    workstation::Handle,
};

fn main() -> Result<()> {
    let arguments = Arguments::read(env::args_os().skip(1), |name| env::var_os(name))?;
    let data = &arguments.data;
    fs::create_dir_all(data).with_context(|| format!("create {}", data.display()))?;

    let instance = match Claim::of(data)? {
        Claim::Ours(instance) => instance,
        Claim::Theirs(Claimed::Shown) => return Ok(()),
        Claim::Theirs(Claimed::Silent) => {
            bail!("{} is in use by a program that does not answer", data.display())
        }
    };
    log::start(data)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), data = %data.display(), "started");

    window::run(&arguments, Handle::start(&arguments)?, instance)
}
