//! Customers as the log makes them: facts come in, decisions take customers away.

use customer_pool::decision::{Decision, PoolRef, StageRef, TriggerRef};
use customer_pool::model::{
    Activity, ActivityKind, Actor, Counters, Customer, Occurred, Ownership, Place, WarningKey, WayIn,
};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict};

use super::log::{Fact, Log, What};

type Error = Box<dyn std::error::Error>;

/// What a decision did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The owner was warned.
    Warned(StageRef),
    /// The customer went back to this pool.
    Reclaimed(Option<PoolRef>),
}

/// A warning or a reclaim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When it was found.
    pub at: Timestamp,
    /// The cycle it belongs to.
    pub cycle: Cycle,
    /// What was done.
    pub act: Act,
}

/// One round of one clock of one ownership. A renewal makes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cycle {
    /// Which of the log's customers.
    pub customer: usize,
    /// Which ownership of it, from 1.
    pub number: u32,
    /// Which of the log's reps owns it.
    pub owner: usize,
    /// The deciding trigger.
    pub trigger: Option<TriggerRef>,
    /// The due instant.
    pub due: Option<Timestamp>,
}

impl Event {
    /// One line for a person.
    pub fn line(&self, policy: &Policy, log: &Log) -> String {
        let Cycle { customer, number, owner, trigger, due } = self.cycle;
        let stage = |stage| trigger.and_then(|trigger| policy.stage_id(trigger, stage));
        let act = match self.act {
            Act::Warned(found) => format!("warned ({})", stage(found).map_or("?", |id| id.as_str())),
            Act::Reclaimed(pool) => {
                format!("reclaimed to {}", pool.and_then(|pool| policy.pool_id(pool)).map_or("?", |id| id.as_str()))
            }
        };
        let trigger = trigger.and_then(|trigger| policy.trigger_id(trigger)).map_or("?", |id| id.as_str());
        let due = due.map(|due| due.to_string()).unwrap_or_default();
        let (customer, owner) = (&log.customers[customer], log.reps[owner].id());
        format!("{} {customer} of {owner} (ownership {number}) {act}: {trigger} due {due}", self.at)
    }
}

/// A customer that somebody owns.
#[derive(Clone)]
struct Owned {
    customer: usize,
    owner: usize,
    facts: Customer,
    warned: Vec<WarningKey>,
}

/// What is known of a customer whether or not somebody owns it.
#[derive(Clone, Copy, Default)]
struct Life {
    /// Its place among the owned.
    owned: Option<usize>,
    ownerships: u32,
    reclaims: u32,
    created: Option<Timestamp>,
    last_fact: Option<Timestamp>,
    deal: bool,
}

/// All customers of a log, as far as it has been stepped through.
pub struct World<'a> {
    policy: &'a Policy,
    log: &'a Log,
    lives: Vec<Life>,
    /// Whoever decides for everybody walks this list, so it is one.
    owned: Vec<Owned>,
    next_fact: usize,
    /// Decisions taken.
    pub decisions: u64,
    /// Decisions that were *undetermined*.
    pub undetermined: u64,
}

impl<'a> World<'a> {
    /// Before the first fact.
    pub fn new(policy: &'a Policy, log: &'a Log) -> Self {
        let lives = vec![Life::default(); log.customers.len()];
        Self { policy, log, lives, owned: Vec::new(), next_fact: 0, decisions: 0, undetermined: 0 }
    }

    /// The next fact of the log, if it lies not after `until`.
    pub fn fact_until(&self, until: Timestamp) -> Option<&'a Fact> {
        self.log.facts.get(self.next_fact).filter(|fact| fact.at <= until)
    }

    /// Takes the next fact in.
    pub fn take(&mut self, fact: &Fact) -> Result<(), Error> {
        self.next_fact += 1;
        let life = &mut self.lives[fact.customer];
        if life.deal {
            return Ok(());
        }
        life.last_fact = Some(fact.at);
        match (&fact.what, life.owned) {
            (What::Begun, None) => self.own(fact),
            (What::FollowedUp(kind), Some(place)) => self.follow_up(place, kind, fact)?,
            (What::Deal, place) => {
                life.deal = true;
                if let Some(place) = place {
                    self.disown(place);
                }
            }
            (What::Begun, Some(_)) | (What::FollowedUp(_), None) => {}
        }
        Ok(())
    }

    fn own(&mut self, fact: &Fact) {
        let life = &mut self.lives[fact.customer];
        life.ownerships += 1;
        life.owned = Some(self.owned.len());
        let created = *life.created.get_or_insert(fact.at);
        let way_in = if life.ownerships == 1 { WayIn::Create } else { WayIn::Claim };
        let ownership = Ownership::new(self.log.reps[fact.by].id().clone(), fact.at)
            .with_number(life.ownerships)
            .with_way_in(way_in);
        let counters = Counters { claimed: life.ownerships - 1, reclaimed: life.reclaims, ..Counters::default() };
        let facts = Customer::new(self.log.customers[fact.customer].clone(), Place::Owned(ownership))
            .with_created(created)
            .with_counters(counters);
        self.owned.push(Owned { customer: fact.customer, owner: fact.by, facts, warned: Vec::new() });
    }

    fn follow_up(&mut self, place: usize, kind: &ActivityKind, fact: &Fact) -> Result<(), Error> {
        let actor = Actor::Rep(self.log.reps[fact.by].id().clone());
        let activity = Activity::new(kind.clone(), actor, Some(Occurred::At(fact.at)), None)?;
        let owned = &mut self.owned[place];
        let mut recorder = Recorder::new(self.policy, &owned.facts, Some(&self.log.reps[owned.owner]))?;
        if recorder.record(&activity) {
            owned.facts = owned.facts.clone().with_folded(recorder.finish());
        }
        Ok(())
    }

    fn disown(&mut self, place: usize) {
        let gone = self.owned.swap_remove(place);
        self.lives[gone.customer].owned = None;
        if let Some(moved) = self.owned.get(place) {
            self.lives[moved.customer].owned = Some(place);
        }
    }

    /// Decides for one customer, if somebody owns it: what was done about it, and when to ask again.
    pub fn wake(&mut self, customer: usize, now: Timestamp) -> (Option<Event>, Option<Timestamp>) {
        let Some(place) = self.lives[customer].owned else { return (None, None) };
        let decision = self.decide(place, now);
        (self.act(customer, &decision, now), decision.next_change())
    }

    /// Decides for everybody who is owned: what was done about them.
    pub fn scan(&mut self, now: Timestamp) -> Vec<Event> {
        let mut found = Vec::new();
        for place in 0..self.owned.len() {
            let decision = self.decide(place, now);
            if matches!(decision.verdict(), Verdict::Due | Verdict::Warn(_)) {
                found.push((self.owned[place].customer, decision));
            }
        }
        found.iter().filter_map(|(customer, decision)| self.act(*customer, decision, now)).collect()
    }

    fn decide(&mut self, place: usize, now: Timestamp) -> Decision {
        let owned = &self.owned[place];
        let decision = self.policy.decide(&owned.facts, Some(&self.log.reps[owned.owner]), now);
        self.decisions += 1;
        self.undetermined += u64::from(matches!(decision.verdict(), Verdict::Undetermined(_)));
        decision
    }

    /// Sends a warning once per cycle, and takes a customer that is due.
    fn act(&mut self, customer: usize, decision: &Decision, now: Timestamp) -> Option<Event> {
        let place = self.lives[customer].owned?;
        let owned = &mut self.owned[place];
        let number = self.lives[customer].ownerships;
        let (trigger, due) = (decision.trigger(), decision.due());
        let cycle = Cycle { customer, number, owner: owned.owner, trigger, due };
        let act = match decision.verdict() {
            Verdict::Warn(stage) => {
                let notice = self.policy.warning(&owned.facts, decision).filter(|notice| !notice.sent)?;
                owned.warned.push(notice.key);
                owned.facts = owned.facts.clone().with_warned(owned.warned.iter().cloned());
                Act::Warned(stage)
            }
            Verdict::Due => {
                self.disown(place);
                self.lives[customer].reclaims += 1;
                Act::Reclaimed(decision.pool())
            }
            _ => return None,
        };
        Some(Event { at: now, cycle, act })
    }

    /// Whether something happened to a customer after an event.
    pub fn touched_after(&self, event: &Event) -> bool {
        self.lives[event.cycle.customer].last_fact.is_some_and(|last| last > event.at)
    }

    /// Makes one customer what it is in another world.
    pub fn copy_from(&mut self, other: &Self, customer: usize) {
        if let Some(place) = self.lives[customer].owned {
            self.disown(place);
        }
        self.lives[customer] = other.lives[customer];
        if let Some(place) = other.lives[customer].owned {
            self.lives[customer].owned = Some(self.owned.len());
            self.owned.push(other.owned[place].clone());
        }
    }

    /// How many ownerships the customers have had, how many ended as deals, and how many are owned.
    pub fn census(&self) -> (u64, u64, u64) {
        let ownerships = self.lives.iter().map(|life| u64::from(life.ownerships)).sum();
        let deals = self.lives.iter().filter(|life| life.deal).count();
        (ownerships, deals as u64, self.owned.len() as u64)
    }
}
