//! The archive's tables for people: UTF-8, fields separated by semicolons, one line of names first.
//! They say what the entries say, and can be made again from them.

use crate::archive::ArchiveDocument;
use crate::closing::Closing;
use crate::copy::{Duplicate, Provisional};
use crate::event::EventDocument;
use crate::invoice::InvoiceDocument;
use crate::record::{Document, Head, Record, SeriesKind};
use crate::ticket::{self, Base, Ticket};
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use journal::{Header, JournalId, Opening, Purpose, RawEntry, Seq};
use serde::Serialize;

/// The tables, each with the names of its columns.
pub const TABLES: [(&str, &str); 12] = [
    (
        "tickets.csv",
        "journal;entree;numero;caisse;rang;type;original;motif;commande;canal;mode;operateur;utc_ms;decalage_min;heure_locale;journee;total_ht;total_tva;total_ttc;cumul_algebrique;cumul_absolu;signature",
    ),
    (
        "lignes.csv",
        "ticket;rang;ligne;libelle;details;code;quantite_m;prix_unitaire_ttc;remise;motif_remise;ttc;ht;tva;taux_pb;classe",
    ),
    ("tva.csv", "ticket;taux_pb;ht;tva;ttc"),
    (
        "paiements.csv",
        "ticket;rang;moyen;montant;remis;rendu;reference;etat;emetteur;titres;abandon",
    ),
    (
        "duplicatas.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;type_original;original;empreinte_original;copie;support;signature",
    ),
    (
        "provisoires.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;type;commande;mode;total_ht;total_ttc;signature",
    ),
    (
        "factures.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;type;ticket;original;mode;journee;acheteur;total_ttc;empreinte_fichier;signature",
    ),
    ("commandes.csv", "journal;entree;nature;version;sujet;tick;horloge_ms;corps"),
    (
        "clotures.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;periode;libelle;premier_jour;dernier_jour;premier_ticket;dernier_ticket;ventes;montant_ventes;avoirs;montant_avoirs;corrections;total;total_absolu;cumul_algebrique;cumul_absolu;fond;theorique;compte;ecart;signature",
    ),
    (
        "jet.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;code;code_nf525;donnees;signature",
    ),
    (
        "formation.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;serie;total_ttc;signature",
    ),
    (
        "archives.csv",
        "journal;entree;numero;operateur;utc_ms;heure_locale;periode;fichier;manifeste;precedente;total_ttc;signature",
    ),
];

/// The first kind that is not fiscal or a journal's own: an order's, the kitchen's, the centre's.
const FIRST_OTHER: u16 = 64;

/// Tables that grow entry by entry.
#[derive(Debug)]
pub struct Tables {
    texts: Vec<String>,
    journal: Option<JournalId>,
    purpose: Option<Purpose>,
}

/// A row that is being written.
struct Row(String);

impl Row {
    fn new() -> Self {
        Self(String::new())
    }

    fn at(journal: JournalId, seq: Seq) -> Self {
        Self::new().field(journal.hex()).field(seq)
    }

    fn head(journal: JournalId, seq: Seq, head: &Head) -> Self {
        let row = Self::at(journal, seq).field(&head.number).field(&head.operator);
        row.field(head.utc_ms).field(&head.local)
    }

    #[expect(clippy::needless_pass_by_value, reason = "numbers and references")]
    fn field(mut self, value: impl ToString) -> Self {
        let text = value.to_string();
        if !self.0.is_empty() {
            self.0.push(';');
        }
        if text.contains([';', '"', '\n', '\r']) {
            self.0.push('"');
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(&text);
        }
        self
    }

    fn maybe(self, value: Option<impl ToString>) -> Self {
        self.field(value.map(|it| it.to_string()).unwrap_or_default())
    }

    /// The name that a value has in documents.
    fn named(self, value: &impl Serialize) -> Self {
        let name = serde_json::to_value(value).ok();
        self.maybe(name.as_ref().and_then(|it| it.as_str()))
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}

impl Tables {
    /// Tables with nothing in them but the names of the columns.
    #[must_use]
    pub fn new() -> Self {
        let texts = TABLES.iter().map(|(_, columns)| alloc::format!("{columns}\n")).collect();
        Self { texts, journal: None, purpose: None }
    }

    /// What follows are entries of `journal`; what it is for, where its first entry is not among
    /// them.
    pub fn begin(&mut self, journal: JournalId, purpose: Option<Purpose>) {
        self.journal = Some(journal);
        self.purpose = purpose;
    }

    /// Adds what an entry says. One that cannot be read adds nothing: it is in the journal's file.
    pub fn entry(&mut self, raw: &RawEntry) {
        let Some(header) = Header::decode(&raw.header) else { return };
        let Some(journal) = self.journal else { return };
        let at = (journal, header.seq);
        if FIRST_OTHER <= header.kind.0 {
            self.other(at, &header, raw);
            return;
        }
        let Some(body) = &raw.body else { return };
        if header.kind == journal::kind::OPENED {
            self.purpose = Opening::decode(body).map(|it| it.purpose);
        } else if header.kind == crate::kind::TICKET {
            self.ticket(at, body);
        } else if let Some(kind) = SeriesKind::of_kind(header.kind)
            && let Some(record) = Record::decode(body)
        {
            self.record(at, kind, &record);
        }
    }

    /// Names and texts.
    #[must_use]
    pub fn finish(self) -> Vec<(String, String)> {
        TABLES.iter().map(|(name, _)| (*name).to_owned()).zip(self.texts).collect()
    }

    fn add(&mut self, table: &str, row: &Row) {
        let place = TABLES.iter().position(|(name, _)| *name == table);
        let text = place.and_then(|place| self.texts.get_mut(place));
        let text = text.expect("every table is in the list");
        text.push_str(&row.0);
        text.push('\n');
    }

    fn other(&mut self, (journal, seq): (JournalId, Seq), header: &Header, raw: &RawEntry) {
        let row = Row::at(journal, seq)
            .field(header.kind)
            .field(header.kind_version)
            .maybe(header.subject.map(|it| it.hex()))
            .field(header.tick)
            .field(header.wall_ms)
            .maybe(raw.body.as_deref().map(super::format::hex));
        self.add("commandes.csv", &row);
    }

    fn ticket(&mut self, (journal, seq): (JournalId, Seq), body: &[u8]) {
        let Some(ticket) = Ticket::decode(body) else { return };
        let (Ok(document), Ok(base)) = (ticket.read(), Base::parse(&ticket.base)) else { return };
        if self.purpose == Some(Purpose::Training) {
            let row = Row::at(journal, seq)
                .field(&ticket.number)
                .field(&document.operator)
                .field(document.utc_ms)
                .field(&document.local)
                .field("TK1")
                .field(document.total_ttc.cents())
                .field(&ticket.signature);
            self.add("formation.csv", &row);
            return;
        }
        let row = Row::at(journal, seq)
            .field(&ticket.number)
            .field(&document.till)
            .field(document.seq)
            .named(&document.operation)
            .maybe(document.original.as_ref().map(|it| &it.ticket_no))
            .maybe(document.reason.as_ref())
            .field(&document.order)
            .named(&document.channel)
            .named(&document.mode)
            .field(&document.operator)
            .field(document.utc_ms)
            .field(document.offset_min)
            .field(&document.local)
            .field(document.business_date.iso())
            .field(document.total_ht.cents())
            .field(document.total_vat.cents())
            .field(document.total_ttc.cents())
            .field(base.perpetual_algebraic.cents())
            .field(base.perpetual_absolute.cents())
            .field(&ticket.signature);
        self.add("tickets.csv", &row);
        self.parts(&document);
    }

    fn parts(&mut self, document: &ticket::Document) {
        let number = &document.ticket_no;
        for (place, line) in (1_u64..).zip(&document.lines) {
            let row = Row::new()
                .field(number)
                .field(place)
                .field(super::format::hex(&line.line))
                .field(&line.label)
                .field(line.details.join(" / "))
                .field(&line.sku)
                .field(line.qty_m)
                .field(line.unit_ttc.cents())
                .field(line.discount.cents())
                .maybe(line.discount_reason.as_ref())
                .field(line.ttc.cents())
                .field(line.net_ht.cents())
                .field(line.vat.cents())
                .field(line.vat_bp.basis_points())
                .named(&line.vat_class);
            self.add("lignes.csv", &row);
        }
        for rate in &document.vat {
            let row = Row::new()
                .field(number)
                .field(rate.vat_bp.basis_points())
                .field(rate.ht.cents())
                .field(rate.vat.cents())
                .field(rate.ttc.cents());
            self.add("tva.csv", &row);
        }
        for (place, payment) in (1_u64..).zip(&document.payments) {
            let row = Row::new()
                .field(number)
                .field(place)
                .named(&payment.means)
                .field(payment.amount.cents())
                .field(payment.tendered.cents())
                .field(payment.change.cents())
                .maybe(payment.reference.as_ref())
                .named(&payment.state)
                .maybe(payment.issuer.as_ref())
                .field(payment.vouchers)
                .field(payment.forfeited.cents());
            self.add("paiements.csv", &row);
        }
    }

    fn record(&mut self, at: (JournalId, Seq), kind: SeriesKind, record: &Record) {
        let made = match kind {
            SeriesKind::Duplicate => self.row(at, record, duplicate),
            SeriesKind::Provisional => self.row(at, record, provisional),
            SeriesKind::Invoice => self.row(at, record, invoice),
            SeriesKind::Closing => self.row(at, record, closing),
            SeriesKind::Event => self.row(at, record, event),
            SeriesKind::Archive => self.row(at, record, archive),
        };
        let Some((row, training)) = made else { return };
        if self.purpose == Some(Purpose::Training) {
            self.add("formation.csv", &training.field(&record.signature));
            return;
        }
        let table = match kind {
            SeriesKind::Duplicate => "duplicatas.csv",
            SeriesKind::Provisional => "provisoires.csv",
            SeriesKind::Invoice => "factures.csv",
            SeriesKind::Closing => "clotures.csv",
            SeriesKind::Event => "jet.csv",
            SeriesKind::Archive => "archives.csv",
        };
        self.add(table, &row.field(&record.signature));
    }

    /// The row of a document, and its row among those made in training, both without signature.
    #[expect(clippy::unused_self, reason = "called as the others are")]
    fn row<D: Document>(
        &self,
        (journal, seq): (JournalId, Seq),
        record: &Record,
        columns: fn(Row, &D) -> Row,
    ) -> Option<(Row, Row)> {
        let document: D = record.read().ok()?;
        let head = document.head();
        let training = Row::head(journal, seq, head).field(D::SERIES.tag()).field("");
        Some((columns(Row::head(journal, seq, head), &document), training))
    }
}

fn duplicate(row: Row, it: &Duplicate) -> Row {
    row.field(&it.original_type)
        .field(&it.original)
        .field(&it.original_content)
        .field(it.copy)
        .named(&it.medium)
}

fn provisional(row: Row, it: &Provisional) -> Row {
    row.named(&it.kind)
        .field(&it.order)
        .named(&it.mode)
        .field(it.total_ht.cents())
        .field(it.total_ttc.cents())
}

fn invoice(row: Row, it: &InvoiceDocument) -> Row {
    row.named(&it.kind)
        .field(&it.ticket)
        .maybe(it.original.as_ref())
        .named(&it.mode)
        .field(it.business_date.iso())
        .named(&it.buyer)
        .field(it.total_ttc.cents())
        .field(&it.file)
}

fn closing(row: Row, it: &Closing) -> Row {
    let drawer = it.drawer.as_ref();
    row.named(&it.period)
        .field(&it.label)
        .field(it.first_day)
        .field(it.last_day)
        .maybe(it.first_ticket.as_ref())
        .maybe(it.last_ticket.as_ref())
        .field(it.tally.sales.count)
        .field(it.tally.sales.amount.cents())
        .field(it.tally.credit_notes.count)
        .field(it.tally.credit_notes.amount.cents())
        .field(it.tally.corrections)
        .field(it.tally.total.cents())
        .field(it.tally.absolute.cents())
        .field(it.perpetual_algebraic.cents())
        .field(it.perpetual_absolute.cents())
        .maybe(drawer.map(|it| it.float.cents()))
        .maybe(drawer.map(|it| it.theoretical.cents()))
        .maybe(drawer.and_then(|it| it.counted).map(|it| it.cents()))
        .maybe(drawer.and_then(|it| it.difference).map(|it| it.cents()))
}

fn event(row: Row, it: &EventDocument) -> Row {
    let data = serde_json::to_string(&it.data).unwrap_or_default();
    row.field(it.code.symbol()).maybe(it.code.nf525()).field(data)
}

fn archive(row: Row, it: &ArchiveDocument) -> Row {
    row.field(&it.period)
        .field(&it.file)
        .field(&it.manifest)
        .maybe(it.previous_archive.as_ref())
        .field(it.total_ttc.cents())
}
