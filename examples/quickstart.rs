//! A policy from JSON, a customer, a decision, when it changes, and the warning before.

use customer_pool::{Activity, ActivityKind, Customer, Policy, Timestamp, Verdict, at, id};

/// No follow-up for seven days: back to the pool, with a warning two days before.
const POLICY: &str = r#"{
    "format": 1, "id": "sales", "revision": 1,
    "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                         "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
    "default_calendar": "cn",
    "pools": [{"id": "pool"}], "routing": {"fallback": "pool"},
    "groups": [{"id": "contact", "triggers": [{
        "id": "silent", "when": "always", "base": {"days": 7}, "renewals": {"call": {"days": 7}},
        "warnings": [{"id": "soon", "before": {"days": 2}, "audience": ["owner"]}]
    }]}]
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::from_json(POLICY)?;
    let claimed = at!("2026-03-02T15:00:00+08:00");
    let customer = Customer::owned(id!("acme"), id!("li"), claimed);

    // Claimed on Monday: protected to the end of the next Monday.
    let decision = policy.decide(&customer, None, claimed);
    say("claimed", decision.verdict(), decision.due());
    assert_eq!(decision.verdict(), Verdict::Keep);
    assert_eq!(decision.due(), Some(at!("2026-03-10T00:00:00+08:00")));

    // Nothing needs to be asked again before the decision changes.
    let change = decision.next_change().ok_or("the customer comes due some day")?;
    println!("next change: {change}");
    assert_eq!(change, at!("2026-03-07T00:00:00+08:00"));

    // Then the owner is to be warned. The key says which warning of which round it is: send it once.
    let decision = policy.decide(&customer, None, change);
    say("later", decision.verdict(), decision.due());
    assert!(matches!(decision.verdict(), Verdict::Warn(_)));
    let warning = policy.warning(&customer, &decision).ok_or("a warning is in force")?;
    println!("warn {:?} under the key {}", warning.audience, warning.key);
    assert_eq!((warning.stage.as_str(), warning.audience[0].as_str(), warning.sent), ("soon", "owner", false));
    let customer = customer.with_warned([warning.key]);
    assert!(policy.warning(&customer, &decision).is_some_and(|warning| warning.sent));

    // A call begins another round.
    let called: Timestamp = at!("2026-03-08T10:00:00+08:00");
    let call = Activity::at(ActivityKind::Call, id!("li"), called);
    let customer = customer.with_activities([call]);
    let decision = policy.decide(&customer, None, called);
    say("called", decision.verdict(), decision.due());
    assert_eq!(decision.verdict(), Verdict::Keep);
    let due = decision.due().ok_or("the customer comes due some day")?;
    assert_eq!(due, at!("2026-03-16T00:00:00+08:00"));

    // Nobody calls again: the due instant is the first at which the customer is no longer the owner's.
    let decision = policy.decide(&customer, None, due);
    say("silent", decision.verdict(), decision.due());
    assert_eq!(decision.verdict(), Verdict::Due);
    assert_eq!(decision.pool().and_then(|pool| policy.pool_id(pool)).map(|id| id.as_str()), Some("pool"));
    Ok(())
}

fn say(what: &str, verdict: Verdict, due: Option<Timestamp>) {
    let verdict = match verdict {
        Verdict::Keep => "keep",
        Verdict::Warn(_) => "warn",
        Verdict::Due => "due",
        _ => "another verdict",
    };
    println!("{what}: {verdict}, due {}", due.map_or("never".to_owned(), |due| due.to_string()));
}
