//! Every event's decision, made again with its recorded inputs, comes out the same.

use std::collections::BTreeMap;

use customer_pool::digest::Digest;
use customer_pool::ledger::Event;

use super::super::world::World;
use super::{Lives, Verdict};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    let mut written = BTreeMap::<Digest, Vec<&Event>>::new();
    for event in lives.all.iter().flat_map(|(_, events)| events) {
        let decision = event.origin().decision().ok_or("an event without a decision")?;
        written.entry(decision).or_default().push(event);
    }
    for (record, rules) in &world.records {
        let digest = Digest::of(record).map_err(|error| error.to_string())?;
        let events = written.remove(&digest).ok_or_else(|| format!("no event of {record:?}"))?;
        let text = serde_json::to_string(record).map_err(|error| error.to_string())?;
        let again: customer_pool::plan::DecisionRecord =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let (_, again) =
            again.replay(&world.rules[*rules]).map_err(|error| format!("{error}: {error:?}, {record:?}"))?;
        let replayed: Vec<&Event> = again.iter().collect();
        let told = |events: &[&Event]| -> Vec<_> {
            events.iter().map(|event| (event.number(), event.at(), event.data().clone(), event.previous())).collect()
        };
        let (was, is) = (told(&events), told(&replayed));
        // The link of an event that names a note is another without it.
        let noted = events.iter().any(|event| event.origin().note().is_some());
        if was != is && !noted {
            return Err(format!("decided {was:?}, and again {is:?}"));
        }
    }
    match written.into_values().next() {
        None => Ok(()),
        Some(left) => Err(format!("events without a record: {left:?}")),
    }
}
