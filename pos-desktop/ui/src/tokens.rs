//! The contrast of what is shown together, checked on `static/tokens.css` itself (WCAG 2.2, 1.4.3
//! and 1.4.11; in the kitchen 7:1, because it is read at two metres).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../static/tokens.css");

/// Text on ground, and the least ratio.
const TEXT: &[(&str, &str, f64)] = &[
    ("ink", "ground", 4.5),
    ("ink", "panel", 4.5),
    ("ink", "chosen", 4.5),
    ("quiet", "ground", 4.5),
    ("quiet", "panel", 4.5),
    ("quiet", "chosen", 4.5),
    ("action", "ground", 4.5),
    ("action", "panel", 4.5),
    ("action", "chosen", 4.5),
    ("action-ink", "action", 4.5),
    ("danger", "ground", 4.5),
    ("danger", "panel", 4.5),
    ("danger", "danger-ground", 4.5),
    ("danger-ink", "danger", 4.5),
    ("care", "care-ground", 4.5),
    ("care", "panel", 4.5),
    ("care", "ground", 4.5),
    ("care", "chosen", 4.5),
    ("danger", "chosen", 4.5),
    ("info", "info-ground", 4.5),
    ("ink", "care-ground", 4.5),
    ("ink", "info-ground", 4.5),
    ("kitchen-ink", "kitchen-ground", 7.0),
    ("kitchen-ink", "kitchen-card", 7.0),
    ("kitchen-quiet", "kitchen-ground", 7.0),
    ("kitchen-quiet", "kitchen-card", 7.0),
    ("kitchen-late", "kitchen-card", 7.0),
    ("kitchen-late", "kitchen-ground", 7.0),
    ("kitchen-care", "kitchen-card", 7.0),
    ("kitchen-care", "kitchen-ground", 7.0),
    ("kitchen-go", "kitchen-card", 7.0),
    ("kitchen-go", "kitchen-ground", 7.0),
    ("kitchen-dark", "kitchen-ink", 7.0),
    ("kitchen-dark", "kitchen-late", 7.0),
    ("kitchen-dark", "kitchen-care", 7.0),
    ("kitchen-dark", "kitchen-go", 7.0),
];

/// Edges that mean something, on what they stand on: 3:1.
const EDGES: &[(&str, &str)] = &[
    ("edge", "ground"),
    ("edge", "panel"),
    ("action", "ground"),
    ("action", "panel"),
    ("danger", "ground"),
    ("care", "care-ground"),
    ("care", "ground"),
    ("info", "ground"),
    ("kitchen-edge", "kitchen-ground"),
    ("kitchen-edge", "kitchen-card"),
];

#[test]
fn what_is_read_stands_out() {
    let tokens = tokens();
    for (text, ground, least) in TEXT {
        let ratio = contrast(&tokens, text, ground);
        assert!(ratio >= *least, "{text} on {ground}: {ratio:.2}, not {least}");
    }
}

#[test]
fn what_is_pressed_has_an_edge_that_is_seen() {
    let tokens = tokens();
    for (edge, ground) in EDGES {
        let ratio = contrast(&tokens, edge, ground);
        assert!(ratio >= 3.0, "{edge} on {ground}: {ratio:.2}, not 3");
    }
}

#[test]
fn what_is_pressed_is_large_enough() {
    let pixels = |name: &str| {
        let line = TOKENS.lines().find(|it| it.trim().starts_with(name)).unwrap();
        line.split(['\u{20}', ';', 'p']).find_map(|it| it.parse::<u16>().ok()).unwrap()
    };
    assert!(pixels("--target:") >= 48);
    assert!(pixels("--target-kitchen:") >= 56);
}

fn contrast(tokens: &BTreeMap<&str, [f64; 3]>, one: &str, other: &str) -> f64 {
    let [one, other] = [one, other].map(|it| luminance(tokens[it]));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance of an sRGB colour (WCAG 2.2).
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] =
        colour.map(|it| if it <= 0.040_45 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Every colour of the file: name and its three channels, 0 to 1.
fn tokens() -> BTreeMap<&'static str, [f64; 3]> {
    let colour = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let channel = |at| u8::from_str_radix(value.get(at..at + 2)?, 16).ok();
        let channels = [channel(0)?, channel(2)?, channel(4)?];
        Some((name, channels.map(|it| f64::from(it) / 255.0)))
    };
    TOKENS.lines().filter_map(colour).collect()
}
