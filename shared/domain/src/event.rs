//! Every kind of entry that is this crate's: its number, how long it is kept, its bytes.
//!
//! | numbers | whose |
//! |---|---|
//! | 64–95 | an order's |
//! | 96–127 | the kitchen's |
//! | 128–159 | the centre's publications |
//! | 160–191 | staff |
//! | 192–223 | stock |
//! | 224–255 | what the workstations of a shop settle among themselves |
//!
//! A body is the deterministic CBOR array of its struct's numbered fields. A layout may only ever
//! gain optional fields at its end, so an older program reads a newer body; anything else is a new
//! `kind_version`, which an older program keeps and folds when an update knows it.

use crate::{kitchen, mesh, order, publication, staff, stock};
use alloc::vec::Vec;
use journal::{Draft, Keep, Kind, SubjectId};
use serde::{Deserialize, Serialize};

/// The layout of every body that this program writes.
pub const KIND_VERSION: u8 = 1;

/// A body that is not what its kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not one of kind {0}")]
pub struct BrokenBody(pub Kind);

/// Anything that an entry of this crate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Something happened to an order, which is the entry's subject.
    Order(order::Event),
    /// The kitchen did something with an order, which is the entry's subject.
    Kitchen(kitchen::Event),
    /// The centre said something. Without subject.
    Publication(publication::Event),
    /// Somebody came or went. Without subject.
    Staff(staff::Event),
    /// Somebody said how much there is left of something. Without subject.
    LeftSet(stock::LeftSet),
    /// Workstations settled something. Without subject.
    Mesh(mesh::Event),
}

macro_rules! kinds {
    ($($number:literal $constant:ident $keep:ident $doc:literal $($variant:ident)::+ : $body:path;)+) => {
        /// The numbers of the kinds.
        pub mod kind {
            use journal::Kind;
            $(
                #[doc = $doc]
                pub const $constant: Kind = Kind($number);
            )+
            /// All of them.
            pub const ALL: &[Kind] = &[$($constant),+];
        }

        impl Event {
            /// The kind of entry it stands in.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self {
                    $(kinds!(@pattern _it $($variant)::+) => kind::$constant,)+
                }
            }

            /// How long the entry's body is kept.
            #[must_use]
            pub const fn keep(&self) -> Keep {
                match self {
                    $(kinds!(@pattern _it $($variant)::+) => Keep::$keep,)+
                }
            }

            /// The body's bytes.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(kinds!(@pattern it $($variant)::+) => minicbor::to_vec(it),)+
                }
                .expect("memory takes any body")
            }

            /// Reads a body. `None` where the kind is not this crate's, or where its layout is
            /// newer than this program: the entry is then kept as it is.
            ///
            /// # Errors
            ///
            /// [`BrokenBody`] where the bytes are not a body of that kind, or go on after it.
            pub fn decode(
                kind: Kind,
                kind_version: u8,
                body: &[u8],
            ) -> Result<Option<Self>, BrokenBody> {
                if kind_version > KIND_VERSION {
                    return Ok(None);
                }
                match kind {
                    $(kind::$constant => read::<$body>(kind, body)
                        .map(|it| Some(kinds!(@pattern it $($variant)::+))),)+
                    _ => Ok(None),
                }
            }
        }
    };
    (@pattern $it:ident $outer:ident) => { Event::$outer($it) };
    (@pattern $it:ident $outer:ident :: $inner:ident) => {
        Event::$outer(module::$outer::$inner($it))
    };
}

/// The enums within [`Event`], by the variant that holds them.
mod module {
    pub(super) use crate::kitchen::Event as Kitchen;
    pub(super) use crate::mesh::Event as Mesh;
    pub(super) use crate::order::Event as Order;
    pub(super) use crate::publication::Event as Publication;
    pub(super) use crate::staff::Event as Staff;
}

kinds! {
    64 OPENED Trace "[`order::Opened`](crate::order::Opened)" Order::Opened: order::Opened;
    65 LINES_ADDED Trace "[`order::LinesAdded`](crate::order::LinesAdded)"
        Order::LinesAdded: order::LinesAdded;
    66 LINE_CANCELLED Trace "[`order::LineCancelled`](crate::order::LineCancelled)"
        Order::LineCancelled: order::LineCancelled;
    67 MODE_SET Trace "[`order::ModeSet`](crate::order::ModeSet)" Order::ModeSet: order::ModeSet;
    68 PROMISE_SET Trace "[`order::PromiseSet`](crate::order::PromiseSet)"
        Order::PromiseSet: order::PromiseSet;
    69 CUSTOMER_NAMED Trace "[`order::CustomerNamed`](crate::order::CustomerNamed)"
        Order::CustomerNamed: order::CustomerNamed;
    70 HELD Trace "[`order::Held`](crate::order::Held)" Order::Held: order::Held;
    71 RESUMED Trace "[`order::Resumed`](crate::order::Resumed)" Order::Resumed: order::Resumed;
    72 SENT_TO_KITCHEN Trace "[`order::SentToKitchen`](crate::order::SentToKitchen)"
        Order::SentToKitchen: order::SentToKitchen;
    73 CANCELLED Trace "[`order::Cancelled`](crate::order::Cancelled)"
        Order::Cancelled: order::Cancelled;
    74 HANDED_OVER Trace "[`order::HandedOver`](crate::order::HandedOver)"
        Order::HandedOver: order::HandedOver;
    75 DISCOUNTED Trace "[`order::Discounted`](crate::order::Discounted)"
        Order::Discounted: order::Discounted;
    76 FEE_SET Trace "[`order::FeeSet`](crate::order::FeeSet)" Order::FeeSet: order::FeeSet;
    96 SEEN Operation "[`kitchen::Seen`](crate::kitchen::Seen)" Kitchen::Seen: kitchen::Seen;
    97 CLAIMED Operation "[`kitchen::Claimed`](crate::kitchen::Claimed)"
        Kitchen::Claimed: kitchen::Claimed;
    98 STARTED Operation "[`kitchen::Started`](crate::kitchen::Started)"
        Kitchen::Started: kitchen::Started;
    99 READY Operation "[`kitchen::Ready`](crate::kitchen::Ready)" Kitchen::Ready: kitchen::Ready;
    100 UNDONE Operation "[`kitchen::Undone`](crate::kitchen::Undone)"
        Kitchen::Undone: kitchen::Undone;
    101 ACKNOWLEDGED Operation "[`kitchen::Acknowledged`](crate::kitchen::Acknowledged)"
        Kitchen::Acknowledged: kitchen::Acknowledged;
    128 PUBLISHED Trace "[`publication::Published`](crate::publication::Published)"
        Publication::Published: publication::Published;
    129 WORKSTATION_LISTED Trace
        "[`publication::WorkstationListed`](crate::publication::WorkstationListed)"
        Publication::WorkstationListed: publication::WorkstationListed;
    130 WORKSTATION_REVOKED Trace
        "[`publication::WorkstationRevoked`](crate::publication::WorkstationRevoked)"
        Publication::WorkstationRevoked: publication::WorkstationRevoked;
    160 SIGNED_IN Trace "[`staff::SignedIn`](crate::staff::SignedIn)"
        Staff::SignedIn: staff::SignedIn;
    161 SIGNED_OUT Trace "[`staff::SignedOut`](crate::staff::SignedOut)"
        Staff::SignedOut: staff::SignedOut;
    192 LEFT_SET Operation "[`stock::LeftSet`](crate::stock::LeftSet)" LeftSet: stock::LeftSet;
    224 ROLE_TAKEN Trace "[`mesh::RoleTaken`](crate::mesh::RoleTaken)"
        Mesh::RoleTaken: mesh::RoleTaken;
    225 PAYMENT_ASKED Trace "[`mesh::PaymentAsked`](crate::mesh::PaymentAsked)"
        Mesh::PaymentAsked: mesh::PaymentAsked;
    226 PAYMENT_GRANTED Trace "[`mesh::PaymentGranted`](crate::mesh::PaymentGranted)"
        Mesh::PaymentGranted: mesh::PaymentGranted;
    227 VOUCHED Trace "[`mesh::Vouched`](crate::mesh::Vouched)" Mesh::Vouched: mesh::Vouched;
    228 ENDED Trace "[`mesh::Ended`](crate::mesh::Ended)" Mesh::Ended: mesh::Ended;
    229 DRILL_BEGAN Operation "[`mesh::DrillBegan`](crate::mesh::DrillBegan)"
        Mesh::DrillBegan: mesh::DrillBegan;
    230 DRILL_ENDED Operation "[`mesh::DrillEnded`](crate::mesh::DrillEnded)"
        Mesh::DrillEnded: mesh::DrillEnded;
}

impl Event {
    /// The entry to write about `subject`: an order, for what happens to one.
    #[must_use]
    pub fn to_draft(&self, subject: Option<SubjectId>) -> Draft {
        Draft {
            kind: self.kind(),
            kind_version: KIND_VERSION,
            keep: self.keep(),
            subject,
            body: self.encode(),
        }
    }

    /// What it says of the order that is its entry's subject; `None` where it is about no order.
    #[must_use]
    pub fn into_fact(self) -> Option<order::Fact> {
        match self {
            Self::Order(event) => Some(event.into()),
            Self::Kitchen(event) => Some(event.into()),
            Self::Publication(_) | Self::Staff(_) | Self::LeftSet(_) | Self::Mesh(_) => None,
        }
    }
}

fn read<'b, B: minicbor::Decode<'b, ()>>(kind: Kind, body: &'b [u8]) -> Result<B, BrokenBody> {
    let mut decoder = minicbor::Decoder::new(body);
    let it = decoder.decode().map_err(|_| BrokenBody(kind))?;
    if decoder.position() == body.len() { Ok(it) } else { Err(BrokenBody(kind)) }
}

impl From<order::Event> for Event {
    fn from(event: order::Event) -> Self {
        Self::Order(event)
    }
}

impl From<kitchen::Event> for Event {
    fn from(event: kitchen::Event) -> Self {
        Self::Kitchen(event)
    }
}

impl From<publication::Event> for Event {
    fn from(event: publication::Event) -> Self {
        Self::Publication(event)
    }
}

impl From<staff::Event> for Event {
    fn from(event: staff::Event) -> Self {
        Self::Staff(event)
    }
}

impl From<mesh::Event> for Event {
    fn from(event: mesh::Event) -> Self {
        Self::Mesh(event)
    }
}

impl From<stock::LeftSet> for Event {
    fn from(event: stock::LeftSet) -> Self {
        Self::LeftSet(event)
    }
}

#[cfg(test)]
mod tests;
