use super::{Class, Mode, NoRate, Rate, Row, Table, Territory};
use crate::Money;
use crate::time::Date;

const TODAY: Date = Date { year: 2026, month: 11, day: 21 };

/// The whole matrix. By class: taken away or delivered, then on site, first in metropolitan France
/// (CGI art. 278, 278-0 bis, 279 m and n), then in Guadeloupe, Martinique and Réunion (art. 296).
#[test]
fn the_rate_follows_the_class_the_mode_and_the_territory() {
    let overseas = [Territory::Guadeloupe, Territory::Martinique, Territory::Reunion];
    for (class, away, on_site, away_overseas, on_site_overseas) in [
        (Class::ImmediateFood, 1_000, Some(1_000), 210, Some(210)),
        (Class::BakeAtHome, 550, None, 210, None),
        (Class::ClosedDrink, 550, Some(1_000), 210, Some(210)),
        (Class::OpenDrink, 1_000, Some(1_000), 210, Some(210)),
        (Class::Alcohol, 2_000, Some(2_000), 850, Some(850)),
        (Class::KeptFood, 550, Some(1_000), 210, Some(210)),
        (Class::SingleIceCream, 1_000, Some(1_000), 210, Some(210)),
        (Class::IceCreamTub, 550, Some(1_000), 210, Some(210)),
        (Class::Confectionery, 2_000, Some(1_000), 850, Some(210)),
        (Class::NonFood, 2_000, Some(2_000), 850, Some(850)),
    ] {
        has(Territory::Metropolitan, class, away, on_site);
        for territory in overseas {
            has(territory, class, away_overseas, on_site_overseas);
        }
        // No VAT is due there (art. 294).
        for territory in [Territory::Guyane, Territory::Mayotte] {
            has(territory, class, 0, on_site.map(|_| 0));
        }
    }
}

fn has(territory: Territory, class: Class, away: u16, on_site: Option<u16>) {
    let table = Table::default_of(territory).unwrap();
    let modes =
        [(Mode::TakeAway, Some(away)), (Mode::Delivery, Some(away)), (Mode::OnSite, on_site)];
    for (mode, expected) in modes {
        let expected = expected.map(Rate).ok_or(NoRate { class, mode, territory });
        assert_eq!(table.rate(class, mode, territory, TODAY), expected);
    }
}

#[test]
fn a_table_of_one_territory_knows_no_other() {
    let asked = (Class::ImmediateFood, Mode::TakeAway, Territory::Corsica);
    let refused = Table::metropolitan_2026().rate(asked.0, asked.1, asked.2, TODAY);
    assert_eq!(refused, Err(NoRate { class: asked.0, mode: asked.1, territory: asked.2 }));
}

#[test]
fn corsica_has_no_rates_that_anybody_guessed() {
    assert_eq!(Table::default_of(Territory::Corsica), None);
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
