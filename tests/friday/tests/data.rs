//! What is committed is whole and right, and what it costs is what a person reckons.

use argon2::password_hash::{PasswordHash, PasswordVerifier as _};
use domain::catalogue::{Allergen, Base};
use domain::id::{IngredientCode, ProductCode, SizeCode};
use domain::staff::Role;
use domain::stock::Availability;
use domain::{configured::Configured, typed};
use fiscal::Money;
use fiscal::vat::Class;
use friday::{customers, data};
use std::collections::BTreeSet;

#[test]
fn the_menu_has_no_fault_and_is_of_a_real_size() {
    let menu = data::menu();
    assert_eq!(menu.check(), []);
    let pizzas = menu.products.iter().filter(|it| it.is_sized());
    let in_all_sizes = pizzas.filter(|it| match &it.base {
        Base::Simple { .. } => false,
        Base::Sized { prices, recipe } => prices.len() == 3 && recipe.len() >= 3,
    });
    // The pizza that one puts together has little on it before.
    assert!(in_all_sizes.count() >= 34);
    let eaten = menu.ingredients.iter().filter(|it| it.added.is_some());
    assert!(eaten.count() >= 46);
    assert!(menu.ingredients.iter().all(|it| !it.origin.is_empty() && it.cost_cents_per_1000 > 0));
    let chosen = menu.products.iter().filter(|it| it.choices.iter().any(|it| it.min > 0));
    assert!(chosen.count() >= 2);
    let classes: BTreeSet<Class> = menu.products.iter().map(|it| it.class).collect();
    // All but raw pizzas, which no shop sells.
    assert_eq!(classes.len(), Class::ALL.len() - 1);
    assert!(menu.products.iter().any(|it| it.name.chars().count() >= 38), "a name that is long");
}

#[test]
fn a_pizza_costs_from_7_50_to_17_50() {
    for product in data::menu().products {
        match product.base {
            Base::Simple { .. } => {}
            Base::Sized { prices, .. } => {
                let prices: Vec<i64> = ["P", "S", "G"]
                    .into_iter()
                    .filter_map(|size| prices.get(size).map(|it| it.cents()))
                    .collect();
                assert!(prices.is_sorted(), "{}: {prices:?}", product.code);
                let right = prices.iter().all(|it| (750..=1_750).contains(it));
                assert!(right, "{}: {prices:?}", product.code);
            }
        }
    }
}

#[test]
fn what_is_not_from_animals_is_called_vegan() {
    let menu = data::menu();
    let vegan = Configured::whole("VGN", Some("S".into())).make(&menu).unwrap().sum;
    for it in [Allergen::Milk, Allergen::Eggs, Allergen::Fish] {
        assert!(!vegan.allergens.contains(it), "{it:?}");
    }
    assert!(
        vegan.allergens.contains(Allergen::Gluten) && vegan.allergens.contains(Allergen::Soybeans)
    );
}

/// Each reckoned by hand from the file.
#[test]
fn prices_are_what_a_person_reckons() {
    let menu = data::menu();
    for (line, cents) in [
        ("REI G", 1350),
        // The default size; the Standard has two names.
        ("REI", 1090),
        ("REI M", 1090),
        // The dearer half, an egg on all of it; without costs nothing.
        ("MAR/4FR S -BAS +OEU", 1190 + 100),
        // An egg on one half.
        ("MAR/4FR S -BAS +OEU:2", 1190 + 50),
        ("2x COC", 400),
        // Base and two toppings are in the price, goat's cheese is not: 1,50 on a Grande.
        ("COM G =BTO =JAMB =CHEV", 1590 + 150),
        // Extra mozzarella on a Petite: 1,20.
        ("MAR P ++MOZ", 790 + 120),
        ("GLA =PIST", 350 + 30),
        ("SCE =VINA", 990),
        ("ANT =AAUB =AJCR =ABTA", 790 + 150 + 300),
    ] {
        let echo = typed::read(line, None, &menu, &Availability::default());
        assert_eq!(echo.problems, [], "{line}");
        let item = &echo.items[0];
        let one = item.made.as_ref().unwrap().sum.clone();
        assert_eq!(one.times(item.quantity).price, Money::from_cents(cents), "{line}");
    }
}

#[test]
fn the_line_of_the_story_is_understood_whole() {
    let menu = data::menu();
    let line = "REI G; MAR/4FR S -BAS +OEU; 19h30";
    let echo = typed::read(line, None, &menu, &Availability::default());
    assert_eq!(echo.problems, []);
    assert_eq!(echo.items.len(), 2);
    assert_eq!(echo.when, Some(typed::When::At { hour: 19, minute: 30 }));
    let (items, _) = line.rsplit_once(';').unwrap();
    assert!(items.chars().count() < 30, "30 keys with Enter");
}

/// 90 g of tomato, 120 of mozzarella, 3 of basil, 8 of oil, 250 of dough:
/// 9 × 1.90 + 12 × 6.40 + 0.3 × 24.00 + 0.8 × 9.60 + 25 × 0.95 = 132.53 cents.
#[test]
fn a_margherita_takes_what_its_recipe_says() {
    let menu = data::menu();
    let made = Configured::whole("MAR", Some("S".into())).make(&menu).unwrap();
    let grams = |code: &str| made.sum.uses[&IngredientCode::from(code)].rounded();
    let taken = ["TOM", "MOZ", "BAS", "HUI", "PAT"].map(grams);
    assert_eq!(taken, [90, 120, 3, 8, 250]);
    assert_eq!(made.sum.cost.money(), Money::from_cents(133));
    let held: Vec<Allergen> = made.sum.allergens.iter().collect();
    assert_eq!(held, [Allergen::Gluten, Allergen::Milk]);
}

#[test]
fn everything_earns_more_than_it_costs() {
    let menu = data::menu();
    for product in menu.products.iter().filter(|it| it.choices.iter().all(|it| it.min == 0)) {
        for size in ["P", "S", "G"].map(SizeCode::from) {
            let size = product.is_sized().then_some(size);
            let Ok(made) = Configured::whole(product.code.clone(), size).make(&menu) else {
                continue;
            };
            let (price, cost) = (made.sum.price.cents(), made.sum.cost.money().cents());
            assert!(cost * 100 <= price * 48, "{}: {cost} of {price}", product.code);
            assert!(
                !product.is_sized() || cost * 100 >= price * 5,
                "{}: {cost} of {price}",
                product.code
            );
        }
    }
}

#[test]
fn shops_are_five_and_their_numbers_are_well_formed() {
    let shops = data::shops();
    let codes: Vec<&str> = shops.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["P01", "P02", "P03", "P04", "P05"]);
    for shop in shops {
        let legal = shop.legal;
        assert_eq!((legal.siren.len(), legal.siret.len()), (9, 14), "{}", shop.code);
        assert!(legal.siret.starts_with(&legal.siren), "{}", shop.code);
        assert!(luhn(&legal.siren) && luhn(&legal.siret), "{}", shop.code);
        let key = (12 + 3 * (legal.siren.parse::<u64>().unwrap() % 97)) % 97;
        assert_eq!(legal.vat_number, format!("FR{key:02}{}", legal.siren));
        assert!(shop.lead_minutes > shop.preparation_minutes);
    }
}

#[test]
fn everybody_signs_in_with_the_pin_that_is_written_down() {
    let (staff, people) = (data::staff(), data::people());
    assert!(staff.keys().eq(people.keys()));
    let mut codes = BTreeSet::new();
    for (shop, list) in &staff {
        let people = &people[shop];
        assert!(list.operators.len() >= 8 && list.operators.len() == people.len());
        for (operator, person) in list.operators.iter().zip(people) {
            let same = (operator.code.as_str(), operator.name.as_str(), operator.role);
            assert_eq!(same, (person.code.as_str(), person.name.as_str(), person.role));
            let hash = PasswordHash::new(&operator.pin_hash).unwrap();
            let checked = argon2::Argon2::default().verify_password(person.pin.as_bytes(), &hash);
            assert_eq!(checked, Ok(()), "{} of {shop}", person.name);
            assert!(operator.pin_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
            assert!(codes.insert(person.code.clone()), "{} is two people", person.code);
        }
        for role in [Role::Manager, Role::Counter, Role::Pizzaiolo, Role::Courier] {
            assert!(people.iter().any(|it| it.role == role), "{shop} has no {role:?}");
        }
    }
    assert!(people["P01"].iter().any(|it| it.code == "LB" && it.pin == "2580"));
}

#[test]
fn customers_are_two_thousand_and_ring_nowhere() {
    let fiction = ["019900", "026191", "035301", "046571", "053649", "063998"];
    let mut ids = BTreeSet::new();
    for place in 0..data::shops().len() {
        let cards = customers::customers(2026, place, customers::PER_SHOP);
        assert_eq!(cards, customers::customers(2026, place, customers::PER_SHOP));
        for card in cards {
            let keys = card.search_keys();
            assert!(fiction.iter().any(|it| keys.digits.starts_with(it)), "{}", keys.digits);
            assert!(keys.digits.len() == 10 && keys.name.contains(' '));
            assert!(ids.insert(card.id));
        }
    }
    assert_eq!(ids.len(), 2_000);
}

#[test]
fn codes_are_three_letters_or_digits() {
    let menu = data::menu();
    let short = |it: &ProductCode| it.as_str().len() == 3;
    assert!(menu.products.iter().map(|it| &it.code).all(short));
    assert!(menu.ingredients.iter().all(|it| it.code.as_str().len() == 3));
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .map(|it| it.to_digit(10).expect("a digit"))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}
