//! Drivers over many customers: departures, pulls.

use core::ops::ControlFlow;

use super::attempt::Attempt;
use super::error::Failure;
use super::machine::{Desk, Machine};
use super::run::{Driver, add, answered, committed, finish};
use crate::digest::Digest;
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::model::Actor;
use crate::plan::{Command, Facts, Intent, ItemOutcome, Outcome, PlanError, RepCommand, RepIntent};
use crate::store::{Ranked, Waking};
use crate::time::Timestamp;

/// A rep leaves (离职交接): everything that the rep owns finds an heir.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    key: CommandKey,
    of: RepId,
    actor: Actor,
    successor: Option<RepId>,
    manager: Option<RepId>,
    after: Option<CustomerId>,
    over: bool,
}

impl Departure {
    /// The rep `of` leaves. Each customer's command has a key made of this one: a departure that was given up half-way is
    /// begun again with the same key.
    #[must_use]
    pub fn new(key: CommandKey, of: RepId, actor: Actor) -> Self {
        Self { key, of, actor, successor: None, manager: None, after: None, over: false }
    }

    /// With this successor, whom the policy may name as heir.
    #[must_use]
    pub fn with_successor(mut self, successor: RepId) -> Self {
        self.successor = Some(successor);
        self
    }

    /// With this manager; without, the one that the rep's facts name.
    #[must_use]
    pub fn with_manager(mut self, manager: RepId) -> Self {
        self.manager = Some(manager);
        self
    }

    /// Whether every customer has been looked at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }
}

/// Told of each customer's outcome; stops between two of them by [`ControlFlow::Break`].
pub type OnItem<'a> = &'a mut (dyn FnMut(&CustomerId, &Attempt<Outcome>) -> ControlFlow<()> + Send);

fn derived(key: &CommandKey, part: &str) -> CommandKey {
    CommandKey::new(&format!("{key}/{part}")).unwrap_or_else(|_| key.clone())
}

/// A rep pulls customers out of a pool: the first ones that the rep may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    key: CommandKey,
    by: RepId,
    pool: PoolId,
    most: usize,
    look_at: usize,
}

impl Pull {
    /// At most so many of this pool, for this rep; at most ten times as many are looked at.
    #[must_use]
    pub fn new(key: CommandKey, by: RepId, pool: PoolId, most: usize) -> Self {
        Self { key, by, pool, most, look_at: most.saturating_mul(10).max(10) }
    }

    /// Looking at no more than so many customers.
    #[must_use]
    pub fn looking_at(mut self, most: usize) -> Self {
        self.look_at = most;
        self
    }
}

impl Driver<'_> {
    /// One page of a departure: the rep is made inactive first, so that nothing more comes, and then at most `limit`
    /// customers find their heirs, each committed for itself. What is refused — a freeze — stays with the rep, and is told.
    pub fn depart_page<'a>(
        &'a self,
        departure: &'a mut Departure,
        limit: usize,
        now: Timestamp,
        on_item: OnItem<'a>,
    ) -> Machine<'a, ()> {
        Machine::new("depart", move |desk| async move {
            if departure.after.is_none() {
                let key = derived(&departure.key, "rep");
                let leaves = RepCommand::new(key, departure.of.clone(), departure.actor.clone(), RepIntent::Deactivate);
                if let Attempt::Stale(_) = self.rep(&desk, &leaves, now).await? {
                    return Ok(());
                }
            }
            let page = desk.owned_by(&departure.of, departure.after.as_ref(), limit.max(1)).await?;
            departure.over = page.len() < limit.max(1);
            for id in page {
                let intent = Intent::Depart {
                    of: departure.of.clone(),
                    successor: departure.successor.clone(),
                    manager: departure.manager.clone(),
                };
                let key = derived(&departure.key, id.as_str());
                let command = Command::new(key, id.clone(), departure.actor.clone(), intent);
                let attempt = self.attempt(&desk, &command, now).await?;
                let flow = on_item(&id, &attempt);
                departure.after = Some(id);
                if flow.is_break() {
                    departure.over = false;
                    break;
                }
            }
            Ok(())
        })
    }

    /// A pull: the customers of a pool are tried in its order, those that starve first, until the rep has got so many.
    /// All of them are one commit. Where the pool reserves or draws lots, the rep asks for them.
    pub fn pull<'a>(&'a self, pull: &'a Pull, now: Timestamp) -> Machine<'a, Attempt<Outcome>> {
        Machine::new("pull", move |desk| async move {
            let content = Digest::of(&("pull", &pull.by, &pull.pool, pull.most)).map_err(PlanError::from)?;
            if let Some(before) = answered(&desk, &pull.key, content).await? {
                return Ok(before);
            }
            let mut planning = self.planner.begin(Facts::new(), now);
            let mut items: Vec<(CustomerId, ItemOutcome)> = Vec::new();
            let (mut got, mut queue) = (0_usize, Queue::default());
            while got < pull.most && items.len() < pull.look_at {
                let Some(id) = queue.next(&desk, &pull.pool, now).await? else { break };
                if items.iter().any(|(known, _)| *known == id) {
                    continue;
                }
                let item = self.take(&desk, &mut planning, pull, &id).await?;
                got = got.saturating_add(usize::from(matches!(item, ItemOutcome::Applied { .. })));
                items.push((id, item));
            }
            let outcome = Outcome::new(items);
            if got == 0 {
                return Ok(Attempt::Done(outcome));
            }
            let plan = finish(&desk, planning, Some((pull.key.clone(), content, outcome))).await?;
            committed(&desk, &plan).await
        })
    }

    /// A claim, or an ask where the pool wants that first.
    async fn take(
        &self,
        desk: &Desk,
        planning: &mut crate::plan::Planning<'_>,
        pull: &Pull,
        id: &CustomerId,
    ) -> Result<ItemOutcome, Failure> {
        use crate::decision::Denial;
        use crate::moves::Refusal;
        let actor = Actor::Rep(pull.by.clone());
        let with = |intent| {
            Command::new(derived(&pull.key, id.as_str()), id.clone(), actor.clone(), intent)
                .with_pool(pull.pool.clone())
        };
        let item = add(desk, planning, &with(Intent::Pull { by: pull.by.clone() })).await?;
        let asks =
            |refusal: &Refusal| matches!(refusal, Refusal::Denied(Denial::AskFirst | Denial::LotteryOpen { .. }));
        match item {
            ItemOutcome::Refused { refusals, .. } if refusals.iter().all(asks) => {
                add(desk, planning, &with(Intent::Ask { by: pull.by.clone() })).await
            }
            item => Ok(item),
        }
    }
}

/// The customers of a pool in the order in which it hands out: those that starve first.
#[derive(Default)]
struct Queue {
    page: Vec<CustomerId>,
    starved: Option<Waking>,
    ranked: Option<Ranked>,
    starved_over: bool,
}

const PAGE: usize = 50;

impl Queue {
    async fn next(&mut self, desk: &Desk, pool: &PoolId, now: Timestamp) -> Result<Option<CustomerId>, Failure> {
        if self.page.is_empty() && !self.starved_over {
            let page = desk.starved(pool, now, self.starved.as_ref(), PAGE).await?;
            self.starved_over = page.len() < PAGE;
            self.starved = page.last().cloned();
            self.page = page.into_iter().rev().map(|waking| waking.customer).collect();
        }
        if self.page.is_empty() {
            let page = desk.pooled(pool, self.ranked.as_ref(), PAGE).await?;
            self.ranked = page.last().cloned();
            self.page = page.into_iter().rev().map(|ranked| ranked.customer).collect();
        }
        Ok(self.page.pop())
    }
}
