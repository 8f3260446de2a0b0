//! What whoever administers the server does by hand: codes, managers, revocations.

use crate::app::App;
use crate::code::{Code, LIFE_MS};
use crate::enrol::{is_label, role_str};
use crate::error::Error;
use crate::fence;
use crate::managers;
use crate::store;
use crate::store::fence::Outcome;
use domain::publication::{Event, WorkstationRevoked};
use replication::Role;

/// Why something was not done. Where several hold, the first in this order is returned.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// No shop has this code.
    #[error("{shop} is no shop; load it first")]
    NoShop {
        /// The code.
        shop: String,
    },
    /// It cannot be a workstation's label.
    #[error("{label} is no label: a capital letter or two and a number, like C1")]
    NotALabel {
        /// What was given.
        label: String,
    },
    /// A workstation that takes part has this label.
    #[error("{label} is taken in {shop}; revoke that workstation first")]
    LabelTaken {
        /// The label.
        label: String,
        /// The shop.
        shop: String,
    },
    /// No workstation that takes part has this label.
    #[error("{shop} has no workstation {label}")]
    NoWorkstation {
        /// The label.
        label: String,
        /// The shop.
        shop: String,
    },
    /// Short passwords are guessed.
    #[error("a password has at least {} characters", managers::PASSWORD_MIN)]
    PasswordTooShort,
    /// The machine gives no random numbers.
    #[error("the machine gives no random numbers")]
    NoRandom(#[from] getrandom::Error),
    /// The database, or Argon2.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<sqlx::Error> for AdminError {
    fn from(error: sqlx::Error) -> Self {
        Self::Other(error.into())
    }
}

/// Gives out a one-time code for a workstation. It is stored hashed: this is the only time that
/// anybody sees it.
///
/// # Errors
///
/// [`AdminError`].
pub async fn enrol_code(
    app: &App,
    shop: &str,
    role: Role,
    label: &str,
) -> Result<Code, AdminError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.centre().await?;
    let shops = store::shop::all(&mut tx).await?;
    if !shops.iter().any(|it| it.code == shop) {
        return Err(AdminError::NoShop { shop: shop.into() });
    }
    if !is_label(label) {
        return Err(AdminError::NotALabel { label: label.into() });
    }
    if store::workstation::label_in_use(&mut tx, shop, label).await? {
        return Err(AdminError::LabelTaken { label: label.into(), shop: shop.into() });
    }
    let code = Code::draw()?;
    let row = store::enrolment::Code {
        shop: shop.into(),
        role: role_str(role).into(),
        label: label.into(),
        expires_ms: now_ms.saturating_add(LIFE_MS),
        used_by: None,
    };
    store::enrolment::save(&mut tx, &code.hash(), &row, now_ms).await?;
    tx.commit().await?;
    Ok(code)
}

/// Lets somebody look at the managers' page, or gives them a new password.
///
/// # Errors
///
/// [`AdminError`].
pub async fn add_manager(app: &App, name: &str, password: String) -> Result<(), AdminError> {
    if password.chars().count() < managers::PASSWORD_MIN {
        return Err(AdminError::PasswordTooShort);
    }
    let hash = managers::hash_password(app, password).await?;
    let mut tx = app.store.centre().await?;
    store::manager::save(&mut tx, name.trim(), &hash, app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}

/// What a person may have to do: shops where nothing is published until they were heard, and files
/// that must be loaded again. One line each; a single "ok" where there is nothing.
///
/// # Errors
///
/// [`AdminError`].
pub async fn health(app: &App) -> Result<Vec<String>, AdminError> {
    let mut tx = app.store.centre().await?;
    let mut lines = Vec::new();
    for (shop, since_ms) in store::fence::shops(&mut tx).await? {
        let since = app.clock.local(since_ms).stamp();
        lines.push(format!(
            "{shop} fenced since {since}: the database was set back, and nothing is published until \
             every workstation there was heard; sync-server go-on --shop {shop} waits no longer"
        ));
    }
    for (shop, what, number) in store::publication::without_bytes(&mut tx).await? {
        lines.push(format!("{shop} {what} {number} holds, and its bytes are lost: load it again"));
    }
    if lines.is_empty() {
        lines.push("ok".into());
    }
    Ok(lines)
}

/// Ends the wait for a shop of which the centre lacks its own last entries: it goes on in a new
/// journal. What turns up later is kept all the same.
///
/// # Errors
///
/// [`AdminError`].
pub async fn go_on(app: &App, shop: &str) -> Result<(), AdminError> {
    let shops = store::shop::all(&mut *app.store.centre().await?).await?;
    if !shops.iter().any(|it| it.code == shop) {
        return Err(AdminError::NoShop { shop: shop.into() });
    }
    fence::settle(app, shop, Some(Outcome::ByHand)).await?;
    Ok(())
}

/// Takes back a workstation's right to take part, and tells its shop.
///
/// # Errors
///
/// [`AdminError`].
pub async fn revoke(app: &App, shop: &str, label: &str) -> Result<(), AdminError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.centre().await?;
    let keys = store::workstation::revoke(&mut tx, shop, label, now_ms).await?;
    if keys.is_empty() {
        return Err(AdminError::NoWorkstation { label: label.into(), shop: shop.into() });
    }
    let mut events = Vec::new();
    for key in &keys {
        for journal in store::journal::of_key(&mut tx, shop, key).await? {
            events.push(Event::WorkstationRevoked(WorkstationRevoked { journal }));
        }
    }
    if !events.is_empty() {
        app.centre.write(&mut tx, shop, events, now_ms).await?;
    }
    tx.commit().await?;
    app.live.changed(shop);
    Ok(())
}
