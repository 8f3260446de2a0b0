//! A small menu and what happens with it, for the tests of this crate.

use crate::catalogue::{
    Added, Allergen, Allergens, Base, Catalogue, Category, ChoiceGroup, ChoiceOption, Ingredient,
    PartPrice, PerSize, Product, Size, Unit, Use,
};
use crate::configured::Configured;
use crate::id::{LineId, OrderId, SizeCode};
use crate::order::{self, Line, Opened, Stamp};
use crate::shop::{LegalIdentity, Shop};
use crate::staff::{Operator, Role, StaffList};
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::ticket::Channel;
use fiscal::vat::{Class, Mode, Territory};
use journal::{BlobHash, JournalId, Seq, Tick};

pub(crate) const SIZES: [&str; 3] = ["P", "S", "G"];

/// Prices and amounts are for P, S, G; costs are per kilogram, or for 1,000 pieces.
pub(crate) fn catalogue() -> Catalogue {
    Catalogue {
        number: 7,
        name: "Carte d'essai".into(),
        sizes: vec![
            size("P", &[], "Petite", 260, 200),
            size("S", &["M"], "Standard", 310, 260),
            size("G", &[], "Grande", 400, 400),
        ],
        default_size: "S".into(),
        part_price: PartPrice::Dearest,
        categories: vec![
            Category { code: "TOM".into(), name: "Tomate".into(), made_in_kitchen: true },
            Category { code: "BOI".into(), name: "Boissons".into(), made_in_kitchen: false },
        ],
        products: products(),
        ingredients: ingredients(),
        formules: None,
    }
    .sorted()
}

fn products() -> Vec<Product> {
    let doneness = ChoiceGroup {
        code: "CUISSON".into(),
        name: "Cuisson".into(),
        min: 1,
        max: 1,
        options: vec![
            ChoiceOption {
                code: "CUIT".into(),
                name: "Bien cuite".into(),
                price: PerSize::Flat(Money::ZERO),
                uses: vec![],
            },
            ChoiceOption {
                code: "NOIX".into(),
                name: "Éclats de noix".into(),
                price: by_size([50, 75, 101]),
                uses: vec![Use { ingredient: "NOI".into(), amount: by_size([10, 15, 20]) }],
            },
        ],
    };
    vec![
        pizza("MAR", "Margherita", [800, 1000, 1300], &[("TOM", 90), ("MOZ", 120), ("BAS", 5)]),
        pizza("REI", "Reine", [950, 1150, 1550], &[("TOM", 90), ("MOZ", 110), ("JAM", 60)]),
        pizza("4FR", "4 fromages", [990, 1225, 1590], &[("MOZ", 80), ("CHE", 70), ("TOM", 60)]),
        Product {
            choices: vec![doneness],
            ..pizza("CAL", "Calzone", [900, 1100, 1400], &[("MOZ", 100), ("OEU", 1)])
        },
        Product {
            code: "COC".into(),
            name: "Cola 33 cl".into(),
            category: "BOI".into(),
            place: 1,
            class: Class::ClosedDrink,
            base: Base::Simple {
                price: Money::from_cents(250),
                uses: vec![Use { ingredient: "CAN".into(), amount: PerSize::Flat(1) }],
            },
            choices: vec![],
            available: true,
        },
    ]
}

fn ingredients() -> Vec<Ingredient> {
    vec![
        ingredient("PAT", "pâte", 90, &[Allergen::Gluten], None),
        ingredient("TOM", "sauce tomate", 210, &[], Some([100, 120, 150])),
        ingredient("MOZ", "mozzarella", 690, &[Allergen::Milk], Some([130, 150, 200])),
        ingredient("BAS", "basilic", 2400, &[], Some([50, 50, 75])),
        ingredient("JAM", "jambon", 890, &[], Some([150, 180, 250])),
        ingredient("CHE", "chèvre", 1150, &[Allergen::Milk], Some([150, 180, 250])),
        ingredient("NOI", "noix", 1900, &[Allergen::Nuts], Some([99, 125, 151])),
        Ingredient {
            unit: Unit::Piece,
            ..ingredient("OEU", "œuf", 22_000, &[Allergen::Eggs], Some([100, 100, 125]))
        },
        Ingredient { unit: Unit::Piece, ..ingredient("CAN", "canette", 41_000, &[], None) },
    ]
}

fn size(code: &str, aliases: &[&str], name: &str, diameter_mm: u16, dough_grams: u32) -> Size {
    let aliases = aliases.iter().map(|it| (*it).into()).collect();
    Size {
        code: code.into(),
        aliases,
        name: name.into(),
        diameter_mm,
        dough: "PAT".into(),
        dough_grams,
    }
}

fn pizza(code: &str, name: &str, prices: [i64; 3], recipe: &[(&str, u32)]) -> Product {
    let uses = recipe.iter().map(|(ingredient, standard)| Use {
        ingredient: (*ingredient).into(),
        amount: by_size([standard / 2 + 1, *standard, standard * 3 / 2]),
    });
    Product {
        code: code.into(),
        name: name.into(),
        category: "TOM".into(),
        place: 1,
        class: Class::ImmediateFood,
        base: Base::Sized { prices: map(prices.map(Money::from_cents)), recipe: uses.collect() },
        choices: vec![],
        available: true,
    }
}

fn ingredient(
    code: &str,
    name: &str,
    cost_cents_per_1000: u32,
    allergens: &[Allergen],
    prices: Option<[i64; 3]>,
) -> Ingredient {
    let amount = if code == "OEU" { [1, 1, 2] } else { [30, 41, 55] };
    Ingredient {
        code: code.into(),
        name: name.into(),
        unit: Unit::Gram,
        allergens: Allergens::of(allergens),
        cost_cents_per_1000,
        origin: "France".into(),
        added: prices
            .map(|prices| Added { price: by_size(prices), amount: PerSize::BySize(map(amount)) }),
        light_percent: 50,
        extra_percent: 150,
        available: true,
    }
}

fn map<T: Copy>(values: [T; 3]) -> BTreeMap<SizeCode, T> {
    SIZES.iter().zip(values).map(|(size, value)| (SizeCode::from(*size), value)).collect()
}

/// One value by size; what is given in cents becomes money where money is wanted.
fn by_size<T: Copy, U: Copy + Of<T>>(values: [T; 3]) -> PerSize<U> {
    PerSize::BySize(map(values.map(U::of)))
}

trait Of<T> {
    fn of(value: T) -> Self;
}

impl Of<u32> for u32 {
    fn of(value: u32) -> Self {
        value
    }
}

impl Of<i64> for Money {
    fn of(value: i64) -> Self {
        Self::from_cents(value)
    }
}

/// An entry of the only till, its place and clock following from the tick.
pub(crate) fn stamp(tick: u64) -> Stamp {
    stamp_of(1, tick)
}

/// An entry of workstation `journal`.
pub(crate) fn stamp_of(journal: u8, tick: u64) -> Stamp {
    Stamp {
        tick: Tick(tick),
        journal: JournalId([journal; 32]),
        seq: Seq(tick),
        wall_ms: i64::try_from(tick).unwrap() * 1000,
    }
}

pub(crate) const ORDER: OrderId = OrderId([0x42; 16]);

pub(crate) fn line_id(number: u8) -> LineId {
    LineId([number; 8])
}

pub(crate) fn opened() -> Opened {
    Opened {
        label: "C1-042".into(),
        channel: Channel::Counter,
        mode: Mode::TakeAway,
        menu: BlobHash([7; 32]),
        operator: "LB".into(),
    }
}

/// A standard pizza at 10,00.
pub(crate) fn line(number: u8) -> Line {
    Line {
        id: line_id(number),
        name: "Margherita standard".into(),
        details: vec!["sans basilic".into()],
        configured: Configured::whole("MAR", Some("S".into())),
        quantity: 1,
        unit_price: Money::from_cents(1000),
        class: Class::ImmediateFood,
        menu_number: 7,
        made_in_kitchen: true,
    }
}

pub(crate) fn added(numbers: &[u8]) -> order::Event {
    let lines = numbers.iter().map(|it| line(*it)).collect();
    order::Event::LinesAdded(order::LinesAdded { lines })
}

pub(crate) fn staff() -> StaffList {
    let operator = |code: &str, name: &str, role| Operator {
        code: code.into(),
        name: name.into(),
        role,
        pin_hash: "$argon2id$v=19$m=8,t=1,p=1$c2Vs$aGFjaGU".into(),
    };
    let operators =
        vec![operator("LB", "Lucie", Role::Counter), operator("PZ", "Paolo", Role::Pizzaiolo)];
    StaffList { number: 3, operators }
}

pub(crate) fn shop() -> Shop {
    Shop {
        number: 2,
        code: "P01".into(),
        name: "Odéon".into(),
        legal: LegalIdentity {
            legal_entity: "OC Pizza SAS au capital de 10 000 €".into(),
            address: "3 rue du Four, 75006 Paris".into(),
            siren: "123456782".into(),
            rcs: "RCS Paris".into(),
            siret: "12345678200010".into(),
            naf: "56.10C".into(),
            vat_number: "FR11123456782".into(),
        },
        territory: Territory::Metropolitan,
        timezone: "Europe/Paris".into(),
        cut_hour: 5,
        lead_minutes: 25,
        preparation_minutes: 20,
        vat: None,
        fiscal_year_end_month: None,
        meal_vouchers: None,
        accepts_cheques: None,
        delivery_fee: None,
    }
}
