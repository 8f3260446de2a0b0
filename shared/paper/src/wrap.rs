//! Text in lines of a given width.

use crate::font::{Fonts, Run, Style};

/// `text` in lines no wider than `width` points: broken at spaces and where the text says so, never
/// at a no-break space. A word that is wider than a line is cut. There is at least one line.
pub(crate) fn wrap(fonts: &Fonts, text: &str, style: Style, width: f32) -> Vec<Run> {
    let mut lines = Vec::new();
    let space = fonts.width(" ", style);
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut filled = 0.0;
        for word in paragraph.split(' ').filter(|it| !it.is_empty()) {
            let wide = fonts.width(word, style);
            if !line.is_empty() && filled + space + wide <= width {
                line.push(' ');
                line.push_str(word);
                filled += space + wide;
                continue;
            }
            if !line.is_empty() {
                lines.push(fonts.run(&line, style));
            }
            if wide <= width {
                (line, filled) = (word.to_owned(), wide);
            } else {
                line = cut(fonts, word, style, width, &mut lines);
                filled = fonts.width(&line, style);
            }
        }
        lines.push(fonts.run(&line, style));
    }
    if lines.is_empty() {
        lines.push(fonts.run("", style));
    }
    lines
}

/// Puts what is too much of `word` into `lines`, and returns the rest, which fits on one. A letter
/// that is itself wider than a line has a line of its own.
fn cut(fonts: &Fonts, word: &str, style: Style, width: f32, lines: &mut Vec<Run>) -> String {
    let mut piece = String::new();
    let mut filled = 0.0;
    for letter in word.chars() {
        let wide = fonts.width(letter.encode_utf8(&mut [0; 4]), style);
        if !piece.is_empty() && filled + wide > width {
            lines.push(fonts.run(&piece, style));
            piece.clear();
            filled = 0.0;
        }
        piece.push(letter);
        filled += wide;
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use crate::font::{Fonts, Style};

    fn lines(text: &str, width: f32) -> Vec<String> {
        wrap(&Fonts::open(), text, Style::BODY, width).into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_where_the_text_says_so() {
        let text = "Une pizza Margherita\net une Reine";
        assert_eq!(lines(text, 60.0), ["Une pizza", "Margherita", "et une Reine"]);
    }

    #[test]
    fn an_amount_is_never_parted_from_its_euro() {
        let text = "Total 1\u{202f}234,50\u{a0}€";
        assert_eq!(lines(text, 55.0), ["Total", "1\u{202f}234,50\u{a0}€"]);
    }

    #[test]
    fn a_word_wider_than_a_line_is_cut_and_nothing_of_it_is_lost() {
        let word = "Donaudampfschifffahrtsgesellschaftskapitän";
        let lines = lines(&format!("Le {word} sonne"), 70.0);
        assert_eq!(lines.concat().replace(' ', ""), format!("Le{word}sonne"));
        let fonts = Fonts::open();
        assert!(lines.iter().all(|it| fonts.width(it, Style::BODY) <= 70.5), "{lines:?}");
    }

    #[test]
    fn a_width_of_nothing_still_ends() {
        assert_eq!(lines("abc", 0.0), ["a", "b", "c"]);
        assert_eq!(lines("", 10.0), [""]);
    }
}
