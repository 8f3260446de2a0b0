//! The French of every document.

use fiscal::Money;
use fiscal::time::Date;
use fiscal::vat::Rate;

/// The program, as documents name what made them.
pub(crate) const PROGRAM: &str = "OC Pizza";

/// Before a signature.
pub(crate) const DONE_AT: &str = "Fait à, le";

pub(crate) fn page_of(number: usize, pages: usize) -> String {
    format!("Page {number}\u{a0}/\u{a0}{pages}")
}

/// `12/09/2026`.
pub(crate) fn date(it: Date) -> String {
    format!("{:02}/{:02}/{:04}", it.day, it.month, it.year)
}

/// `1 234,50 €`, with spaces that do not break.
pub(crate) fn euros(it: Money) -> String {
    format!("{}\u{a0}€", it.french())
}

/// `5,5 %`.
pub(crate) fn rate(it: Rate) -> String {
    let (whole, part) = (it.basis_points() / 100, it.basis_points() % 100);
    let decimals = match part {
        0 => String::new(),
        it if it % 10 == 0 => format!(",{}", it / 10),
        it => format!(",{it:02}"),
    };
    format!("{whole}{decimals}\u{202f}%")
}

#[cfg(test)]
mod tests {
    use super::{date, euros, page_of, rate};
    use fiscal::Money;
    use fiscal::time::Date;
    use fiscal::vat::Rate;

    #[test]
    fn figures_are_written_the_french_way() {
        assert_eq!(rate(Rate(550)), "5,5\u{202f}%");
        assert_eq!(rate(Rate(2_000)), "20\u{202f}%");
        assert_eq!(rate(Rate(1_055)), "10,55\u{202f}%");
        assert_eq!(euros(Money::from_cents(123_450)), "1\u{202f}234,50\u{a0}€");
        assert_eq!(date(Date { year: 2026, month: 9, day: 2 }), "02/09/2026");
        assert_eq!(page_of(1, 3), "Page 1\u{a0}/\u{a0}3");
    }
}
