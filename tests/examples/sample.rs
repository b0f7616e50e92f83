//! The sample in `examples/data/`: that it is what its generator makes, and that everything happens in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;

use customer_pool::decision::{Action, HeldBy, ReasonCode, ReviewPending};
use customer_pool::model::{Customer, Rep};
use customer_pool::time::{CalendarDraft, Timestamp};
use customer_pool::{Decision, Policy, Verdict};

use super::readers::read;

#[allow(dead_code, reason = "the example uses more of it")]
#[path = "../../examples/pool/generate.rs"]
mod generate;

struct Sample {
    policy: Policy,
    customers: Vec<Customer>,
    reps: BTreeMap<String, Rep>,
}

fn committed(name: &str) -> String {
    std::fs::read_to_string(generate::folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn sample() -> Sample {
    let policy = Policy::from_json(&committed("policy.json")).unwrap();
    let (customers, reps) = (committed("customers.ndjson"), committed("reps.json"));
    let customers = read::read_customers(BufReader::new(customers.as_bytes()), policy.draft().attributes())
        .map(|row| row.unwrap().value)
        .collect();
    let reps = read::read_reps(BufReader::new(reps.as_bytes())).map(|row| row.unwrap().value);
    let reps = reps.map(|rep| (rep.id().to_string(), rep)).collect();
    Sample { policy, customers, reps }
}

impl Sample {
    fn decide(&self, now: Timestamp) -> impl Iterator<Item = Decision> {
        self.customers.iter().map(move |customer| {
            let owner = customer.ownership().and_then(|ownership| self.reps.get(ownership.owner().as_str()));
            self.policy.decide(customer, owner, now)
        })
    }
}

/// The committed files are what the seed gives, byte for byte: generate again and compare. Another seed gives others.
#[test]
fn the_seed_gives_the_committed_bytes() {
    for (name, text) in generate::files(generate::SEED) {
        assert!(text == committed(name), "{name} is not what the generator makes; run the example's `generate`");
    }
    let other = generate::files(generate::SEED + 1);
    assert_ne!(other[2].1, committed("customers.ndjson"));
}

/// The sample is as large as promised: count pools, reps, calendars, customers, bytes.
#[test]
fn the_sample_has_the_promised_size() {
    let Sample { policy, customers, reps } = sample();
    assert_eq!(policy.draft().pools().len(), 3);
    assert_eq!(reps.len(), 20);
    let calendars: BTreeSet<_> = reps.values().filter_map(Rep::calendar).collect();
    assert_eq!(calendars.len(), 2);
    assert_eq!(customers.len(), generate::CUSTOMERS);
    let ids: BTreeSet<_> = customers.iter().map(|customer| customer.id().as_str()).collect();
    assert_eq!(ids.len(), customers.len(), "every id is given once");
    assert!(committed("customers.ndjson").len() < 2_000_000);
}

/// Its Chinese calendar is written out for people to read, and is the crate's own: compare the drafts.
#[test]
fn the_chinese_calendar_is_the_official_one() {
    let policy = sample().policy;
    assert_eq!(policy.draft().calendars()[&"cn".parse().unwrap()], CalendarDraft::china_mainland());
}

/// Every verdict and every hold occurs: on the sample's morning, and inside its freeze window. On the morning alone
/// everything occurs that notice and review lead to.
#[test]
fn every_verdict_and_every_hold_occurs() {
    let sample = sample();
    let inside: Timestamp = "2026-05-02T10:00:00+08:00".parse().unwrap();
    let (mut verdicts, mut holds) = (BTreeMap::new(), BTreeMap::new());
    for decision in sample.decide(generate::now()).chain(sample.decide(inside)) {
        let verdict = match decision.verdict() {
            Verdict::NotOwned => "not owned",
            Verdict::Undetermined(_) => "undetermined",
            Verdict::Held(by) => {
                let hold = match by {
                    HeldBy::Freeze(kind) => kind.as_str().to_owned(),
                    HeldBy::Exemption => "exemption".to_owned(),
                    HeldBy::Lock => "lock".to_owned(),
                    HeldBy::Business(kind) => sample.policy.hold_kind(kind).unwrap().to_string(),
                    HeldBy::FreezeWindow => "freeze window".to_owned(),
                    HeldBy::Deferral => "deferral".to_owned(),
                };
                *holds.entry(hold).or_insert(0) += 1;
                "held"
            }
            Verdict::Due => "due",
            Verdict::NoticePending(_) => "notice pending",
            Verdict::ReviewPending(_) => "review pending",
            Verdict::Warn(_) => "warn",
            Verdict::Keep => "keep",
        };
        *verdicts.entry(verdict).or_insert(0) += 1;
    }
    let all = ["due", "held", "keep", "not owned", "notice pending", "review pending", "undetermined", "warn"];
    assert_eq!(verdicts.keys().copied().collect::<Vec<_>>(), all, "{verdicts:?}");
    let all = ["dispute", "exemption", "freeze window", "legal_hold", "lock", "merge"];
    let all: BTreeSet<_> =
        all.into_iter().chain(["deferral", "open_order", "sent_quote", "unpaid_receivable"]).collect();
    assert_eq!(holds.keys().map(String::as_str).collect::<BTreeSet<_>>(), all, "{holds:?}");

    let morning: Vec<Decision> = sample.decide(generate::now()).collect();
    let occurs = |what: &str, is: &dyn Fn(&Decision) -> bool| assert!(morning.iter().any(is), "{what}");
    let says = |code: ReasonCode| move |decision: &Decision| decision.reasons().iter().any(|it| it == code);
    let due = |action: Action| move |it: &Decision| it.verdict() == Verdict::Due && it.action() == Some(action);
    occurs("due that reclaims", &due(Action::Reclaim));
    occurs("due that nominates", &due(Action::Review));
    occurs("a notice to serve", &|it| it.verdict() == Verdict::NoticePending(None));
    occurs("a notice that runs", &|it| matches!(it.verdict(), Verdict::NoticePending(Some(_))));
    occurs("a review", &|it| it.verdict() == Verdict::ReviewPending(ReviewPending::Nominated));
    occurs("a deferral", &|it| it.verdict() == Verdict::Held(HeldBy::Deferral));
    occurs("a deferral that is over", &|it| it.verdict() == Verdict::ReviewPending(ReviewPending::Deferred));
    occurs("an approval", &says(ReasonCode::ReviewApproved));
    occurs("a rejection", &says(ReasonCode::ReviewRejected));
}

/// The sample shows the policy at work: every trigger decides or notifies about somebody, every pool is
/// somebody's target.
#[test]
fn every_part_of_the_policy_is_used() {
    let sample = sample();
    let (mut triggers, mut pools) = (BTreeSet::new(), BTreeSet::new());
    for decision in sample.decide(generate::now()) {
        triggers.extend(decision.trigger().and_then(|trigger| sample.policy.trigger_id(trigger)));
        triggers.extend(sample.policy.notify_ids(decision.notify()));
        pools.extend(decision.pool());
    }
    assert_eq!(triggers, sample.policy.trigger_ids().collect());
    assert_eq!(pools.len(), 3);
}
