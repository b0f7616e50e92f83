//! What every part of the assembly of a policy reads and adds to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Problems;
use crate::condition::{Compiler, Condition, Test};
use crate::decision::PoolRef;
use crate::id::{CalendarId, PoolId};
use crate::time::{Calendar, Span, SpanUnit};

/// The calendars of a policy that could be compiled.
pub(super) type Calendars = BTreeMap<CalendarId, Arc<Calendar>>;

/// What every part of the assembly reads and adds to.
pub(super) struct Assembly<'a> {
    pub(super) problems: Problems,
    pub(super) compiler: Compiler<'a>,
    pub(super) calendars: Calendars,
    /// The calendar in which everything counts that names no other.
    pub(super) default_calendar: Option<Arc<Calendar>>,
    pub(super) pools: BTreeMap<PoolId, PoolRef>,
    /// Whether the policy has a zone and no calendars, so that it counts no working time.
    pub(super) zone_only: bool,
}

impl Assembly<'_> {
    pub(super) fn condition(&mut self, condition: &Condition, path: &str) -> Test {
        self.problems.test(&mut self.compiler, condition, path)
    }

    pub(super) fn pool(&mut self, pool: &PoolId, path: &str) -> PoolRef {
        self.pools.get(pool).copied().unwrap_or_else(|| {
            self.problems.add(path, "policy.unknown_pool", format!("pool `{pool}` is not in `pools`; add it there"));
            PoolRef(0)
        })
    }

    /// Checks a span, and that every calendar it may count in can count it.
    pub(super) fn span(&mut self, span: Span, calendars: &[Arc<Calendar>], path: &str) {
        if let Err(error) = span.check() {
            self.problems.add(path, "span.invalid", error.to_string());
        }
        self.working(span, path);
        if span.unit() == SpanUnit::WorkingHours
            && !self.zone_only
            && calendars.iter().any(|calendar| !calendar.has_blocks())
        {
            let message = "working hours need a calendar with `blocks`; give it blocks, or count working days";
            self.problems.add(path, "span.calendar_without_blocks", message);
        }
    }

    /// Checks a span that counts in the default calendar.
    pub(super) fn default_span(&mut self, span: Span, path: &str) {
        let calendar = self.default_calendar.clone();
        self.span(span, calendar.as_slice(), path);
    }

    /// Whether a span that counts working days or hours has a calendar to count them in.
    pub(super) fn working(&mut self, span: Span, path: &str) {
        let works = span.rolls() || matches!(span.unit(), SpanUnit::WorkingDays | SpanUnit::WorkingHours);
        if works && self.zone_only {
            let message = "a policy with a `zone` knows no working days; give it `calendars` and `default_calendar`";
            self.problems.add(path, "span.without_calendar", message);
        }
    }

    pub(super) fn no_months(&mut self, span: Span, what: &str, path: &str) {
        if span.unit() == SpanUnit::Months {
            let message = format!("{what} may not be in months, whose end can go backwards under pauses; use days");
            self.problems.add(path, "span.months", message);
        }
    }

    pub(super) fn at_most(&mut self, count: usize, limit: usize, what: &str, path: &str) {
        if count > limit {
            let message = format!("{count} {what} are too many; a policy may have {limit}");
            self.problems.add(path, "policy.too_many", message);
        }
    }

    /// Reports every id that stands in the list before.
    pub(super) fn unique<T: Ord + core::fmt::Display>(&mut self, seen: &mut BTreeSet<T>, id: T, path: &str) {
        if seen.contains(&id) {
            self.problems.add(
                path,
                "policy.duplicate_id",
                format!("`{id}` stands here for the second time; rename one"),
            );
        }
        seen.insert(id);
    }

    /// Reports every word that stands in its list before.
    pub(super) fn distinct<T: Ord + Clone + core::fmt::Display>(&mut self, words: &[T], path: &str) {
        let mut seen = BTreeSet::new();
        for (i, word) in words.iter().enumerate() {
            self.unique(&mut seen, word.clone(), &format!("{path}[{i}]"));
        }
    }
}
