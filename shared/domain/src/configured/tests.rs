use super::{Amount, Change, Choice, ConfigurationRefused, Configured, Part, Quantity, Share, Sum};
use crate::catalogue::{Allergen, Allergens, Catalogue, PartPrice};
use crate::id::{IngredientCode, ProductCode};
use crate::samples::{catalogue, stamp};
use crate::stock::{Availability, Item, LeftSet, Move};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::vat::Class;
use proptest::prelude::*;
use std::format;

const PIZZAS: [&str; 4] = ["MAR", "REI", "4FR", "CAL"];
const TOPPINGS: [&str; 7] = ["TOM", "MOZ", "BAS", "JAM", "CHE", "NOI", "OEU"];
const AMOUNTS: [Amount; 4] = [Amount::None, Amount::Light, Amount::Normal, Amount::Extra];

fn pizza(parts: &[&str], size: &str) -> Configured {
    let parts = parts.iter().map(|it| ProductCode::from(*it)).collect();
    Configured::divided(parts, Some(size.into())).unwrap()
}

fn change(ingredient: &str, amount: Amount, on: Option<u8>) -> Change {
    Change { ingredient: ingredient.into(), amount, on }
}

fn option(option: &str, on: Option<u8>) -> Choice {
    Choice { group: "CUISSON".into(), option: option.into(), on }
}

fn with(mut it: Configured, changes: &[Change]) -> Configured {
    it.changes.extend_from_slice(changes);
    it
}

fn cents(it: &Configured, menu: &Catalogue) -> i64 {
    it.make(menu).unwrap().sum.price.cents()
}

#[test]
fn parts_cost_as_much_as_the_dearest_or_their_mean() {
    let (dearest, mut mean) = (catalogue(), catalogue());
    mean.part_price = PartPrice::Mean;
    for (parts, as_dearest, as_mean) in [
        (vec!["MAR"], 1000, 1000),
        (vec!["MAR", "REI"], 1150, 1075),
        // (1000 + 1225) / 2 = 1112.5, and half a cent rounds up.
        (vec!["MAR", "4FR"], 1225, 1113),
        (vec!["MAR", "MAR", "4FR"], 1225, 1075),
        (vec!["MAR", "MAR", "REI", "4FR"], 1225, 1094),
    ] {
        let it = pizza(&parts, "S");
        assert_eq!((cents(&it, &dearest), cents(&it, &mean)), (as_dearest, as_mean), "{parts:?}");
    }
}

#[test]
fn a_change_is_charged_by_portions_of_its_price_in_that_size() {
    let menu = catalogue();
    let of = |size, change| cents(&with(pizza(&["MAR"], size), &[change]), &menu);
    for (size, it, price) in [
        ("S", change("BAS", Amount::None, None), 1000),
        ("S", change("BAS", Amount::Light, None), 1000),
        ("S", change("MOZ", Amount::Normal, None), 1000),
        ("S", change("MOZ", Amount::Extra, None), 1150),
        ("S", change("OEU", Amount::Normal, None), 1100),
        ("G", change("OEU", Amount::Normal, None), 1425),
        ("S", change("OEU", Amount::Light, None), 1100),
        ("S", change("OEU", Amount::Extra, None), 1200),
    ] {
        assert_eq!(of(size, it.clone()), price, "{size} {it:?}");
    }
}

#[test]
fn a_change_on_a_part_costs_the_share_of_that_part() {
    let menu = catalogue();
    let of = |parts: &[&str], change| cents(&with(pizza(parts, "P"), &[change]), &menu);
    for (parts, it, price) in [
        // Half of 0.99 is 0.495.
        (vec!["MAR", "MAR"], change("NOI", Amount::Normal, Some(1)), 800 + 50),
        (vec!["MAR", "MAR", "MAR"], change("NOI", Amount::Normal, Some(0)), 800 + 33),
        (vec!["MAR", "MAR"], change("NOI", Amount::Normal, None), 800 + 99),
        // Put on the whole, it is put on the part that lacks it.
        (vec!["MAR", "REI"], change("JAM", Amount::Normal, None), 950 + 75),
        // Extra on both: a portion more on one, one and a portion more on the other.
        (vec!["MAR", "REI"], change("JAM", Amount::Extra, None), 950 + 225),
    ] {
        assert_eq!(of(&parts, it.clone()), price, "{parts:?} {it:?}");
    }
}

#[test]
fn amounts_follow_shares_and_factors_exactly() {
    let menu = catalogue();
    let it = with(
        pizza(&["MAR", "REI", "4FR"], "S"),
        &[change("MOZ", Amount::Light, Some(0)), change("OEU", Amount::Extra, Some(2))],
    );
    let made = it.make(&menu).unwrap();
    let milli = |code: &str| made.sum.uses[code].thousandths();
    // A third of 120 g made light, of 110 g, and of 80 g; the ball of dough is whole.
    assert_eq!(milli("MOZ"), (120_000 / 2 + 110_000 + 80_000 + 1) / 3);
    assert_eq!(milli("OEU"), 500);
    assert_eq!(milli("PAT"), 260_000);
    assert_eq!(made.sum.uses["MOZ"].exact(), (60 + 110 + 80) * 400);
    assert_eq!(made.parts[2].uses.last().unwrap().change, Some(Amount::Extra));
    assert_eq!(made.dough_grams, Some(260));
}

#[test]
fn what_was_taken_off_is_still_shown_and_no_longer_contained() {
    let menu = catalogue();
    let it = with(pizza(&["MAR"], "S"), &[change("MOZ", Amount::None, None)]);
    let made = it.make(&menu).unwrap();
    assert_eq!(made.sum.allergens, Allergens::of(&[Allergen::Gluten]));
    let struck = made.parts[0].uses.iter().find(|it| it.ingredient.as_str() == "MOZ").unwrap();
    assert_eq!((struck.quantity, struck.change), (Quantity::ZERO, Some(Amount::None)));
    assert!(!made.sum.uses.contains_key("MOZ"));
}

#[test]
fn an_option_costs_its_price_and_brings_its_ingredients() {
    let menu = catalogue();
    let mut it = pizza(&["CAL", "MAR"], "G");
    it.choices.push(option("NOIX", None));
    let made = it.make(&menu).unwrap();
    // Half of 1.01 is 0.505.
    assert_eq!(made.sum.price.cents(), 1400 + 51);
    assert!(made.sum.allergens.contains(Allergen::Nuts));
    assert_eq!(made.sum.uses["NOI"].thousandths(), 10_000);
    // What an option brings can be taken off like anything else that is in it.
    let without = with(it, &[change("NOI", Amount::None, None)]).make(&menu).unwrap();
    assert!(!without.sum.allergens.contains(Allergen::Nuts));
}

#[test]
fn food_cost_is_rounded_once() {
    let menu = catalogue();
    let made = Configured::whole("COC", None).make(&menu).unwrap();
    assert_eq!(made.sum.cost.money().cents(), 41);
    let made = pizza(&["MAR"], "S").make(&menu).unwrap();
    // 260 g at 0.90, 90 g at 2.10, 120 g at 6.90, 5 g at 24.00 a kilogram: 137.1 cents.
    assert_eq!(made.sum.cost.money().cents(), 137);
}

#[test]
fn each_refusal_is_given_in_its_order() {
    use ConfigurationRefused as R;
    let menu = catalogue();
    let part = |product: &str, share| Part { product: product.into(), share };
    let mut halves = pizza(&["MAR", "MAR"], "S");
    halves.parts = vec![part("MAR", Share::HALF), part("XXX", Share::THIRD)];
    let mut twice = pizza(&["CAL"], "S");
    twice.choices = vec![option("CUIT", None), option("CUIT", Some(0))];
    let mut both = pizza(&["CAL"], "S");
    both.choices = vec![option("CUIT", None), option("NOIX", None)];
    let mut absent = pizza(&["MAR"], "S");
    absent.choices = vec![option("CUIT", None)];
    let group = || "CUISSON".into();
    let table = [
        (halves, R::PartsDoNotAddUp),
        (pizza(&["XXX", "COC"], "XL"), R::UnknownProduct("XXX".into())),
        (pizza(&["MAR", "COC"], "XL"), R::NotDivisible("COC".into())),
        (pizza(&["MAR"], "XL"), R::UnknownSize("XL".into())),
        (Configured::whole("MAR", None), R::NotInThatSize("MAR".into())),
        (Configured::whole("COC", Some("S".into())), R::NotInThatSize("COC".into())),
        (absent, R::UnknownOption { group: group(), option: "CUIT".into() }),
        (twice, R::OptionTwice { group: group(), option: "CUIT".into() }),
        (pizza(&["CAL"], "S"), R::TooFewChosen { product: "CAL".into(), group: group(), min: 1 }),
        (both, R::TooManyChosen { product: "CAL".into(), group: group(), max: 1 }),
    ];
    let changes = [
        (vec![change("XXX", Amount::None, Some(9))], R::UnknownIngredient("XXX".into())),
        (vec![change("BAS", Amount::None, Some(2))], R::NoSuchPart(2)),
        (vec![change("JAM", Amount::None, None)], R::NotInIt("JAM".into())),
        (vec![change("BAS", Amount::None, Some(1))], R::NotInIt("BAS".into())),
        (vec![change("PAT", Amount::None, None)], R::NotInIt("PAT".into())),
        (vec![change("CAN", Amount::Normal, None)], R::NotAddable("CAN".into())),
        (
            vec![change("BAS", Amount::None, None), change("BAS", Amount::Extra, Some(0))],
            R::Conflicting("BAS".into()),
        ),
        (
            vec![change("OEU", Amount::Normal, Some(1)), change("OEU", Amount::Normal, None)],
            R::Conflicting("OEU".into()),
        ),
    ];
    let changed = changes.map(|(it, why)| (with(pizza(&["MAR", "4FR"], "S"), &it), why));
    for (it, refusal) in table.into_iter().chain(changed) {
        assert_eq!(it.make(&menu), Err(refusal), "{it:?}");
    }
}

#[test]
fn parts_that_are_taxed_differently_are_refused() {
    let mut menu = catalogue();
    menu.products[3].class = Class::BakeAtHome;
    let refused = pizza(&["MAR", "REI"], "S").make(&menu);
    assert_eq!(refused, Err(ConfigurationRefused::MixedClasses));
}

#[test]
fn what_has_run_out_is_made_but_not_sold() {
    let menu = catalogue();
    let out = |item: Item| {
        let said = Move::Said(LeftSet { item, left: Some(0) });
        Availability::fold([(stamp(1), said)])
    };
    let it = pizza(&["MAR", "REI"], "S");
    for item in [
        Item::Product("REI".into()),
        Item::Dough("S".into()),
        Item::Ingredient("BAS".into()),
        Item::Ingredient("PAT".into()),
    ] {
        let refused = it.sell(&menu, &out(item.clone()));
        assert_eq!(refused, Err(ConfigurationRefused::RanOut(item)));
    }
    let bas = out(Item::Ingredient("BAS".into()));
    assert!(it.make(&menu).is_ok());
    assert!(with(it, &[change("BAS", Amount::None, None)]).sell(&menu, &bas).is_ok());
}

#[test]
fn shares_are_said_as_fractions() {
    let said: Vec<String> = (1..=12).map(|it| format!("{}", Share(it))).collect();
    assert_eq!(said.join(" "), "1/12 1/6 ¼ ⅓ 5/12 ½ 7/12 ⅔ ¾ 5/6 11/12 1");
}

fn changes(parts: usize) -> impl Strategy<Value = Vec<Change>> {
    let on = proptest::option::of(0..u8::try_from(parts).unwrap());
    let one = (proptest::sample::select(&AMOUNTS), on);
    let of_each = proptest::collection::vec(one, TOPPINGS.len());
    (of_each, proptest::sample::subsequence((0..TOPPINGS.len()).collect::<Vec<_>>(), 0..=4))
        .prop_map(|(of_each, chosen)| {
            chosen
                .into_iter()
                .map(|at| change(TOPPINGS[at], of_each[at].0, of_each[at].1))
                .collect()
        })
}

/// Any pizza of one to four parts, with changes that may or may not be possible.
fn any_pizza() -> impl Strategy<Value = Configured> {
    proptest::collection::vec(proptest::sample::select(&PIZZAS), 1..=4)
        .prop_flat_map(|parts| {
            let changes = changes(parts.len());
            (Just(parts), proptest::sample::select(&["P", "S", "G"]), changes)
        })
        .prop_map(|(parts, size, changes)| {
            let mut it = with(pizza(&parts, size), &changes);
            if parts.contains(&"CAL") {
                it.choices.push(option("NOIX", None));
            }
            it
        })
}

fn any_sum() -> impl Strategy<Value = Sum> {
    any_pizza().prop_map(|it| it.make(&catalogue()).map(|it| it.sum).unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn sums_are_a_commutative_monoid(a in any_sum(), b in any_sum(), c in any_sum(), n in 0_u16..5) {
        prop_assert_eq!(a.clone().plus(Sum::default()), a.clone());
        prop_assert_eq!(a.clone().plus(b.clone()), b.clone().plus(a.clone()));
        prop_assert_eq!(
            a.clone().plus(b.clone()).plus(c.clone()),
            a.clone().plus(b.plus(c))
        );
        let repeated: Sum = core::iter::repeat_n(a.clone(), n.into()).sum();
        prop_assert_eq!(a.times(n), repeated);
    }

    #[test]
    fn the_order_of_changes_means_nothing(it in any_pizza(), turn in 0_usize..4) {
        let mut turned = it.clone();
        let turn = turn.min(turned.changes.len());
        turned.changes.rotate_left(turn);
        prop_assert_eq!(it.make(&catalogue()), turned.make(&catalogue()));
    }

    #[test]
    fn dividing_a_pizza_into_parts_of_itself_changes_nothing(
        product in proptest::sample::select(&PIZZAS),
        parts in 2_usize..=4,
        rule in proptest::sample::select(&[PartPrice::Dearest, PartPrice::Mean]),
        changes in changes(1),
    ) {
        let mut menu = catalogue();
        menu.part_price = rule;
        let changes: Vec<_> = changes.into_iter().map(|it| Change { on: None, ..it }).collect();
        let choices: Vec<_> = (product == "CAL").then(|| option("NOIX", None)).into_iter().collect();
        let of = |parts: &[&str]| {
            let it = Configured { choices: choices.clone(), ..with(pizza(parts, "S"), &changes) };
            it.make(&menu).map(|made| made.sum)
        };
        prop_assert_eq!(of(&[product]), of(&vec![product; parts]));
    }

    #[test]
    fn without_takes_off_that_ingredient_and_nothing_else(
        it in any_pizza(),
        code in proptest::sample::select(&TOPPINGS),
    ) {
        let menu = catalogue();
        let code = IngredientCode::from(code);
        let untouched = it.changes.iter().all(|it| it.ingredient != code);
        if untouched && let Ok(before) = it.make(&menu) {
            let after = with(it, &[change(code.as_str(), Amount::None, None)]).make(&menu);
            let mut uses = before.sum.uses.clone();
            if uses.remove(&code).is_none() {
                prop_assert_eq!(after, Err(ConfigurationRefused::NotInIt(code)));
                return Ok(());
            }
            let after = after.unwrap().sum;
            let left = uses.keys().map(|it| menu.ingredient(it).unwrap().allergens);
            prop_assert_eq!(after.allergens, left.fold(Allergens::NONE, Allergens::union));
            prop_assert_eq!(after.price, before.sum.price);
            prop_assert_eq!(after.uses, uses);
        }
    }

    #[test]
    fn two_halves_are_the_mean_of_two_wholes(
        a in proptest::sample::select(&PIZZAS[..3]),
        b in proptest::sample::select(&PIZZAS[..3]),
        size in proptest::sample::select(&["P", "S", "G"]),
    ) {
        let sum = |parts: &[&str]| pizza(parts, size).make(&catalogue()).unwrap().sum;
        let (halves, wholes) = (sum(&[a, b]), sum(&[a]).plus(sum(&[b])));
        prop_assert_eq!(halves.cost.exact() * 2, wholes.cost.exact());
        prop_assert_eq!(halves.allergens, wholes.allergens);
        prop_assert_eq!(halves.times(2).uses, wholes.uses);
    }

    #[test]
    fn a_share_of_a_mass_and_its_cost_agree_with_its_ingredients(it in any_pizza()) {
        let menu = catalogue();
        if let Ok(made) = it.make(&menu) {
            let cost: u64 = (made.sum.uses.iter())
                .map(|(code, quantity)| {
                    let cost = menu.ingredient(code).unwrap().cost_cents_per_1000;
                    quantity.exact() * u64::from(cost)
                })
                .sum();
            prop_assert_eq!(made.sum.cost.exact(), cost);
        }
    }
}
