//! What the checks found at one instant: denials, what is unknown, and when any of it can be another.

use super::rules::CheckSet;
use super::sink::Sink;
use super::{Bypass, Check};
use crate::decision::{ClaimFinding, ClaimVerdict, Denial, ReasonCode, earlier};
use crate::id::{Label, RepId};
use crate::model::{Ledger, LedgerScope};
use crate::time::Timestamp;

/// When whatever stands in the way ends: the latest of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lift {
    /// Nothing stands in the way.
    Now,
    /// Not before this instant.
    At(Timestamp),
    /// Time does not lift it.
    Never,
}

impl From<Option<Timestamp>> for Lift {
    fn from(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Never, Self::At)
    }
}

/// Whose ledger is looked for.
#[derive(Clone, Copy)]
pub(super) enum Whose<'k> {
    Rep(&'k RepId),
    Unit(&'k str),
    Everybody,
}

impl Whose<'_> {
    pub(super) fn is(self, scope: &LedgerScope) -> bool {
        match (self, scope) {
            (Self::Rep(id), LedgerScope::Rep(known)) => id == known,
            (Self::Unit(path), LedgerScope::Unit(known)) => known == path,
            (Self::Everybody, LedgerScope::Everybody) => true,
            _ => false,
        }
    }

    pub(super) fn scope(self) -> LedgerScope {
        match self {
            Self::Rep(id) => LedgerScope::Rep(id.clone()),
            // A part of a path is a path: it is not empty, or the whole is taken.
            Self::Unit(path) => Label::new(path).map_or(LedgerScope::Everybody, LedgerScope::Unit),
            Self::Everybody => LedgerScope::Everybody,
        }
    }
}

/// The checks that nothing was found by, now and ever after: they need not run again at a later instant.
#[derive(Clone, Copy, Default)]
pub(super) struct Settled {
    checks: CheckSet,
    /// The first 64 quotas.
    quotas: u64,
}

/// The answer at one instant, and where to look for another.
pub(super) struct Judgement {
    pub(super) verdict: ClaimVerdict,
    pub(super) denials: Vec<Denial>,
    pub(super) warnings: Vec<Denial>,
    pub(super) bypassed: Vec<Denial>,
    /// The rule that could not be told, where it has a name and is why the answer is undetermined.
    pub(super) open_rule: Option<Label>,
    /// The first instant after which the facts could give another answer.
    pub(super) next: Option<Timestamp>,
    pub(super) lift: Lift,
    /// Whether every denial is one that time lifts.
    pub(super) lifted_by_time: bool,
    /// The ledgers that were read.
    pub(super) read: Vec<(LedgerScope, u64)>,
    pub(super) settled: Settled,
}

impl Judgement {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.verdict == other.verdict && self.denials == other.denials && self.warnings == other.warnings
    }
}

/// What was found so far.
pub(super) struct Findings<'f, 'a, S> {
    pub(super) at: Timestamp,
    pub(super) sink: &'f mut S,
    bypasses: &'a [Bypass],
    judgement: Judgement,
    unknown: Option<ReasonCode>,
    /// How many things were said.
    said: u32,
    asked: bool,
}

impl<'f, 'a, S: Sink> Findings<'f, 'a, S> {
    pub(super) fn new(at: Timestamp, bypasses: &'a [Bypass], settled: Settled, sink: &'f mut S) -> Self {
        let judgement = Judgement {
            verdict: ClaimVerdict::Eligible,
            denials: Vec::new(),
            warnings: Vec::new(),
            bypassed: Vec::new(),
            open_rule: None,
            next: None,
            lift: Lift::Now,
            lifted_by_time: true,
            read: Vec::new(),
            settled,
        };
        Self { at, sink, bypasses, judgement, unknown: None, said: 0, asked: false }
    }

    /// Notes that a ledger was read.
    pub(super) fn read(&mut self, ledger: &Ledger) {
        if !self.judgement.read.iter().any(|(scope, _)| scope == ledger.scope()) {
            self.judgement.read.push((ledger.scope().clone(), ledger.version()));
        }
    }

    /// Takes away what was found about when something can be another.
    pub(super) fn take_next(&mut self) -> Option<Timestamp> {
        self.judgement.next.take()
    }

    /// Gives that back, and says what was found since.
    pub(super) fn give_next(&mut self, before: Option<Timestamp>) -> Option<Timestamp> {
        let since = self.judgement.next;
        self.change(before);
        since
    }

    /// The rep's ask stands already: success, where nothing denies.
    pub(super) fn has_asked(&mut self) {
        self.said = self.said.saturating_add(1);
        self.asked = true;
    }

    /// Whether nothing is said here, and nothing can be at any later instant.
    fn is_clear(&mut self, ask: impl FnOnce(&mut Self)) -> bool {
        let (said, before) = (self.said, self.take_next());
        ask(self);
        self.give_next(before).is_none() && self.said == said
    }

    /// Runs a check, unless it is settled.
    pub(super) fn run(&mut self, check: Check, run: impl FnOnce(&mut Self)) {
        if !self.judgement.settled.checks.has(check) && self.is_clear(run) {
            self.judgement.settled.checks = self.judgement.settled.checks.with(check);
        }
    }

    /// Runs a quota, by its place in the list, unless it is settled.
    pub(super) fn run_quota(&mut self, quota: usize, run: impl FnOnce(&mut Self)) {
        let bit = u32::try_from(quota).ok().and_then(|quota| 1_u64.checked_shl(quota)).unwrap_or_default();
        if self.judgement.settled.quotas & bit == 0 && self.is_clear(run) {
            self.judgement.settled.quotas |= bit;
        }
    }

    /// Notes the ledgers that another judgement read, and when it can be another.
    pub(super) fn follow(&mut self, other: Judgement) {
        self.change(other.next);
        for ledger in other.read {
            if !self.judgement.read.contains(&ledger) {
                self.judgement.read.push(ledger);
            }
        }
    }

    /// Something can be another at this instant, if that lies ahead.
    #[inline]
    pub(super) fn change(&mut self, at: Option<Timestamp>) {
        self.judgement.next = earlier(self.judgement.next, at.filter(|at| *at > self.at));
    }

    pub(super) fn deny(&mut self, denial: Denial, lift: impl Into<Lift>) {
        if check_of(&denial).is_some_and(|check| self.bypasses(check, denial.rule())) {
            self.sink.tell(|| ClaimFinding::Bypassed(denial.clone()));
            self.judgement.bypassed.push(denial);
            return;
        }
        self.deny_for_all(denial, lift);
    }

    /// Denies whatever is bypassed.
    pub(super) fn deny_for_all(&mut self, denial: Denial, lift: impl Into<Lift>) {
        self.sink.tell(|| ClaimFinding::Denies(denial.clone()));
        self.said = self.said.saturating_add(1);
        self.judgement.lifted_by_time &= denial.lifts_at().is_some();
        self.judgement.lift = self.judgement.lift.max(lift.into());
        self.judgement.denials.push(denial);
    }

    pub(super) fn warn(&mut self, denial: Denial) {
        self.sink.tell(|| ClaimFinding::Warns(denial.clone()));
        self.said = self.said.saturating_add(1);
        self.judgement.warnings.push(denial);
    }

    /// What this check, or this rule of it, would say cannot be told; what a bypass removes need not be known.
    pub(super) fn unknown(&mut self, check: Check, rule: Option<&Label>, code: ReasonCode, lift: impl Into<Lift>) {
        if !self.bypasses(check, rule) {
            self.unknown_by(rule, code, lift.into());
        }
    }

    /// The same whatever is bypassed.
    pub(super) fn unknown_for_all(&mut self, code: ReasonCode, lift: impl Into<Lift>) {
        self.unknown_by(None, code, lift.into());
    }

    fn unknown_by(&mut self, rule: Option<&Label>, code: ReasonCode, lift: Lift) {
        self.sink.tell(|| ClaimFinding::Unknown(code));
        self.said = self.said.saturating_add(1);
        self.judgement.lift = self.judgement.lift.max(lift);
        let unnamed = self.judgement.open_rule.is_none();
        if self.unknown.is_none_or(|known| code < known || (code == known && unnamed)) {
            self.unknown = Some(code);
            self.judgement.open_rule = rule.cloned();
        }
    }

    /// Whether the check, or this rule of it, is bypassed.
    pub(super) fn bypasses(&self, check: Check, rule: Option<&Label>) -> bool {
        self.bypasses.iter().any(|bypass| match bypass {
            Bypass::Check(named) => *named == check,
            Bypass::Rule(named) => rule == Some(named),
        })
    }

    /// The answer where nothing else is to be asked.
    pub(super) fn settle(mut self, verdict: ClaimVerdict) -> Judgement {
        self.judgement.verdict = verdict;
        self.judgement
    }

    pub(super) fn finish(self) -> Judgement {
        let mut judgement = self.judgement;
        judgement.verdict = match (judgement.denials.is_empty(), self.unknown) {
            (false, _) => {
                judgement.open_rule = None;
                ClaimVerdict::Denied
            }
            (true, Some(code)) => ClaimVerdict::Undetermined(code),
            (true, None) if self.asked => ClaimVerdict::AlreadyAsked,
            (true, None) => ClaimVerdict::Eligible,
        };
        judgement
    }
}

/// The check that a bypass has to name; some denials none removes.
fn check_of(denial: &Denial) -> Option<Check> {
    Some(match denial {
        Denial::NotMember | Denial::PoolDisabled => Check::Membership,
        Denial::Frozen { .. } => Check::Frozen,
        Denial::QuietPeriod { .. } => Check::QuietPeriod,
        Denial::Cooldown { .. } => Check::Cooldown,
        Denial::RepeatLimit { .. } => Check::RepeatLimit,
        Denial::Qualification { .. } => Check::Qualification,
        Denial::MinimumInterval { .. } => Check::MinimumInterval,
        Denial::Quota { .. } => Check::Quota,
        Denial::Capacity { .. } => Check::Capacity,
        Denial::Blind
        | Denial::AskFirst
        | Denial::Reserved { .. }
        | Denial::OtherReservation { .. }
        | Denial::Lapsed { .. }
        | Denial::LotteryOpen { .. }
        | Denial::LotteryOver
        | Denial::DrawnToAnother => Check::HandOut,
        Denial::RepInactive
        | Denial::Owned { .. }
        | Denial::NotInNamedPool
        | Denial::Closed { .. }
        | Denial::DoNotContact => return None,
    })
}
