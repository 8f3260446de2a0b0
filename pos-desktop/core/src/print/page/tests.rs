use super::*;

#[test]
fn french_is_printed_as_written_in_1252() {
    let french = "À Âge Çà é è ê ë î ï ô œuf ŒUF ù û ü ÿ Ÿ « guillemets » l’œuf – 12,50 € n° ½ ×";
    let page = Page::Windows1252;
    assert_eq!(page.printable(french), french);
    assert_eq!(page.bytes("œ€Ÿ’–é"), [0x9C, 0x80, 0x9F, 0x92, 0x96, 0xE9]);
}

#[test]
fn cp858_keeps_its_accents_and_spells_out_what_it_lacks() {
    let page = Page::Cp858;
    assert_eq!(page.printable("Pâté d’œuf – 12,50 €…"), "Pâté d'oeuf - 12,50 €...");
    // The four places where the crate's table is wrong.
    assert_eq!(page.bytes("-Ô®¿Ò€"), [0x2D, 0xE2, 0xA9, 0xA8, 0xE3, 0xD5]);
}

#[test]
fn spaces_are_spaces_and_what_shows_nothing_is_left_out() {
    let page = Page::Windows1252;
    assert_eq!(page.printable("1\u{202f}234,50\u{a0}€"), "1\u{a0}234,50\u{a0}€");
    assert_eq!(page.bytes("1\u{a0}€"), [b'1', b' ', 0x80]);
    assert_eq!(page.printable("a\tb\nc\u{200b}d\u{ad}e\u{fe0f}"), "a b cde");
}

#[test]
fn accents_written_apart_are_put_on_their_letter() {
    let apart = "cre\u{300}me bru\u{302}le\u{301}e, franc\u{327}ais, x\u{301}";
    assert_eq!(Page::Windows1252.printable(apart), "crème brûlée, français, x");
}

#[test]
fn no_text_can_give_the_printer_a_command() {
    for page in [Page::Windows1252, Page::Cp858] {
        let commands: String = ('\0'..='\u{ff}').collect();
        let bytes = page.bytes(&page.printable(&commands));
        assert!(bytes.iter().all(|&byte| byte >= 0x20 && byte != 0x7F), "{bytes:02X?}");
        let raw = page.bytes("\u{1b}p\0\n");
        assert_eq!(raw, b"?p??", "even where printable() was forgotten");
    }
}

#[test]
fn what_cannot_be_printed_is_a_question_mark() {
    assert_eq!(Page::Windows1252.printable("🍕 → 披萨 ≥ łosoś"), "? -> ?? >= losos");
}

#[test]
fn what_is_printable_is_printable_already() {
    for page in [Page::Windows1252, Page::Cp858] {
        for letter in ('\0'..'\u{3000}').chain('\u{1f300}'..'\u{1f900}') {
            let once = page.printable(&letter.to_string());
            assert_eq!(page.printable(&once), once, "{letter:?}");
            assert_eq!(page.bytes(&once).len(), once.chars().count(), "{letter:?}");
        }
    }
}
