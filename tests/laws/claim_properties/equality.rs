//! The engine equals the reference, on worlds that are worth it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use customer_pool::ReasonCode;
use customer_pool::claim::{Acquisition, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::policy::draft::{CapacityCombination, HandOut, PolicyDraft, QuotaWindow};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, decision::ClaimDecision};
use proptest::prelude::*;

use crate::claim_reference::{Answer, Reference};
use crate::strategies::{self, ClaimWorld};
use crate::support::{cases, check};

/// How many policies, each with four questions.
const POLICIES: u32 = 6_500;

/// A decision as the reference writes it.
fn said(decision: &ClaimDecision) -> Answer {
    let sorted = |denials: &[Denial]| {
        let mut denials = denials.to_vec();
        denials.sort();
        denials
    };
    Answer {
        verdict: decision.verdict(),
        denials: sorted(decision.denials()),
        warnings: sorted(decision.warnings()),
        bypassed: sorted(decision.bypassed()),
        retry_at: decision.retry_at(),
        next_change: decision.next_change(),
    }
}

pub(crate) fn both(policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> (Answer, Answer) {
    (said(&policy.claim(case, now)), Reference::new(policy.draft(), *case).claim(now))
}

/// Goal: the engine answers what the specification says, in worlds that try all of it. Method: both answer about
/// twenty thousand random questions, and what occurred in them is counted.
#[test]
fn the_engine_equals_the_reference() {
    let seen = RefCell::new(Seen::default());
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let (engine, wanted) = both(&world.policy, &world.case(), world.now);
            prop_assert_eq!(&engine, &wanted, "engine left, reference right, in\n{:?}", world);
            seen.borrow_mut().world(world, &wanted);
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

/// What occurred.
#[derive(Default)]
struct Seen {
    times: BTreeMap<String, u32>,
    worlds: u32,
    near: u32,
}

/// What stands alone by the specification.
const NEVER_IN_COMPANY: &[&str] = &["pool.not_member", "customer.owned"];

const UNDETERMINED: &[ReasonCode] = &[
    ReasonCode::PoolEntryInFuture,
    ReasonCode::OwnershipsOverlap,
    ReasonCode::AttributeType,
    ReasonCode::HistoryIncomplete,
    ReasonCode::CalendarOutOfRange,
    ReasonCode::TimeOutOfRange,
    ReasonCode::OwnershipOpen,
    ReasonCode::UnknownPool,
    ReasonCode::AskerMissing,
    ReasonCode::LedgerMissing,
    ReasonCode::LedgerIncomplete,
    ReasonCode::LedgerContradictory,
    ReasonCode::LedgerFactsMissing,
    ReasonCode::HoldingMissing,
];

impl Seen {
    fn count(&mut self, what: String) {
        *self.times.entry(what).or_default() += 1;
    }

    fn world(&mut self, world: &ClaimWorld, answer: &Answer) {
        self.worlds += 1;
        let reference = Reference::new(world.policy.draft(), world.case());
        let near = |at: &Timestamp| at.as_micros().abs_diff(world.now.as_micros()) <= 1;
        let boundaries = reference.boundaries(world.now);
        self.near += u32::from(boundaries.iter().any(near));
        if boundaries.is_empty() {
            self.count("no boundary anywhere".to_owned());
        }
        self.count(format!("acquisition {}", world.acquisition));
        self.count(match answer.verdict {
            ClaimVerdict::Undetermined(code) => format!("undetermined {code}"),
            other => format!("verdict {other:?}"),
        });
        for (what, is_some) in [
            ("a retry of a denial", answer.verdict == ClaimVerdict::Denied && answer.retry_at.is_some()),
            ("a retry of what is undetermined", answer.verdict != ClaimVerdict::Denied && answer.retry_at.is_some()),
            ("a next change", answer.next_change.is_some()),
            ("a warning", !answer.warnings.is_empty()),
            ("a bypassed denial", !answer.bypassed.is_empty()),
        ] {
            if is_some {
                self.count(what.to_owned());
            }
        }
        let mut codes: Vec<_> = answer.denials.iter().map(Denial::code).collect();
        codes.dedup();
        let company = if codes.len() == 1 { "alone" } else { "in company" };
        for code in codes {
            self.count(format!("{code} {company}"));
        }
        if let Some(stay) = world.customer.stay().filter(|_| world.acquisition == Acquisition::Claim) {
            let pool = world.policy.draft().pools().iter().find(|pool| pool.id() == stay.pool());
            let hand_out = match pool.and_then(|pool| pool.hand_out()).copied().unwrap_or_default() {
                HandOut::Open => "open",
                HandOut::Blind => "blind",
                HandOut::Reservation(_) => "reservation",
                HandOut::Lottery(_) => "lottery",
            };
            self.count(format!("hand-out {hand_out}"));
            self.count(format!("step {:?}", world.step));
        }
    }

    fn policy(&mut self, draft: &PolicyDraft) {
        let Some(rules) = draft.claims() else { return };
        for quota in rules.quotas() {
            self.count(format!("window {}", window(*quota.window())));
        }
        if rules.capacities().len() > 1 {
            self.count(format!("combination {:?}", rules.combine_capacities().copied().unwrap_or_default()));
        }
    }

    /// Everything that an answer can say at least fifty times, every denial alone and beside others; instants where it
    /// matters.
    fn is_worth_it(&self) {
        let mut wanted: Vec<String> = Vec::new();
        for code in Denial::CODES {
            wanted.push(format!("{code} alone"));
            if !NEVER_IN_COMPANY.contains(code) {
                wanted.push(format!("{code} in company"));
            }
        }
        wanted.extend(Acquisition::ALL.iter().map(|acquisition| format!("acquisition {acquisition}")));
        let verdicts =
            [ClaimVerdict::Eligible, ClaimVerdict::AlreadyMine, ClaimVerdict::AlreadyAsked, ClaimVerdict::Denied];
        wanted.extend(verdicts.map(|verdict| format!("verdict {verdict:?}")));
        wanted.extend(UNDETERMINED.iter().map(|code| format!("undetermined {code}")));
        wanted.extend(["open", "blind", "reservation", "lottery"].map(|hand_out| format!("hand-out {hand_out}")));
        let steps = [ClaimStep::Question, ClaimStep::Claim, ClaimStep::Ask, ClaimStep::Confirm];
        wanted.extend(steps.map(|step| format!("step {step:?}")));
        wanted.extend(["day", "week", "month", "sliding"].map(|name| format!("window {name}")));
        let combinations = [
            CapacityCombination::MostSpecific,
            CapacityCombination::Min,
            CapacityCombination::Max,
            CapacityCombination::Sum,
        ];
        wanted.extend(combinations.map(|combination| format!("combination {combination:?}")));
        wanted.extend(["a retry of a denial", "a retry of what is undetermined", "a next change"].map(str::to_owned));
        wanted.extend(["a warning", "a bypassed denial"].map(str::to_owned));
        let times = |what: &String| self.times.get(what).copied().unwrap_or(0);
        wanted.iter().for_each(|what| println!("{:6} {what}", times(what)));
        println!("{:6} of {} instants lie beside a boundary", self.near, self.worlds);
        let other = self.times.keys().filter(|what| !wanted.contains(what));
        other.for_each(|what| println!("{:6} {what} (not asked for)", times(what)));
        let rare: Vec<_> = wanted.iter().map(|what| (what, times(what))).filter(|(_, times)| *times < 50).collect();
        assert!(rare.is_empty(), "occur too seldom in {} worlds: {rare:?}", self.worlds);
        assert!(self.near * 10 >= self.worlds * 3, "{} of {} instants lie beside a boundary", self.near, self.worlds);
    }
}

fn window(window: QuotaWindow) -> &'static str {
    match window {
        QuotaWindow::Day => "day",
        QuotaWindow::Week => "week",
        QuotaWindow::Month => "month",
        QuotaWindow::Sliding(_) => "sliding",
    }
}
