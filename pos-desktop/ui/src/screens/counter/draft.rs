//! A product being put together: what each touch changes. What it costs, and whether it can be sold,
//! is the workstation's to say.

use domain::{
    catalogue::{Base, Catalogue, ChoiceGroup, Product},
    configured::{Amount, Change, Choice, Configured, Part, Share},
    id::{GroupCode, IngredientCode, LineId, OptionCode, ProductCode, SizeCode},
};
use pos_api::BasketLine;

/// What is being put together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// The product so far.
    pub(crate) item: Configured,
    /// How many.
    pub(crate) quantity: u32,
    /// The part that touches are about; `None` is the whole.
    pub(crate) on: Option<u8>,
    /// Which parts were chosen; those after a division still have to be.
    pub(crate) chosen: Vec<bool>,
    /// The basket line it is to replace.
    pub(crate) line: Option<LineId>,
}

impl Draft {
    /// The product as the menu has it, in the size given or the usual one.
    pub(crate) fn new(
        menu: &Catalogue,
        product: &ProductCode,
        size: Option<&SizeCode>,
    ) -> Option<Self> {
        let size = match &menu.product(product)?.base {
            Base::Simple { .. } => None,
            Base::Sized { prices, .. } => {
                let usual = Some(&menu.default_size).filter(|it| prices.contains_key(*it));
                size.or(usual).or(prices.keys().next()).cloned()
            }
        };
        let item = Configured::whole(product.clone(), size);
        Some(Self { item, quantity: 1, on: None, chosen: vec![true], line: None })
    }

    /// A line of the basket, to be changed.
    pub(crate) fn edit(line: &BasketLine) -> Self {
        Self {
            item: line.item.clone(),
            quantity: line.quantity,
            on: None,
            chosen: vec![true; line.item.parts.len()],
            line: Some(line.line),
        }
    }

    /// Takes another size.
    pub(crate) fn resize(&mut self, size: SizeCode) {
        self.item.size = Some(size);
    }

    /// Divides into `parts` equal parts, 1 to 4; those there are already stay, the others are to be
    /// chosen, the first of them at once.
    pub(crate) fn divide(&mut self, parts: usize) {
        let Some(share) = Share::of_equal(parts) else { return };
        let Some(first) = self.item.parts.first().map(|part| part.product.clone()) else { return };
        self.chosen.resize(parts, false);
        let products: Vec<_> = self.item.parts.iter().map(|part| part.product.clone()).collect();
        let products = (0..parts).map(|at| products.get(at).unwrap_or(&first).clone());
        self.item.parts = products.map(|product| Part { product, share }).collect();
        let there = |on: Option<u8>| on.is_none_or(|on| usize::from(on) < parts);
        self.item.changes.retain(|change| there(change.on));
        self.item.choices.retain(|choice| there(choice.on));
        self.on = self.unchosen();
    }

    /// Makes the part that touches are about another product, and goes to the next to be chosen.
    pub(crate) fn choose(&mut self, product: ProductCode) {
        let Some(at) = self.on else { return };
        let Some(part) = self.item.parts.get_mut(usize::from(at)) else { return };
        part.product = product;
        self.item.changes.retain(|change| change.on != Some(at));
        self.item.choices.retain(|choice| choice.on != Some(at));
        if let Some(chosen) = self.chosen.get_mut(usize::from(at)) {
            *chosen = true;
        }
        self.on = self.unchosen();
    }

    /// Makes touches be about a part, or about the whole again.
    pub(crate) fn touch_part(&mut self, part: u8) {
        self.on = if self.on == Some(part) { None } else { Some(part) };
    }

    /// The first part that is still to be chosen.
    pub(crate) fn unchosen(&self) -> Option<u8> {
        self.chosen.iter().position(|chosen| !chosen).and_then(|at| u8::try_from(at).ok())
    }

    /// How much there is to be of an ingredient on what touches are about, said of it or of the
    /// whole; `None`: as the recipe says.
    pub(crate) fn amount(&self, ingredient: &IngredientCode) -> Option<Amount> {
        let about = |change: &&Change| {
            change.ingredient == *ingredient && (change.on == self.on || change.on.is_none())
        };
        self.item.changes.iter().find(about).map(|change| change.amount)
    }

    /// Takes the next amount of what is in the recipe: normal, without, light, extra.
    pub(crate) fn cycle(&mut self, ingredient: &IngredientCode) {
        let next = match self.amount(ingredient) {
            None | Some(Amount::Normal) => Some(Amount::None),
            Some(Amount::None) => Some(Amount::Light),
            Some(Amount::Light) => Some(Amount::Extra),
            Some(Amount::Extra) => None,
        };
        self.set(ingredient, next);
    }

    /// Puts on what is not in the recipe, once, then twice, then no longer.
    pub(crate) fn add(&mut self, ingredient: &IngredientCode) {
        let next = match self.amount(ingredient) {
            None | Some(Amount::None | Amount::Light) => Some(Amount::Normal),
            Some(Amount::Normal) => Some(Amount::Extra),
            Some(Amount::Extra) => None,
        };
        self.set(ingredient, next);
    }

    /// One statement about an ingredient: what is said of the whole replaces what was said of its
    /// parts, and the other way round.
    fn set(&mut self, ingredient: &IngredientCode, amount: Option<Amount>) {
        let on = self.on;
        let replaced = |change: &Change| {
            change.ingredient == *ingredient
                && (change.on == on || change.on.is_none() || on.is_none())
        };
        self.item.changes.retain(|change| !replaced(change));
        if let Some(amount) = amount {
            let ingredient = ingredient.clone();
            self.item.changes.push(Change { ingredient, amount, on });
        }
    }

    /// Whether an option is taken on what touches are about.
    pub(crate) fn takes(&self, group: &GroupCode, option: &OptionCode) -> bool {
        self.item.choices.iter().any(|choice| {
            choice.group == *group && choice.option == *option && choice.on == self.on
        })
    }

    /// Takes an option, or leaves it; in a group of at most one it replaces the other.
    pub(crate) fn toggle(&mut self, group: &ChoiceGroup, option: &OptionCode) {
        let taken = self.takes(&group.code, option);
        let on = self.on;
        self.item.choices.retain(|choice| {
            let same_group = choice.group == group.code && choice.on == on;
            !(same_group && (group.max == 1 || choice.option == *option))
        });
        if !taken {
            let (group, option) = (group.code.clone(), option.clone());
            self.item.choices.push(Choice { group, option, on });
        }
    }

    /// One more, or one less; at least one.
    pub(crate) fn count(&mut self, by: i8) {
        self.quantity = self.quantity.saturating_add_signed(by.into()).clamp(1, 99);
    }

    /// The products that touches are about: the part's, or all of them, each once.
    pub(crate) fn products<'m>(&self, menu: &'m Catalogue) -> Vec<&'m Product> {
        let parts = self.item.parts.iter().zip(0_u8..);
        let about = parts.filter(|(_, at)| self.on.is_none_or(|on| on == *at));
        let mut found: Vec<&Product> = Vec::new();
        for product in about.filter_map(|(part, _)| menu.product(&part.product)) {
            if !found.iter().any(|it| it.code == product.code) {
                found.push(product);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use domain::{
        configured::{Amount, Configured, Share},
        id::{IngredientCode, ProductCode},
    };

    fn draft() -> Draft {
        let item = Configured::whole(ProductCode::from("MAR"), Some("S".into()));
        Draft { item, quantity: 1, on: None, chosen: vec![true], line: None }
    }

    fn products(draft: &Draft) -> Vec<&str> {
        draft.item.parts.iter().map(|part| part.product.as_str()).collect()
    }

    #[test]
    fn a_half_is_chosen_with_two_touches() {
        let mut draft = draft();
        draft.divide(2);
        assert_eq!(draft.on, Some(1), "the other half is to be chosen");
        draft.choose("4FR".into());
        assert_eq!(products(&draft), ["MAR", "4FR"]);
        assert_eq!((draft.on, draft.item.parts[0].share), (None, Share::HALF));
    }

    #[test]
    fn thirds_are_asked_for_one_after_another_and_can_be_made_whole_again() {
        let mut draft = draft();
        draft.divide(3);
        draft.choose("4FR".into());
        assert_eq!(draft.on, Some(2));
        draft.choose("REI".into());
        assert_eq!((products(&draft), draft.on), (vec!["MAR", "4FR", "REI"], None));
        draft.touch_part(2);
        draft.cycle(&"CHA".into());
        draft.divide(1);
        assert_eq!((products(&draft), draft.item.changes.len()), (vec!["MAR"], 0));
    }

    #[test]
    fn a_chip_goes_round() {
        let (mut draft, basil) = (draft(), IngredientCode::from("BAS"));
        for amount in [Some(Amount::None), Some(Amount::Light), Some(Amount::Extra), None] {
            draft.cycle(&basil);
            assert_eq!(draft.amount(&basil), amount);
        }
    }

    #[test]
    fn the_whole_and_a_part_never_contradict_each_other() {
        let (mut draft, basil) = (draft(), IngredientCode::from("BAS"));
        draft.divide(2);
        draft.choose("4FR".into());
        draft.cycle(&basil);
        draft.touch_part(0);
        assert_eq!(draft.amount(&basil), Some(Amount::None), "said of the whole");
        draft.cycle(&basil);
        let said: Vec<_> = draft.item.changes.iter().map(|it| (it.on, it.amount)).collect();
        assert_eq!(said, [(Some(0), Amount::Light)]);
    }
}
