//! Words compared as people mean them: without case and accents.

use alloc::string::String;

/// Capital letters without accents: "Œuf" and "oeuf" both become "OEUF". What has no Latin
/// spelling is kept as it is.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().filter(|it| !matches!(it, '\u{300}'..='\u{36f}')) {
        match plain(letter) {
            Some(plain) => folded.push_str(plain),
            None => folded.extend(letter.to_uppercase()),
        }
    }
    folded
}

/// The digits of a phone number as it is dialled in France: "+33 6 12 …" and "06 12 …" both
/// become "0612…".
#[must_use]
pub fn phone_digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let international = text.trim_start().starts_with('+') || digits.starts_with("00");
    if international {
        let digits = digits.strip_prefix("00").unwrap_or(&digits);
        if let Some(national) = digits.strip_prefix("33") {
            let national = national.strip_prefix('0').unwrap_or(national);
            return ["0", national].concat();
        }
    }
    digits
}

fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' => "A",
        'æ' | 'Æ' => "AE",
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => "C",
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "D",
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' | 'ė' | 'Ė' | 'ę' | 'Ę' | 'ě' | 'Ě' => "E",
        'ğ' | 'Ğ' => "G",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'Į' | 'ı' | 'İ' => "I",
        'ł' | 'Ł' => "L",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' => "N",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' => "O",
        'œ' | 'Œ' => "OE",
        'ř' | 'Ř' => "R",
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => "S",
        'ß' | 'ẞ' => "SS",
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => "T",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' => "U",
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => "Y",
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "Z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{fold, phone_digits};

    #[test]
    fn case_and_accents_make_no_difference() {
        for (written, meant) in
            [("Œuf", "OEUF"), ("épicé", "EPICE"), ("e\u{301}pice\u{301}", "EPICE"), ("4fr", "4FR")]
        {
            assert_eq!(fold(written), meant);
        }
    }

    #[test]
    fn a_french_number_is_the_same_from_abroad() {
        for written in
            ["06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78"]
        {
            assert_eq!(phone_digits(written), "0612345678");
        }
        assert_eq!(phone_digits("+32 470 12 34 56"), "32470123456");
    }
}
