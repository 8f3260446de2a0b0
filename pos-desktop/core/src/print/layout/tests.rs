use super::*;
use proptest::prelude::*;

fn lines(items: Vec<Item>, columns: Columns) -> Vec<String> {
    let paper = Paper { columns, page: Page::Windows1252 };
    let printed = lay_out(&Document::new(items), paper);
    let text = printed.into_iter().filter_map(|it| match it {
        Printed::Line { text, .. } => Some(text),
        Printed::Qr { .. } | Printed::Feed { .. } | Printed::Cut | Printed::Drawer => None,
    });
    text.collect()
}

#[test]
fn a_long_name_goes_on_under_itself_and_the_amount_stays_on_its_first_line() {
    let row = Item::Row {
        label: "2 x Margherita di bufala campana DOP, pâte épaisse".to_owned(),
        amount: "31,80".to_owned(),
        style: Style::PLAIN,
        indent: 0,
        hang: 4,
    };
    assert_eq!(
        lines(vec![row], Columns::C32),
        ["2 x Margherita di bufala   31,80", "    campana DOP, pâte", "    épaisse",]
    );
}

#[test]
fn no_line_ends_beside_a_space_that_belongs_to_a_sign() {
    let text = Item::text("une pizza bien « garnie » et bien chaude ! 12,50 €");
    assert_eq!(
        lines(vec![text], Columns::C32),
        ["une pizza bien « garnie » et", "bien chaude ! 12,50 €"]
    );
    let text = Item::text("abcdefghijklmnopqrstuvwx 1\u{202f}234,50 €");
    assert_eq!(lines(vec![text], Columns::C32), ["abcdefghijklmnopqrstuvwx", "1 234,50 €"]);
}

#[test]
fn a_word_longer_than_the_paper_is_cut() {
    assert_eq!(wrap("ab abcdefgh cd", 4, 3), ["ab", "abc", "def", "gh", "cd"]);
    assert_eq!(wrap("abcdefgh", 4, 3), ["abcd", "efg", "h"]);
    assert_eq!(wrap("", 4, 3), [""]);
}

#[test]
fn a_table_too_wide_for_the_paper_gets_a_line_a_cell() {
    let row = |total: &str| Item::Cells {
        cells: ["5,5 %", "1 000,00", "55,00", total].map(str::to_owned).to_vec(),
    };
    assert_eq!(lines(vec![row("1 055,00")], Columns::C32), ["5,5 % 1 000,00    55,00 1 055,00"]);
    let apart = ["5,5 %", "1 000,00", "55,00", "1 000 055,00"];
    assert_eq!(lines(vec![row("1 000 055,00")], Columns::C32), apart);
}

#[test]
fn an_amount_as_wide_as_the_paper_goes_below_its_label() {
    let row = Item::row("Total", "123 456 789 012 345 678 901,00");
    let expected = ["Total", "123 456 789 012 345 678 901,00"];
    assert_eq!(lines(vec![row], Columns::C32), expected);
}

fn item() -> impl Strategy<Value = Item> {
    let size = prop_oneof![
        Just(super::super::document::Size::Normal),
        Just(super::super::document::Size::Tall),
        Just(super::super::document::Size::Large)
    ];
    let style = size.prop_map(|size| Style { size, ..Style::PLAIN });
    let text = prop_oneof!["[a-zéœ€ \u{202f}\u{1b}]{0,120}", "\\PC{0,60}"];
    prop_oneof![
        (text.clone(), style.clone(), any::<u8>()).prop_map(|(text, style, indent)| Item::Text {
            text,
            align: Align::Left,
            style,
            indent
        }),
        (text.clone(), text.clone(), style, any::<u8>(), any::<u8>()).prop_map(
            |(label, amount, style, indent, hang)| Item::Row { indent, label, amount, style, hang }
        ),
        proptest::collection::vec(text, 1..6).prop_map(|cells| Item::Cells { cells }),
    ]
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_paper(item in item(), page in prop_oneof![Just(Page::Windows1252), Just(Page::Cp858)]) {
        let document = Document::new(vec![item]);
        for columns in [Columns::C32, Columns::C42, Columns::C48] {
            for printed in lay_out(&document, Paper { columns, page }) {
                let Printed::Line { text, style, .. } = printed else { continue };
                prop_assert!(width(&text) * usize::from(style.size.width()) <= columns.count(), "{text:?}");
                prop_assert_eq!(page.printable(&text), text);
            }
        }
    }
}
