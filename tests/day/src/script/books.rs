//! What managers do with the books when the month is over.

use crate::till::Till;
use crate::when::DAY_AFTER;
use anyhow::{Result, bail, ensure};
use pos_api::{BooksCommand, Code, Command, Export, Reply};

pub(super) fn play(till: &mut Till) -> Result<()> {
    till.at(DAY_AFTER, 23, 30);
    till.sign_in("MC")?;
    let verify = || Command::Books(BooksCommand::Verify);
    till.refused(verify(), |code| matches!(code, Code::NeedsManager | Code::NotAllowed))?;
    till.sign_in("LB")?;
    // What is not archived is not purged.
    ensure!(purged(till)? == 0, "something was deleted that no archive holds");
    till.file_of(Command::Books(BooksCommand::Archive { folder: None }))?;
    sound(till)?;
    for what in [Export::Fec, Export::EReporting, Export::Sales] {
        till.at(DAY_AFTER, 23, 40);
        let export = |from: &str, to: &str| {
            let (from, to) = (from.to_owned(), to.to_owned());
            Command::Books(BooksCommand::Export { what, from, to })
        };
        till.refused(export("2026-11-30", "2026-11-01"), |code| *code == Code::Period)?;
        till.file_of(export("2026-08-01", "2026-12-31"))?;
    }
    till.file_of(Command::Books(BooksCommand::Attestation))?;
    ensure!(purged(till)? == 0, "something was deleted that the centre does not hold");
    till.reach_centre()?;
    ensure!(0 < purged(till)?, "August's kitchen is old enough");
    sound(till)
}

/// Purges; answers how many bodies were deleted.
fn purged(till: &mut Till) -> Result<u64> {
    let Reply::Purged { count } = till.run(Command::Books(BooksCommand::Purge))? else {
        bail!("a purge answers otherwise");
    };
    Ok(count)
}

/// The till itself finds nothing wrong with its books.
fn sound(till: &mut Till) -> Result<()> {
    let reply = till.run(Command::Books(BooksCommand::Verify))?;
    let Reply::Verified { entries, findings } = reply else { bail!("a check answers otherwise") };
    ensure!(findings.is_empty() && 0 < entries, "{findings:?}");
    Ok(())
}
