//! The receipt's HTML, in French. It says what was signed, and computes nothing.

use fiscal::Money;
use fiscal::ticket::{Document, DocumentLine, Means, Operation, Ticket};
use fiscal::vat::Mode;
use maud::{DOCTYPE, Markup, html};

/// A signed ticket.
pub(super) fn receipt(ticket: &Ticket, it: &Document) -> Markup {
    let is_training = it.till.starts_with(fiscal::TRAINING);
    let body = html! {
        main.receipt {
            @if is_training { p.notice { "FACTICE – SIMULATION : ce document ne vaut rien." } }
            header {
                h1 { (it.issuer.shop_name) }
                p { (it.issuer.legal_entity) }
                p { (it.issuer.address) }
                p.quiet { "SIREN " (it.issuer.siren) " · " (it.issuer.rcs) " · SIRET " (it.issuer.siret) }
                p.quiet { "NAF " (it.issuer.naf) " · TVA " (it.issuer.vat_number) }
            }
            p { b { (operation(it.operation)) } " " span.code { (it.ticket_no) } }
            @if let Some(original) = &it.original {
                p { "sur le ticket " span.code { (original.ticket_no) } }
            }
            p { (local(&it.local)) " · caisse " (it.till) " · opérateur " (it.operator) }
            p { "Commande " (it.order) " · " (mode(it.mode)) }
            table.lines {
                @for line in &it.lines { (self::line(line)) }
                tr.total { th { "Total TTC" } td { (euros(it.total_ttc)) } }
            }
            @if !it.vat.is_empty() {
                table.vat {
                    tr { th { "TVA" } th { "HT" } th { "TVA" } th { "TTC" } }
                    @for rate in &it.vat {
                        tr {
                            td { (percent(rate.vat_bp.basis_points())) }
                            td { (euros(rate.ht)) }
                            td { (euros(rate.vat)) }
                            td { (euros(rate.ttc)) }
                        }
                    }
                }
            }
            table.payments {
                @for payment in &it.payments {
                    tr { th { (means(payment.means)) } td { (euros(payment.tendered)) } }
                    @if payment.change != Money::ZERO {
                        tr { th { "Rendu" } td { (euros(payment.change)) } }
                    }
                }
            }
            p.quiet { (it.line_count) " ligne(s) · signature " span.code { (ticket.extract()) } }
            p.quiet { (it.issuer.software) " · version fiscale " (it.issuer.fiscal_version) }
        }
    };
    document(&it.ticket_no, &body)
}

/// No such ticket: it was not sent to the centre yet, or the link is not whole.
pub(super) fn unknown() -> Markup {
    let body = html! {
        main.receipt {
            h1 { "Ticket introuvable" }
            p {
                "Le magasin ne l’a peut-être pas encore transmis : réessayez dans quelques minutes. "
                "Sinon, demandez au comptoir de l’imprimer."
            }
        }
    };
    document("Ticket introuvable", &body)
}

fn line(line: &DocumentLine) -> Markup {
    html! {
        tr {
            td {
                (quantity(line.qty_m)) " × " (line.label)
                @for detail in &line.details { br; span.quiet { (detail) } }
                @if line.discount != Money::ZERO {
                    br;
                    span.quiet {
                        "remise " (euros(line.discount))
                        @if let Some(reason) = &line.discount_reason { " : " (reason) }
                    }
                }
            }
            td { (euros(line.ttc)) }
        }
    }
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="fr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · OC Pizza" }
                link rel="stylesheet" href="/static/page.css";
                link rel="icon" href="data:,";
            }
            body { (body) }
        }
    }
}

fn euros(amount: Money) -> String {
    format!("{}\u{a0}€", amount.french())
}

/// `5,5 %`.
fn percent(basis_points: u16) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let decimals = format!("{rest:02}");
    match decimals.trim_end_matches('0') {
        "" => format!("{whole}\u{a0}%"),
        decimals => format!("{whole},{decimals}\u{a0}%"),
    }
}

/// `2`, `0,250`.
fn quantity(thousandths: u32) -> String {
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole},{rest:03}") }
}

/// `21/11/2026 19:05` of `2026-11-21T19:05:00`.
fn local(iso: &str) -> String {
    let read = || {
        let (date, time) = iso.split_once('T')?;
        let mut parts = date.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        Some(format!("{day}/{month}/{year} {}", time.get(..5)?))
    };
    read().unwrap_or_else(|| iso.to_owned())
}

const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Sale => "Ticket",
        Operation::CreditNote => "Avoir",
        Operation::PaymentCorrection => "Correction de paiement",
    }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::OnSite => "sur place",
        Mode::TakeAway => "à emporter",
        Mode::Delivery => "en livraison",
    }
}

const fn means(means: Means) -> &'static str {
    match means {
        Means::Cash => "Espèces",
        Means::Card => "Carte bancaire",
        Means::MealVoucher => "Titres-restaurant papier",
        Means::MealVoucherCard => "Carte titre-restaurant",
        Means::Cheque => "Chèque",
        Means::Staff => "Repas du personnel",
        Means::Receivable => "À payer",
    }
}

#[cfg(test)]
mod tests {
    use super::{local, percent, quantity};

    #[test]
    fn figures_are_written_as_in_france() {
        assert_eq!([550, 1_000, 210].map(percent), ["5,5\u{a0}%", "10\u{a0}%", "2,1\u{a0}%"]);
        assert_eq!([2_000, 250].map(quantity), ["2", "0,250"]);
        assert_eq!(local("2026-11-21T19:05:00"), "21/11/2026 19:05");
        assert_eq!(local("?"), "?");
    }
}
