//! A drawn pizza, in its parts.

use leptos::{either::Either, prelude::*};

/// A share of the whole: (1, 2) is a half.
pub(crate) type Share = (u8, u8);

/// Where a part lies: degrees clockwise from 12 o'clock, from and to. The first part ends at
/// 12 o'clock, so that of two halves the first is the left one.
pub(crate) fn angles(shares: &[Share]) -> Vec<(f64, f64)> {
    let degrees = |(part, of): Share| 360.0 * f64::from(part) / f64::from(of.max(1));
    let mut from = shares.first().map_or(0.0, |first| -degrees(*first));
    let mut all = Vec::with_capacity(shares.len());
    for share in shares {
        let to = from + degrees(*share);
        all.push((from, to));
        from = to;
    }
    all
}

/// The point at an angle and a distance from the middle of a 100 by 100 drawing.
fn point(angle: f64, distance: f64) -> (f64, f64) {
    let radians = angle.to_radians();
    (50.0 + distance * radians.sin(), 50.0 - distance * radians.cos())
}

/// The outline of a part: a slice, or the whole disc.
pub(crate) fn slice((from, to): (f64, f64)) -> String {
    const RADIUS: f64 = 46.0;
    if to - from >= 359.9 {
        return "M50 4 A46 46 0 1 1 49.99 4 Z".to_owned();
    }
    let ((x, y), (end_x, end_y)) = (point(from, RADIUS), point(to, RADIUS));
    let large = u8::from(to - from > 180.0);
    format!("M50 50 L{x:.2} {y:.2} A{RADIUS} {RADIUS} 0 {large} 1 {end_x:.2} {end_y:.2} Z")
}

/// Where a part's label stands.
pub(crate) fn label_at((from, to): (f64, f64)) -> (f64, f64) {
    if to - from >= 359.9 { (50.0, 50.0) } else { point(f64::midpoint(from, to), 27.0) }
}

/// A pizza with nothing to press: which parts there are, and which of them is meant.
#[component]
pub(crate) fn PizzaPicture(
    /// The parts, with what is written on them.
    parts: Vec<(Share, String)>,
    /// The part that is meant, if one is.
    #[prop(optional_no_strip)]
    meant: Option<usize>,
) -> impl IntoView {
    let shares: Vec<_> = parts.iter().map(|(share, _)| *share).collect();
    let slices: Vec<_> = angles(&shares).into_iter().zip(parts).enumerate().collect();
    view! {
        <svg class="pizza" viewBox="0 0 100 100" aria-hidden="true">
            {slices
                .into_iter()
                .map(|(index, (angles, (_, label)))| {
                    let (x, y) = label_at(angles);
                    view! {
                        <path
                            d=slice(angles)
                            class=format!("slice slice-{index}")
                            class:meant=meant == Some(index)
                        />
                        {if label.is_empty() {
                            Either::Left(())
                        } else {
                            Either::Right(view! { <text x=x y=y>{label}</text> })
                        }}
                    }
                })
                .collect_view()}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::{angles, label_at, slice};

    #[test]
    fn of_two_halves_the_first_is_the_left_one() {
        let halves = angles(&[(1, 2), (1, 2)]);
        assert_eq!(halves, [(-180.0, 0.0), (0.0, 180.0)]);
        assert!(label_at(halves[0]).0 < 50.0 && label_at(halves[1]).0 > 50.0);
    }

    #[test]
    fn a_whole_pizza_is_a_disc() {
        assert!(slice(angles(&[(1, 1)])[0]).contains("A46 46 0 1 1"));
        assert!(slice(angles(&[(3, 4), (1, 4)])[0]).contains(" 0 1 1 "));
    }
}
