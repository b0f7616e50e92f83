//! No quota is exceeded: two claims a day for a rep, three for a unit, undone ones not counted, bypassed ones apart.

use std::collections::BTreeMap;

use customer_pool::ledger::{Event, EventKind};

use super::{Lives, Verdict};

pub fn holds(lives: &Lives) -> Verdict {
    let mut counts = BTreeMap::<(String, i64), (u32, u32)>::new();
    for (_, events) in &lives.all {
        for (n, event) in events.iter().enumerate() {
            let Some(begun) = event.data().begun().filter(|_| event.kind() == EventKind::Claimed) else { continue };
            let next = events.iter().skip(n + 1).find(|later| later.cause().is_some());
            if next.is_some_and(|next| next.kind() == EventKind::ClaimUndone) {
                continue;
            }
            let day = event.at().as_micros().div_euclid(86_400_000_000);
            let free = u32::from(bypassed(event));
            let units = begun.units().iter().map(|unit| unit.as_str().to_owned());
            for who in units.chain([begun.owner().as_str().to_owned()]) {
                let count = counts.entry((who, day)).or_default();
                *count = (count.0 + 1, count.1 + free);
            }
        }
    }
    for ((who, day), (claims, free)) in counts {
        let limit = if who.contains('/') { 3 } else { 2 };
        if claims - free > limit {
            return Err(format!("{who} has {claims} claims on day {day}, {free} of them by a bypass"));
        }
    }
    Ok(())
}

fn bypassed(event: &Event) -> bool {
    !event.origin().bypassed().is_empty()
}
