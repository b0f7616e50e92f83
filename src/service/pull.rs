//! Pulls: a rep takes the first customers of a pool that the rep may have.

use super::attempt::Attempt;
use super::error::Failure;
use super::machine::{Desk, Machine};
use super::run::{Driver, add, answered, committed, derived, finish};
use crate::decision::Denial;
use crate::digest::Digest;
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::model::Actor;
use crate::moves::Refusal;
use crate::plan::{Command, Facts, Intent, ItemOutcome, Outcome, PlanError, Planning};
use crate::store::{Ranked, Waking};
use crate::time::Timestamp;

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
        planning: &mut Planning<'_>,
        pull: &Pull,
        id: &CustomerId,
    ) -> Result<ItemOutcome, Failure> {
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
