//! The rates of the territories where they are certain, as data. The accountant of each shop
//! validates them.

use super::{Class, Mode, Rate, Row, Territory};
use crate::time::Date;
use alloc::vec::Vec;

/// When these rates came into force, overseas too (law 2012-1510 art. 68).
const FROM: Date = Date { year: 2014, month: 1, day: 1 };

/// Class, basis points taken away or delivered, basis points on site; `None` where it is not sold.
const MATRIX: [(Class, Option<u16>, Option<u16>); 10] = [
    (Class::ImmediateFood, Some(1_000), Some(1_000)),
    (Class::BakeAtHome, Some(550), None),
    (Class::ClosedDrink, Some(550), Some(1_000)),
    (Class::OpenDrink, Some(1_000), Some(1_000)),
    (Class::Alcohol, Some(2_000), Some(2_000)),
    (Class::KeptFood, Some(550), Some(1_000)),
    (Class::SingleIceCream, Some(1_000), Some(1_000)),
    (Class::IceCreamTub, Some(550), Some(1_000)),
    (Class::Confectionery, Some(2_000), Some(1_000)),
    (Class::NonFood, Some(2_000), Some(2_000)),
];

/// Metropolitan France (CGI art. 278, 278-0 bis, 279 m and n).
pub(super) fn metropolitan() -> Vec<Row> {
    rows(Territory::Metropolitan, |rate| rate)
}

/// Guadeloupe, Martinique and Réunion: 8.5 % for what is at the normal rate in metropolitan
/// France, 2.1 % for what is at a reduced one (CGI art. 296).
pub(super) fn overseas(territory: Territory) -> Vec<Row> {
    rows(territory, |metropolitan| if metropolitan == 2_000 { 850 } else { 210 })
}

/// Guyane and Mayotte: no VAT is due (CGI art. 294).
pub(super) fn untaxed(territory: Territory) -> Vec<Row> {
    rows(territory, |_| 0)
}

fn rows(territory: Territory, of_metropolitan: impl Fn(u16) -> u16) -> Vec<Row> {
    let row = |class, mode, metropolitan: Option<u16>| {
        let rate = Rate(of_metropolitan(metropolitan?));
        Some(Row { class, mode, territory, from: FROM, rate })
    };
    MATRIX
        .into_iter()
        .flat_map(|(class, away, on_site)| {
            [
                row(class, Mode::OnSite, on_site),
                row(class, Mode::TakeAway, away),
                row(class, Mode::Delivery, away),
            ]
        })
        .flatten()
        .collect()
}
