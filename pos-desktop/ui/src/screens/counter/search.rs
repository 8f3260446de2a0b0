//! Products found by name.

use domain::{
    catalogue::{Catalogue, Product},
    text::fold,
};

/// The products whose name holds what was typed, those first whose name begins with it. What is
/// shorter than two letters, or is plainly a line of codes, finds nothing.
pub(crate) fn named<'m>(menu: &'m Catalogue, typed: &str) -> Vec<&'m Product> {
    let typed = fold(typed.trim());
    if typed.chars().count() < 2 || typed.contains([';', '/', '+', '=']) {
        return Vec::new();
    }
    let mut found: Vec<(u8, &Product)> = menu
        .products
        .iter()
        .filter(|product| product.available)
        .filter_map(|product| rank(&fold(&product.name), &typed).map(|rank| (rank, product)))
        .collect();
    found.sort_by_key(|(rank, product)| (*rank, fold(&product.name)));
    found.into_iter().map(|(_, product)| product).collect()
}

/// How well a name answers: from its beginning, from the beginning of a word, anywhere in it.
fn rank(name: &str, typed: &str) -> Option<u8> {
    let at = name.find(typed)?;
    let before = name.get(..at).and_then(|before| before.chars().next_back());
    Some(match before {
        None => 0,
        Some(before) if !before.is_alphanumeric() => 1,
        Some(_) => 2,
    })
}
