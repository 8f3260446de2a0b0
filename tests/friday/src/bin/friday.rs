//! `friday write DIR`: writes the demo's data for `sync-server load DIR`.
//! `friday hash`: writes data/staff.json anew from data/people.json.

use anyhow::{Context as _, Result, bail};
use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::card::Card;
use domain::id::OperatorCode;
use domain::staff::{Operator, StaffList};
use friday::data::Person;
use friday::{Dice, customers, data};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where everybody's customers come from.
const SEED: u64 = 2026;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(Path::new(folder)),
        ["hash"] => hash(),
        _ => bail!("friday write DIR | friday hash"),
    }
}

/// shops.json, menu.json, staff.json as they are committed, and customers.json: cards by shop.
fn write(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let cards: BTreeMap<String, Vec<Card>> = data::shops()
        .into_iter()
        .enumerate()
        .map(|(place, shop)| (shop.code, customers::customers(SEED, place, customers::PER_SHOP)))
        .collect();
    let cards = serde_json::to_string(&cards)?;
    for (name, text) in [
        ("shops.json", data::SHOPS),
        ("menu.json", data::MENU),
        ("staff.json", data::STAFF),
        ("customers.json", &cards),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The salts are drawn from a seed, so that the file changes only where a person or a PIN does:
/// these PINs are published, there is nothing to protect.
fn hash() -> Result<()> {
    let mut dice = Dice::new(SEED, u64::MAX);
    let mut staff = BTreeMap::new();
    for (shop, people) in data::people() {
        let operators: Vec<Operator> =
            people.into_iter().map(|it| operator(it, &mut dice)).collect::<Result<_>>()?;
        staff.insert(shop, StaffList { number: 1, operators });
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/staff.json");
    fs::write(&path, serde_json::to_string_pretty(&staff)? + "\n")
        .with_context(|| path.display().to_string())
}

fn operator(person: Person, dice: &mut Dice) -> Result<Operator> {
    // OWASP's least for Argon2id: 19 MiB, two passes, one lane.
    let params = Params::new(19_456, 2, 1, None).map_err(anyhow::Error::msg)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = SaltString::encode_b64(&dice.bytes::<16>()).map_err(anyhow::Error::msg)?;
    let pin_hash =
        argon2.hash_password(person.pin.as_bytes(), &salt).map_err(anyhow::Error::msg)?;
    Ok(Operator {
        code: OperatorCode::from(person.code.as_str()),
        name: person.name,
        role: person.role,
        pin_hash: pin_hash.to_string(),
    })
}
