//! What people do at a workstation: they look at its screen and ask it for something.

mod at_once;

use crate::dice::Dice;
use crate::pc::{Pc, Waits};
use crate::said::{is_fault, name, told};
use crate::template::PEOPLE;
use crate::trace::Trace;
use domain::id::OrderId;
use domain::order::{DiscountReason, Reason};
use domain::staff;
use fiscal::Money;
use fiscal::ticket::Operation;
use fiscal::vat::Mode;
use friday::Baskets;
use pos_api::{
    Answer, Approval, BasketEdit, BasketView, CashReason, Code, Command, Correction, CreditLine,
    CreditReason, DayCommand, Discount, DiscountAmount, DrawerReason, KitchenStep, LineStage,
    Means, MeshCommand, OrderCard, OrderStage, PaperCommand, PaymentReason, Query, Reply, Role,
    Tender, TicketView, TrainingCommand,
};

/// How often somebody tries, every two seconds, to take money that nobody refuses: for longer than the
/// arbiter may take to answer, and whoever takes its place.
const PATIENT: u32 = 12;

/// What became of what somebody asked for that the workstation must not refuse so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) String);

/// Everybody who works in a run's shops.
pub(crate) struct People {
    dice: Dice,
    baskets: Baskets,
    /// How many commands were done, and how many orders were opened and paid.
    pub(crate) done: u64,
    pub(crate) paid: u64,
}

/// An order that was just sent to the kitchen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent(pub(crate) OrderId);

/// Somebody at a workstation, for one errand.
struct Hands<'a> {
    pc: &'a mut Pc,
    trace: &'a mut Trace,
    now: u64,
    done: u64,
    wrong: Option<Wrong>,
}

impl Hands<'_> {
    /// Asks for something; `None` where it is refused or the workstation is dead.
    fn run(&mut self, command: Command) -> Option<Reply> {
        if self.wrong.is_some() || self.pc.disk.is_off() {
            return None;
        }
        let name = name(&command);
        let again = matches!(command, Command::TakePayment { .. }).then(|| command.clone());
        // Entries may be ahead of the menu that they name.
        let may_lack_menu = matches!(command, Command::Resume { .. });
        let is_wrong = |code: &Code| is_fault(code) && !(may_lack_menu && *code == Code::NoMenu);
        let answer = self.pc.command(command);
        let label = &self.pc.label;
        match answer {
            Ok(reply) => {
                self.done += 1;
                self.trace.say(self.now, format_args!("{label} {name}: {}", told(&reply)));
                Some(reply)
            }
            Err(code) => {
                self.trace.say(self.now, format_args!("{label} {name}: refused {code:?}"));
                if code == Code::PaymentAsked {
                    let life = self.pc.life;
                    let tries = 1;
                    self.pc.waits = again.map(|command| Waits { command, tries, life });
                }
                if is_wrong(&code)
                    && !self.pc.ails.full
                    && !self.pc.ails.fails
                    && !self.pc.disk.is_off()
                {
                    self.wrong = Some(Wrong(format!("{label} {name}: {code:?}")));
                }
                None
            }
        }
    }

    fn ask(&mut self, query: Query) -> Option<Answer> {
        self.pc.query(query)
    }

    fn orders(&mut self) -> Vec<OrderCard> {
        match self.ask(Query::Orders) {
            Some(Answer::Orders(orders)) => orders,
            _ => Vec::new(),
        }
    }

    fn basket(&mut self) -> Option<BasketView> {
        match self.ask(Query::Basket) {
            Some(Answer::Basket(basket)) => Some(basket),
            _ => None,
        }
    }

    fn edit(&mut self, edit: BasketEdit) -> Option<BasketView> {
        match self.run(Command::Basket(edit)) {
            Some(Reply::Basket(basket)) => Some(basket),
            _ => None,
        }
    }
}

impl People {
    pub(crate) fn new(dice: Dice, seed: u64, menu: domain::catalogue::Catalogue) -> Self {
        Self { dice, baskets: Baskets::new(seed, menu), done: 0, paid: 0 }
    }

    /// When the same place is next looked after, in milliseconds from now.
    pub(crate) fn pause(&mut self, low: u64, high: u64) -> u64 {
        self.dice.between(low, high)
    }

    /// Somebody does something at a workstation.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub(crate) fn act(
        &mut self,
        pc: &mut Pc,
        trace: &mut Trace,
        now: u64,
    ) -> Result<Option<Sent>, Wrong> {
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        let sent = match hands.pc.role {
            Role::Till => self.at_till(&mut hands),
            Role::Kitchen => self.in_kitchen(&mut hands),
        };
        self.done += hands.done;
        match hands.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(sent),
        }
    }

    /// Somebody who was told that leave is asked for tries again.
    ///
    /// # Errors
    ///
    /// [`Wrong`], where nobody answers for too long.
    pub(crate) fn retry(&mut self, pc: &mut Pc, trace: &mut Trace, now: u64) -> Result<(), Wrong> {
        let life = pc.life;
        let Some(waits) = pc.waits.take().filter(|waits| waits.life == life) else {
            return Ok(());
        };
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        self.paid += u64::from(hands.run(waits.command).is_some());
        self.done += hands.done;
        if let Some(wrong) = hands.wrong {
            return Err(wrong);
        }
        if let Some(again) = &mut pc.waits {
            again.tries = waits.tries + 1;
            if PATIENT < again.tries {
                return Err(Wrong(format!("{}: leave was asked for {PATIENT} times", pc.label)));
            }
        }
        Ok(())
    }

    /// A manager says that a workstation is dead.
    pub(crate) fn declare(&mut self, pc: &mut Pc, trace: &mut Trace, now: u64, label: String) {
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        self.somebody(&mut hands);
        hands.run(Command::Mesh(MeshCommand::End { label, manager: manager() }));
        self.done += hands.done;
    }

    /// The end of a service: the day is closed where somebody thinks of it, and everybody goes home.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub(crate) fn go_home(
        &mut self,
        pc: &mut Pc,
        trace: &mut Trace,
        now: u64,
        is_evening: bool,
    ) -> Result<(), Wrong> {
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        if hands.pc.role == Role::Till && self.dice.permille(if is_evening { 800 } else { 200 }) {
            self.somebody(&mut hands);
            self.close(&mut hands);
        }
        hands.run(Command::SignOut);
        self.done += hands.done;
        hands.wrong.map_or(Ok(()), Err)
    }

    /// Signs in somebody who may sell, where nobody is.
    fn somebody(&mut self, hands: &mut Hands<'_>) {
        let Some(Answer::Session(session)) = hands.ask(Query::Session) else {
            return;
        };
        if session.operator.is_some() {
            return;
        }
        let is_kitchen = hands.pc.role == Role::Kitchen;
        let may = |role| match role {
            staff::Role::Manager | staff::Role::Counter => true,
            staff::Role::Pizzaiolo => is_kitchen,
            staff::Role::Courier => false,
        };
        let who: Vec<_> = PEOPLE.iter().filter(|(_, _, role)| may(*role)).collect();
        let Some((code, pin, _)) = self.dice.pick(&who) else {
            return;
        };
        // Somebody mistypes now and then; five times in a row is nobody.
        let typed = if self.dice.permille(30) { "0000" } else { pin };
        let operator = (*code).to_owned();
        hands.run(Command::SignIn { operator, pin: typed.to_owned() });
    }

    fn at_till(&mut self, hands: &mut Hands<'_>) -> Option<Sent> {
        self.somebody(hands);
        match self.dice.between(0, 99) {
            0..=34 => self.sell(hands),
            35..=49 => self.take_call(hands),
            50..=61 => {
                self.settle(hands);
                None
            }
            62..=69 => {
                self.hand_over(hands);
                None
            }
            70..=73 => {
                self.cancel(hands);
                None
            }
            74..=77 => {
                self.discount(hands);
                None
            }
            78..=84 => {
                self.correct(hands);
                None
            }
            85..=89 => {
                self.paper(hands);
                None
            }
            90..=95 => {
                self.day(hands);
                None
            }
            96 => {
                self.train(hands);
                None
            }
            _ => {
                hands.run(Command::SignOut);
                None
            }
        }
    }

    /// Puts something into the basket; answers whether there is anything in it.
    fn fill(&mut self, hands: &mut Hands<'_>, mode: Mode) -> bool {
        if self.dice.permille(60) {
            hands.edit(BasketEdit::Clear);
        }
        hands.edit(BasketEdit::SetMode(mode));
        if self.dice.permille(60) {
            hands.run(Command::AddTyped { text: "REI G".to_owned() });
            return true;
        }
        let basket = self.baskets.draw_for(mode);
        let most = 1 + self.dice.index(3);
        for (item, quantity) in basket.lines.into_iter().take(most) {
            hands.edit(BasketEdit::Add { item, quantity });
        }
        if self.dice.permille(60)
            && let Some(line) = hands.basket().and_then(|it| it.lines.last().map(|it| it.line))
        {
            let quantity = u32::try_from(self.dice.between(0, 3)).unwrap_or(1);
            hands.edit(BasketEdit::SetQuantity { line, quantity });
        }
        true
    }

    /// Somebody at the counter: ordered and paid at once, mostly.
    fn sell(&mut self, hands: &mut Hands<'_>) -> Option<Sent> {
        let mode = if self.dice.permille(250) { Mode::OnSite } else { Mode::TakeAway };
        self.fill(hands, mode);
        if self.dice.permille(150) {
            hands.run(Command::Hold);
            return None;
        }
        if self.dice.permille(80) {
            return sent(hands.run(Command::SendToKitchen));
        }
        let due = hands.basket()?.due;
        let tenders = self.tenders(due);
        let paid = hands.run(Command::TakePayment { order: None, tenders });
        self.paid += u64::from(paid.is_some());
        let receipt = self.dice.permille(200);
        if let (Some(Reply::Paid(paid)), true) = (&paid, receipt) {
            hands.run(Command::PrintReceipt { ticket: paid.ticket.clone() });
        }
        sent(paid)
    }

    /// Somebody calls: a delivery, or something to be fetched; paid later.
    fn take_call(&mut self, hands: &mut Hands<'_>) -> Option<Sent> {
        let mode = if self.dice.permille(600) { Mode::Delivery } else { Mode::TakeAway };
        self.fill(hands, mode);
        let known = self.known_customer(hands);
        if let (Some(id), true) = (known, self.dice.permille(100)) {
            self.rename(hands, id);
            return None;
        }
        match known {
            Some(customer) if self.dice.permille(300) => {
                hands.edit(BasketEdit::ChooseCustomer(customer));
            }
            Some(_) | None => {
                let number = self.dice.between(10, 99);
                hands.edit(BasketEdit::SetCustomer {
                    name: format!("Cliente {number}"),
                    phone: format!("06 1{number} 20 30"),
                    address: "3, rue de Béthune, 59000 Lille".to_owned(),
                });
            }
        }
        if self.dice.permille(200) {
            hands.edit(BasketEdit::SetPromise(Some("20h30".to_owned())));
        }
        sent(hands.run(Command::SendToKitchen))
    }

    /// Takes the money of an open order, of this till's or another's.
    fn settle(&mut self, hands: &mut Hands<'_>) {
        let Some(card) = self.some_unpaid(hands) else {
            return;
        };
        let order = card.order;
        if card.stage == OrderStage::Held || self.dice.permille(150) {
            if hands.run(Command::Resume { order }).is_none() {
                return;
            }
            if self.dice.permille(600) {
                self.fill(hands, card.mode);
            }
            let due = hands.basket().map_or(card.due, |it| it.due);
            let tenders = self.tenders(due);
            self.paid +=
                u64::from(hands.run(Command::TakePayment { order: None, tenders }).is_some());
            return;
        }
        let tenders = self.tenders(card.due);
        let paid = hands.run(Command::TakePayment { order: Some(order), tenders });
        self.paid += u64::from(paid.is_some());
    }

    /// What somebody hands over.
    fn tenders(&mut self, due: Money) -> Vec<Tender> {
        if due <= Money::ZERO {
            return Vec::new();
        }
        let approval = Some(manager());
        let given = Money::from_cents((due.cents() + 499) / 500 * 500);
        let half = Money::from_cents(due.cents() / 2);
        match self.dice.between(0, 99) {
            0..=39 => vec![Tender::cash(given)],
            40..=64 => {
                let to_verify = self.dice.permille(100);
                vec![Tender { to_verify, ..Tender::of(Means::Card, due) }]
            }
            65..=74 => vec![Tender::of(Means::Card, half), Tender::cash(due - half)],
            75..=80 => vec![Tender::of(Means::Cheque, due)],
            81..=86 => vec![
                Tender {
                    issuer: "Edenred".to_owned(),
                    vouchers: 1,
                    ..Tender::of(Means::MealVoucher, half)
                },
                Tender::cash(due - half),
            ],
            87..=91 => vec![Tender {
                issuer: "Swile".to_owned(),
                ..Tender::of(Means::MealVoucherCard, due)
            }],
            92..=94 => vec![Tender { approval, ..Tender::of(Means::Staff, due) }],
            95..=97 => vec![Tender { approval, ..Tender::of(Means::Receivable, due) }],
            // Too little, which is refused.
            _ => vec![Tender::cash(half)],
        }
    }

    fn hand_over(&mut self, hands: &mut Hands<'_>) {
        let ready: Vec<OrderCard> =
            hands.orders().into_iter().filter(|it| it.stage == OrderStage::Ready).collect();
        if let Some(card) = self.dice.pick(&ready) {
            hands.run(Command::HandOver { order: card.order });
        }
    }

    fn cancel(&mut self, hands: &mut Hands<'_>) {
        let open: Vec<OrderCard> = hands
            .orders()
            .into_iter()
            .filter(|it| it.stage != OrderStage::Cancelled && it.stage != OrderStage::HandedOver)
            .collect();
        let Some(card) = self.dice.pick(&open) else {
            return;
        };
        let (order, reason) = (card.order, Reason::ChangedMind);
        if self.dice.permille(500) {
            hands.run(Command::CancelOrder { order, reason });
        } else if let Some(line) = self.dice.pick(&card.lines) {
            hands.run(Command::CancelLine { order, line: line.line, reason });
        }
    }

    fn discount(&mut self, hands: &mut Hands<'_>) {
        let open: Vec<OrderCard> =
            hands.orders().into_iter().filter(|it| Money::ZERO < it.due).collect();
        let order = match self.dice.pick(&open) {
            Some(card) if self.dice.permille(500) => Some(card.order),
            Some(_) | None => {
                self.fill(hands, Mode::TakeAway);
                None
            }
        };
        let percent = u8::try_from(self.dice.between(1, 40)).unwrap_or(10);
        let approval = self.dice.permille(500).then(manager);
        let reason = DiscountReason::CommercialGesture;
        let amount = DiscountAmount::Percent(percent);
        hands.run(Command::Discount(Discount { order, line: None, amount, reason, approval }));
    }

    fn correct(&mut self, hands: &mut Hands<'_>) {
        let asked = hands.ask(Query::Tickets { text: String::new(), date: None });
        let Some(Answer::Tickets(list)) = asked else {
            return;
        };
        let sales: Vec<_> =
            list.into_iter().filter(|it| it.operation == Operation::Sale).take(12).collect();
        let Some(line) = self.dice.pick(&sales) else {
            return;
        };
        let number = line.number.clone();
        let Some(Answer::Ticket(ticket)) = hands.ask(Query::Ticket { number: number.clone() })
        else {
            return;
        };
        let correction = self.correction(number, &ticket);
        hands.run(Command::Correct(correction));
    }

    fn correction(&mut self, number: String, ticket: &TicketView) -> Correction {
        let approval = self.dice.permille(700).then(manager);
        if let Some(payment) = ticket.payments.iter().position(|it| it.to_verify) {
            return Correction::Verified { ticket: number, payment, reference: "A42".to_owned() };
        }
        if self.dice.permille(350)
            && let Some(paid) = ticket.payments.first()
        {
            let was_card = paid.means == fiscal::ticket::Means::Card;
            let means = if was_card { Means::Cash } else { Means::Card };
            return Correction::Payment {
                ticket: number,
                payment: 0,
                tenders: vec![Tender::of(means, paid.amount)],
                reason: PaymentReason::WrongMeans,
                approval,
            };
        }
        let some = ticket.lines.iter().filter(|it| 0 < it.left_m);
        let mut lines: Vec<CreditLine> =
            some.map(|it| CreditLine { line: it.line, qty_m: it.left_m.min(1000) }).collect();
        lines.truncate(self.dice.index(3));
        Correction::CreditNote {
            ticket: number,
            lines,
            back: Vec::new(),
            reason: CreditReason::Complaint,
            approval,
        }
    }

    fn paper(&mut self, hands: &mut Hands<'_>) {
        if self.dice.permille(400) {
            let open = hands.orders();
            if let Some(card) = self.dice.pick(&open) {
                let note = card.mode == Mode::OnSite;
                let order = card.order;
                hands.run(Command::Paper(PaperCommand::Provisional { order, note }));
            }
            return;
        }
        let asked = hands.ask(Query::Tickets { text: String::new(), date: None });
        let Some(Answer::Tickets(list)) = asked else {
            return;
        };
        if let Some(line) = self.dice.pick(&list) {
            hands.run(Command::PrintReceipt { ticket: line.number.clone() });
        }
    }

    fn day(&mut self, hands: &mut Hands<'_>) {
        let approval = Some(manager());
        let command = match self.dice.between(0, 9) {
            0..=2 => DayCommand::Open { float: Money::from_cents(15_000), date: None },
            3 | 4 => DayCommand::Cash {
                amount: Money::from_cents(2_000),
                reason: CashReason::Change,
                approval,
            },
            5 => DayCommand::Cash {
                amount: Money::from_cents(-1_000),
                reason: CashReason::Purchase,
                approval,
            },
            6 => DayCommand::OpenDrawer { reason: DrawerReason::Change },
            7 | 8 => DayCommand::ReadX,
            _ => return self.close(hands),
        };
        hands.run(Command::Day(command));
    }

    /// Closes the day, counted or not.
    fn close(&mut self, hands: &mut Hands<'_>) {
        let counted = self.dice.permille(700).then(|| Money::from_cents(20_000));
        hands.run(Command::Day(DayCommand::Close { counted, confirmed: true }));
    }

    /// Half an hour's training, in a moment.
    fn train(&mut self, hands: &mut Hands<'_>) {
        let supervisor = manager();
        if hands.run(Command::Training(TrainingCommand::Start { supervisor })).is_some() {
            self.fill(hands, Mode::TakeAway);
            if let Some(basket) = hands.basket() {
                let tenders = vec![Tender::cash(basket.due)];
                hands.run(Command::TakePayment { order: None, tenders });
            }
        }
        hands.run(Command::Training(TrainingCommand::End));
    }

    fn in_kitchen(&mut self, hands: &mut Hands<'_>) -> Option<Sent> {
        self.somebody(hands);
        let Some(Answer::Kitchen(kitchen)) = hands.ask(Query::Kitchen) else {
            return None;
        };
        if self.dice.permille(60) {
            hands.run(Command::UndoKitchen);
            return None;
        }
        let card = self.dice.pick(&kitchen.cards)?;
        let order = card.order;
        let line = self.dice.pick(&card.lines)?;
        let step = if line.attention.is_some() {
            KitchenStep::Acknowledge
        } else if !card.seen {
            KitchenStep::Seen
        } else {
            match line.stage {
                LineStage::Waiting => KitchenStep::Start,
                LineStage::Started | LineStage::Ready => KitchenStep::Ready,
            }
        };
        let line = self.dice.permille(500).then_some(line.line);
        hands.run(Command::Kitchen { order, line, step });
        None
    }
}

fn manager() -> Approval {
    let (code, pin, _) = PEOPLE[0];
    Approval { manager: code.to_owned(), pin: pin.to_owned() }
}

fn sent(reply: Option<Reply>) -> Option<Sent> {
    match reply? {
        Reply::Order { order, .. } => Some(Sent(order)),
        Reply::Paid(paid) => Some(Sent(paid.order)),
        Reply::Done
        | Reply::Session(_)
        | Reply::Basket(_)
        | Reply::Queued { .. }
        | Reply::Corrected { .. }
        | Reply::Closing(_)
        | Reply::File { .. }
        | Reply::Link { .. }
        | Reply::Verified { .. }
        | Reply::Purged { .. } => None,
    }
}
