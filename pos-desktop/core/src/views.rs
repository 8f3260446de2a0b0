//! From what is stored to what screens are told.

use crate::clock::Zone;
use crate::deals::{self, Deals};
use crate::store::orders::Loaded;
use crate::store::{StoreError, basket, cards, early, journals, orders, publications, settings};
use domain::card::Card;
use domain::catalogue::{Catalogue, Unit};
use domain::configured::{Configured, MadePart, Quantity};
use domain::formule::Deal;
use domain::id::{CustomerId, OrderId};
use domain::kitchen::{Alert, Docket, DocketLine, State};
use domain::order::{DiscountReason, Order};
use domain::shop::Shop;
use domain::stock::Availability;
use fiscal::Money;
use fiscal::ticket::{Document, Operation};
use fiscal::vat::Mode;
use journal::BlobHash;
use journal::mutant::{self, Mutant};
use pos_api::{
    Attention, BasketLine, BasketView, ChangeView, CustomerView, DealView, KitchenCard,
    KitchenLine, KitchenView, LineStage, OrderCard, OrderStage, PartView, PriceView, words,
};
use rusqlite::Transaction;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a finished order stays on the board.
const FINISHED_SHOWN_MS: i64 = 10 * 60_000;
/// How long an order may stay unseen in the kitchen before the counter is told.
const UNSEEN_ALERT_MS: i64 = 30_000;
/// How far ahead dough is counted.
const DOUGH_AHEAD_MS: i64 = 30 * 60_000;

/// What views are made with: the file's snapshot, the shop, the time.
pub(crate) struct Desk<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) zone: &'a Zone,
    pub(crate) now_ms: i64,
    pub(crate) menus: &'a mut Menus,
}

/// Menus by name, decoded once each.
#[derive(Debug, Default)]
pub(crate) struct Menus(BTreeMap<BlobHash, Arc<Catalogue>>);

impl Menus {
    /// Takes note of a menu that is decoded already.
    pub(crate) fn know(&mut self, hash: BlobHash, menu: Arc<Catalogue>) {
        self.0.insert(hash, menu);
    }

    /// The menu of a name; `None` while it is not here.
    pub(crate) fn get(
        &mut self,
        tx: &Transaction<'_>,
        hash: BlobHash,
    ) -> Result<Option<Arc<Catalogue>>, StoreError> {
        if let Some(menu) = self.0.get(&hash) {
            return Ok(Some(Arc::clone(menu)));
        }
        let menu = publications::menu(tx, hash)?.map(Arc::new);
        if let Some(menu) = &menu {
            self.0.insert(hash, Arc::clone(menu));
        }
        Ok(menu)
    }

    /// The menu in force.
    pub(crate) fn in_force(
        &mut self,
        tx: &Transaction<'_>,
    ) -> Result<Option<(BlobHash, Arc<Catalogue>)>, StoreError> {
        let Some(hash) = publications::menu_hash(tx)? else {
            return Ok(None);
        };
        Ok(self.get(tx, hash)?.map(|menu| (hash, menu)))
    }
}

impl Desk<'_> {
    /// The order being taken.
    pub(crate) fn basket(&mut self) -> Result<BasketView, StoreError> {
        let kept = basket::load(self.tx)?;
        let resumed = kept.order.map(|id| orders::load(self.tx, id)).transpose()?;
        let order = resumed.as_ref().map(|loaded| &loaded.order);
        let menu = self.menu_of(resumed.as_ref())?;
        let deals = menu
            .as_ref()
            .map(|menu| Deals::of(menu, kept.mode, order, &kept.lines))
            .unwrap_or_default();
        let mut lines = Vec::new();
        let mut settled = Money::ZERO;
        if let Some(order) = order {
            for it in order.live_lines() {
                let mut line = order_line(it);
                if order.was_settled(it.line.id) {
                    settled += it.net_total();
                } else if deals::is_free(it) {
                    take_off(&mut line, deals.off.get(&it.line.id));
                }
                lines.push(line);
            }
        }
        if let Some(menu) = &menu {
            lines.extend(kept.lines.iter().map(|line| {
                let mut view = basket_line(line, menu);
                if line.discount.is_none() {
                    take_off(&mut view, deals.off.get(&line.id));
                }
                view
            }));
        }
        let goods: Money = lines.iter().map(|line| line.total - line.discount).sum();
        let fee = self.fee(order, kept.mode, goods)?;
        if order.is_some_and(Order::was_fee_settled) {
            settled += fee;
        }
        let label = match resumed.as_ref().and_then(|loaded| loaded.order.label()) {
            Some(label) => label.to_owned(),
            None => self.next_label()?,
        };
        Ok(BasketView {
            order: kept.order,
            label,
            mode: kept.mode,
            promise: kept.promise_ms.map(|at_ms| self.zone.hour_minute(at_ms)),
            customer: kept.customer.map(|customer| CustomerView {
                id: customer.id,
                name: customer.name,
                phone: customer.phone,
                address: customer.address,
            }),
            deals: deals.found.iter().map(deal).collect(),
            discount_total: lines.iter().map(|line| line.discount).sum(),
            fee,
            total: goods + fee,
            due: goods + fee - settled,
            lines,
        })
    }

    /// What delivering would cost: an order whose fee a ticket settled keeps it.
    fn fee(&self, order: Option<&Order>, mode: Mode, goods: Money) -> Result<Money, StoreError> {
        if let Some(order) = order.filter(|order| order.was_fee_settled()) {
            return Ok(order.fee());
        }
        let shop = publications::shop(self.tx)?;
        Ok(match (mode, shop) {
            (Mode::Delivery, Some(shop)) => shop.delivery_fee_for(goods),
            (Mode::OnSite | Mode::TakeAway | Mode::Delivery, _) => Money::ZERO,
        })
    }

    /// The menu an order keeps, or the one in force.
    pub(crate) fn menu_of(
        &mut self,
        order: Option<&Loaded>,
    ) -> Result<Option<Arc<Catalogue>>, StoreError> {
        let kept = order.and_then(|loaded| loaded.order.opening()).map(|it| it.said.menu);
        match kept {
            Some(hash) => self.menus.get(self.tx, hash),
            None => Ok(self.menus.in_force(self.tx)?.map(|(_, menu)| menu)),
        }
    }

    /// The menu that the order being taken is sold under: one that was resumed keeps its own.
    pub(crate) fn basket_menu(&mut self) -> Result<Option<Arc<Catalogue>>, StoreError> {
        let kept = basket::load(self.tx)?;
        let resumed = kept.order.map(|id| orders::load(self.tx, id)).transpose()?;
        self.menu_of(resumed.as_ref())
    }

    /// What the next order will be called: "C1-042".
    fn next_label(&self) -> Result<String, StoreError> {
        let label = settings::identity(self.tx)?.map_or_else(String::new, |it| it.label);
        let shop = publications::shop(self.tx)?;
        let cut_hour = shop.map_or(fiscal::time::DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
        let day = self.zone.moment(self.now_ms).business_date(cut_hour);
        let label = settings::order_prefix(self.tx, &label)?;
        Ok(order_label(&label, settings::next_order_number(self.tx, day)?))
    }

    /// Every open order, and those finished in the last minutes, by the time they are wanted.
    pub(crate) fn orders(&mut self) -> Result<Vec<OrderCard>, StoreError> {
        let shop = publications::shop(self.tx)?;
        let labels = self.labels()?;
        let mut ids = orders::open(self.tx)?;
        let finished_since_ms = self.now_ms.saturating_sub(FINISHED_SHOWN_MS);
        ids.extend(orders::finished_since(self.tx, finished_since_ms)?);
        let mut cards = Vec::with_capacity(ids.len());
        for id in ids {
            let loaded = orders::load(self.tx, id)?;
            let changed_ms = loaded.changed_ms.unwrap_or(0);
            if loaded.order.is_finished() && changed_ms < finished_since_ms {
                // Open for the kitchen alone.
                continue;
            }
            if let Some(card) = self.order_card(&loaded, shop.as_ref(), &labels)? {
                cards.push((wanted_ms(&loaded, shop.as_ref()), card));
            }
        }
        cards.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.label.cmp(&other.label)));
        Ok(cards.into_iter().map(|(_, card)| card).collect())
    }

    /// One order; `None` where nobody opened it here.
    pub(crate) fn order(&mut self, id: OrderId) -> Result<Option<OrderCard>, StoreError> {
        let shop = publications::shop(self.tx)?;
        let labels = self.labels()?;
        let loaded = orders::load(self.tx, id)?;
        self.order_card(&loaded, shop.as_ref(), &labels)
    }

    fn labels(&self) -> Result<BTreeMap<journal::JournalId, String>, StoreError> {
        let held = journals::all(self.tx)?;
        let held = held.into_iter().map(|held| (held.tip.journal, held.workstation));
        Ok(early::labels(self.tx)?.into_iter().chain(held).collect())
    }

    fn order_card(
        &self,
        loaded: &Loaded,
        shop: Option<&Shop>,
        labels: &BTreeMap<journal::JournalId, String>,
    ) -> Result<Option<OrderCard>, StoreError> {
        let order = &loaded.order;
        let Some(opening) = order.opening() else {
            return Ok(None);
        };
        let customer = order.customer().map(|id| customer(self.tx, id)).transpose()?.flatten();
        let (customer, phone) =
            customer.map_or_else(Default::default, |view| (view.name, view.phone));
        let stage = self.stage(loaded, shop);
        let wanted_ms = wanted_ms(loaded, shop);
        let docket = loaded.docket.as_ref();
        let unseen = docket.filter(|it| !it.is_seen());
        let lead_ms = shop.map_or(0, Shop::lead_ms);
        Ok(Some(OrderCard {
            order: order.id(),
            label: opening.said.label.clone(),
            mode: order.mode().unwrap_or(opening.said.mode),
            stage,
            promise: self.zone.hour_minute(wanted_ms),
            promised: order.promise_ms().is_some(),
            minutes_left: minutes(wanted_ms - self.now_ms),
            customer,
            phone,
            lines: order.live_lines().map(order_line).collect(),
            due: order.due(),
            total: order.total(),
            fee: order.fee(),
            tickets: sales(loaded),
            credited: loaded.is_credited(),
            note_due: fiscal::copy::note_due(
                order.mode().unwrap_or(opening.said.mode),
                order.due(),
            ),
            seen: docket.is_some_and(Docket::is_seen),
            unseen_alert: stage == OrderStage::Kitchen
                && unseen.is_some_and(|docket| self.is_unseen_too_long(docket, lead_ms)),
            possible_double: order.possible_doubles().next().is_some(),
            taken_by: labels.get(&opening.at.journal).cloned().unwrap_or_default(),
        }))
    }

    /// Whether lines have been due in the kitchen for half a minute and no screen there shows them.
    fn is_unseen_too_long(&self, docket: &Docket, lead_ms: i64) -> bool {
        let due_ms = docket.promise_ms.map_or(i64::MIN, |at_ms| at_ms - lead_ms);
        let unseen = docket.lines.iter().filter(|it| !it.seen);
        let since_ms = unseen.map(|it| it.sent_ms.max(due_ms)).min();
        since_ms.is_some_and(|since_ms| UNSEEN_ALERT_MS <= self.now_ms - since_ms)
    }

    fn stage(&self, loaded: &Loaded, shop: Option<&Shop>) -> OrderStage {
        let order = &loaded.order;
        if order.cancelled().is_some() {
            return OrderStage::Cancelled;
        }
        if order.handed_over().is_some() {
            return OrderStage::HandedOver;
        }
        let unsent = order.live_lines().any(|it| it.line.made_in_kitchen && it.sent.is_none());
        if order.is_held() || unsent {
            return OrderStage::Held;
        }
        let Some(docket) = &loaded.docket else {
            return OrderStage::Ready;
        };
        if docket.lines.iter().all(|it| it.state == State::Ready || is_cancelled(it)) {
            OrderStage::Ready
        } else if docket.is_due(self.now_ms, shop.map_or(0, Shop::lead_ms)) {
            OrderStage::Kitchen
        } else {
            OrderStage::Upcoming
        }
    }

    /// The kitchen's queue.
    pub(crate) fn kitchen(&mut self, can_undo: bool) -> Result<KitchenView, StoreError> {
        let shop = publications::shop(self.tx)?;
        let (lead_ms, preparation_ms) =
            shop.as_ref().map_or((0, 0), |shop| (shop.lead_ms(), shop.preparation_ms()));
        let mut menus = BTreeMap::new();
        let mut dockets = Vec::new();
        for id in orders::open(self.tx)? {
            let loaded = orders::load(self.tx, id)?;
            let gone = loaded.order.handed_over().is_some();
            // The order's own menu may never have come here. What is to be made must be shown all the
            // same, under the names of today's.
            let menu = match self.menu_of(Some(&loaded))? {
                Some(menu) => Some(menu),
                None => self.menu_of(None)?,
            };
            if let (Some(menu), Some(docket)) = (menu, loaded.docket)
                && !gone
                && !docket.is_done()
            {
                menus.insert(docket.order, menu);
                if mutant::is(Mutant::KitchenTwice)
                    && let Some(opening) = loaded.order.opening()
                    && 1 < journals::find(self.tx, opening.at.journal)?.len()
                {
                    dockets.push(docket.clone());
                }
                dockets.push(docket);
            }
        }
        domain::kitchen::queue(&mut dockets, preparation_ms);
        let dough = self.dough(&dockets, preparation_ms)?;
        // It is at least as late as when the last line was sent, whatever the clock of this PC says.
        let sent = dockets.iter().flat_map(|it| &it.lines).map(|it| it.sent_ms);
        let now_ms = sent.max().map_or(self.now_ms, |sent_ms| sent_ms.max(self.now_ms));
        let (due, later): (Vec<_>, Vec<_>) =
            dockets.into_iter().partition(|it| it.is_due(now_ms, lead_ms));
        let mut upcoming: BTreeMap<i64, u32> = BTreeMap::new();
        for docket in &later {
            let pizzas = docket.lines.iter().map(|it| u32::from(it.line.quantity)).sum::<u32>();
            *upcoming.entry(docket.wanted_ms(preparation_ms)).or_default() += pizzas;
        }
        Ok(KitchenView {
            cards: due
                .iter()
                .map(|docket| self.kitchen_card(docket, &menus[&docket.order], preparation_ms))
                .collect(),
            dough,
            upcoming: upcoming
                .into_iter()
                .map(|(at_ms, pizzas)| (self.zone.hour_minute(at_ms), pizzas))
                .collect(),
            clock: self.zone.hour_minute(self.now_ms),
            can_undo,
        })
    }

    fn dough(
        &mut self,
        dockets: &[Docket],
        preparation_ms: i64,
    ) -> Result<Vec<(String, u32)>, StoreError> {
        let until_ms = self.now_ms + DOUGH_AHEAD_MS;
        let balls = domain::kitchen::dough_balls(dockets, until_ms, preparation_ms);
        let Some((_, menu)) = self.menus.in_force(self.tx)? else {
            return Ok(Vec::new());
        };
        let count = |size: &domain::catalogue::Size| {
            (size.name.clone(), balls.get(&size.code).copied().unwrap_or(0))
        };
        Ok(menu.sizes.iter().map(count).collect())
    }

    fn kitchen_card(&self, docket: &Docket, menu: &Catalogue, preparation_ms: i64) -> KitchenCard {
        let wanted_ms = docket.wanted_ms(preparation_ms);
        KitchenCard {
            order: docket.order,
            label: docket.label.clone(),
            mode: docket.mode,
            promise: self.zone.hour_minute(wanted_ms),
            minutes_left: minutes(wanted_ms - self.now_ms),
            lines: docket.lines.iter().map(|line| kitchen_line(line, menu)).collect(),
            seen: docket.is_seen(),
        }
    }
}

fn is_cancelled(line: &DocketLine) -> bool {
    line.alert == Some(Alert::Cancelled)
}

/// When an order is wanted: as promised, or after the usual preparation.
fn wanted_ms(loaded: &Loaded, shop: Option<&Shop>) -> i64 {
    let opened_ms = loaded.order.opening().map_or(0, |it| it.at.wall_ms);
    loaded.order.promise_ms().unwrap_or(opened_ms + shop.map_or(0, Shop::preparation_ms))
}

/// Whole minutes, towards zero; a clock that is years off stays in range.
fn minutes(ms: i64) -> i32 {
    i32::try_from(ms / 60_000).unwrap_or(if ms < 0 { i32::MIN } else { i32::MAX })
}

/// "C1-042".
pub(crate) fn order_label(workstation: &str, number: u64) -> String {
    format!("{workstation}-{number:03}")
}

/// A line of an order, frozen as it was asked for.
fn order_line(it: &domain::order::OrderLine) -> BasketLine {
    BasketLine {
        line: it.line.id,
        quantity: u32::from(it.line.quantity),
        label: it.line.name.clone(),
        details: it.line.details.clone(),
        unit: it.line.unit_price,
        total: it.line.total(),
        discount: it.discount(),
        discount_reason: it.discount.as_ref().map(|(_, it)| words::discount(&it.reason)),
        item: it.line.configured.clone(),
        frozen: true,
    }
}

fn basket_line(line: &basket::Line, menu: &Catalogue) -> BasketLine {
    let quantity = u32::from(line.quantity);
    let unit = price(&line.item, menu).unit.unwrap_or(Money::ZERO);
    BasketLine {
        line: line.id,
        quantity,
        label: words::label(&line.item, menu),
        details: words::details(&line.item, menu),
        unit,
        total: unit.times(quantity),
        discount: line.discount.as_ref().map_or(Money::ZERO, |it| it.amount),
        discount_reason: line.discount.as_ref().map(|it| words::discount(&it.reason)),
        item: line.item.clone(),
        frozen: false,
    }
}

/// What formules take off a line that nothing was taken off by hand.
fn take_off(line: &mut BasketLine, off: Option<&(Money, DiscountReason)>) {
    line.discount = off.map_or(Money::ZERO, |(amount, _)| *amount);
    line.discount_reason = off.map(|(_, reason)| words::discount(reason));
}

fn deal(deal: &Deal) -> DealView {
    let mut lines: Vec<_> = deal.units.iter().map(|unit| unit.line).collect();
    lines.sort_unstable();
    lines.dedup();
    DealView {
        name: deal.name.clone(),
        price: deal.price,
        saving: deal.separate_price() - deal.price,
        lines,
    }
}

/// The numbers of the tickets that sold something of an order.
fn sales(loaded: &Loaded) -> Vec<String> {
    let sold = |it: &&Document| match it.operation {
        Operation::Sale => true,
        Operation::CreditNote | Operation::PaymentCorrection => false,
    };
    loaded.documents.iter().filter(sold).map(|it| it.ticket_no.clone()).collect()
}

/// What a configuration is called and costs.
pub(crate) fn price(item: &Configured, menu: &Catalogue) -> PriceView {
    let made = item.sell(menu, &Availability::default());
    let allergens = made.as_ref().map(|made| made.sum.allergens).unwrap_or_default();
    PriceView {
        label: words::label(item, menu),
        details: words::details(item, menu),
        unit: made.as_ref().ok().map(|made| made.sum.price),
        refused: made.err(),
        allergens,
    }
}

/// A customer as told to screens; `None` where the card is not here or was erased.
pub(crate) fn customer(
    tx: &Transaction<'_>,
    id: CustomerId,
) -> Result<Option<CustomerView>, StoreError> {
    Ok(cards::find(tx, id)?.as_ref().and_then(customer_view))
}

/// A card as told to screens.
pub(crate) fn customer_view(card: &Card) -> Option<CustomerView> {
    if card.erased.is_some() {
        return None;
    }
    let text = |field: &Option<domain::card::Field<String>>| {
        field.as_ref().map_or_else(String::new, |field| field.value.clone())
    };
    let address = card.addresses.as_ref().and_then(|field| field.value.first());
    Some(CustomerView {
        id: Some(card.id),
        name: text(&card.name),
        phone: text(&card.phone),
        address: address.map_or_else(String::new, |address| {
            let town = format!("{} {}", address.postcode, address.city);
            [address.street.as_str(), town.trim(), address.access.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        }),
    })
}

/// A line to make: its recipe in whole grams, and what differs from it.
fn kitchen_line(it: &DocketLine, menu: &Catalogue) -> KitchenLine {
    let item = &it.line.configured;
    let made = item.make(menu).ok();
    let parts = made.as_ref().map_or_else(Vec::new, |made| {
        made.parts.iter().map(|part| part_view(part, menu)).collect()
    });
    let changes = made.as_ref().map_or_else(Vec::new, |made| changes(&made.parts, item, menu));
    let rival = !it.rivals.is_empty() && it.state == State::Waiting;
    KitchenLine {
        line: it.line.id,
        quantity: u32::from(it.line.quantity),
        size: item
            .size
            .as_ref()
            .and_then(|size| menu.size(size))
            .map_or_else(String::new, |size| size.name.clone()),
        parts,
        changes,
        stage: match it.state {
            State::Waiting => LineStage::Waiting,
            State::Started => LineStage::Started,
            State::Ready => LineStage::Ready,
        },
        by: it.by.as_ref().map_or_else(String::new, ToString::to_string),
        attention: match it.alert {
            Some(Alert::Added) => Some(Attention::Added),
            Some(Alert::Changed) => Some(Attention::Changed),
            Some(Alert::Cancelled) => Some(Attention::Cancelled),
            None if rival => Some(Attention::ClaimLost),
            None => None,
        },
        allergens: made.map(|made| made.sum.allergens).unwrap_or_default(),
    }
}

fn part_view(part: &MadePart, menu: &Catalogue) -> PartView {
    PartView {
        name: menu
            .product(&part.product)
            .map_or_else(|| part.product.to_string(), |product| product.name.clone()),
        share: part.share.fraction(),
        recipe: part
            .uses
            .iter()
            .filter(|it| it.change.is_none() && !it.added)
            .map(|it| named_amount(&it.ingredient, it.quantity, menu))
            .collect(),
    }
}

/// An ingredient's name and how much of it: grams, or pieces, said in the name.
fn named_amount(
    code: &domain::id::IngredientCode,
    quantity: Quantity,
    menu: &Catalogue,
) -> (String, u32) {
    let amount = whole(quantity);
    match menu.ingredient(code) {
        None => (code.to_string(), amount),
        Some(ingredient) => match ingredient.unit {
            Unit::Gram => (ingredient.name.clone(), amount),
            Unit::Piece => (words::counted(&ingredient.name), amount),
        },
    }
}

/// Whole grams or pieces.
fn whole(quantity: Quantity) -> u32 {
    u32::try_from(quantity.rounded()).unwrap_or(u32::MAX)
}

/// What differs from the recipes, part by part; said once where it concerns all of it.
fn changes(parts: &[MadePart], item: &Configured, menu: &Catalogue) -> Vec<ChangeView> {
    let mut changes = item.changes.clone();
    changes.sort_by_key(|change| (change.amount, change.on));
    changes
        .iter()
        .map(|change| {
            let concerned = parts
                .iter()
                .enumerate()
                .filter(|(index, _)| change.on.is_none_or(|on| usize::from(on) == *index));
            let uses = concerned
                .flat_map(|(_, part)| &part.uses)
                .filter(|it| it.ingredient == change.ingredient);
            // Rounded once: half an egg on each half is one egg.
            let (mut quantity, mut added) = (Quantity::ZERO, false);
            for it in uses {
                quantity = quantity.plus(it.quantity);
                added |= it.added;
            }
            ChangeView {
                name: menu
                    .ingredient(&change.ingredient)
                    .map_or_else(|| change.ingredient.to_string(), |it| it.name.clone()),
                amount: change.amount,
                added,
                grams: whole(quantity),
                part: change.on.filter(|_| parts.len() > 1),
            }
        })
        .collect()
}

/// Whether a mode needs to know whom the order is for.
pub(crate) fn needs_customer(mode: Mode) -> bool {
    match mode {
        Mode::Delivery => true,
        Mode::OnSite | Mode::TakeAway => false,
    }
}
