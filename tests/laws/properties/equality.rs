//! The engine equals the reference, on worlds that are worth it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use customer_pool::condition::Condition;
use customer_pool::decision::Action;
use customer_pool::model::{FreezeKind, HoldKind};
use customer_pool::policy::draft::{DealTreatment, PolicyDraft, TriggerDraft};
use customer_pool::time::SpanUnit;
use customer_pool::{Policy, ReasonCode, Verdict};
use proptest::prelude::*;
use serde_json::Value;

use super::support::{WORDS, cases, check, said, states, with_owners};
use crate::reference::{Answer, Reference, Said};
use crate::strategies::{self, World};

/// How many policies, each with the facts of four customers.
const POLICIES: u32 = 4_000;

/// Goal: the engine decides what the specification says, in worlds that try all of it. Method: both decide about
/// twelve thousand random worlds, and what occurred in them is counted.
#[test]
fn the_engine_equals_the_reference() {
    let seen = RefCell::new(Seen::default());
    check(POLICIES, strategies::worlds(), |worlds| {
        for world in &worlds {
            let World { policy, customer, owner, now, .. } = world;
            let reference = Reference::new(policy.draft(), customer, owner.as_ref());
            let (engine, wanted) =
                (said(policy, &policy.decide(customer, owner.as_ref(), *now)), reference.decide(*now));
            prop_assert_eq!(&engine, &wanted, "engine left, reference right, in\n{:?}", world);
            let near = reference.boundaries(*now).iter().any(|at| at.as_micros().abs_diff(now.as_micros()) <= 1);
            seen.borrow_mut().answer(&wanted, near);
        }
        seen.borrow_mut().policy(worlds[0].policy.draft());
        Ok(())
    });
    if cases(POLICIES) >= POLICIES {
        seen.into_inner().is_worth_it();
    } else {
        eprintln!("too few cases to judge the generator: its worth was not tested");
    }
}

/// Goal: both take what is known of an owner alike, under every word of a policy about it. Method: every word and every
/// state in every world.
#[test]
fn the_engine_equals_the_reference_whatever_is_known_of_the_owner() {
    let missing = Cell::new(0);
    check(POLICIES / 8, strategies::worlds(), |worlds| {
        for owners in WORDS {
            let policy = with_owners(&worlds[0].policy, owners);
            for World { customer, owner, now, .. } in &worlds {
                for facts in states(owner.as_ref()) {
                    let decision = policy.decide(customer, facts, *now);
                    let wanted = Reference::new(policy.draft(), customer, facts).decide(*now);
                    prop_assert_eq!(said(&policy, &decision), wanted, "{:?} under {:?}", facts, owners);
                    let is_missing = decision.verdict() == Verdict::Undetermined(ReasonCode::OwnerMissing);
                    missing.set(missing.get() + u32::from(is_missing));
                }
            }
        }
        Ok(())
    });
    assert!(missing.get() > cases(POLICIES / 8), "unknown owners made {} customers undetermined", missing.get());
}

/// Goal: of activities that nobody can judge one ahead of the clock hides none that counts already. Method: two calls
/// before the present ownership of a kept clock, asked about between them.
#[test]
fn an_unjudged_activity_ahead_hides_none_that_lies_behind() {
    let policy = Policy::from_json(
        r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{"zone":"UTC","working_days":["mon"],
        "valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"pool"}],"routing":{"fallback":"pool"},"groups":
        [{"id":"g","triggers":[{"id":"t","when":"always","base":{"days":30},"renewals":{"call":{"days":30}}}]}]}"#,
    );
    let customer = serde_json::from_str(
        r#"{"id":"c","place":{"owned":{"owner":"r1","start":"2026-03-20T00:00:00Z","clock_start":"2026-03-02T00:00:00Z"}},
        "past_known_from":"2026-03-20T00:00:00Z","activities":[
        {"kind":"call","actor":{"rep":"r1"},"occurred":{"at":"2026-03-05T00:00:00Z"}},
        {"kind":"call","actor":{"rep":"r1"},"occurred":{"at":"2026-03-12T00:00:00Z"}}]}"#,
    );
    let (policy, customer) = (policy.unwrap(), customer.unwrap());
    let reference = Reference::new(policy.draft(), &customer, None);
    for now in ["2026-03-04T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-13T00:00:00Z"] {
        let now = now.parse().unwrap();
        assert_eq!(said(&policy, &policy.decide(&customer, None, now)), reference.decide(now), "{now}");
    }
    let between = policy.decide(&customer, None, "2026-03-10T00:00:00Z".parse().unwrap());
    assert_eq!(between.verdict(), Verdict::Undetermined(ReasonCode::HistoryIncomplete));
}

/// Goal: what nobody can judge counts for its own kind, whatever is known of others. Method: an unjudged call before a
/// known order, where a call renews for longer, and where it would satisfy the trigger.
#[test]
fn an_unjudged_activity_matters_beside_a_later_one_of_another_kind() {
    for keys in [
        r#""renewals":{"call":{"days":45},"order":{"days":20}}"#,
        r#""renewals":{"order":{"days":20}},"satisfied_by":["call"]"#,
    ] {
        let policy = Policy::from_json(&format!(
            r#"{{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{{"u":{{"zone":"UTC","working_days":["mon"],
            "valid":{{"from":"2024-01-01","to":"2030-12-31"}}}}}},"pools":[{{"id":"pool"}}],"routing":{{"fallback":"pool"}},
            "groups":[{{"id":"g","triggers":[{{"id":"t","when":"always","base":{{"days":10}},{keys}}}]}}]}}"#
        ))
        .unwrap();
        let customer = serde_json::from_str(
            r#"{"id":"c","place":{"owned":{"owner":"r1","start":"2026-03-04T00:00:00Z","clock_start":"2026-03-01T00:00:00Z"}},
            "past_known_from":"2026-03-04T00:00:00Z","activities":[
            {"kind":"call","actor":{"rep":"r1"},"occurred":{"at":"2026-03-02T00:00:00Z"}},
            {"kind":"order","actor":{"rep":"r1"},"occurred":{"at":"2026-03-05T00:00:00Z"}}]}"#,
        )
        .unwrap();
        let now = "2026-04-10T00:00:00Z".parse().unwrap();
        let decision = policy.decide(&customer, None, now);
        assert_eq!(decision.verdict(), Verdict::Undetermined(ReasonCode::HistoryIncomplete), "{keys}");
        assert_eq!(said(&policy, &decision), Reference::new(policy.draft(), &customer, None).decide(now), "{keys}");
    }
}

/// What occurred.
#[derive(Default)]
struct Seen {
    times: BTreeMap<String, u32>,
    worlds: u32,
    near: u32,
    policies: u32,
    rich: u32,
}

impl Seen {
    fn count(&mut self, what: String) {
        *self.times.entry(what).or_default() += 1;
    }

    fn answer(&mut self, answer: &Answer, near: bool) {
        self.worlds += 1;
        self.near += u32::from(near);
        for code in &answer.reasons {
            self.count(format!("reason {code}"));
        }
        self.count(match &answer.verdict {
            Said::NotOwned => "verdict not owned".to_owned(),
            Said::Undetermined(_) => "verdict undetermined".to_owned(),
            Said::Held(by) => format!("held by {by}"),
            Said::Due => format!("verdict due to {:?}", answer.action),
            Said::NoticePending(None) => "verdict notice to serve".to_owned(),
            Said::NoticePending(Some(_)) => "verdict notice running".to_owned(),
            Said::ReviewPending(state) => format!("verdict review {state}"),
            Said::Warn(_) => "verdict warn".to_owned(),
            Said::Keep => "verdict keep".to_owned(),
        });
    }

    fn policy(&mut self, draft: &PolicyDraft) {
        self.policies += 1;
        let triggers: Vec<&TriggerDraft> = triggers(draft);
        self.rich += u32::from(triggers.len() >= 3 && triggers.iter().any(|trigger| is_nested(trigger.when())));
        self.spans(&serde_json::to_value(draft).unwrap());
    }

    fn spans(&mut self, value: &Value) {
        match value {
            Value::Array(parts) => parts.iter().for_each(|part| self.spans(part)),
            Value::Object(parts) => {
                for unit in UNITS {
                    if parts.get(unit.key()).is_some_and(Value::is_number) {
                        self.count(format!("span {}", unit.key()));
                        for how in ["at", "roll"] {
                            if parts.contains_key(how) {
                                self.count(format!("span {} {how}", unit.key()));
                            }
                        }
                    }
                }
                parts.values().for_each(|part| self.spans(part));
            }
            _ => {}
        }
    }

    /// Everything that a decision can say and every kind of span at least fifty times; instants where it matters.
    fn is_worth_it(&self) {
        let mut wanted: Vec<String> = reclaim_codes().map(|code| format!("reason {code}")).collect();
        wanted.extend(["not owned", "undetermined", "warn", "keep"].map(|verdict| format!("verdict {verdict}")));
        wanted.extend([Action::Reclaim, Action::Review].map(|action| format!("verdict due to {:?}", Some(action))));
        wanted.extend(
            ["notice to serve", "notice running", "review nominated", "review deferred"]
                .map(|verdict| format!("verdict {verdict}")),
        );
        wanted.extend(["exemption", "lock", "freeze_window", "deferral"].map(|hold| format!("held by {hold}")));
        wanted.extend(FreezeKind::ALL.iter().map(|kind| format!("held by {kind}")));
        wanted.extend(HoldKind::KNOWN.iter().map(|kind| format!("held by {kind}")));
        for unit in UNITS {
            let (ends_with_a_day, rolls) = match unit {
                SpanUnit::Days | SpanUnit::Months => (true, true),
                SpanUnit::WorkingDays => (true, false),
                _ => (false, false),
            };
            wanted.push(format!("span {}", unit.key()));
            wanted.extend(ends_with_a_day.then(|| format!("span {} at", unit.key())));
            wanted.extend(rolls.then(|| format!("span {} roll", unit.key())));
        }
        let times = |what: &String| self.times.get(what).copied().unwrap_or(0);
        wanted.iter().for_each(|what| println!("{:6} {what}", times(what)));
        let rare: Vec<_> = wanted.iter().map(|what| (what, times(what))).filter(|(_, times)| *times < 50).collect();
        assert!(rare.is_empty(), "occur too seldom in {} worlds: {rare:?}", self.worlds);
        assert!(self.near * 10 >= self.worlds * 3, "{} of {} instants lie beside a boundary", self.near, self.worlds);
        assert!(self.rich * 2 >= self.policies, "{} of {} policies are rich", self.rich, self.policies);
    }
}

/// The reason codes that one policy gives in reclaim: all but those of claims and of changed policies.
fn reclaim_codes() -> impl Iterator<Item = ReasonCode> {
    let of_claims = |code: &ReasonCode| {
        matches!(
            code,
            ReasonCode::UnknownRevision
                | ReasonCode::ChangeNotice
                | ReasonCode::OwnershipOpen
                | ReasonCode::PoolEntryInFuture
                | ReasonCode::UnknownPool
                | ReasonCode::AskerMissing
                | ReasonCode::LedgerMissing
                | ReasonCode::LedgerIncomplete
                | ReasonCode::LedgerContradictory
                | ReasonCode::LedgerFactsMissing
                | ReasonCode::HoldingMissing
        )
    };
    ReasonCode::ALL.iter().copied().filter(move |code| !of_claims(code))
}

const UNITS: [SpanUnit; 6] = [
    SpanUnit::Minutes,
    SpanUnit::Hours,
    SpanUnit::Days,
    SpanUnit::WorkingDays,
    SpanUnit::WorkingHours,
    SpanUnit::Months,
];

fn triggers(draft: &PolicyDraft) -> Vec<&TriggerDraft> {
    let deal = match draft.deal_customers().map(|deal| deal.then()) {
        Some(DealTreatment::Groups(groups)) => groups.as_slice(),
        _ => &[],
    };
    draft.groups().iter().chain(deal).flat_map(|group| group.triggers()).collect()
}

/// Whether a condition of conditions stands inside another.
fn is_nested(condition: &Condition) -> bool {
    let parts = match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.as_slice(),
        Condition::Not(part) => core::slice::from_ref(&**part),
        _ => &[],
    };
    parts.iter().any(|part| matches!(part, Condition::All(_) | Condition::Any(_) | Condition::Not(_)))
}
