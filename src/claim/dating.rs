//! The answer, and until when it stands.

use super::ClaimCase;
use super::findings::{Judgement, Lift, Settled};
use super::question::Question;
use super::rules::ClaimRules;
use super::sink::Sink;
use crate::decision::{ClaimDecision, ClaimVerdict, Denial, Preconditions, first_change};
use crate::time::Timestamp;

/// Answers a question.
pub(crate) fn decide<S: Sink>(rules: &ClaimRules, case: &ClaimCase<'_>, now: Timestamp, sink: &mut S) -> ClaimDecision {
    Question::new(rules, *case).decide(now, sink)
}

impl Question<'_> {
    /// The answer at `now`.
    pub(super) fn decide<S: Sink>(&self, now: Timestamp, sink: &mut S) -> ClaimDecision {
        self.dated(self.judge(now, Settled::default(), sink), now)
    }

    /// The answer with until when it stands, given the judgement of this question at `now`.
    pub(super) fn dated(&self, mut first: Judgement, now: Timestamp) -> ClaimDecision {
        let change = self.next_change(&first);
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

    /// The first instant at which the answer is another, and that answer.
    fn next_change(&self, first: &Judgement) -> Option<(Timestamp, Judgement)> {
        let mut settled = first.settled;
        first_change(first, first.next, Judgement::is_same, |at| {
            let later = self.judge(at, settled, &mut ());
            settled = later.settled;
            let next = later.next;
            (later, next)
        })
    }

    /// The first instant at which the rep may have the customer, if time alone lifts everything that bars them now. If
    /// several things bar them, the latest end is tried.
    fn retry_at(&self, first: &Judgement, change: Option<&(Timestamp, Judgement)>) -> Option<Timestamp> {
        match first.verdict {
            ClaimVerdict::Denied if first.lifted_by_time => {}
            ClaimVerdict::Undetermined(_) => {}
            _ => return None,
        }
        let (mut lift, mut settled) = (first.lift, first.settled);
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
                    judged = self.judge(next, settled, &mut ());
                    settled = judged.settled;
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
