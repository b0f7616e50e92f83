//! No rep is above the cap of four, except through a recorded bypass, or as an heir: no cap refuses a departure.

use std::collections::BTreeMap;

use customer_pool::ledger::EventKind;
use customer_pool::model::Place;

use super::{Lives, Verdict};

pub fn holds(lives: &Lives) -> Verdict {
    let (mut held, mut excused) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for (state, events) in &lives.all {
        let Place::Owned(owned) = state.customer().place() else { continue };
        *held.entry(owned.owner().as_str()).or_default() += 1;
        let begun = events.iter().rev().find(|event| event.data().begun().is_some()).ok_or("it began somehow")?;
        if !begun.origin().bypassed().is_empty() || begun.kind() == EventKind::Departed {
            *excused.entry(owned.owner().as_str()).or_default() += 1;
        }
    }
    for (rep, held) in held {
        let excused = excused.get(rep).copied().unwrap_or(0);
        if held > 4 + excused {
            return Err(format!("{rep} holds {held}, of which {excused} by a bypass or as an heir"));
        }
    }
    Ok(())
}
