//! A round: people at work, things that go wrong, and the count when all is well again.

use crate::faults;
use crate::people::{cook, sell};
use crate::plan::Plan;
use crate::wait::{Since, pause};
use crate::world::{Totals, World};
use anyhow::{Context, Result, anyhow};
use friday::Dice;
use pos_api::Role;
use std::sync::Arc;
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// What a round came to.
#[derive(Clone, Debug)]
pub struct Played {
    /// What went wrong in it.
    pub plan: Plan,
    /// All that its world came to until then.
    pub totals: Totals,
    /// How long everybody took to hold the same entries, after the last fault had ended.
    pub level: Duration,
}

/// Plays the round of this seed.
///
/// # Errors
///
/// What was lost, doubled or not to the cent; who has a fault, or says nothing.
pub fn play(world: &mut World, seed: u64) -> Result<Played> {
    let plan = Plan::of(seed, world.pcs.len());
    let since = Since::now();
    let people = send_people(world, seed)?;
    for (at, fault, begins) in plan.timeline() {
        pause(since.left(at));
        if begins {
            faults::begin(world, fault)?;
        } else {
            faults::end(world, fault)?;
        }
    }
    for person in people {
        person.join().map_err(|_| anyhow!("a person panicked"))??;
    }
    for pc in &world.pcs {
        // One that ended by itself would be an error of its own: it says so in its log.
        anyhow::ensure!(pc.runs()?, "{} ended by itself", pc.name());
    }
    world.centre.heal()?;
    let level = world.wait_until_level()?;
    let totals = world.count().context("counted after the round")?;
    Ok(Played { plan, totals, level })
}

fn send_people(world: &World, seed: u64) -> Result<Vec<JoinHandle<Result<()>>>> {
    let mut people = Vec::new();
    for (place, pc) in world.pcs.iter().enumerate() {
        let dice = Dice::new(seed, 1 + u64::try_from(place)?);
        let pc = Arc::clone(pc);
        people.push(match pc.badge.role {
            Role::Till => {
                let cashier = World::cashier(&pc.badge.shop)?;
                let book = Arc::clone(&world.books[&pc.name()]);
                spawn(move || sell(&pc, &cashier, &book, dice))
            }
            Role::Kitchen => spawn(move || cook(&pc, dice)),
        });
    }
    Ok(people)
}
