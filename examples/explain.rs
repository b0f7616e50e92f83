//! A policy made in Rust, a follow-up recorded, a lock, and the explanation of the decision.

use chrono::NaiveDate;
use customer_pool::condition::{Condition, Fact};
use customer_pool::decision::HeldBy;
use customer_pool::messages::Language;
use customer_pool::model::{Activity, ActivityKind, Actor, Customer, Lock, Occurred, Ownership, Place, Protection};
use customer_pool::policy::draft::{Format, GroupDraft, PolicyDraft, PoolDraft, RoutingDraft, TriggerDraft};
use customer_pool::record::Recorder;
use customer_pool::time::{CalendarDraft, Span};
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
    let draft = PolicyDraft::new(Format::V1, "sales".parse()?, 1)
        .with_default_calendar("cn".parse()?)
        .with_routing(RoutingDraft::new("pool".parse()?))
        .with_calendar("cn".parse()?, calendar)
        .with_pools([PoolDraft::new("pool".parse()?)])
        .with_groups([GroupDraft::new("contact".parse()?).with_triggers(triggers)]);
    Ok(Policy::new(draft)?)
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
    let lines = explanation.lines(&policy, Language::English);
    lines.iter().for_each(|line| println!("{line}"));
    for line in [
        "Trigger `others`: selected.",
        "Clock of `others`: due at 2026-03-20 00:00 +08:00.",
        "Next change: 2026-04-01 00:00 +08:00, if nothing else happens.",
    ] {
        assert!(lines.iter().any(|found| found == line), "`{line}` is missing");
    }
    assert_eq!(explanation.decision().verdict(), Verdict::Held(HeldBy::Lock));
    assert_eq!(explanation.decision().next_change(), Some("2026-04-01T00:00:00+08:00".parse()?));
    Ok(())
}
