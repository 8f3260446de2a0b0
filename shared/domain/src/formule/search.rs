//! Which formules cost the customer least.
//!
//! How many of each formule there are is tried out, branch by branch. Given these numbers, which
//! units fill the slots is an assignment: a slot that is added takes the dearest unit that it can
//! reach by moving others between the slots that they fit, as in the Hungarian method, which is
//! exact. A branch that cannot save more than the best one so far is left out.
//!
//! A branch costs at most the square of the units, and the work is bounded by [`MOST_WORK`]. Forty
//! units, under four formules of two slots or more, stay within it whatever they are. Beyond, what
//! is found is the best of what was looked at: never dearer than no formule at all, and the same
//! whatever the order of the lines.

use super::{Deal, DealUnit, Formule, Item};
use crate::catalogue::Catalogue;
use crate::id::LineId;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use fiscal::Money;
use fiscal::vat::Mode;

/// How much work a search is, in units looked at: 60,000 branches of forty units.
const MOST_WORK: usize = 60_000 * 40 * 40;

/// The most units that are looked at; of more, as many of each line as there is room for.
const MOST_UNITS: usize = 200;

/// The formules that lines come to: those that leave the customer with least to pay in this mode.
///
/// Each unit of a line is in one deal at most, and each deal costs less than its parts. A line whose
/// product the menu does not have is in none.
#[must_use]
pub fn best_deals(catalogue: &Catalogue, mode: Mode, items: &[Item<'_>]) -> Vec<Deal> {
    let offered = catalogue.formules().iter();
    let formules: Vec<&Formule> = offered
        .filter(|formule| formule.modes.contains(&mode) && !formule.slots.is_empty())
        .collect();
    let units = units(catalogue, &formules, items);
    let mut search = Search::new(&formules, &units);
    search.descend(0, &Filling::none(units.len()));
    let mut deals = search.best.deals(&formules, &units);
    deals.retain(|deal| deal.price < deal.separate_price());
    deals
}

/// One of a line.
struct Unit {
    line: LineId,
    /// Its place among those of its line.
    nth: u16,
    /// Its separate price.
    price: Money,
    /// By formule, by slot: whether it fits.
    fits: Vec<Vec<bool>>,
}

impl Unit {
    fn fits_any(&self) -> bool {
        self.fits.iter().flatten().any(|fits| *fits)
    }
}

/// The units that fit somewhere, the dearest first.
fn units(catalogue: &Catalogue, formules: &[&Formule], items: &[Item<'_>]) -> Vec<Unit> {
    let mut units = Vec::new();
    for item in items {
        let Ok(separate) = item.configured.separate_price(catalogue) else {
            continue;
        };
        let takes = |formule: &&Formule| {
            let slots = formule.slots.iter();
            slots.map(|slot| slot.takes(item.configured, catalogue)).collect()
        };
        let fits: Vec<Vec<bool>> = formules.iter().map(takes).collect();
        let most = u16::try_from(MOST_UNITS).unwrap_or(u16::MAX);
        units.extend((0..item.quantity.min(most)).map(|nth| Unit {
            line: item.line,
            nth,
            price: separate.min(item.unit_price),
            fits: fits.clone(),
        }));
    }
    units.retain(|unit| unit.price > Money::ZERO && unit.fits_any());
    units.sort_by_key(|unit| (unit.nth, Reverse(unit.price), unit.line));
    units.truncate(MOST_UNITS);
    units.sort_by_key(|unit| (Reverse(unit.price), unit.line, unit.nth));
    units
}

struct Search<'a> {
    formules: &'a [&'a Formule],
    units: &'a [Unit],
    /// By formule, the most that one of it can save, in cents.
    can_save: Vec<i64>,
    best: Filling,
    branches_left: usize,
}

impl<'a> Search<'a> {
    fn new(formules: &'a [&'a Formule], units: &'a [Unit]) -> Self {
        let can_save = formules.iter().enumerate().map(|(at, formule)| {
            let dearest = |slot: usize| {
                let first = units.iter().find(|unit| unit.fits[at][slot]);
                first.map_or(0, |unit| unit.price.cents())
            };
            let apart = (0..formule.slots.len()).map(dearest).fold(0, i64::saturating_add);
            apart.saturating_sub(formule.price.cents())
        });
        let size = units.len().max(40);
        Self {
            formules,
            units,
            can_save: can_save.collect(),
            best: Filling::none(units.len()),
            branches_left: MOST_WORK.div_euclid(size.saturating_mul(size)),
        }
    }

    /// Tries one more of each formule from `first` on, so that no numbers are tried twice.
    fn descend(&mut self, first: usize, filling: &Filling) {
        for at in first..self.formules.len() {
            let bound = filling.saved.saturating_add(self.left_to_save(at, filling));
            if self.branches_left == 0 || bound <= self.best.saved {
                return;
            }
            self.branches_left = self.branches_left.saturating_sub(1);
            let mut more = filling.clone();
            if more.add(at, self.formules[at], self.units) {
                if more.saved > self.best.saved {
                    self.best = more.clone();
                }
                self.descend(at, &more);
            }
        }
    }

    /// The most that units not used yet can save under the formules from `first` on: as if each were
    /// a part of the formule that saves most a unit.
    fn left_to_save(&self, first: usize, filling: &Filling) -> i64 {
        let free = filling.place_of.iter().filter(|place| place.is_none()).count();
        let free = i64::try_from(free).expect("there are few units");
        let formules = self.formules.iter().zip(&self.can_save).skip(first);
        let best = formules.map(|(formule, saves)| {
            let slots = i64::try_from(formule.slots.len()).expect("there are few slots").max(1);
            saves.saturating_mul(free).saturating_add(slots).div_euclid(slots)
        });
        best.max().unwrap_or(0).max(0)
    }
}

/// So many of each formule, and which units they take.
#[derive(Clone)]
struct Filling {
    /// The formules, in the order they were added.
    formules: Vec<usize>,
    /// Their slots, one after the other.
    places: Vec<Place>,
    /// By unit, the place that it fills.
    place_of: Vec<Option<usize>>,
    /// What is saved, in cents.
    saved: i64,
}

#[derive(Clone, Copy)]
struct Place {
    formule: usize,
    slot: usize,
    /// None only while the place is being filled.
    unit: Option<usize>,
}

impl Filling {
    fn none(units: usize) -> Self {
        Self { formules: vec![], places: vec![], place_of: vec![None; units], saved: 0 }
    }

    /// Adds one of a formule. Where its slots cannot be filled it returns false, and the filling is
    /// of no more use.
    fn add(&mut self, at: usize, formule: &Formule, units: &[Unit]) -> bool {
        self.formules.push(at);
        self.saved = self.saved.saturating_sub(formule.price.cents());
        (0..formule.slots.len()).all(|slot| {
            self.places.push(Place { formule: at, slot, unit: None });
            self.fill_last(units)
        })
    }

    /// Fills the last place with the dearest free unit that it can reach, directly or by moving
    /// units between places.
    fn fill_last(&mut self, units: &[Unit]) -> bool {
        let mut reached_from: Vec<Option<usize>> = vec![None; units.len()];
        let last = self.places.len().saturating_sub(1);
        let mut to_visit = vec![last];
        while let Some(at) = to_visit.pop() {
            let place = self.places[at];
            for (index, unit) in units.iter().enumerate() {
                if reached_from[index].is_none() && unit.fits[place.formule][place.slot] {
                    reached_from[index] = Some(at);
                    to_visit.extend(self.place_of[index]);
                }
            }
        }
        // Units stand with the dearest first.
        let free =
            |index: &usize| reached_from[*index].is_some() && self.place_of[*index].is_none();
        let Some(dearest) = (0..units.len()).find(free) else {
            return false;
        };
        self.saved = self.saved.saturating_add(units[dearest].price.cents());
        let mut moved = Some(dearest);
        while let Some(index) = moved {
            let place = reached_from[index].expect("a way leads from the last place to each unit");
            self.place_of[index] = Some(place);
            moved = self.places[place].unit.replace(index);
        }
        true
    }

    fn deals(&self, formules: &[&Formule], units: &[Unit]) -> Vec<Deal> {
        let mut places = self.places.iter();
        let deal = |at: &usize| {
            let formule = formules[*at];
            let taken = places.by_ref().take(formule.slots.len());
            let filled = taken.map(|it| it.unit.expect("the places of a kept filling are filled"));
            let unit = |index: usize| {
                let Unit { line, price, .. } = units[index];
                DealUnit { line, price }
            };
            Deal {
                formule: formule.code.clone(),
                name: formule.name.clone(),
                price: formule.price,
                units: filled.map(unit).collect(),
            }
        };
        self.formules.iter().map(deal).collect()
    }
}
