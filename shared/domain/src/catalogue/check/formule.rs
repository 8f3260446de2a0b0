//! What is wrong with formules, before they are published.

use super::{Fault, check_price, duplicates, is_well_formed};
use crate::catalogue::{Catalogue, Product};
use crate::formule::{Formule, Slot};
use crate::id::FormuleCode;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use fiscal::Money;

impl Catalogue {
    pub(super) fn check_formules(&self, faults: &mut Vec<Fault>) {
        duplicates(self.formules().iter().map(|it| it.code.as_str()), faults);
        for formule in self.formules() {
            self.check_formule(formule, faults);
        }
    }

    fn check_formule(&self, formule: &Formule, faults: &mut Vec<Fault>) {
        let code = &formule.code;
        if !is_well_formed(code.as_str()) {
            faults.push(Fault::NotACode(code.to_string()));
        }
        check_price(code.as_str(), formule.price, faults);
        if formule.slots.is_empty() || formule.modes.is_empty() {
            faults.push(Fault::EmptyFormule(code.clone()));
            return;
        }
        let cheapest: Option<Vec<Money>> =
            formule.slots.iter().map(|slot| self.check_slot(code, slot, faults)).collect();
        if cheapest.is_some_and(|prices| formule.price > prices.into_iter().sum()) {
            faults.push(Fault::DearFormule(code.clone()));
        }
    }

    /// Checks a slot; returns the lowest separate price of what fills it.
    fn check_slot(
        &self,
        formule: &FormuleCode,
        slot: &Slot,
        faults: &mut Vec<Fault>,
    ) -> Option<Money> {
        let unknown = |code: String| Fault::NoComponent { formule: formule.clone(), code };
        let categories = slot.categories.iter().filter(|it| self.category(it).is_none());
        let sizes = slot.sizes.iter().filter(|it| self.size(it).is_none());
        faults.extend(categories.map(|it| unknown(it.to_string())));
        faults.extend(sizes.map(|it| unknown(it.to_string())));

        let apart = |it: &Product| {
            let (formule, product) = (formule.clone(), it.code.clone());
            Fault::NoSeparatePrice { formule, product }
        };
        for code in &slot.products {
            match self.product(code) {
                None => faults.push(unknown(code.to_string())),
                Some(it) if slot.prices_of(it).is_empty() => faults.push(apart(it)),
                Some(_) => {}
            }
        }
        let named = |it: &&Product| {
            slot.products.contains(&it.code) || slot.categories.contains(&it.category)
        };
        let mut prices = Vec::new();
        for product in self.products.iter().filter(|it| it.available).filter(named) {
            let separate = slot.prices_of(product);
            if separate.contains(&Money::ZERO) {
                faults.push(apart(product));
            }
            prices.extend(separate);
        }
        if prices.is_empty() {
            let (formule, slot) = (formule.clone(), slot.name.clone());
            faults.push(Fault::EmptySlot { formule, slot });
        }
        prices.into_iter().min()
    }
}
