use super::{Deal, DealUnit, Formule, Item, Slot, best_deals, deal_discounts};
use crate::catalogue::{Catalogue, Fault};
use crate::configured::{Amount, Change, Configured};
use crate::id::LineId;
use crate::order::DiscountReason;
use crate::samples::{catalogue, line_id};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Mode;
use proptest::prelude::*;

fn slot(name: &str, products: &[&str], categories: &[&str], sizes: &[&str]) -> Slot {
    Slot {
        name: name.into(),
        products: products.iter().map(|it| (*it).into()).collect(),
        categories: categories.iter().map(|it| (*it).into()).collect(),
        sizes: sizes.iter().map(|it| (*it).into()).collect(),
    }
}

/// A Petite with a can, and two Standards with a can.
fn menu() -> Catalogue {
    let can = || slot("Boisson", &["COC"], &[], &[]);
    let standard = || slot("Pizza", &[], &["TOM"], &["S"]);
    let midi = Formule {
        code: "MIDI".into(),
        name: "Formule midi".into(),
        price: Money::from_cents(990),
        slots: vec![slot("Pizza", &[], &["TOM"], &["P"]), can()],
        modes: vec![Mode::OnSite, Mode::TakeAway],
    };
    let duo = Formule {
        code: "DUO".into(),
        name: "Formule duo".into(),
        price: Money::from_cents(2_000),
        slots: vec![standard(), standard(), can()],
        modes: vec![Mode::TakeAway, Mode::Delivery],
    };
    Catalogue { formules: Some(vec![midi, duo]), ..catalogue() }
}

/// What is asked for: product, size, how many, cents of one.
type Asked = (Configured, u16, i64);

fn asked(product: &str, size: Option<&str>, quantity: u16, cents: i64) -> Asked {
    (Configured::whole(product, size.map(Into::into)), quantity, cents)
}

fn items(asked: &[Asked]) -> Vec<Item<'_>> {
    let numbered = asked.iter().zip(1..);
    numbered
        .map(|((configured, quantity, cents), line)| Item {
            line: line_id(line),
            configured,
            quantity: *quantity,
            unit_price: Money::from_cents(*cents),
        })
        .collect()
}

fn found(mode: Mode, asked: &[Asked]) -> Vec<(u8, i64)> {
    let deals = best_deals(&menu(), mode, &items(asked));
    let discounts = deal_discounts(&deals);
    discounts.into_iter().map(|it| (it.line.0[0], it.amount.cents())).collect()
}

#[test]
fn a_pizza_and_a_can_are_a_formule() {
    let asked = [asked("MAR", Some("P"), 1, 800), asked("COC", None, 1, 250)];
    let deals = best_deals(&menu(), Mode::TakeAway, &items(&asked));
    let unit = |line, cents| DealUnit { line: line_id(line), price: Money::from_cents(cents) };
    let deal = Deal {
        formule: "MIDI".into(),
        name: "Formule midi".into(),
        price: Money::from_cents(990),
        units: vec![unit(1, 800), unit(2, 250)],
    };
    assert_eq!(deals, [deal]);
    // 9,90 split as 8,00 is to 2,50.
    assert_eq!(found(Mode::TakeAway, &asked), [(1, 800 - 754), (2, 250 - 236)]);
    let reason = deal_discounts(&deals).remove(0).reason;
    let (code, name) = ("MIDI".into(), "Formule midi".into());
    assert_eq!(reason, DiscountReason::Formule { code, name });
}

#[test]
fn a_formule_is_offered_in_its_modes_only() {
    let asked = [asked("MAR", Some("P"), 1, 800), asked("COC", None, 1, 250)];
    assert_eq!(found(Mode::Delivery, &asked), []);
}

#[test]
fn a_line_of_three_of_which_two_are_in_formules_gets_the_sum() {
    let asked = [asked("MAR", Some("P"), 3, 800), asked("COC", None, 2, 250)];
    assert_eq!(found(Mode::TakeAway, &asked), [(1, 2 * 46), (2, 2 * 14)]);
}

#[test]
fn the_dearest_of_what_fits_is_in_the_formule() {
    let asked = [
        asked("MAR", Some("P"), 1, 800),
        asked("4FR", Some("P"), 1, 990),
        asked("COC", None, 1, 250),
    ];
    assert_eq!(found(Mode::TakeAway, &asked), [(2, 990 - 790), (3, 250 - 200)]);
}

#[test]
fn extras_are_paid_on_top() {
    let mut egg = asked("MAR", Some("P"), 1, 900);
    let on = Change { ingredient: "OEU".into(), amount: Amount::Normal, on: None };
    egg.0.changes.push(on);
    let asked = [egg, asked("COC", None, 1, 250)];
    assert_eq!(found(Mode::TakeAway, &asked), [(1, 46), (2, 14)]);
}

#[test]
fn a_divided_pizza_fits_where_all_its_parts_do() {
    let half = |other: &str| {
        let parts = vec!["MAR".into(), other.into()];
        (Configured::divided(parts, Some("P".into())).unwrap(), 1, 950)
    };
    let mut menu = menu();
    let formules = menu.formules.as_mut().unwrap();
    formules[0].slots[0] = slot("Pizza", &["MAR", "REI"], &[], &["P"]);
    for (other, deals) in [("REI", 1), ("4FR", 0)] {
        let asked = [half(other), asked("COC", None, 1, 250)];
        assert_eq!(best_deals(&menu, Mode::TakeAway, &items(&asked)).len(), deals, "{other}");
    }
}

#[test]
fn of_two_formules_for_one_can_the_one_that_saves_more_is_taken() {
    let asked = [
        asked("MAR", Some("P"), 1, 800),
        asked("4FR", Some("S"), 2, 1_225),
        asked("COC", None, 1, 250),
    ];
    let deals = best_deals(&menu(), Mode::TakeAway, &items(&asked));
    assert_eq!(deals.len(), 1);
    assert_eq!((deals[0].formule.as_str(), deals[0].separate_price().cents()), ("DUO", 2_700));
    let off: i64 = found(Mode::TakeAway, &asked).iter().map(|it| it.1).sum();
    assert_eq!(off, 700);
}

#[test]
fn what_the_menu_does_not_know_is_in_no_formule() {
    let asked = [asked("XXX", Some("P"), 1, 800), asked("COC", None, 1, 250)];
    assert_eq!(found(Mode::TakeAway, &asked), []);
    assert_eq!((found(Mode::TakeAway, &[]), deal_discounts(&[])), (vec![], vec![]));
}

#[test]
fn a_line_in_two_formules_names_the_one_that_takes_more_off() {
    let deal = |code: &str, price| Deal {
        formule: code.into(),
        name: code.into(),
        price: Money::from_cents(price),
        units: vec![DealUnit { line: line_id(1), price: Money::from_cents(1_000) }],
    };
    let named = |deals: &[Deal]| {
        let discount = deal_discounts(deals).remove(0);
        let DiscountReason::Formule { code, .. } = discount.reason else {
            panic!("{discount:?}");
        };
        (code.as_str().to_owned(), discount.amount.cents())
    };
    assert_eq!(named(&[deal("A", 900), deal("B", 800), deal("A", 850)]), ("A".into(), 450));
    assert_eq!(named(&[deal("A", 900), deal("B", 800)]), ("B".into(), 300));
    assert_eq!(named(&[deal("B", 900), deal("A", 900)]), ("A".into(), 200));
    assert_eq!(deal_discounts(&[deal("A", 1_000)]), []);
}

#[test]
fn each_fault_of_a_formule_is_found() {
    type Spoil = fn(&mut Formule);
    let no_component =
        |code: &str| Fault::NoComponent { formule: "MIDI".into(), code: code.into() };
    let table: Vec<(Spoil, Fault)> = vec![
        (|it| it.slots.clear(), Fault::EmptyFormule("MIDI".into())),
        (|it| it.modes.clear(), Fault::EmptyFormule("MIDI".into())),
        (|it| it.code = "DUO".into(), Fault::Duplicate("DUO".into())),
        (|it| it.code = "midi".into(), Fault::NotACode("midi".into())),
        (|it| it.price = Money::from_cents(-1), Fault::NegativePrice("MIDI".into())),
        // A Petite Margherita and a can are 10,50.
        (|it| it.price = Money::from_cents(1_051), Fault::DearFormule("MIDI".into())),
        (|it| it.slots[0].products = vec!["XXX".into()], no_component("XXX")),
        (|it| it.slots[0].categories = vec!["YYY".into()], no_component("YYY")),
        (|it| it.slots[0].sizes = vec!["Z".into()], no_component("Z")),
        (
            |it| it.slots[1].products.clear(),
            Fault::EmptySlot { formule: "MIDI".into(), slot: "Boisson".into() },
        ),
    ];
    for (spoil, fault) in table {
        let mut menu = menu();
        spoil(&mut menu.formules.as_mut().unwrap()[0]);
        assert!(menu.check().contains(&fault), "{fault}: {:?}", menu.check());
    }
    let mut dear = menu();
    dear.formules.as_mut().unwrap()[0].price = Money::from_cents(1_050);
    assert_eq!(dear.check(), []);
}

#[test]
fn what_has_no_price_of_its_own_blocks_publication() {
    let blocked = Fault::NoSeparatePrice { formule: "MIDI".into(), product: "CAL".into() };
    for price in [None, Some(0)] {
        let mut menu = menu();
        menu.formules.as_mut().unwrap()[0].slots[0] = slot("Pizza", &["CAL", "MAR"], &[], &["P"]);
        assert!(!menu.check().contains(&blocked));
        let calzone = menu.products.iter_mut().find(|it| it.code.as_str() == "CAL").unwrap();
        if let crate::catalogue::Base::Sized { prices, .. } = &mut calzone.base {
            prices.remove("P");
            prices.extend(price.map(|it| ("P".into(), Money::from_cents(it))));
        }
        assert!(menu.check().contains(&blocked), "{:?}", menu.check());
    }
}

#[test]
fn formules_are_read_back_and_a_menu_without_them_has_the_bytes_it_had() {
    let menu = menu();
    assert_eq!(Catalogue::decode(&menu.encode()).unwrap(), menu);
    let json = serde_json::to_vec(&menu).unwrap();
    assert_eq!(serde_json::from_slice::<Catalogue>(&json).unwrap(), menu);
    assert_eq!(catalogue().encode()[0], 0x88);
    assert_eq!(catalogue().formules(), []);
}

/// Four formules that differ in price only, and forty units that all fit each of them.
#[test]
fn the_largest_basket_is_searched_through() {
    let mut menu = menu();
    let midi = menu.formules().first().unwrap().clone();
    let formules = [950, 960, 970, 980].map(|price| Formule {
        code: (*["A0", "A1", "A2", "A3"].get((price - 950) / 10).unwrap()).into(),
        price: Money::from_cents(i64::try_from(price).unwrap()),
        ..midi.clone()
    });
    menu.formules = Some(formules.into_iter().rev().collect());
    let asked = [
        asked("MAR", Some("P"), 7, 800),
        asked("REI", Some("P"), 7, 950),
        asked("4FR", Some("P"), 6, 990),
        asked("COC", None, 20, 250),
    ];
    let deals = best_deals(&menu, Mode::TakeAway, &items(&asked));
    assert_eq!(deals.len(), 20);
    assert!(deals.iter().all(|it| it.formule.as_str() == "A0"));
}

/// A basket that no till ever sees is done with too.
#[test]
fn a_basket_without_end_is_never_dearer() {
    let asked = [asked("MAR", Some("P"), 60_000, 800), asked("COC", None, 60_000, 250)];
    let deals = best_deals(&menu(), Mode::TakeAway, &items(&asked));
    assert_eq!(deals.len(), 100);
}

/// Three formules that compete for the same units, at any price.
fn competing(prices: [i64; 3]) -> Catalogue {
    let mut menu = menu();
    let either = slot("Au choix", &["REI", "COC"], &[], &[]);
    let trio = Formule {
        code: "TRIO".into(),
        slots: vec![either, slot("Pizza", &["MAR", "REI"], &[], &[])],
        ..menu.formules()[0].clone()
    };
    let formules = menu.formules.as_mut().unwrap();
    formules[1].slots[1] = slot("Pizza", &["4FR", "REI"], &[], &["S", "P"]);
    formules.push(trio);
    for (formule, price) in formules.iter_mut().zip(prices) {
        formule.price = Money::from_cents(price);
    }
    menu
}

fn any_asked() -> impl Strategy<Value = Asked> {
    let products = proptest::sample::select(&["MAR", "REI", "4FR", "COC", "COC", "MAR/REI"]);
    let size = proptest::sample::select(&["P", "S"]);
    (products, size, 1_u16..3, 0_i64..300).prop_map(|(product, size, quantity, extras)| {
        let size = (product != "COC").then(|| size.into());
        let parts = product.split('/').map(Into::into).collect();
        let configured = Configured::divided(parts, size).unwrap();
        let separate = configured.separate_price(&catalogue()).unwrap();
        (configured, quantity, separate.cents() + extras)
    })
}

/// The most that can be saved, by trying everything: for each set of units left, each formule, each
/// way to fill it.
fn most_saved(menu: &Catalogue, items: &[Item<'_>]) -> i64 {
    let mut units = Vec::new();
    for item in items {
        units.extend((0..item.quantity).map(|_| item.configured));
    }
    let mut known = BTreeMap::new();
    from_left(menu, &units, (1 << units.len()) - 1, &mut known)
}

fn from_left(
    menu: &Catalogue,
    units: &[&Configured],
    left: u32,
    known: &mut BTreeMap<u32, i64>,
) -> i64 {
    if let Some(most) = known.get(&left) {
        return *most;
    }
    let mut most = 0;
    for formule in menu.formules().iter().filter(|it| it.modes.contains(&Mode::TakeAway)) {
        let mut ways = vec![(left, 0)];
        for slot in &formule.slots {
            let fill = |(left, apart): (u32, i64)| {
                let fits = units
                    .iter()
                    .enumerate()
                    .filter(move |(at, unit)| left & (1 << at) != 0 && slot.takes(unit, menu));
                fits.map(move |(at, unit)| {
                    (left & !(1 << at), apart + unit.separate_price(menu).unwrap().cents())
                })
            };
            ways = ways.into_iter().flat_map(fill).collect();
            ways.sort_unstable();
            ways.dedup();
        }
        for (after, apart) in ways {
            let saved = apart - formule.price.cents() + from_left(menu, units, after, known);
            most = most.max(saved);
        }
    }
    known.insert(left, most);
    most
}

proptest! {
    #[test]
    fn nobody_finds_formules_that_cost_less(
        basket in proptest::collection::vec(any_asked(), 0..5),
        prices in [500_i64..1_300, 1_500_i64..3_000, 500_i64..2_000],
    ) {
        let menu = competing(prices);
        let items = items(&basket);
        let deals = best_deals(&menu, Mode::TakeAway, &items);
        let saved: i64 = deals.iter().map(|it| (it.separate_price() - it.price).cents()).sum();
        prop_assert_eq!(saved, most_saved(&menu, &items));
    }

    #[test]
    fn what_is_paid_is_the_formules_and_the_rest(
        basket in proptest::collection::vec(any_asked(), 0..12),
        prices in [500_i64..1_300, 1_500_i64..3_000, 500_i64..2_000],
    ) {
        let menu = competing(prices);
        let items = items(&basket);
        let deals = best_deals(&menu, Mode::TakeAway, &items);
        let discounts: BTreeMap<LineId, Money> =
            deal_discounts(&deals).into_iter().map(|it| (it.line, it.amount)).collect();

        let (mut apart, mut paid) = (Money::ZERO, Money::ZERO);
        for item in &items {
            let total = item.unit_price.times(item.quantity.into());
            let discount = discounts.get(&item.line).copied().unwrap_or_default();
            let in_deals = deals.iter().flat_map(|it| &it.units).filter(|it| it.line == item.line);
            let in_deals: Vec<_> = in_deals.collect();
            prop_assert!(in_deals.len() <= usize::from(item.quantity));
            prop_assert!(Money::ZERO <= discount && discount <= total);
            apart += total;
            paid += total - discount;
        }
        let formules: Money = deals.iter().map(|it| it.price).sum();
        let rest = apart - deals.iter().map(Deal::separate_price).sum();
        prop_assert_eq!(paid, formules + rest);
        prop_assert!(paid <= apart);
        prop_assert!(deals.iter().all(|it| it.price < it.separate_price()));
    }

    #[test]
    fn the_order_of_the_lines_means_nothing(
        (basket, shuffled) in proptest::collection::vec(any_asked(), 0..10).prop_flat_map(|it| {
            let places: Vec<usize> = (0..it.len()).collect();
            (Just(it), Just(places).prop_shuffle())
        }),
        prices in [500_i64..1_300, 1_500_i64..3_000, 500_i64..2_000],
    ) {
        let menu = competing(prices);
        let items = items(&basket);
        let shuffled: Vec<Item<'_>> = shuffled.into_iter().map(|at| items[at]).collect();
        prop_assert_eq!(
            best_deals(&menu, Mode::TakeAway, &items),
            best_deals(&menu, Mode::TakeAway, &shuffled)
        );
    }
}
