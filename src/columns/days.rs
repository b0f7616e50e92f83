//! Clocks that are sums of days, for groups of which the first match decides: positions in the calendar's table are
//! added and compared, 64 rows at a time, and only the one that decides becomes an instant.

use super::block::{ABSENT, Block, DayTable, FAR, each};
use super::customers::CustomerColumns;
use super::decisions::NEVER;
use super::layout::{Values, WORD};
use super::mask::Mask;
use crate::condition::Test;
use crate::reclaim::{Group, HardCapFrom, PlainSpan, Rules, Trigger, due};

/// How many kinds of activity the triggers of one group may be renewed by.
const MOST: usize = 2;

/// A policy of such groups.
pub(super) struct DayPlan<'a> {
    groups: Box<[DayGroup<'a>]>,
    /// The slots that are read.
    slots: Box<[usize]>,
    caps_chains: bool,
}

struct DayGroup<'a> {
    choice: Choice<'a>,
    /// Of each trigger, and at last of none.
    clocks: Box<[DayClock]>,
    /// Which of the slots that are read its triggers read.
    slots: Box<[usize]>,
}

/// How a group's trigger is found.
enum Choice<'a> {
    /// There is one, and it always holds.
    Only,
    /// By the code of one word: of each the clock, and at last of none.
    ByCode(Values<'a, u32>, Box<[DayClock]>),
    ByMasks(Box<[Mask<'a>]>),
}

/// The clock of a trigger, in days to add.
#[derive(Clone, Copy)]
struct DayClock {
    base: i32,
    renewals: [i32; MOST],
    cap: i32,
    cap_from_chain: bool,
    trigger: u16,
}

const NO_CLOCK: DayClock =
    DayClock { base: FAR, renewals: [ABSENT; MOST], cap: FAR, cap_from_chain: false, trigger: u16::MAX };

/// The distance in the table from a day to the end of the n-th day after it.
fn distance(span: PlainSpan) -> Option<i32> {
    match span {
        PlainSpan::Days(n) => i32::try_from(n).ok()?.checked_add(1),
        _ => None,
    }
}

impl DayClock {
    fn new(trigger: &Trigger, index: usize, slots: &[u16]) -> Option<Self> {
        let plain = trigger.plain.as_ref()?;
        let mut renewals = [ABSENT; MOST];
        for (slot, span) in &plain.renewals {
            let place = slots.iter().position(|known| known == slot)?;
            *renewals.get_mut(place)? = distance(*span)?;
        }
        Some(Self {
            base: distance(plain.base)?,
            renewals,
            cap: plain.cap.map_or(Some(FAR), distance)?,
            cap_from_chain: trigger.hard_cap.is_some_and(|cap| cap.from == HardCapFrom::Chain),
            trigger: u16::try_from(index).ok()?,
        })
    }
}

impl<'a> DayPlan<'a> {
    /// The plan, if the policy is of this kind.
    pub(super) fn new(rules: &Rules, columns: &CustomerColumns<'a>) -> Option<Self> {
        let mut read: Vec<usize> = Vec::new();
        let groups = rules.groups.iter().map(|group| DayGroup::new(rules, group, columns, &mut read));
        let groups = groups.collect::<Option<Box<[_]>>>()?;
        let caps_chains =
            columns.has_chains() && groups.iter().any(|group| group.clocks.iter().any(|clock| clock.cap_from_chain));
        Some(Self { groups, slots: read.into(), caps_chains })
    }

    /// Finds the clock of every row that decides; rows that are not among `within` have none. Gives the rows, among
    /// `within`, that this way cannot tell.
    #[inline]
    pub(super) fn clocks(
        &self,
        columns: &CustomerColumns<'_>,
        table: &DayTable<'_>,
        row: usize,
        within: u64,
        block: &mut Block,
    ) -> u64 {
        // Who has no clock start is never due.
        let mut odd = table.positions(&block.clock_start, within, FAR, &mut block.position);
        if self.caps_chains {
            odd |= table.positions(&block.chain, within, FAR, &mut block.chain_position);
        }
        block.slots.resize(self.slots.len(), [ABSENT; WORD]);
        let mut room = [0; WORD];
        if let Some(folded) = &columns.folded {
            for (slot, positions) in self.slots.iter().zip(&mut block.slots) {
                if let Some(column) = folded.slots.get(*slot) {
                    let micros = column.0.block(row, &mut room);
                    odd |= table.positions(micros, column.0.valid(row) & within, ABSENT, positions);
                }
            }
        }
        let mut best = [key(FAR, u16::MAX, 0); WORD];
        for group in &self.groups {
            group.offer(row, within, self.caps_chains, block, &mut best);
        }
        (odd | self.read(table, &best, block)) & within
    }

    /// Reads what each row comes to. Gives the rows that come due behind the table's end.
    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        clippy::needless_range_loop,
        reason = "arrays of one length, which the compiler sees"
    )]
    fn read(&self, table: &DayTable<'_>, best: &[i64; WORD], block: &mut Block) -> u64 {
        let mut behind = false;
        for i in 0..WORD {
            let position = best[i] >> 24;
            match table.starts.get(position as usize) {
                Some(start) => block.due[i] = start.as_micros(),
                None => {
                    block.due[i] = NEVER;
                    behind |= position != i64::from(FAR);
                }
            }
            block.trigger[i] = (best[i] >> 8) as u16;
            block.why[i] = best[i] as u8;
        }
        if !behind {
            return 0;
        }
        let far = i64::from(FAR);
        let is_behind = |best: &i64| best >> 24 != far && table.starts.get((best >> 24) as usize).is_none();
        (0_u32..).zip(best).fold(0, |behind, (i, best)| behind | u64::from(is_behind(best)).wrapping_shl(i))
    }
}

/// A clock as one number, in the order in which clocks decide: the earliest, of equal ones the first in the list.
#[inline(always)]
const fn key(due: i32, trigger: u16, why: u8) -> i64 {
    (due as i64).wrapping_shl(24) | (trigger as i64).wrapping_shl(8) | why as i64
}

impl<'a> DayGroup<'a> {
    fn new(rules: &Rules, group: &Group, columns: &CustomerColumns<'a>, read: &mut Vec<usize>) -> Option<Self> {
        if group.all_of {
            return None;
        }
        let triggers = rules.triggers.get(group.first..group.end)?;
        let mut slots: Vec<u16> = Vec::new();
        for (slot, _) in triggers.iter().filter_map(|trigger| trigger.plain.as_ref()).flat_map(|plain| &plain.renewals)
        {
            if !slots.contains(slot) {
                slots.push(*slot);
            }
        }
        let clocks = (group.first..).zip(triggers).map(|(index, trigger)| DayClock::new(trigger, index, &slots));
        let clocks = clocks.chain([Some(NO_CLOCK)]).collect::<Option<Box<[_]>>>()?;
        let slots = slots.into_iter().map(|slot| {
            let slot = usize::from(slot);
            read.iter().position(|known| *known == slot).unwrap_or_else(|| {
                read.push(slot);
                read.len().saturating_sub(1)
            })
        });
        let choice = Choice::new(triggers, &clocks, columns);
        Some(Self { choice, clocks, slots: slots.collect() })
    }

    /// Offers each row the clock of the trigger that is selected for it.
    #[inline]
    fn offer(&self, row: usize, within: u64, chains: bool, block: &Block, best: &mut [i64; WORD]) {
        let clocks = &*self.clocks;
        match &self.choice {
            Choice::Only => {
                let clock = clocks.first().copied().unwrap_or(NO_CLOCK);
                self.offer_clocks(chains, block, best, |_| clock);
            }
            Choice::ByCode(codes, by_code) => {
                let valid = codes.valid(row);
                let mut room = [0; WORD];
                let codes = codes.block(row, &mut room);
                let missing = by_code.len().wrapping_sub(1) as u32;
                self.offer_clocks(chains, block, best, |i| {
                    let code = codes.get(i).copied().unwrap_or_default();
                    let place = if valid.wrapping_shr(i as u32) & 1 != 0 { code } else { missing };
                    by_code.get(place as usize).copied().unwrap_or(NO_CLOCK)
                });
            }
            Choice::ByMasks(masks) => {
                let chosen = choose(masks, row, within);
                self.offer_clocks(chains, block, best, |i| {
                    let chosen = chosen.get(i).copied().unwrap_or(u16::MAX);
                    clocks.get(usize::from(chosen)).copied().unwrap_or(NO_CLOCK)
                });
            }
        }
    }

    #[inline(always)]
    fn offer_clocks(&self, chains: bool, block: &Block, best: &mut [i64; WORD], clock: impl Fn(usize) -> DayClock) {
        match (&*self.slots, chains) {
            ([], false) => self.offer_each::<0, false>(block, best, clock),
            ([_], false) => self.offer_each::<1, false>(block, best, clock),
            (_, false) => self.offer_each::<2, false>(block, best, clock),
            (_, true) => self.offer_each::<2, true>(block, best, clock),
        }
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "arrays of one length, which the compiler sees")]
    fn offer_each<const R: usize, const CHAINS: bool>(
        &self,
        block: &Block,
        best: &mut [i64; WORD],
        clock: impl Fn(usize) -> DayClock,
    ) {
        let nothing = [ABSENT; WORD];
        let slots: [&[i32; WORD]; R] =
            core::array::from_fn(|k| self.slots.get(k).and_then(|slot| block.slots.get(*slot)).unwrap_or(&nothing));
        for i in 0..WORD {
            let clock = clock(i);
            let position = block.position[i];
            let renewals: [i32; R] = core::array::from_fn(|k| slots[k][i].wrapping_add(clock.renewals[k]));
            let cap_from = if CHAINS & clock.cap_from_chain { block.chain_position[i] } else { position };
            let found = due(position.wrapping_add(clock.base), renewals, Some(cap_from.wrapping_add(clock.cap)));
            best[i] = best[i].min(key(found.at, clock.trigger, found.why()));
        }
    }
}

/// The number of the first of these conditions that holds for each row.
fn choose(masks: &[Mask<'_>], row: usize, within: u64) -> [u16; WORD] {
    let mut chosen = [u16::MAX; WORD];
    let mut left = within;
    for (number, mask) in (0_u16..).zip(masks) {
        let selected = mask.word(row, left);
        left &= !selected;
        for i in each(selected) {
            if let Some(chosen) = chosen.get_mut(i) {
                *chosen = number;
            }
        }
    }
    chosen
}

impl<'a> Choice<'a> {
    fn new(triggers: &[Trigger], clocks: &[DayClock], columns: &CustomerColumns<'a>) -> Self {
        if let [Trigger { test: Test::Always, .. }] = triggers {
            return Self::Only;
        }
        let masks: Box<[Mask<'a>]> = triggers.iter().map(|trigger| Mask::new(&trigger.test, columns)).collect();
        Self::by_code(&masks, clocks).unwrap_or(Self::ByMasks(masks))
    }

    /// The choice by the code of a word, if no condition reads anything else.
    fn by_code(masks: &[Mask<'a>], clocks: &[DayClock]) -> Option<Self> {
        /// A longer dictionary is no list of tiers, and a table of it no saving.
        const LONGEST: usize = 1_024;
        let (codes, words) = masks.iter().find_map(Mask::codes)?;
        let clock = |code| -> Option<DayClock> {
            for (mask, clock) in masks.iter().zip(clocks) {
                if mask.of_code(codes, code)? {
                    return Some(*clock);
                }
            }
            Some(NO_CLOCK)
        };
        if words > LONGEST {
            return None;
        }
        let by_code = (0..u32::try_from(words).ok()?).map(|code| clock(Some(code))).chain([clock(None)]);
        Some(Self::ByCode(codes, by_code.collect::<Option<_>>()?))
    }
}
