//! W1 as columns, and a loop over them written by hand: the bar for the columns' speed.

#![allow(dead_code, reason = "every target that includes this file uses a part of it")]

use customer_pool::Policy;
use customer_pool::columns::{
    Bitmap, Coded, CustomerColumns, DecisionColumns, Flags, FoldedColumns, Holds, Instants, Lists, Locks, NEVER, NONE,
    RowPlace, Values, action, held, verdict,
};
use customer_pool::id::Label;
use customer_pool::model::HoldKind;
use customer_pool::{Decision, ReasonCode, decision::Reasons};

use super::{DAY_S, NOW_S, below};

const SECOND: i64 = 1_000_000;
const DAY: i64 = DAY_S * SECOND;

/// The rows of W1, as a tool for columns keeps them.
pub struct W1Columns {
    place: Vec<u32>,
    tier: Vec<u32>,
    tier_given: Vec<u8>,
    start: Vec<i64>,
    call: Vec<i64>,
    call_given: Vec<u8>,
    order: Vec<i64>,
    order_given: Vec<u8>,
    lock_offsets: Vec<i32>,
    lock_since: Vec<i64>,
    lock_until: Vec<i64>,
    hold_offsets: Vec<i32>,
    hold_kind: Vec<u32>,
    hold_live: Vec<u8>,
    hold_until: Vec<i64>,
    nothing: Vec<u8>,
    tiers: [Label; 3],
    kinds: [HoldKind; 1],
}

/// A row of W1, instants in microseconds.
pub struct W1Row {
    /// Whether somebody owns it.
    pub owned: bool,
    /// Its tier.
    pub tier: Option<&'static str>,
    /// `t0`.
    pub start: i64,
    /// The last call since then.
    pub call: Option<i64>,
    /// The last order since then.
    pub order: Option<i64>,
    /// Since and until when it is locked.
    pub lock: Option<(i64, i64)>,
    /// Whether an order is open.
    pub open_order: bool,
}

fn set(bits: &mut Vec<u8>, row: usize, bit: bool) {
    bits.resize(row / 8 + 1, 0);
    bits[row / 8] |= u8::from(bit) << (row % 8);
}

fn is_set(bits: &[u8], row: usize) -> bool {
    bits[row / 8] >> (row % 8) & 1 != 0
}

impl W1Columns {
    /// The rows `0..count`.
    pub fn new(count: u64) -> Self {
        let mut all = Self {
            place: Vec::new(),
            tier: Vec::new(),
            tier_given: Vec::new(),
            start: Vec::new(),
            call: Vec::new(),
            call_given: Vec::new(),
            order: Vec::new(),
            order_given: Vec::new(),
            lock_offsets: vec![0],
            lock_since: Vec::new(),
            lock_until: Vec::new(),
            hold_offsets: vec![0],
            hold_kind: Vec::new(),
            hold_live: Vec::new(),
            hold_until: Vec::new(),
            nothing: Vec::new(),
            tiers: ["vip", "key", "normal"].map(|tier| tier.parse().expect("a label")),
            kinds: [HoldKind::OpenOrder],
        };
        (0..count).for_each(|row| all.add(row));
        all.hold_live = vec![0xFF; all.hold_kind.len() / 8 + 1];
        all.nothing = vec![0; all.hold_kind.len() / 8 + 1];
        all
    }

    fn add(&mut self, row: u64) {
        let i = self.start.len();
        let start = NOW_S - 1 - below(row, 2, 150 * 86_400);
        self.place.push(u32::from(below(row, 1, 10) >= 8));
        let tier = below(row, 0, 4) as u32;
        self.tier.push(tier % 3);
        set(&mut self.tier_given, i, tier < 3);
        self.start.push(start * SECOND);
        // An activity before the clock start does not count: a recorder would leave it out, too.
        let call = NOW_S - 1 - below(row, 4, 20 * 86_400);
        self.call.push(call * SECOND);
        set(&mut self.call_given, i, below(row, 3, 10) != 0 && call >= start);
        let order = NOW_S - 1 - below(row, 6, 120 * 86_400);
        self.order.push(order * SECOND);
        set(&mut self.order_given, i, below(row, 5, 2) == 0 && order >= start);
        if below(row, 7, 20) == 0 {
            let until = NOW_S - 20 * DAY_S + below(row, 8, 60 * 86_400);
            self.lock_since.push(start.min(until) * SECOND);
            self.lock_until.push(until * SECOND);
        }
        self.lock_offsets.push(self.lock_since.len() as i32);
        if below(row, 9, 15) == 0 {
            self.hold_kind.push(0);
            self.hold_until.push(0);
        }
        self.hold_offsets.push(self.hold_kind.len() as i32);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// A row, for engines that take rows.
    pub fn row(&self, row: usize) -> W1Row {
        let given = |values: &[i64], bits: &[u8]| is_set(bits, row).then(|| values[row]);
        let lock = self.lock_offsets[row] as usize;
        let is_locked = lock != self.lock_offsets[row + 1] as usize;
        W1Row {
            owned: self.place[row] == 0,
            tier: is_set(&self.tier_given, row).then(|| ["vip", "key", "normal"][self.tier[row] as usize]),
            start: self.start[row],
            call: given(&self.call, &self.call_given),
            order: given(&self.order, &self.order_given),
            lock: is_locked.then(|| (self.lock_since[lock], self.lock_until[lock])),
            open_order: self.hold_offsets[row] != self.hold_offsets[row + 1],
        }
    }

    /// The columns as the engine takes them.
    pub fn columns(&self, policy: &Policy) -> CustomerColumns<'_> {
        let given = |micros, bits| Instants::new(micros).with_validity(Bitmap::new(bits));
        let locks = Locks::new(Instants::new(&self.lock_since), Instants::new(&self.lock_until));
        let holds = Holds::new(
            Coded::new(Values::new(&self.hold_kind), &self.kinds),
            Flags::new(Bitmap::new(&self.hold_live), self.hold_kind.len()),
            given(&self.hold_until, &self.nothing),
        );
        let slots = policy.activity_slots().map(|slot| match slot.kind().to_string().as_str() {
            "call" => given(&self.call, &self.call_given),
            _ => given(&self.order, &self.order_given),
        });
        let tier = Values::new(&self.tier).with_validity(Bitmap::new(&self.tier_given));
        CustomerColumns::new(Coded::new(Values::new(&self.place), RowPlace::ALL))
            .and_then(|columns| columns.with_tier(Coded::new(tier, &self.tiers)))
            .and_then(|columns| columns.with_start(Instants::new(&self.start)))
            .and_then(|columns| columns.with_locks(Lists::new(&self.lock_offsets, locks)))
            .and_then(|columns| columns.with_holds(Lists::new(&self.hold_offsets, holds)))
            .and_then(|columns| columns.with_folded(FoldedColumns::new(policy, slots)))
            .expect("the workload's columns are columns")
    }

    /// The same decisions by a loop written by hand for this policy, this zone and these columns.
    ///
    /// Shanghai has kept UTC+8 all the time, so that a civil day is a division. Slices are cut to one length before the
    /// loop, so that none is checked within.
    pub fn by_hand(&self, out: &mut ByHand) {
        const OFFSET: i64 = 8 * 3_600 * SECOND;
        const BASE: u64 = Reasons::of(ReasonCode::Base).words()[0];
        const RENEWED: u64 = Reasons::of(ReasonCode::Renewed).words()[0];
        const CAPPED: u64 = Reasons::of(ReasonCode::Capped).words()[0];
        const DUE: u64 = Reasons::of(ReasonCode::Due).words()[0];
        const NOT_DUE: u64 = Reasons::of(ReasonCode::NotDue).words()[0];
        const LOCKED: u64 = Reasons::of(ReasonCode::Locked).words()[0];
        const HELD: u64 = Reasons::of(ReasonCode::BusinessHold).words()[0];
        const IN_POOL: u64 = Reasons::of(ReasonCode::InPool).words()[0];
        // By tier: the span of "no follow-up", and the number of its trigger.
        const TIERS: [(i64, u16); 4] = [(60, 0), (30, 1), (14, 2), (14, 2)];
        let now = NOW_S * SECOND;
        let rows = self.start.len();
        let (place, tiers, starts) = (&self.place[..rows], &self.tier[..rows], &self.start[..rows]);
        let (calls, orders) = (&self.call[..rows], &self.order[..rows]);
        let (lock_offsets, hold_offsets) = (&self.lock_offsets[..rows + 1], &self.hold_offsets[..rows + 1]);
        let (verdicts, arguments, dues) = (&mut out.verdict[..rows], &mut out.argument[..rows], &mut out.due[..rows]);
        let (triggers, pools) = (&mut out.trigger[..rows], &mut out.pool[..rows]);
        let (notifies, all_reasons) = (&mut out.notify[..rows], &mut out.reasons[..rows]);
        let more_reasons = &mut out.more_reasons[..rows];
        let next_changes = &mut out.next_change[..rows];
        let (actions, earliests) = (&mut out.action[..rows], &mut out.earliest[..rows]);
        let day = |at: i64| (at + OFFSET) as u64 / DAY as u64;
        for row in 0..rows {
            (notifies[row], more_reasons[row], earliests[row]) = (0, 0, NEVER);
            if place[row] != 0 {
                (verdicts[row], arguments[row], dues[row]) = (verdict::NOT_OWNED, 0, NEVER);
                (triggers[row], pools[row], all_reasons[row], next_changes[row]) = (NONE, NONE, IN_POOL, NEVER);
                actions[row] = action::NONE;
                continue;
            }
            let tier = if is_set(&self.tier_given, row) { tiers[row] as usize } else { 3 };
            let (span, number) = TIERS[tier & 3];
            let start = day(starts[row]) as i64;
            let call = if is_set(&self.call_given, row) { day(calls[row]) as i64 } else { start };
            let order = if is_set(&self.order_given, row) { day(orders[row]) as i64 } else { start };
            let silent = (call + span).min(start + 120);
            let no_deal = order + 90;
            let is_silent = silent <= no_deal;
            let due = (silent.min(no_deal) + 1) * DAY - OFFSET;
            let renewed = if is_silent { call > start } else { order > start };
            let mut reasons = if renewed { RENEWED } else { BASE };
            if is_silent && start + 120 < call + span {
                reasons |= CAPPED;
            }
            let is_due = due <= now;
            reasons |= if is_due { DUE } else { NOT_DUE };
            let mut verdict = if is_due { verdict::DUE } else { verdict::KEEP };
            let mut argument = 0;
            let mut next_change = if is_due { NEVER } else { due };
            if hold_offsets[row] != hold_offsets[row + 1] {
                (verdict, argument, next_change) = (verdict::HELD, held::BUSINESS, NEVER);
                reasons |= HELD;
            }
            let lock = lock_offsets[row] as usize;
            if lock != lock_offsets[row + 1] as usize {
                let (since, until) = (self.lock_since[lock], self.lock_until[lock]);
                if since >= starts[row] && now < until {
                    // When it ends, whatever is then the answer is another.
                    (verdict, argument, next_change) = (verdict::HELD, held::LOCK, until);
                    reasons |= LOCKED;
                }
            }
            (verdicts[row], arguments[row], dues[row]) = (verdict, argument, due);
            (triggers[row], pools[row]) = (if is_silent { number } else { 3 }, 0);
            (all_reasons[row], next_changes[row], actions[row]) = (reasons, next_change, action::RECLAIM);
        }
    }
}

/// What the loop writes: the columns of [`DecisionColumns`].
#[derive(Clone, Debug, Default)]
pub struct ByHand {
    verdict: Vec<u8>,
    argument: Vec<u16>,
    due: Vec<i64>,
    trigger: Vec<u16>,
    pool: Vec<u16>,
    notify: Vec<u64>,
    reasons: Vec<u64>,
    more_reasons: Vec<u64>,
    next_change: Vec<i64>,
    action: Vec<u8>,
    earliest: Vec<i64>,
}

impl ByHand {
    /// Room for so many rows.
    pub fn new(rows: usize) -> Self {
        Self {
            verdict: vec![0; rows],
            argument: vec![0; rows],
            due: vec![0; rows],
            trigger: vec![0; rows],
            pool: vec![0; rows],
            notify: vec![0; rows],
            reasons: vec![0; rows],
            more_reasons: vec![0; rows],
            next_change: vec![0; rows],
            action: vec![0; rows],
            earliest: vec![0; rows],
        }
    }

    /// The first row at which they differ from the engine's.
    pub fn difference(&self, engine: &DecisionColumns) -> Option<usize> {
        let same = |row: usize| {
            self.verdict[row] == engine.verdict()[row]
                && self.argument[row] == engine.argument()[row]
                && self.due[row] == engine.due()[row]
                && self.trigger[row] == engine.trigger()[row]
                && self.pool[row] == engine.pool()[row]
                && self.notify[row] == engine.notify()[row]
                && self.reasons[row] == engine.reasons()[row]
                && self.more_reasons[row] == engine.more_reasons()[row]
                && self.next_change[row] == engine.next_change()[row]
                && self.action[row] == engine.action()[row]
                && self.earliest[row] == engine.earliest()[row]
        };
        assert_eq!(self.verdict.len(), engine.rows());
        (0..engine.rows()).find(|row| !same(*row))
    }
}

/// Every decision of these columns.
pub fn decisions(columns: &DecisionColumns) -> Vec<Decision> {
    (0..columns.rows()).map(|row| columns.get(row).expect("a decision")).collect()
}
