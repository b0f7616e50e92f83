//! Reclaim as the specification reads, and nothing else: every instant that could matter is tried, every span is
//! walked day by day, every list is looked through from the beginning. It knows facts and policy drafts by their
//! getters, and nothing of what the crate makes of them.

mod activity;
mod clock;
mod contradiction;
mod hold;
mod review;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use customer_pool::condition::Condition;
use customer_pool::decision::Action;
use customer_pool::id::CalendarId;
use customer_pool::model::{Customer, OwnerFacts, Ownership, Place, Rep};
use customer_pool::policy::draft::{
    CalendarChoice, DealTreatment, GroupDraft, Mode, Owners, PolicyDraft, TriggerDraft,
};
use customer_pool::time::{Pause, Span, Timestamp, Undatable};

use crate::condition::{Beside, Facts};
use crate::naive::Naive;
use clock::Clock;

/// The stable name of a reason code.
pub(crate) type Code = &'static str;

/// What a decision says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    NotOwned,
    Undetermined(Code),
    /// By a freeze or a business hold of this kind, or `exemption`, `lock`, `freeze_window`.
    Held(String),
    Due,
    NoticePending(Option<Timestamp>),
    ReviewPending(&'static str),
    /// The stage's id.
    Warn(String),
    Keep,
}

/// The answer for one customer at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) verdict: Said,
    pub(crate) due: Option<Timestamp>,
    pub(crate) trigger: Option<String>,
    pub(crate) action: Option<Action>,
    pub(crate) pool: Option<String>,
    pub(crate) notify: BTreeSet<String>,
    pub(crate) reasons: BTreeSet<Code>,
    pub(crate) next_change: Option<Timestamp>,
}

impl Answer {
    fn bare(verdict: Said, reason: Code) -> Self {
        Self {
            verdict,
            due: None,
            trigger: None,
            action: None,
            pool: None,
            notify: BTreeSet::new(),
            reasons: BTreeSet::from([reason]),
            next_change: None,
        }
    }

    /// Equal in the sense of `next_change`.
    fn is_same(&self, other: &Self) -> bool {
        let said = |answer: &Self| {
            let Self { verdict, due, trigger, action, pool, notify, .. } = answer.clone();
            (verdict, due, trigger, action, pool, notify)
        };
        said(self) == said(other)
    }
}

type Outcome = Result<(Timestamp, bool), Undatable>;

/// One customer under one policy.
pub(crate) struct Reference<'a> {
    policy: &'a PolicyDraft,
    customer: &'a Customer,
    owner: Option<&'a Rep>,
    owner_is_unknown: bool,
    calendars: BTreeMap<&'a CalendarId, Naive<'a>>,
    pauses: Vec<Pause>,
    /// Ends walked before: the walk is long, and the same ones come up at every instant that is tried.
    walked: RefCell<HashMap<(CalendarId, Timestamp, Span, bool), Outcome>>,
}

fn code(why: Undatable) -> Code {
    match why {
        Undatable::CalendarOutOfRange => "calendar.out_of_range",
        Undatable::TimeOutOfRange => "time.out_of_range",
    }
}

/// What was found at one instant: the answer without its next change, and every instant found on the way.
struct Judged {
    answer: Answer,
    marks: BTreeSet<Timestamp>,
}

/// An owned customer at one instant.
#[derive(Clone, Copy)]
struct Moment<'a> {
    ownership: &'a Ownership,
    t0: Timestamp,
    start: Timestamp,
    now: Timestamp,
}

impl<'a> Reference<'a> {
    fn holds(&self, condition: &Condition) -> bool {
        Facts { customer: self.customer, beside: Beside::Owner(self.owner) }.holds(condition)
    }

    pub(crate) fn new(policy: &'a PolicyDraft, customer: &'a Customer, owner: impl Into<OwnerFacts<&'a Rep>>) -> Self {
        let facts = owner.into();
        let owner_is_unknown = match facts {
            OwnerFacts::Known(_) | OwnerFacts::NotGiven => false,
            OwnerFacts::NotEnrolled => policy.owners() == Some(&Owners::Required),
            OwnerFacts::Absent => policy.owners() != Some(&Owners::Optional),
            OwnerFacts::Unknown => true,
        };
        let owner = facts.known();
        let calendars = policy.calendars().iter().map(|(id, draft)| (id, Naive::new(draft))).collect();
        let own = customer.protection().map_or(&[][..], |protection| protection.pauses().given());
        let leave = owner.map_or(&[][..], |rep| rep.leave().given());
        let pauses = united(own.iter().chain(leave).copied());
        Self { policy, customer, owner, owner_is_unknown, calendars, pauses, walked: RefCell::default() }
    }

    /// The decision, with the first of all instants that could matter at which it is another.
    pub(crate) fn decide(&self, now: Timestamp) -> Answer {
        let first = self.judge(now);
        let mut open = first.marks;
        while let Some(at) = open.pop_first() {
            if at <= now {
                continue;
            }
            let later = self.judge(at);
            if !later.answer.is_same(&first.answer) {
                return Answer { next_change: Some(at), ..first.answer };
            }
            open.extend(later.marks.into_iter().filter(|mark| *mark > at));
        }
        first.answer
    }

    /// Every instant that could matter to somebody who asks at `now`, earlier ones among them.
    pub(crate) fn boundaries(&self, now: Timestamp) -> BTreeSet<Timestamp> {
        self.judge(now).marks
    }

    fn skew(&self) -> i64 {
        i64::from(self.policy.clock_skew_s().copied().unwrap_or(300)) * 1_000_000
    }

    /// The instant from which on something at `at` is no longer past the skew.
    fn visible_from(&self, at: Timestamp) -> Timestamp {
        at.checked_add_micros(-self.skew()).unwrap_or(Timestamp::MIN)
    }

    fn is_visible(&self, at: Timestamp, now: Timestamp) -> bool {
        at.as_micros() <= now.as_micros() + self.skew()
    }

    fn end(&self, calendar: &CalendarId, from: Timestamp, span: Span, pauses: bool) -> Outcome {
        let walk = || self.calendars[calendar].end(from, span, if pauses { &self.pauses } else { &[] });
        *self.walked.borrow_mut().entry((calendar.clone(), from, span, pauses)).or_insert_with(walk)
    }

    fn default_calendar(&self) -> &Naive<'a> {
        &self.calendars[self.policy.default_calendar().unwrap()]
    }

    fn calendar_of(&self, trigger: &'a TriggerDraft) -> &'a CalendarId {
        let of_policy = self.policy.default_calendar().unwrap();
        match trigger.calendar() {
            None => of_policy,
            Some(CalendarChoice::Named(id)) => id,
            Some(CalendarChoice::Owner) => self.owner.and_then(Rep::calendar).unwrap_or(of_policy),
        }
    }

    /// Every trigger of the policy, those for deal customers last.
    fn all_triggers(&self) -> impl Iterator<Item = &'a TriggerDraft> {
        let deal: &[GroupDraft] = match self.policy.deal_customers().map(|deal| deal.then()) {
            Some(DealTreatment::Groups(groups)) => groups,
            _ => &[],
        };
        self.policy.groups().iter().chain(deal).flat_map(|group| group.triggers())
    }

    fn judge(&self, now: Timestamp) -> Judged {
        let ownership = match self.customer.place() {
            Place::Owned(ownership) => ownership,
            Place::Pool(_) => return not_owned("customer.in_pool"),
            Place::Awaiting => return not_owned("customer.awaiting_admission"),
            Place::Closed(_) => return not_owned("customer.closed"),
        };
        let mut marks = BTreeSet::new();
        if let Some(t0) = ownership.clock_start() {
            marks.insert(self.visible_from(t0));
        }
        if let Some(code) = self.contradiction(ownership, now) {
            return Judged { answer: Answer::bare(Said::Undetermined(code), code), marks };
        }
        let (t0, start) = (ownership.clock_start().unwrap(), ownership.start().unwrap());
        let moment = Moment { ownership, t0, start, now };
        let answer = self.owned(moment, &mut marks);
        Judged { answer, marks }
    }

    fn owned(&self, moment: Moment<'a>, marks: &mut BTreeSet<Timestamp>) -> Answer {
        let deal = self.policy.deal_customers().filter(|deal| self.holds(deal.when())).map(|deal| deal.then());
        let groups = match deal {
            Some(DealTreatment::Groups(groups)) => groups,
            _ => self.policy.groups(),
        };
        let holds = self.held(moment, matches!(deal, Some(DealTreatment::Exempt)), marks);
        let lengthened = self.lengthened(moment, &holds);
        let mut reasons = holds.reasons.clone();
        for at in self.activity_instants() {
            marks.insert(self.visible_from(at));
        }
        reasons.extend(self.is_any_ahead(moment).then_some("facts.in_future"));

        let (mut notify, mut undated) = (BTreeSet::new(), None);
        let mut of_groups = Vec::new();
        for group in groups {
            let selected: Vec<_> = group.triggers().iter().filter(|trigger| self.holds(trigger.when())).collect();
            let selected = if group.all_of() { &selected[..] } else { &selected[..selected.len().min(1)] };
            let mut armed = Vec::new();
            for trigger in selected {
                let clock = self.clock(trigger, moment, &lengthened, marks);
                let notifies = trigger.mode() == Some(&Mode::NotifyOnly);
                let clock = match (clock, holds.undated.or(lengthened.undated)) {
                    // Nobody can say when it is due if nobody can say until when it is lengthened.
                    (Clock::Armed(..), Some(code)) if notifies => Clock::Undated(code),
                    (clock, _) => clock,
                };
                match clock {
                    Clock::Armed(at, _) if notifies && at <= moment.now => {
                        notify.insert(trigger.id().to_string());
                        reasons.insert("notify.due");
                    }
                    Clock::Undated(_) if notifies => drop(reasons.insert("notify.undated")),
                    Clock::Undated(code) => undated = undated.or(Some(code)),
                    Clock::Armed(at, why) if !notifies => armed.push((at, *trigger, why)),
                    _ => {}
                }
            }
            let complete = armed.len() == selected.len();
            if let (Some(latest), true) = (armed.iter().map(|(at, ..)| *at).max(), complete) {
                of_groups.push(armed.into_iter().find(|(at, ..)| *at == latest).unwrap());
            }
        }
        if let Some(code) = undated.or(holds.undated).or(lengthened.undated) {
            reasons.insert(code);
            return Answer { notify, reasons, ..Answer::bare(Said::Undetermined(code), code) };
        }
        reasons.extend(holds.is_assumed.then_some("calendar.assumed_pattern"));
        let earliest = of_groups.iter().map(|(at, ..)| *at).min();
        let Some((due, trigger, why)) = of_groups.into_iter().find(|(at, ..)| Some(*at) == earliest) else {
            reasons.insert("reclaim.nothing_armed");
            let verdict = holds.first.map_or(Said::Keep, Said::Held);
            return Answer { notify, reasons, ..Answer::bare(verdict, "reclaim.nothing_armed") };
        };
        reasons.extend(why);
        let review = match self.review(trigger, moment, due, marks) {
            Ok(review) => review,
            Err(code) => {
                reasons.insert(code);
                return Answer { notify, reasons, ..Answer::bare(Said::Undetermined(code), code) };
            }
        };
        reasons.extend(review.reasons);
        let stage = self.stage_in_force(trigger, due, moment.now, &mut reasons, marks);
        let verdict = match (holds.first, review.said, stage) {
            (Some(kind), ..) => Said::Held(kind),
            (None, Said::Keep, Some(stage)) if due > moment.now && !review.rejected => {
                reasons.insert("reclaim.warning");
                Said::Warn(stage)
            }
            (None, said, _) => said,
        };
        Answer {
            verdict,
            due: Some(due),
            trigger: Some(trigger.id().to_string()),
            action: Some(review.action),
            pool: Some(self.pool(trigger)),
            notify,
            reasons,
            next_change: None,
        }
    }

    /// The latest stage whose instant has come, of equal ones the later in the list.
    fn stage_in_force(
        &self,
        trigger: &'a TriggerDraft,
        due: Timestamp,
        now: Timestamp,
        reasons: &mut BTreeSet<Code>,
        marks: &mut BTreeSet<Timestamp>,
    ) -> Option<String> {
        let calendar = &self.calendars[self.calendar_of(trigger)];
        let mut come = Vec::new();
        for (place, stage) in trigger.warnings().iter().enumerate() {
            match calendar.before(due, *stage.before()) {
                Err(_) => drop(reasons.insert("warning.undated")),
                Ok((at, assumed)) => {
                    reasons.extend(assumed.then_some("calendar.assumed_pattern"));
                    marks.insert(at);
                    come.extend((at <= now).then(|| (at, place, stage.id().to_string())));
                }
            }
        }
        come.into_iter().max().map(|(_, _, id)| id)
    }

    fn pool(&self, trigger: &TriggerDraft) -> String {
        let routing = self.policy.routing().unwrap();
        let routed = || routing.rules().iter().find(|rule| self.holds(rule.when())).map(|rule| rule.pool());
        trigger.pool().or_else(routed).unwrap_or(routing.fallback()).to_string()
    }
}

fn not_owned(code: Code) -> Judged {
    Judged { answer: Answer::bare(Said::NotOwned, code), marks: BTreeSet::new() }
}

/// The same paused time, sorted and without touching or empty pauses; what ends before it begins is left out.
fn united(pauses: impl Iterator<Item = (Timestamp, Timestamp)>) -> Vec<Pause> {
    let mut sorted: Vec<(Timestamp, Timestamp)> = pauses.filter(|(from, to)| from < to).collect();
    sorted.sort();
    let mut whole: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in sorted {
        match whole.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => whole.push((from, to)),
        }
    }
    whole.into_iter().map(|(from, to)| Pause::new(from, to).unwrap()).collect()
}
