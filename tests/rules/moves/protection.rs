//! Locks, extensions, freezes, business holds, pauses.

use customer_pool::decision::HeldBy;
use customer_pool::id::DocumentId;
use customer_pool::ledger::EventKind;
use customer_pool::model::{BusinessHold, FreezeKind, Ledger, LockedCustomer, Ownership, Place};
use customer_pool::moves::{Intent, MoveCase, MoveVerdict, Refusal};
use customer_pool::time::Timestamp;
use customer_pool::{ReasonCode, Verdict, id};

use super::support::{
    already_done, ask, at, carried_out, claimed, codes, id, ledger, policy, pooled, refused, rep, undetermined,
};

const NOW: &str = "2026-03-04T10:00:00";

fn lock(until: Option<&str>) -> Intent<&'static customer_pool::model::Rep> {
    Intent::Lock { until: until.map(at) }
}

/// Goal: a lock holds from now to its end; it ends earlier by an unlock, from which a grace would count. Method: lock,
/// again, unlock, again.
#[test]
fn a_lock_holds_until_it_ends_or_is_ended() {
    let policy = policy("", "");
    let customer = claimed();
    let command = lock(Some("2026-03-20T00:00:00"));
    already_done(&policy, &customer, Intent::Unlock, NOW);
    let (events, locked) = carried_out(&policy, &MoveCase::new(&customer, lock(Some("2026-03-10T00:00:00"))), NOW);
    assert_eq!(events, [EventKind::Locked]);
    assert_eq!(policy.decide(&locked, None, at(NOW)).verdict(), Verdict::Held(HeldBy::Lock));
    already_done(&policy, &locked, lock(Some("2026-03-10T00:00:00")), NOW);
    already_done(&policy, &locked, lock(None), NOW);
    let later = "2026-03-05T10:00:00";
    let (events, unlocked) = carried_out(&policy, &MoveCase::new(&locked, Intent::Unlock), later);
    assert_eq!(events, [EventKind::Unlocked]);
    assert_eq!(policy.decide(&unlocked, None, at(later)).verdict(), Verdict::Keep);
    let locks = unlocked.protection().expect("the lock has ended").locks().to_vec();
    assert_eq!((locks.len(), locks[0].since(), locks[0].until()), (1, Some(at(NOW)), Some(at(later))));
    already_done(&policy, &unlocked, Intent::Unlock, later);
    let free = pooled("east", "2026-02-01T00:00:00");
    assert_eq!(refused(&policy, &MoveCase::new(&free, command), NOW), [Refusal::NotOwned]);
    let past = lock(Some(NOW));
    assert_eq!(refused(&policy, &MoveCase::new(&customer, past), NOW), [Refusal::TooEarly { at: at(NOW) }]);
}

/// Goal: no lock is longer than the longest, and the answer says when it would not be. Method: ten days from Wednesday
/// end with Saturday the 14th.
#[test]
fn a_lock_is_no_longer_than_the_longest() {
    let policy = policy("", "");
    let customer = claimed();
    carried_out(&policy, &MoveCase::new(&customer, lock(Some("2026-03-15T00:00:00"))), NOW);
    let until = at("2026-03-15T00:00:01");
    let case = MoveCase::new(&customer, Intent::Lock { until: Some(until) });
    let decision = ask(&policy, &case, at(NOW));
    assert_eq!(decision.refusals(), [Refusal::LockTooLong { until }]);
    assert_eq!(decision.next_change(), Some(at("2026-03-05T00:00:00")));
}

const CAPS: &str = r#""lock_caps": [{"id": "everybody", "scope": "everybody", "cap": 3},
    {"id": "east", "scope": {"unit": "sales/east"}, "cap": 2}]"#;

fn locked(customers: &[(&str, Option<&str>)]) -> [Ledger; 1] {
    let lock = |(customer, until): &(&str, Option<&str>)| {
        LockedCustomer::new(id(customer), at("2026-03-01T10:00:00"), until.map(at))
    };
    [ledger("li").with_locks(customers.iter().map(lock))]
}

/// Goal: locks per rep are capped as holdings are; an open-ended lock fills the cap until the longest lock ends. Method:
/// two locks of others, one of them open-ended; combined by every mode.
#[test]
fn locks_per_rep_are_capped() {
    let (customer, li) = (claimed(), rep("li"));
    let ledgers = locked(&[("x1", None), ("x2", Some("2026-03-05T00:00:00")), ("x1", Some("2026-03-30T00:00:00"))]);
    let case = MoveCase::new(&customer, lock(Some("2026-03-10T00:00:00"))).with_owner(&li).with_ledgers(&ledgers);
    let east = Refusal::LockCap { rule: id!("east"), used: 2, cap: 2 };
    let of = |combine: &str| policy(&format!(r#"{CAPS}, "combine_capacities": "{combine}""#), "");
    assert_eq!(refused(&of("most_specific"), &case, NOW), std::slice::from_ref(&east));
    assert_eq!(refused(&of("min"), &case, NOW), std::slice::from_ref(&east));
    carried_out(&of("max"), &case, NOW);
    carried_out(&of("sum"), &case, NOW);
    let decision = ask(&of("min"), &case, at(NOW));
    assert_eq!(decision.next_change(), Some(at("2026-03-05T00:00:00")));
    assert_eq!(decision.preconditions().ledgers().len(), 1);
    // The open-ended lock of 1 March lasts ten days.
    let open = locked(&[("x1", None), ("x3", None)]);
    let case = MoveCase::new(&customer, lock(Some("2026-03-15T00:00:00"))).with_owner(&li).with_ledgers(&open);
    carried_out(&of("min"), &case, "2026-03-12T00:00:00");
    assert_eq!(refused(&of("min"), &case, "2026-03-11T23:59:59"), [east]);
}

/// Goal: a cap is unknown without the owner or the ledger, and a customer that is locked already takes no second place.
/// Method: each.
#[test]
fn a_lock_cap_asks_for_owner_and_ledger() {
    let policy = policy(CAPS, "");
    let (customer, li) = (claimed(), rep("li"));
    let case = MoveCase::new(&customer, lock(None));
    assert_eq!(undetermined(&policy, &case, NOW), ReasonCode::OwnerMissing);
    assert_eq!(undetermined(&policy, &case.clone().with_owner(&li), NOW), ReasonCode::LedgerMissing);
    assert_eq!(policy.ledgers_read_by_move(&case, at(NOW)).len(), 1);
    let one = locked(&[("x1", None)]);
    let (_, mine) = carried_out(&policy, &case.with_owner(&li).with_ledgers(&one), NOW);
    let full = locked(&[("x1", None), ("c1", None), ("x2", None)]);
    let longer = MoveCase::new(&mine, lock(Some("2026-03-20T00:00:00"))).with_owner(&li).with_ledgers(&full);
    carried_out(&policy, &longer, "2026-03-10T10:00:00");
}

/// Goal: an extension moves the due instant, within its limits. Method: one, a shorter one, one that is too long, one too
/// many, and one of an earlier ownership.
#[test]
fn an_extension_is_granted_within_its_limits() {
    let policy = policy("", r#""extension": {"longest": {"days": 30}, "per_ownership": 1}"#);
    let customer = claimed();
    let extend = |until: &str| Intent::Extend { until: at(until) };
    let (events, longer) = carried_out(&policy, &MoveCase::new(&customer, extend("2026-03-25T00:00:00")), NOW);
    assert_eq!(events, [EventKind::ExtensionGranted]);
    assert_eq!(policy.decide(&longer, None, at(NOW)).due(), Some(at("2026-03-25T00:00:00")));
    already_done(&policy, &longer, extend("2026-03-24T00:00:00"), NOW);
    let second = MoveCase::new(&longer, extend("2026-03-26T00:00:00"));
    assert_eq!(refused(&policy, &second, NOW), [Refusal::ExtensionLimit { used: 1, limit: 1 }]);
    let until = at("2026-04-04T00:00:01");
    let long = MoveCase::new(&customer, Intent::Extend { until });
    let decision = ask(&policy, &long, at(NOW));
    assert_eq!(decision.refusals(), [Refusal::ExtensionTooLong { until }]);
    assert_eq!(decision.next_change(), Some(at("2026-03-05T00:00:00")));
    let anew = longer.with_place(Place::Owned(Ownership::new(id!("wang"), at("2026-03-05T00:00:00"))));
    carried_out(&policy, &MoveCase::new(&anew, extend("2026-03-26T00:00:00")), "2026-03-05T10:00:00");
    let none = super::support::policy("", r#""extension": {"per_ownership": 0}"#);
    let case = MoveCase::new(&customer, extend("2026-03-25T00:00:00"));
    assert_eq!(refused(&none, &case, NOW), [Refusal::ExtensionLimit { used: 0, limit: 0 }]);
}

/// Goal: freezes begin and end, once. Method: freeze, again, shorter, longer, unfreeze, again.
#[test]
fn a_freeze_begins_and_ends() {
    let policy = policy("", "");
    let freeze = |until: Option<&str>| Intent::Freeze { kind: FreezeKind::Dispute, until: until.map(at) };
    let thaw = Intent::Unfreeze { kind: FreezeKind::Dispute };
    for customer in [claimed(), pooled("east", "2026-02-01T00:00:00")] {
        already_done(&policy, &customer, thaw.clone(), NOW);
        let (events, frozen) =
            carried_out(&policy, &MoveCase::new(&customer, freeze(Some("2026-03-06T00:00:00"))), NOW);
        assert_eq!(events, [EventKind::Frozen]);
        already_done(&policy, &frozen, freeze(Some("2026-03-05T00:00:00")), NOW);
        let (_, longer) = carried_out(&policy, &MoveCase::new(&frozen, freeze(None)), NOW);
        let (events, free) = carried_out(&policy, &MoveCase::new(&longer, thaw.clone()), NOW);
        assert_eq!((&events[..], &free), (&[EventKind::Unfrozen][..], &customer));
        already_done(&policy, &frozen, thaw.clone(), "2026-03-06T00:00:00");
    }
    let customer = claimed();
    let early = MoveCase::new(&customer, freeze(Some(NOW)));
    assert_eq!(codes(&refused(&policy, &early, NOW)), ["move.too_early"]);
}

/// Goal: a document holds until it is lifted, and its end is known afterwards. Method: place, again, lift, again.
#[test]
fn a_business_hold_is_placed_and_lifted() {
    let policy = policy("", "");
    let customer = claimed();
    let hold = BusinessHold::live(id("open_order"), id!("o1"), None);
    let document: DocumentId = id!("o1");
    let (place, lift) = (Intent::PlaceHold(hold.clone()), Intent::LiftHold { document: document.clone() });
    already_done(&policy, &customer, lift.clone(), NOW);
    let (events, held) = carried_out(&policy, &MoveCase::new(&customer, place.clone()), NOW);
    assert_eq!(events, [EventKind::HoldPlaced]);
    assert!(matches!(policy.decide(&held, None, at(NOW)).verdict(), Verdict::Held(HeldBy::Business(_))));
    already_done(&policy, &held, place.clone(), NOW);
    let (events, lifted) = carried_out(&policy, &MoveCase::new(&held, lift.clone()), "2026-03-05T10:00:00");
    assert_eq!(events, [EventKind::HoldLifted]);
    let ended = BusinessHold::not_live(id("open_order"), id!("o1"), Some(at("2026-03-05T10:00:00")));
    assert_eq!(lifted.protection().map(|protection| protection.holds().to_vec()), Some(vec![ended]));
    already_done(&policy, &lifted, lift, "2026-03-05T10:00:00");
    let (_, again) = carried_out(&policy, &MoveCase::new(&lifted, place), "2026-03-06T10:00:00");
    assert_eq!(again, held);
}

/// Goal: a pause moves the due instant. Method: one day of it; again, and one that ends before it begins.
#[test]
fn a_pause_is_set() {
    let policy = policy("", "");
    let customer = claimed();
    let day = |from: &str, to: &str| Intent::Pause { from: at(from), to: at(to) };
    let command = day("2026-03-05T00:00:00", "2026-03-06T00:00:00");
    let (events, paused) = carried_out(&policy, &MoveCase::new(&customer, command.clone()), NOW);
    assert_eq!(events, [EventKind::PauseSet]);
    let due = |customer| policy.decide(customer, None, at(NOW)).due();
    let a_day = |at: Timestamp| at.checked_add_micros(86_400_000_000).expect("our age");
    assert_eq!(due(&paused), due(&customer).map(a_day));
    already_done(&policy, &paused, command, NOW);
    let reversed = MoveCase::new(&customer, day("2026-03-06T00:00:00", "2026-03-06T00:00:00"));
    assert_eq!(policy.decide_move(&reversed, at(NOW)).verdict(), MoveVerdict::Refused);
}
