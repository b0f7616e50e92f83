//! Moves by which a rep gains a customer: claims and what belongs to them, assignment, transfer, restore.

use super::judge::{Gains, Judge, Outcome};
use super::refusal::Refusal;
use crate::claim::{self, Acquisition, ClaimStep, Draw, Effect};
use crate::decision::{Denial, ReasonCode};
use crate::events::{Begun, EventData, newest};
use crate::id::RepId;
use crate::model::{Cause, Ownership, Rep, Reservation, WayIn};
use crate::time::Timestamp;

impl<'a> Judge<'a> {
    pub(super) fn claim(&mut self, by: &'a Rep, step: ClaimStep) -> Option<Outcome> {
        let gains = self.gains(by, Acquisition::Claim, step);
        // What an ask comes to is another then, whatever a bypass removes.
        self.change(self.lottery_end());
        let at = self.moment();
        let effect = match gains? {
            Gains::AlreadyDone => return Some(Outcome::AlreadyDone),
            Gains::Passes(effect) => effect,
        };
        let stay = self.customer.stay()?.clone();
        let at = at?;
        Some(match effect {
            Effect::Owns => self.owns(by, WayIn::Claim, EventData::Claimed, at),
            Effect::Reserves(span, until) => {
                let reserved = EventData::Reserved { rep: by.id().clone(), until, span: Some(span) };
                let mut moved = self.moves(at, reserved);
                self.lapse(&mut moved);
                if stay.reservation().is_some_and(|other| self.now < other.until()) {
                    // Only a bypass lets somebody reserve what is reserved; that is no lapse of the other's.
                    moved.events.insert(0, EventData::ReservationWithdrawn);
                }
                moved.into()
            }
            Effect::Asks(_) => {
                let mut moved = self.moves(at, EventData::Asked { rep: by.id().clone() });
                self.lapse(&mut moved);
                moved.into()
            }
        })
    }

    /// The rep owns the customer from `at` on, out of a pool.
    fn owns(&mut self, rep: &Rep, way_in: WayIn, event: fn(Begun) -> EventData, at: Timestamp) -> Outcome {
        let begun = self.begins(self.ownership(rep, way_in, at), at);
        let mut moved = self.moves(at, event(begun));
        if way_in == WayIn::Claim && self.draws() {
            moved.events.insert(0, EventData::Drawn { winner: Some(rep.id().clone()) });
        }
        self.lapse(&mut moved);
        moved.into()
    }

    /// Whether a claim of the customer is the command that draws its lottery.
    fn draws(&self) -> bool {
        let asked = self.customer.stay().is_some_and(|stay| !stay.asks().is_empty());
        asked && self.lottery_end().is_some_and(|end| end <= self.now)
    }

    /// When the lottery ends that the customer is in.
    fn lottery_end(&self) -> Option<Timestamp> {
        claim::lottery_end(self.engine.claims, self.customer.stay()?)?.ok()
    }

    pub(super) fn withdraw(&mut self, by: &RepId) -> Option<Outcome> {
        let stay = self.pooled()?;
        let own = stay.reservation().filter(|own| own.rep() == by);
        self.change(own.map(Reservation::until));
        if own.is_none_or(|own| own.until() <= self.now) {
            self.refuse(Refusal::NoReservation);
            return None;
        }
        Some(self.moves(self.now, EventData::ReservationWithdrawn).into())
    }

    pub(super) fn expire(&mut self) -> Option<Outcome> {
        let stay = self.pooled()?;
        let Some(reservation) = stay.reservation() else { return Some(Outcome::AlreadyDone) };
        let until = reservation.until();
        self.change(Some(until));
        if self.now < until {
            self.refuse(Refusal::ReservationOpen { until });
            return None;
        }
        Some(self.moves(self.now, EventData::ReservationExpired).into())
    }

    pub(super) fn draw(&mut self) -> Option<Outcome> {
        let stay = self.pooled()?;
        let at = self.moment();
        for (_, ledgers) in self.case.askers() {
            self.read.extend(ledgers.iter().map(|ledger| (ledger.scope().clone(), ledger.version())));
        }
        let drawn = claim::draw(self.engine.claims, self.customer, self.case.askers(), self.now);
        match drawn {
            Draw::NoLottery if stay.is_drawn() => return Some(Outcome::AlreadyDone),
            Draw::NoLottery => self.refuse(Refusal::NoLottery),
            Draw::Open { until } => {
                self.change(Some(until));
                self.refuse(Refusal::Denied(Denial::LotteryOpen { until }));
            }
            Draw::Undetermined(code) => self.unknown(code),
            // Nobody asked: the pool is open for it, and nothing is to be noted.
            Draw::Nobody if stay.asks().is_empty() => return Some(Outcome::AlreadyDone),
            Draw::Nobody => return Some(self.moves(at?, EventData::Drawn { winner: None }).into()),
            Draw::Drawn(id) => {
                let Some((rep, _)) = self.case.askers().iter().find(|(rep, _)| *rep.id() == id) else {
                    self.unknown(ReasonCode::AskerMissing);
                    return None;
                };
                return Some(self.owns(rep, WayIn::Claim, EventData::Claimed, at?));
            }
        }
        None
    }

    pub(super) fn assign(&mut self, to: &'a Rep) -> Option<Outcome> {
        let gains = self.gains(to, Acquisition::Assign, ClaimStep::Claim);
        let at = self.moment();
        match gains? {
            Gains::AlreadyDone => Some(Outcome::AlreadyDone),
            Gains::Passes(_) => Some(self.owns(to, WayIn::Assign, EventData::Assigned, at?)),
        }
    }

    pub(super) fn transfer(&mut self, to: &'a Rep) -> Option<Outcome> {
        let old = self.owned()?;
        if old.owner() == to.id() {
            return Some(Outcome::AlreadyDone);
        }
        let gains = self.gains(to, Acquisition::Transfer, ClaimStep::Claim);
        let at = self.moment();
        gains?;
        Some(self.hands_over(old, to, EventData::Transferred, at?))
    }

    /// From owner to owner: the chain goes on, and the clock as the policy says.
    pub(super) fn hands_over(
        &mut self,
        old: &Ownership,
        to: &Rep,
        event: fn(Begun) -> EventData,
        at: Timestamp,
    ) -> Outcome {
        let mut begun = self.ownership(to, WayIn::Transfer, at);
        // The instant of the move is known only where the start is, and with it clock start and chain start.
        if let Some(chain) = old.chain_start() {
            begun = begun.with_chain_start(chain);
        }
        if let Some(clock) = old.clock_start().filter(|_| self.engine.moves.keeps_clock) {
            begun = begun.with_clock_start(clock);
        }
        let begun = self.begins(begun, at);
        self.moves(at, event(begun)).into()
    }

    pub(super) fn restore(&mut self, to: &'a Rep) -> Option<Outcome> {
        if self.customer.ownership().is_some_and(|owned| owned.owner() == to.id() && owned.way_in() == WayIn::Restore) {
            return Some(Outcome::AlreadyDone);
        }
        self.pooled()?;
        let at = self.moment();
        match newest(self.customer) {
            None if self.customer.past_known_from().is_some() => self.unknown(ReasonCode::HistoryIncomplete),
            Some(past) if past.cause() == Cause::Reclaimed => {
                if past.owner() != to.id() {
                    self.refuse(Refusal::NotLastOwner);
                }
            }
            other => self.refuse(Refusal::NotReclaimed { cause: other.map(|past| past.cause()) }),
        }
        let gains = self.gains(to, Acquisition::Restore, ClaimStep::Claim);
        gains?;
        Some(self.owns(to, WayIn::Restore, EventData::Restored, at?))
    }
}
