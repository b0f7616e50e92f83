//! Lotteries: their window, and who is drawn.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::findings::{Findings, Lift};
use super::question::Question;
use super::rules::Rules;
use super::sink::Sink;
use super::{Acquisition, Check, ClaimCase, ClaimStep};
use crate::decision::{ClaimFinding, ClaimVerdict, Denial, ReasonCode};
use crate::id::{CustomerId, Label, RepId};
use crate::model::{Customer, Ledger, PoolStay, Rep};
use crate::route::HandOut;
use crate::time::{Instant, Span};

/// What orders the askers of a lottery: the SHA-256 of the canonical JSON (RFC 8785)
/// `[seed, customer, ownership number, rep]`. The least comes first, compared by bytes.
///
/// The ownership number is that which the winner's ownership will have: one more than the customer had before.
///
/// ```
/// use customer_pool::claim::lottery_key;
/// let key = lottery_key(&"2026".parse()?, &"c1".parse()?, 1, &"li".parse()?);
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
        until: Instant,
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

/// The first asker who may have the customer at `found.at`. `known` tells of an asker and his ledgers.
fn first_eligible<'a, S: Sink>(
    rules: &'a Rules,
    customer: &'a Customer,
    stay: &'a PoolStay,
    known: impl Fn(&RepId) -> Option<(&'a Rep, &'a [Ledger])>,
    found: &mut Findings<'_, 'a, S>,
) -> Result<Option<&'a RepId>, ReasonCode> {
    let Some(seed) = &rules.lottery_seed else { return Ok(None) };
    let checks = rules.checks_of(Acquisition::Claim).without(Check::HandOut);
    for id in in_order(seed, customer, stay) {
        let (rep, ledgers) = known(id).ok_or(ReasonCode::AskerMissing)?;
        let case = ClaimCase::new(customer, rep).with_ledgers(ledgers).with_step(ClaimStep::Claim);
        let judged = Question::with_checks(rules, case, checks).judge(found.at, &mut ());
        let verdict = judged.verdict;
        found.follow(judged);
        let undetermined = matches!(verdict, ClaimVerdict::Undetermined(_));
        let eligible = verdict == ClaimVerdict::Eligible;
        found.sink.tell(|| ClaimFinding::Asker { rep: id.clone(), eligible: (!undetermined).then_some(eligible) });
        match verdict {
            ClaimVerdict::Eligible => return Ok(Some(id)),
            ClaimVerdict::Undetermined(code) => return Err(code),
            ClaimVerdict::AlreadyMine | ClaimVerdict::AlreadyAsked | ClaimVerdict::Denied => {}
        }
    }
    Ok(None)
}

fn asker<'a>(askers: &'a [(Rep, Vec<Ledger>)], id: &RepId) -> Option<(&'a Rep, &'a [Ledger])> {
    askers.iter().find(|(rep, _)| rep.id() == id).map(|(rep, ledgers)| (rep, &**ledgers))
}

impl<'a> Question<'a> {
    /// Asks are for the window; from its end on the first command draws.
    pub(super) fn lottery<S: Sink>(&self, stay: &'a PoolStay, span: Span, found: &mut Findings<'_, 'a, S>) {
        let end = self.rules.calendar.end(stay.since(), span, &[]);
        let until = end.ok().map(|end| end.at());
        found.sink.tell(|| ClaimFinding::Lottery { until, drawn: stay.is_drawn() });
        let until = match end {
            _ if stay.is_drawn() => return,
            Ok(end) => end.at(),
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

    fn drawn<S: Sink>(&self, stay: &'a PoolStay, found: &mut Findings<'_, 'a, S>) {
        let (rep, ledgers) = (self.case.rep(), self.case.ledgers());
        let known = |id: &RepId| {
            if id == rep.id() { Some((rep, ledgers)) } else { asker(self.case.askers(), id) }
        };
        // When an asker's answer can be another, another can be drawn.
        let before = found.take_next();
        let drawn = first_eligible(self.rules, self.case.customer(), stay, known, found);
        let lift = Lift::from(found.give_next(before));
        match drawn {
            Ok(None) => {}
            Ok(Some(drawn)) if drawn == rep.id() => {}
            Ok(Some(_)) => found.deny(Denial::DrawnToAnother, lift),
            Err(code) => found.unknown(Check::HandOut, None, code, lift),
        }
    }
}

/// Draws the lottery of a customer at `now`.
pub(crate) fn draw(rules: &Rules, customer: &Customer, askers: &[(Rep, Vec<Ledger>)], now: Instant) -> Draw {
    let Some(stay) = customer.stay().filter(|stay| !stay.is_drawn()) else { return Draw::NoLottery };
    let span = match rules.pool(stay.pool()) {
        Some((_, pool)) => match pool.hand_out {
            HandOut::Lottery(span) => span,
            HandOut::Open | HandOut::Blind | HandOut::Reservation(_) => return Draw::NoLottery,
        },
        None => return Draw::Undetermined(ReasonCode::UnknownPool),
    };
    match rules.calendar.end(stay.since(), span, &[]) {
        Err(why) => return Draw::Undetermined(why.into()),
        Ok(end) if now < end.at() => return Draw::Open { until: end.at() },
        Ok(_) => {}
    }
    let sink = &mut ();
    let mut found = Findings::new(now, &[], sink);
    match first_eligible(rules, customer, stay, |id| asker(askers, id), &mut found) {
        Ok(Some(rep)) => Draw::Drawn(rep.clone()),
        Ok(None) => Draw::Nobody,
        Err(code) => Draw::Undetermined(code),
    }
}
