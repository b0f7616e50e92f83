//! A policy made in Rust, a follow-up recorded, a lock, and the explanation of the decision.

use chrono::NaiveDate;
use customer_pool::condition::{Condition, Fact};
use customer_pool::decision::HeldBy;
use customer_pool::model::{Lock, Protection};
use customer_pool::policy::draft::{Format, GroupDraft, PolicyDraft, PoolDraft, RoutingDraft, TriggerDraft};
use customer_pool::record::Recorder;
use customer_pool::time::CalendarDraft;
use customer_pool::{Activity, ActivityKind, Customer, Language, Policy, Span, Verdict, at, id};

type Error = Box<dyn std::error::Error>;

/// 30 days for vip customers, 14 for everybody else; a call protects as long again.
fn policy() -> Result<Policy, Error> {
    let (from, to) = NaiveDate::from_ymd_opt(2024, 1, 1).zip(NaiveDate::from_ymd_opt(2030, 12, 31)).ok_or("no date")?;
    let calendar = CalendarDraft::monday_to_friday("+08:00", from, to);
    let vip = Condition::is_in(Fact::Tier, [id!("vip")]);
    let trigger = |id: &str, when, span| {
        Ok::<_, Error>(TriggerDraft::new(id.parse()?, when, span).with_renewal(ActivityKind::Call, span))
    };
    let triggers = [trigger("vip", vip, Span::days(30))?, trigger("others", Condition::Always, Span::days(14))?];
    let draft = PolicyDraft::new(Format::V1, id!("sales"), 1)
        .with_default_calendar(id!("cn"))
        .with_routing(RoutingDraft::new(id!("pool")))
        .with_calendar(id!("cn"), calendar)
        .with_pools([PoolDraft::new(id!("pool"))])
        .with_groups([GroupDraft::new(id!("contact")).with_triggers(triggers)]);
    Ok(Policy::new(draft)?)
}

fn main() -> Result<(), Error> {
    let policy = policy()?;
    let lock = Lock::new(Some(at!("2026-03-10T09:00:00+08:00")), Some(at!("2026-04-01T00:00:00+08:00")));
    let customer = Customer::owned(id!("acme"), id!("li"), at!("2026-03-02T15:00:00+08:00"))
        .with_protection(Protection::new().with_lock(lock));

    let call = Activity::at(ActivityKind::Call, id!("li"), at!("2026-03-05T10:00:00+08:00"));
    let mut recorder = Recorder::new(&policy, &customer, None)?;
    assert!(recorder.record(&call));
    let folded = recorder.finish();
    let customer = customer.with_folded(folded);

    let explanation = policy.explain(&customer, None, at!("2026-03-25T09:00:00+08:00"));
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
    assert_eq!(explanation.decision().next_change(), Some(at!("2026-04-01T00:00:00+08:00")));
    Ok(())
}
