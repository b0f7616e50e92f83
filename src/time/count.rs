//! Counting days around pauses: by pauses, never by days.

use super::blocks::WorkBlocks;
use super::days::CivilDays;
use super::pause::Pause;
use super::working::WorkingDays;

/// Everything a calendar knows, compiled.
#[derive(Debug)]
pub(super) struct WorkingTime {
    pub(super) working: WorkingDays,
    pub(super) blocks: WorkBlocks,
}

/// First and last civil day that lie wholly inside `pause`; the last may come before the first.
fn whole_days(days: &CivilDays, pause: &Pause) -> (i64, i64) {
    let first = days.day_of(pause.from().as_micros().saturating_sub(1)).saturating_add(1);
    let last = days.day_of(pause.to().as_micros()).saturating_sub(1);
    (first, last)
}

/// The pauses that can still matter to days after `day`.
fn from_day<'p>(days: &CivilDays, pauses: &'p [Pause], day: i64) -> &'p [Pause] {
    let start = days.start(day);
    pauses.get(pauses.partition_point(|pause| pause.to().as_micros() < start)..).unwrap_or_default()
}

/// The `n`-th civil day after `day` that does not lie wholly inside a pause.
pub(super) fn nth_unpaused_day(days: &CivilDays, pauses: &[Pause], day: i64, n: i64) -> i64 {
    let mut end = day.saturating_add(n);
    for pause in from_day(days, pauses, day) {
        let (first, last) = whole_days(days, pause);
        let first = first.max(day.saturating_add(1));
        if first > end {
            break;
        }
        end = end.saturating_add(last.saturating_sub(first).saturating_add(1).max(0));
    }
    end
}

impl WorkingTime {
    /// Whether all blocks of working day `day` lie inside pauses, or the whole civil day where it has none.
    fn is_paused(&self, days: &CivilDays, pauses: &[Pause], day: i64) -> bool {
        let blocks = self.blocks.intervals(days, &self.working, day);
        if blocks.is_empty() {
            return Pause::cover(pauses, days.start(day), days.start(day.saturating_add(1)));
        }
        blocks.iter().all(|(from, to)| Pause::cover(pauses, *from, *to))
    }

    /// The `n`-th working day after `day` that is not paused.
    pub(super) fn nth_unpaused_working_day(&self, days: &CivilDays, pauses: &[Pause], day: i64, n: i64) -> i64 {
        let mut end = self.working.after(day, n);
        if pauses.is_empty() {
            return end;
        }
        // Days up to here are counted, or skipped, already.
        let mut done = day;
        for pause in from_day(days, pauses, day.saturating_sub(1)) {
            let (first, last) = whole_days(days, pause);
            // Blocks decide only at a pause's edges: every day between them is paused whatever its blocks are.
            let (early, late) = (first.saturating_add(1), last.saturating_sub(1));
            let inner = (early.max(done.saturating_add(1)), late);
            if first.saturating_sub(1) > end {
                break;
            }
            let edge = first.min(last.saturating_add(1));
            end = self.skip_each(days, pauses, first.saturating_sub(1), edge, &mut done, end);
            if inner.0 <= inner.1 && inner.0 <= end {
                end = self.working.after(end, self.working.between(inner.0, inner.1));
            }
            end = self.skip_each(days, pauses, late.saturating_add(1), last.saturating_add(1), &mut done, end);
        }
        end
    }

    /// Moves `end` on for every paused working day of `from..=to` not yet `done`.
    fn skip_each(&self, days: &CivilDays, pauses: &[Pause], from: i64, to: i64, done: &mut i64, mut end: i64) -> i64 {
        for day in from.max(done.saturating_add(1))..=to {
            if day > end {
                break;
            }
            *done = day;
            if self.working.works(day) && self.is_paused(days, pauses, day) {
                end = self.working.after(end, 1);
            }
        }
        end
    }
}
