//! A policy, facts, and a question whose promises are kept.

pub(crate) use crate::support::{at, id, just_before};
use customer_pool::ledger::EventKind;
use customer_pool::model::{
    BusinessHold, Cause, Customer, Extension, Freeze, FreezeKind, Ledger, LedgerScope, Lock, Ownership, PastOwnership,
    Place, PoolStay, Protection, Rep, WayIn,
};
use customer_pool::moves::{Intent, MoveCase, MoveDecision, MoveVerdict, Refusal};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode, Verdict, id};

const POOLS: &str = r#"{"id": "country", "members": ["everybody"]},
    {"id": "east", "parent": "country", "members": [{"unit": "sales/east"}], "escalate_after": {"days": 30}},
    {"id": "asked", "members": ["everybody"], "hand_out": {"reservation": {"hours": 24}}},
    {"id": "lucky", "members": ["everybody"], "hand_out": {"lottery": {"hours": 24}}}"#;

/// A policy of Shanghai with these rules about claims and moves. Customers of the region `sh` are routed to `east`,
/// everybody else to `country`; open orders hold; a lock lasts at most ten days.
pub fn policy(claims: &str, moves: &str) -> Policy {
    Policy::from_json(&document(claims, moves)).unwrap_or_else(|error| panic!("{error}"))
}

pub fn document(claims: &str, moves: &str) -> String {
    let comma = if claims.is_empty() { "" } else { ", " };
    format!(
        r#"{{"format": 1, "id": "p", "revision": 3, "default_calendar": "cn",
        "calendars": {{"cn": {{"zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
        "pools": [{POOLS}], "holds": ["open_order"], "longest_lock": {{"days": 10}},
        "routing": {{"rules": [{{"when": {{"in": {{"fact": "region", "of": ["sh"]}}}}, "pool": "east"}}],
            "fallback": "country"}},
        "groups": [{{"id": "g", "triggers": [{{"id": "silent", "when": "always", "base": {{"days": 14}},
            "renewals": {{"call": {{"days": 14}}}}, "max_hold": {{"days": 60}}}}]}}],
        "claims": {{"lottery_seed": "2026"{comma}{claims}}}, "moves": {{{moves}}}}}"#
    )
}

/// An active rep of the unit `sales/east`.
pub fn rep(name: &str) -> Rep {
    Rep::new(id(name)).with_units([id!("sales/east")])
}

/// A customer that Li claimed out of `east` on 2 March 2026 at 09:00, where it had been since 1 February.
pub fn claimed() -> Customer {
    let owned = Ownership::new(id!("li"), at("2026-03-02T09:00:00")).with_units([id!("sales/east")]);
    Customer::new(id!("c1"), Place::Owned(owned)).with_last_stay(stay("east", "2026-02-01T00:00:00"))
}

pub fn stay(pool: &str, since: &str) -> PoolStay {
    PoolStay::new(id(pool), at(since))
}

pub fn pooled(pool: &str, since: &str) -> Customer {
    Customer::new(id!("c1"), Place::Pool(stay(pool, since)))
}

pub fn past(owner: &str, from: &str, to: &str, cause: Cause) -> PastOwnership {
    PastOwnership::new(id(owner), at(from), at(to), WayIn::Claim, cause)
}

pub fn ledger(of: &str) -> Ledger {
    Ledger::new(LedgerScope::Rep(id(of))).with_version(5)
}

/// An open order that ends then, which the policy counts as a hold.
pub fn order(until: Option<Timestamp>) -> BusinessHold {
    BusinessHold::live(id("open_order"), id!("o1"), until)
}

pub fn held(customer: Customer, until: Option<Timestamp>) -> Customer {
    let protection = customer.protection().cloned().unwrap_or_default();
    customer.with_protection(protection.with_hold(order(until)))
}

pub fn frozen(customer: Customer, kind: FreezeKind, until: Option<Timestamp>) -> Customer {
    let protection = customer.protection().cloned().unwrap_or_default();
    customer.with_protection(protection.with_freeze(Freeze::new(kind, until)))
}

/// With everything that dies with an ownership, and everything that does not.
pub fn laden(customer: Customer) -> Customer {
    let since = at("2026-03-03T00:00:00");
    let protection = Protection::new()
        .with_lock(Lock::new(Some(since), Some(at("2026-03-30T00:00:00"))))
        .with_extension(Extension::new(Some(since), at("2026-05-01T00:00:00")))
        .with_hold(BusinessHold::not_live(id("open_order"), id!("draft"), None))
        .with_freeze(Freeze::new(FreezeKind::Dispute, Some(at("2026-03-01T00:00:00"))))
        .with_pauses([(since, at("2026-03-04T00:00:00"))]);
    customer.with_protection(protection).with_warned([id!("sent")]).with_collaborators([id!("zhao")])
}

/// Whether the command is neither refused nor undetermined.
fn passes(decision: &MoveDecision) -> bool {
    matches!(decision.verdict(), MoveVerdict::Moves | MoveVerdict::AlreadyDone)
}

/// What `retry_at` promises: at it nothing stands in the way any more, and up to the microsecond before something does.
pub fn keeps_its_retry(policy: &Policy, case: &MoveCase<'_>, now: Timestamp, decision: &MoveDecision) {
    assert_eq!(decision.class().is_none(), passes(decision), "{decision:?}");
    let Some(retry) = decision.retry_at() else {
        // What the checks of claims do not count on time for, a command does not either: a freeze, a draw.
        let waits = decision.refusals().iter().all(|refusal| match refusal {
            Refusal::Denied(denial) => denial.lifts_at().is_some(),
            _ => true,
        });
        let days = (0..60).filter_map(|days| now.checked_add_micros(days * 86_400_000_000));
        let later = days.chain(decision.next_change()).find(|at| passes(&policy.decide_move(case, *at)));
        assert!(passes(decision) || !waits || later.is_none(), "{later:?} passes: {decision:?} at {now}");
        return;
    };
    assert!(!passes(decision) && now < retry, "{decision:?} at {now}");
    assert!(passes(&policy.decide_move(case, retry)), "at {retry}: {decision:?}");
    let middle = now.checked_add_micros((retry.as_micros() - now.as_micros()) / 2).expect("our age");
    let next = decision.next_change().expect("it changes");
    assert!(next <= retry, "{decision:?}");
    for before in [just_before(retry), middle, next].into_iter().filter(|before| *before < retry) {
        assert!(!passes(&policy.decide_move(case, before)), "at {before}, before {retry}: {decision:?}");
    }
}

/// The answer, after its promises are looked at: it is the same just before `next_change` and another there; it keeps
/// its `retry_at`; a move fits the customer, and the customer after it contradicts nothing.
pub fn ask(policy: &Policy, case: &MoveCase<'_>, now: Timestamp) -> MoveDecision {
    let decision = policy.decide_move(case, now);
    match decision.next_change() {
        Some(next) => {
            assert!(next > now, "{next} lies ahead of {now}");
            assert!(policy.decide_move(case, just_before(next)).is_same(&decision), "the same up to {next}");
            assert!(!policy.decide_move(case, next).is_same(&decision), "another at {next}: {decision:?}");
        }
        None => {
            for days in [1_i64, 40, 1_000] {
                let later = now.checked_add_micros(days * 86_400_000_000).expect("our age");
                let later = policy.decide_move(case, later);
                assert!(later.is_same(&decision), "the same for ever: {decision:?}, {later:?}");
            }
        }
    }
    keeps_its_retry(policy, case, now, &decision);
    assert_eq!(decision.verdict() == MoveVerdict::Moves, decision.planned().is_some());
    assert_eq!(decision.verdict() == MoveVerdict::Refused, !decision.refusals().is_empty());
    if decision.planned().is_some() {
        after(policy, case, &decision);
    }
    decision
}

/// The customer after a planned move, which contradicts nothing.
pub fn after(policy: &Policy, case: &MoveCase<'_>, decision: &MoveDecision) -> Customer {
    let planned = decision.planned().unwrap_or_else(|| panic!("{:?} {:?}", decision.verdict(), decision.refusals()));
    let after = policy.apply_move(planned, case.customer()).expect("it fits");
    let verdict = policy.decide(&after, None, planned.at()).verdict();
    assert!(!matches!(verdict, Verdict::Undetermined(_)), "{verdict:?} of {after:?}");
    let text = serde_json::to_string(&after).expect("it is written");
    assert_eq!(serde_json::from_str::<Customer>(&text).expect("it is read"), after);
    after
}

/// The events and the customer of a command that is carried out.
pub fn carried_out(policy: &Policy, case: &MoveCase<'_>, now: &str) -> (Vec<EventKind>, Customer) {
    let decision = ask(policy, case, at(now));
    let after = after(policy, case, &decision);
    (decision.planned().expect("a move").kinds(), after)
}

/// The refusals of a command, which is refused.
pub fn refused(policy: &Policy, case: &MoveCase<'_>, now: &str) -> Vec<Refusal> {
    let decision = ask(policy, case, at(now));
    assert_eq!(decision.verdict(), MoveVerdict::Refused, "{decision:?}");
    decision.refusals().to_vec()
}

pub fn undetermined(policy: &Policy, case: &MoveCase<'_>, now: &str) -> ReasonCode {
    let decision = ask(policy, case, at(now));
    let MoveVerdict::Undetermined(code) = decision.verdict() else { panic!("{decision:?}") };
    code
}

pub fn already_done(policy: &Policy, customer: &Customer, command: Intent<&Rep>, now: &str) {
    let decision = ask(policy, &MoveCase::new(customer, command.clone()), at(now));
    assert_eq!(decision.verdict(), MoveVerdict::AlreadyDone, "{command:?}: {decision:?}");
}

pub fn codes(refusals: &[Refusal]) -> Vec<&'static str> {
    refusals.iter().map(Refusal::code).collect()
}
