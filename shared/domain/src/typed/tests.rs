use super::{CodeOf, Echo, MAX_QUANTITY, Meaning, ProblemKind, Span, When, read};
use crate::configured::ConfigurationRefused;
use crate::samples::{catalogue, stamp};
use crate::stock::{Availability, Item, LeftSet, Move};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::vat::Mode;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::format;

fn echo(typed: &str) -> Echo {
    read(typed, None, &catalogue(), &Availability::default())
}

/// With the cursor where `|` stands.
fn typing(typed: &str) -> Echo {
    let cursor = typed.find('|').unwrap();
    read(&typed.replace('|', ""), Some(cursor), &catalogue(), &Availability::default())
}

/// What was understood, in a line.
fn slip(echo: &Echo) -> String {
    let mut slip = String::new();
    for it in &echo.items {
        let parts: Vec<_> = it.configured.parts.iter().map(|it| it.product.as_str()).collect();
        write!(slip, "{} {}", it.quantity, parts.join("/")).unwrap();
        if let Some(size) = &it.configured.size {
            write!(slip, " {size}").unwrap();
        }
        for change in &it.configured.changes {
            write!(slip, " {:?} {}", change.amount, change.ingredient).unwrap();
            if let Some(on) = change.on {
                write!(slip, " on {on}").unwrap();
            }
        }
        for choice in &it.configured.choices {
            write!(slip, " {}={}", choice.group, choice.option).unwrap();
        }
        match &it.made {
            Ok(made) => write!(slip, " {}; ", made.sum.price.cents()).unwrap(),
            Err(why) => write!(slip, " ({why}); ").unwrap(),
        }
    }
    match echo.when {
        Some(When::At { hour, minute }) => write!(slip, "at {hour}:{minute:02}; ").unwrap(),
        Some(When::InMinutes(minutes)) => write!(slip, "in {minutes}; ").unwrap(),
        None => {}
    }
    if let Some(mode) = echo.mode {
        write!(slip, "{mode:?}; ").unwrap();
    }
    for it in &echo.problems {
        let nearest: Vec<_> = it.nearest.iter().map(|it| it.code.as_str()).collect();
        let (span, nearest) = (it.span, nearest.join(" "));
        write!(slip, "{:?} {}..{} [{nearest}]; ", it.kind, span.start, span.end).unwrap();
    }
    slip.trim_end_matches("; ").into()
}

#[test]
fn the_order_of_the_specification_is_understood() {
    let typed = "REI G; MAR/4FR S -BAS +OEU; 19h30";
    let echo = echo(typed);
    assert_eq!(slip(&echo), "1 REI G 1550; 1 MAR/4FR S None BAS Normal OEU 1325; at 19:30");
    assert!(echo.is_ready());
    let json = serde_json::to_vec(&echo).unwrap();
    assert_eq!(serde_json::from_slice::<Echo>(&json).unwrap(), echo);
    // With Enter, 27 keys before the time.
    assert_eq!(typed.find("; 19h30"), Some(26));
}

#[test]
fn each_word_says_what_the_language_has_it_say() {
    for (typed, meant) in [
        ("", ""),
        (" ; ;\n", ""),
        ("rei", "1 REI S 1150"),
        ("réi m", "1 REI S 1150"),
        ("coc", "1 COC 250"),
        ("COC x3", "3 COC 250"),
        ("3x COC", "3 COC 250"),
        ("3 COC", "3 COC 250"),
        ("COC 3*", "3 COC 250"),
        ("MAR/REI/4FR P", "1 MAR/REI/4FR P 990"),
        ("MAR/MAR/MAR/4FR G", "1 MAR/MAR/MAR/4FR G 1590"),
        ("MAR -BAS", "1 MAR S None BAS 1000"),
        ("MAR −BAS", "1 MAR S None BAS 1000"),
        ("MAR ~moz", "1 MAR S Light MOZ 1000"),
        ("MAR ++MOZ", "1 MAR S Extra MOZ 1150"),
        ("MAR +MOZ", "1 MAR S Extra MOZ 1150"),
        ("MAR +œu", "1 MAR S Normal OEU 1100"),
        ("MAR +œuf", "1 MAR S 1000; UnknownIngredient 4..9 [OEU]"),
        ("MAR/REI -BAS:1", "1 MAR/REI S None BAS on 0 1150"),
        ("MAR/REI +JAM", "1 MAR/REI S Normal JAM 1240"),
        ("MAR/REI +JAM:2", "1 MAR/REI S Extra JAM on 1 1240"),
        ("CAL =noix G", "1 CAL G CUISSON=NOIX 1501"),
        ("MAR G; REI\nCOC", "1 MAR G 1300; 1 REI S 1150; 1 COC 250"),
        ("MAR EMP", "1 MAR S 1000; TakeAway"),
        ("liv; +20", "in 20; Delivery"),
        ("Pla 9:05", "at 9:05; OnSite"),
        ("19H", "at 19:00"),
        ("0h00", "at 0:00"),
    ] {
        assert_eq!(slip(&echo(typed)), meant, "{typed}");
    }
}

#[test]
fn what_is_not_understood_is_pointed_at() {
    for (typed, meant) in [
        ("MRA", "UnknownProduct 0..3 [MAR]"),
        ("REINE", "UnknownProduct 0..5 [REI]"),
        ("fromages", "UnknownProduct 0..8 [4FR]"),
        ("xyzzy", "UnknownProduct 0..5 []"),
        ("MAR/XXX", "1 MAR S 1000; UnknownProduct 4..7 []"),
        ("MAR/", "1 MAR S 1000; UnknownProduct 4..4 [4FR CAL COC MAR]"),
        ("MAR/MAR/MAR/MAR/REI", "1 MAR/MAR/MAR/MAR S 1000; TooManyParts 0..19 []"),
        // Only what is in it can be taken off.
        ("MAR -MOS", "1 MAR S 1000; UnknownIngredient 4..8 [MOZ]"),
        ("REI -BSA", "1 REI S 1150; UnknownIngredient 4..8 []"),
        ("CAL =CIUT", "1 CAL S (CAL: choose at least 1 of CUISSON); UnknownOption 4..9 [CUIT]"),
        ("MAR -BAS:2", "1 MAR S 1000; NoSuchPart 4..10 []"),
        ("MAR -BAS:x", "1 MAR S 1000; NoSuchPart 4..10 []"),
        ("G 2", "NoProduct 0..1 []"),
        ("MAR; -BAS", "1 MAR S 1000; NoProduct 5..9 []"),
        ("MAR REI", "1 MAR S 1000; SecondProduct 4..7 []"),
        ("MAR G P", "1 MAR G 1300; SecondSize 6..7 []"),
        ("2 MAR 3", "2 MAR S 1000; SecondQuantity 6..7 []"),
        ("19h 20h", "at 19:00; SecondWhen 4..7 []"),
        ("EMP LIV", "Delivery; SecondMode 4..7 []"),
        ("24h", "ImpossibleWhen 0..3 []"),
        ("19h60", "ImpossibleWhen 0..5 []"),
        ("19h3", "ImpossibleWhen 0..4 []"),
        ("+0", "ImpossibleWhen 0..2 []"),
        ("+99999999", "ImpossibleWhen 0..9 []"),
        ("0 MAR", "1 MAR S 1000; ImpossibleQuantity 0..1 []"),
        ("100 MAR", "1 MAR S 1000; ImpossibleQuantity 0..3 []"),
        ("COC S", "1 COC S (COC is not sold in that size)"),
        ("MAR -JAM", "1 MAR S None JAM (JAM is not in it)"),
        ("MAR -BAS +BAS", "1 MAR S None BAS Extra BAS (two changes of BAS on one part)"),
    ] {
        let echo = echo(typed);
        assert_eq!(slip(&echo), meant, "{typed}");
        assert!(!echo.is_ready(), "{typed}");
    }
}

#[test]
fn a_word_being_typed_is_not_complained_of_yet() {
    for (typed, meant) in [
        ("MA|", "Unfinished 0..2 [MAR]"),
        ("R|; MAR", "1 MAR S 1000; Unfinished 0..1 [REI]"),
        ("REI G; MAR/4|", "1 REI G 1550; 1 MAR S 1000; Unfinished 11..12 [4FR]"),
        ("MAR -|", "1 MAR S 1000; Unfinished 4..5 [BAS MOZ TOM]"),
        ("MAR +champ|", "1 MAR S 1000; UnknownIngredient 4..10 []"),
        ("MAR +jambo|", "1 MAR S 1000; Unfinished 4..10 [JAM]"),
        ("19h3|", "Unfinished 0..4 []"),
        ("19:|", "Unfinished 0..3 []"),
        ("2 |", "Unfinished 0..1 []"),
        ("XQ|", "UnknownProduct 0..2 []"),
        ("MA REI|", "1 REI S 1150; UnknownProduct 0..2 [MAR]"),
    ] {
        let echo = typing(typed);
        assert_eq!(slip(&echo), meant, "{typed}");
        assert!(!echo.is_ready(), "{typed}");
    }
}

#[test]
fn words_are_told_apart_for_the_screen() {
    let echo = echo("2 mar/rei G -bas +œuf EMP; xx 19h");
    let words: Vec<_> = echo.words.iter().map(|it| (it.span.start, it.meaning)).collect();
    assert_eq!(
        words,
        [
            (0, Meaning::Quantity),
            (2, Meaning::Product),
            (10, Meaning::Size),
            (12, Meaning::Change),
            (17, Meaning::Change),
            (23, Meaning::Mode),
            (28, Meaning::Unknown),
            (31, Meaning::When),
        ]
    );
    // The item ends before the mode, which is the whole order's.
    assert_eq!(echo.items[0].span, Span { start: 0, end: 22 });
    assert_eq!(echo.mode, Some(Mode::TakeAway));
    assert_eq!(echo.problems[0].nearest[0].of, CodeOf::Ingredient);
}

#[test]
fn what_has_run_out_is_echoed_with_the_reason() {
    let item = Item::Ingredient("BAS".into());
    let said = Move::Said(LeftSet { item: item.clone(), left: Some(0) });
    let out = Availability::fold([(stamp(1), said)]);
    let echo = read("MAR", None, &catalogue(), &out);
    assert_eq!(echo.items[0].made, Err(ConfigurationRefused::RanOut(item)));
    assert!(!echo.is_ready());
    assert!(read("MAR -BAS", None, &catalogue(), &out).is_ready());
}

#[test]
fn a_product_of_one_size_needs_none_typed() {
    let mut menu = catalogue();
    if let crate::catalogue::Base::Sized { prices, .. } = &mut menu.products[3].base {
        prices.retain(|size, _| size.as_str() == "G");
    }
    assert_eq!(menu.products[3].code.as_str(), "MAR");
    let echo = read("mar", None, &menu, &Availability::default());
    assert_eq!(slip(&echo), "1 MAR G 1300");
}

/// Words of the language, near misses, and rubbish.
fn any_word() -> impl Strategy<Value = String> {
    let words = vec![
        "MAR",
        "REI/4FR",
        "COC",
        "CAL",
        "S",
        "g",
        "-BAS",
        "+OEU:2",
        "~MOZ",
        "++",
        "-",
        "=CUIT",
        "=",
        "/",
        "MAR/",
        "//",
        ":",
        "x",
        "2x",
        "19h",
        "h",
        "19:99",
        "+20",
        "+",
        "EMP",
        ";",
        "\n",
        "é",
        "œ",
        "−",
        "MRA",
        "\u{301}",
        "+:",
        "99999999999999999999",
    ];
    prop_oneof![
        4 => proptest::sample::select(words).prop_map(Into::into),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn nothing_typed_is_too_much(
        words in proptest::collection::vec(any_word(), 0..8),
        cursor in proptest::option::of(0_usize..80),
        separator in proptest::sample::select(&[" ", "", ";"]),
    ) {
        let typed = words.join(separator);
        let echo = read(&typed, cursor, &catalogue(), &Availability::default());
        let spans = echo.words.iter().map(|it| it.span)
            .chain(echo.items.iter().map(|it| it.span))
            .chain(echo.problems.iter().map(|it| it.span));
        for span in spans {
            prop_assert!(typed.get(span.start..span.end).is_some(), "{span:?} of {typed:?}");
        }
        for it in &echo.items {
            prop_assert!((1..=MAX_QUANTITY).contains(&it.quantity));
        }
    }

    #[test]
    fn case_makes_no_difference(words in proptest::collection::vec(any_word(), 0..8)) {
        let typed = words.join(" ").to_ascii_uppercase();
        let lower = typed.to_ascii_lowercase();
        prop_assert_eq!(slip(&echo(&typed)), slip(&echo(&lower)));
    }

    #[test]
    fn an_order_cut_anywhere_says_what_is_understood_so_far(end in 0_usize..34) {
        let typed = "REI G; MAR/4FR S -BAS +OEU; 19h30";
        let end = end.min(typed.len());
        let echo = typing(&format!("{}|", &typed[..end]));
        prop_assert!(echo.problems.iter().all(|it| it.kind == ProblemKind::Unfinished), "{echo:?}");
    }
}
