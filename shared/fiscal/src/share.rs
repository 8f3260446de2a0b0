//! Splitting an amount so that the parts add up to it, to the cent.

use alloc::vec::Vec;

/// Splits `total` in proportion to `weights`: each part is its exact share rounded down or up, and
/// the parts add up to `total`. What rounding down leaves goes to the parts that lost most; of
/// equals, to the first. A negative total is split as its opposite is.
///
/// Where every weight is 0 they count as equal; where there is none, nothing is split.
///
/// ```
/// assert_eq!(fiscal::share::largest_remainder(100, &[1, 1, 1]), [34, 33, 33]);
/// assert_eq!(fiscal::share::largest_remainder(-100, &[1, 1, 1]), [-34, -33, -33]);
/// ```
///
/// # Panics
///
/// Where `total` is not 0 and there is no weight: then it cannot be split.
#[must_use]
pub fn largest_remainder(total: i64, weights: &[u64]) -> Vec<i64> {
    assert!(total == 0 || !weights.is_empty(), "an amount is split among at least one part");
    let equal = weights.iter().all(|weight| *weight == 0);
    let weights: Vec<i128> =
        weights.iter().map(|weight| if equal { 1 } else { i128::from(*weight) }).collect();
    let sum = weights.iter().fold(0_i128, |sum, weight| sum.saturating_add(*weight)).max(1);
    let size = i128::from(total.unsigned_abs());

    // At most 2^63 times less than 2^64: it fits beside a sign in 128 bits.
    let shares: Vec<(i128, i128)> = weights
        .into_iter()
        .map(|weight| size.saturating_mul(weight))
        .map(|numerator| (numerator.div_euclid(sum), numerator.rem_euclid(sum)))
        .collect();
    round_up_largest(size, &shares)
        .into_iter()
        .map(|part| if total < 0 { part.saturating_neg() } else { part })
        .map(|part| i64::try_from(part).expect("a part is no larger than the total"))
        .collect()
}

/// Rounds `shares`, each a whole part and a remainder over one denominator, so that they add up to
/// `total`: those with the largest remainders are rounded up, of equals the first. The total is at
/// least the sum of the whole parts, and at most one more for each share.
pub(crate) fn round_up_largest(total: i128, shares: &[(i128, i128)]) -> Vec<i128> {
    let mut parts: Vec<i128> = shares.iter().map(|share| share.0).collect();
    let whole = parts.iter().fold(0_i128, |sum, part| sum.saturating_add(*part));
    let up = usize::try_from(total.saturating_sub(whole)).expect("no share is rounded up twice");

    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|place| core::cmp::Reverse(shares[*place].1));
    for place in by_remainder.into_iter().take(up) {
        parts[place] = parts[place].saturating_add(1);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::largest_remainder;

    #[test]
    fn parts_add_up_and_equals_are_served_in_order() {
        for (total, weights, parts) in [
            (0, &[] as &[u64], &[] as &[i64]),
            (0, &[5, 0], &[0, 0]),
            (10, &[0, 0, 0], &[4, 3, 3]),
            (-10, &[0, 0, 0], &[-4, -3, -3]),
            (1, &[1, 1, 2], &[0, 0, 1]),
            // A menu at 15,90 of pizza 12,50, can 2,50 and beer 4,50.
            (1_590, &[1_250, 250, 450], &[1_019, 204, 367]),
            (i64::MIN, &[1], &[i64::MIN]),
            (i64::MAX, &[u64::MAX, u64::MAX], &[i64::MAX / 2 + 1, i64::MAX / 2]),
        ] {
            assert_eq!(largest_remainder(total, weights), parts, "{total} by {weights:?}");
        }
    }

    #[test]
    #[should_panic(expected = "at least one part")]
    fn something_is_not_split_among_nobody() {
        assert!(largest_remainder(1, &[]).is_empty());
    }
}
