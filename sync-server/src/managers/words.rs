//! The page's French: amounts, times and sentences.

use super::sign_in::Refused;
use crate::store::alarm::What;
use fiscal::Money;
use fiscal::time::{Civil, Moment};

/// A no-break space, before a euro sign and within a time.
const NBSP: char = '\u{a0}';

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `1 234,50 €`.
pub(super) fn euros(amount: Money) -> String {
    format!("{}{NBSP}€", amount.french())
}

/// "1 ticket", "3 tickets"; "0 ticket", as French has it.
pub(super) fn some<N: Copy + PartialOrd + From<u8> + std::fmt::Display>(
    number: N,
    noun: &str,
) -> String {
    let ending = if number < N::from(2) { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// `1 443`.
pub(super) fn count(count: i64) -> String {
    // An amount of so many euros, without its cents.
    let euros = count.checked_mul(100).map(|cents| Money::from_cents(cents).french());
    euros
        .as_deref()
        .and_then(|it| it.strip_suffix(",00"))
        .map_or_else(|| count.to_string(), Into::into)
}

/// `19 h 05`.
pub(super) fn time(at: Moment) -> String {
    let Civil { hour, minute, .. } = at.local();
    format!("{hour}{NBSP}h{NBSP}{minute:02}")
}

/// `vendredi 20 novembre 2026`.
pub(super) fn date(at: Moment) -> String {
    let Civil { year, month, day, .. } = at.local();
    // 1970-01-01 was a Thursday.
    let local_ms = at.utc_ms.saturating_add(i64::from(at.offset_min).saturating_mul(60_000));
    let weekday = local_ms.div_euclid(86_400_000).saturating_add(3).rem_euclid(7);
    let name = |names: &[&'static str], place: usize| names.get(place).copied().unwrap_or("");
    let weekday = name(&DAYS, usize::try_from(weekday).unwrap_or(0));
    let month = name(&MONTHS, usize::from(month).saturating_sub(1));
    let first = if day == 1 { "er" } else { "" };
    format!("{weekday} {day}{first} {month} {year}")
}

/// How long ago: `12 s`, `4 min`, `3 h`, `2 j`.
pub(super) fn ago(ms: i64) -> String {
    let seconds = ms / 1_000;
    let (count, unit) = match seconds {
        ..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        86_400.. => (seconds / 86_400, "j"),
    };
    format!("{count}{NBSP}{unit}")
}

/// What an alarm says, and what to do.
pub(super) const fn alarm(what: What) -> &'static str {
    match what {
        What::Fork => {
            "deux suites différentes ont été reçues de ce poste (disque restauré ou copié ?). Les \
             deux sont gardées et comptées. Appelez l’assistance avant de réutiliser l’ancien disque."
        }
        What::Parked => {
            "un envoi de ce poste n’a pas pu être vérifié. Il est gardé à part et n’est pas compté. \
             Appelez l’assistance."
        }
        What::Revoked => {
            "ce poste a été révoqué et envoie encore. Ce qu’il envoie est gardé à part et n’est pas \
             compté. Vérifiez où il se trouve."
        }
        What::SetBack => {
            "le serveur a été restauré depuis une sauvegarde. Les ventes reviennent d’elles-mêmes des \
             postes allumés ; rien n’est à ressaisir. Laissez tous les postes du magasin allumés : \
             carte et équipe ne sont publiées à nouveau qu’ensuite."
        }
    }
}

/// Why somebody is not signed in, and what to do.
pub(super) const fn refused(refused: Refused) -> &'static str {
    match refused {
        Refused::TooManyAttempts => "Trop d’essais. Attendez cinq minutes, puis recommencez.",
        Refused::Wrong => "Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux.",
    }
}

#[cfg(test)]
mod tests {
    use super::{ago, count, date, euros, time};
    use fiscal::Money;
    use fiscal::time::Moment;

    #[test]
    fn amounts_and_times_are_written_the_french_way() {
        let at = Moment { utc_ms: 1_795_284_300_000, offset_min: 60 };
        assert_eq!(date(at), "samedi 21 novembre 2026");
        assert_eq!(time(at), "19\u{a0}h\u{a0}05");
        assert_eq!(date(Moment { utc_ms: 0, offset_min: 60 }), "jeudi 1er janvier 1970");
        assert_eq!([count(7), count(1_443)], ["7", "1\u{202f}443"]);
        assert_eq!(euros(Money::from_cents(123_450)), "1\u{202f}234,50\u{a0}€");
    }

    #[test]
    fn silence_is_told_in_one_unit() {
        let told = [0, 59_999, 60_000, 3_600_000, 200_000_000].map(ago);
        assert_eq!(
            told.map(|it| it.replace('\u{a0}', " ")),
            ["0 s", "59 s", "1 min", "1 h", "2 j"]
        );
    }
}
