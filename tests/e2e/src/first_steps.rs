//! What a person does at a window before the first sale.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::{Centre, Expect, Hand, Press, Waited, Window, hook};

/// How long a PC may take from « Installer » to its first screen: keys, journal, and what the centre
/// has published.
const INSTALLED: Duration = Duration::from_secs(2);

/// How long the staff may take to come from the centre.
const STAFF: Duration = Duration::from_secs(2);

/// Somebody of the demo's staff, by code and PIN.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The code on tiles and tickets.
    pub code: &'static str,
    /// The PIN, published in tests/friday/README.md.
    pub pin: &'static str,
}

impl Person {
    /// The manager of the shop that is played.
    pub const LOUISE: Self = Self { code: "LB", pin: "2580" };
    /// Somebody at its counter.
    pub const MATHILDE: Self = Self { code: "MC", pin: "3690" };
}

/// Installs a PC as the shop's `label`: types the centre's address and a one-time code, in the window.
///
/// # Errors
///
/// It is refused, with what the window said.
pub async fn first_run(
    window: &Window,
    centre: &Centre,
    role: &str,
    label: &str,
) -> Result<Waited<()>> {
    let code = centre.enrol_code(role, label)?;
    window.press(&hook(&format!("first-run-role-{role}"))).await?;
    window.fill(&hook("first-run-server"), &centre.server.url()).await?;
    window.fill(&hook("first-run-code"), &code).await?;
    window.fill(&hook("first-run-label"), label).await?;
    let screen = match role {
        "till" => hook("screen-sign-in"),
        "kitchen" => hook("screen-kitchen"),
        other => bail!("no PC is a {other}"),
    };
    window.press(&hook("first-run-submit")).await?;
    let shown = window.shows(&screen, "", INSTALLED).await;
    match shown {
        Ok(Waited { took, .. }) => Ok(Waited { seen: (), took }),
        Err(error) => match window.texts(&hook("refusal")).await?.as_slice() {
            [] => Err(error),
            said => bail!("the window refuses: {}", said.join(" ")),
        },
    }
}

/// Signs somebody in at a till, by touch; answers how the last touch was answered.
///
/// # Errors
///
/// Their name is not there, or the PIN is refused.
pub async fn sign_in(window: &Window, person: Person) -> Result<Duration> {
    let Person { code, pin } = person;
    let tile = hook(&format!("signin-operator-{code}"));
    window.shows(&tile, "", STAFF).await?;
    let mut hand = Hand::at(window);
    let (enter, counter) = (hook("pin-enter"), hook("screen-counter"));
    window.press(&tile).await?;
    for (place, digit) in (1..).zip(pin.chars()) {
        let dots = "●".repeat(place);
        hand.tap(&format!("pin-{digit}"), Expect::Says(&hook("pin-dots"), &dots)).await?;
    }
    Ok(window.answer(Press::On(&enter), Expect::There(&counter)).await?.took)
}
