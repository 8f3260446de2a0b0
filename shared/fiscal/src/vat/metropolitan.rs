//! The rates of metropolitan France as data. The accountant of each shop validates them.

use super::{Class, Mode, Rate, Row, Territory};
use crate::time::Date;
use alloc::vec::Vec;

/// When the rates of 10 % and 20 % came into force (law 2012-1510 art. 68).
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

pub(super) fn rows() -> Vec<Row> {
    let row = |class, mode, rate: Option<u16>| {
        let territory = Territory::Metropolitan;
        rate.map(|rate| Row { class, mode, territory, from: FROM, rate: Rate(rate) })
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
