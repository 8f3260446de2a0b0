//! Orders, their times and their steps.

use super::count;
use domain::order::Reason;
use fiscal::vat::Mode;
use pos_api::{Attention, LineStage};

/// How it leaves the shop.
pub(crate) const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::OnSite => "Sur place",
        Mode::TakeAway => "À emporter",
        Mode::Delivery => "Livraison",
    }
}

/// How far a line is in the kitchen.
pub(crate) const fn line_stage(stage: LineStage) -> &'static str {
    match stage {
        LineStage::Waiting => "à faire",
        LineStage::Started => "en cours",
        LineStage::Ready => "prête",
    }
}

/// What must be noticed.
pub(crate) const fn attention(attention: Attention) -> &'static str {
    match attention {
        Attention::Added => "Ajoutée après le début",
        Attention::Changed => "Heure ou mode changés",
        Attention::Cancelled => "Annulée\u{202f}: ne plus la faire",
        Attention::ClaimLost => "Un autre l’a prise avant vous",
    }
}

/// Why an order is cancelled.
pub(crate) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ChangedMind => "Le client change d’avis",
        Reason::Gone => "Le client est parti",
        Reason::Mistake => "Erreur de saisie",
        Reason::RanOut => "Il manque un ingrédient",
        Reason::TooLate => "Trop d’attente",
        Reason::Spoilt => "Ratée en cuisine",
    }
}

/// The hook of a reason's button.
pub(crate) const fn reason_hook(reason: Reason) -> &'static str {
    match reason {
        Reason::ChangedMind => "reason-changed-mind",
        Reason::Gone => "reason-gone",
        Reason::Mistake => "reason-mistake",
        Reason::RanOut => "reason-ran-out",
        Reason::TooLate => "reason-too-late",
        Reason::Spoilt => "reason-spoilt",
    }
}

/// How late an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lateness {
    /// More than five minutes left.
    InTime,
    /// Five minutes left or less.
    Soon,
    /// Past its time.
    Late,
}

impl Lateness {
    /// As styles name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// How late it is with so many minutes left.
pub(crate) const fn lateness(minutes_left: i32) -> Lateness {
    match minutes_left {
        ..0 => Lateness::Late,
        0..=5 => Lateness::Soon,
        6.. => Lateness::InTime,
    }
}

/// "12 min", "retard 3 min", "maintenant".
pub(crate) fn minutes(minutes_left: i32) -> String {
    match minutes_left {
        ..0 => late(minutes_left.unsigned_abs()),
        0 => "maintenant".to_owned(),
        1..120 => format!("{minutes_left}\u{a0}min"),
        120.. => format!("{}\u{a0}h\u{a0}{:02}", minutes_left / 60, minutes_left % 60),
    }
}

/// "retard 3 min".
fn late(minutes: u32) -> String {
    match minutes {
        0..120 => format!("retard {minutes}\u{a0}min"),
        120.. => format!("retard {}\u{a0}h\u{a0}{:02}", minutes / 60, minutes % 60),
    }
}

/// "3 articles".
pub(crate) fn pieces(number: u64) -> String {
    count(number, "article", "articles")
}

#[cfg(test)]
mod tests {
    use super::{Lateness, lateness, minutes};

    #[test]
    fn minutes_left_are_said_in_words() {
        for (left, said, how) in [
            (12, "12\u{a0}min", Lateness::InTime),
            (5, "5\u{a0}min", Lateness::Soon),
            (0, "maintenant", Lateness::Soon),
            (-3, "retard 3\u{a0}min", Lateness::Late),
            (-125, "retard 2\u{a0}h\u{a0}05", Lateness::Late),
            (135, "2\u{a0}h\u{a0}15", Lateness::InTime),
        ] {
            assert_eq!((minutes(left).as_str(), lateness(left)), (said, how));
        }
    }
}
