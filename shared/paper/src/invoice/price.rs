//! What one costs, from what all cost.

use super::InvoiceLine;

/// The net price of a unit in millionths of a euro, rounded half up; it is never below zero
/// (BR-27), the quantity is.
pub(super) fn unit_micros(line: &InvoiceLine) -> u128 {
    let net = u128::from(line.net.cents().unsigned_abs());
    let quantity = u128::from(line.qty_m.max(1));
    // Cents are 10 000 micros, and the quantity is in thousandths.
    (net * 10_000 * 1_000 * 2 + quantity) / (2 * quantity)
}

/// A number of millionths with a point: as many decimals as it needs, two at least.
pub(super) fn decimal(micros: u128) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let point = text.len() - 6;
    let least = point + 2;
    let needed = text.trim_end_matches('0').len().max(least);
    text.get(..needed).expect("digits are ASCII").to_owned()
}

/// The quantity with a point, below zero where the line takes something off.
pub(super) fn quantity(line: &InvoiceLine) -> String {
    let sign = if line.net.is_negative() { "-" } else { "" };
    let (whole, part) = (line.qty_m / 1_000, line.qty_m % 1_000);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let text = format!("{sign}{whole}.{part:03}");
    text.trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{decimal, quantity, unit_micros};
    use crate::invoice::{InvoiceLine, Vat};
    use fiscal::Money;
    use fiscal::vat::Rate;

    fn line(net: i64, qty_m: u32) -> InvoiceLine {
        InvoiceLine {
            label: "Margherita".to_owned(),
            details: Vec::new(),
            qty_m,
            vat: Vat::Rate(Rate(1_000)),
            net: Money::from_cents(net),
            gross: Money::ZERO,
        }
    }

    #[test]
    fn a_unit_s_price_times_the_quantity_is_the_line_to_the_cent() {
        for (net, qty_m) in
            [(1_136, 1_000), (2_273, 3_000), (-500, 2_000), (1, 999_000), (333, 250)]
        {
            let price = unit_micros(&line(net, qty_m));
            let back = (price * u128::from(qty_m) + 5_000_000) / 10_000_000;
            assert_eq!(back, u128::from(net.unsigned_abs()), "{net} for {qty_m}");
        }
    }

    #[test]
    fn numbers_have_the_decimals_they_need() {
        assert_eq!(decimal(unit_micros(&line(1_136, 1_000))), "11.36");
        assert_eq!(decimal(unit_micros(&line(1_000, 3_000))), "3.333333");
        assert_eq!(decimal(12_500_000), "12.50");
        assert_eq!(decimal(0), "0.00");
        assert_eq!(quantity(&line(-500, 2_000)), "-2");
        assert_eq!(quantity(&line(500, 1_250)), "1.25");
        assert_eq!(quantity(&line(500, 10_000)), "10");
    }
}
