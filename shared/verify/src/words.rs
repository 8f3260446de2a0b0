//! What is said to the inspector, in French.

use crate::fault::{FileFault, Note};
use fiscal::record::SeriesKind;
use fiscal::replay::{Fault, Finding};

/// The name of a series.
const fn series(kind: SeriesKind) -> &'static str {
    match kind {
        SeriesKind::Duplicate => "duplicata",
        SeriesKind::Provisional => "document provisoire",
        SeriesKind::Invoice => "facture",
        SeriesKind::Closing => "clôture",
        SeriesKind::Event => "événement",
        SeriesKind::Archive => "archive",
    }
}

/// A finding, as a sentence; `number` is the document's where it is known.
#[must_use]
pub fn finding(finding: &Finding, number: Option<&str>) -> String {
    let journal: String = finding.journal.hex().chars().take(12).collect();
    let place = match finding.seq {
        Some(seq) => format!("journal {journal}, écriture {seq}"),
        None => format!("journal {journal}"),
    };
    let number = number.map(|it| format!(" (document {it})")).unwrap_or_default();
    format!("[{}] {place}{number} : {}.", finding.what.code(), fault(&finding.what))
}

/// What is wrong.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a sentence for each fault, and no fault without one")]
pub fn fault(fault: &Fault) -> String {
    let text = str::to_owned;
    match fault {
        Fault::Header => text("l'en-tête a été modifié : il est illisible"),
        Fault::Body => text("le contenu a été modifié : ce n'est pas celui que l'en-tête désigne"),
        Fault::BodyGone => text("le contenu a été supprimé alors qu'il doit être conservé"),
        Fault::Missing { from } => {
            format!("des écritures ont été supprimées à partir du rang {from}")
        }
        Fault::OutOfOrder => text("l'écriture n'est pas à sa place : insérée ou déplacée"),
        Fault::Altered => text(
            "l'écriture suivante désigne une autre empreinte : modifiée, remplacée ou précédant une insertion",
        ),
        Fault::OtherJournal => text("l'écriture appartient à un autre journal"),
        Fault::Tick => text("l'ordre logique (tick) ne croît pas"),
        Fault::Seal => text("le scellé n'est pas celui de la clé du journal"),
        Fault::Unsealed { entries } => format!("{entries} écriture(s) sans scellé"),
        Fault::NotOpened => text("la première écriture n'ouvre pas ce journal"),
        Fault::Empty => text("aucune écriture"),
        Fault::NotFiscal => {
            text("document fiscal rangé comme supprimable, ou de structure inconnue")
        }
        Fault::Ticket(why) => format!("ticket faux en lui-même ({why})"),
        Fault::Record(kind, why) => {
            format!("{} : document faux en lui-même ({why})", series(*kind))
        }
        Fault::TicketSeries => text(
            "le ticket ne suit pas le précédent (numéro, signature précédente ou totaux perpétuels)",
        ),
        Fault::RecordSeries(kind) => {
            format!("{} : ne suit pas le document précédent de sa série", series(*kind))
        }
        Fault::Carried => {
            text("les totaux perpétuels repris ne sont pas ceux des journaux continués")
        }
        Fault::Overflow => text("montants hors de toute vraisemblance"),
        Fault::ClosingSpan => text("la clôture ne couvre pas exactement ce qui suit la précédente"),
        Fault::ClosingDay => text("les journées clôturées ne se suivent pas"),
        Fault::ClosingTally => {
            text("les chiffres de la clôture ne sont pas ceux des documents couverts")
        }
        Fault::ClosingPerpetual => {
            text("les totaux perpétuels de la clôture ne sont pas ceux des tickets")
        }
        Fault::ClosingTickets => text("le premier ou le dernier ticket de la clôture est inexact"),
        Fault::ClosingFloat => text("le fond de caisse n'est pas celui déclaré à l'ouverture"),
        Fault::MonthSum => text("le mois n'est pas la somme de ses journées"),
        Fault::YearSum => text("l'exercice n'est pas la somme de ses mois"),
        Fault::SupplementarySum => {
            text("la clôture supplémentaire n'est pas la somme de ce qu'elle désigne")
        }
        Fault::ArchiveSum => {
            text("l'archive n'est pas la somme de ses tickets, ou ne suit pas la précédente")
        }
        Fault::NoOriginal { number } => format!("le document {number} qu'il désigne n'existe pas"),
        Fault::OtherContent { number } => {
            format!("le contenu du document {number} n'est pas celui qu'il désigne")
        }
        Fault::CopyNumber { number } => {
            format!("les duplicatas de {number} ne sont pas numérotés 1, 2, 3 …")
        }
        Fault::CreditExceeds { number } => {
            format!("il a été rendu plus que ce qui avait été vendu par {number}")
        }
        Fault::InvoiceAmounts { number } => {
            format!("les montants de la facture ne sont pas ceux du ticket {number}")
        }
        Fault::CutOff { known } => {
            format!("fin coupée : un témoin connaît une écriture de rang {known}")
        }
        Fault::AnchorDiffers { known } => {
            let known: String = known.hex().chars().take(16).collect();
            format!("un témoin connaît à cette place une autre écriture ({known}…)")
        }
        Fault::TwoEntries => {
            text("deux écritures différentes à cette place : le journal a été écrit deux fois")
        }
        Fault::SharedKey { other } => {
            let other: String = other.hex().chars().take(12).collect();
            format!("même clé que le journal {other}, sans que l'un continue l'autre")
        }
        Fault::OtherBefore => {
            text("l'état avant l'archive n'est pas celui que donnent les écritures précédentes")
        }
    }
}

/// What is wrong with a file, as a sentence.
#[must_use]
pub fn file_fault(name: &str, fault: &FileFault) -> String {
    let short = |it: &journal::JournalId| it.hex().chars().take(12).collect::<String>();
    let what = match fault {
        FileFault::Manifest => "manifeste absent ou illisible".to_owned(),
        FileFault::ManifestSignature => "la signature du manifeste est fausse".to_owned(),
        FileFault::ManifestKey => {
            "le manifeste est signé par une clé étrangère aux journaux de l'archive".to_owned()
        }
        FileFault::FileMissing(file) => format!("le fichier {file} manque"),
        FileFault::FileDiffers(file) => format!("le fichier {file} a été modifié"),
        FileFault::FileUnexpected(file) => format!("le fichier {file} a été ajouté"),
        FileFault::Header => "entete.json absent ou illisible".to_owned(),
        FileFault::Line { file, line } => format!("{file}, ligne {line} : illisible ou déplacée"),
        FileFault::Span(journal) => {
            format!("journal {} : l'en-tête annonce d'autres écritures", short(journal))
        }
        FileFault::After(journal) => {
            format!("journal {} : l'état annoncé n'est pas celui des écritures", short(journal))
        }
        FileFault::Table(file) => {
            format!("le tableau {file} ne dit pas ce que disent les écritures")
        }
        FileFault::Previous => "l'archive ne désigne pas la précédente".to_owned(),
        FileFault::TimeStamp => "l'horodatage n'est pas celui du manifeste".to_owned(),
        FileFault::Damaged(said) => format!("fichier endommagé ({said})"),
        FileFault::Trigger(trigger) => format!("déclencheur manquant ou modifié : {trigger}"),
        FileFault::Column { journal, seq, column } => {
            format!(
                "journal {}, écriture {seq} : la colonne {column} a été modifiée",
                short(journal)
            )
        }
        FileFault::Row { journal, column } => {
            format!("journal {} : {column} ne dit pas ce que disent les écritures", short(journal))
        }
        FileFault::Orphans { table, count } => {
            format!("{count} ligne(s) de {table} hors de toute chaîne")
        }
        FileFault::TicketRows { rows, tickets } => {
            format!("{rows} ligne(s) dans la table des tickets pour {tickets} ticket(s) signé(s)")
        }
        FileFault::Projection { table, rows } => {
            format!("{rows} ligne(s) de la table {table} ne disent pas ce que disent les écritures")
        }
    };
    format!("[{}] {name} : {what}.", fault.code())
}

/// Something to know, as a sentence.
#[must_use]
pub fn note(name: &str, note: &Note) -> String {
    let what = match note {
        Note::PreviousNotHere => "l'archive précédente n'est pas dans le lot".to_owned(),
        Note::Gap(journal) => {
            let short: String = journal.hex().chars().take(12).collect();
            format!("journal {short} : des écritures entre deux archives ne sont pas dans le lot")
        }
        Note::TimeStampHolds => "horodatage vérifié par openssl".to_owned(),
        Note::TimeStampUnchecked => "horodatage présent, non vérifié : openssl absent".to_owned(),
        Note::Parked(count) => {
            format!("{count} écriture(s) reçue(s) d'ailleurs et mise(s) à l'écart")
        }
        Note::WithLog => "lu avec son journal WAL, dans une copie".to_owned(),
    };
    format!("{name} : {what}.")
}

/// What a journal is for.
#[must_use]
pub fn purpose(name: &str) -> &str {
    match name {
        "REEL" => "ventes réelles",
        "FORMATION" => "formation",
        "CENTRE" => "centre",
        _ => "inconnu",
    }
}

/// The verdict.
#[must_use]
pub const fn verdict(sound: bool, attested: bool) -> &'static str {
    match (sound, attested) {
        (false, _) => "ANOMALIES",
        (true, true) => "CONFORME",
        (true, false) => "CONFORME, fin non attestée",
    }
}

/// What the verdict does not say.
pub const NOT_ATTESTED: &str = "Fin non attestée : rien, dans ce qui a été lu, ne prouve qu'aucune écriture plus récente \
     n'existait. Un témoin plus récent (--anchor, --peer, archive suivante) peut l'établir.";
