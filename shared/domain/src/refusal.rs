//! How a refusal is written down: one small enum a decision.

/// Declares a refusal enum, whose variants stand in the order in which they are returned.
macro_rules! refusal {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $(($field:ty))?,)+ }) => {
        $(#[$doc])*
        ///
        /// Where several hold, the first in this order is returned.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize,
            thiserror::Error,
        )]
        pub enum $name {
            $($(#[$variant_doc])* $variant $(($field))?,)+
        }
    };
}

pub(crate) use refusal;
