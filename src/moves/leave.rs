//! Moves by which an owner loses a customer to a pool: release, undo, take-back.

use super::judge::{Judge, Outcome};
use super::refusal::Refusal;
use crate::decision::ReasonCode;
use crate::events::EventData;
use crate::id::RepId;
use crate::model::{LedgerScope, Ownership, ReleaseRequest, WayIn};
use crate::time::{CivilWindow, Span, Timestamp};

/// Whether a claim can be undone now.
enum Undo {
    Possible,
    Refused(Refusal),
    Unknown,
}

impl Judge<'_> {
    pub(super) fn release(&mut self, by: &RepId) -> Option<Outcome> {
        let ownership = self.owned_by(by)?;
        let at = self.moment();
        self.frozen(None);
        self.held();
        match self.undo(ownership) {
            Undo::Possible => return self.undone(at?),
            Undo::Unknown => return None,
            Undo::Refused(_) => {}
        }
        let rules = self.engine.moves;
        let pool = self.returns(&rules.release, self.case.reason(), self.case.is_noted(), self.case.pool());
        let view = self.view()?;
        let approval = rules.approval.as_ref().map_or(Ok(false), |when| when.holds(&view));
        let (at, pool, approval) = (at?, pool?, self.note(approval)?);
        if !approval {
            return Some(self.moves(at, EventData::Released { pool }).into());
        }
        if self.customer.release_request().is_some() {
            return Some(Outcome::AlreadyDone);
        }
        let request = ReleaseRequest::new(at, self.case.reason().cloned(), self.case.pool().cloned());
        Some(self.moves(at, EventData::ReleaseRequested(request)).into())
    }

    /// The open request, if this rep may decide about it.
    fn request(&mut self, by: &RepId) -> Option<&ReleaseRequest> {
        let ownership = self.owned()?;
        if ownership.owner() == by {
            self.refuse(Refusal::OwnRequest);
        }
        let request = self.customer.release_request();
        if request.is_none() {
            self.refuse(Refusal::NoRequest);
        }
        request.filter(|_| ownership.owner() != by)
    }

    pub(super) fn approve_release(&mut self, by: &RepId) -> Option<Outcome> {
        let request = self.request(by)?.clone();
        let at = self.moment();
        self.frozen(None);
        self.held();
        // The note went with the request.
        let pool = self.returns(&self.engine.moves.release, request.reason(), true, request.pool());
        let (at, pool) = (at?, pool?);
        let mut moved = self.moves(at, EventData::ReleaseApproved);
        moved.events.push(EventData::Released { pool });
        moved.reason = request.reason().cloned();
        Some(moved.into())
    }

    pub(super) fn refuse_release(&mut self, by: &RepId) -> Option<Outcome> {
        self.request(by)?;
        Some(self.moves(self.now, EventData::ReleaseRefused).into())
    }

    pub(super) fn take_back(&mut self) -> Option<Outcome> {
        self.owned()?;
        let at = self.moment();
        self.frozen(None);
        self.held();
        let rules = &self.engine.moves.take_back;
        let pool = self.returns(rules, self.case.reason(), self.case.is_noted(), self.case.pool());
        let (at, pool) = (at?, pool?);
        Some(self.moves(at, EventData::TakenBack { pool }).into())
    }

    pub(super) fn undo_claim(&mut self, by: &RepId) -> Option<Outcome> {
        let ownership = self.owned_by(by)?;
        let at = self.moment();
        self.frozen(None);
        self.held();
        match self.undo(ownership) {
            Undo::Possible => self.undone(at?),
            Undo::Unknown => None,
            Undo::Refused(refusal) => {
                self.refuse(refusal);
                None
            }
        }
    }

    /// Back to the pool as it was: as if it had not been claimed.
    fn undone(&mut self, at: Timestamp) -> Option<Outcome> {
        let Some(stay) = self.customer.last_stay() else {
            self.unknown(ReasonCode::HistoryIncomplete);
            return None;
        };
        if self.engine.claims.pool(stay.pool()).is_none() {
            self.unknown(ReasonCode::UnknownPool);
            return None;
        }
        let mut moved = self.moves(at, EventData::ClaimUndone);
        moved.reason = None;
        Some(moved.into())
    }

    /// The window `[claim, end(claim, within))`, and the undos of the rep on the civil day.
    fn undo(&mut self, ownership: &Ownership) -> Undo {
        let Some((within, per_day)) = self.engine.moves.undo else { return Undo::Refused(Refusal::NoUndo) };
        if ownership.way_in() != WayIn::Claim {
            return Undo::Refused(Refusal::NotClaimed { way_in: ownership.way_in() });
        }
        // That the start is not known is said by whoever asks for the instant of the move.
        let Some(start) = ownership.start() else { return Undo::Unknown };
        let end = match self.engine.claims.calendar.end(start, within, &[]) {
            Ok(end) => end.at(),
            Err(why) => {
                self.unknown(why);
                return Undo::Unknown;
            }
        };
        self.change(Some(start));
        self.change(Some(end));
        if self.now < start || self.now >= end {
            return Undo::Refused(Refusal::UndoOver { until: end });
        }
        self.undos_left(ownership.owner(), within, per_day)
    }

    fn undos_left(&mut self, rep: &RepId, within: Span, limit: u32) -> Undo {
        let calendar = &self.engine.claims.calendar;
        let Some((from, to)) = calendar.window(CivilWindow::Day, self.now) else {
            self.unknown(ReasonCode::TimeOutOfRange);
            return Undo::Unknown;
        };
        self.change(Some(to));
        let refused = |used| Undo::Refused(Refusal::UndosUsedUp { used, limit, resets_at: to });
        if limit == 0 {
            return refused(0);
        }
        let Some(ledger) = self.ledger(&LedgerScope::Rep(rep.clone())) else { return Undo::Unknown };
        let undone = ledger.entries().iter().filter_map(|entry| entry.undone());
        let used = undone.filter(|undone| from <= *undone && *undone < to).count();
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        if used >= limit {
            return refused(used);
        }
        // A claim from before the ledger is complete may have been undone today, if its window reached into today.
        let last = ledger.known_from().and_then(|known_from| known_from.checked_add_micros(-1));
        if let Some(last) = last {
            match calendar.end(last, within, &[]) {
                Ok(end) if end.at() <= from => {}
                Ok(_) => {
                    self.unknown(ReasonCode::LedgerIncomplete);
                    return Undo::Unknown;
                }
                Err(why) => {
                    self.unknown(why);
                    return Undo::Unknown;
                }
            }
        }
        Undo::Possible
    }
}
