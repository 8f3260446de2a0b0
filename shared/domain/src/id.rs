//! Names of things. All are given by the caller: this crate draws nothing at random.

use alloc::string::{String, ToString as _};
use core::borrow::Borrow;
use core::fmt;
use fiscal::vat::Rate;
use journal::SubjectId;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
        )]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $len]);

        impl $name {
            /// Reads hexadecimal digits, as [`fmt::Display`] writes them.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; $len];
                unhex(text, &mut bytes).then_some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::from_hex(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!(
                        stringify!($name), ": not hexadecimal of its length"
                    ))
                })
            }
        }
    };
}

random_id!(
    /// An order. It is also the subject of every entry in the order's life. Hexadecimal in JSON.
    OrderId, 16
);
random_id!(
    /// A line of an order, unique in its order. Hexadecimal in JSON.
    LineId, 8
);
random_id!(
    /// A customer: all that an entry ever holds of a person. Hexadecimal in JSON.
    CustomerId, 16
);

impl LineId {
    /// What the ids of a fee begin with: a line of the menu, drawn at random, has another.
    const FEE: [u8; 6] = *b"\0\0fee:";

    /// The line of a ticket that settles the part at one rate of an order's delivery fee.
    #[must_use]
    pub const fn fee(rate: Rate) -> Self {
        let [a, b, c, d, e, f] = Self::FEE;
        let [high, low] = rate.basis_points().to_be_bytes();
        Self([a, b, c, d, e, f, high, low])
    }

    /// Whether it is a part of a delivery fee, and so no line of the menu.
    #[must_use]
    pub fn is_fee(&self) -> bool {
        self.0.starts_with(&Self::FEE)
    }
}

impl From<OrderId> for SubjectId {
    fn from(order: OrderId) -> Self {
        Self(order.0)
    }
}

impl From<SubjectId> for OrderId {
    fn from(subject: SubjectId) -> Self {
        Self(subject.0)
    }
}

impl From<CustomerId> for SubjectId {
    fn from(customer: CustomerId) -> Self {
        Self(customer.0)
    }
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
            serde::Serialize, serde::Deserialize,
        )]
        #[cbor(transparent)]
        #[serde(transparent)]
        pub struct $name(#[n(0)] String);

        impl $name {
            /// The code's letters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(code.to_string())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

code!(
    /// A product as staff type it: "MAR", "4FR". Capital ASCII letters and digits, 2 to 6 of them.
    ProductCode
);
code!(
    /// An ingredient as staff type it: "BAS". Written like a [`ProductCode`].
    IngredientCode
);
code!(
    /// A size as staff type it: "P", "S", "G".
    SizeCode
);
code!(
    /// A category of the counter's tabs: "TOM".
    CategoryCode
);
code!(
    /// A group of options of which a customer chooses: "CUISSON".
    GroupCode
);
code!(
    /// One option of a group, as staff type it after `=`: "CUIT". Written like a [`ProductCode`].
    OptionCode
);
code!(
    /// A formule: "MIDI". Written like a [`ProductCode`].
    FormuleCode
);
code!(
    /// Somebody who signs in: "LB".
    OperatorCode
);

fn unhex(text: &str, into: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    if Some(digits.len()) != into.len().checked_mul(2) {
        return false;
    }
    for (pair, byte) in digits.chunks_exact(2).zip(into) {
        let digit = |at: usize| pair.get(at).and_then(|it| char::from(*it).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return false;
        };
        *byte = u8::try_from((high << 4) | low).expect("two hexadecimal digits are a byte");
    }
    true
}
