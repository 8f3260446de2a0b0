//! Base64 with the URL alphabet and no padding (RFC 4648 §5): how signatures are written.

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text of 64 bytes: 86 characters.
pub(crate) fn encode(bytes: &[u8; 64]) -> String {
    let mut text = String::with_capacity(86);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        let digits = [bits >> 18, bits >> 12, bits >> 6, bits].map(|it| it & 63);
        for digit in digits.into_iter().take(group.len().saturating_add(1)) {
            text.push(char::from(ALPHABET[usize::try_from(digit).expect("six bits fit")]));
        }
    }
    text
}

/// Reads what [`encode`] wrote, and no other spelling of the same bytes.
pub(crate) fn decode(text: &str) -> Option<[u8; 64]> {
    let mut bytes = [0_u8; 64];
    for (group, into) in text.as_bytes().chunks(4).zip(bytes.chunks_mut(3)) {
        let mut bits = 0_u32;
        for place in 0..4 {
            let digit = match group.get(place) {
                Some(digit) => ALPHABET.iter().position(|it| it == digit)?,
                None => 0,
            };
            bits = (bits << 6) | u32::try_from(digit).expect("six bits fit");
        }
        let [_, high, middle, low] = bits.to_be_bytes();
        for (byte, it) in into.iter_mut().zip([high, middle, low]) {
            *byte = it;
        }
    }
    // One spelling only: the right length, and nothing in the four bits that 64 bytes leave over.
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn known_bytes_have_the_text_that_others_give_them() {
        // python3 -c "import base64; print(base64.urlsafe_b64encode(bytes(range(192, 256))))"
        let bytes: [u8; 64] = core::array::from_fn(|it| 192 + u8::try_from(it).unwrap());
        let text = "wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t_g4eLj5OXm5-jp6uvs7e7v8PHy8_T19vf4-fr7_P3-_w";
        assert_eq!(encode(&bytes), text);
        assert_eq!(decode(text), Some(bytes));
    }

    #[test]
    fn other_spellings_are_refused() {
        let text = encode(&[0; 64]);
        for wrong in ["", "AAAA", &text[..85], &(text.clone() + "A"), &text.replacen('A', "+", 1)] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
        let spare_bits = text[..85].chars().chain(['B']).collect::<alloc::string::String>();
        assert_eq!(decode(&spare_bits), None, "bits that stand for no byte");
    }
}
