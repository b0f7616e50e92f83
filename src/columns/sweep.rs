//! Decisions about rows: 64 at a time where the clocks are plain, one by one where a row needs more.

use core::ops::Range;

use super::block::{Block, DayTable, each};
use super::customers::{CustomerColumns, PlaceKind};
use super::days::DayPlan;
use super::decisions::{DecisionSlices, NEVER, NONE, verdict};
use super::layout::{Values, WORD, first};
use super::mask::{Mask, Truth};
use super::parts::{AttributeColumn, Owner};
use super::spans::SpanPlan;
use super::tail::{Deciding, Tail, by_code, filled};
use crate::decision::{Decision, Notify, ReasonCode, Reasons, Verdict};
use crate::policy::Policy;
use crate::reclaim::{DealRules, Rules};
use crate::time::Instant;

/// A policy made ready for the columns of one table and one instant.
pub(super) struct Sweep<'a> {
    policy: &'a Policy,
    columns: &'a CustomerColumns<'a>,
    now: Instant,
    owned: Truth,
    clocks: Clocks<'a>,
    odd: Odd<'a>,
    tail: Tail<'a>,
    /// Of each trigger where its customers go, and whether all go to one pool.
    pools: Box<[u16]>,
    only_pool: Option<u16>,
}

/// How the clocks of a policy are found.
enum Clocks<'a> {
    /// By the long way only.
    Long,
    Days(DayPlan<'a>, DayTable<'a>),
    Spans(SpanPlan<'a>),
}

/// What sends a row the long way.
struct Odd<'a> {
    owners: Option<(Values<'a, u32>, Truth)>,
    without_owner: bool,
    mistyped: Vec<AttributeColumn<'a>>,
    /// Deal customers with triggers of their own.
    deals: Option<Mask<'a>>,
    any_lock: bool,
    any_protection: bool,
}

impl<'a> Odd<'a> {
    fn new(rules: &'a Rules, columns: &CustomerColumns<'a>) -> Self {
        let usual = |owner: &Owner| match owner.rep() {
            None => !rules.reads_owner,
            Some(rep) => {
                let calendar =
                    rep.calendar().is_none_or(|calendar| !rules.owner_calendar || rules.calendar(calendar).is_some());
                rep.id() == owner.id() && rep.leave().is_empty() && calendar
            }
        };
        let declared = rules.attributes_read.iter();
        let mistyped =
            declared.filter_map(|(key, kind)| columns.attribute(key).filter(|column| column.kind() != *kind));
        let deals = rules.deals.as_ref().filter(|deals| matches!(deals.then, DealRules::Groups(_)));
        Self {
            owners: columns.owner.map(|column| (column.codes(), Truth::new(column.dictionary(), usual))),
            without_owner: rules.reads_owner,
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
            odd |= !by_code(codes, usual, !self.without_owner, row);
        } else if self.without_owner {
            odd = u64::MAX;
        }
        if let Some(folded) = &columns.folded {
            odd |= filled(folded.unjudged.as_ref(), row);
            if let Some(elsewhere) = &folded.elsewhere {
                let (bits, valid) = elsewhere.word(row);
                odd |= bits & valid;
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
    pub(super) fn new(policy: &'a Policy, columns: &'a CustomerColumns<'a>, now: Instant) -> Self {
        let rules = policy.rules();
        let foreign = columns.folded.as_ref().is_some_and(|folded| folded.digest != rules.fold.digest);
        let table = DayTable::new(&rules.default_calendar, now);
        let clocks = match table {
            Some(table) if rules.plain && !foreign => match DayPlan::new(rules, columns) {
                Some(plan) => Clocks::Days(plan, table),
                None => Clocks::Spans(SpanPlan::new(rules, columns, now)),
            },
            _ => Clocks::Long,
        };
        let fallback = rules.routes.fallback;
        let pools: Box<[u16]> = rules.triggers.iter().map(|trigger| trigger.pool.unwrap_or(fallback).0).collect();
        let only_pool = pools.first().copied().filter(|pool| pools.iter().all(|other| other == pool));
        Self {
            policy,
            columns,
            now,
            owned: Truth::new(columns.place.dictionary(), |kind| *kind == PlaceKind::Owned),
            clocks,
            odd: Odd::new(rules, columns),
            tail: Tail::new(rules, columns, now),
            pools,
            only_pool,
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
            Clocks::Long => owned,
            Clocks::Days(plan, table) => plan.clocks(columns, table, row, plain, block),
            Clocks::Spans(plan) => plan.clocks(columns, row, plain, block),
        };
        let mut by_tail = owned & !long & if self.tail.always { u64::MAX } else { protected };
        if by_tail != owned {
            by_tail |= owned & !long & self.write(block, out);
        }
        self.not_owned(row, all & !owned, out);
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

    /// Writes what every row comes to if nothing but its clock bears on it. Gives the rows without a clock.
    #[inline(always)]
    fn write(&self, block: &Block, out: &mut DecisionSlices<'_>) -> u64 {
        let now = self.now.as_micros();
        let reasons = |why: u8, is_due: bool| {
            let moved = if why & 1 != 0 { ReasonCode::Renewed } else { ReasonCode::Base };
            let state = if is_due { ReasonCode::Due } else { ReasonCode::NotDue };
            let capped = if why & 2 != 0 { Reasons::of(ReasonCode::Capped) } else { Reasons::NONE };
            Reasons::of(moved).and(Reasons::of(state)).and(capped).bits()
        };
        let table: [u64; 8] = core::array::from_fn(|i| reasons((i & 3) as u8, i >= 4));
        for (out, due) in out.due.iter_mut().zip(&block.due) {
            *out = *due;
        }
        for ((verdict, next), due) in out.verdict.iter_mut().zip(out.next_change.iter_mut()).zip(&block.due) {
            let is_due = *due <= now;
            *verdict = if is_due { verdict::DUE } else { verdict::KEEP };
            *next = if is_due { NEVER } else { *due };
        }
        for ((out, why), due) in out.reasons.iter_mut().zip(&block.why).zip(&block.due) {
            *out = table.get(usize::from(*why & 3) | if *due <= now { 4 } else { 0 }).copied().unwrap_or_default();
        }
        out.argument.fill(0);
        out.notify.fill(0);
        for (out, trigger) in out.trigger.iter_mut().zip(&block.trigger) {
            *out = *trigger;
        }
        match self.only_pool {
            Some(pool) => out.pool.fill(pool),
            None => {
                for (out, trigger) in out.pool.iter_mut().zip(&block.trigger) {
                    *out = self.pools.get(usize::from(*trigger)).copied().unwrap_or(NONE);
                }
            }
        }
        let mut unarmed = 0;
        for (i, trigger) in (0_u32..).zip(&block.trigger) {
            unarmed |= u64::from(*trigger == NONE).wrapping_shl(i);
        }
        unarmed
    }

    fn not_owned(&self, row: usize, rows: u64, out: &mut DecisionSlices<'_>) {
        for i in each(rows) {
            let code = match self.columns.place.get(row.wrapping_add(i)) {
                Some(PlaceKind::Awaiting) => ReasonCode::AwaitingAdmission,
                Some(PlaceKind::Closed) => ReasonCode::Closed,
                _ => ReasonCode::InPool,
            };
            out.set(
                i,
                &Decision {
                    verdict: Verdict::NotOwned,
                    due: None,
                    trigger: None,
                    pool: None,
                    notify: Notify(0),
                    reasons: Reasons::of(code),
                    next_change: None,
                },
            );
        }
    }

    fn by_tail(&self, row: usize, i: usize, block: &Block) -> Option<Decision> {
        let (trigger, due, why) = (*block.trigger.get(i)?, *block.due.get(i)?, *block.why.get(i)?);
        let clock = match Instant::from_micros(due) {
            Some(due) if trigger != NONE => {
                let moved = if why & 1 != 0 { ReasonCode::Renewed } else { ReasonCode::Base };
                let capped = if why & 2 != 0 { Reasons::of(ReasonCode::Capped) } else { Reasons::NONE };
                Some(Deciding { trigger, due, why: Reasons::of(moved).and(capped) })
            }
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
