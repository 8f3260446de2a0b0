//! What deny.toml says, held without the tool that reads it.

use crate::none;
use anyhow::{Context as _, Result};
use cargo_metadata::Package;
use std::collections::BTreeSet;
use tidy::licence::permits;
use tidy::tree;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn policy() -> Result<toml::Table> {
    Ok(tree::text("deny.toml")?.parse()?)
}

/// The texts of a list in the policy.
fn list<'a>(policy: &'a toml::Table, section: &str, name: &str) -> Result<Vec<&'a str>> {
    let list = policy
        .get(section)
        .and_then(|it| it.get(name))
        .and_then(toml::Value::as_array)
        .with_context(|| format!("deny.toml: [{section}] {name} is a list"))?;
    list.iter()
        .map(|it| it.as_str().or_else(|| it.get("crate")?.as_str()))
        .collect::<Option<_>>()
        .with_context(|| format!("deny.toml: [{section}] {name} holds texts"))
}

fn named(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}

#[test]
fn every_crate_has_a_licence_that_the_policy_allows() -> Result<()> {
    let policy = policy()?;
    let allowed = list(&policy, "licenses", "allow")?;
    let locked = tree::locked()?;
    let wrong: Vec<String> = locked
        .packages
        .iter()
        .filter(|it| it.source.is_some())
        .filter_map(|it| {
            let licence = it.license.as_deref().unwrap_or("none");
            (permits(licence, &allowed) != Some(true)).then(|| format!("{}: {licence}", named(it)))
        })
        .collect();
    none(
        "Crates under licences that deny.toml does not allow. Do without the crate, or, where its \
         terms go with the AGPL, add the licence to deny.toml with a word on why.",
        &wrong,
    );
    Ok(())
}

#[test]
fn the_policy_allows_nothing_that_nobody_uses() -> Result<()> {
    let policy = policy()?;
    let allowed = list(&policy, "licenses", "allow")?;
    let locked = tree::locked()?;
    let licences: BTreeSet<&str> =
        locked.packages.iter().filter_map(|it| it.license.as_deref()).collect();
    let unused: Vec<String> = allowed
        .iter()
        .filter(|one| {
            !licences.iter().any(|it| permits(it, &[one]) == Some(true) || it.contains(*one))
        })
        .map(|it| (*it).to_owned())
        .collect();
    none("Licences that deny.toml allows and nothing is under: take them out.", &unused);
    Ok(())
}

#[test]
fn every_crate_comes_from_the_registry_and_none_is_banned() -> Result<()> {
    let policy = policy()?;
    let banned = list(&policy, "bans", "deny")?;
    let locked = tree::locked()?;
    let mut wrong = Vec::new();
    for package in &locked.packages {
        if package.source.as_ref().is_some_and(|it| it.repr != REGISTRY) {
            wrong.push(format!("{}: it is not from crates.io", named(package)));
        }
        if banned.contains(&package.name.as_str()) {
            wrong.push(format!("{}: deny.toml bans it", named(package)));
        }
    }
    none("`cargo tree -i NAME` says who brings them in.", &wrong);
    Ok(())
}

#[test]
fn ours_are_under_the_licence_that_is_shipped() -> Result<()> {
    let text = tree::text("LICENSE")?;
    let first = text.lines().next().unwrap_or_default().trim();
    assert_eq!(first, "GNU AFFERO GENERAL PUBLIC LICENSE", "LICENSE is the text of the AGPL");
    let wrong: Vec<String> = tree::crates()?
        .workspace_packages()
        .iter()
        .filter(|it| {
            it.license.as_deref() != Some("AGPL-3.0-or-later") || it.publish.as_deref() != Some(&[])
        })
        .map(|it| it.name.to_string())
        .collect();
    none("`license.workspace = true` and `publish.workspace = true` are due in:", &wrong);
    Ok(())
}
