//! The characters a printer has, and what to print for the others.
//!
//! All text goes through [`Page::printable`] before it is laid out and through [`Page::bytes`]
//! before it reaches the crate `escpos`: its own tables are wrong for CP858, and what it does not
//! find it sends as raw UTF-8 (docs/upstream).

/// A printer's table for the bytes from 0x80 up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Windows 1252, `ESC t 16`: all of French.
    #[default]
    Windows1252,
    /// Code page 858, `ESC t 19`: for printers without 1252. It lacks œ, Œ, Ÿ and the typographic
    /// quotes and dashes.
    Cp858,
}

/// 0x80 to 0x9F; U+FFFD where Windows 1252 has nothing. From 0xA0 up it is Unicode's first page.
const WINDOWS_1252: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

/// 0x80 to 0xFE; 0xFF is a no-break space, which is printed as a space.
const CP858: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»",
    "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀",
    "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■",
);

/// What stands in for a character no table has, nor anything like it.
const STAND_IN: char = '?';

impl Page {
    /// `text` in characters this page has, one byte each: nothing a printer would take for a
    /// command, nothing it would print as something else.
    ///
    /// Spaces of all kinds become a space, or U+00A0 where a line may not break: it prints as one.
    /// Accents written apart are put on their letter; what the
    /// page lacks becomes what is nearest (œ "oe", → "->"), or "?".
    #[must_use]
    pub fn printable(self, text: &str) -> String {
        let mut printable = String::with_capacity(text.len());
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let accented = letters.peek().and_then(|&accent| with_accent(letter, accent));
            if accented.is_some() {
                letters.next();
            }
            self.push(&mut printable, accented.unwrap_or(letter));
        }
        printable
    }

    fn push(self, printable: &mut String, letter: char) {
        if self.byte(letter).is_some() {
            printable.push(letter);
            return;
        }
        match plainer(letter) {
            Some(plainer) => plainer.chars().for_each(|letter| match self.byte(letter) {
                Some(_) => printable.push(letter),
                None => printable.push(STAND_IN),
            }),
            None => printable.push(STAND_IN),
        }
    }

    /// The bytes of a text made by [`Self::printable`]. Any other character is a "?".
    #[must_use]
    pub fn bytes(self, printable: &str) -> Vec<u8> {
        let stand_in = u8::try_from(STAND_IN).expect("it is ASCII");
        printable.chars().map(|letter| self.byte(letter).unwrap_or(stand_in)).collect()
    }

    /// The byte this page prints `letter` for.
    fn byte(self, letter: char) -> Option<u8> {
        match (self, letter) {
            (_, ' '..='~') => u8::try_from(letter).ok(),
            // The pages have it, and some printers a sign in its place.
            (_, '\u{a0}') => Some(b' '),
            // A soft hyphen is for those who wrap otherwise than we do.
            (_, '\0'..='\u{9f}' | '\u{ad}' | '\u{fffd}') => None,
            (Self::Windows1252, '\u{a1}'..='\u{ff}') => u8::try_from(letter).ok(),
            (Self::Windows1252, _) => position(WINDOWS_1252, letter),
            (Self::Cp858, _) => position(CP858, letter),
        }
    }
}

/// The byte of `letter` in a table that begins at 0x80.
fn position(table: &str, letter: char) -> Option<u8> {
    let place = table.chars().position(|it| it == letter)?;
    u8::try_from(0x80 + place).ok()
}

/// A letter and the combining accent after it, in one: files and names typed on a Mac come so.
fn with_accent(letter: char, accent: char) -> Option<char> {
    let (letters, accented) = match accent {
        '\u{300}' => ("AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
        '\u{301}' => ("AEIOUYaeiouy", "ÁÉÍÓÚÝáéíóúý"),
        '\u{302}' => ("AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
        '\u{303}' => ("ANOano", "ÃÑÕãñõ"),
        '\u{308}' => ("AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
        '\u{30a}' => ("Aa", "Åå"),
        '\u{327}' => ("Cc", "Çç"),
        _ => return None,
    };
    let place = letters.chars().position(|it| it == letter)?;
    accented.chars().nth(place)
}

/// What to print for a character where the page lacks it. Empty: nothing.
fn plainer(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{2007}' | '\u{202f}' => "\u{a0}",
        '\t'
        | '\n'
        | '\r'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{205f}'
        | '\u{3000}' => " ",
        // Control characters would be commands to the printer; the rest shows nothing by itself.
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => "",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '‘' | '’' | '‚' | '‛' | 'ʼ' | '′' | '´' => "'",
        '“' | '”' | '„' | '‟' | '″' => "\"",
        '‹' => "<",
        '›' => ">",
        '…' => "...",
        '•' | '‣' | '▪' | '●' | '∙' => "·",
        '→' | '➔' | '⇒' => "->",
        '←' | '⇐' => "<-",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '⁄' | '∕' => "/",
        '™' => "TM",
        '№' => "n°",
        '‰' => "o/oo",
        '℃' => "°C",
        '✓' | '✔' => "v",
        '✗' | '✘' => "x",
        'œ' => "oe",
        'Œ' => "OE",
        'Ÿ' => "Y",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ß' => "ss",
        _ => return unaccented(letter),
    })
}

/// The letters of neighbouring languages, by their base letter.
fn unaccented(letter: char) -> Option<&'static str> {
    Some(match letter {
        'Ā' | 'Ă' | 'Ą' => "A",
        'ā' | 'ă' | 'ą' => "a",
        'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ď' | 'Đ' => "D",
        'ď' | 'đ' => "d",
        'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
        'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'Ī' | 'Į' | 'İ' => "I",
        'ī' | 'į' | 'ı' => "i",
        'Ł' | 'Ľ' | 'Ĺ' => "L",
        'ł' | 'ľ' | 'ĺ' => "l",
        'Ń' | 'Ň' | 'Ņ' => "N",
        'ń' | 'ň' | 'ņ' => "n",
        'Ō' | 'Ő' => "O",
        'ō' | 'ő' => "o",
        'Ř' | 'Ŕ' => "R",
        'ř' | 'ŕ' => "r",
        'Ś' | 'Ş' | 'Š' | 'Ș' => "S",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'ť' | 'ţ' | 'ț' => "t",
        'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
        'ū' | 'ů' | 'ű' | 'ų' => "u",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
