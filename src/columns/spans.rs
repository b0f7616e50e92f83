//! Clocks in every span that a table answers, in groups of both kinds: conditions 64 rows at a time, clocks row by row.

use super::block::{Block, each};
use super::customers::CustomerColumns;
use super::layout::WORD;
use super::mask::Mask;
use crate::reclaim::{Group, HardCapFrom, PlainSpan, Rules, Trigger, due};
use crate::time::{Calendar, Timestamp};

/// A policy of such clocks.
pub(super) struct SpanPlan<'a> {
    rules: &'a Rules,
    masks: Box<[Mask<'a>]>,
    /// The latest instant that a row may know of.
    now: Timestamp,
}

/// A clock that is found: of which trigger, when it comes due, and why then.
type DueClock = (u16, Timestamp, u8);

/// A row of a block, as its clocks see it.
struct Row<'a> {
    columns: &'a CustomerColumns<'a>,
    calendar: &'a Calendar,
    number: usize,
    clock_start: Timestamp,
    position: usize,
    chain: Timestamp,
}

impl<'a> SpanPlan<'a> {
    pub(super) fn new(rules: &'a Rules, columns: &CustomerColumns<'a>, now: Timestamp) -> Self {
        let masks =
            rules.groups.iter().flat_map(|group| rules.triggers.get(group.first..group.end).unwrap_or_default());
        Self { rules, masks: masks.map(|trigger| Mask::new(&trigger.test, columns)).collect(), now }
    }

    /// Finds the clock of every row that decides. Gives the rows, among `within`, that this way cannot tell.
    pub(super) fn clocks(&self, columns: &'a CustomerColumns<'a>, row: usize, within: u64, block: &mut Block) -> u64 {
        self.select(row, within, block);
        block.due = [super::decisions::NEVER; WORD];
        block.trigger = [super::decisions::NONE; WORD];
        let mut odd = within & self.unseen(columns, row);
        for i in each(within & !odd) {
            match self.row(columns, row.wrapping_add(i), i, block).and_then(|of_row| self.deciding(&of_row, i, block)) {
                None => odd |= 1_u64.wrapping_shl(i as u32),
                Some(found) => {
                    let (trigger, due, why) = found
                        .map_or((u16::MAX, super::decisions::NEVER, 0), |(trigger, due, why)| {
                            (trigger, due.as_micros(), why)
                        });
                    if let (Some(a), Some(b), Some(c)) =
                        (block.trigger.get_mut(i), block.due.get_mut(i), block.why.get_mut(i))
                    {
                        (*a, *b, *c) = (trigger, due, why);
                    }
                }
            }
        }
        odd
    }

    /// The rows for which each trigger's condition holds; in groups of which the first match decides, only there.
    fn select(&self, row: usize, within: u64, block: &mut Block) {
        block.selected.clear();
        let mut masks = self.masks.iter();
        for group in &self.rules.groups {
            let mut left = within;
            for mask in masks.by_ref().take(group.end.saturating_sub(group.first)) {
                let selected = mask.word(row, left);
                block.selected.push(selected);
                if !group.all_of {
                    left &= !selected;
                }
            }
        }
    }

    /// The rows that know of an activity past now.
    fn unseen(&self, columns: &CustomerColumns<'_>, row: usize) -> u64 {
        let now = self.now.as_micros();
        let Some(folded) = &columns.folded else { return 0 };
        folded.slots.iter().fold(0, |unseen, slot| {
            let late =
                (0_u32..).zip(slot.0.word(row)).fold(0, |late, (i, at)| late | u64::from(*at > now).wrapping_shl(i));
            unseen | (late & slot.0.valid(row))
        })
    }

    fn row(&self, columns: &'a CustomerColumns<'a>, number: usize, i: usize, block: &Block) -> Option<Row<'a>> {
        let clock_start = Timestamp::from_micros(*block.clock_start.get(i)?).filter(|at| *at <= self.now)?;
        let chain = if columns.has_chains() { Timestamp::from_micros(*block.chain.get(i)?)? } else { clock_start };
        let calendar = &*self.rules.default_calendar;
        Some(Row { columns, calendar, number, clock_start, position: calendar.position(clock_start)?, chain })
    }

    /// The clock that comes due first; of equal ones the first in the list.
    #[expect(clippy::option_option, reason = "not to be told, or told and without a clock")]
    fn deciding(&self, row: &Row<'_>, i: usize, block: &Block) -> Option<Option<DueClock>> {
        let mut first: Option<DueClock> = None;
        let mut selected = block.selected.iter();
        for group in &self.rules.groups {
            let found = self.of_group(group, row, i, &mut selected)?;
            if let Some((_, due, _)) = found {
                if first.is_none_or(|(_, earliest, _)| due < earliest) {
                    first = found;
                }
            }
        }
        Some(first)
    }

    #[expect(clippy::option_option, reason = "not to be told, or told and without a clock")]
    fn of_group<'s>(
        &self,
        group: &Group,
        row: &Row<'_>,
        i: usize,
        selected: &mut impl Iterator<Item = &'s u64>,
    ) -> Option<Option<DueClock>> {
        let triggers = self.rules.triggers.get(group.first..group.end)?;
        let mut latest: Option<DueClock> = None;
        // In a group of which the first match decides, only one trigger is selected: it is the latest.
        for ((index, trigger), rows) in (group.first..).zip(triggers).zip(selected.by_ref()) {
            if rows.wrapping_shr(i as u32) & 1 != 0 {
                let (due, why) = row.due(trigger)?;
                if latest.is_none_or(|(_, latest, _)| due > latest) {
                    latest = Some((u16::try_from(index).ok()?, due, why));
                }
            }
        }
        Some(latest)
    }
}

impl Row<'_> {
    fn due(&self, trigger: &Trigger) -> Option<(Timestamp, u8)> {
        let plain = trigger.plain.as_ref()?;
        let base = self.end(plain.base, self.clock_start, Some(self.position))?;
        let mut renewed = None;
        if let Some(folded) = &self.columns.folded {
            for (slot, span) in &plain.renewals {
                if let Some(at) = folded.slots.get(usize::from(*slot))?.get(self.number) {
                    renewed = renewed.max(Some(self.end(*span, at, None)?));
                }
            }
        }
        let mut capped = None;
        if let (Some(span), Some(cap)) = (plain.cap, trigger.hard_cap) {
            let from = if cap.from == HardCapFrom::Chain { self.chain } else { self.clock_start };
            capped = Some(self.end(span, from, None)?);
        }
        let found = due(base, renewed, capped);
        Some((found.at, found.why()))
    }

    fn end(&self, span: PlainSpan, from: Timestamp, position: Option<usize>) -> Option<Timestamp> {
        span.end(self.calendar, from, || position.or_else(|| self.calendar.position(from)))
    }
}

const _: () = assert!(WORD == 64, "a word of a mask stands for the rows of a block");
