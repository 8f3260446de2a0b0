use super::{Class, Mode, NoRate, Rate, Row, Table, Territory};
use crate::Money;
use crate::time::Date;

const TODAY: Date = Date { year: 2026, month: 11, day: 21 };

#[test]
fn the_rate_follows_the_class_and_the_mode() {
    let table = Table::metropolitan_2026();
    // The matrix of CGI art. 278, 278-0 bis, 279 m and n: taken away or delivered, then on site.
    for (class, away, on_site) in [
        (Class::ImmediateFood, Ok(1_000), Ok(1_000)),
        (Class::BakeAtHome, Ok(550), Err(())),
        (Class::ClosedDrink, Ok(550), Ok(1_000)),
        (Class::OpenDrink, Ok(1_000), Ok(1_000)),
        (Class::Alcohol, Ok(2_000), Ok(2_000)),
        (Class::KeptFood, Ok(550), Ok(1_000)),
        (Class::SingleIceCream, Ok(1_000), Ok(1_000)),
        (Class::IceCreamTub, Ok(550), Ok(1_000)),
        (Class::Confectionery, Ok(2_000), Ok(1_000)),
        (Class::NonFood, Ok(2_000), Ok(2_000)),
    ] {
        for (mode, expected) in
            [(Mode::TakeAway, away), (Mode::Delivery, away), (Mode::OnSite, on_site)]
        {
            let territory = Territory::Metropolitan;
            let rate = table.rate(class, mode, territory, TODAY);
            let expected = expected.map(Rate).map_err(|()| NoRate { class, mode, territory });
            assert_eq!(rate, expected);
        }
    }
}

#[test]
fn a_territory_without_rows_has_no_rate() {
    let asked = (Class::ImmediateFood, Mode::TakeAway, Territory::Corsica);
    let refused = Table::metropolitan_2026().rate(asked.0, asked.1, asked.2, TODAY);
    assert_eq!(refused, Err(NoRate { class: asked.0, mode: asked.1, territory: asked.2 }));
}

#[test]
fn a_change_of_rate_applies_from_its_day_on() {
    let (class, mode, territory) = (Class::ClosedDrink, Mode::TakeAway, Territory::Metropolitan);
    let from = Date { year: 2027, month: 1, day: 1 };
    let mut rows = Table::metropolitan_2026().rows().to_vec();
    rows.insert(0, Row { class, mode, territory, from, rate: Rate(600) });
    let table = Table::new(rows);
    for (date, expected) in [
        (Date { year: 1970, month: 1, day: 1 }, 550),
        (Date { year: 2026, month: 12, day: 31 }, 550),
        (from, 600),
        (Date { year: 2040, month: 1, day: 1 }, 600),
    ] {
        assert_eq!(table.rate(class, mode, territory, date), Ok(Rate(expected)), "{date:?}");
    }
}

#[test]
fn the_vat_in_a_price_is_rounded_half_up_and_mirrored() {
    for (ttc, rate, vat) in [
        (1_250, 1_000, 114),
        (400, 550, 21),
        (0, 2_000, 0),
        (3, 2_000, 1), // 0.5 of a cent exactly
        (-3, 2_000, -1),
        (-1_250, 1_000, -114),
        (1_000, 0, 0),
        (i64::MAX, 2_000, 1_537_228_672_809_129_301),
    ] {
        assert_eq!(Rate(rate).vat_in(Money::from_cents(ttc)), Money::from_cents(vat), "{ttc}");
    }
}
