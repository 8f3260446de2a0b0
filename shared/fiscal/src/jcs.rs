//! Canonical JSON (RFC 8785, JCS) of integers, strings, booleans, null, arrays and objects.
//!
//! `serde_json`'s own text is almost canonical: its escapes are those of RFC 8785 §3.2.2.2. Two
//! things are not left to it. The order of members is by UTF-16 code units, and must not depend on
//! whether some crate of the build turns on `preserve_order`. Numbers are integers that a double
//! holds exactly; a fraction, an exponent or a larger number is refused, so no reader can round.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

/// The greatest integer, either side of 0, that every JSON reader holds exactly: 2⁵³ − 1.
pub const GREATEST: i64 = (1 << 53) - 1;

/// A value that canonical JSON, as this crate uses it, cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A number with a fraction or an exponent, or beyond ±[`GREATEST`].
    #[error("{0} is not an integer within ±(2^53 − 1)")]
    Number(String),
    /// Not a JSON value at all: a map whose keys are no strings, a text that does not parse.
    #[error("not JSON")]
    NotJson,
}

/// The canonical text of `value`.
///
/// # Errors
///
/// [`NotCanonical`] where it holds a number that is not an integer every reader can hold.
pub fn to_string<T: Serialize>(value: &T) -> Result<String, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|_| NotCanonical::NotJson)?;
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(text)
}

/// Reads `text`, which must be canonical to the byte.
///
/// # Errors
///
/// [`NotCanonical`] where it is not JSON, or not the canonical text of what it says: spaces,
/// members out of order or twice, other escapes, numbers that are not integers.
pub fn parse(text: &str) -> Result<Value, NotCanonical> {
    let value: Value = serde_json::from_str(text).map_err(|_| NotCanonical::NotJson)?;
    if to_string(&value)? == text { Ok(value) } else { Err(NotCanonical::NotJson) }
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Value::Number(it) => {
            let number = it.as_i64().filter(|it| it.unsigned_abs() <= GREATEST.unsigned_abs());
            let number = number.ok_or_else(|| NotCanonical::Number(it.to_string()))?;
            text.push_str(&format!("{number}"));
        }
        Value::String(it) => write_string(it, text)?,
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place != 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (place, (key, item)) in members.into_iter().enumerate() {
                if place != 0 {
                    text.push(',');
                }
                write_string(key, text)?;
                text.push(':');
                write(item, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn write_string(string: &str, text: &mut String) -> Result<(), NotCanonical> {
    text.push_str(&serde_json::to_string(string).map_err(|_| NotCanonical::NotJson)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{GREATEST, NotCanonical, parse, to_string};
    use alloc::format;
    use serde_json::{Value, json};

    #[test]
    fn members_are_sorted_by_utf16_code_units() {
        // The order of RFC 8785 §3.2.3: U+1F600 is D83D DE00 in UTF-16, before U+FB33.
        let text = concat!(
            r#"{"\r":"Carriage Return","1":"One","#,
            "\"\u{80}\":\"Control\",\"\u{f6}\":\"o\",\"\u{20ac}\":\"Euro\",",
            "\"\u{1f600}\":\"Grin\",\"\u{fb33}\":\"Dalet\"}",
        );
        let shuffled: Value = serde_json::from_str(concat!(
            "{\"\u{20ac}\":\"Euro\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Dalet\",",
            "\"1\":\"One\",\"\\ud83d\\ude00\":\"Grin\",\"\\u0080\":\"Control\",\"\\u00f6\":\"o\"}",
        ))
        .unwrap();
        assert_eq!(to_string(&shuffled).unwrap(), text);
    }

    #[test]
    fn strings_are_escaped_as_rfc_8785_says() {
        // §3.2.2.2's sample, without its numbers.
        let value =
            json!({"string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/", "literals": [null, true, false]});
        assert_eq!(
            to_string(&value).unwrap(),
            "{\"literals\":[null,true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
        );
        assert_eq!(
            to_string(&"\u{8}\t\n\u{c}\r\u{7f}\u{2028}").unwrap(),
            "\"\\b\\t\\n\\f\\r\u{7f}\u{2028}\""
        );
    }

    #[test]
    fn numbers_that_a_reader_might_round_are_refused() {
        assert_eq!(
            to_string(&[GREATEST, -GREATEST, 0]).unwrap(),
            "[9007199254740991,-9007199254740991,0]"
        );
        for text in ["1.5", "1.0", "1e2", "-0", "9007199254740992", "-9007199254740992", "1e400"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(to_string(&u64::MAX), Err(NotCanonical::Number(format!("{}", u64::MAX))));
    }

    #[test]
    fn only_the_canonical_spelling_is_read() {
        assert!(parse(r#"{"a":1,"b":[true,"é"]}"#).is_ok());
        for text in [
            r#"{"b":1,"a":1}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":"\u00e9"}"#,
            r#"{"a":1} "#,
            "",
            r#"{"a":"#,
        ] {
            assert_eq!(parse(text), Err(NotCanonical::NotJson), "{text}");
        }
    }
}
