//! The page's HTML. Everything that comes from a database is escaped by the template.

use super::board::{Board, Figures, Shop, Workstation};
use super::sign_in::Refused;
use super::words;
use fiscal::Money;
use fiscal::time::DEFAULT_CUT_HOUR;
use maud::{DOCTYPE, Markup, html};

/// The hours that are shown even where nothing was sold.
const USUAL_HOURS: [u8; 12] = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];
/// A bar's height and width in its own drawing.
const BAR: (i64, i64) = (40, 10);

/// The page of somebody who is signed in.
pub(super) fn home(manager: &str, it: &Board) -> Markup {
    let body = html! {
        header.top {
            h1 { "OC Pizza" span.quiet { " · ventes du jour" } }
            p #link.link data-state="waiting" role="status" {
                span.live { "● En direct" }
                span.waiting { "○ Connexion…" }
                span.lost { "▲ Connexion perdue, nouvelle tentative…" }
            }
            form.who method="post" action="/deconnexion" {
                span.quiet { (manager) }
                button type="submit" { "Se déconnecter" }
            }
        }
        noscript { p.notice { "Sans JavaScript, les chiffres ne bougent pas : rechargez la page." } }
        main #board { (board(it)) }
        script src="/static/page.js" {}
    };
    document("Ventes du jour", &body)
}

/// What changes: sent again after every commit.
pub(super) fn board(board: &Board) -> Markup {
    html! {
        p.today {
            (words::date(board.now)) ", "
            span data-figure="now" { (words::time(board.now)) }
        }
        @if !board.alarms.is_empty() { (alarms(board)) }
        @if board.shops.is_empty() {
            section.empty #no-shops {
                h2 { "Aucun magasin" }
                p { "Chargez les magasins et la carte sur le serveur : " code { "sync-server load DOSSIER" } }
            }
        } @else {
            section.shop.together data-shop="all" aria-label="Tous les magasins" {
                div.name { h2 { "Ensemble" } p.quiet { (words::some(board.shops.len(), "magasin")) } }
                (figures(&board.together, greatest_hour([&board.together])))
            }
            @let greatest = greatest_hour(board.shops.iter().map(|shop| &shop.figures));
            @for it in &board.shops { (shop(it, greatest)) }
        }
    }
}

fn shop(shop: &Shop, greatest: Money) -> Markup {
    html! {
        section.shop data-shop=(shop.code) aria-label=(shop.name) {
            div.name {
                h2 { (shop.name) }
                p.quiet.code { (shop.code) }
            }
            (figures(&shop.figures, greatest))
            ul.stations aria-label="Postes" {
                @for it in &shop.workstations { (workstation(it)) }
                @if shop.workstations.is_empty() { li.quiet { "Aucun poste inscrit" } }
            }
        }
    }
}

fn workstation(it: &Workstation) -> Markup {
    let (mark, class) = if it.is_silent { ("▲", "silent") } else { ("●", "heard") };
    html! {
        li class=(class) data-station=(it.label) data-silent=(it.is_silent) {
            (mark) " " b.code { (it.label) }
            @if it.is_kitchen { " cuisine" } @else { " caisse" }
            @if it.is_silent { " : muet depuis " } @else { " : vu il y a " }
            (words::ago(it.silence_ms))
        }
    }
}

fn figures(it: &Figures, greatest: Money) -> Markup {
    html! {
        dl.figures {
            div.main { dt { "Total TTC" } dd data-figure="ttc" data-cents=(it.ttc.cents()) { (words::euros(it.ttc)) } }
            div { dt { "Tickets" } dd data-figure="tickets" data-count=(it.tickets) { (words::count(it.tickets)) } }
            div { dt { "Ticket moyen" } dd data-figure="mean" { (it.mean().map_or_else(|| "–".into(), words::euros)) } }
            div { dt { "Dernière vente" } dd data-figure="last" { (it.last_sale.map_or_else(|| "–".into(), words::time)) } }
        }
        @if it.tickets == 0 {
            p.hours.none data-figure="none" { "Aucune vente aujourd’hui" }
        } @else {
            (hours(it, greatest))
        }
    }
}

/// Sales by hour, in the order of the business day.
fn hours(it: &Figures, greatest: Money) -> Markup {
    let mut hours: Vec<u8> = USUAL_HOURS.into_iter().chain(it.hours.keys().copied()).collect();
    // 24 hours after the cut: one in the morning comes last.
    hours.sort_unstable_by_key(|hour| (24 + hour - DEFAULT_CUT_HOUR) % 24);
    hours.dedup();
    let (height, width) = BAR;
    html! {
        ol.hours aria-label="Ventes par heure" {
            @for hour in hours {
                @let (tickets, ttc) = it.hours.get(&hour).copied().unwrap_or_default();
                @let bar = bar_height(ttc, greatest);
                li data-hour=(hour) data-cents=(ttc.cents()) title={ (hour) " h : " (words::euros(ttc)) ", " (words::some(tickets, "ticket")) } {
                    svg viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" aria-hidden="true" {
                        rect x="1" y=(height - bar) width=(width - 2) height=(bar) {}
                    }
                    span { (hour) }
                    span.unseen { " h : " (words::euros(ttc)) }
                }
            }
        }
    }
}

/// A bar's height; whatever was sold at all is seen.
fn bar_height(ttc: Money, greatest: Money) -> i64 {
    let scaled = ttc.cents().saturating_mul(BAR.0).checked_div(greatest.cents()).unwrap_or(0);
    if ttc == Money::ZERO { 0 } else { scaled.clamp(1, BAR.0) }
}

fn greatest_hour<'a>(all: impl IntoIterator<Item = &'a Figures>) -> Money {
    let hours = all.into_iter().flat_map(|it| it.hours.values());
    hours.map(|(_, ttc)| *ttc).max().unwrap_or_default()
}

fn alarms(board: &Board) -> Markup {
    html! {
        section.alarms #alarms role="alert" {
            h2 { "▲ À voir" }
            ul {
                @for (alarm, at) in &board.alarms {
                    li data-alarm-shop=(alarm.shop) {
                        b { (alarm.shop) " " (alarm.about) }
                        span.quiet { ", le " (words::date(*at)) " à " (words::time(*at)) " : " }
                        (words::alarm(alarm.what))
                    }
                }
            }
        }
    }
}

/// The form that lets somebody in.
pub(super) fn sign_in(refused: Option<Refused>, name: &str) -> Markup {
    let body = html! {
        main.door {
            h1 { "OC Pizza" }
            p.quiet { "Ventes du jour, pour les responsables" }
            @if let Some(refused) = refused {
                p.notice #refused role="alert" { (words::refused(refused)) }
            }
            form method="post" action="/connexion" {
                label for="name" { "Nom" }
                input #name name="name" value=(name) autocomplete="username" required autofocus;
                label for="password" { "Mot de passe" }
                input #password name="password" type="password" autocomplete="current-password" required;
                button.action type="submit" { "Se connecter" }
            }
        }
    };
    document("Connexion", &body)
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="fr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · OC Pizza" }
                link rel="preload" href="/static/InterVariable.woff2" as="font" type="font/woff2" crossorigin;
                link rel="stylesheet" href="/static/page.css";
                link rel="icon" href="data:,";
            }
            body { (body) }
        }
    }
}
