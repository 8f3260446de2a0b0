//! The counter: a rail of places, the sale, the board of orders, the settings.

pub(crate) mod basket;
pub(crate) mod cancel;
mod configurator;
mod customer;
mod discount;
mod draft;
mod grid;
pub(crate) mod jobs;
mod order_line;
pub(crate) mod paid;
pub(crate) mod payment;
mod promise;
mod rail;
mod sale;
mod search;
mod tabs;

use crate::{
    keys::{self, Press},
    parts::{approval::ManagerPanel, refusal::Notice, safety_line::SafetyLine},
    screens::{
        day::{Day, Room, Tab},
        orders::Orders,
        settings::Settings,
        shop::Errand,
    },
    sound::{self, Sound},
    words,
    workstation::{Feed, Workstation, match_answer, workstation},
};
use domain::id::{CategoryCode, LineId, OrderId};
use draft::Draft;
use fiscal::{Money, vat::Mode};
use leptos::prelude::*;
use payment::Begun;
use pos_api::{Answer, BasketEdit, Command, EchoView, PaidView, Reply};

/// Which place of the rail is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The sale.
    Sale,
    /// The board of open orders.
    Orders,
    /// The business day, what was sold, the books.
    Day,
    /// This PC's settings.
    Settings,
}

/// What takes the middle of the sale.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Middle {
    /// Categories and tiles.
    Grid,
    /// A product being put together.
    Configure(Draft),
    /// When it is promised.
    Promise,
    /// Whom it is for.
    Customer,
    /// Emptying the basket, or cancelling an order.
    Cancel(Option<OrderId>),
    /// Cancelling a line that the kitchen has.
    CancelLine(OrderId, LineId),
    /// Taking something off: one line, or all of them.
    Discount(Option<LineId>),
    /// Taking money.
    Payment(Due),
    /// What to give back, and the receipt.
    Paid(PaidView),
}

impl Middle {
    /// Whether digits are an amount here, and not for the order line.
    fn takes_digits(&self) -> bool {
        matches!(self, Self::Payment(_) | Self::Discount(_))
    }

    /// Whether it stays beside what is being typed on the order line.
    fn stays_while_typing(&self) -> bool {
        matches!(self, Self::Grid | Self::Configure(_))
    }
}

/// What is being paid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Due {
    /// An open order; `None` for the basket.
    pub(crate) order: Option<OrderId>,
    /// As people call it.
    pub(crate) label: String,
    /// How much.
    pub(crate) due: Money,
}

/// What the counter's parts share.
#[derive(Clone, Copy)]
pub(crate) struct Counter {
    pub(crate) it: Workstation,
    pub(crate) place: RwSignal<Place>,
    pub(crate) middle: RwSignal<Middle>,
    /// What stands on the order line.
    pub(crate) line: RwSignal<String>,
    /// What it means.
    pub(crate) echo: Feed<EchoView>,
    /// The category that was opened last.
    pub(crate) category: RwSignal<Option<CategoryCode>>,
    /// The basket line that keys are about.
    pub(crate) selected: RwSignal<Option<LineId>>,
    /// What was given so far of a payment that was left.
    pub(crate) begun: RwSignal<Option<Begun>>,
    /// The tab of the day that is open.
    pub(crate) tab: RwSignal<Tab>,
    /// The room of the management that is open.
    pub(crate) room: RwSignal<Room>,
    /// What Esc closes before it leaves a place, the innermost last.
    back: StoredValue<Vec<Callback<()>>>,
}

impl Counter {
    /// Opens the sale with this in its middle.
    pub(crate) fn open(self, middle: Middle) {
        self.place.set(Place::Sale);
        self.middle.set(middle);
    }

    /// Back to the tiles.
    pub(crate) fn close(self) {
        self.middle.set(Middle::Grid);
    }

    /// Does `act` at Esc for as long as the component lives, instead of leaving the place.
    pub(crate) fn on_back(self, act: impl Fn() + Send + Sync + 'static) {
        self.back.update_value(|back| back.push(Callback::new(move |()| act())));
        on_cleanup(move || {
            self.back.try_update_value(Vec::pop);
        });
    }

    /// Closes the innermost thing that is open in a place, or leaves it.
    fn go_back(self) {
        match self.back.with_value(|back| back.last().copied()) {
            Some(act) => act.run(()),
            None => self.open(Middle::Grid),
        }
    }

    fn takes_digits(self) -> bool {
        self.middle.with_untracked(Middle::takes_digits)
    }

    /// Puts away what hides that something is being typed.
    fn show_line(self) {
        if !self.middle.with_untracked(Middle::stays_while_typing) {
            self.open(Middle::Grid);
        }
    }

    fn has_lines(self) -> bool {
        self.it.basket.peek(|basket| !basket.lines.is_empty()) == Some(true)
    }

    /// Asks for the basket's money.
    pub(crate) fn pay(self) {
        let due = self.it.basket.peek(|basket| Due {
            order: None,
            label: basket.label.clone(),
            due: basket.due,
        });
        if let Some(due) = due
            && self.has_lines()
        {
            self.open(Middle::Payment(due));
        }
    }

    /// Asks what to take off.
    pub(crate) fn discount(self, line: Option<LineId>) {
        if self.has_lines() {
            self.open(Middle::Discount(line));
        }
    }

    /// Opens the day at one of its tabs.
    pub(crate) fn open_day(self, tab: Tab) {
        self.tab.set(tab);
        self.place.set(Place::Day);
    }

    /// Opens the management at one of its rooms.
    fn open_room(self, room: Room) {
        self.room.set(room);
        self.open_day(Tab::Books);
    }

    /// Sends the basket to the kitchen, unpaid.
    pub(crate) fn send(self) {
        if self.has_lines() {
            self.finish(Command::SendToKitchen, words::counter::sent);
        }
    }

    /// Puts the basket aside.
    pub(crate) fn hold(self) {
        if self.has_lines() {
            self.finish(Command::Hold, words::counter::held);
        }
    }

    /// Asks whether to give the basket up.
    pub(crate) fn cancel(self) {
        let order = self.it.basket.peek(|basket| basket.order).flatten();
        if self.has_lines() || order.is_some() {
            self.open(Middle::Cancel(order));
        }
    }

    fn finish(self, command: Command, said: fn(&str) -> String) {
        self.close();
        self.it.act_then(command, move |reply| {
            if let Reply::Order { label, .. } = reply {
                self.it.notice.set(Some(said(&label)));
            }
        });
    }

    /// The next way for the basket to leave the shop.
    fn next_mode(self) {
        if let Some(mode) = self.it.basket.peek(|basket| basket.mode) {
            let next = match mode {
                Mode::OnSite => Mode::TakeAway,
                Mode::TakeAway => Mode::Delivery,
                Mode::Delivery => Mode::OnSite,
            };
            self.it.act(Command::Basket(BasketEdit::SetMode(next)));
        }
    }

    /// Keys that mean the same wherever one is; `true` where it was one.
    fn key(self, press: &Press) -> bool {
        if press.repeat && press.key.len() > 1 && press.key.starts_with('F') {
            return true;
        }
        // The receipt is offered until the next key, which then does what it always does.
        let paid = self.middle.with_untracked(|middle| matches!(middle, Middle::Paid(_)));
        match press.key.as_str() {
            "F10" if paid => return false,
            "Escape" if self.place.get_untracked() != Place::Sale => self.go_back(),
            "F1" => self.open(Middle::Grid),
            "F2" => self.place.set(Place::Orders),
            "F4" => self.open_day(Tab::Today),
            "F5" => self.place.set(Place::Settings),
            "F6" => self.next_mode(),
            "F7" => self.open(Middle::Customer),
            "F8" => self.open(Middle::Promise),
            "F9" => self.hold(),
            "F10" => self.send(),
            "F11" => self.discount(self.selected.get_untracked()),
            "F12" => self.pay(),
            _ => return false,
        }
        true
    }
}

/// What the counter's parts share, for any of them.
pub(crate) fn counter() -> Counter {
    expect_context()
}

/// The counter.
#[component]
pub(crate) fn Till() -> impl IntoView {
    let it = workstation();
    let counter = Counter {
        it,
        place: RwSignal::new(Place::Sale),
        middle: RwSignal::new(Middle::Grid),
        line: RwSignal::new(String::new()),
        echo: Feed::new(it.refusal, |answer| match_answer!(answer, Answer::Echo)),
        category: RwSignal::new(None),
        selected: RwSignal::new(None),
        begun: RwSignal::new(None),
        tab: RwSignal::new(Tab::Today),
        room: RwSignal::new(Room::Books),
        back: StoredValue::new(Vec::new()),
    };
    provide_context(counter);
    keys::on_key(move |press| counter.key(press));
    sound_unseen(counter.it);
    forget_begun(counter);
    go_on_errands(counter);
    view! {
        <section class="counter" class:whole=move || counter.place.get() != Place::Sale>
            <rail::Rail />
            {move || match counter.place.get() {
                Place::Sale => view! { <sale::Sale /> }.into_any(),
                Place::Orders => view! { <Orders /> }.into_any(),
                Place::Day => view! { <Day /> }.into_any(),
                Place::Settings => view! { <Settings /> }.into_any(),
            }}
            <ManagerPanel />
            <footer class="counter-foot">
                <SafetyLine />
                <Notice />
            </footer>
        </section>
    }
}

/// Forgets what was given for a basket that was emptied: the next has the same number.
fn forget_begun(counter: Counter) {
    let emptied = Memo::new(move |_| {
        let emptied =
            |basket: &pos_api::BasketView| basket.lines.is_empty().then(|| basket.label.clone());
        counter.it.basket.with(emptied).flatten()
    });
    Effect::new(move |_| {
        let Some(label) = emptied.get() else { return };
        let begun = counter.begun;
        if begun.with_untracked(|it| it.as_ref().is_some_and(|it| it.is_for(&label))) {
            begun.set(None);
        }
    });
}

/// Opens what somebody wants to look at.
fn go_on_errands(counter: Counter) {
    let errand = counter.it.errand;
    Effect::new(move |_| {
        let Some(wanted) = errand.get() else { return };
        errand.set(None);
        counter.open_room(match wanted {
            Errand::Workstations => Room::Workstations,
            Errand::Histories => Room::Histories,
        });
    });
}

/// Sounds when one more order was sent and no kitchen has it on a screen.
fn sound_unseen(it: Workstation) {
    let unseen = Memo::new(move |_| {
        it.orders.with(|orders| orders.iter().filter(|it| it.unseen_alert).count()).unwrap_or(0)
    });
    Effect::new(move |before: Option<usize>| {
        let now = unseen.get();
        if now > before.unwrap_or(0) {
            sound::play(Sound::Unseen);
        }
        now
    });
}
