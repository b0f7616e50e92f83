//! Decisions about rows: 64 at a time where the clocks are plain, one by one where a row needs more.

use core::ops::Range;

use super::attributes::AttributeColumn;
use super::block::{Block, DayTable, each};
use super::customers::{CustomerColumns, RowPlace};
use super::days::DayPlan;
use super::decisions::{DecisionBlock, DecisionSlices, NEVER, NONE, action, verdict};
use super::layout::{Values, WORD, first};
use super::mask::{Mask, Truth};
use super::owners::Owner;
use super::spans::SpanPlan;
use super::tail::{Deciding, Tail, by_code, filled};
use crate::decision::{Decision, ReasonCode, Reasons};
use crate::model::OwnerFacts;
use crate::policy::Policy;
use crate::reclaim::{DealRules, Rules, reasons};
use crate::time::Timestamp;

/// A policy made ready for the columns of one table and one instant.
pub(super) struct Sweep<'a> {
    policy: &'a Policy,
    columns: &'a CustomerColumns<'a>,
    now: Timestamp,
    owned: Truth,
    clocks: ClockPlan<'a>,
    odd: Odd<'a>,
    tail: Tail<'a>,
    /// Of each trigger where its customers go, and whether all go to one pool.
    pools: Box<[u16]>,
    only_pool: Option<u16>,
    /// The reasons of a clock by what decided it, and in bit 2 whether it is due.
    reasons: [u64; 8],
    /// The reason for which a row is not owned, by the code of its place.
    by_place: Box<[u64]>,
}

/// Why a row is not owned.
const fn by_place(kind: RowPlace) -> ReasonCode {
    match kind {
        RowPlace::Awaiting => ReasonCode::AwaitingAdmission,
        RowPlace::Closed => ReasonCode::Closed,
        RowPlace::Owned | RowPlace::Pool => ReasonCode::InPool,
    }
}

/// The word of reasons in which all codes of plain rows are.
const fn low(reasons: Reasons) -> u64 {
    let [low, _] = reasons.words();
    low
}

const _: () = {
    use ReasonCode::{AwaitingAdmission, Base, Capped, Closed, Due, InPool, NotDue, Renewed};
    let mut all: &[ReasonCode] = &[AwaitingAdmission, Base, Capped, Closed, Due, InPool, NotDue, Renewed];
    while let [code, rest @ ..] = all {
        assert!(code.bit() < 64, "plain rows write one word of reasons");
        all = rest;
    }
};

/// The reasons of a clock alone, and in bit 2 whether it is due.
fn reasons_of_clock(why: u8) -> Reasons {
    let state = if why & 4 != 0 { ReasonCode::Due } else { ReasonCode::NotDue };
    reasons(why).and(Reasons::of(state))
}

/// Makes all of them this value. Mostly they are already, for hosts sweep into the columns of the last sweep: then they are
/// only read, and nothing goes back to memory.
#[inline(always)]
fn fill<T: Copy + PartialEq>(values: &mut [T; WORD], value: T) {
    if *values != [value; WORD] {
        *values = [value; WORD];
    }
}

/// How the clocks of a policy are found.
enum ClockPlan<'a> {
    /// By the long way only.
    Long,
    Days(DayPlan<'a>, DayTable<'a>),
    Spans(SpanPlan<'a>),
}

/// What sends a row the long way.
struct Odd<'a> {
    owners: Option<(Values<'a, u32>, Truth)>,
    /// Whether rows are odd where there is no column of owners, and where it names none.
    without_owner: bool,
    unnamed: bool,
    mistyped: Vec<AttributeColumn<'a>>,
    /// Deal customers with triggers of their own.
    deals: Option<Mask<'a>>,
    any_lock: bool,
    any_protection: bool,
}

impl<'a> Odd<'a> {
    fn new(rules: &'a Rules, columns: &CustomerColumns<'a>) -> Self {
        let usual = |owner: &Owner| match owner.facts().under(rules.owners) {
            Err(_) => false,
            Ok(None) => !rules.reads_owner,
            Ok(Some(rep)) => {
                let calendar =
                    rep.calendar().is_none_or(|calendar| !rules.owner_calendar || rules.calendar(calendar).is_some());
                rep.id() == owner.id() && rep.leave().is_empty() && calendar
            }
        };
        let declared = rules.attributes_read.iter();
        let mistyped =
            declared.filter_map(|(key, kind)| columns.attribute(key).filter(|column| column.kind() != *kind));
        let deals = rules.deals.as_ref().filter(|deals| matches!(deals.then, DealRules::Groups(..)));
        Self {
            owners: columns.owner.map(|column| (column.codes(), Truth::new(column.dictionary(), usual))),
            without_owner: rules.reads_owner,
            unnamed: rules.reads_owner || OwnerFacts::Absent.under(rules.owners).is_err(),
            mistyped: mistyped.copied().collect(),
            deals: deals.map(|deals| Mask::new(&deals.test, columns)),
            any_lock: rules.longest_lock.is_some(),
            any_protection: rules.grace.is_some(),
        }
    }

    /// The rows, among `within`, that have what only the long way can tell.
    #[inline]
    fn rows(&self, columns: &CustomerColumns<'_>, row: usize, within: u64, protected: u64) -> u64 {
        let mut odd = filled(columns.extensions.as_ref(), row)
            | filled(columns.pauses.as_ref(), row)
            | filled(columns.past.as_ref(), row);
        if let Some((codes, usual)) = &self.owners {
            odd |= !by_code(codes, usual, !self.unnamed, row);
        } else if self.without_owner {
            odd = u64::MAX;
        }
        if let Some(folded) = &columns.folded {
            odd |= filled(folded.unjudged.as_ref(), row);
            if let Some(elsewhere) = &folded.elsewhere {
                odd |= elsewhere.word(row);
            }
        }
        for column in &self.mistyped {
            odd |= column.valid(row);
        }
        if let Some(deals) = &self.deals {
            odd |= deals.word(row, within);
        }
        if self.any_lock {
            odd |= filled(columns.locks.as_ref(), row);
        }
        if self.any_protection {
            odd |= protected;
        }
        odd & within
    }
}

impl<'a> Sweep<'a> {
    pub(super) fn new(policy: &'a Policy, columns: &'a CustomerColumns<'a>, now: Timestamp) -> Self {
        let rules = policy.rules();
        let foreign = columns.folded.as_ref().is_some_and(|folded| folded.digest != rules.fold.digest);
        let table = DayTable::new(&rules.default_calendar, now);
        let plain = rules.triggers.iter().all(|trigger| trigger.plain.is_some());
        let clocks = match table {
            Some(table) if plain && !foreign => match DayPlan::new(rules, columns) {
                Some(plan) => ClockPlan::Days(plan, table),
                None => ClockPlan::Spans(SpanPlan::new(rules, columns, now)),
            },
            _ => ClockPlan::Long,
        };
        let fallback = rules.routes.fallback;
        let pools: Box<[u16]> = rules.triggers.iter().map(|trigger| trigger.pool.unwrap_or(fallback).0).collect();
        let only_pool = pools.first().copied().filter(|pool| pools.iter().all(|other| other == pool));
        Self {
            policy,
            columns,
            now,
            owned: Truth::new(columns.place.dictionary(), |kind| *kind == RowPlace::Owned),
            clocks,
            odd: Odd::new(rules, columns),
            tail: Tail::new(rules, columns, now),
            pools,
            only_pool,
            reasons: core::array::from_fn(|why| low(reasons_of_clock(why as u8))),
            by_place: columns.place.dictionary().iter().map(|kind| low(Reasons::of(by_place(*kind)))).collect(),
        }
    }

    /// Decides about these rows; `out` has as many.
    pub(super) fn decide(&self, rows: Range<usize>, out: &mut DecisionSlices<'_>) {
        let mut block = Block::new();
        let count = rows.len();
        for from in (0..count).step_by(WORD) {
            let to = from.saturating_add(WORD).min(count);
            let mut out = out.part(from..to);
            self.decide_block(rows.start.wrapping_add(from), &mut block, &mut out);
        }
    }

    fn decide_block(&self, row: usize, block: &mut Block, out: &mut DecisionSlices<'_>) {
        let columns = self.columns;
        let all = first(out.rows());
        let owned = all & self.owned.word(columns.place.codes().word(row));
        let protected = owned
            & (filled(columns.locks.as_ref(), row)
                | filled(columns.holds.as_ref(), row)
                | filled(columns.freezes.as_ref(), row));
        let started = block.read_starts(columns, row);
        let mut long = owned & (!started | self.odd.rows(columns, row, owned, protected));
        let plain = owned & !long;
        long |= match &self.clocks {
            ClockPlan::Long => owned,
            ClockPlan::Days(plan, table) => plan.clocks(columns, table, row, plain, block),
            ClockPlan::Spans(plan) => plan.clocks(columns, row, plain, block),
        };
        let mut by_tail = owned & !long & if self.tail.always { u64::MAX } else { protected };
        if by_tail != all {
            by_tail |= owned & !long & self.write(row, owned, block, out);
        }
        self.tail.ask(row, by_tail, &mut block.answers);
        for i in each(by_tail) {
            match self.by_tail(row.wrapping_add(i), i, block) {
                Some(decision) => out.set(i, &decision),
                None => long |= 1_u64.wrapping_shl(i as u32),
            }
        }
        for i in each(long) {
            if let Some(decision) = self.by_customer(row.wrapping_add(i)) {
                out.set(i, &decision);
            }
        }
    }

    /// Writes what every row comes to if nothing but its clock bears on it, or nobody owns it. Gives the rows without a
    /// clock.
    #[inline(always)]
    fn write(&self, row: usize, owned: u64, block: &mut Block, out: &mut DecisionSlices<'_>) -> u64 {
        if let ClockPlan::Long = self.clocks {
            block.due = [NEVER; WORD];
            block.trigger = [NONE; WORD];
        }
        let mut room = [0; WORD];
        let places = self.columns.place.codes().block(row, &mut room);
        out.with_block(|out| self.write_block(places, owned, block, out))
    }

    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        clippy::needless_range_loop,
        reason = "arrays of one length, which the compiler sees"
    )]
    fn write_block(&self, places: &[u32; WORD], owned: u64, block: &Block, out: &mut DecisionBlock<'_>) -> u64 {
        let now = self.now.as_micros();
        let mut unarmed = 0;
        fill(out.argument, 0);
        fill(out.notify, 0);
        fill(out.more_reasons, 0);
        fill(out.earliest, NEVER);
        for i in 0..WORD {
            let due = block.due[i];
            let is_due = due <= now;
            let is_owned = (owned.wrapping_shr(i as u32) & 1) as u8;
            out.due[i] = due;
            out.next_change[i] = if is_due { NEVER } else { due };
            // Not owned is zero.
            out.verdict[i] = if is_due { verdict::DUE } else { verdict::KEEP } & is_owned.wrapping_neg();
            let reasons = self.reasons[usize::from(block.why[i] & 3) | (usize::from(is_due) << 2)];
            let by_place = self.by_place.get(places[i] as usize).copied().unwrap_or_default();
            out.reasons[i] = if is_owned != 0 { reasons } else { by_place };
        }
        for i in 0..WORD {
            let trigger = block.trigger[i];
            out.trigger[i] = trigger;
            // No clock that waits for a notice or a review is plain.
            out.action[i] = if trigger == NONE { action::NONE } else { action::RECLAIM };
            unarmed |= u64::from(trigger == NONE).wrapping_shl(i as u32);
        }
        match self.only_pool {
            Some(pool) => {
                for i in 0..WORD {
                    out.pool[i] = if block.trigger[i] == NONE { NONE } else { pool };
                }
            }
            None => {
                for i in 0..WORD {
                    out.pool[i] = self.pools.get(usize::from(block.trigger[i])).copied().unwrap_or(NONE);
                }
            }
        }
        unarmed
    }

    fn by_tail(&self, row: usize, i: usize, block: &Block) -> Option<Decision> {
        let (trigger, due, why) = (*block.trigger.get(i)?, *block.due.get(i)?, *block.why.get(i)?);
        let clock = match Timestamp::from_micros(due) {
            Some(due) if trigger != NONE => Some(Deciding { trigger, due, why: reasons(why) }),
            _ => None,
        };
        self.tail.decide(self.columns, row, i, &block.answers, clock)
    }

    /// The decision about a row by way of its customer.
    #[cold]
    #[inline(never)]
    fn by_customer(&self, row: usize) -> Option<Decision> {
        let customer = self.columns.customer(row)?;
        Some(self.policy.decide(&customer, self.columns.owner(row), self.now))
    }
}
