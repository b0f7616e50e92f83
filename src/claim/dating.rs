//! The answer, and until when it stands.

use super::ClaimCase;
use super::findings::{Judgement, Lift};
use super::question::Question;
use super::rules::Rules;
use super::sink::Sink;
use crate::decision::{ClaimDecision, ClaimVerdict, Denial, Preconditions};
use crate::time::Timestamp;

/// Answers a question.
pub(crate) fn decide<S: Sink>(rules: &Rules, case: &ClaimCase<'_>, now: Timestamp, sink: &mut S) -> ClaimDecision {
    Question::new(rules, *case).decide(now, sink)
}

impl Question<'_> {
    /// The answer at `now`.
    pub(super) fn decide<S: Sink>(&self, now: Timestamp, sink: &mut S) -> ClaimDecision {
        self.dated(self.judge(now, sink), now)
    }

    /// The answer with until when it stands, given the judgement of this question at `now`.
    pub(super) fn dated(&self, mut first: Judgement, now: Timestamp) -> ClaimDecision {
        let settled = self.settled.get();
        let change = self.next_change(&first);
        // What has settled on the way to the next change need not have before it, where the retry looks again.
        self.settled.set(settled);
        let retry_at = self.retry_at(&first, change.as_ref());
        first.read.sort_unstable();
        let shown = first.verdict != ClaimVerdict::AlreadyMine && !first.denials.contains(&Denial::NotMember);
        ClaimDecision {
            verdict: first.verdict,
            denials: first.denials,
            warnings: first.warnings,
            bypassed: first.bypassed,
            grant: (first.verdict == ClaimVerdict::Eligible).then(|| self.effect(now).into()),
            pool: self.pool.map(|(pool, _)| pool).filter(|_| shown),
            open_rule: first.open_rule,
            retry_at,
            next_change: change.map(|(at, _)| at),
            preconditions: Preconditions { customer: self.case.customer_version(), ledgers: first.read },
        }
    }

    /// The first instant at which the answer is another, and that answer: every instant at which something could
    /// change is tried.
    fn next_change(&self, first: &Judgement) -> Option<(Timestamp, Judgement)> {
        let mut at = first.next?;
        loop {
            let later = self.judge(at, &mut ());
            if !later.is_same(first) {
                return Some((at, later));
            }
            at = later.next.filter(|next| *next > at)?;
        }
    }

    /// The first instant at which the rep may have the customer, where time lifts whatever keeps him from it now: until
    /// the last of that ends, something does.
    fn retry_at(&self, first: &Judgement, change: Option<&(Timestamp, Judgement)>) -> Option<Timestamp> {
        match first.verdict {
            ClaimVerdict::Denied if first.lifted_by_time => {}
            ClaimVerdict::Undetermined(_) => {}
            _ => return None,
        }
        let mut lift = first.lift;
        let mut at: Option<Timestamp> = None;
        loop {
            let Lift::At(next) = lift else { return None };
            if at.is_some_and(|at| next <= at) {
                return None;
            }
            let judged;
            let later = match change {
                Some((changed, later)) if *changed == next => later,
                _ => {
                    judged = self.judge(next, &mut ());
                    &judged
                }
            };
            match later.verdict {
                ClaimVerdict::Eligible => return Some(next),
                ClaimVerdict::AlreadyMine => return None,
                // Until the ask ends there is nothing more to have.
                ClaimVerdict::AlreadyAsked => lift = later.next.into(),
                ClaimVerdict::Denied | ClaimVerdict::Undetermined(_) => lift = later.lift,
            }
            at = Some(next);
        }
    }
}
