//! What is taken off, and why.

use super::{french, money};
use domain::order::DiscountReason;
use fiscal::Money;

/// Opens the panel.
pub(crate) const OPEN: &str = "Remise";
/// On all lines.
pub(crate) const WHOLE: &str = "Toute la commande";
/// Over the choice of what it is about.
pub(crate) const ON_WHAT: &str = "Sur";
/// Over the choice of how much.
pub(crate) const HOW_MUCH: &str = "Combien";
/// Over the choice of a reason.
pub(crate) const WHY: &str = "Parce que";
/// In percent.
pub(crate) const PERCENT: &str = "En %";
/// In euros.
pub(crate) const AMOUNT: &str = "En €";
/// All of it.
pub(crate) const FREE: &str = "Offert";
/// Takes a discount away.
pub(crate) const NONE: &str = "Retirer la remise";
/// It is given.
pub(crate) const GIVEN: &str = "La remise est faite.";
/// It is taken away.
pub(crate) const TAKEN_AWAY: &str = "La remise est retirée.";
/// Before the price that would have been.
pub(crate) const INSTEAD_OF: &str = "au lieu de";

/// Who may give how much.
pub(crate) fn rights(percent: u8) -> String {
    french(&format!(
        "Jusqu’à {percent} % d’une ligne sans responsable. Au-delà, et pour offrir, un responsable tape son PIN."
    ))
}

/// "10 %".
pub(crate) fn percent(percent: u8) -> String {
    french(&format!("{percent} %"))
}

/// "Remise −2,50 €".
pub(crate) fn off(amount: Money) -> String {
    format!("−{}", money(amount))
}

/// The hook of a reason's button.
pub(crate) const fn reason_hook(reason: &DiscountReason) -> &'static str {
    match reason {
        DiscountReason::Formule { .. } => "discount-reason-formule",
        DiscountReason::CommercialGesture => "discount-reason-gesture",
        DiscountReason::Complaint => "discount-reason-complaint",
        DiscountReason::StaffMeal => "discount-reason-staff",
        DiscountReason::Coupon => "discount-reason-coupon",
        DiscountReason::PromotionalOffer => "discount-reason-offer",
        DiscountReason::Free => "discount-reason-free",
    }
}
