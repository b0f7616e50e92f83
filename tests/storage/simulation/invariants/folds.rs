//! Every state is the fold of its events; numbers have no gap; no link is broken.

use customer_pool::ledger::{fold, read_event, verify};
use customer_pool::service::{Audit, Driver};

use super::super::world::World;
use super::{Lives, Verdict};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    for (state, events) in &lives.all {
        let id = state.customer().id();
        if fold(events).map_err(|illegal| illegal.to_string())?.as_ref() != Some(state) {
            return Err(format!("{id} is not the fold of its events"));
        }
        if !events.iter().zip(1..).all(|(event, number)| event.number() == number) {
            return Err(format!("the events of {id} have a gap"));
        }
        verify(id, events, None).map_err(|broken| broken.to_string())?;
        for event in events {
            let text = serde_json::to_string(event).map_err(|error| error.to_string())?;
            if read_event(&text).map_err(|error| error.to_string())? != *event {
                return Err(format!("event {} of {id} does not survive its wire form", event.number()));
            }
        }
    }
    let mut store = world.store.clone();
    for rep in &world.reps {
        let audit = Driver::new(world.rules()).audit_rep(rep).on(&mut store).map_err(|error| error.to_string())?;
        if !matches!(audit, Audit::Whole { .. }) {
            return Err(format!("{rep}: {audit:?}"));
        }
    }
    Ok(())
}
