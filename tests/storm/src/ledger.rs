//! What the tills have shown as done, and what nobody was told of.

use domain::id::OrderId;
use std::collections::{BTreeMap, BTreeSet};

/// What a till has shown.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Tickets by number: what each came to, in cents.
    pub tickets: BTreeMap<String, i64>,
    /// Orders.
    pub orders: BTreeSet<OrderId>,
    /// Payments that were asked for and not answered: it ended before. Each is a ticket, or is not.
    pub unknown_tickets: usize,
    /// The same of orders.
    pub unknown_orders: usize,
    /// Commands that were refused, by what was said.
    pub refused: BTreeMap<String, u64>,
}

impl Book {
    /// Takes note of a sale that was shown as paid.
    pub fn paid(&mut self, ticket: String, cents: i64, order: OrderId) {
        self.tickets.insert(ticket, cents);
        self.orders.insert(order);
    }

    /// What the file held is known from now on, all of it.
    pub fn settle(&mut self, tickets: BTreeMap<String, i64>) {
        self.tickets = tickets;
        self.unknown_tickets = 0;
    }
}
