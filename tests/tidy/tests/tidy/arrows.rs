//! Which crate may use which.

use crate::none;
use anyhow::{Context as _, Result};
use cargo_metadata::{Dependency, DependencyKind, Package};
use std::collections::{BTreeMap, BTreeSet};
use tidy::rust::Source;
use tidy::tree;

/// What a crate may use, of ours and of others': the whole list, so that a new arrow in the picture
/// of docs/ARCHITECTURE.md is a line in a diff.
struct Arrows {
    name: &'static str,
    /// For what is shipped, building it included.
    uses: &'static [&'static str],
    /// For its own tests, beside those.
    tests_use: &'static [&'static str],
}

/// The crates that are shipped, or decide what is.
const PRODUCT: &[Arrows] = &[
    // shared/*: decides and never acts.
    Arrows {
        name: "journal",
        uses: &["minicbor", "p256", "serde", "sha2", "thiserror"],
        tests_use: &["proptest"],
    },
    Arrows {
        name: "replication",
        uses: &["journal", "minicbor", "sha2", "thiserror"],
        tests_use: &["proptest"],
    },
    Arrows {
        name: "fiscal",
        uses: &["journal", "minicbor", "serde", "serde_json", "sha2", "thiserror"],
        tests_use: &["proptest"],
    },
    Arrows {
        name: "domain",
        uses: &["fiscal", "journal", "minicbor", "serde", "thiserror"],
        tests_use: &["proptest", "serde_json"],
    },
    // Paper: shared, with std and floats (see code.rs).
    Arrows {
        name: "paper",
        uses: &["fiscal", "krilla", "quick-xml", "rustybuzz", "thiserror"],
        tests_use: &[],
    },
    // The inspector's program, and the ZIP files of archives.
    Arrows {
        name: "verify",
        uses: &[
            "anyhow",
            "fiscal",
            "jiff",
            "journal",
            "paper",
            "rusqlite",
            "serde_json",
            "sha2",
            "tempfile",
            "thiserror",
            "zip",
        ],
        tests_use: &[],
    },
    // The workstation.
    Arrows { name: "pos-api", uses: &["domain", "fiscal", "serde"], tests_use: &[] },
    Arrows {
        name: "pos-core",
        uses: &[
            "argon2",
            "cryptoki",
            "domain",
            "escpos",
            "fiscal",
            "getrandom",
            "hex",
            "jiff",
            "journal",
            "mdns-sd",
            "p256",
            "paper",
            "pos-api",
            "replication",
            "rusqlite",
            "rustix",
            "rustls",
            "serde",
            "serde_json",
            "serialport",
            "sha2",
            "socket2",
            "thiserror",
            "tracing",
            "ureq",
            "verify",
        ],
        tests_use: &["insta", "printer-sim", "proptest", "tempfile"],
    },
    Arrows {
        name: "pos-desktop",
        uses: &[
            "anyhow",
            "jiff",
            "pos-api",
            "pos-core",
            "tauri",
            "tauri-build",
            "tracing",
            "tracing-subscriber",
        ],
        tests_use: &["tempfile"],
    },
    Arrows {
        name: "pos-ui",
        uses: &[
            "console_error_panic_hook",
            "domain",
            "fiscal",
            "js-sys",
            "leptos",
            "pos-api",
            "qrcodegen",
            "serde",
            "serde-wasm-bindgen",
            "wasm-bindgen",
            "wasm-bindgen-futures",
            "web-sys",
        ],
        tests_use: &["serde_json"],
    },
    Arrows { name: "pos-bundle", uses: &["anyhow", "wasm-bindgen-cli-support"], tests_use: &[] },
    // The centre.
    Arrows {
        name: "sync-server",
        uses: &[
            "anyhow",
            "argon2",
            "axum",
            "domain",
            "fiscal",
            "getrandom",
            "jiff",
            "journal",
            "maud",
            "minicbor",
            "replication",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "thiserror",
            "tokio",
            "tokio-stream",
            "tower-http",
            "tracing",
            "tracing-subscriber",
        ],
        tests_use: &["tempfile", "tower"],
    },
];

/// The crates of tests/*, with what they may use of others'. Of ours they may use anything.
const TESTS: &[(&str, &[&str])] = &[
    ("tidy", &["anyhow", "cargo_metadata", "toml"]),
    (
        "sim",
        &[
            "anyhow",
            "argon2",
            "mimalloc",
            "rand_chacha",
            "rand_core",
            "rusqlite",
            "serde_json",
            "sha2",
            "tempfile",
        ],
    ),
    (
        "e2e",
        &[
            "anyhow",
            "fantoccini",
            "hyper-util",
            "postgres",
            "rusqlite",
            "rustix",
            "serde",
            "serde_json",
            "tempfile",
            "tokio",
        ],
    ),
    (
        "bench",
        &[
            "anyhow",
            "postgres",
            "rusqlite",
            "rustix",
            "serde",
            "serde_json",
            "tempfile",
            "tokio",
            "ureq",
        ],
    ),
    ("empty-window", &["tauri", "tauri-build"]),
    (
        "friday",
        &["anyhow", "argon2", "rand_chacha", "rand_core", "serde", "serde_json", "tempfile"],
    ),
    ("printer-sim", &["rustix"]),
    ("invoice-samples", &["anyhow"]),
    (
        "histories",
        &["anyhow", "rand_chacha", "rand_core", "rusqlite", "serde_json", "sha2", "tempfile"],
    ),
    ("faulty-disk", &["rand_chacha", "rand_core", "rusqlite", "sqlite-plugin"]),
    (
        "crash",
        &["anyhow", "rand_chacha", "rand_core", "rusqlite", "serde", "serde_json", "tempfile"],
    ),
    ("day", &["anyhow", "rusqlite", "serde_json", "tempfile"]),
    ("storm", &["anyhow", "postgres", "rusqlite", "rustix", "serde", "serde_json", "tokio"]),
];

/// What `cargo check` alone leaves out: a window, a browser's page, or the whole system.
const SLOW: &[&str] =
    &["pos-desktop", "pos-ui", "pos-bundle", "e2e", "empty-window", "bench", "storm"];

/// The folders outside a crate's own whose files it may embed, and why.
const EMBEDS: &[(&str, &str, &str)] = &[
    ("pos-core", "migrations/sqlite", "the schema of its own file"),
    ("sync-server", "migrations/postgres", "the schema of its own database"),
    ("pos-desktop", "pos-desktop/ui/dist", "the screens, as pos-bundle lays them out"),
    ("histories", "migrations/sqlite", "a till's file, made as the till makes it"),
    ("friday", "pos-desktop/core/starter", "one menu for the demo and for a till without a centre"),
];

#[test]
fn every_crate_uses_what_it_may_and_nothing_else() -> Result<()> {
    let crates = tree::crates()?;
    let mut wrong = Vec::new();
    for package in crates.workspace_packages() {
        let name = package.name.as_str();
        let shipped = uses(package, |kind| kind != DependencyKind::Development);
        let of_tests = uses(package, |kind| kind == DependencyKind::Development);
        let ours = |it: &str| crates.workspace_packages().iter().any(|other| other.name == it);
        if let Some(arrows) = PRODUCT.iter().find(|it| it.name == name) {
            let beyond = shipped.iter().filter(|it| !arrows.uses.contains(it));
            wrong.extend(beyond.map(|it| format!("{name} ──► {it}")));
            let known = |it: &str| arrows.tests_use.contains(&it) || arrows.uses.contains(&it);
            let beyond = of_tests.iter().filter(|it| !known(it));
            wrong.extend(beyond.map(|it| format!("tests of {name} ──► {it}")));
        } else if let Some((_, others)) = TESTS.iter().find(|(it, _)| *it == name) {
            let beyond = shipped.union(&of_tests).filter(|it| !ours(it) && !others.contains(it));
            wrong.extend(beyond.map(|it| format!("{name} ──► {it}")));
        } else {
            wrong.push(format!("{name} is in neither list"));
        }
    }
    none(
        "Arrows that are in no list. Do without; or, where it is right, add the line to PRODUCT or \
         TESTS in this file, and the arrow to docs/ARCHITECTURE.md if it is between crates of ours.",
        &wrong,
    );
    Ok(())
}

fn uses(package: &Package, wanted: impl Fn(DependencyKind) -> bool) -> BTreeSet<&str> {
    let wanted = |it: &&Dependency| wanted(it.kind);
    package.dependencies.iter().filter(wanted).map(|it| it.name.as_str()).collect()
}

/// What no program may have been compiled with: wrong programs, and signatures that anybody can make.
const FOR_THE_SIMULATOR: [&str; 2] = ["mutants", "hashed-signatures"];

#[test]
fn only_the_simulator_can_switch_on_a_program_that_is_wrong() -> Result<()> {
    let is_its = |feature: &str| FOR_THE_SIMULATOR.contains(&feature);
    let mut wrong = Vec::new();
    for package in tree::crates()?.workspace_packages().iter().filter(|it| it.name != "sim") {
        let enables = |it: &&Dependency| it.features.iter().any(|feature| is_its(feature));
        let by_dependency = package.dependencies.iter().filter(enables).map(|it| &it.name);
        wrong.extend(by_dependency.map(|it| format!("{}: {it} enables it", package.name)));
        let hands_on = |it: &&String| it.rsplit('/').next().is_some_and(is_its) && it.contains('/');
        let by_feature = package.features.values().flatten().filter(hands_on);
        wrong.extend(by_feature.map(|it| format!("{}: {it}", package.name)));
    }
    none("journal's features `mutants` and `hashed-signatures` are for tests/sim alone.", &wrong);
    Ok(())
}

#[test]
fn every_crate_of_the_lists_exists() -> Result<()> {
    let crates = tree::crates()?;
    let listed = PRODUCT.iter().map(|it| it.name).chain(TESTS.iter().map(|(it, _)| *it));
    let gone: Vec<String> = listed
        .filter(|it| !crates.workspace_packages().iter().any(|package| package.name == *it))
        .map(str::to_owned)
        .collect();
    none("Crates that are in PRODUCT or TESTS and not in the workspace: take them out.", &gone);
    Ok(())
}

#[test]
fn cargo_alone_leaves_out_what_is_slow() -> Result<()> {
    let crates = tree::crates()?;
    let members = crates.workspace_packages();
    let default = crates.workspace_default_packages();
    let wrong: Vec<String> = members
        .iter()
        .filter(|it| {
            let is_default = default.iter().any(|other| other.id == it.id);
            is_default == SLOW.contains(&it.name.as_str())
        })
        .map(|it| it.name.to_string())
        .collect();
    none(
        "Crates that `default-members` of Cargo.toml should hold if they are quick to build, and \
         leave out if they are in SLOW of this file.",
        &wrong,
    );
    Ok(())
}

#[test]
fn every_manifest_takes_versions_and_lints_from_the_workspace() -> Result<()> {
    let mut wrong = Vec::new();
    for package in tree::crates()?.workspace_packages() {
        let manifest: toml::Table = std::fs::read_to_string(&package.manifest_path)?.parse()?;
        let inherits = |it: Option<&toml::Value>| {
            it.and_then(|it| it.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
        };
        if !inherits(manifest.get("lints")) {
            wrong.push(format!("{}: [lints] workspace = true", package.name));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get(section).and_then(toml::Value::as_table);
            for (name, value) in table.into_iter().flatten() {
                if !inherits(Some(value)) {
                    wrong.push(format!("{}: {name} = {{ workspace = true }}", package.name));
                }
            }
        }
    }
    none(
        "Versions are in the root's [workspace.dependencies], lints in [workspace.lints]; a crate's \
         manifest should say:",
        &wrong,
    );
    Ok(())
}

#[test]
fn a_crate_embeds_its_own_files_only() -> Result<()> {
    let root = tree::root()?;
    let mut owners = BTreeMap::new();
    for package in tree::crates()?.workspace_packages() {
        let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
        let folder = folder.as_std_path().strip_prefix(&root)?.to_string_lossy().into_owned();
        owners.insert(folder, package.name.to_string());
    }
    let mut wrong = Vec::new();
    for file in tree::files_in("", "rs")? {
        let owner = owners.iter().find(|(folder, _)| file.path.starts_with(&format!("{folder}/")));
        let Some((folder, name)) = owner else { continue };
        let source = Source::new(&tree::text(&file.path)?);
        for literal in source.shipped_literals().filter(|it| it.text.starts_with("../")) {
            let from_file = resolve(parent(&file.path), &literal.text);
            // sqlx::migrate! counts from the crate's folder, include_str! from the file's.
            let from_crate = resolve(folder, &literal.text);
            let inside = |it: &str| it.starts_with(&format!("{folder}/"));
            let allowed = |it: &str| {
                EMBEDS.iter().any(|(owner, from, _)| owner == name && it.starts_with(from))
            };
            if !(inside(&from_file) || allowed(&from_file) || allowed(&from_crate)) {
                wrong.push(format!("{}:{}: {}", file.path, literal.line, literal.text));
            }
        }
    }
    none(
        "A crate that embeds another's files has an arrow that Cargo.toml does not show. Move the \
         file into the crate, or add the folder to EMBEDS in this file with the reason.",
        &wrong,
    );
    Ok(())
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` as seen from `folder`, without its `..`.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}
