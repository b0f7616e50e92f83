//! No check that the customer is unowned; membership checked against the pool the caller names, not the customer's.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::ClaimDecision;
use customer_pool::model::Customer;
use customer_pool::time::Timestamp;
use serde_json::json;

use super::claims::*;
use super::support::*;

/// A customer that somebody owns, out of `pool`.
fn owned() -> Customer {
    pooled(
        "c1",
        json!({
            "place": { "owned": { "owner": "r9", "start": utc("2026-02-02 09:00") } },
            "last_stay": { "pool": "pool", "since": utc("2026-01-05 09:00") }
        }),
    )
}

/// Goal: an owned customer is not taken, and the customer's own pool decides whose it may be. Method: a member asks for
/// an owned one; a member of another pool names his; a member of both names the wrong one.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({})))?;
    let now = utc("2026-03-02 09:00");
    let (seller, server) = (rep("r1", "sales"), rep("r2", "service"));
    let both = rep("r3", "sales").with_units(["sales".parse()?, "service".parse()?]);
    let (owned, free, other) = (owned(), pooled("c2", json!({})), "other".parse()?);

    denied("an owned one", &evaluator.claim(&policy, &ClaimCase::new(&owned, &seller), now), &["customer.owned"])?;
    denied("a free one", &evaluator.claim(&policy, &ClaimCase::new(&free, &seller), now), &[])?;
    let named = ClaimCase::new(&free, &server).with_pool(&other);
    denied("a stranger names his own pool", &evaluator.claim(&policy, &named, now), &["pool.not_member"])?;
    let named = ClaimCase::new(&free, &both).with_pool(&other);
    denied("a member of both names the wrong one", &evaluator.claim(&policy, &named, now), &["pool.not_in_named"])
}

/// Whoever owned it is overwritten.
struct TakesFromOwners;

impl Evaluator for TakesFromOwners {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let Some(stay) = case.customer().last_stay().filter(|_| case.customer().ownership().is_some()) else {
            return policy.claim(case, now);
        };
        let stay = json!({ "pool": stay });
        let free = misread(case.customer(), |facts| facts["place"] = stay);
        policy.claim(&anew(case, &free, case.ledgers()), now)
    }
}

/// The pool that the command names is the one that is asked.
struct AsksTheNamedPool;

impl Evaluator for AsksTheNamedPool {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let Some(named) = case.pool().filter(|_| case.customer().stay().is_some()) else {
            return policy.claim(case, now);
        };
        let moved = misread(case.customer(), |facts| facts["place"]["pool"]["pool"] = json!(named));
        policy.claim(&anew(case, &moved, case.ledgers()), now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 15,
    check,
    wrong: &[
        Wrong { name: "owned customers are claimed", make: || Box::new(TakesFromOwners) },
        Wrong { name: "membership is asked of the named pool", make: || Box::new(AsksTheNamedPool) },
    ],
};
