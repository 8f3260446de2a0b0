//! Journals that have two histories, or whose file was set back: what a manager is shown of them.

use super::Desk;
use crate::store::alarms::{self, Alarm, Raised};
use crate::store::journals::{self, Branch, Held};
use crate::store::{StoreError, books, histories, publications, settings};
use journal::{Seq, Tip};
use pos_api::{BranchView, HistoryCause, HistoryView};

/// The most that are shown.
const SHOWN: usize = 50;

/// Newest first.
pub(super) fn all(desk: &Desk<'_>) -> Result<Vec<HistoryView>, StoreError> {
    let raised = alarms::list(desk.tx)?.into_iter();
    let of_histories = raised
        .filter(|it| matches!(it.kind, Alarm::Fork | Alarm::Restored | Alarm::Anchor))
        .take(SHOWN);
    of_histories.map(|it| one(desk, it)).collect()
}

fn one(desk: &Desk<'_>, raised: Raised) -> Result<HistoryView, StoreError> {
    let chains = match raised.journal {
        Some(journal) => journals::find(desk.tx, journal)?,
        None => Vec::new(),
    };
    let label = chains.first().map_or_else(String::new, |held| held.workstation.clone());
    let goes_on = match chains.first() {
        Some(first) => is_left(desk, first)?,
        None => false,
    };
    let branches =
        chains.iter().map(|held| branch(desk, held, &chains)).collect::<Result<_, _>>()?;
    let names = publications::staff(desk.tx)?.map_or_else(Vec::new, |staff| staff.operators);
    let acknowledged = raised.acknowledged.map(|(code, _)| {
        let known = names.iter().find(|it| it.code.as_str() == code);
        known.map_or(code, |it| it.name.clone())
    });
    let cause = match (raised.kind, goes_on, chains.len()) {
        (Alarm::Anchor, ..) => HistoryCause::AnchorGone,
        (Alarm::Restored, true, _) => HistoryCause::SetBack,
        (Alarm::Restored, false, _) => HistoryCause::TakenBack,
        (_, true, 2..) if chains.iter().all(|held| held.own) => HistoryCause::Copied,
        _ => HistoryCause::Forked,
    };
    Ok(HistoryView {
        alarm: raised.alarm,
        label,
        time: time(desk, raised.raised_ms),
        cause,
        branches,
        goes_on,
        acknowledged,
    })
}

/// Whether its writer goes on in another journal, opened after this one's last entry.
fn is_left(desk: &Desk<'_>, left: &Held) -> Result<bool, StoreError> {
    let later = journals::all(desk.tx)?.into_iter().any(|held| {
        held.public_key == left.public_key
            && held.purpose == left.purpose
            && held.tip.journal != left.tip.journal
            && left.tick < held.tick
    });
    Ok(later)
}

fn branch(desk: &Desk<'_>, held: &Held, chains: &[Held]) -> Result<BranchView, StoreError> {
    // What the ordinary chain shares with the others is no part of the quarrel.
    let mut left = Vec::new();
    for other in chains {
        left.push(histories::leaves_at(desk.tx, other.tip.journal, other.branch)?);
    }
    let own = histories::leaves_at(desk.tx, held.tip.journal, held.branch)?;
    let from = match held.branch {
        Branch::ORDINARY => left.into_iter().filter(|it| *it != Seq(0)).min().unwrap_or(Seq(0)),
        Branch(_) => own,
    };
    let (count, total) = histories::tickets_after(desk.tx, held.tip.journal, held.branch, from)?;
    let last = histories::last_wall_ms(desk.tx, held)?;
    Ok(BranchView {
        from: from.next().0,
        to: held.tip.seq.0,
        tickets: count,
        total,
        until: last.map_or_else(String::new, |at_ms| time(desk, at_ms)),
        at_centre: is_at_centre(desk, held.tip, held.branch)?,
    })
}

/// Whether the centre has said that it holds the end of the ordinary chain; of another history nobody
/// takes note.
fn is_at_centre(desk: &Desk<'_>, tip: Tip, branch: Branch) -> Result<bool, StoreError> {
    let centre = settings::centre(desk.tx)?;
    let Some(centre) = centre.filter(|_| branch == Branch::ORDINARY) else {
        return Ok(false);
    };
    Ok(tip.seq <= books::held_by(desk.tx, &centre.key, tip.journal)?)
}

/// A moment, for people: "2026-11-22 19:12".
pub(super) fn time(desk: &Desk<'_>, at_ms: i64) -> String {
    let local = desk.zone.moment(at_ms).local();
    format!("{} {:02}:{:02}", local.date().iso(), local.hour, local.minute)
}
