//! No reclaim before its due instant, under a live hold, or before notice was served, except as a recorded exception.

use customer_pool::Verdict as Decided;
use customer_pool::ledger::{Event, EventData, EventKind, Versioned, VersionedRep, evolve};
use customer_pool::moves::ExceptionKind;
use customer_pool::store::PoolStore;

use super::super::world::World;
use super::{Lives, Verdict, never};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    for (state, events) in &lives.all {
        let mut before: Option<Versioned> = None;
        let mut notice = None;
        for event in events {
            if event.data().begun().is_some() {
                notice = None;
            }
            if let EventData::NoticeServed(served) = event.data() {
                notice = Some(served.at());
            }
            if let (EventKind::Reclaimed, Some(before)) = (event.kind(), &before) {
                reclaimed(world, event, before, notice.map(|at| at.as_micros()))
                    .map_err(|why| format!("event {} of {}: {why}", event.number(), state.customer().id()))?;
            }
            before = Some(evolve(before.as_ref(), event).map_err(|illegal| illegal.to_string())?);
        }
    }
    Ok(())
}

fn reclaimed(world: &World, event: &Event, before: &Versioned, notice: Option<i64>) -> Verdict {
    let rules = &world.rules[usize::from(world.changed)];
    let owner = before.customer().ownership().map(|owned| owned.owner().clone()).ok_or("nobody owned it")?;
    let mut store = world.store.clone();
    let owner = never(store.rep(&owner));
    let revised = rules.decide(before.customer(), owner.as_ref().map(VersionedRep::rep), event.at());
    let named = |despite| event.origin().exceptions().iter().any(|exception| exception.kind() == despite);
    let (due, held) = (revised.decision.due(), matches!(revised.decision.verdict(), Decided::Held(_)));
    let early = due.is_none_or(|due| event.at() < due);
    // Rules that changed after the event may date another due instant: then the stamp tells.
    let same = event.origin().policy().revision() == revised.policy.revision().number();
    if same && early && !named(ExceptionKind::DueAhead) {
        return Err(format!("reclaimed at {}, due {due:?}", event.at()));
    }
    if same && held && !named(ExceptionKind::Hold) && !named(ExceptionKind::Freeze) {
        return Err("reclaimed under a live hold".to_owned());
    }
    let rule = event.origin().rule().map(|rule| rule.as_str());
    let noticed = notice.is_some_and(|at| at + 24 * 3_600_000_000 <= event.at().as_micros());
    if rule == Some("silent") && !noticed && !named(ExceptionKind::DueAhead) {
        return Err(format!("reclaimed at {}, notice served at {notice:?}", event.at()));
    }
    Ok(())
}
