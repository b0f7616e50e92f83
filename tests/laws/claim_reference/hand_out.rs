//! How the pool hands out.

use customer_pool::ReasonCode;
use customer_pool::claim::{Acquisition, Check, ClaimStep};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::id::RepId;
use customer_pool::model::PoolStay;
use customer_pool::policy::draft::HandOut;
use customer_pool::time::{Span, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Reference, Sheet};

/// What became of one who asked.
enum Chance {
    Eligible,
    Denied,
    Unknown(ReasonCode),
}

impl<'a> Reference<'a> {
    /// The eleventh check.
    pub(super) fn hand_out(&self, sheet: &mut Sheet) {
        let Some(stay) = self.case.customer().stay() else { return };
        let (me, now) = (self.case.rep().id(), sheet.now);
        sheet.marks.extend(stay.reservation().map(|reservation| reservation.until()));
        let open = stay.reservation().filter(|reservation| now < reservation.until());
        let own = open.is_some_and(|reservation| reservation.rep() == me);
        if let Some(other) = open.filter(|_| !own) {
            sheet.denials.push(Denial::Reserved { until: other.until() });
        }
        if self.case.acquisition() != Acquisition::Claim {
            return;
        }
        let step = self.case.step();
        match self.pool_draft(stay.pool()).unwrap().hand_out().copied().unwrap_or_default() {
            HandOut::Blind => sheet.denials.push(Denial::Blind),
            HandOut::Reservation(span) => match step {
                ClaimStep::Claim => sheet.denials.push(Denial::AskFirst),
                ClaimStep::Confirm if !own => sheet.denials.push(Denial::AskFirst),
                ClaimStep::Ask if own => sheet.asked = true,
                ClaimStep::Ask | ClaimStep::Question if !own => self.ask(sheet, stay, span),
                _ => {}
            },
            HandOut::Lottery(span) if !stay.is_drawn() => {
                if step == ClaimStep::Ask {
                    self.lapses(sheet, stay, None);
                }
                self.lottery(sheet, stay, span);
            }
            HandOut::Open | HandOut::Lottery(_) => {
                if step == ClaimStep::Confirm && !own {
                    sheet.denials.push(Denial::AskFirst);
                }
            }
        }
    }

    /// Whether the rep may have a reservation beside those that are and were.
    fn ask(&self, sheet: &mut Sheet, stay: &PoolStay, span: Span) {
        let now = sheet.now;
        let customer = self.case.customer();
        self.lapses(sheet, stay, Some(span));
        match self.own_ledger() {
            Err(code) => sheet.unknown(Check::HandOut, None, code),
            Ok(ledger) => {
                let others = ledger
                    .reservations()
                    .iter()
                    .filter(|other| other.pool() == stay.pool() && other.customer() != customer.id());
                let ends: Vec<Timestamp> = others.map(|other| other.until()).collect();
                sheet.marks.extend(ends.iter().copied());
                let latest = ends.into_iter().filter(|until| now < *until).max();
                sheet.denials.extend(latest.map(|until| Denial::OtherReservation { until }));
            }
        }
    }

    /// Whether the rep let the customer lapse and is barred: for the span of that reservation, or, where an old one tells
    /// none, for that of a reservation in this pool.
    fn lapses(&self, sheet: &mut Sheet, stay: &PoolStay, of_pool: Option<Span>) {
        let (me, now) = (self.case.rep().id(), sheet.now);
        let noted = self.case.customer().lapses().iter().map(|lapse| (lapse.rep(), lapse.at(), lapse.span()));
        let open = stay.reservation().map(|open| (open.rep(), open.until(), open.span()));
        let mut bars = Vec::new();
        for (rep, at, span) in noted.chain(open) {
            let Some(span) = span.or(of_pool).filter(|_| rep == me) else { continue };
            sheet.marks.insert(at);
            match self.end(at, span) {
                _ if now < at => {}
                Err(code) => sheet.unknown(Check::HandOut, None, code),
                Ok(until) => {
                    sheet.marks.insert(until);
                    bars.extend((now < until).then_some(until));
                }
            }
        }
        sheet.denials.extend(bars.into_iter().max().map(|until| Denial::Lapsed { until }));
    }

    fn lottery(&self, sheet: &mut Sheet, stay: &PoolStay, span: Span) {
        let me = self.case.rep().id();
        let end = match self.end(stay.since(), span) {
            Ok(end) => end,
            Err(code) => return sheet.unknown(Check::HandOut, None, code),
        };
        sheet.marks.insert(end);
        match (self.case.step(), sheet.now < end) {
            (ClaimStep::Ask, true) => sheet.asked = stay.asks().iter().any(|ask| ask.rep() == me),
            (_, true) => sheet.denials.push(Denial::LotteryOpen { until: end }),
            (ClaimStep::Ask, false) => sheet.denials.push(Denial::LotteryOver),
            (_, false) => self.draw(sheet, stay),
        }
    }

    /// Whom the first command draws now: whoever is certain to be eligible, unless somebody before is or may be.
    fn draw(&self, sheet: &mut Sheet, stay: &PoolStay) {
        let me = self.case.rep().id();
        let mut order: Vec<&RepId> = stay.asks().iter().map(|ask| ask.rep()).collect();
        order.sort_by_key(|rep| self.digest(rep));
        let (mut doubt, mut i_may_win) = (None, false);
        for rep in order {
            match self.chance(sheet, rep) {
                Chance::Denied => {}
                Chance::Eligible if rep == me => break,
                Chance::Eligible => {
                    if i_may_win {
                        break;
                    }
                    // Whether somebody before wins or not, I do not.
                    sheet.denials.push(Denial::DrawnToAnother);
                    return;
                }
                Chance::Unknown(code) => {
                    i_may_win |= rep == me;
                    doubt = Some(doubt.map_or(code, |other: ReasonCode| other.min(code)));
                }
            }
        }
        if let Some(code) = doubt {
            sheet.unknown(Check::HandOut, None, code);
        }
    }

    /// Whether somebody who asked passes the checks but for the lottery.
    fn chance(&self, sheet: &mut Sheet, rep: &RepId) -> Chance {
        let asker = if rep == self.case.rep().id() {
            self.of_asker(self.case.rep(), self.case.ledgers())
        } else {
            match self.case.askers().iter().find(|(known, _)| known.id() == rep) {
                None => return Chance::Unknown(ReasonCode::AskerMissing),
                Some((known, ledgers)) => self.of_asker(known, ledgers),
            }
        };
        let judged = asker.judge(sheet.now);
        sheet.marks.extend(judged.marks);
        match judged.answer.verdict {
            ClaimVerdict::Eligible => Chance::Eligible,
            ClaimVerdict::Undetermined(code) => Chance::Unknown(code),
            _ => Chance::Denied,
        }
    }

    /// SHA-256 over canonical JSON of seed, customer, ownership number and rep.
    fn digest(&self, rep: &RepId) -> Vec<u8> {
        let customer = self.case.customer();
        let seed = self.rules.lottery_seed().unwrap().as_str();
        let text = serde_json::json!([seed, customer.id().to_string(), customer.past().len() + 1, rep.to_string()]);
        Sha256::digest(text.to_string()).to_vec()
    }
}
