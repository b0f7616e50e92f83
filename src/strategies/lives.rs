//! Lives: commands of every kind about a few customers, at instants beside the wake-ups, and what a store makes of them.

use core::fmt;

use customer_pool::Policy;
use customer_pool::attribute::AttributeValue;
use customer_pool::claim::{Bypass, Check};
use customer_pool::id::{CommandKey, CustomerId, Label, PoolId, RepId};
use customer_pool::ledger::{ChangedFact, Event, Review};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, ClosedCause, Customer, FreezeKind, HoldKind, Lifecycle, Occurred,
    Place, Rep, Scores, Unit,
};
use customer_pool::moves::{Exception, ExceptionKind};
use customer_pool::plan::{Command, Intent, ItemOutcome, Landing, Note, RepCommand, RepIntent};
use customer_pool::policy::Revisions;
use customer_pool::score::life_cycle::LifeFacts;
use customer_pool::service::{Attempt, Driver};
use customer_pool::store::{MemoryStore, PoolStore};
use customer_pool::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::prop_oneof;
use proptest::strategy::Strategy;

use super::{claim_policy, policy};

/// What happened to a few customers under one policy.
#[derive(Clone)]
#[non_exhaustive]
pub struct Life {
    /// The policy, alone.
    pub rules: Revisions,
    /// Every command, when it was sent, and what it came to.
    pub commands: Vec<(Command, Timestamp, ItemOutcome)>,
    /// The events, customer by customer.
    pub events: Vec<Event>,
    /// What is kept.
    pub store: MemoryStore,
    /// When it ended.
    pub now: Timestamp,
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for policy in self.rules.revisions() {
            writeln!(f, "policy: {}", policy.canonical_json())?;
        }
        self.commands.iter().try_for_each(|(command, now, outcome)| writeln!(f, "{now} {command:?}: {outcome:?}"))
    }
}

/// Lives of up to forty commands. Each instant is the next wake-up of somebody, a microsecond before or after it, or some
/// hours later.
pub fn life() -> impl Strategy<Value = Life> {
    let dice = vec(any::<[u16; 6]>(), 1..40);
    (prop_oneof![claim_policy(), policy()], dice).prop_filter_map(
        "a policy whose calendars know the days",
        |(draft, dice)| {
            let policy = Policy::new(draft).ok()?;
            let begin = policy
                .draft()
                .calendars()
                .values()
                .filter_map(|calendar| calendar.validity())
                .map(|(from, _)| from)
                .max()?;
            let begin = begin.and_hms_opt(9, 0, 0)?.and_utc().timestamp_micros();
            lived(policy, Timestamp::from_micros(begin)?, &dice)
        },
    )
}

/// Commands of every kind about a customer in a policy's words.
pub fn command(policy: &Policy, now: Timestamp) -> impl Strategy<Value = Command> + use<> {
    let words = Words::of(policy);
    any::<[u16; 6]>().prop_filter_map("an instant of our age", move |dice| words.command(dice, now, 0))
}

/// The reps, customers and pools of a life.
#[derive(Clone, Debug)]
struct Words {
    pools: Vec<PoolId>,
    units: Vec<Label>,
}

fn word<T: core::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

impl Words {
    fn of(policy: &Policy) -> Self {
        let pools = policy.draft().pools().iter().map(|pool| pool.id().clone()).collect();
        Self { pools, units: Vec::new() }
    }

    fn pool(&self, n: u16) -> Option<PoolId> {
        self.pools.get(usize::from(n).checked_rem(self.pools.len())?).cloned()
    }

    fn rep(n: u16) -> Option<RepId> {
        word(["r1", "r2", "r3"].get(usize::from(n % 3))?)
    }

    fn landing(&self, n: u16) -> Option<Landing> {
        Some(match n % 4 {
            0 => Landing::Owner(Self::rep(n / 4)?),
            1 => Landing::Routing,
            2 => Landing::Awaiting,
            _ => Landing::Pool(self.pool(n / 4)?),
        })
    }

    /// A command of every kind; what comes first and goes on is drawn more often than what ends a life.
    fn command(&self, dice: [u16; 6], now: Timestamp, number: u64) -> Option<Command> {
        let [kind, about, who, where_to, how, more] = dice;
        let customer: CustomerId = word(["c1", "c2", "c3"].get(usize::from(about % 3))?)?;
        let intent = self.intent(kind, &customer, (who, where_to, how), now)?;
        let key: CommandKey = word(&format!("k{number}"))?;
        let command = Command::new(key, customer, Actor::Rep(Self::rep(who)?), intent);
        Some(match more % 8 {
            0 => command.with_note(Note::new("salt", "words")),
            1 => command.with_reason(word("no_need")?),
            2 => command.with_bypasses([Bypass::Check(Check::Quota), Bypass::Check(Check::Membership)]),
            3 => command.with_exceptions([Exception::new(ExceptionKind::DueAhead, word("ordered")?)]),
            4 => command.with_pool(self.pool(where_to)?),
            _ => command,
        })
    }

    fn intent(
        &self,
        kind: u16,
        customer: &CustomerId,
        (who, where_to, how): (u16, u16, u16),
        now: Timestamp,
    ) -> Option<Intent> {
        let rep = || Self::rep(who);
        let soon = now.checked_add_micros(3_600_000_000_i64.checked_mul(i64::from(how % 90))?)?;
        let facts = || {
            let facts = Customer::new(customer.clone(), Place::Awaiting);
            Some(Box::new(if how % 3 == 0 { facts.with_tier(word("vip")?) } else { facts }))
        };
        let call = || {
            let kind = ActivityKind::KNOWN.get(usize::from(how).checked_rem(ActivityKind::KNOWN.len())?)?.clone();
            Activity::new(kind, Actor::Rep(rep()?), Some(Occurred::At(now)), None).ok()
        };
        let document = || word("order");
        Some(match kind % 51 {
            0..=2 => Intent::Create { customer: facts()?, into: self.landing(where_to)? },
            3 => Intent::Import { customer: facts()?, into: self.landing(where_to)?, since: None, source: None },
            4 => Intent::Admit { into: self.landing(where_to)? },
            5..=9 => Intent::Claim { by: rep()? },
            10 | 11 => Intent::Ask { by: rep()? },
            12 => Intent::Confirm { by: rep()? },
            13 => Intent::Withdraw { by: rep()? },
            14 => Intent::Expire,
            15 => Intent::Draw,
            16 | 17 => Intent::Release { by: rep()? },
            18 => Intent::ApproveRelease { by: rep()? },
            19 => Intent::RefuseRelease { by: rep()? },
            20 => Intent::UndoClaim { by: rep()? },
            21 => Intent::TakeBack,
            22 => Intent::Assign { to: rep()? },
            23 => Intent::Transfer { to: rep()? },
            24 => Intent::Depart { of: rep()?, successor: Self::rep(how), manager: None },
            25 => Intent::Restore { to: rep()? },
            26 => Intent::MoveTo { pool: self.pool(where_to)? },
            27 => Intent::Escalate,
            28 if how % 8 == 0 => Intent::Merge { into: word("other")? },
            29 if how % 8 == 0 => Intent::Close { cause: ClosedCause::Invalid },
            30 => Intent::Lock { until: (how % 2 == 0).then_some(soon) },
            31 => Intent::Unlock,
            32 => Intent::Extend { until: soon },
            33 => Intent::Freeze { kind: FreezeKind::Dispute, until: Some(soon) },
            34 => Intent::Unfreeze { kind: FreezeKind::Dispute },
            35 => Intent::PlaceHold(BusinessHold::live(HoldKind::OpenOrder, document()?, Some(soon))),
            36 => Intent::LiftHold { document: document()? },
            37 => Intent::Pause { from: now, to: soon },
            38 => Intent::Reclaim,
            39 => Intent::Review(match how % 4 {
                0 => Review::Approved,
                1 => Review::Rejected,
                2 => Review::Deferred(soon),
                _ => Review::Withdrawn,
            }),
            40 => Intent::RecordActivity(Box::new(call()?)),
            41 => Intent::Refold { activities: vec![call()?] },
            42 => Intent::Change(self.fact(how, now)?),
            43 => {
                Intent::ChangeTier { tier: (how % 3 != 0).then(|| word("vip")).flatten(), evidence: None, until: None }
            }
            44 => Intent::AddCollaborator { rep: rep()? },
            45 => Intent::RemoveCollaborator { rep: rep()? },
            46 => Intent::Pull { by: rep()? },
            47 => Intent::ReviewTier,
            48 => Intent::ReviewLifeCycle(LifeFacts::new([now])),
            _ => Intent::Wake,
        })
    }

    fn fact(&self, how: u16, now: Timestamp) -> Option<ChangedFact> {
        Some(match how % 8 {
            0 => ChangedFact::Attribute { key: word("rank")?, value: Some(AttributeValue::Integer(i64::from(how))) },
            1 => ChangedFact::Personal { key: word("phone")?, digest: Some(Note::new("salt", "1").digest()) },
            2 => ChangedFact::Tags(self.units.iter().cloned().chain([word("tag")?]).collect()),
            3 => ChangedFact::LastDeal(now),
            4 => ChangedFact::LastContractEnd(now),
            5 => ChangedFact::Scores(Box::new(Scores::new().with_value(Unit::new(u32::from(how)).unwrap_or_default()))),
            6 => ChangedFact::LifeCycle { stage: Lifecycle::New, evidence: None },
            _ => ChangedFact::Profile(Box::default()),
        })
    }
}

fn lived(policy: Policy, begin: Timestamp, dice: &[[u16; 6]]) -> Option<Life> {
    let words = Words::of(&policy);
    let rules = Revisions::new([policy]).ok()?;
    let (driver, mut store) = (Driver::new(&rules), MemoryStore::new());
    for (name, unit) in [("r1", "sales/east"), ("r2", "sales/east"), ("r3", "sales")] {
        let rep: RepId = word(name)?;
        let facts = Box::new(Rep::new(rep.clone()).with_units([word(unit)?]));
        let command = RepCommand::new(word(name)?, rep, Actor::System, RepIntent::Enroll { rep: facts });
        driver.run_rep(&command, begin).on(&mut store).ok()?.outcome()?;
    }
    let (mut now, mut commands) = (begin, Vec::new());
    for (number, dice) in dice.iter().enumerate() {
        now = next_instant(&driver, &mut store, now, *dice)?;
        let command = words.command(*dice, now, u64::try_from(number).ok()?)?;
        let attempt = driver.run(&command, now).on(&mut store).ok()?;
        if let Attempt::Done(outcome) = attempt {
            commands.push((command, now, outcome));
        }
    }
    let mut events = Vec::new();
    for customer in store.customer_ids() {
        events.extend(store.events(&customer, 1, usize::MAX).ok()?);
    }
    Some(Life { rules: rules.clone(), commands, events, store, now })
}

/// Beside the next wake-up, or some hours later.
fn next_instant(driver: &Driver<'_>, store: &mut MemoryStore, now: Timestamp, dice: [u16; 6]) -> Option<Timestamp> {
    let [.., how, more] = dice;
    let hours = 3_600_000_000_i64.checked_mul(i64::from(how % 30))?;
    let later = now.checked_add_micros(hours)?;
    let wake = driver.next_wake().on(store).ok()?.filter(|wake| *wake > now);
    let beside = i64::from(more / 8 % 3).checked_sub(1)?;
    match wake.filter(|_| more % 3 == 0).and_then(|wake| wake.checked_add_micros(beside)) {
        Some(at) => Some(at.max(now)),
        None => Some(later),
    }
}
