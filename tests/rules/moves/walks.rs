//! Long lives: random commands, one after the other, on one customer whose facts and ledgers follow from the moves alone.

use customer_pool::id::{CustomerId, PoolId, RepId};
use customer_pool::ledger::{
    Event, EventKind, Misfit, Origin, PolicyStamp, Verifier, Versioned, evolve, fold, read_event, verify,
};
use customer_pool::model::{
    Actor, Cause, ClosedCause, Customer, FreezeKind, Ledger, LedgerEntry, LedgerScope, Place, Rep, WayIn,
};
use customer_pool::moves::{Intent, Landing, Move, MoveCase, MoveVerdict, State};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict, id};
use proptest::prelude::*;

use super::support::{at, id, keeps_its_retry, policy, rep};

const RULES: &str = r#""undo": {"within": {"hours": 2}, "per_day": 1},
    "cooldowns": [{"id": "again", "after": {"released": {"hours": 6}, "taken_back": {"hours": 12}}}],
    "repeat_limits": [{"id": "often", "limit": 4, "within": {"days": 2}}],
    "quotas": [{"id": "daily", "limit": 2, "window": "day"}]"#;
const MOVES: &str = r#""release": {"approval": {"in": {"fact": "tier", "of": ["vip"]}}},
    "departures": [{"when": "always", "to": "successor"}]"#;

/// What the walk keeps beside the customer: as a host would.
struct World {
    policy: Policy,
    customer: Customer,
    state: Option<Versioned>,
    history: Vec<Event>,
    chain: Verifier,
    now: Timestamp,
    reps: [Rep; 3],
    ids: [RepId; 3],
    pools: [PoolId; 3],
    entries: [Vec<LedgerEntry>; 3],
    /// Whole days of 24 hours of every stay that is over.
    days: u32,
    entered: usize,
    moves: usize,
}

impl World {
    fn new(keeps: bool, vip: bool) -> Self {
        let names = ["li", "wang", "zhao"];
        let customer = Customer::new(id!("c1"), Place::Awaiting);
        let clock = if keeps { "keep" } else { "restart" };
        Self {
            policy: policy(RULES, &format!(r#"{MOVES}, "transfer_clock": "{clock}""#)),
            customer: if vip { customer.with_tier(id!("vip")) } else { customer },
            state: None,
            history: Vec::new(),
            chain: Verifier::of_customer(&id!("c1")),
            now: at("2026-03-02T09:00:00"),
            reps: names.map(rep),
            ids: names.map(id),
            pools: ["east", "country", "asked"].map(id),
            entries: [Vec::new(), Vec::new(), Vec::new()],
            days: 0,
            entered: 0,
            moves: 0,
        }
    }

    fn ledgers(&self) -> Vec<Ledger> {
        let ledger = |(rep, entries): (&RepId, &Vec<LedgerEntry>)| {
            let entries = entries.iter().cloned();
            Ledger::new(LedgerScope::Rep(rep.clone())).with_entries(entries)
        };
        self.ids.iter().zip(&self.entries).map(ledger).collect()
    }

    /// One command. The last are rare: nothing follows them, or little.
    fn command(&self, dice: u8, who: usize, other: &'static Other) -> Intent<&Rep> {
        let (rep, id, pool) = (&self.reps[who], &self.ids[who], &self.pools[who]);
        let until = self.now.checked_add_micros(3_600_000_000 * 30).expect("our age");
        match dice {
            0..=39 => Intent::Claim { by: rep },
            40..=54 => Intent::Ask { by: rep },
            55..=69 => Intent::Confirm { by: rep },
            70..=99 => Intent::Release { by: id.clone() },
            100..=109 => Intent::UndoClaim { by: id.clone() },
            110..=119 => Intent::Transfer { to: rep },
            120..=129 => Intent::TakeBack,
            130..=139 => Intent::Assign { to: rep },
            140..=149 => Intent::MoveTo { pool: pool.clone() },
            150..=154 => Intent::Escalate,
            155..=164 => Intent::Depart { of: id.clone(), successor: self.reps.first(), manager: None },
            165..=174 => Intent::Restore { to: rep },
            175..=184 => Intent::Lock { until: Some(until) },
            185..=194 => Intent::Extend { until },
            195..=199 => Intent::Freeze { kind: FreezeKind::Dispute, until: Some(until) },
            200..=204 => Intent::Unfreeze { kind: FreezeKind::Dispute },
            205..=214 => Intent::Withdraw { by: id.clone() },
            215..=224 => Intent::Expire,
            225..=239 => Intent::ApproveRelease { by: id.clone() },
            240..=249 => Intent::RefuseRelease { by: id.clone() },
            250..=252 => Intent::Pause { from: self.now, to: until },
            253 | 254 => Intent::Merge { into: other.merged.clone() },
            255 => Intent::Close { cause: ClosedCause::Invalid },
        }
    }

    fn step(&mut self, command: impl for<'a> FnOnce(&'a Self) -> Intent<&'a Rep>) -> Option<Move> {
        let ledgers = self.ledgers();
        let command = command(self);
        let case = MoveCase::new(&self.customer, command.clone()).with_ledgers(&ledgers);
        let decision = self.policy.decide_move(&case, self.now);
        assert!(!matches!(decision.verdict(), MoveVerdict::Undetermined(_)), "{command:?}: {decision:?}");
        keeps_its_retry(&self.policy, &case, self.now, &decision);
        let planned = decision.planned()?.clone();
        let context = format!("{command:?} at {}: {planned:?}", self.now);
        let after = self.policy.apply_move(&planned, &self.customer).expect(&context);
        self.follow(&planned, &after, &context);
        self.append(&planned, &after, &context);
        self.customer = after;
        self.moves += 1;
        Some(planned)
    }

    /// The history with the events of the move, from which the same customer follows.
    fn append(&mut self, planned: &Move, after: &Customer, context: &str) {
        for data in planned.events().iter().cloned() {
            let number = self.history.len() as u64 + 1;
            let origin = Origin::new(Actor::System, id!("key"), PolicyStamp::of(&self.policy));
            let event = Event::new(id!("c1"), number, planned.at(), data, origin)
                .ending(self.state.as_ref().map(Versioned::customer))
                .linked(self.chain.head());
            let text = serde_json::to_string(&event).expect("JSON");
            assert_eq!(read_event(&text).expect(&text), event);
            let next = evolve(self.state.as_ref(), &event).expect(context);
            assert!(self.state.is_none() || evolve(None, &event).is_err(), "{context}");
            let twice = evolve(Some(&next), &event).map_err(|illegal| (illegal.event(), illegal.misfit()));
            assert_eq!(twice, Err((event.kind(), Misfit::Gap { expected: number + 1, found: number })), "{context}");
            self.chain.next(&event).expect(context);
            self.state = Some(next);
            self.history.push(event);
        }
        let kinds: Vec<_> = self.history.iter().rev().take(planned.events().len()).map(Event::kind).collect();
        let kinds: Vec<_> = kinds.into_iter().rev().collect();
        assert_eq!(kinds, planned.kinds(), "{context}");
        assert_eq!(self.state.as_ref().map(Versioned::customer), Some(after), "{context}");
    }

    /// The ledgers and counts after a move, and what must hold of the customer.
    fn follow(&mut self, planned: &Move, after: &Customer, context: &str) {
        if let (Some(entry), Some(begun)) = (planned.entry(&self.customer), planned.begun()) {
            let who = self.ids.iter().position(|rep| rep == begun.owner()).expect("one of the three");
            let today = |entry: &&LedgerEntry| {
                let day = |at: Timestamp| (at.as_micros() + 8 * 3_600_000_000).div_euclid(86_400_000_000);
                let counts = entry.way_in() == WayIn::Claim && entry.undone().is_none();
                counts && day(entry.at()) == day(self.now)
            };
            self.entries[who].push(entry);
            assert!(self.entries[who].iter().filter(today).count() <= 2, "over the quota: {context}");
        }
        if let (Some(start), Some(ended)) = (planned.undone(&self.customer), planned.ended(&self.customer)) {
            let who = self.ids.iter().position(|rep| rep == ended.owner()).expect("one of the three");
            let entry = self.entries[who].iter_mut().find(|entry| entry.at() == start).expect("it was entered");
            *entry = entry.clone().with_undone(self.now);
        }
        let left = self.customer.stay().filter(|stay| after.stay().is_none_or(|next| next.since() != stay.since()));
        let whole =
            |from: Timestamp, to: Timestamp| u32::try_from((to.as_micros() - from.as_micros()) / 86_400_000_000);
        if let Some(stay) = left {
            self.days += whole(stay.since(), self.now).expect("days");
        }
        if let (Some(start), Some(stay)) = (planned.undone(&self.customer), after.stay()) {
            self.days -= whole(stay.since(), start).expect("days");
        } else {
            let stays = [EventKind::Asked, EventKind::Reserved, EventKind::ReservationExpired];
            let stays = stays.iter().chain(&[EventKind::ReservationWithdrawn, EventKind::Drawn]);
            let enters = matches!(planned.place(&self.customer), Some(Place::Pool(_)));
            let last = planned.events().last().expect("an event").kind();
            self.entered += usize::from(enters && !stays.into_iter().any(|event| *event == last));
        }
        assert_eq!(after.counters().days_in_pools, self.days, "{context}");
        self.holds(planned, after, context);
    }

    fn holds(&self, planned: &Move, after: &Customer, context: &str) {
        let verdict = self.policy.decide(after, None, self.now).verdict();
        assert!(!matches!(verdict, Verdict::Undetermined(_)), "{verdict:?}: {context}");
        let owned = after.ownership();
        let mut periods: Vec<_> = after.past().iter().map(|past| (past.from(), past.to())).collect();
        periods.reverse();
        periods.extend(owned.and_then(|owned| owned.start()).map(|start| (start, self.now)));
        assert!(periods.iter().all(|(from, to)| from <= to), "{context}");
        assert!(periods.windows(2).all(|pair| pair[0].1 <= pair[1].0), "they overlap: {context}");
        if let Some(owned) = owned {
            let count = u32::try_from(after.past().len()).expect("few");
            assert_eq!(owned.number(), count + 1, "{context}");
            let (chain, clock) = (owned.chain_start(), owned.clock_start());
            assert!(chain <= clock && clock <= owned.start(), "{context}");
            if owned.way_in() != WayIn::Transfer {
                assert_eq!((chain, clock), (owned.start(), owned.start()), "{context}");
            }
            assert!(after.last_stay().is_none_or(|stay| stay.reservation().is_none() && stay.asks().is_empty()));
        } else {
            assert!(after.release_request().is_none() && after.warned().is_empty(), "{context}");
            assert!(after.protection().is_none_or(|p| p.locks().is_empty() && p.extensions().is_empty()), "{context}");
        }
        if let Some(stay) = after.stay() {
            let known = stay.earlier_entries().len() + after.former_entries().len() + 1;
            assert_eq!(known, self.entered, "every entry is known: {context}");
            assert!(stay.earlier_entries().iter().all(|entry| *entry <= stay.since()), "{context}");
        }
        if planned.kinds().contains(&EventKind::Claimed) {
            let owner = owned.map(|owned| owned.owner()).expect("it is owned");
            let hours = |cause| match cause {
                Cause::Released | Cause::Undone => 6,
                Cause::TakenBack => 12,
                _ => 0,
            };
            let blocks = |past: &&customer_pool::model::PastOwnership| {
                past.owner() == owner
                    && self.now.as_micros() < past.to().as_micros() + hours(past.cause()) * 3_600_000_000
            };
            assert_eq!(after.past().iter().find(blocks), None, "inside a cooldown: {context}");
        }
    }
}

/// What outlives a walk.
struct Other {
    merged: CustomerId,
}

fn other() -> &'static Other {
    static OTHER: std::sync::OnceLock<Other> = std::sync::OnceLock::new();
    OTHER.get_or_init(|| Other { merged: id!("c2") })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Goal: whatever happens to a customer, its ownerships follow each other without overlap, with numbers and chains
    /// without a gap; quotas and cooldowns hold; every entry into a pool stays known; and nothing that dies with an
    /// ownership is found after it. Method: up to sixty commands in hours or days.
    #[test]
    fn a_long_life_contradicts_nothing(
        keeps: bool,
        vip: bool,
        owned: bool,
        steps in prop::collection::vec((any::<u8>(), 0_usize..3, 0_i64..40), 1..60),
    ) {
        let mut world = World::new(keeps, vip);
        let facts = world.customer.clone().into();
        let begun = world.step(|world| Intent::Create {
            customer: facts,
            into: if owned { Landing::Owner(&world.reps[0]) } else { Landing::Pool(world.pools[0].clone()) },
        });
        prop_assert!(begun.is_some());
        for (dice, who, hours) in steps {
            world.now = world.now.checked_add_micros(hours * 3_600_000_000 / 2).expect("our age");
            world.step(|world| world.command(dice, who, other()));
            if matches!(world.customer.place(), Place::Closed(_)) {
                let state = State::of(&world.customer, world.now);
                prop_assert!(EventKind::MOVES.iter().all(|event| !state.fits(*event)), "closed is final");
                break;
            }
        }
        prop_assert!(world.moves > 0);
        prop_assert_eq!(&fold(&world.history), &Ok(world.state.clone()));
        let head = (world.chain.number(), world.chain.head());
        prop_assert_eq!(verify(&id!("c1"), &world.history, Some(head)), Ok(head));
    }
}
