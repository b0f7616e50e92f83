//! Triggers that do not simply reclaim: what a notice and a review say when the due instant comes.

use super::sink::Sink;
use super::situation::Situation;
use super::trigger::Trigger;
use crate::decision::{
    Action, HeldBy, NoticeFinding, ReasonCode, Reasons, ReviewFinding, ReviewPending, Step, Verdict,
};
use crate::model::{Cycle, ReviewState};
use crate::time::Timestamp;

/// What notice and review make of a due instant.
pub(super) struct Wait {
    /// Which instead of *keep* and *due*.
    pub(super) verdict: Verdict,
    pub(super) action: Action,
    pub(super) reasons: Reasons,
    /// When else than at the due instant this may change.
    pub(super) changes: [Option<Timestamp>; 2],
    /// Whether warnings are still due.
    pub(super) warns: bool,
    /// Whether the calendar guessed.
    pub(super) assumed: bool,
}

impl Situation<'_> {
    /// What notice and review of this cycle say at `now`; an error where the lead of a notice cannot be dated.
    #[inline(never)]
    pub(super) fn wait<S: Sink>(
        &self,
        trigger: &Trigger,
        due: Timestamp,
        now: Timestamp,
        sink: &mut S,
    ) -> Result<Wait, ReasonCode> {
        let (lead_end, assumed) = self.lead_end(trigger, due, sink)?;
        let state = self.review_state(trigger, due, sink);
        let until = match state {
            Some(ReviewState::Deferred(until)) => Some(until),
            _ => None,
        };
        let earliest = lead_end.map(|end| end.max(due));
        let notice_pending = trigger.lead.is_some() && earliest.is_none_or(|earliest| now < earliest);
        let approved = state == Some(ReviewState::Approved);
        let action = if approved { Action::Reclaim } else { trigger.action };
        let (verdict, code) = match state {
            // A supervisor's word stands whatever else is recorded.
            Some(ReviewState::Rejected) => (Verdict::Keep, ReasonCode::ReviewRejected),
            Some(ReviewState::Deferred(until)) if now < until => {
                (Verdict::Held(HeldBy::Deferral), ReasonCode::ReviewDeferred)
            }
            _ if now < due => (Verdict::Keep, ReasonCode::NotDue),
            _ if notice_pending => {
                let code = if earliest.is_some() { ReasonCode::NoticeRunning } else { ReasonCode::NoticeDue };
                (Verdict::NoticePending(earliest), code)
            }
            Some(ReviewState::Nominated) => {
                (Verdict::ReviewPending(ReviewPending::Nominated), ReasonCode::ReviewPending)
            }
            Some(ReviewState::Deferred(_)) => {
                (Verdict::ReviewPending(ReviewPending::Deferred), ReasonCode::ReviewPending)
            }
            None if trigger.action == Action::Review => (Verdict::Due, ReasonCode::ReviewDue),
            None | Some(ReviewState::Approved) => (Verdict::Due, ReasonCode::Due),
        };
        let mut reasons = Reasons::of(code);
        if approved {
            reasons.add(ReasonCode::ReviewApproved);
        }
        let warns = matches!(code, ReasonCode::NotDue);
        Ok(Wait { verdict, action, reasons, changes: [earliest, until], warns, assumed })
    }

    /// Where the lead of this cycle's notice ends, if one was served, and whether a calendar guessed that.
    fn lead_end<S: Sink>(
        &self,
        trigger: &Trigger,
        due: Timestamp,
        sink: &mut S,
    ) -> Result<(Option<Timestamp>, bool), ReasonCode> {
        let (Some(lead), Some(notice)) = (trigger.lead, self.view.customer.notice()) else { return Ok((None, false)) };
        if !self.is_of(notice.cycle(), trigger, due) {
            sink.step(|| Step::Notice(NoticeFinding { at: notice.at(), valid: false, until: None }));
            return Ok((None, false));
        }
        let end = self.rules.default_calendar.end(notice.at(), lead, self.pauses);
        let until = end.ok().map(|end| end.at());
        sink.step(|| Step::Notice(NoticeFinding { at: notice.at(), valid: true, until }));
        end.map(|end| (Some(end.at()), end.assumed())).map_err(ReasonCode::from)
    }

    /// How far the review of this cycle has come, if there is one.
    fn review_state<S: Sink>(&self, trigger: &Trigger, due: Timestamp, sink: &mut S) -> Option<ReviewState> {
        let nomination = self.view.customer.nomination().filter(|_| trigger.action == Action::Review)?;
        let valid = self.is_of(nomination.cycle(), trigger, due);
        sink.step(|| Step::Review(ReviewFinding { at: nomination.at(), valid, state: nomination.state() }));
        Some(nomination.state()).filter(|_| valid)
    }

    fn is_of(&self, cycle: &Cycle, trigger: &Trigger, due: Timestamp) -> bool {
        cycle.due() == due
            && *cycle.trigger() == trigger.id
            && cycle.ownership() == self.ownership.number()
            && cycle.customer() == self.view.customer.id()
    }
}
