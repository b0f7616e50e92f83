//! The answer to a command, and until when it stands.

use super::case::MoveCase;
use super::intent::{Intent, Landing};
use super::judge::{Judge, Outcome};
use super::outcome::{Move, MoveDecision, MoveVerdict};
use super::rules::Engine;
use crate::claim::{Acquisition, ClaimStep, Lift, counts_from, ledgers_read};
use crate::decision::{Preconditions, ReasonCode, first_change};
use crate::events::EventData;
use crate::id::PoolId;
use crate::model::{LedgerScope, Rep};
use crate::time::{CivilWindow, Timestamp};

/// Answers a command.
pub(crate) fn decide(engine: Engine<'_>, case: &MoveCase<'_>, now: Timestamp) -> MoveDecision {
    let (first, soonest, lift) = judge(engine, case, now);
    let retry_at = first.class().and_then(|_| retry_at(engine, case, soonest, lift, now));
    let change = first_change(&first, soonest, MoveDecision::is_same, |at| {
        let (later, next, _) = judge(engine, case, at);
        (later, next)
    });
    MoveDecision { retry_at, next_change: change.map(|(at, _)| at), ..first }
}

/// The first instant at which the command is neither refused nor undetermined, if nothing else happens: of those at which
/// the answer could be another, and not before the checks of claims let it pass.
fn retry_at(
    engine: Engine<'_>,
    case: &MoveCase<'_>,
    mut next: Option<Timestamp>,
    mut claims: Lift,
    now: Timestamp,
) -> Option<Timestamp> {
    let mut at = now;
    loop {
        at = match claims {
            Lift::Never => return None,
            Lift::At(lifted) if lifted > at => lifted,
            Lift::At(_) | Lift::Now => next.filter(|next| *next > at)?,
        };
        let (later, after, lift) = judge(engine, case, at);
        if matches!(later.verdict, MoveVerdict::Moves | MoveVerdict::AlreadyDone) {
            return Some(at);
        }
        (next, claims) = (after, lift);
    }
}

/// The answer at one instant, the first instant at which the facts could give another, and until when at least the checks
/// of claims let nothing pass.
fn judge(engine: Engine<'_>, case: &MoveCase<'_>, now: Timestamp) -> (MoveDecision, Option<Timestamp>, Lift) {
    let mut judge = Judge::new(engine, case, now);
    let outcome = judge.run();
    let Judge { mut refusals, warnings, unknown, open_rule, lift, next, mut read, .. } = judge;
    refusals.sort_unstable();
    refusals.dedup();
    read.sort_unstable();
    read.dedup();
    let (verdict, planned) = match (outcome, unknown) {
        _ if !refusals.is_empty() => (MoveVerdict::Refused, None),
        (_, Some(code)) => (MoveVerdict::Undetermined(code), None),
        (Some(Outcome::Moves(planned)), None) => (MoveVerdict::Moves, Some(planned)),
        (Some(Outcome::AlreadyDone), None) => (MoveVerdict::AlreadyDone, None),
        // Whatever gives no outcome says why; should it not, nothing is moved.
        (None, None) => (MoveVerdict::Undetermined(ReasonCode::HistoryIncomplete), None),
    };
    let open_rule = open_rule.filter(|_| matches!(verdict, MoveVerdict::Undetermined(_)));
    let preconditions = Preconditions { customer: case.customer_version(), ledgers: read };
    let decision = MoveDecision {
        verdict,
        planned,
        refusals,
        warnings,
        open_rule,
        retry_at: None,
        next_change: None,
        preconditions,
    };
    (decision, next, lift)
}

impl Judge<'_> {
    fn run(&mut self) -> Option<Outcome> {
        if let Some(seen) = self.engine.claims.entry_ahead(self.customer, self.now) {
            self.unknown(ReasonCode::PoolEntryInFuture);
            self.change(Some(seen));
        }
        match self.case.intent() {
            Intent::Claim { by } | Intent::Pull { by } => self.claim(by, ClaimStep::Claim),
            Intent::Ask { by } => self.claim(by, ClaimStep::Ask),
            Intent::Confirm { by } => self.claim(by, ClaimStep::Confirm),
            Intent::Withdraw { by } => self.withdraw(by),
            Intent::Expire => self.expire(),
            Intent::Draw => self.draw(),
            Intent::Release { by } => self.release(by),
            Intent::ApproveRelease { by } => self.approve_release(by),
            Intent::RefuseRelease { by } => self.refuse_release(by),
            Intent::UndoClaim { by } => self.undo_claim(by),
            Intent::TakeBack => self.take_back(),
            Intent::Assign { to } => self.assign(to),
            Intent::Transfer { to } => self.transfer(to),
            Intent::Depart { of, successor, manager } => self.depart(of, *successor, *manager),
            Intent::Restore { to } => self.restore(to),
            Intent::MoveTo { pool } => self.move_to(pool),
            Intent::Escalate => self.escalate(),
            Intent::Create { into, .. } => self.create(into),
            Intent::Import { into, since, source, .. } => self.import(into, *since, source.as_ref()),
            Intent::Admit { into } => self.admit(into),
            Intent::Merge { into } => self.merge(into),
            Intent::Close { cause } => self.close(*cause, None),
            Intent::Lock { until } => self.lock(*until),
            Intent::Unlock => self.unlock(),
            Intent::Extend { until } => self.extend(*until),
            Intent::Freeze { kind, until } => self.freeze(*kind, *until),
            Intent::Unfreeze { kind } => self.unfreeze(*kind),
            Intent::PlaceHold(hold) => self.place_hold(hold),
            Intent::LiftHold { document } => self.lift_hold(document),
            Intent::Pause { from, to } => self.pause(*from, *to),
            // Whether a reclaim is due is asked elsewhere, and the others move nothing.
            Intent::Reclaim
            | Intent::Wake
            | Intent::Review(_)
            | Intent::RecordActivity(_)
            | Intent::Refold { .. }
            | Intent::Change(_)
            | Intent::ChangeTier { .. }
            | Intent::ReviewTier
            | Intent::ReviewLifeCycle(_)
            | Intent::AddCollaborator { .. }
            | Intent::RemoveCollaborator { .. } => None,
        }
    }
}

/// The move that a reclaim into this pool makes; whether it is due is not asked here.
pub(crate) fn reclaim(
    engine: Engine<'_>,
    case: &MoveCase<'_>,
    pool: &PoolId,
    now: Timestamp,
) -> Result<Move, ReasonCode> {
    let mut judge = Judge::new(engine, case, now);
    let at = judge.moment();
    match (at, case.customer().ownership()) {
        (Some(at), Some(_)) => {
            let mut moved = judge.moves(at, EventData::Reclaimed { pool: pool.clone() });
            moved.exceptions = case.exceptions().to_vec();
            Ok(moved)
        }
        (None, _) => Err(judge.unknown.unwrap_or(ReasonCode::OwnershipStartUnknown)),
        (_, None) => Err(ReasonCode::InPool),
    }
}

/// The ledgers that a command reads at `now`, and since when each must be complete; `None` where only its present state
/// is read.
pub(crate) fn reads(engine: Engine<'_>, case: &MoveCase<'_>, now: Timestamp) -> Vec<(LedgerScope, Option<Timestamp>)> {
    let gains = |rep: &Rep, acquisition| ledgers_read(engine.claims, acquisition, rep, now);
    let owner = || case.customer().ownership().map(|ownership| LedgerScope::Rep(ownership.owner().clone()));
    match case.intent() {
        Intent::Claim { by } | Intent::Pull { by } | Intent::Ask { by } | Intent::Confirm { by } => {
            gains(by, Acquisition::Claim)
        }
        Intent::Assign { to } => gains(to, Acquisition::Assign),
        Intent::Transfer { to } => gains(to, Acquisition::Transfer),
        Intent::Restore { to } => gains(to, Acquisition::Restore),
        Intent::Depart { successor, manager, .. } => {
            let heirs = [successor, manager].into_iter().flatten();
            heirs.flat_map(|heir| gains(heir, Acquisition::Departure)).collect()
        }
        Intent::Create { into: Landing::Owner(rep), .. } | Intent::Admit { into: Landing::Owner(rep) } => {
            gains(rep, Acquisition::Create)
        }
        Intent::Import { into: Landing::Owner(rep), .. } => gains(rep, Acquisition::Import),
        Intent::Draw => {
            let askers = case.askers().iter();
            askers.flat_map(|(rep, _)| gains(rep, Acquisition::Claim)).collect()
        }
        Intent::Release { .. } | Intent::UndoClaim { .. } => match (engine.moves.undo, owner()) {
            (Some((within, 1..)), Some(scope)) => {
                let calendar = &engine.claims.calendar;
                let day = calendar.window(CivilWindow::Day, now).map_or(Timestamp::MIN, |(from, _)| from);
                vec![(scope, Some(counts_from(calendar, within, day)))]
            }
            _ => Vec::new(),
        },
        Intent::Lock { .. } if !engine.moves.lock_caps.is_empty() => {
            owner().into_iter().map(|scope| (scope, None)).collect()
        }
        _ => Vec::new(),
    }
}
