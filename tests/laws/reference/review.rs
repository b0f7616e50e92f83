//! Notice and review, state by state.

use std::collections::BTreeSet;

use customer_pool::decision::Action;
use customer_pool::model::{Cycle, ReviewState};
use customer_pool::policy::draft::{Mode, TriggerDraft};
use customer_pool::time::Timestamp;

use super::{Code, Moment, Reference, Said, code};

/// What notice and review say at an instant.
pub(super) struct Review {
    pub(super) said: Said,
    pub(super) action: Action,
    pub(super) rejected: bool,
    pub(super) reasons: BTreeSet<Code>,
}

impl Reference<'_> {
    pub(super) fn review(
        &self,
        trigger: &TriggerDraft,
        moment: Moment<'_>,
        due: Timestamp,
        marks: &mut BTreeSet<Timestamp>,
    ) -> Result<Review, Code> {
        let now = moment.now;
        let reviews = trigger.action() == Some(&Action::Review);
        let this = Cycle::new(self.customer.id().clone(), moment.ownership.number(), trigger.id().clone(), due);
        let state = match self.customer.nomination() {
            Some(nomination) if reviews && *nomination.cycle() == this => Some(nomination.state()),
            _ => None,
        };
        let mut reasons = BTreeSet::new();
        // `None`: no notice is needed. `Some(None)`: one is needed, and none was served.
        let mut earliest = None;
        if let Some(Mode::Notice(lead)) = trigger.mode() {
            earliest = Some(None);
            if let Some(notice) = self.customer.notice().filter(|notice| *notice.cycle() == this) {
                let end = self.end(self.policy.default_calendar().unwrap(), notice.at(), *lead, true);
                let (end, assumed) = end.map_err(code)?;
                reasons.extend(assumed.then_some("calendar.assumed_pattern"));
                earliest = Some(Some(due.max(end)));
                marks.insert(due.max(end));
            }
        }
        if let Some(ReviewState::Deferred(until)) = state {
            marks.insert(until);
        }
        let mut say = |said, reason| {
            reasons.insert(reason);
            said
        };
        let notice_is_over = match earliest {
            None => true,
            Some(None) => false,
            Some(Some(earliest)) => earliest <= now,
        };
        let said = if state == Some(ReviewState::Rejected) {
            say(Said::Keep, "review.rejected")
        } else if matches!(state, Some(ReviewState::Deferred(until)) if now < until) {
            say(Said::Held("deferral".to_owned()), "review.deferred")
        } else if now < due {
            say(Said::Keep, "reclaim.not_due")
        } else if !notice_is_over {
            match earliest.flatten() {
                None => say(Said::NoticePending(None), "notice.due"),
                served => say(Said::NoticePending(served), "notice.running"),
            }
        } else {
            match state {
                Some(ReviewState::Nominated) => say(Said::ReviewPending("nominated"), "review.pending"),
                Some(ReviewState::Deferred(_)) => say(Said::ReviewPending("deferred"), "review.pending"),
                None if reviews => say(Said::Due, "review.due"),
                _ => say(Said::Due, "reclaim.due"),
            }
        };
        let approved = state == Some(ReviewState::Approved);
        if approved {
            reasons.insert("review.approved");
        }
        let action = if reviews && !approved { Action::Review } else { Action::Reclaim };
        Ok(Review { said, action, rejected: state == Some(ReviewState::Rejected), reasons })
    }
}
