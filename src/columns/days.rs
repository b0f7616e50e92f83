//! Clocks that are sums of days, for groups of which the first match decides: positions in the calendar's table are
//! added and compared, 64 rows at a time, and only the one that decides becomes an instant.

use super::block::{ABSENT, Block, DayTable, FAR, each};
use super::customers::CustomerColumns;
use super::layout::{Values, WORD};
use super::mask::Mask;
use crate::condition::Test;
use crate::reclaim::{Group, HardCapFrom, PlainSpan, Rules, Trigger};

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
    /// By the code of one word.
    ByCode(Values<'a, u32>, Box<[u16]>, u16),
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

    /// Finds the clock of every row that decides. Gives the rows, among `within`, that this way cannot tell.
    #[inline]
    pub(super) fn clocks(
        &self,
        columns: &CustomerColumns<'_>,
        table: &DayTable<'_>,
        row: usize,
        within: u64,
        block: &mut Block,
    ) -> u64 {
        let mut odd = table.positions(&block.clock_start, within, &mut block.position);
        if self.caps_chains {
            odd |= table.positions(&block.chain, within, &mut block.chain_position);
        }
        block.slots.resize(self.slots.len(), [ABSENT; WORD]);
        if let Some(folded) = &columns.folded {
            for (slot, positions) in self.slots.iter().zip(&mut block.slots) {
                if let Some(column) = folded.slots.get(*slot) {
                    odd |= table.positions(column.0.word(row), column.0.valid(row) & within, positions);
                }
            }
        }
        block.best = [FAR; WORD];
        block.trigger = [u16::MAX; WORD];
        block.why = [0; WORD];
        for group in &self.groups {
            group.offer(row, within, self.caps_chains, block);
        }
        let last = table.starts.len();
        for ((i, best), due) in (0_u32..).zip(&block.best).zip(&mut block.due) {
            let position = *best as usize;
            *due = table.starts.get(position).map_or(super::decisions::NEVER, |start| start.as_micros());
            odd |= u64::from((position >= last) & (*best < FAR)).wrapping_shl(i);
        }
        odd & within
    }
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
        Some(Self { choice: Choice::new(triggers, columns), clocks, slots: slots.collect() })
    }

    /// Offers each row the clock of the trigger that is selected for it.
    #[inline]
    fn offer(&self, row: usize, within: u64, chains: bool, block: &mut Block) {
        if let Choice::Only = self.choice {
            let clock = self.clocks.first().copied().unwrap_or(NO_CLOCK);
            return self.offer_clocks(chains, block, |_| clock);
        }
        let mut chosen = block.chosen;
        self.choice.choose(row, within, &mut chosen);
        block.chosen = chosen;
        let clocks = &*self.clocks;
        self.offer_clocks(chains, block, |i| {
            let chosen = chosen.get(i).copied().unwrap_or(u16::MAX);
            clocks.get(usize::from(chosen)).copied().unwrap_or(NO_CLOCK)
        });
    }

    #[inline(always)]
    fn offer_clocks(&self, chains: bool, block: &mut Block, clock: impl Fn(usize) -> DayClock) {
        match (&*self.slots, chains) {
            ([], false) => self.offer_each::<0, false>(block, clock),
            ([_], false) => self.offer_each::<1, false>(block, clock),
            (_, false) => self.offer_each::<2, false>(block, clock),
            (_, true) => self.offer_each::<2, true>(block, clock),
        }
    }

    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "every index is below the length of its array, and the compiler sees it"
    )]
    fn offer_each<const R: usize, const CHAINS: bool>(&self, block: &mut Block, clock: impl Fn(usize) -> DayClock) {
        let nothing = [ABSENT; WORD];
        let slots: [&[i32; WORD]; R] =
            core::array::from_fn(|k| self.slots.get(k).and_then(|slot| block.slots.get(*slot)).unwrap_or(&nothing));
        for i in 0..WORD {
            let clock = clock(i);
            let position = block.position[i];
            let base_due = position.wrapping_add(clock.base);
            let mut due = base_due;
            for k in 0..R {
                due = due.max(slots[k][i].wrapping_add(clock.renewals[k]));
            }
            let renewed = due > base_due;
            let cap_from = if CHAINS & clock.cap_from_chain { block.chain_position[i] } else { position };
            let hard_due = cap_from.wrapping_add(clock.cap);
            let capped = hard_due < due;
            due = due.min(hard_due);
            let first = due < block.best[i];
            block.best[i] = if first { due } else { block.best[i] };
            block.trigger[i] = if first { clock.trigger } else { block.trigger[i] };
            block.why[i] = if first { u8::from(renewed) | (u8::from(capped) << 1) } else { block.why[i] };
        }
    }
}

impl<'a> Choice<'a> {
    fn new(triggers: &[Trigger], columns: &CustomerColumns<'a>) -> Self {
        if let [Trigger { test: Test::Always, .. }] = triggers {
            return Self::Only;
        }
        let masks: Box<[Mask<'a>]> = triggers.iter().map(|trigger| Mask::new(&trigger.test, columns)).collect();
        Self::by_code(&masks).unwrap_or(Self::ByMasks(masks))
    }

    /// The choice by the code of a word, if no condition reads anything else.
    fn by_code(masks: &[Mask<'a>]) -> Option<Self> {
        /// A longer dictionary is no list of tiers, and a table of it no saving.
        const LONGEST: u32 = 1_024;
        let codes = masks.iter().find_map(Mask::codes)?;
        let chosen = |code| -> Option<u16> {
            for (i, mask) in (0_u16..).zip(masks) {
                if mask.of_code(codes, code)? {
                    return Some(i);
                }
            }
            u16::try_from(masks.len()).ok()
        };
        let most = codes.values().iter().copied().max().unwrap_or_default().min(LONGEST);
        let table = (0..=most).map(|code| chosen(Some(code))).collect::<Option<Box<[u16]>>>()?;
        (most < LONGEST).then_some(())?;
        Some(Self::ByCode(codes, table, chosen(None)?))
    }

    #[inline]
    fn choose(&self, row: usize, within: u64, chosen: &mut [u16; WORD]) {
        match self {
            Self::Only => *chosen = [0; WORD],
            Self::ByCode(codes, table, missing) => {
                let valid = codes.valid(row);
                for ((i, code), chosen) in (0_u32..).zip(codes.word(row)).zip(chosen) {
                    let of_code = table.get(*code as usize).copied().unwrap_or(*missing);
                    *chosen = if valid.wrapping_shr(i) & 1 != 0 { of_code } else { *missing };
                }
            }
            Self::ByMasks(masks) => {
                let mut left = within;
                *chosen = [u16::MAX; WORD];
                for (number, mask) in (0_u16..).zip(masks) {
                    let selected = mask.word(row, left);
                    left &= !selected;
                    for i in each(selected) {
                        if let Some(chosen) = chosen.get_mut(i) {
                            *chosen = number;
                        }
                    }
                }
            }
        }
    }
}
