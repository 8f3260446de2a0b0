//! From a configuration to amounts of ingredients.

use super::sum::{Quantity, Sum, share_of_price};
use super::{Amount, Change, Choice, ConfigurationRefused, Configured, Share};
use crate::catalogue::{Catalogue, ChoiceOption, Ingredient, PartPrice, Product, Size};
use crate::id::{IngredientCode, ProductCode, SizeCode};
use crate::stock::{Availability, Item};
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Class;
use serde::{Deserialize, Serialize};

/// A configuration worked out: what goes in, part by part, and what it adds up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Price, stock use, food cost and allergens of one.
    pub sum: Sum,
    /// What its VAT rate depends on.
    pub class: Class,
    /// The size.
    pub size: Option<SizeCode>,
    /// The weight of the ball of dough, in grams, for what comes in sizes.
    pub dough_grams: Option<u32>,
    /// The parts, as configured.
    pub parts: Vec<MadePart>,
}

/// One part, worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadePart {
    /// The product.
    pub product: ProductCode,
    /// Its share.
    pub share: Share,
    /// What goes on this part: the recipe in its order, then options, then additions.
    pub uses: Vec<MadeUse>,
}

/// An ingredient on a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeUse {
    /// The ingredient.
    pub ingredient: IngredientCode,
    /// How much of it, for this part's share; zero for what was taken off.
    pub quantity: Quantity,
    /// What was asked for, where it is not as in the recipe.
    pub change: Option<Amount>,
    /// Whether it is an addition: neither in the recipe nor in an option taken.
    pub added: bool,
}

impl Made {
    /// The first thing needed that the shop or the menu no longer has.
    pub(super) fn first_out(
        &self,
        catalogue: &Catalogue,
        availability: &Availability,
    ) -> Option<Item> {
        let products = self.parts.iter().map(|part| {
            let offered = catalogue.product(&part.product).is_some_and(|it| it.available);
            (Item::Product(part.product.clone()), offered)
        });
        let doughs = self.size.iter().map(|size| (Item::Dough(size.clone()), true));
        let ingredients = self.sum.uses.keys().map(|code| {
            let offered = catalogue.ingredient(code).is_some_and(|it| it.available);
            (Item::Ingredient(code.clone()), offered)
        });
        products
            .chain(doughs)
            .chain(ingredients)
            .find(|(item, offered)| !offered || availability.is_out(item))
            .map(|(item, _)| item)
    }
}

pub(super) fn make(
    configured: &Configured,
    catalogue: &Catalogue,
) -> Result<Made, ConfigurationRefused> {
    let Whole { size, mut parts, base_price, class } = whole(configured, catalogue)?;
    let size_code = size.map(|it| &it.code);
    let mut sum = Sum::priced(base_price);
    // Sorted, so that what is worked out never depends on the order things were asked for in.
    for choice in sorted(&configured.choices) {
        sum = sum.plus(Sum::priced(choose(choice, size_code, &mut parts)?));
    }
    check_choices(&parts)?;
    for change in sorted(&configured.changes) {
        sum = sum.plus(Sum::priced(alter(change, size_code, catalogue, &mut parts)?));
    }
    if let Some(size) = size {
        let dough = find(catalogue, &size.dough)?;
        sum = sum.plus(Sum::taken(dough, Quantity::units(size.dough_grams)));
    }
    let mut made = Vec::with_capacity(parts.len());
    for part in parts {
        let part = part.finish(catalogue)?;
        for it in &part.uses {
            sum = sum.plus(Sum::taken(find(catalogue, &it.ingredient)?, it.quantity));
        }
        made.push(part);
    }
    let dough_grams = size.map(|it| it.dough_grams);
    Ok(Made { sum, class, size: configured.size.clone(), dough_grams, parts: made })
}

pub(super) fn separate_price(
    configured: &Configured,
    catalogue: &Catalogue,
) -> Result<Money, ConfigurationRefused> {
    whole(configured, catalogue).map(|it| it.base_price)
}

/// What is settled before any change: products, size, price.
struct Whole<'c> {
    size: Option<&'c Size>,
    parts: Vec<Draft<'c>>,
    base_price: Money,
    class: Class,
}

/// A part while it is being worked out.
struct Draft<'c> {
    product: &'c Product,
    share: Share,
    /// Units of the whole pizza, before the share.
    uses: Vec<DraftUse>,
    taken: Vec<&'c ChoiceOption>,
}

struct DraftUse {
    ingredient: IngredientCode,
    units: u32,
    change: Option<Amount>,
    added: bool,
}

fn whole<'c>(
    configured: &Configured,
    catalogue: &'c Catalogue,
) -> Result<Whole<'c>, ConfigurationRefused> {
    let twelfths = configured.parts.iter().map(|it| u32::from(it.share.twelfths()));
    let positive = configured.parts.iter().all(|it| it.share.twelfths() > 0);
    if twelfths.fold(0, u32::saturating_add) != u32::from(Share::WHOLE.twelfths()) || !positive {
        return Err(ConfigurationRefused::PartsDoNotAddUp);
    }
    let mut parts = Vec::with_capacity(configured.parts.len());
    for part in &configured.parts {
        let product = catalogue
            .product(&part.product)
            .ok_or_else(|| ConfigurationRefused::UnknownProduct(part.product.clone()))?;
        parts.push(Draft { product, share: part.share, uses: Vec::new(), taken: Vec::new() });
    }
    if parts.len() > 1
        && let Some(part) = parts.iter().find(|it| !it.product.is_sized())
    {
        return Err(ConfigurationRefused::NotDivisible(part.product.code.clone()));
    }
    let size = match &configured.size {
        None => None,
        Some(code) => Some(
            catalogue.size(code).ok_or_else(|| ConfigurationRefused::UnknownSize(code.clone()))?,
        ),
    };
    let prices = prices(&parts, configured.size.as_ref())?;
    let base_price = match catalogue.part_price {
        PartPrice::Dearest => prices.iter().map(|(price, _)| *price).max(),
        PartPrice::Mean => Some(mean(&prices)),
    };
    let base_price = base_price.ok_or(ConfigurationRefused::PartsDoNotAddUp)?;
    let class = parts.first().ok_or(ConfigurationRefused::PartsDoNotAddUp)?.product.class;
    if parts.iter().any(|part| part.product.class != class) {
        return Err(ConfigurationRefused::MixedClasses);
    }
    for part in &mut parts {
        part.lay_recipe(configured.size.as_ref())?;
    }
    Ok(Whole { size, parts, base_price, class })
}

fn prices(
    parts: &[Draft<'_>],
    size: Option<&SizeCode>,
) -> Result<Vec<(Money, Share)>, ConfigurationRefused> {
    parts
        .iter()
        .map(|part| match part.product.price(size) {
            Some(price) => Ok((price, part.share)),
            None => Err(ConfigurationRefused::NotInThatSize(part.product.code.clone())),
        })
        .collect()
}

/// The mean of whole prices weighted by shares: summed in twelfths of a cent, rounded once.
fn mean(prices: &[(Money, Share)]) -> Money {
    let twelfths = prices.iter().fold(0_i64, |sum, (price, share)| {
        sum.saturating_add(price.cents().saturating_mul(i64::from(share.twelfths())))
    });
    share_of_price(Money::from_cents(twelfths), 1)
}

/// Takes an option on the parts concerned; returns its price.
fn choose(
    choice: &Choice,
    size: Option<&SizeCode>,
    parts: &mut [Draft<'_>],
) -> Result<Money, ConfigurationRefused> {
    let unknown = || ConfigurationRefused::UnknownOption {
        group: choice.group.clone(),
        option: choice.option.clone(),
    };
    let (mut twelfths, mut price) = (0_u32, None);
    for part in concerned(parts, choice.on)? {
        let group = part.product.choices.iter().find(|it| it.code == choice.group);
        let options = group.into_iter().flat_map(|it| &it.options);
        let Some(option) = options.into_iter().find(|it| it.code == choice.option) else {
            continue;
        };
        if part.taken.iter().any(|it| it.code == option.code) {
            let (group, option) = (choice.group.clone(), choice.option.clone());
            return Err(ConfigurationRefused::OptionTwice { group, option });
        }
        part.taken.push(option);
        for it in &option.uses {
            let units = it.amount.get(size).ok_or_else(unknown)?;
            part.lay(&it.ingredient, units);
        }
        let whole = option.price.get(size).ok_or_else(unknown)?;
        // Parts may price an option of one name differently: the dearest counts for all.
        price = price.max(Some(whole));
        twelfths = twelfths.saturating_add(part.share.twelfths().into());
    }
    Ok(share_of_price(price.ok_or_else(unknown)?, twelfths))
}

fn check_choices(parts: &[Draft<'_>]) -> Result<(), ConfigurationRefused> {
    for part in parts {
        for group in &part.product.choices {
            let of_group = |taken: &&&ChoiceOption| group.options.iter().any(|it| it == **taken);
            let taken = part.taken.iter().filter(of_group).count();
            let (product, code) = (part.product.code.clone(), group.code.clone());
            if taken < usize::from(group.min) {
                let (group, min) = (code, group.min);
                return Err(ConfigurationRefused::TooFewChosen { product, group, min });
            }
            if taken > usize::from(group.max) {
                let (group, max) = (code, group.max);
                return Err(ConfigurationRefused::TooManyChosen { product, group, max });
            }
        }
    }
    Ok(())
}

/// Makes a change on the parts concerned; returns its price.
fn alter(
    change: &Change,
    size: Option<&SizeCode>,
    catalogue: &Catalogue,
    parts: &mut [Draft<'_>],
) -> Result<Money, ConfigurationRefused> {
    let code = &change.ingredient;
    let ingredient = find(catalogue, code)?;
    let added = ingredient.added.as_ref();
    let price = added.and_then(|it| it.price.get(size));
    let amount = added.and_then(|it| it.amount.get(size));
    let not_addable = || ConfigurationRefused::NotAddable(code.clone());
    let takes_off = matches!(change.amount, Amount::None | Amount::Light);

    let any_has = concerned(parts, change.on)?.any(|part| part.has(code));
    let (mut portions, mut laid) = (0_u32, false);
    for part in concerned(parts, change.on)? {
        let has = part.has(code);
        // Made light or taken off the whole pizza, it stays off the parts that never had it.
        if !has && (change.amount == Amount::None || (takes_off && any_has)) {
            continue;
        }
        laid = true;
        if !has {
            let units = amount.ok_or_else(not_addable)?;
            part.uses.push(DraftUse { ingredient: code.clone(), units, change: None, added: true });
        }
        let it = part.uses.iter_mut().find(|it| it.ingredient == *code).expect("it was just laid");
        if it.change.is_some() {
            return Err(ConfigurationRefused::Conflicting(code.clone()));
        }
        it.change = Some(change.amount);
        let charged = u32::from(!has).saturating_add((change.amount == Amount::Extra).into());
        let twelfths = charged.saturating_mul(part.share.twelfths().into());
        portions = portions.saturating_add(twelfths);
    }
    if !laid {
        return Err(ConfigurationRefused::NotInIt(code.clone()));
    }
    if portions == 0 {
        return Ok(Money::default());
    }
    Ok(share_of_price(price.ok_or_else(not_addable)?, portions))
}

fn sorted<T: Ord>(items: &[T]) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort();
    sorted
}

fn concerned<'p, 'c>(
    parts: &'p mut [Draft<'c>],
    on: Option<u8>,
) -> Result<core::slice::IterMut<'p, Draft<'c>>, ConfigurationRefused> {
    match on {
        None => Ok(parts.iter_mut()),
        Some(at) => match parts.get_mut(usize::from(at)) {
            Some(part) => Ok(core::slice::from_mut(part).iter_mut()),
            None => Err(ConfigurationRefused::NoSuchPart(at)),
        },
    }
}

fn find<'c>(
    catalogue: &'c Catalogue,
    code: &IngredientCode,
) -> Result<&'c Ingredient, ConfigurationRefused> {
    catalogue.ingredient(code).ok_or_else(|| ConfigurationRefused::UnknownIngredient(code.clone()))
}

impl Draft<'_> {
    fn has(&self, ingredient: &IngredientCode) -> bool {
        self.uses.iter().any(|it| it.ingredient == *ingredient && !it.added)
    }

    fn lay_recipe(&mut self, size: Option<&SizeCode>) -> Result<(), ConfigurationRefused> {
        for it in self.product.recipe() {
            let not_sold = || ConfigurationRefused::NotInThatSize(self.product.code.clone());
            let units = it.amount.get(size).ok_or_else(not_sold)?;
            self.lay(&it.ingredient, units);
        }
        Ok(())
    }

    /// Adds to what the part has without any change.
    fn lay(&mut self, ingredient: &IngredientCode, units: u32) {
        match self.uses.iter_mut().find(|it| it.ingredient == *ingredient) {
            Some(it) => it.units = it.units.saturating_add(units),
            None => {
                let ingredient = ingredient.clone();
                self.uses.push(DraftUse { ingredient, units, change: None, added: false });
            }
        }
    }

    fn finish(self, catalogue: &Catalogue) -> Result<MadePart, ConfigurationRefused> {
        let mut uses = Vec::with_capacity(self.uses.len());
        for it in self.uses {
            let ingredient = find(catalogue, &it.ingredient)?;
            let percent = match it.change {
                Some(Amount::None) => 0,
                Some(Amount::Light) => ingredient.light_percent,
                Some(Amount::Extra) => ingredient.extra_percent,
                Some(Amount::Normal) | None => 100,
            };
            uses.push(MadeUse {
                quantity: Quantity::part_of(it.units, self.share.twelfths(), percent),
                ingredient: it.ingredient,
                // "Normal" of what is in the recipe is the recipe.
                change: it.change.filter(|it_is| it.added || *it_is != Amount::Normal),
                added: it.added,
            });
        }
        Ok(MadePart { product: self.product.code.clone(), share: self.share, uses })
    }
}
