//! Changing a live policy: what each transition means for customers who are owned already.
#![cfg(feature = "chrono-tz")]

use std::cell::Cell;

use crate::strategies::{self, World};
use crate::support::{at as shanghai, check, is_told};
use customer_pool::decision::{HeldBy, Step};
use customer_pool::model::{Customer, Lock, Ownership, Place, Protection};

use customer_pool::policy::{Revised, Revisions, RevisionsError, Transition};
use customer_pool::time::{Span, Timestamp};
use customer_pool::{Policy, ReasonCode, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// A revision that takes a customer back after so many days, whatever happens.
fn revision(number: u64, days: u32, keys: Value) -> Policy {
    let mut document = json!({
        "format": 1, "id": "p", "revision": number,
        "calendars": { "cn": {
            "zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": { "from": "2024-01-01", "to": "2030-12-31" }
        } },
        "default_calendar": "cn", "pools": [{ "id": "pool" }], "routing": { "fallback": "pool" },
        "groups": [{ "id": "g", "triggers": [{ "id": "t", "when": "always", "base": { "days": days } }] }]
    });
    document.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    Policy::from_json(&document.to_string()).unwrap()
}

fn changed(number: u64, days: u32, at: &str, transition: Value) -> Policy {
    revision(number, days, json!({ "effective_from": shanghai(at), "transition": transition }))
}

fn claimed(at: &str) -> Customer {
    let owned = Ownership::new("r1".parse().unwrap(), shanghai(at));
    Customer::new("c1".parse().unwrap(), Place::Owned(owned))
}

fn due(revisions: &Revisions, customer: &Customer, now: &str) -> Option<Timestamp> {
    revisions.decide(customer, None, shanghai(now)).decision.due()
}

const CHANGE: &str = "2026-03-21 12:00";

/// `vectors.md`: shortened from 30 to 7 days under `retime_with_notice(days(3))`, somebody 20 days in is due at the end of
/// the third day from now, somebody 29 days in at the end of tomorrow, as before.
#[test]
fn a_shortened_rule_gives_its_notice_and_takes_nobody_later_than_before() {
    let notice = changed(2, 7, CHANGE, json!({ "retime_with_notice": { "days": 3 } }));
    let revisions = Revisions::new([revision(1, 30, json!({})), notice]).unwrap();
    let (twenty, twenty_nine) = (claimed("2026-03-01 09:00"), claimed("2026-02-20 09:00"));
    assert_eq!(due(&revisions, &twenty, "2026-03-21 11:59"), Some(shanghai("2026-04-01 00:00")));
    assert_eq!(due(&revisions, &twenty, CHANGE), Some(shanghai("2026-03-25 00:00")));
    assert_eq!(due(&revisions, &twenty_nine, CHANGE), Some(shanghai("2026-03-23 00:00")));
    let revised = revisions.decide(&twenty, None, shanghai(CHANGE));
    assert!(revised.decision.reasons().contains(ReasonCode::ChangeNotice));
    assert_eq!(revised.decision.verdict(), Verdict::Keep);
    assert_eq!(revised.decision.next_change(), Some(shanghai("2026-03-25 00:00")));
    let before = revisions.decide(&twenty, None, shanghai("2026-03-10 00:00"));
    assert_eq!(before.decision.next_change(), Some(shanghai(CHANGE)), "the change itself changes the decision");
}

/// Goal: a change for new ownerships only touches no old one. Method: the day after it, both kinds.
#[test]
fn what_is_grandfathered_finishes_under_its_own_revision() {
    let new = changed(2, 7, CHANGE, json!("grandfather"));
    let revisions = Revisions::new([revision(1, 30, json!({})), new]).unwrap();
    assert_eq!(due(&revisions, &claimed("2026-03-01 09:00"), "2026-03-22 09:00"), Some(shanghai("2026-04-01 00:00")));
    assert_eq!(due(&revisions, &claimed("2026-03-21 12:00"), "2026-03-22 09:00"), Some(shanghai("2026-03-29 00:00")));
    let calm = revisions.decide(&claimed("2026-03-01 09:00"), None, shanghai("2026-03-10 09:00"));
    assert_eq!(calm.decision.next_change(), Some(shanghai("2026-04-01 00:00")));
}

/// Goal: changes apply one after the other. Method: grandfather, then retime; the named revision beats the start.
#[test]
fn changes_apply_in_turn_from_the_revision_that_an_ownership_began_under() {
    let first = revision(1, 30, json!({}));
    let second = changed(2, 60, "2026-03-05 00:00", json!("grandfather"));
    let third = changed(3, 7, CHANGE, json!("retime"));
    let name = second.revision().to_string().parse().unwrap();
    let revisions = Revisions::new([first, second, third]).unwrap();
    let customer = claimed("2026-03-01 09:00");
    assert_eq!(due(&revisions, &customer, "2026-03-20 00:00"), Some(shanghai("2026-04-01 00:00")));
    assert_eq!(due(&revisions, &customer, CHANGE), Some(shanghai("2026-03-09 00:00")));
    let owned = Ownership::new("r1".parse().unwrap(), shanghai("2026-03-01 09:00")).with_revision(name);
    let named = Customer::new("c1".parse().unwrap(), Place::Owned(owned.clone()));
    assert_eq!(due(&revisions, &named, "2026-03-20 00:00"), Some(shanghai("2026-05-01 00:00")));
    let unknown = Place::Owned(owned.with_revision("7-unknown".parse().unwrap()));
    let unknown = revisions.decide(&Customer::new("c1".parse().unwrap(), unknown), None, shanghai(CHANGE)).decision;
    assert_eq!(unknown.verdict(), Verdict::Undetermined(ReasonCode::UnknownRevision));
    assert_eq!(unknown.next_change(), None);
}

/// A rule that begins where there was none gives its notice as well.
#[test]
fn no_old_due_instant_counts_as_never() {
    let none = revision(1, 30, json!({ "groups": [] }));
    let new = changed(2, 7, CHANGE, json!({ "retime_with_notice": { "days": 3 } }));
    let revisions = Revisions::new([none, new]).unwrap();
    assert_eq!(due(&revisions, &claimed("2026-03-01 09:00"), CHANGE), Some(shanghai("2026-03-25 00:00")));
}

/// Goal: dropping a hold or an exemption gives its notice as well. Method: a customer 60 days in, whose old due instant is
/// long past, exempt or locked at the change; the same one whom nothing holds then.
#[test]
fn dropping_a_hold_takes_nobodys_customer_sooner_than_the_notice() {
    let old = revision(1, 30, json!({ "exempt": { "customer_tags": ["partner"] } }));
    let new = changed(2, 30, CHANGE, json!({ "retime_with_notice": { "days": 3 } }));
    let revisions = Revisions::new([old, new]).unwrap();
    let partner = claimed("2026-01-20 09:00").with_tags(["partner".parse().unwrap()]);
    let before = revisions.decide(&partner, None, shanghai("2026-03-21 11:59")).decision;
    assert_eq!(before.verdict(), Verdict::Held(HeldBy::Exemption));
    assert_eq!(before.next_change(), Some(shanghai(CHANGE)));
    for now in [CHANGE, "2026-03-24 23:59"] {
        let decision = revisions.decide(&partner, None, shanghai(now)).decision;
        assert_eq!((decision.verdict(), decision.due()), (Verdict::Keep, Some(shanghai("2026-03-25 00:00"))), "{now}");
    }
    assert_eq!(revisions.decide(&partner, None, shanghai("2026-03-25 00:00")).decision.verdict(), Verdict::Due);
    let (_, explanation) = revisions.explain(&partner, None, shanghai(CHANGE));
    assert!(explanation.steps().iter().any(|step| matches!(step, Step::ChangeNotice { old_due: None, .. })));
    assert_eq!(due(&revisions, &claimed("2026-01-20 09:00"), CHANGE), Some(shanghai("2026-02-20 00:00")), "none holds");

    // The hold is judged at the change: one that ended before it, or began after it, gives no notice.
    let locked = |from: &str, to: &str| {
        let lock = Lock::new(Some(shanghai(from)), Some(shanghai(to)));
        claimed("2026-01-20 09:00").with_protection(Protection::new().with_lock(lock))
    };
    let kept = locked("2026-03-01 00:00", "2026-03-21 12:01");
    assert_eq!(due(&revisions, &kept, "2026-03-22 00:00"), Some(shanghai("2026-03-25 00:00")));
    for (from, to) in [("2026-03-01 00:00", CHANGE), ("2026-03-21 12:01", "2026-03-22 00:00")] {
        assert_eq!(
            due(&revisions, &locked(from, to), "2026-03-22 00:00"),
            Some(shanghai("2026-02-20 00:00")),
            "{from}"
        );
    }
}

/// Goal: of several triggers that a notice lifts to one instant, the earlier in the list decides. Method: the second is
/// due sooner, and both are due before the notice ends; alone, and in a group that requires both.
#[test]
fn of_triggers_that_a_notice_lifts_to_one_instant_the_earlier_in_the_list_decides() {
    let trigger = |id: &str, days: u32| json!({ "id": id, "when": "always", "base": { "days": days } });
    let group = |id: &str, triggers: Value| json!({ "id": id, "triggers": triggers });
    let apart = json!([group("one", json!([trigger("slow", 8)])), group("two", json!([trigger("fast", 7)]))]);
    let together = json!([{ "id": "both", "all_of": true, "triggers": [trigger("fast", 7), trigger("slow", 8)] }]);
    for (groups, first, own) in [(apart, "slow", "fast"), (together, "fast", "slow")] {
        let change = json!({ "effective_from": shanghai(CHANGE), "groups": groups,
            "transition": { "retime_with_notice": { "days": 3 } } });
        let revisions = Revisions::new([revision(1, 30, json!({})), revision(2, 1, change)]).unwrap();
        let decided = |customer: &Customer| {
            let Revised { policy, decision, .. } = revisions.decide(customer, None, shanghai(CHANGE));
            policy.trigger_id(decision.trigger().unwrap()).unwrap().to_string()
        };
        assert_eq!(decided(&claimed("2026-03-01 09:00")), first);
        assert_eq!(decided(&claimed("2026-03-21 12:00")), own, "under the new revision alone");
    }
}

#[test]
fn revisions_that_are_none_are_refused() {
    let first = || revision(1, 30, json!({}));
    assert_eq!(Revisions::new([]).unwrap_err(), RevisionsError::Empty);
    assert_eq!(Revisions::new([first(), revision(2, 7, json!({}))]).unwrap_err(), RevisionsError::Unstated(2));
    let early = changed(1, 7, CHANGE, json!("retime"));
    assert_eq!(Revisions::new([first(), early]).unwrap_err(), RevisionsError::Order(1));
    let (one, same) = (changed(2, 7, CHANGE, json!("retime")), changed(3, 7, CHANGE, json!("retime")));
    assert_eq!(Revisions::new([first(), one, same]).unwrap_err(), RevisionsError::Order(3));
    let other = revision(2, 7, json!({ "id": "q", "effective_from": shanghai(CHANGE), "transition": "retime" }));
    assert_eq!(Revisions::new([first(), other]).unwrap_err(), RevisionsError::OtherPolicy(2));
    let zero = json!({ "format": 1, "id": "p", "revision": 2, "effective_from": "2026-03-21T00:00:00Z",
        "transition": { "retime_with_notice": { "days": 0 } }, "calendars": {}, "default_calendar": "x",
        "routing": { "fallback": "x" } });
    let problems = Policy::from_json(&zero.to_string()).unwrap_err().to_string();
    assert!(problems.contains("$.transition.retime_with_notice"), "{problems}");
}

/// The policy of a world as a later revision of another's.
fn as_revision(world: &World, number: u64, keys: Value) -> Policy {
    let mut document = serde_json::to_value(world.policy.draft()).unwrap();
    let object = document.as_object_mut().unwrap();
    object.insert("id".to_owned(), json!("p"));
    object.insert("revision".to_owned(), json!(number));
    object.extend(keys.as_object().unwrap().clone());
    Policy::from_json(&document.to_string()).unwrap()
}

/// Goal: due instants across a change are those of the formula, the promise of `next_change` holds, and the explanation
/// is of the decision. Method: random pairs of policies with a change at a moment that matters, under every transition.
#[test]
fn random_changes_give_the_formulas_dues_and_keep_the_promise() {
    const CASES: u32 = 1_000;
    let spans = prop::sample::select(vec![Span::days(3), Span::hours(30), Span::working_days(2), Span::days(1)]);
    let (moved, walked, dropped) = (Cell::new(0_u32), Cell::new(0_u32), Cell::new(0_u32));
    let strategy = (strategies::world(), strategies::world(), any::<Index>(), 0..3_u32, spans);
    check(CASES, strategy, |(old, new, when, how, span)| {
        if old.moments.is_empty() {
            return Ok(());
        }
        let change = *when.get(&old.moments);
        let transition = match how {
            0 => Transition::Grandfather,
            1 => Transition::Retime,
            _ => Transition::RetimeWithNotice(span),
        };
        let first = as_revision(&old, 1, json!({}));
        let second = as_revision(&new, 2, json!({ "effective_from": change, "transition": transition }));
        let revisions = Revisions::new([first.clone(), second.clone()]).unwrap();
        let (customer, owner) = (&old.customer, old.owner.as_ref());
        let end = second.default_calendar().end(change, span, &[]).map(|end| end.at());
        // The strategies put words that no policy knows into some ownerships; here they are of the first revision.
        let named = customer.ownership().is_some_and(|ownership| ownership.revision().is_some());
        if named {
            return Ok(());
        }
        // Whom the old revision holds at the change has no old due instant.
        let at_change = first.explain(customer, owner, change);
        let held = at_change.steps().iter().any(|step| matches!(step, Step::Hold(h) if h.live && h.held_by.is_some()));
        let began_later = customer.ownership().and_then(Ownership::start).is_none_or(|start| start >= change);
        for &now in old.moments.iter().chain([&old.now, &change]) {
            let Revised { policy, decision, .. } = revisions.decide(customer, owner, now);
            let (before, after) = (first.decide(customer, owner, now), second.decide(customer, owner, now));
            let binds_new = began_later || (now >= change && transition != Transition::Grandfather);
            if customer.ownership().is_some() {
                prop_assert_eq!(policy, if binds_new { &second } else { &first });
            }
            let notice = matches!(transition, Transition::RetimeWithNotice(_)) && now >= change && !began_later;
            let plain = if binds_new { after } else { before };
            let wanted = match (notice, after.due(), end) {
                (true, Some(due), Ok(end)) => {
                    dropped.set(dropped.get() + u32::from(held));
                    let old = before.due().filter(|_| !held);
                    Some(due.max(old.map_or(end, |old| old.min(end))))
                }
                _ => plain.due(),
            };
            if notice && end.is_err() {
                prop_assert!(matches!(decision.verdict(), Verdict::Undetermined(_) | Verdict::NotOwned));
                continue;
            }
            if !matches!(decision.verdict(), Verdict::Undetermined(_)) {
                prop_assert_eq!(decision.due(), wanted, "at {}\n{:?}\n{:?}", now, old, new);
            }
            moved.set(moved.get() + u32::from(decision.due() != plain.due()));
            let (_, explanation) = revisions.explain(customer, owner, now);
            prop_assert_eq!(explanation.decision(), &decision);
        }
        let mut now = old.now.min(change);
        for _ in 0..6 {
            let revised = revisions.decide(customer, owner, now);
            let end = revised.decision.next_change();
            for &at in old.moments.iter().chain(&new.moments) {
                if at >= now && end.is_none_or(|end| at < end) {
                    let then = revisions.decide(customer, owner, at);
                    prop_assert!(then.is_same(&revised), "{:?} at {} as at {}\n{:?}\n{:?}", then, at, now, old, new);
                }
            }
            let Some(end) = end else { break };
            let after = revisions.decide(customer, owner, end);
            prop_assert!(!after.is_same(&revised), "{:?} at {} as at {}\n{:?}", after, end, now, old);
            walked.set(walked.get() + 1);
            now = end;
        }
        Ok(())
    });
    let counts = (moved.get(), walked.get(), dropped.get());
    assert!(is_told() || (counts.0 > 50 && counts.1 > CASES && counts.2 > 50), "moved, walked, held: {counts:?}");
}
