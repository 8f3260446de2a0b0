//! How accountants' files write amounts, rates and dates, and the bytes of their text.

use fiscal::Money;
use fiscal::time::Date;
use fiscal::vat::Rate;

/// `1234,56`: decimal comma, no separator of thousands, a minus where below 0.
pub(super) fn amount(money: Money) -> String {
    let euros = money.euros();
    let sign = if euros.negative { "-" } else { "" };
    format!("{sign}{},{:02}", euros.euros, euros.cents)
}

/// Percent: `5,50`.
pub(super) fn rate(rate: Rate) -> String {
    let bp = rate.basis_points();
    format!("{},{:02}", bp / 100, bp % 100)
}

/// `20261121`.
pub(super) fn compact(date: Date) -> String {
    date.iso().replace('-', "")
}

/// A field of a file whose separator is `separator`: on one line, without it.
pub(super) fn field(text: &str, separator: char) -> String {
    let spaced = text.chars().map(|it| if it == separator || it.is_control() { ' ' } else { it });
    spaced.collect::<String>().trim().to_owned()
}

/// The bytes of a text in ISO 8859-15; what it has no sign for becomes a question mark.
pub(super) fn latin_9(text: &str) -> Vec<u8> {
    text.chars().map(byte).collect()
}

/// ISO 8859-15 is ISO 8859-1 but for eight places (ISO/IEC 8859-15:1999, table 2).
fn byte(character: char) -> u8 {
    const PLACES: [(u32, u8); 8] = [
        (0x20AC, 0xA4),
        (0x0160, 0xA6),
        (0x0161, 0xA8),
        (0x017D, 0xB4),
        (0x017E, 0xB8),
        (0x0152, 0xBC),
        (0x0153, 0xBD),
        (0x0178, 0xBE),
    ];
    let code = u32::from(character);
    if let Some((_, byte)) = PLACES.iter().find(|(it, _)| *it == code) {
        return *byte;
    }
    let taken = PLACES.iter().any(|(_, byte)| u32::from(*byte) == code);
    match u8::try_from(code) {
        Ok(byte) if !taken => byte,
        Ok(_) | Err(_) => b'?',
    }
}

#[cfg(test)]
mod tests {
    use super::{amount, latin_9, rate};
    use fiscal::Money;
    use fiscal::vat::Rate;

    #[test]
    fn amounts_have_a_comma_and_two_digits() {
        let texts = [0, 5, -5, 123_456, -100].map(|it| amount(Money::from_cents(it)));
        assert_eq!(texts, ["0,00", "0,05", "-0,05", "1234,56", "-1,00"]);
        assert_eq!(rate(Rate(550)), "5,50");
    }

    #[test]
    fn text_is_iso_8859_15() {
        // python3 -c "print(list('à œ€½→'.encode('iso8859-15', 'replace')))"
        assert_eq!(latin_9("à œ€½→"), [224, 32, 189, 164, 63, 63]);
    }
}
