//! Invoices: a file made of a ticket on request, numbered in a series of its own. It adds nothing to
//! what the ticket says.
//!
//! The file is durable before the entry that holds its hash: an entry never names a file that is not
//! there. Where the transaction fails after that, the next invoice takes the number and the name.

use super::copy::{self, Copied};
use crate::error::Error;
use crate::files;
use crate::store::{StoreError, documents, invoices, publications, tickets};
use crate::workstation::{Turn, Workstation};
use domain::id::OrderId;
use domain::shop::Shop;
use fiscal::Money;
use fiscal::copy::Medium;
use fiscal::invoice::{BuyerKind, InvoiceDocument, InvoiceKind};
use fiscal::record::{Record, SeriesKind};
use fiscal::ticket::{Base, Document, DocumentLine, Means, Operation, Ticket};
use fiscal::time::Date;
use fiscal::vat::{Mode, Rate, Territory};
use paper::invoice as page;
use pos_api::{Buyer, Code, Reply, words};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// The folder of invoices, in the till's own.
const FOLDER: &str = "factures";
/// How long an invoice is kept (Code de commerce L. 123-22), in years.
const KEPT_YEARS: i32 = 10;
/// Until when what was not paid is to be, from the day of the invoice (Code com. L. 441-10 I).
const DUE_DAYS: i32 = 30;

pub(super) fn run(
    workstation: &mut Workstation,
    ticket: &str,
    buyer: &Buyer,
) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code.to_string();
    // An invoice binds whoever gets it: there is none to try.
    workstation.not_in_training()?;
    let buyer = checked(buyer)?;
    let folder = folder(workstation);
    workstation.turn(|turn| {
        let it = Invoiced::find(turn, ticket, operator, folder)?;
        match it.before(turn)? {
            Some(record) => it.again(turn, &record),
            None => it.first(turn, &buyer),
        }
    })
}

/// Where the files of invoices are.
pub(in crate::commands) fn folder(workstation: &Workstation) -> PathBuf {
    workstation.store.folder().join(FOLDER)
}

/// Makes the invoice of a credit note that this very turn signed, for the buyer of the invoice of what
/// it takes back; nothing where none was made of that. What is reported of invoices follows from it.
///
/// # Errors
///
/// [`Code::Folder`] and [`Code::NoLegalIdentity`], as of invoices that are asked for.
pub(in crate::commands) fn credited(
    turn: &mut Turn<'_>,
    order: OrderId,
    note: &Ticket,
    operator: &str,
    folder: &Path,
) -> Result<(), Error> {
    let document = note.read().map_err(|_| StoreError::Broken("ticket"))?;
    let Some(original) = &document.original else {
        return Ok(());
    };
    let Some(invoice) = invoice_of(turn, &original.ticket_no)? else {
        return Ok(());
    };
    let Some(buyer) = invoices::buyer(turn.tx, &invoice.number)? else {
        return Ok(());
    };
    let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
    let (ticket, operator) = (note.clone(), operator.to_owned());
    let it = Invoiced { order, ticket, document, shop, operator, folder: folder.to_owned() };
    it.first(turn, &buyer)?;
    Ok(())
}

/// The buyer without blanks around, if it is one.
fn checked(buyer: &Buyer) -> Result<Buyer, Error> {
    let digits: String = buyer.siren.chars().filter(|it| !it.is_whitespace()).collect();
    let buyer = Buyer {
        name: buyer.name.trim().to_owned(),
        address: buyer.address.trim().to_owned(),
        town: buyer.town.trim().to_owned(),
        siren: digits,
        vat_number: buyer.vat_number.chars().filter(|it| !it.is_whitespace()).collect(),
    };
    let sound = !buyer.name.is_empty() && (buyer.siren.is_empty() || is_siren(&buyer.siren));
    if sound { Ok(buyer) } else { Err(Code::Buyer.into()) }
}

/// Nine digits that satisfy Luhn.
fn is_siren(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|it| it.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum = digits.iter().rev().enumerate().fold(0, |sum, (place, digit)| {
            let doubled = if place % 2 == 1 { digit * 2 } else { *digit };
            sum + doubled / 10 + doubled % 10
        });
        digits.len() == 9 && sum % 10 == 0
    })
}

/// A ticket of which an invoice is made.
struct Invoiced {
    order: OrderId,
    ticket: Ticket,
    document: Document,
    shop: Shop,
    operator: String,
    folder: PathBuf,
}

impl Invoiced {
    fn find(
        turn: &Turn<'_>,
        number: &str,
        operator: String,
        folder: PathBuf,
    ) -> Result<Self, Error> {
        let (order, ticket) = tickets::find(turn.tx, number)?.ok_or(Code::NoSuchTicket)?;
        let own = documents::find(turn.tx, number)?.is_some_and(|line| line.own);
        let document = ticket.read().map_err(|_| StoreError::Broken("ticket"))?;
        let in_training = document.till.starts_with(fiscal::TRAINING);
        if !own || in_training || document.operation == Operation::PaymentCorrection {
            return Err(Code::NotOwnTicket.into());
        }
        let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
        Ok(Self { order, ticket, document, shop, operator, folder })
    }

    /// The invoice that was made of it before.
    fn before(&self, turn: &Turn<'_>) -> Result<Option<Record>, Error> {
        invoice_of(turn, &self.ticket.number)
    }

    fn first(&self, turn: &mut Turn<'_>, buyer: &Buyer) -> Result<Reply, Error> {
        let journal = turn.journal();
        let series = tickets::record_series(turn.tx, SeriesKind::Invoice, &turn.till(), journal)?;
        let number = series.number();
        let issued = turn.moment().local().date();
        let corrects = self.corrects(turn)?;
        let invoice = self.page(turn, &number, issued, buyer, corrects.as_ref(), None)?;
        let pdf = invoice.to_pdf(turn.moment()).map_err(|error| refused(&error))?;
        let path = self.folder.join(format!("{number}.pdf"));
        write(&path, &pdf)?;
        let kept_until = Date { year: issued.year + KEPT_YEARS, ..issued.plus_days(0) };
        invoices::keep_buyer(turn.tx, &number, buyer, kept_until)?;
        let document = &self.document;
        let private = buyer.siren.is_empty();
        let record =
            turn.issue(&self.operator, Some(self.order.into()), |head| InvoiceDocument {
                head,
                kind: match document.operation {
                    Operation::CreditNote => InvoiceKind::CreditNote,
                    Operation::Sale | Operation::PaymentCorrection => InvoiceKind::Invoice,
                },
                issuer: document.issuer.clone(),
                ticket: self.ticket.number.clone(),
                ticket_content: Base::content_hash(&self.ticket.document),
                original: corrects.map(|(number, _)| number),
                mode: document.mode,
                business_date: document.business_date,
                buyer: if private { BuyerKind::Private } else { BuyerKind::Business },
                vat: document.vat.clone(),
                total_ttc: document.total_ttc,
                file: hex(&Sha256::digest(&pdf)),
            })?;
        Ok(file(record.number, &path))
    }

    /// The same invoice again, for the same buyer: a duplicate that says so.
    fn again(&self, turn: &mut Turn<'_>, record: &Record) -> Result<Reply, Error> {
        let broken = || StoreError::Broken("invoice");
        let before: InvoiceDocument = record.read().map_err(|_| broken())?;
        let buyer = invoices::buyer(turn.tx, &record.number)?.ok_or_else(broken)?;
        let original = Copied {
            kind: before.kind.code(),
            till: &before.head.till,
            number: &record.number,
            content: Base::content_hash(&record.document),
        };
        let copy = copy::duplicate(turn, &self.operator, self.order, original, Medium::File)?;
        let issued = before.head.moment().local().date();
        let stamp = pos_api::words::duplicate(copy);
        let corrects = self.corrects(turn)?;
        let invoice =
            self.page(turn, &record.number, issued, &buyer, corrects.as_ref(), Some(stamp))?;
        let pdf = invoice.to_pdf(before.head.moment()).map_err(|error| refused(&error))?;
        let path = self.folder.join(format!("{}-duplicata-{copy}.pdf", record.number));
        write(&path, &pdf)?;
        Ok(file(record.number.clone(), &path))
    }

    /// Of a credit note, the invoice of what it takes back, and its day. Where none was made of that,
    /// there is nothing to correct.
    fn corrects(&self, turn: &Turn<'_>) -> Result<Option<(String, Date)>, Error> {
        if self.document.operation != Operation::CreditNote {
            return Ok(None);
        }
        let original = self.document.original.as_ref().ok_or(Code::NotOwnTicket)?;
        let record = invoice_of(turn, &original.ticket_no)?.ok_or(Code::NotOwnTicket)?;
        let before: InvoiceDocument = record.read().map_err(|_| StoreError::Broken("invoice"))?;
        Ok(Some((record.number, before.head.moment().local().date())))
    }

    fn page(
        &self,
        turn: &Turn<'_>,
        number: &str,
        issued: Date,
        buyer: &Buyer,
        corrects: Option<&(String, Date)>,
        stamp: Option<String>,
    ) -> Result<page::Invoice, Error> {
        let document = &self.document;
        let payments = self.payments(turn)?;
        let paid: Money = payments.iter().map(|it| it.amount).sum();
        let total = self.amount(document.total_ttc);
        Ok(page::Invoice {
            kind: corrects.map_or(page::Kind::Invoice, |(of, of_date)| page::Kind::CreditNote {
                of: of.clone(),
                of_date: *of_date,
                reason: words::correction(document.reason.as_deref().unwrap_or_default())
                    .to_owned(),
            }),
            number: number.to_owned(),
            issued,
            delivered: document.moment().local().date(),
            tickets: vec![page::TicketReference {
                number: document.ticket_no.clone(),
                date: document.business_date,
            }],
            stamp,
            operation: match document.mode {
                Mode::OnSite => page::Operation::Services,
                Mode::TakeAway | Mode::Delivery => page::Operation::Goods,
            },
            vat_on_debits: false,
            seller: self.seller()?,
            buyer: self.buyer(buyer),
            delivered_to: None,
            lines: document.lines.iter().map(|it| self.line(it)).collect(),
            rates: document
                .vat
                .iter()
                .map(|it| page::RateTotal {
                    vat: self.vat(it.vat_bp),
                    net: self.amount(it.ht),
                    tax: self.amount(it.vat),
                    gross: self.amount(it.ttc),
                })
                .collect(),
            total_net: self.amount(document.total_ht),
            total_vat: self.amount(document.total_vat),
            total_gross: total,
            due: (paid != total).then(|| issued.plus_days(DUE_DAYS)),
            payments,
            late_rate: None,
            notes: Vec::new(),
        })
    }

    /// Amounts of a credit note are positive on its page.
    fn amount(&self, amount: Money) -> Money {
        match self.document.operation {
            Operation::CreditNote => -amount,
            Operation::Sale | Operation::PaymentCorrection => amount,
        }
    }

    fn vat(&self, rate: Rate) -> page::Vat {
        match self.shop.territory {
            Territory::Guyane | Territory::Mayotte => page::Vat::NotApplicable,
            Territory::Metropolitan
            | Territory::Corsica
            | Territory::Guadeloupe
            | Territory::Martinique
            | Territory::Reunion => page::Vat::Rate(rate),
        }
    }

    fn line(&self, line: &DocumentLine) -> page::InvoiceLine {
        let mut details = line.details.clone();
        details.extend(
            line.discount_reason
                .as_ref()
                .map(|reason| format!("{reason} : -{} €", line.discount.french())),
        );
        page::InvoiceLine {
            label: line.label.clone(),
            details,
            qty_m: line.qty_m,
            vat: self.vat(line.vat_bp),
            net: self.amount(line.net_ht),
            gross: self.amount(line.ttc),
        }
    }

    /// What was paid, as corrections left it; what is owed is not.
    fn payments(&self, turn: &Turn<'_>) -> Result<Vec<page::Payment>, Error> {
        let loaded = crate::store::orders::load(turn.tx, self.order)?;
        let family = crate::store::orders::with_corrections(&self.document, &loaded.documents);
        let by = |means: Means| -> Money {
            let payments = family.iter().flat_map(|it| &it.payments);
            payments.filter(|it| it.means == means).map(|it| self.amount(it.amount)).sum()
        };
        let paid = [
            (Means::Cash, page::PaymentMeans::Cash),
            (Means::Card, page::PaymentMeans::Card),
            (Means::Cheque, page::PaymentMeans::Cheque),
            (Means::MealVoucher, page::PaymentMeans::MealVoucher),
            (Means::MealVoucherCard, page::PaymentMeans::MealVoucher),
            (Means::Staff, page::PaymentMeans::Other),
        ];
        let date = self.document.moment().local().date();
        Ok(paid
            .into_iter()
            .map(|(means, as_said)| page::Payment { means: as_said, amount: by(means), date })
            .filter(|it| it.amount != Money::ZERO)
            .collect())
    }

    /// Who sells, as the ticket says it. An address that names its town no more than by writing it
    /// stands in one line.
    fn seller(&self) -> Result<page::Seller, Error> {
        let issuer = &self.document.issuer;
        let (street, town) = issuer.address.rsplit_once(", ").unwrap_or((&issuer.address, ""));
        let address = self.address(street, town);
        let owed = [&issuer.legal_entity, &issuer.siren, &issuer.address];
        // The sheet that a shop starts with has noughts only: it names nobody.
        let is_nobody = issuer.siren.bytes().all(|it| it == b'0');
        if is_nobody || owed.iter().any(|it| it.trim().is_empty()) {
            return Err(Code::NoLegalIdentity.into());
        }
        Ok(page::Seller {
            name: issuer.legal_entity.clone(),
            trading_name: issuer.shop_name.clone(),
            legal_form: String::new(),
            address,
            siren: issuer.siren.clone(),
            siret: issuer.siret.clone(),
            rcs: issuer.rcs.clone(),
            naf: issuer.naf.clone(),
            vat_number: issuer.vat_number.clone(),
            phone: String::new(),
            email: String::new(),
        })
    }

    fn buyer(&self, buyer: &Buyer) -> page::Buyer {
        page::Buyer {
            name: buyer.name.clone(),
            address: self.address(&buyer.address, &buyer.town),
            siren: buyer.siren.clone(),
            vat_number: buyer.vat_number.clone(),
            reference: String::new(),
        }
    }

    /// "75006 Paris" is a postcode and a city.
    fn address(&self, street: &str, town: &str) -> page::Address {
        let is_code = |it: &str| it.len() == 5 && it.bytes().all(|digit| digit.is_ascii_digit());
        let (postcode, city) = match town.split_once(' ') {
            Some((postcode, city)) if is_code(postcode) => (postcode, city),
            Some(_) | None => ("", town),
        };
        page::Address {
            lines: if street.is_empty() { Vec::new() } else { vec![street.to_owned()] },
            postcode: postcode.to_owned(),
            city: city.trim().to_owned(),
            country: country(self.shop.territory).to_owned(),
        }
    }
}

/// ISO 3166-1.
const fn country(territory: Territory) -> &'static str {
    match territory {
        Territory::Metropolitan | Territory::Corsica => "FR",
        Territory::Guadeloupe => "GP",
        Territory::Martinique => "MQ",
        Territory::Reunion => "RE",
        Territory::Guyane => "GF",
        Territory::Mayotte => "YT",
    }
}

/// The invoice that was made of a ticket.
fn invoice_of(turn: &Turn<'_>, ticket: &str) -> Result<Option<Record>, Error> {
    let about = documents::about(turn.tx, ticket)?;
    let Some(line) = about.iter().find(|it| it.kind == fiscal::kind::INVOICE) else {
        return Ok(None);
    };
    let body = documents::body(turn.tx, &line.number)?;
    let record = body.and_then(|(_, body)| Record::decode(&body));
    Ok(Some(record.ok_or(StoreError::Broken("invoice"))?))
}

fn refused(error: &paper::PaperError) -> Error {
    match error {
        paper::PaperError::Inconsistent(_) => Code::NoLegalIdentity.into(),
        paper::PaperError::RowTooWide { .. } | paper::PaperError::NotArchivable(_) => {
            Error::Fault(error.to_string())
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::write(path, bytes).map_err(|error| {
        tracing::error!(path = %path.display(), %error, "not written");
        Code::Folder.into()
    })
}

fn file(number: String, path: &Path) -> Reply {
    Reply::File { number, path: path.display().to_string() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
