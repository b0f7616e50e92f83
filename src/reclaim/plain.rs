//! The short way for customers whose clocks are plain: folded activities that are all seen, no extension, no grace. Most
//! are, and for them the formula of `clock` is a few table look-ups. An explanation takes the general way; properties
//! hold both to the same answers.

use super::groups::Clocks;
use super::holds::Holds;
use super::program::{PlainClock, Program, SLOTS, Selected, Window};
use super::rules::{PlainSpan, Rules};
use super::situation::{self, Situation};
use crate::condition::View;
use crate::decision::{Action, Decision, Notify, ReasonCode, Reasons, TriggerRef, Verdict};
use crate::model::{Activities, Folded, Ownership, Protection, Rep};
use crate::time::{Calendar, Pause, Timestamp};

/// A deciding clock: its key, and its due instant if there is one.
type Deciding = (u64, Option<Timestamp>);

/// Decides about a customer if a plain clock alone does: nothing protects it, and its owner is not away. What comes after
/// `horizon` is not seen yet.
#[inline(always)]
pub(super) fn decide_alone(
    rules: &Rules,
    view: &View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    horizon: Option<Timestamp>,
) -> Option<Decision> {
    let usual = rules.bare && view.customer.protection().is_none() && view.customer.past().is_empty();
    let present = view.owner.is_none_or(|owner| is_present(owner, ownership));
    let program = rules.program.as_ref().filter(|_| usual && present)?;
    let known = Plainly::new(rules, view, ownership, horizon)?;
    match known.first_here(program)? {
        (key, Some(due)) => Some(by_clock_alone(rules, key, due, now)),
        _ => None,
    }
}

/// The decision where nothing but the deciding clock bears on it.
#[inline(always)]
fn by_clock_alone(rules: &Rules, key: u64, due: Timestamp, now: Timestamp) -> Decision {
    // Looked up rather than branched to, for which it is cannot be foreseen.
    const ANSWERS: [(Verdict, Reasons); 2] =
        [(Verdict::Keep, Reasons::of(ReasonCode::NotDue)), (Verdict::Due, Reasons::of(ReasonCode::Due))];
    let is_due = now >= due;
    let [keep, _] = &ANSWERS;
    let (verdict, why) = *ANSWERS.get(usize::from(is_due)).unwrap_or(keep);
    Decision {
        verdict,
        due: Some(due),
        trigger: Some(TriggerRef(key::index(key))),
        // No clock that waits for a notice or a review is plain.
        action: Some(Action::Reclaim),
        pool: Some(rules.pools.get(usize::from(key::index(key))).copied().unwrap_or(rules.routes.fallback)),
        notify: Notify(0),
        reasons: key::why(key).and(why),
        next_change: if is_due { None } else { Some(due) },
    }
}

/// Decides about a customer whose clocks are plain and are not lengthened; `None` for everybody else.
#[inline(never)]
pub(super) fn decide(
    rules: &Rules,
    view: &View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    horizon: Option<Timestamp>,
) -> Option<Decision> {
    Plainly::new(rules, view, ownership, horizon)?.decide(now)
}

/// What plain clocks are computed from.
#[derive(Clone, Copy)]
struct Plainly<'a> {
    rules: &'a Rules,
    view: &'a View<'a>,
    ownership: &'a Ownership,
    clock_start: Timestamp,
    folded: &'a Folded,
}

impl<'a> Plainly<'a> {
    /// The facts, if all activities are folded, judged and seen.
    #[inline(always)]
    fn new(rules: &'a Rules, view: &'a View<'a>, ownership: &'a Ownership, horizon: Option<Timestamp>) -> Option<Self> {
        let Activities::Folded(folded) = view.customer.activities() else { return None };
        let (clock_start, _) = (ownership.clock_start()?, ownership.start()?);
        let readable = folded.rules() == rules.fold.digest && folded.clock_start() == Some(clock_start);
        let seen = folded.newest().max(Some(clock_start)) <= horizon && folded.unjudged().is_empty();
        if readable && seen { Some(Self { rules, view, ownership, clock_start, folded }) } else { None }
    }

    fn decide(&self, now: Timestamp) -> Option<Decision> {
        let Self { rules, view, ownership, clock_start, .. } = *self;
        let protection = view.customer.protection();
        let unfit = rules.owner_calendar
            || (rules.reads_owner && view.owner.is_none())
            || view.owner.is_some_and(|owner| !is_present(owner, ownership))
            || protection.is_some_and(|protection| !leaves_clocks_plain(rules, protection))
            || situation::overlap(view.customer, ownership).is_some();
        if unfit {
            return None;
        }
        let deal = rules.deals.as_ref().map(|deals| (deals.test.holds(view, &mut ()), &deals.then));
        let (groups, program, exempt_deal) = situation::groups(rules, deal);
        let pauses = protection.map_or(&[][..], |protection| protection.pauses().united());
        let (key, due) = if pauses.is_empty() { self.first(program?)? } else { self.first_paused(program?, pauses)? };
        if let (Some(due), true, false) = (due, rules.bare, protection.is_some_and(may_hold)) {
            return Some(by_clock_alone(rules, key, due, now));
        }
        let calendar = &rules.default_calendar;
        let situation = Situation {
            rules,
            view: *view,
            ownership,
            clock_start,
            start: ownership.start()?,
            pauses,
            owner_calendar: calendar,
            groups,
            exempt_deal,
            clock_start_position: calendar.position(clock_start),
            floor: None,
        };
        let clocks = Clocks::plain(due.map(|due| (usize::from(key::index(key)), due, key::why(key))));
        let holds: Holds = situation.holds(now, &mut ());
        let judgement = situation.judge(now, &holds, &clocks, &mut ());
        Some(situation.with_next_change(&judgement, &clocks))
    }
}

/// Whether it is the owner, and without leave.
fn is_present(owner: &Rep, ownership: &Ownership) -> bool {
    owner.id() == ownership.owner() && owner.leave().is_empty()
}

/// Whether clocks run as if there were no protection but pauses: no extension, no grace, no lock that needs a calendar.
#[inline]
fn leaves_clocks_plain(rules: &Rules, protection: &Protection) -> bool {
    protection.extensions().is_empty()
        && !protection.pauses().is_reversed()
        && rules.grace.is_none()
        && protection.locks().iter().all(|lock| {
            rules.longest_lock.is_none() && lock.since().zip(lock.until()).is_none_or(|(since, until)| since <= until)
        })
}

fn may_hold(protection: &Protection) -> bool {
    !(protection.locks().is_empty() && protection.holds().is_empty() && protection.freezes().is_empty())
}

/// How ends of spans are found and compared.
trait Ends {
    /// An activity or a start, as spans count from it.
    type At: Copy;
    /// `None` where the spans of the program cannot be counted from there. An activity that is not known comes before
    /// everything else.
    fn at(&self, instant: Option<Timestamp>) -> Option<Self::At>;
    /// Where a span ends, as a number in the order of time below 2^52.
    fn end(&self, span: PlainSpan, from: Self::At) -> Option<u64>;
    /// The same for a cap, which pauses or does not.
    fn cap(&self, span: PlainSpan, from: Self::At, pauses: bool) -> Option<u64>;
    /// The instant of such a number.
    fn instant(&self, end: u64) -> Option<Timestamp>;
}

/// Days, working days and exact spans without pauses, in microseconds since the window begins.
struct Mixed<'a> {
    starts: &'a [Timestamp],
    window: &'a Window,
    calendar: &'a Calendar,
}

/// The same under pauses.
struct Paused<'a> {
    calendar: &'a Calendar,
    pauses: &'a [Pause],
}

impl Ends for Mixed<'_> {
    type At = (usize, Timestamp);

    #[inline(always)]
    fn at(&self, instant: Option<Timestamp>) -> Option<(usize, Timestamp)> {
        let at = instant.unwrap_or(self.window.origin);
        Some((self.window.position(at)?, at))
    }

    #[inline(always)]
    fn end(&self, span: PlainSpan, (position, at): (usize, Timestamp)) -> Option<u64> {
        let day = |position: usize| self.starts.get(position.wrapping_add(1))?.micros_since(self.window.origin);
        match span {
            PlainSpan::Days(n) => day(position.wrapping_add(n as usize)),
            PlainSpan::WorkingDays(n) => day(self.calendar.working_day_within(position, n)?),
            PlainSpan::Micros(n) => at.micros_since(self.window.origin)?.checked_add_signed(n),
        }
    }

    #[inline(always)]
    fn cap(&self, span: PlainSpan, from: (usize, Timestamp), _: bool) -> Option<u64> {
        self.end(span, from)
    }

    #[inline(always)]
    fn instant(&self, end: u64) -> Option<Timestamp> {
        self.window.origin.checked_add_micros(end as i64)
    }
}

impl Ends for Paused<'_> {
    type At = Option<Timestamp>;

    #[inline(always)]
    fn at(&self, instant: Option<Timestamp>) -> Option<Option<Timestamp>> {
        Some(instant)
    }

    #[inline]
    fn end(&self, span: PlainSpan, from: Option<Timestamp>) -> Option<u64> {
        self.cap(span, from, true)
    }

    fn cap(&self, span: PlainSpan, from: Option<Timestamp>, pauses: bool) -> Option<u64> {
        let Some(from) = from else { return Some(0) };
        let end = self.calendar.end(from, span.span()?, if pauses { self.pauses } else { &[] }).ok()?;
        let since = end.at().micros_since(*self.calendar.day_starts().first()?)?;
        if end.assumed() || since >= key::ENDS { None } else { Some(since) }
    }

    fn instant(&self, end: u64) -> Option<Timestamp> {
        self.calendar.day_starts().first()?.checked_add_micros(i64::try_from(end).ok()?)
    }
}

/// Ends, and what they belong to, in one word, so that the first or last of several is found without a branch: the end,
/// the index of the trigger, and how the end came about.
pub(super) mod key {
    use crate::decision::{ReasonCode, Reasons};

    const RENEWED: u64 = 1;
    const CAPPED: u64 = 2;
    /// Ends are less.
    pub(super) const ENDS: u64 = 1 << 52;
    const INDEX: u64 = 0x3ff;

    /// The index of a trigger as it stands in a key: turned round, so that of equal ends the last is that of the first
    /// trigger.
    pub(in crate::reclaim) fn tag(index: u16) -> u64 {
        turned(u64::from(index) << 2)
    }

    #[inline(always)]
    pub(super) const fn flags(renewed: bool, capped: bool) -> u64 {
        (renewed as u64) | ((capped as u64) << 1)
    }

    #[inline(always)]
    pub(super) const fn new(end: u64, tag: u64, flags: u64) -> u64 {
        (end << 12) | tag | flags
    }

    /// With the order of indexes turned round.
    #[inline(always)]
    pub(super) const fn turned(key: u64) -> u64 {
        key ^ (INDEX << 2)
    }

    #[inline(always)]
    pub(super) const fn end(key: u64) -> u64 {
        key >> 12
    }

    #[inline(always)]
    pub(super) const fn index(key: u64) -> u16 {
        ((key >> 2) & INDEX) as u16
    }

    #[inline(always)]
    pub(super) fn why(key: u64) -> Reasons {
        let of = |flag, code, other| if key & flag != 0 { code } else { other };
        let why = of(RENEWED, Reasons::of(ReasonCode::Renewed), Reasons::of(ReasonCode::Base));
        why.and(of(CAPPED, Reasons::of(ReasonCode::Capped), Reasons::NONE))
    }
}

impl Plainly<'_> {
    /// The clock that comes due first, of equal ones the first in the list; without a due instant where there is none.
    /// `None` where they are not plain.
    #[inline(never)]
    fn first(&self, program: &Program) -> Option<Deciding> {
        self.first_here(program)
    }

    #[inline(always)]
    fn first_here(&self, program: &Program) -> Option<Deciding> {
        // Otherwise an activity that is not known might come after the start.
        if self.clock_start < program.window.start {
            return None;
        }
        match (self.folded.few(), program.days_only) {
            (Some(few), true) => self.first_of_days(program, few),
            (few, _) => self.first_mixed(program, few),
        }
    }

    /// The same where every clock counts days alone: ends are positions in the calendar's table, and nothing branches.
    #[inline(always)]
    fn first_of_days(&self, program: &Program, [a, b]: &[Option<Timestamp>; 2]) -> Option<Deciding> {
        let window = &program.window;
        let at = |instant: Option<Timestamp>| Some(window.position(instant.unwrap_or(window.origin))? as i64);
        let start = at(Some(self.clock_start))?;
        let chain = match self.ownership.chain_start() {
            Some(chain) if chain != self.clock_start => at(Some(chain))?,
            _ => start,
        };
        let (a, b) = (at(*a)?, at(*b)?);
        let Selected::Listed(clocks) = program.selected(self.view)? else { return None };
        let mut order = Order::default();
        for clock in clocks {
            let [by_a, by_b] = clock.days.renewals;
            let [from_start, from_chain] = clock.days.caps;
            let base = start.wrapping_add(clock.days.base);
            let renewed = a.wrapping_add(by_a).max(b.wrapping_add(by_b));
            let hard = start.wrapping_add(from_start).min(chain.wrapping_add(from_chain));
            let due = base.max(renewed);
            let flags = key::flags(renewed > base, hard < due);
            order.add(due.min(hard) as u64, flags, clock);
        }
        let starts = self.rules.default_calendar.day_starts();
        order.deciding(|position| starts.get(position as usize).copied())
    }

    #[inline(never)]
    fn first_mixed(&self, program: &Program, few: Option<&[Option<Timestamp>; 2]>) -> Option<Deciding> {
        let calendar = &self.rules.default_calendar;
        let ends = Mixed { starts: calendar.day_starts(), window: &program.window, calendar };
        match few {
            Some(few) => self.first_of_few(program, &ends, few),
            None => self.first_of_many(program, &ends),
        }
    }

    #[inline(never)]
    fn first_paused(&self, program: &Program, pauses: &[Pause]) -> Option<Deciding> {
        self.first_of_many(program, &Paused { calendar: &self.rules.default_calendar, pauses })
    }

    #[inline(always)]
    fn first_of_few<E: Ends>(&self, program: &Program, ends: &E, [a, b]: &[Option<Timestamp>; 2]) -> Option<Deciding> {
        let start = ends.at(Some(self.clock_start))?;
        let slots = [ends.at(*a)?, ends.at(*b)?];
        if slots.len() < program.slots {
            return None;
        }
        self.first_by(program, ends, start, &slots)
    }

    #[inline(never)]
    fn first_of_many<E: Ends>(&self, program: &Program, ends: &E) -> Option<Deciding> {
        let start = ends.at(Some(self.clock_start))?;
        let mut slots = [start; SLOTS];
        if self.folded.slots().len() < program.slots {
            return None;
        }
        for (slot, latest) in slots.iter_mut().zip(self.folded.slots()) {
            *slot = ends.at(*latest)?;
        }
        self.first_by(program, ends, start, &slots)
    }

    #[inline(always)]
    fn first_by<E: Ends>(&self, program: &Program, ends: &E, start: E::At, slots: &[E::At]) -> Option<Deciding> {
        match program.selected(self.view)? {
            Selected::Listed(clocks) => self.first_of(ends, clocks, start, slots),
            Selected::InTurn => self.first_in_turn(program, ends, start, slots),
        }
    }

    #[inline(never)]
    fn first_in_turn<E: Ends>(&self, program: &Program, ends: &E, start: E::At, slots: &[E::At]) -> Option<Deciding> {
        if situation::mistyped(self.rules, self.view.customer) {
            return None;
        }
        let mut room: [PlainClock; SLOTS] = Default::default();
        let selected = program.select_in_turn(&self.rules.triggers, self.view, &mut room)?;
        self.first_of(ends, room.get(..selected)?, start, slots)
    }

    #[inline(always)]
    fn first_of<E: Ends>(&self, ends: &E, clocks: &[PlainClock], start: E::At, slots: &[E::At]) -> Option<Deciding> {
        let mut order = Order::default();
        for clock in clocks {
            let base = ends.end(clock.base, start)?;
            let mut due = base;
            for (slot, span) in &clock.renewals {
                due = due.max(ends.end(*span, *slots.get(*slot)?)?);
            }
            let (renewed, mut capped) = (due > base, false);
            if let Some(span) = clock.cap {
                let from = match self.ownership.chain_start() {
                    Some(chain) if clock.cap_from_chain && chain != self.clock_start => ends.at(Some(chain))?,
                    _ => start,
                };
                let hard = ends.cap(span, from, clock.cap_pauses)?;
                capped = hard < due;
                due = due.min(hard);
            }
            order.add(due, key::flags(renewed, capped), clock);
        }
        order.deciding(|end| ends.instant(end))
    }
}

/// Finds the clock that decides.
struct Order {
    first: u64,
    /// The last of a group that has not ended, turned round.
    latest: u64,
}

impl Default for Order {
    fn default() -> Self {
        Self { first: u64::MAX, latest: 0 }
    }
}

impl Order {
    #[inline(always)]
    fn add(&mut self, end: u64, flags: u64, clock: &PlainClock) {
        self.latest = self.latest.max(key::new(end, clock.tag, flags));
        if clock.closes {
            self.first = self.first.min(key::turned(self.latest));
            self.latest = 0;
        }
    }

    #[inline(always)]
    fn deciding(&self, instant: impl Fn(u64) -> Option<Timestamp>) -> Option<Deciding> {
        if self.first == u64::MAX {
            return Some((0, None));
        }
        Some((self.first, Some(instant(key::end(self.first))?)))
    }
}
