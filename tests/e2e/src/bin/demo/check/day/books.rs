//! What a manager does with the books, and what somebody finds who has nothing but the files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use e2e::{Expect, Programs, hook};

use super::super::report::Report;
use super::desk::{Desk, SOON, file_in};

pub(super) async fn all(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.day("books").await?;
    desk.sees("archives", "").await?;
    desk.picture("gestion").await?;
    archive(desk, report).await?;
    desk.tap_for("books-verify", Expect::There(&hook("books-verified"))).await?;
    let verified = desk.sees("books-verified", "tout est juste").await?;
    desk.picture("controle").await?;
    report.step(&format!("the till checks itself: « {verified} »"), &[])?;
    export(desk, report).await
}

/// An archive, copied to another folder too.
async fn archive(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    let stick = desk.shop.folder.join("stick");
    fs::create_dir_all(&stick)?;
    desk.fill("archive-folder", stick.to_str().context("the folder's name is text")?).await?;
    desk.tap_for("books-archive", Expect::There(&hook("archive-file"))).await?;
    let said = desk.sees("archive-file", ".zip").await?;
    let file = file_in(&said)?;
    let kept = archives(desk.shop.till.data())?;
    ensure!(kept.len() == 1, "{} archives are kept", kept.len());
    let copied = archives_in(&stick)?;
    ensure!(copied.len() == 1, "{} archives were copied", copied.len());
    desk.sees("archives", "A000001").await?;
    let name = file.file_name().context("a file's name")?.to_string_lossy().into_owned();
    report.step(&format!("the archive {name}, here and on another disk"), &[])
}

/// The three files for the accountant, and the editor's attestation.
async fn export(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    let mut names = Vec::new();
    for (button, shown) in [
        ("export-fec", "export-file"),
        ("export-e-reporting", "export-file"),
        ("export-sales", "export-file"),
    ] {
        desk.tap(button).await?;
        let last = names.clone();
        let said = e2e::within("an export is written", SOON, async || {
            let said = desk.shop.till.text(&hook(shown)).await?;
            Ok((!last.contains(&said)).then_some(said))
        });
        let said = said.await?.seen;
        let bytes = fs::metadata(file_in(&said)?)?.len();
        ensure!(0 < bytes, "{said} is empty");
        names.push(said);
    }
    report.step(&format!("{} files for the accountant", names.len()), &[])
}

/// The inspector's program finds nothing wrong, with a copy of the till's file and its archive.
pub(super) fn verified_from_outside(
    programs: &Programs,
    data: &Path,
    report: &mut Report,
) -> Result<()> {
    let mut files = archives(data)?;
    files.push(data.join("ocpizza.db"));
    let checked = Command::new(programs.verifier()?).args(&files).output()?;
    let said = String::from_utf8_lossy(&checked.stdout);
    let error = String::from_utf8_lossy(&checked.stderr);
    ensure!(checked.status.success(), "ocpizza-verify: {}\n{said}{error}", checked.status);
    let verdict = said.lines().find(|it| it.contains("CONFORME")).context("no verdict")?;
    report.step(&format!("ocpizza-verify, with archive and file: {}", verdict.trim()), &[])
}

fn archives(data: &Path) -> Result<Vec<PathBuf>> {
    archives_in(&data.join("archives"))
}

fn archives_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder).with_context(|| format!("look into {}", folder.display()))?;
    let files = files.map(|it| Ok(it?.path())).collect::<Result<Vec<_>>>()?;
    Ok(files.into_iter().filter(|it| it.extension().is_some_and(|it| it == "zip")).collect())
}
