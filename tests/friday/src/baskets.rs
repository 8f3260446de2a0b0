//! What people order on a Friday evening, drawn from a menu.
//!
//! Everything drawn can be sold: [`Configured::make`] refuses none of it. Of many baskets, at
//! least three in ten have two VAT rates, one in five a divided pizza, and one in five a change
//! or an option.

use crate::dice::Dice;
use crate::sale::FRIDAY;
use domain::catalogue::{Base, Catalogue, ChoiceGroup, Product};
use domain::configured::{Amount, Change, Choice, Configured};
use domain::id::{IngredientCode, ProductCode, SizeCode};
use fiscal::time::DEFAULT_CUT_HOUR;
use fiscal::vat::{Class, Mode, Table, Territory};
use std::collections::{BTreeMap, BTreeSet};

/// One order's worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// How it leaves the shop.
    pub mode: Mode,
    /// What, and how many of it: 1 to 8 lines.
    pub lines: Vec<(Configured, u32)>,
}

impl Basket {
    /// Whether a pizza in it is of several parts.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.lines.iter().any(|(item, _)| item.parts.len() > 1)
    }

    /// Whether something in it differs from the recipe, or had an option to take.
    #[must_use]
    pub fn has_options(&self) -> bool {
        self.lines.iter().any(|(item, _)| !item.changes.is_empty() || !item.choices.is_empty())
    }
}

/// Baskets without end.
#[derive(Clone, Debug)]
pub struct Baskets {
    dice: Dice,
    menu: Catalogue,
    /// Places in the menu's products of what comes in sizes, each with how well it sells.
    pizzas: Vec<(u32, usize)>,
    /// Of everything else, by the mode that it is sold in.
    others: BTreeMap<Mode, Vec<(u32, usize)>>,
}

/// How often a basket has so many lines: 1, 2, 3 …
const LINES: [u32; 8] = [20, 27, 20, 13, 8, 6, 3, 3];

impl Baskets {
    /// The baskets of this seed, of what this menu offers.
    ///
    /// # Panics
    ///
    /// Where the menu has no pizzas, or nothing else than pizzas to sell in some mode.
    #[must_use]
    pub fn new(seed: u64, menu: Catalogue) -> Self {
        Self::from(Dice::new(seed, 0), menu)
    }

    pub(crate) fn from(dice: Dice, menu: Catalogue) -> Self {
        let table = Table::metropolitan_2026();
        let (mut pizzas, mut others) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for (place, product) in menu.products.iter().enumerate().filter(|(_, it)| it.available) {
            match &product.base {
                Base::Simple { .. } => {
                    let modes = [Mode::OnSite, Mode::TakeAway, Mode::Delivery].into_iter();
                    for mode in modes.filter(|it| is_sold(&table, product.class, *it)) {
                        others.entry(mode).or_default().push((demand(product.class), place));
                    }
                }
                Base::Sized { prices, .. } => {
                    // What is dear sells less.
                    let cents = prices.get(&menu.default_size).map_or(1_600, |it| it.cents());
                    let weight = u32::try_from((1_800 - cents).max(100)).expect("it is small");
                    pizzas.push((weight, place));
                }
            }
        }
        assert!(!pizzas.is_empty() && others.len() == 3, "a menu has pizzas and drinks");
        Self { dice, menu, pizzas, others }
    }

    /// The menu that is drawn from.
    #[must_use]
    pub const fn menu(&self) -> &Catalogue {
        &self.menu
    }

    /// The next basket.
    pub fn draw(&mut self) -> Basket {
        let mode = match self.dice.below(100) {
            0..10 => Mode::OnSite,
            10..40 => Mode::Delivery,
            _ => Mode::TakeAway,
        };
        self.draw_for(mode)
    }

    /// The next basket, of somebody who has said how it leaves.
    pub fn draw_for(&mut self, mode: Mode) -> Basket {
        let count = 1 + self.dice.weighted(LINES.into_iter());
        let divides = self.dice.percent(30);
        let changes = self.dice.percent(35);
        let (mut pizzas, mut lines) = (0, Vec::with_capacity(count));
        for place in 0..count {
            if place == 0 && self.dice.percent(93) || place != 0 && self.dice.percent(50) {
                // Who divides and who changes does so on the first pizza, and on some others.
                let wanted = pizzas == 0 || self.dice.percent(25);
                lines.push((self.pizza(divides && wanted, changes && wanted), 1));
                pizzas += 1;
            } else {
                lines.push(self.other(mode));
            }
        }
        if pizzas != 0 && self.dice.percent(10) {
            let two = lines.iter_mut().find(|(item, _)| item.size.is_some());
            two.expect("there is a pizza").1 = 2;
        }
        Basket { mode, lines }
    }

    /// A pizza, divided or not, changed or not.
    pub fn pizza(&mut self, divided: bool, changed: bool) -> Configured {
        let size = self.size();
        let parts = match self.dice.below(100) {
            _ if !divided => 1,
            0..86 => 2,
            86..94 => 3,
            _ => 4,
        };
        let mut products: Vec<ProductCode> = Vec::with_capacity(parts);
        while products.len() < parts {
            let product = self.sold_in(&size);
            // A pizza of twice the same is that pizza.
            if !products.contains(&product.code) {
                products.push(product.code.clone());
            }
        }
        let mut item = Configured::divided(products, Some(size)).expect("1 to 4 parts");
        self.choose(&mut item, changed);
        if changed {
            self.change(&mut item);
        }
        item
    }

    /// Something that has no size, and how many of it.
    fn other(&mut self, mode: Mode) -> (Configured, u32) {
        let others = &self.others[&mode];
        let place = self.dice.weighted(others.iter().map(|it| it.0));
        let product = &self.menu.products[others[place].1];
        let mut item = Configured::whole(product.code.clone(), None);
        let quantity = match product.class {
            Class::ClosedDrink | Class::Alcohol | Class::KeptFood => {
                *self.dice.pick(&[1, 1, 1, 2, 2, 3, 4])
            }
            Class::ImmediateFood
            | Class::BakeAtHome
            | Class::OpenDrink
            | Class::SingleIceCream
            | Class::IceCreamTub
            | Class::Confectionery
            | Class::NonFood => 1,
        };
        self.choose(&mut item, false);
        (item, quantity)
    }

    /// Mostly the size that is meant when none is said.
    fn size(&mut self) -> SizeCode {
        if self.dice.percent(55) {
            return self.menu.default_size.clone();
        }
        self.dice.pick(&self.menu.sizes).code.clone()
    }

    fn sold_in(&mut self, size: &SizeCode) -> &Product {
        loop {
            let place = self.dice.weighted(self.pizzas.iter().map(|it| it.0));
            let product = self.pizzas[place].1;
            if self.menu.products[product].price(Some(size)).is_some() {
                return &self.menu.products[product];
            }
        }
    }

    /// Takes the options that have to be taken, and where somebody is choosy, others.
    fn choose(&mut self, item: &mut Configured, choosy: bool) {
        let parts = item.parts.len();
        for at in 0..parts {
            let product =
                self.menu.product(&item.parts[at].product).expect("it was drawn from there");
            for group in &product.choices {
                let most = if choosy && self.dice.percent(30) { group.max } else { group.min };
                // On several parts, one taken for each: what one part offers the other may not.
                let on = (parts > 1).then(|| u8::try_from(at).expect("at most 4 parts"));
                let count = self.dice.between(group.min.into(), most.into());
                take(&mut self.dice, group, count, on, &mut item.choices);
            }
        }
    }

    /// One to three changes of different ingredients.
    fn change(&mut self, item: &mut Configured) {
        let count = *self.dice.pick(&[1, 1, 1, 2, 2, 3]);
        let mut spoken: BTreeSet<IngredientCode> = BTreeSet::new();
        for _ in 0..count {
            let on = match item.parts.len() {
                1 => None,
                parts if self.dice.percent(50) => {
                    let at = self.dice.below(u32::try_from(parts).expect("at most 4 parts"));
                    Some(u8::try_from(at).expect("at most 4 parts"))
                }
                _ => None,
            };
            let Some(change) = self.one_change(item, on, &spoken) else {
                continue;
            };
            spoken.insert(change.ingredient.clone());
            item.changes.push(change);
        }
    }

    fn one_change(
        &mut self,
        item: &Configured,
        on: Option<u8>,
        spoken: &BTreeSet<IngredientCode>,
    ) -> Option<Change> {
        let concerned = item.parts.iter().enumerate();
        let concerned = concerned.filter(|(at, _)| on.is_none_or(|on| usize::from(on) == *at));
        let products = concerned.filter_map(|(_, part)| self.menu.product(&part.product));
        let there: Vec<&IngredientCode> =
            products.flat_map(Product::recipe).map(|it| &it.ingredient).collect();
        let optional: BTreeSet<&IngredientCode> = item
            .parts
            .iter()
            .filter_map(|part| self.menu.product(&part.product))
            .flat_map(|it| &it.choices)
            .flat_map(|group| &group.options)
            .flat_map(|option| &option.uses)
            .map(|it| &it.ingredient)
            .collect();
        let size = item.size.as_ref();
        let addable = |code: &IngredientCode| {
            let it = self.menu.ingredient(code).filter(|it| it.available);
            it.and_then(|it| it.added.as_ref()).is_some_and(|it| it.price.get(size).is_some())
        };
        let roll = self.dice.below(100);
        let (amount, of): (Amount, Vec<&IngredientCode>) = match roll {
            0..50 => (Amount::None, there),
            50..58 => (Amount::Light, there),
            58..66 => (Amount::Extra, there.into_iter().filter(|it| addable(it)).collect()),
            _ => {
                let all = self.menu.ingredients.iter().map(|it| &it.code);
                let new = all.filter(|it| !there.contains(it) && !optional.contains(it));
                (Amount::Normal, new.filter(|it| addable(it)).collect())
            }
        };
        let of: Vec<_> = of.into_iter().filter(|it| !spoken.contains(*it)).collect();
        if of.is_empty() {
            return None;
        }
        let ingredient = (*self.dice.pick(&of)).clone();
        Some(Change { ingredient, amount, on })
    }
}

/// Takes `count` different options of a group.
fn take(
    dice: &mut Dice,
    group: &ChoiceGroup,
    count: u32,
    on: Option<u8>,
    choices: &mut Vec<Choice>,
) {
    let mut left: Vec<_> = group.options.iter().collect();
    for _ in 0..count {
        let at = usize::try_from(dice.below(u32::try_from(left.len()).expect("a short list")));
        let option = left.swap_remove(at.expect("32 bits fit"));
        choices.push(Choice { group: group.code.clone(), option: option.code.clone(), on });
    }
}

/// Whether there is a rate: a tub of ice cream is not sold at a table.
fn is_sold(table: &Table, class: Class, mode: Mode) -> bool {
    let date = FRIDAY.business_date(DEFAULT_CUT_HOUR);
    table.rate(class, mode, Territory::Metropolitan, date).is_ok()
}

/// How well a product that is no pizza sells, by its class.
const fn demand(class: Class) -> u32 {
    match class {
        Class::ClosedDrink => 30,
        Class::KeptFood => 14,
        Class::Alcohol => 8,
        Class::ImmediateFood => 6,
        Class::SingleIceCream => 10,
        Class::IceCreamTub | Class::OpenDrink => 5,
        Class::Confectionery => 3,
        Class::BakeAtHome | Class::NonFood => 1,
    }
}
