//! A policy made in Rust, a follow-up recorded, a lock, and every step of the decision.

use chrono::NaiveDate;
use customer_pool::condition::{Condition, Fact};
use customer_pool::decision::{Chosen, ClockState, HeldBy, Step};
use customer_pool::model::{Activity, ActivityKind, Actor, Customer, Lock, Occurred, Ownership, Place, Protection};
use customer_pool::policy::{Format, PolicyDraft};
use customer_pool::reclaim::{GroupDraft, TriggerDraft};
use customer_pool::record::Recorder;
use customer_pool::route::{PoolDraft, RoutingDraft};
use customer_pool::time::{CalendarDraft, Instant, Span};
use customer_pool::{Policy, Verdict};

type Error = Box<dyn std::error::Error>;
/// 30 days for vip customers, 14 for everybody else; a call protects as long again.
fn policy() -> Result<Policy, Error> {
    let (from, to) = NaiveDate::from_ymd_opt(2024, 1, 1).zip(NaiveDate::from_ymd_opt(2030, 12, 31)).ok_or("no date")?;
    let calendar = CalendarDraft::monday_to_friday("+08:00", from, to);
    let vip = Condition::is_in(Fact::Tier, ["vip".parse()?]);
    let trigger = |id: &str, when, span| {
        Ok::<_, Error>(TriggerDraft::new(id.parse()?, when, span).with_renewal(ActivityKind::Call, span))
    };
    let triggers = [trigger("vip", vip, Span::days(30))?, trigger("others", Condition::Always, Span::days(14))?];
    let draft = PolicyDraft::new(Format::V1, "sales".parse()?, 1, "cn".parse()?, RoutingDraft::new("pool".parse()?))
        .with_calendar("cn".parse()?, calendar)
        .with_pools([PoolDraft::new("pool".parse()?)])
        .with_groups([GroupDraft::new("contact".parse()?).with_triggers(triggers)]);
    Ok(Policy::new(draft)?)
}

/// One step in one line.
fn line(policy: &Policy, step: &Step) -> String {
    let name = |trigger| policy.trigger_id(trigger).map_or("?", |id| id.as_str());
    let or_never = |at: Option<Instant>| at.map_or("never".to_owned(), |at| at.to_string());
    match step {
        Step::Selection { trigger, chosen, .. } => {
            format!("trigger {} is {}selected", name(*trigger), if *chosen == Chosen::Selected { "" } else { "not " })
        }
        Step::Clock(clock) => {
            let renewals: String = clock.renewals.iter().map(|(kind, at, _)| format!(", {kind} at {at}")).collect();
            let due = if let ClockState::Armed(due) = clock.state { Some(due) } else { None };
            let (name, start, due) = (name(clock.trigger), or_never(clock.start), or_never(due));
            format!("clock of {name} from {start}{renewals}: due {due}")
        }
        Step::Hold(hold) => format!("{} until {}", hold.code, or_never(hold.until)),
        Step::Route { pool, .. } => format!("would go to {}", policy.pool_id(*pool).map_or("?", |id| id.as_str())),
        _ => "something else".to_owned(),
    }
}

fn main() -> Result<(), Error> {
    let policy = policy()?;
    let lock = Lock::new(Some("2026-03-10T09:00:00+08:00".parse()?), Some("2026-04-01T00:00:00+08:00".parse()?));
    let owned = Place::Owned(Ownership::new("li".parse()?, "2026-03-02T15:00:00+08:00".parse()?));
    let customer = Customer::new("acme".parse()?, owned).with_protection(Protection::new().with_lock(lock));

    let occurred = Occurred::At("2026-03-05T10:00:00+08:00".parse()?);
    let mut recorder = Recorder::new(&policy, &customer, None)?;
    assert!(recorder.record(&Activity::new(ActivityKind::Call, Actor::Rep("li".parse()?), Some(occurred), None)?));
    let folded = recorder.finish();
    let customer = customer.with_folded(folded);

    let explanation = policy.explain(&customer, None, "2026-03-25T09:00:00+08:00".parse()?);
    let lines: Vec<_> = explanation.steps().iter().map(|step| line(&policy, step)).collect();
    lines.iter().for_each(|line| println!("{line}"));
    assert_eq!(
        lines,
        [
            "hold.locked until 2026-03-31T16:00:00Z",
            "trigger vip is not selected",
            "trigger others is selected",
            "clock of others from 2026-03-02T07:00:00Z, call at 2026-03-05T02:00:00Z: due 2026-03-19T16:00:00Z",
            "would go to pool",
        ]
    );
    assert_eq!(explanation.decision().verdict(), Verdict::Held(HeldBy::Lock));
    assert_eq!(explanation.decision().next_change(), Some("2026-04-01T00:00:00+08:00".parse()?));
    Ok(())
}
