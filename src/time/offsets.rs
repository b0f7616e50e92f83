//! Offset history: which instant a local time is.

use super::zone::Zone;

/// Seconds of a day of 24 hours.
pub(super) const DAY: i64 = 86_400;

/// From the UTC second `from` on, until the next segment, the zone is `offset` seconds east of UTC.
#[derive(Clone, Copy, Debug)]
struct Segment {
    from: i64,
    offset: i64,
}

/// The offsets of a zone over a range of time, first to last. The first segment has no beginning.
#[derive(Debug)]
pub(super) struct Offsets(Vec<Segment>);

impl Offsets {
    /// The offsets of `zone`, exact from `from` to `to` (UTC seconds).
    ///
    /// The zone is asked at every UTC midnight and two answers that differ are bisected. The grid is the same for
    /// every range, so a short look and a long one see the same changes.
    pub(super) fn sample(zone: Zone, from: i64, to: i64) -> Self {
        let grid = |at: i64| at.div_euclid(DAY).saturating_mul(DAY);
        let mut at = grid(from);
        let mut offset = zone.offset_at(at);
        let mut segments = vec![Segment { from: i64::MIN, offset }];
        if matches!(zone, Zone::Utc | Zone::Fixed(_)) {
            return Self(segments);
        }
        while at < to {
            let next = at.saturating_add(DAY);
            let after = zone.offset_at(next);
            if after != offset {
                segments.push(Segment { from: first_with(zone, at, next, offset), offset: after });
                offset = after;
            }
            at = next;
        }
        Self(segments)
    }

    /// UTC seconds at which the offset changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = i64> {
        self.0.iter().skip(1).map(|segment| segment.from)
    }

    /// Where segment `i` ends.
    fn until(&self, i: usize) -> i64 {
        self.0.get(i.saturating_add(1)).map_or(i64::MAX, |next| next.from)
    }

    /// The last segment that has begun at `at`.
    fn index(&self, at: i64) -> usize {
        self.0.partition_point(|segment| segment.from <= at).saturating_sub(1)
    }

    /// The first UTC second at which the local clock shows `local` or more: the earlier of two, the end of a gap.
    pub(super) fn first_at(&self, local: i64) -> i64 {
        let mut i = self.index(local.saturating_sub(DAY));
        while let Some(segment) = self.0.get(i) {
            let at = local.saturating_sub(segment.offset).max(segment.from);
            if at < self.until(i) {
                return at;
            }
            i = i.saturating_add(1);
        }
        local
    }

    /// The last UTC second at which the local clock shows `local`, or the end of the gap that swallowed it.
    pub(super) fn last_at(&self, local: i64) -> i64 {
        let earliest = local.saturating_sub(DAY);
        let mut i = self.index(local.saturating_add(DAY));
        while let Some(segment) = self.0.get(i) {
            let at = local.saturating_sub(segment.offset);
            if segment.from <= at && at < self.until(i) {
                return at;
            }
            match i.checked_sub(1) {
                Some(previous) if segment.from > earliest => i = previous,
                _ => break,
            }
        }
        self.first_at(local)
    }

    /// The same as `first_at` for ascending local times, in one pass.
    pub(super) fn first_at_ascending(&self, locals: impl Iterator<Item = i64>) -> impl Iterator<Item = i64> {
        let mut i = 0_usize;
        let mut current = self.0.first().copied().unwrap_or(Segment { from: i64::MIN, offset: 0 });
        let mut until = self.until(0);
        locals.map(move |local| {
            loop {
                let at = local.saturating_sub(current.offset).max(current.from);
                if at < until {
                    return at;
                }
                i = i.saturating_add(1);
                let Some(next) = self.0.get(i) else { return at };
                (current, until) = (*next, self.until(i));
            }
        })
    }
}

/// The first second after `low`, up to `high`, whose offset is not `offset`.
fn first_with(zone: Zone, mut low: i64, mut high: i64, offset: i64) -> i64 {
    while high.saturating_sub(low) > 1 {
        let middle = low.saturating_add(high.saturating_sub(low) / 2);
        if zone.offset_at(middle) == offset { low = middle } else { high = middle }
    }
    high
}
