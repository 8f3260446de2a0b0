//! The outage that is made on purpose.

use super::{count, duration, french, moment, money};
use pos_api::DrillView;

/// The place.
pub(crate) const TITLE: &str = "Exercice";
/// What it is.
pub(crate) const EXPLAINED: &str =
    "Coupe internet exprès, dix minutes, pour vérifier que le magasin continue.";
/// What is not touched by it.
pub(crate) const UNTOUCHED: &str = "Seul ce poste est coupé, et seulement d’internet\u{202f}: la cuisine, les autres caisses, les imprimantes et le terminal de la banque répondent.";
/// How long.
pub(crate) const MINUTES: &str = "Durée";
/// Begins.
pub(crate) const BEGIN: &str = "Couper internet";
/// It began.
pub(crate) const BEGUN: &str = "L’exercice commence\u{202f}: vendez comme d’habitude.";
/// It is on.
pub(crate) const RUNS: &str = "Internet est coupé exprès";
/// What to do meanwhile.
pub(crate) const SELL: &str = "Vendez comme d’habitude. L’exercice se termine seul.";
/// Ends it.
pub(crate) const STOP: &str = "Arrêter";
/// It ended.
pub(crate) const STOPPED: &str = "L’exercice est fini\u{202f}: le centre reçoit ce qui attendait.";
/// Over the reports.
pub(crate) const REPORTS: &str = "Exercices passés";
/// There are none.
pub(crate) const NONE: &str =
    "Aucun encore. Faites-en un par mois, à une heure où quelqu’un peut regarder.";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste relit ses exercices.";

/// "10 min": how long it will last.
pub(crate) fn minutes(number: u32) -> String {
    format!("{number}\u{a0}min")
}

/// "9:05": minutes and seconds that are left.
pub(crate) fn left(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// When it was, how long, and who began it.
pub(crate) fn head(report: &DrillView) -> String {
    format!("{} · {} · {}", moment(&report.time), duration(report.seconds), report.manager)
}

/// What was sold.
pub(crate) fn sold(report: &DrillView) -> String {
    let tickets = count(u64::from(report.tickets), "ticket", "tickets");
    french(&format!("{tickets} : {}", money(report.total)))
}

/// What the kitchen saw.
pub(crate) fn seen(report: &DrillView) -> String {
    match report.kitchen_sent {
        0 => "aucune commande envoyée en cuisine".to_owned(),
        sent => format!("commandes vues en cuisine : {}/{sent}", report.kitchen_seen),
    }
}

/// Whether the kitchen missed an order.
pub(crate) const fn is_missed(report: &DrillView) -> bool {
    report.kitchen_seen < report.kitchen_sent
}

/// What waited for the centre, and how long until it had it.
pub(crate) fn level(report: &DrillView) -> String {
    let waiting = count(report.waiting, "enregistrement en attente", "enregistrements en attente");
    match (report.waiting, report.level_after_s) {
        (0, _) => "rien n’attendait à la fin".to_owned(),
        (_, Some(seconds)) => format!("{waiting}, à niveau après {}", duration(seconds)),
        (_, None) => format!("{waiting}, pas encore à niveau"),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_missed, left, level, seen, sold};
    use fiscal::Money;
    use pos_api::DrillView;

    #[test]
    fn a_report_says_what_was_sold_seen_and_caught_up() {
        let report = DrillView {
            time: "2026-11-22 15:02".to_owned(),
            seconds: 600,
            manager: "LB".to_owned(),
            tickets: 12,
            total: Money::from_cents(23_450),
            kitchen_seen: 9,
            kitchen_sent: 10,
            waiting: 84,
            level_after_s: Some(3),
        };
        assert_eq!(sold(&report), "12\u{a0}tickets\u{202f}: 234,50\u{202f}€");
        assert!(seen(&report).ends_with("9/10") && is_missed(&report));
        assert_eq!(level(&report), "84\u{a0}enregistrements en attente, à niveau après 3\u{a0}s");
        let late = DrillView { level_after_s: None, ..report };
        assert!(level(&late).ends_with("pas encore à niveau"));
        assert_eq!(left(545), "9:05");
    }
}
