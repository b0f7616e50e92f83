//! Lotteries: their window, and who is drawn.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::findings::{Findings, Lift, Settled};
use super::question::Question;
use super::rules::ClaimRules;
use super::sink::Sink;
use super::{Acquisition, Check, ClaimCase, ClaimStep};
use crate::decision::{ClaimFinding, ClaimVerdict, Denial, ReasonCode};
use crate::id::{CustomerId, Label, RepId};
use crate::model::{Customer, Ledger, PoolStay, Rep};
use crate::route::HandOut;
use crate::time::{Span, Timestamp, Undatable};

/// What orders the askers of a lottery: the SHA-256 of the canonical JSON (RFC 8785)
/// `[seed, customer, ownership number, rep]`. The least comes first, compared by bytes.
///
/// The ownership number is that which the winner's ownership will have: one more than the customer had before.
///
/// ```
/// use customer_pool::claim::lottery_key;
/// use customer_pool::id;
/// let key = lottery_key(&"2026".parse()?, &id!("c1"), 1, &id!("li"));
/// let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
/// // sha256sum of `["2026","c1",1,"li"]`
/// assert_eq!(hex, "6602808982be1d24d883848336b708a6fc0cea6a17a5a7bdfedca30559ae8d08");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn lottery_key(seed: &Label, customer: &CustomerId, number: u64, rep: &RepId) -> [u8; 32] {
    // Texts and a whole number: writing them cannot fail, and `serde_json` escapes texts as RFC 8785 asks.
    let text = serde_json::to_string(&(seed, customer, number, rep)).unwrap_or_default();
    Sha256::digest(text.as_bytes()).into()
}

/// Which ownership of the customer the next one is.
fn next_number(customer: &Customer) -> u64 {
    u64::try_from(customer.past().len()).unwrap_or(u64::MAX).saturating_add(1)
}

/// What a draw comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draw {
    /// The customer lies in no lottery, or its lottery was drawn before.
    NoLottery,
    /// Members may still ask.
    Open {
        /// When it is over.
        until: Timestamp,
    },
    /// This asker is drawn: the first, in the order of the keys, who may still have the customer.
    Drawn(RepId),
    /// Nobody asked, or none of the askers may still have the customer: the pool is open for it.
    Nobody,
    /// It cannot be told who is drawn; the code says why.
    Undetermined(ReasonCode),
}

/// Those who asked, in the order of the draw, each once.
fn in_order<'s>(seed: &Label, customer: &Customer, stay: &'s PoolStay) -> Vec<&'s RepId> {
    let askers: BTreeSet<&RepId> = stay.asks().iter().map(|ask| ask.rep()).collect();
    let number = next_number(customer);
    let mut keyed: Vec<_> =
        askers.into_iter().map(|rep| (lottery_key(seed, customer.id(), number, rep), rep)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, rep)| rep).collect()
}

/// Whether an asker may have the customer at `found.at`.
fn chance<'a, S: Sink>(
    rules: &'a ClaimRules,
    customer: &'a Customer,
    id: &RepId,
    known: Option<(&'a Rep, &'a [Ledger])>,
    found: &mut Findings<'_, 'a, S>,
) -> Result<bool, ReasonCode> {
    let chance = match known {
        None => Err(ReasonCode::AskerMissing),
        Some((rep, ledgers)) => {
            let checks = rules.checks_of(Acquisition::Claim).without(Check::HandOut);
            let case = ClaimCase::new(customer, rep).with_ledgers(ledgers).with_step(ClaimStep::Claim);
            let judged = Question::with_checks(rules, case, checks).judge(found.at, Settled::default(), &mut ());
            let verdict = judged.verdict;
            found.follow(judged);
            match verdict {
                ClaimVerdict::Undetermined(code) => Err(code),
                verdict => Ok(verdict == ClaimVerdict::Eligible),
            }
        }
    };
    found.sink.tell(|| ClaimFinding::Asker { rep: id.clone(), eligible: chance.ok() });
    chance
}

fn asker<'a>(askers: &'a [(Rep, Vec<Ledger>)], id: &RepId) -> Option<(&'a Rep, &'a [Ledger])> {
    askers.iter().find(|(rep, _)| rep.id() == id).map(|(rep, ledgers)| (rep, &**ledgers))
}

/// When the lottery of a stay ends whose pool takes asks for this span.
fn end(rules: &ClaimRules, stay: &PoolStay, span: Span) -> Result<Timestamp, Undatable> {
    rules.calendar.end(stay.since(), span, &[]).map(|end| end.at())
}

/// When the lottery of a stay ends; `None` if it was drawn, or if the pool holds none.
pub(crate) fn lottery_end(rules: &ClaimRules, stay: &PoolStay) -> Option<Result<Timestamp, Undatable>> {
    match rules.pool(stay.pool())?.1.hand_out {
        HandOut::Lottery(span) if !stay.is_drawn() => Some(end(rules, stay, span)),
        HandOut::Lottery(_) | HandOut::Open | HandOut::Blind | HandOut::Reservation(_) => None,
    }
}

impl<'a> Question<'a> {
    /// Asks are for the window; from its end on the first command draws.
    pub(super) fn lottery<S: Sink>(&self, stay: &'a PoolStay, span: Span, found: &mut Findings<'_, 'a, S>) {
        let end = end(self.rules, stay, span);
        found.sink.tell(|| ClaimFinding::Lottery { until: end.ok(), drawn: stay.is_drawn() });
        let until = match end {
            _ if stay.is_drawn() => return,
            Ok(until) => until,
            Err(why) => return found.unknown(Check::HandOut, None, why.into(), Lift::Never),
        };
        let asks = self.case.step() == ClaimStep::Ask;
        found.change(Some(until));
        match (asks, found.at < until) {
            (true, true) => {}
            (false, true) => found.deny(Denial::LotteryOpen { until }, Lift::At(until)),
            (true, false) => found.deny(Denial::LotteryOver, Lift::Never),
            (false, false) => self.drawn(stay, found),
        }
    }

    /// Whether the rep is, or would be, drawn.
    fn drawn<S: Sink>(&self, stay: &'a PoolStay, found: &mut Findings<'_, 'a, S>) {
        let Some(seed) = &self.rules.lottery_seed else { return };
        let (rep, ledgers, customer) = (self.case.rep(), self.case.ledgers(), self.case.customer());
        // When an asker's answer can be another, another can be drawn.
        let before = found.take_next();
        let (mut doubt, mut may_win, mut to_another) = (None::<ReasonCode>, false, false);
        for id in in_order(seed, customer, stay) {
            let own = id == rep.id();
            let known = if own { Some((rep, ledgers)) } else { asker(self.case.askers(), id) };
            match chance(self.rules, customer, id, known, found) {
                Ok(false) => {}
                Ok(true) => {
                    // Whether somebody before is drawn or not, the rep is not.
                    to_another = !own && !may_win;
                    break;
                }
                Err(code) => {
                    may_win |= own;
                    doubt = Some(doubt.map_or(code, |known| known.min(code)));
                }
            }
        }
        let lift = Lift::from(found.give_next(before));
        match doubt {
            _ if to_another => found.deny(Denial::DrawnToAnother, lift),
            Some(code) => found.unknown(Check::HandOut, None, code, lift),
            None => {}
        }
    }
}

/// Draws the lottery of a customer at `now`.
pub(crate) fn draw(rules: &ClaimRules, customer: &Customer, askers: &[(Rep, Vec<Ledger>)], now: Timestamp) -> Draw {
    let Some(stay) = customer.stay().filter(|stay| !stay.is_drawn()) else { return Draw::NoLottery };
    if rules.pool(stay.pool()).is_none() {
        return Draw::Undetermined(ReasonCode::UnknownPool);
    }
    match lottery_end(rules, stay) {
        None => return Draw::NoLottery,
        Some(Err(why)) => return Draw::Undetermined(why.into()),
        Some(Ok(until)) if now < until => return Draw::Open { until },
        Some(Ok(_)) => {}
    }
    let Some(seed) = &rules.lottery_seed else { return Draw::NoLottery };
    let sink = &mut ();
    let mut found = Findings::new(now, &[], Settled::default(), sink);
    for id in in_order(seed, customer, stay) {
        match chance(rules, customer, id, asker(askers, id), &mut found) {
            Ok(true) => return Draw::Drawn(id.clone()),
            Ok(false) => {}
            Err(code) => return Draw::Undetermined(code),
        }
    }
    Draw::Nobody
}
