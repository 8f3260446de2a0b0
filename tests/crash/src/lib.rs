//! Kills a till with -9 at seeded instants, and looks for what it had shown as done.
//!
//! [`Till`] is the program without a window, started and killed from outside; [`Shown`] what it
//! answered as done; [`check()`] opens its file afterwards and says what is missing, torn, doubled or
//! numbered twice. The window's own kills use the same [`check()`].
#![warn(missing_docs)]

mod check;
mod open;
mod play;
mod program;

pub use check::{Books, check};
pub use open::workstation;
pub use play::{Kill, Play};
pub use program::{Answered, Asked, Till};

use domain::id::OrderId;
use fiscal::Money;
use pos_api::Reply;

/// What a till has shown as done, over all its runs.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Orders that were opened, and their labels.
    pub orders: Vec<(OrderId, String)>,
    /// Tickets, with their orders and totals.
    pub tickets: Vec<Paid>,
    /// Print jobs that were queued, and the ticket of each.
    pub queued: Vec<(i64, String)>,
    /// Receipts that were asked for, answered or not.
    pub asked: Vec<String>,
}

/// A sale that was shown as paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Its order.
    pub order: OrderId,
    /// Its ticket's number.
    pub ticket: String,
    /// What it came to.
    pub total: Money,
}

impl Shown {
    /// Takes note of an answer. `ticket` is the one whose receipt was asked for, if one was.
    pub fn hear(&mut self, reply: &Reply, ticket: Option<&str>) {
        match reply {
            Reply::Order { order, label } => self.orders.push((*order, label.clone())),
            Reply::Paid(paid) => {
                self.orders.push((paid.order, paid.label.clone()));
                let (order, ticket, total) = (paid.order, paid.ticket.clone(), paid.total);
                self.tickets.push(Paid { order, ticket, total });
            }
            Reply::Queued { job } => {
                if let Some(ticket) = ticket {
                    self.queued.push((*job, ticket.to_owned()));
                }
            }
            Reply::Done
            | Reply::Session(_)
            | Reply::Basket(_)
            | Reply::Corrected { .. }
            | Reply::Closing(_)
            | Reply::File { .. }
            | Reply::Link { .. }
            | Reply::Verified { .. }
            | Reply::Purged { .. } => {}
        }
    }
}
