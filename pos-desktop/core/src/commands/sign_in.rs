//! Signing in with a PIN, and the pauses that wrong ones bring.

use crate::error::Error;
use crate::store::{publications, settings};
use crate::workstation::Workstation;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordVerifier as _};
use domain::event::Event;
use domain::id::OperatorCode;
use domain::staff::{self, Operator, SignedIn, SignedOut};
use fiscal::event::{Data, EventCode, data};
use fiscal::record::AUTOMATIC;
use pos_api::{Approval, Code, Reply};

/// Wrong PINs before the first pause.
const TRIES: u32 = 5;
/// The first pause; each further wrong PIN doubles it.
const FIRST_PAUSE_MS: i64 = 30_000;
/// The longest pause: a shop must be able to open in the morning.
const LONGEST_PAUSE_MS: i64 = 15 * 60_000;

pub(super) fn run(
    workstation: &mut Workstation,
    operator: &str,
    pin: &str,
) -> Result<Reply, Error> {
    let person = known(workstation, operator, pin)?;
    let code = person.code.clone();
    workstation.turn(|turn| {
        let event = staff::Event::SignedIn(SignedIn { operator: code.clone() });
        turn.record(None, &Event::Staff(event));
        let members = data([("method", "PIN".into())]);
        turn.jet(code.as_str(), EventCode::Login, members)
    })?;
    workstation.shared.change(|state| state.operator = Some(person));
    Ok(Reply::Done)
}

pub(super) fn sign_out(workstation: &mut Workstation) -> Result<Reply, Error> {
    let person = workstation.signed_in()?;
    workstation.turn(|turn| {
        let event = staff::Event::SignedOut(SignedOut { operator: person.code.clone() });
        turn.record(None, &Event::Staff(event));
        turn.jet(person.code.as_str(), EventCode::Logout, Data::new())
    })?;
    workstation.shared.change(|state| state.operator = None);
    Ok(Reply::Done)
}

impl Workstation {
    /// Who allows what the operator may not do: a manager, by PIN. Wrong PINs count and lock as at
    /// signing in. Whoever asks notes what was allowed.
    ///
    /// # Errors
    ///
    /// [`Code::WrongPin`], [`Code::SignInLocked`]; [`Code::NotAllowed`] for somebody who is no
    /// manager.
    pub(crate) fn approve(&mut self, approval: &Approval) -> Result<Operator, Error> {
        let person = known(self, &approval.manager, &approval.pin)?;
        match person.role {
            staff::Role::Manager => Ok(person),
            staff::Role::Counter | staff::Role::Pizzaiolo | staff::Role::Courier => {
                Err(Code::NotAllowed.into())
            }
        }
    }
}

/// Whose PIN this is: of that person, after no more than so many wrong ones.
fn known(workstation: &mut Workstation, operator: &str, pin: &str) -> Result<Operator, Error> {
    let now_ms = workstation.clock.now_ms();
    let code = OperatorCode::from(operator);
    let (person, tries) = workstation.store.read(|tx| {
        let staff = publications::staff(tx)?.unwrap_or_else(no_staff);
        let (tries, locked_until_ms) = settings::wrong_pins(tx, operator)?;
        // A clock put back must not lock anybody out: no pause is longer than the longest.
        let locked_ms = locked_until_ms.saturating_sub(now_ms);
        if (1..=LONGEST_PAUSE_MS).contains(&locked_ms) {
            return Err(Error::Refused(Code::SignInLocked { seconds: seconds(locked_ms) }));
        }
        Ok((staff.operator(&code).cloned(), tries))
    })?;
    // Somebody unknown is counted and told as a wrong PIN is: who works here is nobody's business.
    let Some(person) = person.filter(|person| is_right(&person.pin_hash, pin)) else {
        return Err(wrong(workstation, operator, tries.saturating_add(1), now_ms)?.into());
    };
    if tries != 0 {
        workstation.store.write(|tx| settings::clear_wrong_pins(tx, operator))?;
    }
    Ok(person)
}

/// Remembers a wrong PIN, and says what it brings.
fn wrong(
    workstation: &mut Workstation,
    operator: &str,
    tries: u32,
    now_ms: i64,
) -> Result<Code, Error> {
    let pause_ms = match tries.checked_sub(TRIES) {
        None => 0,
        Some(beyond) => FIRST_PAUSE_MS
            .checked_shl(beyond.min(16))
            .unwrap_or(LONGEST_PAUSE_MS)
            .min(LONGEST_PAUSE_MS),
    };
    workstation.turn(|turn| {
        settings::set_wrong_pins(turn.tx, operator, tries, now_ms.saturating_add(pause_ms))?;
        if pause_ms == 0 {
            return Ok(());
        }
        // Who is being tried may be nobody: what was typed is no operator's code then, and may be
        // anything. The number of failures is what is noted.
        let members = data([("failures", i64::from(tries).into())]);
        turn.jet(AUTOMATIC, EventCode::LoginLock, members)
    })?;
    if pause_ms == 0 {
        return Ok(Code::WrongPin { tries_left: TRIES.saturating_sub(tries) });
    }
    Ok(Code::SignInLocked { seconds: seconds(pause_ms) })
}

/// Whether the digits are the ones whose Argon2id hash is stored (RFC 9106).
fn is_right(hash: &str, pin: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
}

const fn no_staff() -> domain::staff::StaffList {
    domain::staff::StaffList { number: 0, operators: Vec::new() }
}

/// Milliseconds to whole seconds, rounded up.
fn seconds(ms: i64) -> u32 {
    u32::try_from(ms.saturating_add(999) / 1_000).unwrap_or(u32::MAX)
}
