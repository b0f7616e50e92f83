//! When a refused command is refused no more: with numbers. That every `retry_at` is exact is looked at with each
//! answer (`support::ask`) and on long walks.

use customer_pool::ReasonCode;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::Class;
use customer_pool::id::RepId;
use customer_pool::ledger::EventData;
use customer_pool::model::{
    Cause, Customer, FreezeKind, LedgerEntry, LockedCustomer, Ownership, Place, Reservation, WayIn,
};
use customer_pool::moves::{Intent, MoveCase, MoveVerdict, Refusal};
use customer_pool::plan::{ItemOutcome, Scenario};
use customer_pool::sweep::ExecutionCode;

use super::support::{ask, at, claimed, frozen, held, id, just_before, ledger, past, policy, pooled, rep, stay};

const NOW: &str = "2026-03-04T10:00:00";

/// Goal: a hold and a freeze with an end are waited for, an open one and a missing reason are not. Method: both with
/// ends, then an order without, then a reason that is asked for.
#[test]
fn a_release_waits_for_the_last_that_ends() {
    let (free, strict) = (policy("", ""), policy("", r#""release": {"reasons": ["no_need"]}"#));
    let release = || Intent::Release { by: id("li") };
    let (order, dispute) = (at("2026-03-10T00:00:00"), at("2026-03-12T08:00:00"));
    let customer = frozen(held(claimed(), Some(order)), FreezeKind::Dispute, Some(dispute));
    let decision = ask(&free, &MoveCase::new(&customer, release()), at(NOW));
    assert_eq!((decision.refusals().len(), decision.class()), (2, Some(Class::Conflict)));
    assert_eq!((decision.next_change(), decision.retry_at()), (Some(order), Some(dispute)));
    assert_eq!(ask(&strict, &MoveCase::new(&customer, release()), at(NOW)).retry_at(), None, "no reason is given");
    let customer = held(claimed(), None);
    assert_eq!(ask(&free, &MoveCase::new(&customer, release()), at(NOW)).retry_at(), None, "the order is open");
}

/// Goal: a claim that is commanded waits as the question about it does. Method: a cooldown, a reservation of another, a
/// freeze, which no claim waits for.
#[test]
fn a_claim_that_is_commanded_waits_as_the_question_does() {
    let policy = policy(r#""cooldowns": [{"id": "again", "after": {"released": {"days": 7}}}]"#, "");
    let li = rep("li");
    let released = past("li", "2026-02-20T09:00:00", "2026-03-01T09:00:00", Cause::Released);
    let reservation = Reservation::new(id("wang"), at("2026-03-04T09:00:00"), at("2026-03-20T00:00:00"));
    let place = stay("east", "2026-03-01T09:00:00");
    let cool = pooled("east", "2026-03-01T09:00:00").with_past([released], None);
    let reserved = cool.clone().with_place(Place::Pool(place.with_reservation(reservation)));
    for (customer, retry) in [
        (cool.clone(), Some(at("2026-03-09T00:00:00"))),
        (reserved, Some(at("2026-03-20T00:00:00"))),
        (frozen(cool, FreezeKind::Dispute, Some(at("2026-03-30T00:00:00"))), None),
    ] {
        let ledgers = [ledger("li")];
        let question = ClaimCase::new(&customer, &li).with_ledgers(&ledgers);
        assert_eq!(policy.claim(&question, at(NOW)).retry_at(), retry);
        let case = MoveCase::new(&customer, Intent::Claim { by: &li }).with_ledgers(&ledgers);
        assert_eq!(ask(&policy, &case, at(NOW)).retry_at(), retry);
    }
}

/// Goal: undos are counted anew at midnight, if the window still is open then; a policy that allows none never does.
/// Method: a claim half an hour before midnight, and one two hours before it.
#[test]
fn an_undo_waits_for_midnight_only_inside_its_window() {
    let undone = |i| {
        let at_eight = at("2026-03-02T08:00:00");
        LedgerEntry::new(at_eight, WayIn::Claim, id(&format!("x{i}"))).with_undone(at("2026-03-02T08:10:00"))
    };
    let ledgers = [ledger("li").with_entries((0..2).map(undone))];
    let retry = |per_day: u32, claimed_at: &str, now: &str| {
        let policy = policy(&format!(r#""undo": {{"within": {{"hours": 1}}, "per_day": {per_day}}}"#), "");
        let owned = Ownership::new(id("li"), at(claimed_at)).with_units([id("sales/east")]);
        let customer = claimed().with_place(Place::Owned(owned));
        let case = MoveCase::new(&customer, Intent::UndoClaim { by: id("li") }).with_ledgers(&ledgers);
        let decision = ask(&policy, &case, at(now));
        assert!(matches!(decision.refusals(), [Refusal::UndosUsedUp { .. }]), "{decision:?}");
        assert_eq!(decision.class(), Some(Class::TooMany));
        decision.retry_at()
    };
    assert_eq!(retry(2, "2026-03-02T23:30:00", "2026-03-02T23:40:00"), Some(at("2026-03-03T00:00:00")));
    assert_eq!(retry(2, "2026-03-02T22:00:00", "2026-03-02T22:10:00"), None);
    assert_eq!(retry(0, "2026-03-02T23:30:00", "2026-03-02T23:40:00"), None);
}

/// Goal: what a pool waits for says until when. Method: an escalation, a reservation that lapses, a pool that escalates
/// nothing.
#[test]
fn a_pool_says_until_when_it_waits() {
    let policy = policy("", "");
    let early = pooled("east", "2026-03-01T00:00:00");
    let decision = ask(&policy, &MoveCase::new(&early, Intent::Escalate), at(NOW));
    assert_eq!((decision.class(), decision.retry_at()), (Some(Class::Later), Some(at("2026-04-01T00:00:00"))));
    let none = pooled("country", "2026-03-01T00:00:00");
    let decision = ask(&policy, &MoveCase::new(&none, Intent::Escalate), at(NOW));
    assert_eq!((decision.class(), decision.retry_at()), (Some(Class::Forbidden), None));
    let until = at("2026-03-05T09:00:00");
    let reserved = stay("asked", "2026-03-01T00:00:00").with_reservation(Reservation::new(id("li"), at(NOW), until));
    let reserved = early.with_place(Place::Pool(reserved));
    let decision = ask(&policy, &MoveCase::new(&reserved, Intent::Expire), at(NOW));
    assert_eq!((decision.class(), decision.retry_at()), (Some(Class::Later), Some(until)));
}

/// Goal: a lock cap waits for as many locks to end as it must. Method: three locks under a cap of two.
#[test]
fn a_lock_cap_waits_until_enough_locks_have_ended() {
    let policy = policy(r#""lock_caps": [{"id": "two", "scope": "everybody", "cap": 2}]"#, "");
    let (customer, li) = (claimed(), rep("li"));
    let lock = |(name, until): (&str, &str)| LockedCustomer::new(id(name), at("2026-03-01T10:00:00"), Some(at(until)));
    let locks = [("x1", "2026-03-05T00:00:00"), ("x2", "2026-03-06T00:00:00"), ("x3", "2026-03-07T00:00:00")];
    let ledgers = [ledger("li").with_locks(locks.map(lock))];
    let case = MoveCase::new(&customer, Intent::Lock { until: Some(at("2026-03-10T00:00:00")) });
    let decision = ask(&policy, &case.with_owner(&li).with_ledgers(&ledgers), at(NOW));
    assert_eq!((decision.class(), decision.retry_at()), (Some(Class::TooMany), Some(at("2026-03-06T00:00:00"))));
}

/// Goal: under the most generous of two caps, a cap that is never reached bars nothing. Method: caps of none and of three.
#[test]
fn a_cap_of_none_beside_another_does_not_wait_for_ever() {
    let caps = r#""combine_capacities": "max", "lock_caps": [{"id": "none", "scope": "everybody", "cap": 0},
                  {"id": "three", "scope": {"unit": "sales"}, "cap": 3}]"#;
    let policy = policy(caps, "");
    let (customer, li) = (claimed(), rep("li"));
    let lock = |name: &str| LockedCustomer::new(id(name), at("2026-03-01T10:00:00"), Some(at("2026-03-06T00:00:00")));
    let ledgers = [ledger("li").with_locks(["x1", "x2", "x3"].map(lock))];
    let case = MoveCase::new(&customer, Intent::Lock { until: Some(at("2026-03-10T00:00:00")) });
    let decision = ask(&policy, &case.with_owner(&li).with_ledgers(&ledgers), at(NOW));
    assert_eq!((decision.refusals().len(), decision.retry_at()), (2, Some(at("2026-03-06T00:00:00"))));
}

/// Goal: what begins a moment from now, by another host's clock, is waited for. Method: an undo of a claim two minutes ahead.
#[test]
fn an_undo_before_its_window_waits_for_it() {
    let policy = policy(r#""undo": {"within": {"hours": 1}, "per_day": 2}"#, "");
    let begins = at("2026-03-04T10:02:00");
    let customer = claimed().with_place(Place::Owned(Ownership::new(id("li"), begins)));
    let ledgers = [ledger("li")];
    let case = MoveCase::new(&customer, Intent::UndoClaim { by: id("li") }).with_ledgers(&ledgers);
    let decision = ask(&policy, &case, at(NOW));
    assert!(matches!(decision.refusals(), [Refusal::UndoOver { .. }]), "{decision:?}");
    assert_eq!(decision.retry_at(), Some(begins));
}

/// Goal: an undetermined answer that time settles says when. Method: an ownership that begins an hour ahead, where the
/// clock skew is five minutes.
#[test]
fn an_answer_that_time_settles_says_when() {
    let policy = policy("", "");
    let owned = Ownership::new(id("li"), at("2026-03-04T11:00:00"));
    let customer = Customer::new(id("c1"), Place::Owned(owned));
    let decision = ask(&policy, &MoveCase::new(&customer, Intent::TakeBack), at(NOW));
    assert_eq!(decision.verdict(), MoveVerdict::Undetermined(ReasonCode::OwnershipStartInFuture));
    assert_eq!((decision.class(), decision.retry_at()), (Some(Class::Later), Some(at("2026-03-04T10:55:00"))));
}

/// Goal: outcomes carry it. Method: a release under a held order, a reclaim before it is due, each planned and planned again at the instant and just before.
#[test]
fn an_outcome_says_when_the_command_would_be_done() {
    let li: RepId = id("li");
    let given = Scenario::new(policy("", ""), id("c1")).unwrap().given_rep(rep("li"));
    let held = held(claimed(), Some(at("2026-03-10T00:00:00")));
    let given = given.given(at("2026-03-02T09:00:00"), EventData::Created { customer: Box::new(held) }).unwrap();
    let release = Intent::Release { by: li };
    for (now, intent, retry) in [(NOW, release, "2026-03-10T00:00:00"), (NOW, Intent::Reclaim, "2026-03-17T00:00:00")] {
        let outcome = |now| given.clone().when(now, intent.clone()).unwrap().outcome().clone();
        let refused = outcome(at(now));
        assert_eq!(refused.retry_at(), Some(at(retry)), "{refused:?}");
        assert!(!outcome(just_before(at(retry))).is_done());
        assert!(outcome(at(retry)).is_done(), "{:?}", outcome(at(retry)));
    }
    let reclaim = given.clone().when(at(NOW), Intent::Reclaim).unwrap();
    let codes = vec![ExecutionCode::DueAhead, ExecutionCode::Held];
    let ItemOutcome::NotExecuted { codes: mut found, .. } = reclaim.outcome().clone() else { panic!("{reclaim:?}") };
    found.sort();
    assert_eq!(found, codes);
}
