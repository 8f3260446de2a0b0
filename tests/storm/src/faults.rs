//! How things go wrong, and are put right again.

use crate::net::Way;
use crate::plan::Fault;
use crate::world::World;
use anyhow::{Context, Result};
use rustix::process::Signal;
use std::time::Duration;

/// Makes it go wrong.
///
/// # Errors
///
/// It did not.
pub fn begin(world: &mut World, fault: Fault) -> Result<()> {
    match fault {
        Fault::Slow(place, delay, jitter) => {
            let ms = |it: u32| Duration::from_millis(it.into());
            world.roads_of(place).for_each(|road| road.set(ms(delay), ms(jitter)));
        }
        Fault::Stall(place) | Fault::Hole(place) => {
            world.roads_of(place).for_each(crate::relay::Road::stall);
        }
        Fault::Reset(place) => world.roads_of(place).for_each(crate::relay::Road::reset),
        Fault::NoCentre(place) => world.road_to_centre(place).stall(),
        Fault::Loss(place, percent) => {
            for way in [Way::In, Way::Out] {
                world.pcs[place].host.lose(way, percent)?;
            }
        }
        Fault::OneWay(place, way) => world.pcs[place].host.lose(way, 100)?,
        Fault::Trickle(place) => world.pcs[place].host.trickle()?,
        Fault::Kill(place) => world.pcs[place].kill()?,
        Fault::Freeze(place) => world.pcs[place].signal(Signal::STOP)?,
        Fault::DiskFull(place) => world.pcs[place].fill_disk()?,
        Fault::Clock(place, leap) => world.pcs[place].set_clock(leap)?,
        Fault::KillServer(replica) => world.centre.kill(replica)?,
        Fault::FreezeServer(replica) => world.centre.signal(replica, Signal::STOP)?,
        Fault::KillDatabase => {
            world.centre.postgres.kill()?;
            // What it holds now is what it will be set back to one day.
            world.centre.postgres.remember()?;
        }
        Fault::SetBackDatabase => world.centre.postgres.kill()?,
    }
    Ok(())
}

/// Puts it right.
///
/// # Errors
///
/// It could not be.
pub fn end(world: &mut World, fault: Fault) -> Result<()> {
    match fault {
        Fault::Slow(place, ..) | Fault::Stall(place) => {
            world.roads_of(place).for_each(crate::relay::Road::clear);
        }
        Fault::Hole(place) => {
            for road in world.roads_of(place) {
                road.reset();
                road.clear();
            }
        }
        Fault::Reset(_) => {}
        Fault::NoCentre(place) => {
            let road = world.road_to_centre(place);
            road.reset();
            road.clear();
        }
        Fault::Loss(place, _) | Fault::OneWay(place, _) => {
            world.pcs[place].host.lose_nothing()?;
        }
        Fault::Trickle(place) => world.pcs[place].host.flow()?,
        Fault::Kill(place) => world.pcs[place].start()?,
        Fault::Freeze(place) => world.pcs[place].signal(Signal::CONT)?,
        Fault::DiskFull(place) => world.pcs[place].empty_disk()?,
        Fault::Clock(place, _) => world.pcs[place].set_clock("+0")?,
        // Its database may be down just then: `heal` waits until it answers.
        Fault::KillServer(replica) => world.centre.switch_on(replica)?,
        Fault::FreezeServer(replica) => world.centre.signal(replica, Signal::CONT)?,
        Fault::KillDatabase => world.centre.postgres.resume()?,
        Fault::SetBackDatabase => {
            world.set_back = true;
            world.centre.postgres.set_back().context("set PostgreSQL back")?;
            world.centre.postgres.resume()?;
        }
    }
    Ok(())
}
