//! A command is carried out once, however often it is sent, and is answered the same each time.

use std::collections::BTreeMap;

use customer_pool::ledger::EventKind;
use customer_pool::plan::{ItemOutcome, Outcome};

use super::super::world::World;
use super::{Lives, Verdict};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    let mut written = BTreeMap::<&str, Vec<EventKind>>::new();
    for event in lives.all.iter().flat_map(|(_, events)| events) {
        written.entry(event.origin().key().as_str()).or_default().push(event.kind());
    }
    let mut first = BTreeMap::<&str, &Outcome>::new();
    for (key, outcome) in &world.answers {
        // A refusal is not kept: the same command may be tried again, and may then be done.
        if !outcome.items().iter().any(|(_, item)| matches!(item, ItemOutcome::Applied { .. })) {
            continue;
        }
        let known = first.entry(key.as_str()).or_insert(outcome);
        if *known != outcome {
            return Err(format!("{key} was answered by {known:?}, and then by {outcome:?}"));
        }
        if let [(_, ItemOutcome::Applied { events, .. })] = outcome.items() {
            let kept = written.get(key.as_str());
            let pulled = kept.is_none();
            if !pulled && kept != Some(events) {
                return Err(format!("{key} was answered with {events:?}, and wrote {kept:?}"));
            }
        }
    }
    Ok(())
}
