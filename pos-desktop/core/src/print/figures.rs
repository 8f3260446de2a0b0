//! Amounts, quantities and rates as the French write them on paper.

/// "12,50", "-0,05", "1 234,00".
pub(super) fn cents(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let whole = (cents.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if 0 < place && (whole.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{:02}", cents.unsigned_abs() % 100)
}

/// "2", "0,35", "-1".
pub(super) fn quantity(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let whole = thousandths.unsigned_abs() / 1000;
    match thousandths.unsigned_abs() % 1000 {
        0 => format!("{sign}{whole}"),
        part => {
            let part = format!("{part:03}");
            format!("{sign}{whole},{}", part.trim_end_matches('0'))
        }
    }
}

/// "10 %", "5,5 %".
pub(super) fn rate(basis_points: u16) -> String {
    let whole = basis_points / 100;
    match basis_points % 100 {
        0 => format!("{whole} %"),
        part => format!("{whole},{} %", format!("{part:02}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_quantities_and_rates_are_written_as_in_french() {
        assert_eq!(
            [0, 5, -5, 1250, -123_456, 123_456_789].map(cents),
            ["0,00", "0,05", "-0,05", "12,50", "-1 234,56", "1 234 567,89"]
        );
        assert_eq!(cents(i64::MIN), "-92 233 720 368 547 758,08");
        assert_eq!([1000, 350, -2000, 12_345].map(quantity), ["1", "0,35", "-2", "12,345"]);
        assert_eq!([1000, 550, 210, 0, 2000].map(rate), ["10 %", "5,5 %", "2,1 %", "0 %", "20 %"]);
    }
}
