//! Every French sentence of the screens.
//!
//! Where a sentence depends on one of our enums it is an exhaustive `match`: a new variant does not
//! compile until somebody has found words for it.

pub(crate) mod about;
pub(crate) mod approval;
pub(crate) mod basket;
pub(crate) mod board;
pub(crate) mod books;
pub(crate) mod button;
pub(crate) mod configurator;
pub(crate) mod copies;
pub(crate) mod counter;
mod date;
pub(crate) mod day;
pub(crate) mod discount;
pub(crate) mod drill;
pub(crate) mod ended;
mod failure;
pub(crate) mod figures;
pub(crate) mod first_run;
pub(crate) mod histories;
pub(crate) mod joining;
pub(crate) mod kitchen;
mod menu;
mod order;
pub(crate) mod payment;
mod printing;
mod safety;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod tickets;
pub(crate) mod training;
pub(crate) mod workstations;

pub(crate) use date::{day, moment, period};
pub(crate) use failure::{locked, reference, unanswered};
pub(crate) use menu::{allergens, amount, change, configuration_refused, problem, share_name};
pub(crate) use order::{
    attention, lateness, line_stage, minutes, mode, pieces, reason, reason_hook,
};
pub(crate) use printing::{job_offered, printer_stands};
pub(crate) use safety::{
    Level, SAFETY, SAFETY_UNKNOWN, SEE_HISTORIES, advice, details, level, safety,
};

use fiscal::Money;

/// Whose program this is.
pub(crate) const NAME: &str = "OC Pizza";
/// Before the first answer.
pub(crate) const STARTING: &str = "Le poste ouvre ses données.";
/// Before what the person reads out on the telephone.
pub(crate) const REFERENCE: &str = "Référence ";

/// A narrow no-break space: before `: ; ! ? % €` and inside French quotes.
const NARROW: char = '\u{202f}';

/// A sentence with the spaces that French typography asks for: narrow and unbreakable before
/// `: ; ! ? %` and `€`, and inside « ».
fn french(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let after_quote = spaced.ends_with('«');
        let before_sign = matches!(next, Some(':' | ';' | '!' | '?' | '%' | '€' | '»'));
        spaced.push(if character == ' ' && (before_sign || after_quote) {
            NARROW
        } else {
            character
        });
    }
    spaced
}

/// "13,50 €".
pub(crate) fn money(amount: Money) -> String {
    format!("{}{NARROW}€", amount.french())
}

/// "+2,50 €", "−2,50 €": what is too much or too little; a typographic minus.
pub(crate) fn difference(amount: Money) -> String {
    match amount.cents() {
        0 => money(amount),
        1.. => format!("+{}", money(amount)),
        ..0 => format!("−{}", money(-amount)),
    }
}

/// A duration in words: "45 s", "12 min", "3 h".
pub(crate) fn duration(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds}\u{a0}s"),
        120..7_200 => format!("{}\u{a0}min", seconds / 60),
        7_200.. => format!("{}\u{a0}h", seconds / 3_600),
    }
}

/// "1 enregistrement", "2 enregistrements": the noun in its number.
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", thousands(number), if number < 2 { one } else { many })
}

/// "48 213": thousands apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(NARROW);
        }
        apart.push(digit);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::{count, duration, french, money, thousands};
    use fiscal::Money;

    #[test]
    fn signs_keep_to_the_word_before_them() {
        assert_eq!(
            french("Ticket ? « Exact » : 5 €"),
            "Ticket\u{202f}? «\u{202f}Exact\u{202f}»\u{202f}: 5\u{202f}€"
        );
    }

    #[test]
    fn amounts_numbers_and_durations_are_french() {
        assert_eq!(money(Money::from_cents(123_450)), "1\u{202f}234,50\u{202f}€");
        assert_eq!(duration(119), "119\u{a0}s");
        assert_eq!(duration(720), "12\u{a0}min");
        assert_eq!(count(0, "ligne", "lignes"), "0\u{a0}ligne");
        assert_eq!(count(2, "ligne", "lignes"), "2\u{a0}lignes");
        assert_eq!(count(48_213, "ligne", "lignes"), "48\u{202f}213\u{a0}lignes");
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(thousands),
            ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]
        );
    }
}
