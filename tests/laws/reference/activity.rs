//! Which activities count, and when they happened.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use customer_pool::model::{Activities, Activity, ActivityKind, Actor, Occurred};
use customer_pool::policy::draft::{Anchor, By, LatestActivity, Qualifying, TriggerDraft};
use customer_pool::time::Timestamp;

use super::{Moment, Reference};

/// What a clock knows of activities, later ones than `now` among them.
pub(super) struct Qualified {
    pub(super) counting: Vec<(Timestamp, ActivityKind)>,
    /// Those that might count, had anybody said who owned the customer then.
    pub(super) unjudged: Vec<(Timestamp, ActivityKind)>,
}

impl<'a> Reference<'a> {
    fn activities(&self) -> &'a [Activity] {
        match self.customer.activities() {
            Activities::Listed(list) => list,
            Activities::Folded(_) => &[],
        }
    }

    pub(super) fn activity_instants(&self) -> Vec<Timestamp> {
        self.activities().iter().map(|activity| self.at(activity)).collect()
    }

    fn at(&self, activity: &Activity) -> Timestamp {
        let occurred = activity.occurred().map(|occurred| match occurred {
            Occurred::At(at) => at.as_micros(),
            Occurred::On(date) => self.default_calendar().start(date + Days::new(1)) - 1,
        });
        let recorded = activity.recorded().map(Timestamp::as_micros);
        Timestamp::from_micros([occurred, recorded].into_iter().flatten().min().unwrap()).unwrap()
    }

    /// The activities that qualify for a trigger's clock.
    pub(super) fn qualified(&self, trigger: &'a TriggerDraft, moment: Moment<'a>) -> Qualified {
        let rule = trigger.qualifying().cloned().unwrap_or_default();
        let (mut counting, mut unjudged) = (Vec::new(), Vec::new());
        for activity in self.activities() {
            let (kind, at) = (activity.kind(), self.at(activity));
            let listed = trigger.renewals().contains_key(kind) || trigger.satisfied_by().contains(kind);
            if !listed || *activity.actor() == Actor::System || at < moment.t0 || !has_evidence(activity, &rule) {
                continue;
            }
            match self.fits(activity, at, rule.by().copied().unwrap_or_default(), moment) {
                Some(true) => counting.push((activity.recorded().unwrap_or(at), at, kind.clone())),
                Some(false) => {}
                None => unjudged.push((at, kind.clone())),
            }
        }
        if let Some(most) = rule.per_day() {
            let calendar = &self.calendars[self.calendar_of(trigger)];
            let mut days: BTreeMap<NaiveDate, Vec<_>> = BTreeMap::new();
            for one in counting {
                days.entry(calendar.day_of(one.1.as_micros())).or_default().push(one);
            }
            counting = Vec::new();
            for (_, mut of_day) in days {
                of_day.sort();
                counting.extend(of_day.into_iter().take(*most as usize));
            }
        }
        Qualified { counting: counting.into_iter().map(|(_, at, kind)| (at, kind)).collect(), unjudged }
    }

    /// Whether the actor is one of those whose activities count; `None` where nobody knows who owned the customer.
    fn fits(&self, activity: &Activity, at: Timestamp, by: By, moment: Moment<'a>) -> Option<bool> {
        if by == By::Anyone || *activity.kind() == ActivityKind::Inbound {
            return Some(true);
        }
        let Actor::Rep(actor) = activity.actor() else { return Some(false) };
        if by == By::OwnerAndCollaborators && self.customer.collaborators().contains(actor) {
            return Some(true);
        }
        if at >= moment.start {
            return Some(moment.ownership.owner() == actor);
        }
        let before = self.customer.past().iter().find(|past| past.from() <= at && at < past.to());
        match before {
            Some(past) => Some(past.owner() == actor),
            None if self.customer.past_known_from().is_some_and(|known| known > at) => None,
            None => Some(false),
        }
    }

    /// The latest activity of these kinds that an anchor may be.
    pub(super) fn anchor_activity(
        &self,
        kinds: &[ActivityKind],
        trigger: &TriggerDraft,
        moment: Moment<'a>,
    ) -> Option<Timestamp> {
        let fits =
            |at: &Timestamp| self.is_visible(*at, moment.now) && (trigger.even_before_ownership() || *at >= moment.t0);
        self.of_kinds(kinds).into_iter().filter(fits).max()
    }

    fn of_kinds(&self, kinds: &[ActivityKind]) -> Vec<Timestamp> {
        let fits = |activity: &&Activity| *activity.actor() != Actor::System && kinds.contains(activity.kind());
        self.activities().iter().filter(fits).map(|activity| self.at(activity)).collect()
    }

    /// Whether an activity that some trigger of the policy could use lies past the skew.
    pub(super) fn is_any_ahead(&self, moment: Moment<'a>) -> bool {
        self.all_triggers().any(|trigger| {
            let mut instants: Vec<Timestamp> =
                self.qualified(trigger, moment).counting.into_iter().map(|(at, _)| at).collect();
            if let Some(Anchor::LatestActivity(LatestActivity(kinds))) = trigger.anchor() {
                instants.extend(self.of_kinds(kinds));
            }
            instants.into_iter().any(|at| !self.is_visible(at, moment.now))
        })
    }
}

fn has_evidence(activity: &Activity, rule: &Qualifying) -> bool {
    let enough = |wanted: Option<&u32>, given: Option<u32>| match (wanted, given) {
        (None, _) => true,
        (Some(wanted), given) => given.is_some_and(|given| given >= *wanted),
    };
    enough(rule.min_duration_s(), activity.duration_s())
        && enough(rule.min_text_chars(), activity.text_chars())
        && (activity.next_step() || !rule.next_step())
}
