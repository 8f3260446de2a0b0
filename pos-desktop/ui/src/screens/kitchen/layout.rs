//! Where the cards lie: each in the column that is free first, so that they are read in the order
//! of their times, row by row, and little room is lost under a short one.

use leptos::web_sys::HtmlElement;
use wasm_bindgen::JsCast;

/// Between two cards, in pixels.
const GAP: f64 = 12.0;

/// Narrower than this and there are three columns.
const FOUR_COLUMNS_FROM: f64 = 1_400.0;

/// How large a card is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Card {
    /// How many columns it takes.
    span: usize,
    /// In pixels.
    height: f64,
}

/// Where a card lies.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    /// The first column it takes, from 0.
    column: usize,
    /// From above, in pixels.
    top: f64,
}

/// The places of the cards that fit, from the first on: the rest wait, and none overtakes.
fn place(cards: &[Card], columns: usize, height: f64) -> Vec<Place> {
    let mut used = vec![0.0_f64; columns];
    let mut places = Vec::new();
    for card in cards {
        let span = card.span.clamp(1, columns);
        let free = used.windows(span).map(|under| under.iter().copied().fold(0.0, f64::max));
        let first = free.enumerate().min_by(|(_, one), (_, other)| one.total_cmp(other));
        let Some((column, top)) = first else { break };
        if top > 0.0 && top + card.height > height {
            break;
        }
        for under in used.iter_mut().skip(column).take(span) {
            *under = top + card.height + GAP;
        }
        places.push(Place { column, top });
    }
    places
}

/// Lays the cards of `container` out, and answers how many of them, from the first, are on the
/// screen.
pub(super) fn lay(container: &HtmlElement) -> usize {
    let bounds = container.get_bounding_client_rect();
    let (width, height) = (bounds.width(), bounds.height());
    let (columns, number) = if width < FOUR_COLUMNS_FROM { (3, 3.0) } else { (4, 4.0) };
    let one = (width + GAP) / number - GAP;
    let children = container.children();
    let elements: Vec<HtmlElement> =
        (0..children.length()).filter_map(|at| children.item(at)?.dyn_into().ok()).collect();
    for element in &elements {
        widen(element, 1, one);
        mark(element, "dense", false);
        mark(element, "tall", false);
    }
    let heights: Vec<f64> = elements.iter().map(|it| f64::from(it.offset_height())).collect();
    let cards: Vec<Card> = elements
        .iter()
        .zip(heights)
        .map(|(element, tall)| fit(element, tall, columns, one, height))
        .collect();
    let places = place(&cards, columns, height);
    for (element, Place { column, top }) in elements.iter().zip(&places) {
        let columns_before: f64 = (0..*column).map(|_| one + GAP).sum();
        put(element, "left", columns_before);
        put(element, "top", *top);
    }
    places.len()
}

/// Gives a card the columns it needs to be no taller than the screen, at most all but one: in each
/// width it is tried as it is, then drawn closer.
fn fit(element: &HtmlElement, tall: f64, columns: usize, one: f64, height: f64) -> Card {
    let mut card = Card { span: 1, height: tall };
    let tries = (1..columns).flat_map(|span| [(span, false), (span, true)]).skip(1);
    for (span, dense) in tries {
        if card.height <= height {
            break;
        }
        widen(element, span, one);
        mark(element, "dense", dense);
        card = Card { span, height: f64::from(element.offset_height()) };
    }
    // More than a screen: its lines are scrolled.
    mark(element, "tall", card.height > height);
    card.height = card.height.min(height);
    card
}

/// Gives or takes a class.
fn mark(element: &HtmlElement, class: &str, on: bool) {
    // Only a class with a space in it is refused.
    element.class_list().toggle_with_force(class, on).ok();
}

fn widen(element: &HtmlElement, span: usize, one: f64) {
    let width: f64 = (0..span).map(|_| one + GAP).sum::<f64>() - GAP;
    put(element, "width", width);
    element.set_attribute("data-span", &span.to_string()).ok();
}

fn put(element: &HtmlElement, property: &str, pixels: f64) {
    // Only a property that may not be set is refused, and these may.
    element.style().set_property(property, &format!("{pixels:.1}px")).ok();
}

#[cfg(test)]
mod tests {
    use super::{Card, Place, place};

    fn card(span: usize, height: f64) -> Card {
        Card { span, height }
    }

    fn at(column: usize, top: f64) -> Place {
        Place { column, top }
    }

    #[test]
    fn the_next_card_lies_under_the_shortest() {
        let cards = [card(1, 100.0), card(1, 300.0), card(1, 200.0), card(1, 100.0), card(1, 50.0)];
        let places = place(&cards, 3, 400.0);
        let expected = [at(0, 0.0), at(1, 0.0), at(2, 0.0), at(0, 112.0), at(2, 212.0)];
        assert_eq!(places, expected);
    }

    #[test]
    fn none_overtakes_one_that_does_not_fit() {
        let cards = [card(1, 300.0), card(1, 300.0), card(1, 200.0), card(1, 50.0)];
        assert_eq!(place(&cards, 2, 400.0).len(), 2);
    }

    #[test]
    fn a_large_card_takes_the_columns_it_needs() {
        let cards = [card(1, 100.0), card(2, 400.0), card(1, 100.0)];
        assert_eq!(place(&cards, 3, 400.0), [at(0, 0.0), at(1, 0.0), at(0, 112.0)]);
    }
}
