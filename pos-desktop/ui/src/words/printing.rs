//! The printer: what stops it, and what to do.

use super::french;
use pos_api::{PrintJobView, PrinterCause, PrinterView};

/// Why it does not print, within a sentence.
pub(super) const fn printer_cause(cause: PrinterCause) -> &'static str {
    match cause {
        PrinterCause::Unreachable => "imprimante introuvable sur le réseau",
        PrinterCause::NoAnswer => "l’imprimante ne répond pas",
        PrinterCause::NoPaper => "plus de papier",
        PrinterCause::CoverOpen => "capot ouvert",
        PrinterCause::Offline => "imprimante mise en attente par son bouton",
        PrinterCause::Fault => "l’imprimante signale une panne",
        PrinterCause::Busy => "imprimante occupée par un autre poste",
        PrinterCause::Unsupported => "branchement impossible sur ce système",
    }
}

/// What to do about it.
pub(super) const fn printer_advice(cause: PrinterCause) -> &'static str {
    match cause {
        PrinterCause::Unreachable => {
            "Regardez si l’imprimante est allumée et son câble branché, puis l’adresse dans les réglages (F5)."
        }
        PrinterCause::NoAnswer => "Éteignez l’imprimante, rallumez-la, attendez dix secondes.",
        PrinterCause::NoPaper => {
            "Mettez un rouleau : ce qui attend s’imprime ensuite, une seule fois."
        }
        PrinterCause::CoverOpen => {
            "Fermez le capot : ce qui attend s’imprime ensuite, une seule fois."
        }
        PrinterCause::Offline => "Appuyez sur le bouton de l’imprimante pour la remettre en ligne.",
        PrinterCause::Fault => {
            "Ouvrez le capot, retirez le papier coincé, refermez. Si le voyant reste rouge, appelez le responsable."
        }
        PrinterCause::Busy => "Attendez : le ticket part dès que l’autre poste a fini.",
        PrinterCause::Unsupported => {
            "Sous Windows, branchez l’imprimante par le réseau ou le port série, puis réglez-la (F5)."
        }
    }
}

/// How the printer stands, as a sentence.
pub(super) fn printer(view: &PrinterView) -> String {
    match view {
        PrinterView::None => "Aucune imprimante n’est réglée.".to_owned(),
        PrinterView::Ready => "L’imprimante répond.".to_owned(),
        PrinterView::Unknown => "L’imprimante n’a pas encore été interrogée.".to_owned(),
        PrinterView::Unheard => "Cette imprimante ne dit pas si elle a imprimé.".to_owned(),
        PrinterView::Stopped(cause) => format!("Ticket : {}.", printer_cause(*cause)),
    }
}

/// How the printer stands, and what to do about it.
pub(crate) fn printer_stands(view: &PrinterView) -> String {
    french(&match view {
        PrinterView::Stopped(cause) => format!("{} {}", printer(view), printer_advice(*cause)),
        PrinterView::None | PrinterView::Ready | PrinterView::Unknown | PrinterView::Unheard => {
            printer(view)
        }
    })
}

/// What is said of a job that is not simply done.
pub(crate) fn job_offered(job: &PrintJobView) -> String {
    let what = if job.ticket.is_empty() {
        "Page d’essai".to_owned()
    } else {
        format!("Ticket {}", job.ticket)
    };
    let how = match (job.unsure, job.cause) {
        _ if job.unconfirmed => "envoyé, non confirmé".to_owned(),
        (true, _) => "peut-être imprimé : regardez avant de réimprimer".to_owned(),
        (false, Some(cause)) => format!("en attente, {}", printer_cause(cause)),
        (false, None) => "en cours d’impression".to_owned(),
    };
    french(&format!("{what}, demandé à {} : {how}", job.asked))
}
