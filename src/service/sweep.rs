//! Sweeps and wake-ups: only what is due is read.

use core::ops::ControlFlow;
use std::collections::BTreeMap;

use super::error::Failure;
use super::machine::{Desk, Machine};
use super::run::{Driver, add, commit_or_stale, owned};
use crate::decision::ReasonCode;
use crate::id::{CommandKey, CustomerId, RepId};
use crate::ledger::{EventKind, PolicyStamp, Versioned};
use crate::model::{Actor, OwnerFacts, Ownership};
use crate::plan::{Command, Facts, Intent, ItemOutcome};
use crate::store::Waking;
use crate::sweep::{Ceiling, Ceilings};
use crate::time::Timestamp;

/// What became of one customer in a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Swept {
    /// These events were appended.
    Done(Vec<EventKind>),
    /// Nothing was outstanding; its wake-up was set anew.
    Nothing,
    /// A ceiling holds it back: the next run takes it.
    Throttled(Ceiling),
    /// The facts do not tell: for a person to look at.
    Undetermined(ReasonCode),
    /// It was refused.
    Refused(ItemOutcome),
    /// Somebody changed it in the meantime: the next run takes it, if it is still to be done.
    Stale,
}

/// A sweep that is under way: where it is and what it has come to. Any number of pages, each on a transaction of its own,
/// go on with it; one that is given up half-way loses nothing, because what was not done is still due.
#[derive(Clone, Debug)]
pub struct SweepRun {
    as_of: Timestamp,
    ceilings: Ceilings,
    after: Option<Waking>,
    over: bool,
    run: u32,
    taken: BTreeMap<RepId, u32>,
    held: BTreeMap<RepId, u32>,
    tally: BTreeMap<&'static str, u64>,
}

impl SweepRun {
    /// A sweep at one fixed instant.
    #[must_use]
    pub fn new(as_of: Timestamp, ceilings: Ceilings) -> Self {
        let (taken, held, tally) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { as_of, ceilings, after: None, over: false, run: 0, taken, held, tally }
    }

    /// Whether every customer that was due has been looked at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The last wake-up that was looked at: a cursor to go on from.
    #[must_use]
    pub fn after(&self) -> Option<&Waking> {
        self.after.as_ref()
    }

    /// Goes on after this wake-up.
    #[must_use]
    pub fn from(mut self, after: Waking) -> Self {
        self.after = Some(after);
        self
    }

    /// How many customers came to what: `done`, `nothing`, `throttled`, `undetermined`, `refused`, `stale`.
    #[must_use]
    pub fn tally(&self) -> &BTreeMap<&'static str, u64> {
        &self.tally
    }

    fn count(&mut self, swept: &Swept) {
        let name = match swept {
            Swept::Done(_) => "done",
            Swept::Nothing => "nothing",
            Swept::Throttled(_) => "throttled",
            Swept::Undetermined(_) => "undetermined",
            Swept::Refused(_) => "refused",
            Swept::Stale => "stale",
        };
        let count = self.tally.entry(name).or_default();
        *count = count.saturating_add(1);
    }
}

/// Told of each customer; stops the sweep between two of them by [`ControlFlow::Break`].
pub type OnSwept<'a> = &'a mut (dyn FnMut(&CustomerId, &Swept) -> ControlFlow<()> + Send);

impl Driver<'_> {
    /// One page of a sweep: at most `limit` customers whose wake-up has come, each decided about anew and committed for
    /// itself. On an open transaction they are committed together.
    pub fn sweep_page<'a>(&'a self, run: &'a mut SweepRun, limit: usize, on_swept: OnSwept<'a>) -> Machine<'a, ()> {
        Machine::new("sweep", move |desk| async move {
            let page = desk.due(run.as_of, run.after.as_ref(), limit.max(1)).await?;
            run.over = page.len() < limit.max(1);
            for waking in page {
                let swept = self.sweep_one(&desk, run, &waking.customer).await?;
                run.count(&swept);
                let flow = on_swept(&waking.customer, &swept);
                run.after = Some(waking);
                if flow.is_break() {
                    run.over = false;
                    break;
                }
            }
            Ok(())
        })
    }

    /// The first instant at which any customer is to be looked at; it may have passed. A scheduler sweeps and sleeps until
    /// then, but at least a little: what is held back by a ceiling, or cannot be decided, stays due.
    pub fn next_wake(&self) -> Machine<'_, Option<Timestamp>> {
        Machine::new("next_wake", move |desk| async move {
            Ok(desk.due(Timestamp::MAX, None, 1).await?.first().map(|waking| waking.at))
        })
    }

    async fn sweep_one(&self, desk: &Desk, run: &mut SweepRun, id: &CustomerId) -> Result<Swept, Failure> {
        let Some(state) = desk.customer(id).await? else { return Ok(Swept::Nothing) };
        let owner = state.customer().ownership().map(Ownership::owner).cloned();
        let version = state.version();
        let facts = Facts::new().with_customer(id.clone(), Some(state));
        let mut planning = self.planner.begin(facts, run.as_of);
        let command = Command::new(wake_key(id, version), id.clone(), Actor::System, Intent::Wake);
        let outcome = add(desk, &mut planning, &command).await?;
        let swept = match outcome {
            ItemOutcome::Applied { events, .. } => Swept::Done(events),
            ItemOutcome::AlreadyDone => Swept::Nothing,
            ItemOutcome::Undetermined { code, .. } => Swept::Undetermined(code),
            other => Swept::Refused(other),
        };
        let bounds = |kind: &EventKind| matches!(kind, EventKind::Reclaimed | EventKind::Nominated);
        let bounded = matches!(&swept, Swept::Done(events) if events.iter().any(bounds));
        if let (true, Some(owner)) = (bounded, &owner) {
            if let Some(ceiling) = self.ceiling(desk, run, owner).await? {
                return Ok(Swept::Throttled(ceiling));
            }
        }
        if commit_or_stale(desk, planning).await? {
            return Ok(Swept::Stale);
        }
        if let (true, Some(owner)) = (bounded, owner) {
            run.run = run.run.saturating_add(1);
            let taken = run.taken.entry(owner).or_default();
            *taken = taken.saturating_add(1);
        }
        Ok(swept)
    }

    /// The ceiling that holds back one more of this owner's.
    async fn ceiling(&self, desk: &Desk, run: &mut SweepRun, owner: &RepId) -> Result<Option<Ceiling>, Failure> {
        if run.ceilings.share_percent().is_some() && !run.held.contains_key(owner) {
            let held = u32::try_from(owned(desk, owner).await?.len()).unwrap_or(u32::MAX);
            run.held.insert(owner.clone(), held);
        }
        let of = |map: &BTreeMap<RepId, u32>| map.get(owner).copied().unwrap_or(0);
        Ok(run.ceilings.reached(run.run, of(&run.taken), of(&run.held)))
    }
}

/// The key of what is done to a customer by itself: one for each of its versions.
fn wake_key(id: &CustomerId, version: u64) -> CommandKey {
    let text = format!("wake/{id}/{version}");
    // It is never empty.
    CommandKey::new(&text).unwrap_or_else(|_| CommandKey::from(version))
}

/// What a reindex has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reindexed {
    /// How many rows were computed again.
    pub done: u64,
    /// How many customers somebody changed in the meantime: their change has computed the row.
    pub stale: u64,
    /// Customers whose activities were folded under other rules: feed them again, by
    /// [`Intent::Refold`](crate::plan::Intent::Refold).
    pub refold: Vec<CustomerId>,
    /// Where to go on; nothing when all is done.
    pub next: Option<CustomerId>,
}

impl Driver<'_> {
    /// One page of a reindex: rows that were computed under another revision of policy or calendars, or with other facts
    /// about the owner, are computed again as of `now`. Begin without `after`, and go on with [`Reindexed::next`].
    pub fn reindex_page<'a>(
        &'a self,
        after: Option<&'a CustomerId>,
        limit: usize,
        now: Timestamp,
    ) -> Machine<'a, Reindexed> {
        Machine::new("reindex", move |desk| async move {
            let stamp = PolicyStamp::of(self.planner.revisions().newest());
            let page = desk.stale(&stamp, after, limit.max(1)).await?;
            let more = page.len() == limit.max(1);
            let mut reindexed = Reindexed { next: page.last().filter(|_| more).cloned(), ..Reindexed::default() };
            for id in page {
                let Some(state) = desk.customer(&id).await? else { continue };
                if self.is_folded_elsewhere(&desk, &state, now).await? {
                    reindexed.refold.push(id.clone());
                }
                let mut planning = self.planner.begin(Facts::new().with_customer(id.clone(), Some(state)), now);
                planning.reindex(&id)?;
                let stale = commit_or_stale(&desk, planning).await?;
                let count = if stale { &mut reindexed.stale } else { &mut reindexed.done };
                *count = count.saturating_add(1);
            }
            Ok(reindexed)
        })
    }

    async fn is_folded_elsewhere(&self, desk: &Desk, state: &Versioned, now: Timestamp) -> Result<bool, Failure> {
        let Some(ownership) = state.customer().ownership() else { return Ok(false) };
        let owner = desk.rep(ownership.owner()).await?;
        let owner = OwnerFacts::enrolled(owner.as_ref().map(crate::ledger::VersionedRep::rep));
        let verdict = self.planner.revisions().decide(state.customer(), owner, now).decision.verdict();
        Ok(verdict == crate::Verdict::Undetermined(ReasonCode::FoldedElsewhere))
    }
}
