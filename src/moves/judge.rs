//! What every decision about a move shares: what it found, and the parts of a move.

use super::case::{Exception, ExceptionKind, MoveCase};
use super::outcome::Move;
use super::refusal::Refusal;
use super::rules::{Engine, Returns};
use crate::claim::{self, Acquisition, ClaimStep, Effect, Lift, Question};
use crate::condition::View;
use crate::decision::{ClaimVerdict, Denial, ReasonCode, earlier};
use crate::events::{Begun, EventData};
use crate::id::{Label, PoolId, RepId};
use crate::model::{
    Activities, Customer, Folded, Freeze, FreezeKind, Ledger, LedgerScope, Ownership, PastOwnership, Place, PoolStay,
    Rep, Reservation, WayIn,
};
use crate::reclaim::{By, FoldRule};
use crate::time::Timestamp;

/// What a command comes to where nothing refuses it.
pub(super) enum Outcome {
    Moves(Box<Move>),
    AlreadyDone,
}

impl From<Move> for Outcome {
    fn from(moved: Move) -> Self {
        Self::Moves(Box::new(moved))
    }
}

/// What an acquisition comes to where the checks of claims let it pass.
pub(super) enum Gains {
    AlreadyDone,
    Passes(Effect),
}

/// A command at one instant, and what was found so far.
pub(super) struct Judge<'a> {
    pub(super) engine: Engine<'a>,
    pub(super) case: &'a MoveCase<'a>,
    pub(super) customer: &'a Customer,
    pub(super) now: Timestamp,
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<Denial>,
    pub(super) unknown: Option<ReasonCode>,
    /// The rule that could not be told, where it has a name and is why the answer is undetermined.
    pub(super) open_rule: Option<Label>,
    /// The command is refused or undetermined at least until then.
    /// Until when at least the checks of claims let nothing pass.
    pub(super) lift: Lift,
    /// The first instant after which the facts could give another answer.
    pub(super) next: Option<Timestamp>,
    /// The ledgers that were read.
    pub(super) read: Vec<(LedgerScope, u64)>,
    bypassed: Vec<Denial>,
    used: Vec<Exception>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(engine: Engine<'a>, case: &'a MoveCase<'a>, now: Timestamp) -> Self {
        Self {
            engine,
            case,
            customer: case.customer(),
            now,
            refusals: Vec::new(),
            warnings: Vec::new(),
            unknown: None,
            open_rule: None,
            lift: Lift::Now,
            next: None,
            read: Vec::new(),
            bypassed: Vec::new(),
            used: Vec::new(),
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }

    pub(super) fn unknown(&mut self, code: impl Into<ReasonCode>) {
        self.unknown_by(code.into(), None);
    }

    /// Something is not known, for this rule.
    pub(super) fn unknown_by(&mut self, code: ReasonCode, rule: Option<&Label>) {
        if self.unknown.is_none_or(|known| code < known) {
            self.unknown = Some(code);
            self.open_rule = rule.cloned();
        }
    }

    /// Something can be another at this instant, if that lies ahead.
    pub(super) fn change(&mut self, at: Option<Timestamp>) {
        self.next = earlier(self.next, at.filter(|at| *at > self.now));
    }

    pub(super) fn note<T>(&mut self, result: Result<T, impl Into<ReasonCode>>) -> Option<T> {
        result.map_err(|code| self.unknown(code)).ok()
    }

    /// The ownership and its owner's id, or the refusal that there is none.
    pub(super) fn owned(&mut self) -> Option<&'a Ownership> {
        match self.customer.place() {
            Place::Owned(ownership) => return Some(ownership),
            Place::Closed(cause) => self.refuse(Refusal::Closed { cause: *cause }),
            Place::Pool(_) | Place::Awaiting => self.refuse(Refusal::NotOwned),
        }
        None
    }

    /// The ownership, if it is this rep's.
    pub(super) fn owned_by(&mut self, rep: &RepId) -> Option<&'a Ownership> {
        let ownership = self.owned()?;
        if ownership.owner() != rep {
            self.refuse(Refusal::NotOwner);
            return None;
        }
        Some(ownership)
    }

    /// The stay in a pool, or the refusal that there is none.
    pub(super) fn pooled(&mut self) -> Option<&'a PoolStay> {
        match self.customer.place() {
            Place::Pool(stay) => return Some(stay),
            Place::Closed(cause) => self.refuse(Refusal::Closed { cause: *cause }),
            Place::Owned(_) | Place::Awaiting => self.refuse(Refusal::NotInPool),
        }
        None
    }

    /// Whether the customer is not closed.
    pub(super) fn open(&mut self) -> Option<()> {
        match self.customer.place() {
            Place::Closed(cause) => {
                self.refuse(Refusal::Closed { cause: *cause });
                None
            }
            _ => Some(()),
        }
    }

    /// When ownerships end and begin: `now`, or later if the facts know of a start or an end that lies ahead. The second
    /// instant is a clock skew earlier: from then on, what lies ahead has happened.
    fn happens_at(&self) -> (Timestamp, Timestamp) {
        let start = self.customer.ownership().and_then(Ownership::start);
        let at = self.customer.past().iter().map(PastOwnership::to).chain(start).fold(self.now, Timestamp::max);
        (at, at.seen_from(self.engine.claims.skew))
    }

    /// When ownerships end and begin, unless that cannot be told: `now`, or a later instant within the clock skew.
    pub(super) fn moment(&mut self) -> Option<Timestamp> {
        if let Some(code) = claim::contradiction(self.customer) {
            self.unknown(code);
            return None;
        }
        let start = self.customer.ownership().map(Ownership::start);
        if start == Some(None) {
            self.unknown(ReasonCode::OwnershipStartUnknown);
            return None;
        }
        let (at, seen_from) = self.happens_at();
        self.change(Some(at));
        if self.now < seen_from {
            let begins = start == Some(Some(at));
            let code = if begins { ReasonCode::OwnershipStartInFuture } else { ReasonCode::OwnershipOpen };
            self.unknown(code);
            self.change(Some(seen_from));
            return None;
        }
        Some(at)
    }

    /// What is known of the owner; the outer `None` where it is known of somebody else.
    pub(super) fn owner(&mut self) -> Option<Option<&'a Rep>> {
        let Some(owner) = self.case.owner() else { return Some(None) };
        if self.customer.ownership().is_some_and(|ownership| ownership.owner() != owner.id()) {
            self.unknown(ReasonCode::OwnerMismatch);
            return None;
        }
        Some(Some(owner))
    }

    pub(super) fn view(&mut self) -> Option<View<'a>> {
        Some(View { customer: self.customer, owner: self.owner()? })
    }

    /// Whether an exception of this kind is named; it is then noted as used.
    fn lets_pass(&mut self, kind: ExceptionKind) -> bool {
        let Some(exception) = self.case.exceptions().iter().find(|exception| exception.kind() == kind) else {
            return false;
        };
        if !self.used.contains(exception) {
            self.used.push(exception.clone());
        }
        true
    }

    /// The freeze that is live, other than of the kind `but`.
    pub(super) fn live_freeze(&mut self, but: Option<FreezeKind>) -> Option<Freeze> {
        let protection = self.customer.protection()?;
        protection.freezes().iter().for_each(|freeze| self.change(freeze.until()));
        protection.live_freeze(self.now, but)
    }

    /// A live freeze refuses, unless it is of the kind `but` or an exception is named.
    pub(super) fn frozen(&mut self, but: Option<FreezeKind>) {
        if let Some(freeze) = self.live_freeze(but) {
            if !self.lets_pass(ExceptionKind::Freeze) {
                self.refuse(Refusal::Frozen { kind: freeze.kind(), until: freeze.until() });
            }
        }
    }

    /// A live business hold that the policy counts refuses, but where an exception is named.
    pub(super) fn held(&mut self) {
        let holds = self.customer.protection().map_or(&[][..], |protection| protection.holds());
        for hold in holds.iter().filter(|hold| hold.is_live() && self.engine.reclaim.hold_kinds.contains(hold.kind())) {
            self.change(hold.until());
            let live = hold.until().is_none_or(|until| self.now < until);
            if live && !self.lets_pass(ExceptionKind::Hold) {
                let (kind, document) = (hold.kind().clone(), hold.document().clone());
                self.refuse(Refusal::Held { kind, document, until: hold.until() });
            }
        }
    }

    /// The pool that routing names, as for a reclaim whose trigger names none.
    pub(super) fn route(&mut self) -> Option<PoolId> {
        let view = self.view()?;
        if self.customer.ownership().is_some() {
            self.note(self.engine.moves.routing.check(self.customer, view.owner))?;
        }
        let (pool, _) = self.engine.reclaim.routes.pool(&view, &mut ());
        self.engine.claims.by_id.iter().find(|(_, known)| *known == pool).map(|(id, _)| id.clone())
    }

    /// Reason, note and pool of a release or take-back.
    pub(super) fn returns(
        &mut self,
        rules: &Returns,
        reason: Option<&Label>,
        noted: bool,
        named: Option<&PoolId>,
    ) -> Option<PoolId> {
        match reason {
            None if !rules.reasons.is_empty() => self.refuse(Refusal::ReasonMissing),
            Some(reason) if !rules.reasons.is_empty() && !rules.reasons.contains(reason) => {
                self.refuse(Refusal::ReasonUnknown { reason: reason.clone() });
            }
            _ => {}
        }
        if rules.needs_note && !noted {
            self.refuse(Refusal::NoteMissing);
        }
        match named {
            None => self.route(),
            Some(pool) if rules.pools.contains(pool) => Some(pool.clone()),
            Some(pool) => {
                self.refuse(Refusal::PoolNotAllowed { pool: pool.clone() });
                None
            }
        }
    }

    /// A ledger, noted as read.
    pub(super) fn ledger(&mut self, scope: &LedgerScope) -> Option<&'a Ledger> {
        let mut fitting = self.case.ledgers().iter().filter(|ledger| ledger.scope() == scope);
        let Some(ledger) = fitting.next() else {
            self.unknown(ReasonCode::LedgerMissing);
            return None;
        };
        self.read.push((scope.clone(), ledger.version()));
        if fitting.next().is_some() || ledger.is_contradictory() {
            self.unknown(ReasonCode::LedgerContradictory);
            return None;
        }
        Some(ledger)
    }

    /// Runs the checks of claims for this rep and way in.
    pub(super) fn gains(&mut self, rep: &'a Rep, acquisition: Acquisition, step: ClaimStep) -> Option<Gains> {
        let case = self.case.claim(rep, acquisition, step);
        // The checks hold at the instant at which the ownership begins: by a clock that is behind, that lies ahead.
        let (at, seen_from) = self.happens_at();
        let at = if self.now < seen_from { self.now } else { at };
        let decision = claim::decide(self.engine.claims, &case, at, &mut ());
        self.change(decision.next_change());
        self.read.extend(decision.preconditions().ledgers().iter().cloned());
        // Until the ownership can be seen, the checks are those of now. Besides, an ask that stands already is no refusal, and
        // of several heirs another may do.
        let alone = step != ClaimStep::Ask && acquisition != Acquisition::Departure;
        if alone && self.now >= seen_from && decision.class().is_some() {
            self.lift = decision.retry_at().into();
        }
        match decision.verdict() {
            ClaimVerdict::AlreadyMine | ClaimVerdict::AlreadyAsked => return Some(Gains::AlreadyDone),
            ClaimVerdict::Denied => {
                for denial in decision.denials() {
                    self.refuse(Refusal::Denied(denial.clone()));
                }
                return None;
            }
            ClaimVerdict::Undetermined(code) => {
                self.unknown_by(code, decision.open_rule());
                return None;
            }
            ClaimVerdict::Eligible => {}
        }
        self.warnings.extend_from_slice(decision.warnings());
        self.bypassed.extend_from_slice(decision.bypassed());
        Some(Gains::Passes(Question::new(self.engine.claims, case).effect(at)))
    }

    /// A move of one event.
    pub(super) fn moves(&mut self, at: Timestamp, event: EventData) -> Move {
        let mut moved = Move::bare(self.customer, at, event);
        moved.reason = self.case.reason().cloned();
        moved.bypassed = core::mem::take(&mut self.bypassed);
        moved.exceptions = core::mem::take(&mut self.used);
        moved
    }

    /// Notes a reservation that lapsed before the customer leaves its pool, or is reserved anew.
    pub(super) fn lapse(&mut self, moved: &mut Move) {
        let until = self.customer.stay().and_then(PoolStay::reservation).map(Reservation::until);
        self.change(until);
        if until.is_some_and(|until| until <= self.now) {
            moved.events.insert(0, EventData::ReservationExpired);
        }
    }

    /// An ownership that begins.
    pub(super) fn ownership(&self, rep: &Rep, way_in: WayIn, at: Timestamp) -> Ownership {
        let known = u32::try_from(self.customer.past().len()).unwrap_or(u32::MAX);
        let number = match self.customer.ownership() {
            Some(ownership) => ownership.number().max(known.saturating_add(1)),
            None => known,
        };
        let begun = Ownership::new(rep.id().clone(), at)
            .with_number(number.saturating_add(1))
            .with_way_in(way_in)
            .with_units(rep.units().iter().cloned());
        match self.engine.revision {
            Some(revision) => begun.with_revision(revision.clone()),
            None => begun,
        }
    }

    /// An ownership that begins, with the folded activities as far as they count for it.
    pub(super) fn begins(&self, ownership: Ownership, at: Timestamp) -> Begun {
        let folded = self.counts_on(&ownership, at);
        let begun = Begun::new(ownership);
        match folded {
            Some(folded) => begun.with_folded(folded),
            None => begun,
        }
    }

    /// What was folded for another clock counts for the new one only as far as it would have been counted for it;
    /// `None` where it is as it was.
    pub(super) fn counts_on(&self, begun: &Ownership, at: Timestamp) -> Option<Folded> {
        let rules = &self.engine.reclaim.fold;
        let (Activities::Folded(folded), Some(start)) = (self.customer.activities(), begun.clock_start()) else {
            return None;
        };
        if folded.rules() != rules.digest || folded.clock_start() == Some(start) {
            return None;
        }
        let mut fresh = Folded::empty(folded.rules(), Some(start), rules.slots.len());
        for ((slot, rule), &last) in fresh.slots_mut().iter_mut().zip(&rules.slots).zip(folded.slots()) {
            let survives = match rules.rules.get(usize::from(rule.rule)) {
                Some(FoldRule::Anchor { even_before_ownership: true }) => true,
                Some(FoldRule::Anchor { even_before_ownership: false }) => last >= Some(start),
                Some(FoldRule::Clock { by: By::Anyone, cap: None, .. }) => last >= Some(at.max(start)),
                _ => false,
            };
            *slot = last.filter(|_| survives);
        }
        Some(fresh)
    }
}
