//! What a row comes to once its clock is known, where more than the clock bears on it: what holds it now, which warning
//! is in force, where it would go, and when any of that changes.

use super::customers::CustomerColumns;
use super::layout::Values;
use super::lists::Lists;
use super::mask::{Mask, Truth};
use crate::decision::{
    Action, Decision, HeldBy, HoldRef, Notify, PoolRef, ReasonCode, Reasons, TriggerRef, Verdict, earlier, first_change,
};
use crate::model::FreezeKind;
use crate::reclaim::{DealRules, Rules, Staged, Trigger, staged};
use crate::time::Timestamp;

/// How many locks, holds and freezes of a row are looked at here; more are left to the long way, which puts them in the
/// order of time.
const MOST: usize = 16;

/// Questions about rows that are asked 64 at a time, and rules that need no row.
pub(super) struct Tail<'a> {
    rules: &'a Rules,
    now: Timestamp,
    /// Whether every row is for the tail: the policy warns, routes, exempts, or has freeze windows.
    pub(super) always: bool,
    /// Exempt owners, exempt customers, deal customers who are exempt; then the conditions of routing rules.
    questions: Box<[Mask<'a>]>,
    /// Of the dictionary of hold kinds, which the policy counts, and as what.
    hold_refs: Box<[Option<HoldRef>]>,
}

/// How many questions are about exemptions.
const EXEMPTIONS: [ReasonCode; 3] = [ReasonCode::ExemptOwner, ReasonCode::ExemptCustomer, ReasonCode::ExemptDeal];

/// A clock that decides.
#[derive(Clone, Copy)]
pub(super) struct Deciding {
    pub(super) trigger: u16,
    pub(super) due: Timestamp,
    pub(super) why: Reasons,
}

/// What holds a row at an instant.
#[derive(Clone, Copy)]
struct Held {
    first: Option<HeldBy>,
    reasons: Reasons,
    /// The first instant after it at which something here begins or ends.
    next: Option<Timestamp>,
}

impl Held {
    fn apply(&mut self, held_by: HeldBy, code: ReasonCode) {
        self.first = earlier(self.first, Some(held_by));
        self.reasons.add(code);
    }

    fn mark(&mut self, at: Option<Timestamp>, now: Timestamp) {
        self.next = earlier(self.next, at.filter(|at| *at > now));
    }
}

impl<'a> Tail<'a> {
    pub(super) fn new(rules: &'a Rules, columns: &CustomerColumns<'a>, now: Timestamp) -> Self {
        let owner_tags = &rules.exempt_owner_tags;
        let owners = columns.owner.map_or(Mask::Constant(false), |column| {
            Mask::word_of(column, false, |owner| {
                owner.rep().is_some_and(|rep| rep.tags().iter().any(|tag| owner_tags.contains(tag)))
            })
        });
        let tags = columns.tags.map_or(Mask::Constant(false), |lists| {
            Mask::words_of(lists, |tag| rules.exempt_customer_tags.contains(tag))
        });
        let deals = match &rules.deals {
            Some(deals) if matches!(deals.then, DealRules::Exempt) => Mask::new(&deals.test, columns),
            _ => Mask::Constant(false),
        };
        let exempts = !owner_tags.is_empty() || !rules.exempt_customer_tags.is_empty() || rules.deals.is_some();
        let warns = rules.triggers.iter().any(|trigger| !trigger.stages.is_empty());
        let always = exempts || warns || !rules.freeze_windows.is_empty() || !rules.routes.rules.is_empty();
        let routes = rules.routes.rules.iter().map(|(test, _)| Mask::new(test, columns));
        let questions = [owners, tags, deals].into_iter().chain(routes).collect();
        let kinds = columns.holds.map(|lists| lists.children().kind.dictionary()).unwrap_or_default();
        Self { rules, now, always, questions, hold_refs: kinds.iter().map(|kind| rules.hold_ref(kind)).collect() }
    }

    /// Asks about 64 rows what is asked of each.
    pub(super) fn ask(&self, row: usize, within: u64, answers: &mut Vec<u64>) {
        answers.clear();
        if self.always {
            answers.extend(self.questions.iter().map(|question| question.word(row, within)));
        }
    }

    /// The decision about a row, the `i`-th of its block; `None` where the long way has to be taken.
    pub(super) fn decide(
        &self,
        columns: &CustomerColumns<'_>,
        row: usize,
        i: usize,
        answers: &[u64],
        clock: Option<Deciding>,
    ) -> Option<Decision> {
        let bit = |answer: &u64| answer.wrapping_shr(i as u32) & 1 != 0;
        let mut always = Held { first: None, reasons: Reasons::NONE, next: None };
        for (code, answer) in EXEMPTIONS.into_iter().zip(answers) {
            if bit(answer) {
                always.apply(HeldBy::Exemption, code);
            }
        }
        let trigger = clock.and_then(|clock| self.rules.triggers.get(usize::from(clock.trigger)));
        let pool = trigger.map(|trigger| {
            let routes = answers.get(EXEMPTIONS.len()..).unwrap_or_default();
            let route = routes.iter().position(bit).and_then(|rule| self.rules.routes.rules.get(rule));
            trigger.pool.unwrap_or(route.map_or(self.rules.routes.fallback, |(_, pool)| *pool))
        });
        let found = self.at(columns, row, always, clock.zip(trigger), self.now)?;
        let next_change =
            if found.certain { found.soonest } else { self.change(columns, row, always, clock.zip(trigger), &found)? };
        Some(Decision {
            verdict: found.verdict,
            due: clock.map(|clock| clock.due),
            trigger: clock.map(|clock| TriggerRef(clock.trigger)),
            action: clock.map(|_| Action::Reclaim),
            pool: pool as Option<PoolRef>,
            notify: Notify(0),
            reasons: found.reasons,
            next_change,
        })
    }

    /// The first instant at which the verdict is another.
    #[expect(clippy::option_option, reason = "not to be told, or told and never")]
    fn change(
        &self,
        columns: &CustomerColumns<'_>,
        row: usize,
        always: Held,
        clock: Option<(Deciding, &Trigger)>,
        first: &RowVerdict,
    ) -> Option<Option<Timestamp>> {
        let judge = |at| match self.at(columns, row, always, clock, at) {
            Some(later) => (Some(later.verdict), later.soonest),
            None => (None, None),
        };
        match first_change(&Some(first.verdict), first.soonest, Option::eq, judge) {
            Some((_, None)) => None,
            change => Some(change.map(|(at, _)| at)),
        }
    }

    /// The verdict at an instant.
    fn at(
        &self,
        columns: &CustomerColumns<'_>,
        row: usize,
        always: Held,
        clock: Option<(Deciding, &Trigger)>,
        now: Timestamp,
    ) -> Option<RowVerdict> {
        let held = self.held(columns, row, always, now)?;
        let certain = held.next.is_none();
        let Some((clock, trigger)) = clock else {
            let reasons = held.reasons.and(Reasons::of(ReasonCode::NothingArmed));
            let verdict = held.first.map_or(Verdict::Keep, Verdict::Held);
            return Some(RowVerdict { verdict, reasons, soonest: held.next, certain });
        };
        let is_due = now >= clock.due;
        let mut reasons = held.reasons.and(clock.why);
        reasons.add(if is_due { ReasonCode::Due } else { ReasonCode::NotDue });
        let mut verdict = if is_due { Verdict::Due } else { Verdict::Keep };
        let mut changes = Some(clock.due).filter(|due| *due > now);
        if !trigger.stages.is_empty() {
            let Staged { in_force, next, found } =
                staged(&self.rules.default_calendar, &trigger.stages, clock.due, now);
            reasons = reasons.and(found);
            changes = changes.and_then(|due| earlier(Some(due), next));
            if let (Verdict::Keep, Some(stage)) = (verdict, in_force) {
                verdict = Verdict::Warn(stage);
            }
        }
        let mut soonest = held.next;
        match held.first {
            Some(held_by) => verdict = Verdict::Held(held_by),
            None => {
                soonest = earlier(soonest, changes);
                if matches!(verdict, Verdict::Warn(_)) {
                    reasons.add(ReasonCode::Warning);
                }
            }
        }
        Some(RowVerdict { verdict, reasons, soonest, certain })
    }

    /// What holds a row at an instant; `None` where there is too much of it, or a contradiction.
    fn held(&self, columns: &CustomerColumns<'_>, row: usize, always: Held, now: Timestamp) -> Option<Held> {
        let mut held = always;
        for window in &self.rules.freeze_windows {
            if window.from <= now && now < window.to {
                held.apply(HeldBy::FreezeWindow, ReasonCode::FreezeWindow);
            }
            held.mark(Some(window.from), now);
            held.mark(Some(window.to), now);
        }
        let few = |lists: core::ops::Range<usize>| (lists.len() <= MOST).then_some(lists);
        if let Some(lists) = &columns.freezes {
            let freezes = lists.children();
            for child in few(lists.range(row))? {
                let (kind, until): (FreezeKind, _) = (*freezes.kind.get(child)?, freezes.until.get(child));
                if until.is_none_or(|until| now < until) {
                    held.apply(HeldBy::Freeze(kind), ReasonCode::Frozen);
                }
                held.mark(until, now);
            }
        }
        if let Some(lists) = &columns.locks {
            let locks = lists.children();
            for child in few(lists.range(row))? {
                let start = columns.start.and_then(|column| column.get(row))?;
                let (given, until) = (locks.since.get(child), locks.until.get(child));
                if given.zip(until).is_some_and(|(since, until)| until < since) {
                    return None;
                }
                let since = given.unwrap_or(start);
                if since < start {
                    continue;
                }
                if since <= now && until.is_none_or(|until| now < until) {
                    held.apply(HeldBy::Lock, ReasonCode::Locked);
                }
                held.mark(Some(since), now);
                held.mark(until, now);
            }
        }
        if let Some(lists) = &columns.holds {
            let holds = lists.children();
            for child in few(lists.range(row))? {
                let code = holds.kind.codes().get(child)? as usize;
                let Some(kind) = self.hold_refs.get(code).copied().flatten() else { continue };
                let until = holds.until.get(child);
                if holds.live.get(child)? && until.is_none_or(|until| now < until) {
                    held.apply(HeldBy::Business(kind), ReasonCode::BusinessHold);
                }
                held.mark(until, now);
            }
        }
        Some(held)
    }
}

/// A verdict, why it is, and the first instant at which it could be another, or certainly is.
struct RowVerdict {
    verdict: Verdict,
    reasons: Reasons,
    soonest: Option<Timestamp>,
    certain: bool,
}

/// Rows with a list that is not empty.
#[inline(always)]
pub(super) fn filled<C>(lists: Option<&Lists<'_, C>>, row: usize) -> u64 {
    lists.map_or(0, |lists| lists.filled(row))
}

/// Rows whose code says so; `missing` where there is none.
pub(super) fn by_code(codes: &Values<'_, u32>, truth: &Truth, missing: bool, row: usize) -> u64 {
    let valid = codes.valid(row);
    (truth.word(codes.word(row)) & valid) | if missing { !valid } else { 0 }
}
