//! Check 11: how the pool hands out.

use super::findings::{Findings, Lift, Whose};
use super::lottery::lottery_end;
use super::question::Question;
use super::sink::Sink;
use super::{Check, ClaimStep};
use crate::decision::{ClaimFinding, Denial, Grant};
use crate::model::{PoolStay, Reservation};
use crate::route::HandOut;
use crate::time::{Span, Timestamp};

/// What happens where the answer is *eligible*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The rep owns the customer.
    Owns,
    /// The customer is reserved for the rep, for this span and so until this instant.
    Reserves(Span, Timestamp),
    /// The rep takes part in the customer's lottery, which is drawn from this instant on.
    Asks(Timestamp),
}

impl From<Effect> for Grant {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Owns => Self::Ownership,
            Effect::Reserves(_, until) => Self::Reservation { until },
            Effect::Asks(drawn_at) => Self::Application { drawn_at },
        }
    }
}

impl<'a> Question<'a> {
    fn hand_out_of(&self) -> Option<(HandOut, &'a PoolStay)> {
        let stay = self.stay()?;
        let (_, pool) = self.pool?;
        Some((pool.hand_out, stay))
    }

    /// The rep's own open reservation of this customer.
    fn own_reservation(&self, stay: &'a PoolStay, at: Timestamp) -> Option<&'a Reservation> {
        stay.reservation().filter(|open| open.rep() == self.case.rep().id() && at < open.until())
    }

    /// Whether the rep asks for a reservation, in so many words or as what comes next.
    fn is_asking(&self, stay: &'a PoolStay, at: Timestamp) -> bool {
        match self.case.step() {
            ClaimStep::Ask | ClaimStep::Question => self.own_reservation(stay, at).is_none(),
            ClaimStep::Claim | ClaimStep::Confirm => false,
        }
    }

    /// Until when the rep's ask stands, where it does already.
    fn asked_until(&self, at: Timestamp) -> Option<Timestamp> {
        if !self.is_claim() || self.case.step() != ClaimStep::Ask {
            return None;
        }
        match self.hand_out_of()? {
            (HandOut::Reservation(_), stay) => self.own_reservation(stay, at).map(Reservation::until),
            (HandOut::Lottery(_), stay) => {
                let asked = stay.asks().iter().any(|ask| ask.rep() == self.case.rep().id());
                lottery_end(self.rules, stay)?.ok().filter(|end| asked && at < *end)
            }
            _ => None,
        }
    }

    /// How the pool hands out; the other ways in only respect another rep's reservation.
    pub(super) fn hand_out<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let Some(stay) = self.stay() else { return };
        let hand_out = match self.pool {
            Some((_, pool)) if self.is_claim() => pool.hand_out,
            _ => HandOut::Open,
        };
        if let Some(until) = self.asked_until(found.at) {
            found.change(Some(until));
            found.has_asked();
        }
        match hand_out {
            HandOut::Blind if !self.case.is_pulled() => found.deny(Denial::Blind, Lift::Never),
            HandOut::Reservation(_) => self.ask_first(true, stay, found),
            HandOut::Lottery(_) if !stay.is_drawn() => {}
            HandOut::Open | HandOut::Lottery(_) if self.is_claim() => self.ask_first(false, stay, found),
            HandOut::Open | HandOut::Blind | HandOut::Lottery(_) => {}
        }
        self.reserved(stay, found);
        match hand_out {
            HandOut::Reservation(span) if self.is_asking(stay, found.at) => {
                self.other_reservation(stay, found);
                self.lapsed(stay, Some(span), found);
            }
            HandOut::Lottery(span) => {
                if self.case.step() == ClaimStep::Ask && !stay.is_drawn() {
                    self.lapsed(stay, None, found);
                }
                self.lottery(stay, span, found);
            }
            HandOut::Open | HandOut::Blind | HandOut::Reservation(_) => {}
        }
    }

    /// A plain claim where the pool reserves, and a confirmation of what was not asked for.
    fn ask_first<S: Sink>(&self, reserves: bool, stay: &'a PoolStay, found: &mut Findings<'_, 'a, S>) {
        let own = self.own_reservation(stay, found.at);
        found.change(own.map(Reservation::until));
        let in_order = match self.case.step() {
            ClaimStep::Claim => !reserves,
            ClaimStep::Confirm => own.is_some(),
            ClaimStep::Ask | ClaimStep::Question => true,
        };
        if !in_order {
            found.deny(Denial::AskFirst, Lift::Never);
        }
    }

    fn reserved<S: Sink>(&self, stay: &'a PoolStay, found: &mut Findings<'_, 'a, S>) {
        let Some(reservation) = stay.reservation() else { return };
        let until = reservation.until();
        found.sink.tell(|| ClaimFinding::Reservation { rep: reservation.rep().clone(), until });
        if reservation.rep() != self.case.rep().id() && found.at < until {
            found.change(Some(until));
            found.deny(Denial::Reserved { until }, Lift::At(until));
        }
    }

    /// A rep has one open reservation in a pool.
    fn other_reservation<S: Sink>(&self, stay: &'a PoolStay, found: &mut Findings<'_, 'a, S>) {
        let ledger = match self.ledger(Whose::Rep(self.case.rep().id()), found) {
            Ok(ledger) => ledger,
            Err(code) => return found.unknown(Check::HandOut, None, code, Lift::Never),
        };
        let open = ledger.reservations().iter().filter(|open| {
            open.pool() == stay.pool() && open.customer() != self.case.customer().id() && found.at < open.until()
        });
        if let Some(until) = open.map(|open| open.until()).max() {
            found.change(Some(until));
            found.deny(Denial::OtherReservation { until }, Lift::At(until));
        }
    }

    /// A rep who let a reservation of the customer lapse may not ask for it again for as long as that one was to last.
    /// An old lapse that tells no span has that of a reservation in the present pool, if the pool reserves.
    fn lapsed<S: Sink>(&self, stay: &'a PoolStay, of_pool: Option<Span>, found: &mut Findings<'_, 'a, S>) {
        let rep = self.case.rep().id();
        let own = stay.reservation().map(Reservation::lapse);
        let mut latest: Option<Timestamp> = None;
        for lapse in self.case.customer().lapses().iter().chain(&own).filter(|lapse| lapse.rep() == rep) {
            let at = lapse.at();
            let Some(span) = lapse.span().or(of_pool) else { continue };
            let end = self.rules.calendar.end(at, span, &[]);
            found.sink.tell(|| ClaimFinding::Lapse { at, until: end.ok().map(|end| end.at()) });
            match end {
                _ if found.at < at => found.change(Some(at)),
                Err(why) => found.unknown(Check::HandOut, None, why.into(), Lift::Never),
                Ok(end) if found.at < end.at() => latest = latest.max(Some(end.at())),
                Ok(_) => {}
            }
        }
        if let Some(until) = latest {
            found.change(Some(until));
            found.deny(Denial::Lapsed { until }, Lift::At(until));
        }
    }

    /// What the command, or the question about it, comes to where the answer is *eligible*.
    pub(crate) fn effect(&self, at: Timestamp) -> Effect {
        if !self.is_claim() || !self.checks.has(Check::HandOut) {
            return Effect::Owns;
        }
        match self.hand_out_of() {
            Some((HandOut::Reservation(span), stay)) if self.is_asking(stay, at) => {
                let end = self.rules.calendar.end(at, span, &[]);
                Effect::Reserves(span, end.map_or(Timestamp::MAX, |end| end.at()))
            }
            Some((HandOut::Lottery(_), stay)) if self.case.step() == ClaimStep::Ask => {
                match lottery_end(self.rules, stay) {
                    Some(Ok(end)) if at < end => Effect::Asks(end),
                    _ => Effect::Owns,
                }
            }
            _ => Effect::Owns,
        }
    }
}
