//! The world: customers, reps, a clock, rules that change, and everybody who sends commands.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::id::{CommandKey, CustomerId, RepId};
use customer_pool::ledger::{ChangedFact, Review};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, ClosedCause, Customer, FreezeKind, HoldKind, Occurred, Place, Rep,
    Scores, Unit,
};
use customer_pool::moves::{Exception, ExceptionKind};
use customer_pool::plan::{
    Command, DecisionRecord, Intent, ItemOutcome, Landing, Note, Outcome, RepCommand, RepIntent,
};
use customer_pool::policy::Revisions;
use customer_pool::score::life_cycle::LifeFacts;
use customer_pool::service::{Attempt, Batch, Departure, Driver, Machine, Pull, Reply, Request, SweepRun, Swept};
use customer_pool::store::{Committed, MemoryStore, PoolStore};
use customer_pool::sweep::Ceilings;
use customer_pool::time::Timestamp;
use customer_pool::{at, id};

use super::crash::{Crash, Progress, Underway};
use super::dice::Dice;
pub(crate) use crate::support::id;

/// What a run must have seen beside every kind of event.
pub const MUST_HAPPEN: &[&str] = &[
    "stale",
    "again",
    "crash before",
    "crash after",
    "refused",
    "undetermined",
    "already done",
    "throttled",
    "batch",
    "batch held back",
    "pull",
    "departure",
    "new revision",
    "reindexed",
    "exception",
    "bypass",
    "leave",
    "raced commit",
];

const HOUR: i64 = 3_600_000_000;
const CUSTOMERS: u64 = 10;

pub struct World {
    pub dice: Dice,
    told: bool,
    pub store: MemoryStore,
    /// Before and after the rules change.
    pub rules: [Revisions; 2],
    pub changed: bool,
    pub now: Timestamp,
    keys: u64,
    pub reps: Vec<RepId>,
    pub customers: Vec<CustomerId>,
    /// What every committed decision read, and under which rules it was made.
    pub records: Vec<(DecisionRecord, usize)>,
    /// Every command that was answered, and with what.
    pub answers: Vec<(CommandKey, Outcome)>,
    pub tally: BTreeMap<String, u64>,
}

fn rules() -> [Revisions; 2] {
    let text = include_str!("policy.json");
    let first = Policy::from_json(text).expect("the rules");
    let change = r#""revision": 2, "effective_from": "2026-03-12T00:00:00Z", "transition": "retime","#;
    let second = text.replace(r#""revision": 1,"#, change).replace(
        r#""id": "silent", "when": "always", "base": { "days": 3 }"#,
        r#""id": "silent", "when": "always", "base": { "days": 2 }"#,
    );
    let second = second.replace(r#""call": { "days": 3 }"#, r#""call": { "days": 2 }, "visit": { "days": 5 }"#);
    assert_ne!(second, text);
    let second = Policy::from_json(&second).expect("the changed rules");
    [Revisions::new([first.clone()]).expect("one"), Revisions::new([first, second]).expect("two")]
}

impl World {
    pub fn new(seed: u64, told: bool) -> Self {
        let mut world = Self {
            dice: Dice::new(seed),
            told,
            store: MemoryStore::new(),
            rules: rules(),
            changed: false,
            now: at!("2026-03-02T08:00:00Z"),
            keys: 0,
            reps: ["ann", "bob", "cho", "dai", "eve"].map(id).to_vec(),
            customers: (0..CUSTOMERS).map(|n| id(&format!("c{n}"))).collect(),
            records: Vec::new(),
            answers: Vec::new(),
            tally: BTreeMap::new(),
        };
        for (n, rep) in world.reps.clone().into_iter().enumerate() {
            let unit = if n < 3 { "sales/north" } else { "sales/south" };
            let facts = Rep::new(rep.clone()).with_units([id(unit)]);
            let facts = if n == 0 { facts } else { facts.with_manager(id!("ann")) };
            world.rep(rep, RepIntent::Enroll { rep: facts.into() });
        }
        world
    }

    pub fn rules(&self) -> &Revisions {
        &self.rules[usize::from(self.changed)]
    }

    fn count(&mut self, what: &str) {
        *self.tally.entry(what.to_owned()).or_default() += 1;
    }

    fn key(&mut self) -> CommandKey {
        self.keys += 1;
        id(&format!("key{}", self.keys))
    }

    fn tell(&self, what: &dyn std::fmt::Debug) {
        if self.told {
            println!("{} {what:?}", self.now);
        }
    }

    fn later(&self, micros: i64) -> Timestamp {
        self.now.checked_add_micros(micros).expect("our age")
    }

    /// One thing happens.
    pub fn step(&mut self) {
        let passes = [0, 0, 1, 3, 9, 20][usize::try_from(self.dice.below(6)).expect("few")];
        let a_little = i64::try_from(self.dice.below(3_000_000)).expect("small");
        self.now = self.later(passes * HOUR + a_little);
        match self.dice.below(100) {
            0..=64 => self.commands(),
            65..=82 => self.sweep(),
            83..=86 => self.batch(),
            87..=90 => self.pull(),
            91..=93 => self.roster(),
            94 if self.dice.one_in(4) => self.departure(),
            95..=96 if !self.changed && self.dice.one_in(3) => {
                self.changed = true;
                self.count("new revision");
                self.tell(&"the rules change");
            }
            _ => self.reindex(),
        }
    }

    /// Everybody who was interrupted has come back; the indexes are put right.
    pub fn settle(&mut self) {
        self.reindex();
        self.sweep();
    }

    /// One to three commands at once, call by call in any order; whoever crashes comes back with the same key.
    fn commands(&mut self) {
        let several = 1 + self.dice.below(3);
        let customer = self.dice.pick(&self.customers).clone();
        let commands: Vec<Command> = (0..several)
            .map(|_| {
                let other = self.dice.pick(&self.customers).clone();
                let about = if self.dice.one_in(3) { other } else { customer.clone() };
                self.command(about)
            })
            .collect();
        let skews: Vec<i64> = commands.iter().map(|_| self.skew()).collect();
        let crashes: Vec<Option<Crash>> = commands.iter().map(|_| self.crash()).collect();
        self.tell(&commands);
        let mut open: Vec<usize> = self.race(&commands, &skews, &crashes);
        while !open.is_empty() {
            let again: Vec<Command> = open.iter().map(|&at| commands[at].clone()).collect();
            let skews: Vec<i64> = again.iter().map(|_| self.skew()).collect();
            let crashes = vec![None; again.len()];
            let left = self.race(&again, &skews, &crashes);
            open = left.into_iter().map(|at| open[at]).collect();
        }
    }

    fn skew(&mut self) -> i64 {
        i64::try_from(self.dice.below(240)).expect("small") * 1_000_000 - 120_000_000
    }

    fn crash(&mut self) -> Option<Crash> {
        if !self.dice.one_in(8) {
            return None;
        }
        let call = 1 + u32::try_from(self.dice.below(9)).expect("small");
        Some(Crash { call, after: self.dice.one_in(2) })
    }

    /// Runs commands beside each other; gives the ones that crashed or were stale.
    fn race(&mut self, commands: &[Command], skews: &[i64], crashes: &[Option<Crash>]) -> Vec<usize> {
        let rules = self.rules[usize::from(self.changed)].clone();
        let driver = Driver::new(&rules);
        let times: Vec<Timestamp> = skews.iter().map(|skew| self.later(*skew)).collect();
        let mut under: Vec<Option<Underway<'_, _>>> = commands
            .iter()
            .zip(&times)
            .zip(crashes)
            .map(|((command, now), crash)| Some(Underway::new(driver.run(command, *now), *crash)))
            .collect();
        let mut left = Vec::new();
        let mut commits = 0;
        while under.iter().any(Option::is_some) {
            let at = usize::try_from(self.dice.below(under.len() as u64)).expect("few");
            let Some(one) = &mut under[at] else { continue };
            commits += u32::from(one.commits_next());
            let mut store = self.store.clone();
            let (changed, records, tally) = (usize::from(self.changed), &mut self.records, &mut self.tally);
            let progress = one.step(&mut store, &mut |request, reply| note(changed, records, tally, request, reply));
            match progress {
                Progress::Goes => {}
                Progress::Crashed => {
                    under[at] = None;
                    let after = crashes[at].is_some_and(|crash| crash.after);
                    self.count(if after { "crash after" } else { "crash before" });
                    left.push(at);
                }
                Progress::Done(done) => {
                    under[at] = None;
                    let attempt = done.unwrap_or_else(|error| panic!("{error}: {error:?} for {:?}", commands[at]));
                    if !self.answered_one(&commands[at], attempt) {
                        left.push(at);
                    }
                }
            }
        }
        if commits > 1 {
            self.count("raced commit");
        }
        left
    }

    /// Notes what a command came to; whether it is over.
    fn answered_one(&mut self, command: &Command, attempt: Attempt<ItemOutcome>) -> bool {
        self.answered(command.key(), attempt.map(|item| Outcome::new([(command.customer().clone(), item)])))
    }

    /// Notes what a command or batch came to; whether it is over.
    fn answered(&mut self, key: &CommandKey, attempt: Attempt<Outcome>) -> bool {
        self.tell(&attempt);
        match &attempt {
            Attempt::Stale(_) => self.count("stale"),
            Attempt::Again(outcome) => {
                self.count("again");
                self.answers.push((key.clone(), outcome.clone()));
            }
            Attempt::Done(outcome) => self.answers.push((key.clone(), outcome.clone())),
        }
        for (_, item) in attempt.outcome().into_iter().flat_map(Outcome::items) {
            let what = match item {
                ItemOutcome::AlreadyDone => "already done",
                ItemOutcome::Refused { .. } | ItemOutcome::NotExecuted { .. } => "refused",
                ItemOutcome::Undetermined { .. } => "undetermined",
                ItemOutcome::HeldBack => "batch held back",
                _ => continue,
            };
            self.count(what);
        }
        attempt.outcome().is_some()
    }

    /// Runs a driver to its end, as the only one.
    fn alone<T>(&mut self, machine: Machine<'_, T>) -> T {
        let mut under = Underway::new(machine, None);
        loop {
            let mut store = self.store.clone();
            let (changed, records, tally) = (usize::from(self.changed), &mut self.records, &mut self.tally);
            match under.step(&mut store, &mut |request, reply| note(changed, records, tally, request, reply)) {
                Progress::Done(done) => return done.unwrap_or_else(|error| panic!("{error}: {error:?}")),
                Progress::Goes | Progress::Crashed => {}
            }
        }
    }

    fn rep(&mut self, rep: RepId, intent: RepIntent) {
        let key = self.key();
        let command = RepCommand::new(key, rep, Actor::System, intent);
        self.tell(&command);
        let (rules, now) = (self.rules().clone(), self.now);
        let attempt = self.alone(Driver::new(&rules).run_rep(&command, now));
        assert!(attempt.outcome().is_some(), "nobody else writes: {attempt:?}");
    }

    fn roster(&mut self) {
        let rep = self.dice.pick(&self.reps).clone();
        let from = self.later(-5 * HOUR);
        let to = self.later(40 * HOUR);
        let intent = match self.dice.below(4) {
            0 => RepIntent::Deactivate,
            1 | 2 => RepIntent::Reactivate,
            _ => RepIntent::SetLeave { leave: vec![(from, to)] },
        };
        if matches!(intent, RepIntent::SetLeave { .. }) {
            self.count("leave");
        }
        self.rep(rep, intent);
    }

    fn sweep(&mut self) {
        let rules = self.rules().clone();
        let driver = Driver::new(&rules);
        let ceilings = if self.dice.one_in(3) { Ceilings::new().with_per_run(1) } else { Ceilings::new() };
        let mut run = SweepRun::new(self.later(0), ceilings);
        let stops = self.dice.one_in(5);
        let mut seen = Vec::new();
        while !run.is_over() {
            let mut on_swept = |id: &CustomerId, swept: &Swept| {
                seen.push((id.clone(), swept.clone()));
                if stops && seen.len() >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let limit = 1 + usize::try_from(self.dice.below(4)).expect("few");
            self.alone(driver.sweep_page(&mut run, limit, &mut on_swept));
            if stops && seen.len() >= 2 {
                break;
            }
        }
        self.tell(&seen);
        if seen.iter().any(|(_, swept)| matches!(swept, Swept::Throttled(_))) {
            self.count("throttled");
        }
    }

    fn reindex(&mut self) {
        let rules = self.rules().clone();
        let driver = Driver::new(&rules);
        let mut after: Option<CustomerId> = None;
        loop {
            let now = self.now;
            let done = self.alone(driver.reindex_page(after.as_ref(), 3, now));
            if done.done > 0 {
                self.count("reindexed");
            }
            for id in &done.refold {
                let (key, now) = (self.key(), self.now);
                let command = Command::new(key, id.clone(), Actor::System, Intent::Refold { activities: Vec::new() });
                let attempt = self.alone(driver.run(&command, now));
                self.answered_one(&command, attempt);
            }
            match done.next {
                Some(next) => after = Some(next),
                None => return,
            }
        }
    }

    fn batch(&mut self) {
        let by = self.dice.pick(&self.reps).clone();
        let whole = self.dice.one_in(2);
        let commands: Vec<Command> = (0..4)
            .map(|_| {
                let about = self.dice.pick(&self.customers).clone();
                Command::new(self.key(), about, Actor::Rep(by.clone()), Intent::Claim { by: by.clone() })
            })
            .collect();
        let key = self.key();
        let batch = Batch::new(key.clone(), commands);
        let batch = if whole { batch.whole() } else { batch };
        self.tell(&batch);
        let (rules, now) = (self.rules().clone(), self.now);
        let first = self.alone(Driver::new(&rules).run_batch(&batch, now));
        self.answered(&key, first.clone());
        let wrote = |(_, item): &(CustomerId, ItemOutcome)| matches!(item, ItemOutcome::Applied { .. });
        if first.outcome().is_some_and(|outcome| outcome.items().iter().any(wrote)) {
            self.count("batch");
            let again = self.alone(Driver::new(&rules).run_batch(&batch, now));
            assert_eq!(again.outcome(), first.outcome(), "a batch is answered once");
            assert!(matches!(again, Attempt::Again(_)));
        }
    }

    fn pull(&mut self) {
        let by = self.dice.pick(&self.reps).clone();
        let pool = *self.dice.pick(&["open", "asked", "lots", "country"]);
        let key = self.key();
        let pull = Pull::new(key.clone(), by, id(pool), 2);
        self.tell(&pull);
        let (rules, now) = (self.rules().clone(), self.now);
        let attempt = self.alone(Driver::new(&rules).pull(&pull, now));
        self.answered(&key, attempt);
        self.count("pull");
    }

    fn departure(&mut self) {
        let (of, heir) = (self.dice.pick(&self.reps).clone(), self.dice.pick(&self.reps).clone());
        let mut departure = Departure::new(self.key(), of.clone(), Actor::System);
        if heir != of {
            departure = departure.with_successor(heir);
        }
        self.tell(&departure);
        let (rules, now) = (self.rules().clone(), self.now);
        let driver = Driver::new(&rules);
        while !departure.is_over() {
            let mut seen = Vec::new();
            let mut on_item = |id: &CustomerId, attempt: &Attempt<ItemOutcome>| {
                seen.push((id.clone(), attempt.clone()));
                ControlFlow::Continue(())
            };
            self.alone(driver.depart_page(&mut departure, 2, now, &mut on_item));
            self.tell(&seen);
        }
        self.count("departure");
        self.rep(of, RepIntent::Reactivate);
    }

    fn state(&self, about: &CustomerId) -> Option<Customer> {
        let mut store = self.store.clone();
        let state = match store.customer(about) {
            Ok(state) => state,
            Err(never) => match never {},
        };
        state.map(|state| state.into_customer())
    }

    /// A command that is possible more often than not.
    fn command(&mut self, about: CustomerId) -> Command {
        let rep = self.dice.pick(&self.reps).clone();
        let state = self.state(&about);
        let protection = state.as_ref().and_then(Customer::protection);
        let frozen = protection.is_some_and(|protection| !protection.freezes().is_empty());
        let locked = protection.is_some_and(|protection| !protection.locks().is_empty());
        let intent = match state.as_ref().map(Customer::place) {
            Some(_) if frozen && self.dice.one_in(8) => Intent::Unfreeze { kind: FreezeKind::Dispute },
            Some(_) if locked && self.dice.one_in(12) => Intent::Unlock,
            None => self.entry(&about),
            Some(Place::Awaiting) if self.dice.one_in(2) => Intent::Admit { into: self.landing() },
            Some(Place::Pool(stay)) => {
                let holder = stay.reservation().map(|open| open.rep().clone());
                self.in_pool(rep.clone(), holder)
            }
            Some(Place::Owned(owned)) => self.owned(owned.owner().clone(), rep.clone()),
            Some(_) => self.any(rep.clone()),
        };
        let command = Command::new(self.key(), about, Actor::Rep(rep), intent);
        let command = match self.dice.below(12) {
            0 => command.with_note(Note::new("salt", "a word")),
            1 => {
                self.count("bypass");
                use customer_pool::claim::{Bypass, Check};
                command.with_bypasses([Bypass::Check(Check::Capacity), Bypass::Check(Check::Quota)])
            }
            2 => {
                self.count("exception");
                let despite = *self.dice.pick(&[ExceptionKind::DueAhead, ExceptionKind::Hold, ExceptionKind::Freeze]);
                command.with_exceptions([Exception::new(despite, id!("ordered"))])
            }
            _ => command,
        };
        if self.dice.one_in(3) { command.with_reason(id!("no_need")) } else { command }
    }

    fn landing(&mut self) -> Landing {
        match self.dice.below(4) {
            0 => Landing::Owner(self.dice.pick(&self.reps).clone()),
            1 => Landing::Pool(id(self.dice.word(&["open", "asked", "lots"]))),
            _ => Landing::Routing,
        }
    }

    fn entry(&mut self, about: &CustomerId) -> Intent {
        let mut customer = Customer::new(about.clone(), Place::Awaiting);
        if self.dice.one_in(3) {
            customer = customer.with_tier(id!("vip"));
        } else if self.dice.one_in(2) {
            customer = customer.with_attributes([]).with_tags([id!("new")]);
        }
        let customer = customer.into();
        match self.dice.below(4) {
            0 => Intent::Create { customer, into: Landing::Awaiting },
            1 => {
                let since = Some(self.later(-50 * HOUR));
                Intent::Import { customer, into: self.landing(), since, source: Some(id!("old")) }
            }
            _ => Intent::Create { customer, into: self.landing() },
        }
    }

    fn in_pool(&mut self, by: RepId, holder: Option<RepId>) -> Intent {
        match self.dice.below(30) {
            0..=9 => Intent::Claim { by },
            10..=14 => Intent::Ask { by },
            15..=18 => Intent::Confirm { by: holder.unwrap_or(by) },
            19 => Intent::Withdraw { by: holder.unwrap_or(by) },
            20 => Intent::Expire,
            21 | 22 => Intent::Draw,
            23 => Intent::Assign { to: by },
            24 | 25 => Intent::Restore { to: by },
            26 => Intent::MoveTo { pool: id(self.dice.word(&["open", "asked", "lots"])) },
            27 => Intent::Escalate,
            _ => self.any(by),
        }
    }

    fn owned(&mut self, owner: RepId, other: RepId) -> Intent {
        let soon = self.later(30 * HOUR);
        match self.dice.below(44) {
            0..=6 => Intent::Release { by: owner },
            7..=8 => Intent::ApproveRelease { by: other },
            9 => Intent::RefuseRelease { by: other },
            10..=11 => Intent::UndoClaim { by: owner },
            12 => Intent::TakeBack,
            13..=14 => Intent::Transfer { to: other },
            15 => Intent::Depart { of: owner, successor: Some(other), manager: None },
            16..=17 => Intent::Lock { until: self.dice.one_in(2).then_some(soon) },
            18 => Intent::Unlock,
            19 => Intent::Extend { until: soon },
            20..=21 => Intent::Reclaim,
            22..=23 => Intent::Review(Review::Approved),
            24 => Intent::Review(Review::Rejected),
            25 => Intent::Review(Review::Deferred(soon)),
            26 => Intent::Review(Review::Withdrawn),
            27..=29 => Intent::AddCollaborator { rep: other },
            30 => Intent::RemoveCollaborator { rep: other },
            31..=36 => {
                let kind = if self.dice.one_in(4) { ActivityKind::Visit } else { ActivityKind::Call };
                let at = self.later(-HOUR);
                let call = Activity::new(kind, Actor::Rep(owner), Some(Occurred::At(at)), Some(self.now));
                Intent::RecordActivity(call.expect("a call").into())
            }
            37 => Intent::Claim { by: other },
            _ => self.any(other),
        }
    }

    fn any(&mut self, by: RepId) -> Intent {
        let soon = self.later(20 * HOUR);
        let document = id!("order7");
        match self.dice.below(21) {
            0 => Intent::Freeze { kind: FreezeKind::Dispute, until: Some(soon) },
            1 => Intent::Unfreeze { kind: FreezeKind::Dispute },
            2 | 3 => Intent::PlaceHold(BusinessHold::live(HoldKind::OpenOrder, document, Some(soon))),
            4 => Intent::LiftHold { document },
            5 => Intent::Pause { from: self.now, to: soon },
            6 => Intent::Merge { into: id!("other") },
            7 if self.dice.one_in(2) => Intent::Close { cause: ClosedCause::Invalid },
            8 | 9 => {
                Intent::ChangeTier { tier: Some(id(self.dice.word(&["vip", "normal"]))), evidence: None, until: None }
            }
            10 => Intent::Change(ChangedFact::Attribute {
                key: id!("region"),
                value: Some(AttributeValue::Text(id(self.dice.word(&["north", "south"])))),
            }),
            11 => Intent::Change(ChangedFact::Tags(vec![id(self.dice.word(&["a", "b"]))])),
            12 => {
                Intent::Change(ChangedFact::Personal { key: id!("phone"), digest: Some(Note::new("s", "1").digest()) })
            }
            13 => Intent::Change(ChangedFact::LastDeal(self.now)),
            14 => Intent::Wake,
            15 => Intent::Admit { into: Landing::Routing },
            16 | 17 => {
                let value = Unit::new(100_000 * u32::try_from(self.dice.below(10)).expect("a digit")).expect("a unit");
                Intent::Change(ChangedFact::Scores(Scores::new().with_value(value).into()))
            }
            18 => Intent::ReviewTier,
            19 => Intent::ReviewLifeCycle(LifeFacts::new([self.later(-30 * HOUR)])),
            _ => Intent::Assign { to: by },
        }
    }
}

/// Keeps what commits tell.
fn note(
    changed: usize,
    records: &mut Vec<(DecisionRecord, usize)>,
    tally: &mut BTreeMap<String, u64>,
    request: &Request,
    reply: &Reply,
) {
    let (Request::Commit(changes), Reply::Commit(Committed::Applied(_))) = (request, reply) else { return };
    records.extend(changes.records.iter().map(|record| (record.clone(), changed)));
    for event in changes.customers.iter().flat_map(|change| &change.events) {
        *tally.entry(format!("event {}", event.kind())).or_default() += 1;
    }
}
