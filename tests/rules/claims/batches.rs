//! Batches: what earlier items take from later ones.

use customer_pool::Policy;
use customer_pool::claim::{Acquisition, BatchDecision, BatchItem, BatchMode, BatchResult, ClaimBatch};
use customer_pool::decision::ClaimVerdict;
use customer_pool::model::{Customer, Holding, Ledger, Rep};

use super::support::{at, codes, in_pool, ledger, li, policy, pooled};

const NOW: &str = "2026-03-02T12:00:00";

fn run(policy: &Policy, customers: &[Customer], ledgers: &[Ledger], mode: BatchMode) -> BatchDecision {
    let rep: Rep = li();
    let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    policy.claim_batch(&ClaimBatch::new(&rep, &items, mode).with_ledgers(ledgers), at(NOW))
}

/// The codes of each item; `taken`, `-` for one that was not attempted.
fn outcomes(batch: &BatchDecision) -> Vec<Vec<&'static str>> {
    let one = |(i, result): (usize, &BatchResult)| match result {
        BatchResult::NotAttempted => vec!["-"],
        BatchResult::Decided(_) if batch.is_taken(i) => vec!["taken"],
        BatchResult::Decided(decision) if decision.verdict() == ClaimVerdict::AlreadyMine => vec!["mine"],
        BatchResult::Decided(decision) => codes(decision.denials()),
    };
    batch.results().iter().enumerate().map(one).collect()
}

#[test]
fn an_empty_batch_is_an_empty_result() {
    for mode in BatchMode::ALL {
        let batch = run(&policy(""), &[], &[], *mode);
        assert_eq!((batch.results().len(), batch.taken(), batch.stopped_by().len()), (0, 0, 0));
    }
}

/// Goal: the same customer twice. Method: in every mode, where the quota admits one.
#[test]
fn the_same_customer_twice_is_already_mine() {
    let policy = policy(r#""quotas": [{"id": "q", "limit": 1, "window": "day"}]"#);
    let customers = [pooled("c1"), pooled("c1")];
    for mode in BatchMode::ALL {
        assert_eq!(outcomes(&run(&policy, &customers, &[ledger([])], *mode)), [["taken"], ["mine"]], "{mode}");
    }
}

/// Goal: an item refused for its own reasons takes no place. Method: a stranger's customer among two, a quota of two.
#[test]
fn an_item_refused_for_its_own_reasons_takes_no_place() {
    let policy = policy(
        r#""quotas": [{"id": "q", "limit": 2, "window": "day"}],
        "quiet_periods": [{"id": "quiet", "span": {"days": 3}}]"#,
    );
    let new = in_pool("c0", "east", "2026-03-02T09:00:00");
    let customers = [pooled("c1"), new, pooled("c2"), pooled("c3"), pooled("c4")];
    let run = |mode| outcomes(&run(&policy, &customers, &[ledger([])], mode));
    let quiet = "claim.quiet_period";
    assert_eq!(run(BatchMode::UpToRemaining), [["taken"], [quiet], ["taken"], ["-"], ["-"]]);
    assert_eq!(run(BatchMode::ItemByItem), [["taken"], [quiet], ["taken"], ["claim.quota"], ["claim.quota"]]);
    assert_eq!(run(BatchMode::AllOrNothing), [vec![], vec![quiet], vec![], vec!["claim.quota"], vec!["claim.quota"]]);
}

/// Goal: weights are taken, and a lighter one may still fit. Method: room for four, customers of three, three, one.
#[test]
fn each_item_is_judged_against_what_earlier_ones_weigh() {
    let policy = policy(r#""capacities": [{"id": "cap", "scope": "everybody", "cap": 10, "weights": {"vip": 3}}]"#);
    let vip = |id: &str| pooled(id).with_tier("vip".parse().unwrap());
    let customers = [vip("c1"), vip("c2"), pooled("c3")];
    let ledgers = [ledger([]).with_holdings([Holding::new("cap".parse().unwrap(), 6)])];
    let run = |mode| run(&policy, &customers, &ledgers, mode);
    assert_eq!(outcomes(&run(BatchMode::ItemByItem)), [["taken"], ["claim.capacity"], ["taken"]]);
    let stopped = run(BatchMode::UpToRemaining);
    assert_eq!(outcomes(&stopped), [["taken"], ["-"], ["-"]]);
    assert_eq!(codes(stopped.stopped_by()), ["claim.capacity"]);
    assert_eq!(run(BatchMode::AllOrNothing).taken(), 0);
}

/// Goal: an interval stops a batch of claims and none of assignments. Method: two customers, five minutes.
#[test]
fn a_minimum_interval_lets_a_batch_claim_one() {
    let policy = policy(r#""minimum_interval": {"minutes": 5}"#);
    let customers = [pooled("c1"), pooled("c2")];
    let stopped = run(&policy, &customers, &[ledger([])], BatchMode::UpToRemaining);
    assert_eq!(
        (outcomes(&stopped), codes(stopped.stopped_by())),
        (vec![vec!["taken"], vec!["-"]], vec!["claim.minimum_interval"])
    );
    let rep = li();
    let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    let batch = ClaimBatch::new(&rep, &items, BatchMode::AllOrNothing).with_acquisition(Acquisition::Assign);
    assert_eq!(policy.claim_batch(&batch, at(NOW)).taken(), 2);
}
