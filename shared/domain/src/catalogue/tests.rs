use super::{Allergen, Allergens, Base, Catalogue, Fault, PerSize, Use};
use crate::samples::catalogue;
use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use journal::BlobHash;

#[test]
fn a_catalogue_survives_cbor_and_json() {
    let menu = catalogue();
    assert_eq!(Catalogue::decode(&menu.encode()).unwrap(), menu);
    let json = serde_json::to_value(&menu).unwrap().to_string();
    assert_eq!(serde_json::from_slice::<Catalogue>(json.as_bytes()).unwrap(), menu);
    assert_eq!(
        Catalogue::decode(b"menu").unwrap_err().to_string(),
        "these bytes are not a catalogue"
    );
}

/// A layout that changed would give every published menu another name.
#[test]
fn the_bytes_of_a_catalogue_never_change() {
    assert_eq!(
        BlobHash::of(&catalogue().encode()).hex(),
        "403d20619471f069e00221924b4d8ccea76027eef90a8154334e89ac2a49deaa"
    );
}

#[test]
fn the_sample_catalogue_is_right() {
    assert_eq!(catalogue().check(), []);
}

/// Each way to spoil the sample, and what the check then says.
#[test]
fn each_fault_is_found() {
    type Spoil = fn(&mut Catalogue);
    let table: Vec<(Spoil, Fault)> = vec![
        (|it| it.default_size = "XL".into(), Fault::NoDefaultSize("XL".into())),
        (|it| it.products.reverse(), Fault::Unsorted),
        (
            |it| it.ingredients[1].code = it.ingredients[0].code.clone(),
            Fault::Duplicate("BAS".into()),
        ),
        (|it| it.sizes[0].aliases = vec!["g".into()], Fault::Duplicate("G".into())),
        (|it| it.products[0].code = "4-F".into(), Fault::NotACode("4-F".into())),
        (|it| it.products[0].code = "44".into(), Fault::NotACode("44".into())),
        (|it| it.products[0].code = "12H30".into(), Fault::ReadsOtherwise("12H30".into())),
        (|it| it.products[0].code = "2X".into(), Fault::ReadsOtherwise("2X".into())),
        (|it| it.products[3].code = "LIV".into(), Fault::ReadsOtherwise("LIV".into())),
        (|it| it.sizes[1].aliases = vec!["MAR".into()], Fault::ReadsOtherwise("MAR".into())),
        (
            |it| it.products[0].category = "XXX".into(),
            Fault::NoCategory { product: "4FR".into(), category: "XXX".into() },
        ),
        (
            |it| it.sizes[0].dough = "XXX".into(),
            Fault::NoIngredient { of: "P".into(), ingredient: "XXX".into() },
        ),
        (
            |it| recipe(it)[0].ingredient = "XXX".into(),
            Fault::NoIngredient { of: "4FR".into(), ingredient: "XXX".into() },
        ),
        (
            |it| recipe(it)[0].ingredient = "CHE".into(),
            Fault::IngredientTwice { of: "4FR".into(), ingredient: "CHE".into() },
        ),
        (
            |it| recipe(it)[0].amount = PerSize::BySize([("P".into(), 3)].into()),
            Fault::NoAmount { of: "4FR".into(), ingredient: "MOZ".into() },
        ),
        (
            |it| it.products[0].base = Base::Sized { prices: [].into(), recipe: vec![] },
            Fault::NoPrice("4FR".into()),
        ),
        (
            |it| {
                let price = Money::from_cents(-1);
                it.products[2].base = Base::Simple { price, uses: vec![] };
            },
            Fault::NegativePrice("COC".into()),
        ),
        (
            |it| it.products[1].choices[0].min = 2,
            Fault::ImpossibleChoice { product: "CAL".into(), group: "CUISSON".into() },
        ),
        (|it| it.ingredients[0].extra_percent = 99, Fault::WrongFactor("BAS".into())),
    ];
    for (spoil, fault) in table {
        let mut menu = catalogue();
        spoil(&mut menu);
        assert!(menu.check().contains(&fault), "{fault}: {:?}", menu.check());
    }
}

#[test]
fn allergens_are_one_bit_each_and_names_in_json() {
    let some = Allergens::of(&[Allergen::Molluscs, Allergen::Gluten]);
    assert_eq!(minicbor::to_vec(some).unwrap(), [0x19, 0x20, 0x01]);
    assert_eq!(serde_json::to_value(some).unwrap().to_string(), r#"["Gluten","Molluscs"]"#);
    let all: Allergens = Allergen::ALL.into_iter().collect();
    assert!(all.contains(Allergen::Nuts) && !some.contains(Allergen::Nuts));
    assert_eq!(all.iter().count(), 14);
}

#[test]
fn a_product_contains_what_its_recipe_and_its_dough_contain() {
    let menu = catalogue();
    let of = |code: &str| menu.allergens(menu.product(&code.into()).unwrap());
    assert_eq!(of("MAR"), Allergens::of(&[Allergen::Gluten, Allergen::Milk]));
    assert_eq!(of("COC"), Allergens::NONE);
}

#[test]
fn a_size_is_found_by_code_or_alias_in_either_case() {
    let menu = catalogue();
    let found = |word| menu.size_called(word).map(|it| it.name.as_str());
    assert_eq!(
        [found("m"), found("S"), found("g"), found("xl")],
        [Some("Standard"), Some("Standard"), Some("Grande"), None]
    );
}

fn recipe(menu: &mut Catalogue) -> &mut Vec<Use> {
    match &mut menu.products[0].base {
        Base::Sized { recipe, .. } => recipe,
        Base::Simple { .. } => panic!("the first product of the sample is a pizza"),
    }
}
