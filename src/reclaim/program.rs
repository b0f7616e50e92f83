//! Plain clocks, compiled: for every combination of classes of facts the clocks that its groups select, one after the
//! other in one list.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::HardCapFrom;
use super::order::tag;
use super::trigger::{Group, Plain, PlainSpan, Trigger};
use crate::attribute::AttributeType;
use crate::condition::{Classes, View};
use crate::id::Label;
use crate::time::{Calendar, Timestamp};

/// How often a condition may be worked out beforehand.
const ANSWERS: usize = 65_536;

/// Groups of triggers whose clocks are all plain.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    classes: Classes,
    /// The clocks of each combination of classes.
    plans: Box<[Arc<[PlainClock]>]>,
    pub(super) window: Window,
    /// Whether every clock is a [`DayClock`].
    pub(super) days_only: bool,
    /// How many slots of folded activities there must be.
    pub(super) slots: usize,
}

/// A plain clock, selected.
#[derive(Clone, Debug)]
pub(super) struct PlainClock {
    pub(super) plain: Plain,
    /// The same in days alone, in programs of that.
    pub(super) days: DayClock,
    pub(super) cap_from_chain: bool,
    trigger: u16,
    /// Its trigger, as it stands in a key.
    pub(super) tag: u64,
    /// Whether it is the last of its group.
    pub(super) closes: bool,
}

/// A clock of days alone, over at most two slots: how many days from where its ends lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DayClock {
    /// From the clock start.
    pub(super) base: i64,
    /// From the latest activity of each slot; `-FAR` where that does not renew.
    pub(super) renewals: [i64; 2],
    /// From the clock start, and from the start of the chain; `FAR` where there is no cap from there.
    pub(super) caps: [i64; 2],
}

/// More days than anything is away.
const FAR: i64 = 1 << 24;

impl DayClock {
    fn new(plain: &Plain, from_chain: bool) -> Option<Self> {
        let days = |span: PlainSpan| match span {
            PlainSpan::Days(n) => i64::from(n).checked_add(1),
            _ => None,
        };
        let mut renewals = [FAR.saturating_neg(); 2];
        for (slot, span) in &plain.renewals {
            let renewal = renewals.get_mut(usize::from(*slot))?;
            *renewal = days(*span)?.max(*renewal);
        }
        let cap = plain.cap.map_or(Some(FAR), days)?;
        Some(Self { base: days(plain.base)?, renewals, caps: if from_chain { [FAR, cap] } else { [cap, FAR] } })
    }
}

/// The time from which every span of a program ends inside the calendar's table, and inside its validity range where
/// working days are counted.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// The first instants of its days.
    days: Box<[Timestamp]>,
    /// The position of the first of them in the calendar's table.
    first: usize,
    /// Its first instant. It stands in for an activity that is not known ...
    pub(super) origin: Timestamp,
    /// ... for clocks that start at or after this instant: no span from the origin ends later.
    pub(super) start: Timestamp,
}

impl Window {
    fn new(spans: &[PlainSpan], calendar: &Calendar) -> Option<Self> {
        let starts = calendar.day_starts();
        let ends_within = |position: &usize| spans.iter().all(|span| end_within(*span, calendar, *position).is_some());
        let first = (0..starts.len()).find(ends_within)?;
        let last = (0..starts.len()).rev().find(ends_within)?;
        let days = starts.get(first..=last)?;
        let origin = *days.first()?;
        let start = spans.iter().filter_map(|span| end_within(*span, calendar, first)).max().unwrap_or(origin);
        let window = Self { days: days.into(), first, origin, start };
        window.is_exact().then_some(window)
    }

    /// Whether positions compare as instants do, and all of them are found: no day begins with another, and offsets
    /// have not put a day off by more than one.
    fn is_exact(&self) -> bool {
        (self.first..).zip(self.days.iter().zip(self.days.iter().skip(1))).all(|(position, (start, next))| {
            let found = |at| self.position(at).is_none_or(|found| found == position);
            start < next && found(*start) && next.checked_add_micros(-1).is_some_and(found)
        })
    }

    /// The position in the calendar's table of the day that an instant in the window lies in.
    #[inline(always)]
    pub(super) fn position(&self, at: Timestamp) -> Option<usize> {
        const DAY: u64 = 86_400_000_000;
        // Right for days of 24 hours; offset changes put it off by one.
        let near = usize::try_from(at.micros_since(*self.days.first()?)? / DAY).ok()?;
        let (next, this) = (*self.days.get(near.wrapping_add(1))?, *self.days.get(near)?);
        let moved = usize::from(next <= at).wrapping_sub(usize::from(at < this));
        Some(near.wrapping_add(moved).wrapping_add(self.first))
    }

    /// The same as a number that ends can be added to; of no instant the first day.
    #[inline(always)]
    pub(super) fn day(&self, at: Option<Timestamp>) -> Option<i64> {
        Some(self.position(at.unwrap_or(self.origin))? as i64)
    }
}

/// When a span ends that begins at the end of this day of the table, if that is inside the table: so does one that begins
/// earlier in the day.
fn end_within(span: PlainSpan, calendar: &Calendar, position: usize) -> Option<Timestamp> {
    let end = span.end(calendar, calendar.end_from(position, 0)?, || Some(position))?;
    Some(end).filter(|end| calendar.day_starts().last().is_some_and(|last| end <= last))
}

impl Program {
    /// The program of these groups, if their clocks are all plain, the calendar's table serves them, and their
    /// conditions tell few classes of facts apart.
    pub(crate) fn new(
        groups: &[Group],
        triggers: &[Trigger],
        slots: usize,
        attributes: &[(Label, AttributeType)],
        calendar: &Calendar,
    ) -> Option<Self> {
        let first = groups.first().map_or(0, |group| group.first);
        let end = groups.last().map_or(0, |group| group.end);
        let own = triggers.get(first..end)?;
        let mut days_only = slots <= 2;
        let mut clocks = Vec::new();
        let mut spans = Vec::new();
        for (index, trigger) in (first..).zip(own) {
            let plain = trigger.plain.clone()?;
            spans.extend(plain.spans());
            let trigger_index = u16::try_from(index).ok()?;
            let cap_from_chain = trigger.hard_cap.is_some_and(|cap| cap.from == HardCapFrom::Chain);
            let days = DayClock::new(&plain, cap_from_chain);
            days_only &= days.is_some();
            let (days, tag) = (days.unwrap_or_default(), tag(trigger_index));
            clocks.push(PlainClock { plain, days, cap_from_chain, trigger: trigger_index, tag, closes: false });
        }
        spans.sort_unstable();
        // Of each unit the longest: where that ends inside the table, the others do.
        spans.reverse();
        spans.dedup_by_key(|span| core::mem::discriminant(span));
        let window = Window::new(&spans, calendar)?;
        let classes = Classes::new(own.iter().map(|trigger| &trigger.test), attributes)?;
        if classes.combinations().saturating_mul(own.len()) > ANSWERS {
            return None;
        }
        // Most combinations select what another one does.
        let mut known: BTreeMap<Vec<u16>, Arc<[PlainClock]>> = BTreeMap::new();
        let mut plans = Vec::new();
        for combination in 0..classes.combinations() {
            let mut selected: Vec<PlainClock> = Vec::new();
            for group in groups {
                let all = triggers.get(group.first..group.end)?.iter();
                let all = all.zip(clocks.get(group.first.checked_sub(first)?..)?);
                let held = all.filter(|(trigger, _)| classes.holds(&trigger.test, combination));
                let before = selected.len();
                selected.extend(held.map(|(_, clock)| clock.clone()).take(if group.all_of { usize::MAX } else { 1 }));
                if let Some(last) = selected.get_mut(before..).and_then(<[_]>::last_mut) {
                    last.closes = true;
                }
            }
            let names: Vec<u16> = selected.iter().map(|clock| clock.trigger).collect();
            plans.push(known.entry(names).or_insert_with(|| selected.into()).clone());
        }
        Some(Self { classes, plans: plans.into(), window, days_only, slots })
    }

    /// The clocks that the groups select, in order; `None` where a fact has another type than declared.
    #[inline(always)]
    pub(super) fn selected(&self, view: &View<'_>) -> Option<&[PlainClock]> {
        Some(self.plans.get(self.classes.of(view)?)?)
    }
}
