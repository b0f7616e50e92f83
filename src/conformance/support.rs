//! What the checks share: a database, a policy, and short ways to write and to compare.

use core::fmt;

use crate::Policy;
use crate::digest::Digest;
use crate::id::{CustomerId, RepId};
use crate::ledger::{Versioned, VersionedRep};
use crate::model::{Actor, Customer, Place, Rep};
use crate::plan::{Changes, Command, Intent, ItemOutcome, Landing, RepCommand, RepIntent, Version};
use crate::policy::Revisions;
use crate::service::{Attempt, Driver};
use crate::store::{Committed, PoolStore};
use crate::time::Timestamp;

/// A host's database, with nothing in it at first.
pub trait Database: Sync {
    /// A session: every commit on it is a transaction of its own, and is seen by other sessions when it returns. Sessions
    /// are used from several threads at once.
    type Session: PoolStore<Error: fmt::Debug> + Send;

    /// One more session on the same data.
    fn session(&self) -> Self::Session;

    /// The text of a side record under this digest, where it was not erased.
    fn side_text(&self, digest: &Digest) -> Option<String>;
}

/// What a store did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    check: String,
    what: String,
}

impl Violation {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { check: String::new(), what: what.into() }
    }

    pub(super) fn of(mut self, check: &str) -> Self {
        check.clone_into(&mut self.check);
        self
    }

    /// The check that found it.
    #[must_use]
    pub fn check(&self) -> &str {
        &self.check
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.what)
    }
}

impl std::error::Error for Violation {}

/// Whatever fails on the way is a violation too.
pub(super) trait OrViolation<T> {
    fn or_violation(self, what: &str) -> Result<T, Violation>;
}

impl<T, E: fmt::Debug> OrViolation<T> for Result<T, E> {
    fn or_violation(self, what: &str) -> Result<T, Violation> {
        self.map_err(|error| Violation::new(format!("{what}: {error:?}")))
    }
}

pub(super) fn same<T: PartialEq + fmt::Debug>(what: &str, found: &T, wanted: &T) -> Result<(), Violation> {
    if found == wanted {
        return Ok(());
    }
    Err(Violation::new(format!("{what}: found {found:?}, wanted {wanted:?}")))
}

const POLICY: &str = r#"{
    "format": 1, "id": "conformance", "revision": 1,
    "calendars": {"utc": {"zone": "UTC", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                          "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
    "default_calendar": "utc", "tiers": ["vip"],
    "pools": [{"id": "east", "members": [{"unit": "sales"}]},
              {"id": "asked", "members": [{"unit": "sales"}], "hand_out": {"reservation": {"hours": 4}}}],
    "routing": {"fallback": "east"},
    "claims": {"undo": {"within": {"hours": 1}, "per_day": 3},
               "quotas": [{"id": "own", "limit": 3, "window": "day"},
                          {"id": "team", "limit": 5, "window": "day", "per": "unit"}],
               "capacities": [{"id": "book", "scope": "everybody", "cap": 4}]},
    "moves": {"release": {"approval": {"in": {"fact": "tier", "of": ["vip"]}}}},
    "groups": [{"id": "contact", "triggers": [
        {"id": "silent", "when": "always", "base": {"days": 7}, "renewals": {"call": {"days": 7}},
         "action": "review", "warnings": [{"id": "soon", "before": {"days": 2}, "audience": ["owner"]}]}]}]
}"#;

/// An id of the suite's own words.
pub(super) fn id<T: core::str::FromStr<Err: fmt::Debug>>(text: &str) -> Result<T, Violation> {
    text.parse().or_violation(text)
}

pub(super) fn policy() -> Result<Policy, Violation> {
    Policy::from_json(POLICY).or_violation("the suite's policy")
}

pub(super) fn changed_policy() -> Result<[Policy; 2], Violation> {
    let change = r#""revision": 2, "effective_from": "2026-03-02T00:00:00Z", "transition": "retime","#;
    let second = POLICY.replacen(r#""revision": 1,"#, change, 1).replace(r#"{"days": 7}"#, r#"{"days": 6}"#);
    Ok([policy()?, Policy::from_json(&second).or_violation("the changed policy")?])
}

/// A beginning: rules, an instant, and keys that are made one after the other.
pub(super) struct Bench {
    pub(super) rules: Revisions,
    pub(super) now: Timestamp,
}

impl Bench {
    pub(super) fn new() -> Result<Self, Violation> {
        let rules = Revisions::new([policy()?]).or_violation("one revision")?;
        Ok(Self { rules, now: id("2026-03-02T08:00:00Z")? })
    }

    pub(super) fn driver(&self) -> Driver<'_> {
        Driver::new(&self.rules)
    }

    pub(super) fn later(&self, hours: i64) -> Timestamp {
        self.now.checked_add_micros(hours.saturating_mul(3_600_000_000)).unwrap_or(self.now)
    }

    pub(super) fn rep<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        key: &str,
        rep: &str,
        intent: RepIntent,
    ) -> Result<(), Violation> {
        let command = RepCommand::new(id(key)?, id(rep)?, Actor::System, intent);
        let attempt = self.driver().run_rep(&command, self.now).on(store).or_violation("a command about a rep")?;
        attempt.outcome().map(|_| ()).ok_or_else(|| Violation::new("nobody else writes, and it is stale"))
    }

    pub(super) fn enroll<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        rep: &str,
        unit: &str,
    ) -> Result<(), Violation> {
        let facts = Rep::new(id(rep)?).with_units([id(unit)?]);
        self.rep(store, &format!("enroll {rep}"), rep, RepIntent::Enroll { rep: Box::new(facts) })
    }

    pub(super) fn create<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        customer: &str,
        pool: &str,
    ) -> Result<(), Violation> {
        let facts = Box::new(Customer::new(id(customer)?, Place::Awaiting));
        let intent = Intent::Create { customer: facts, into: Landing::Pool(id(pool)?) };
        self.done(store, &self.command(&format!("create {customer}"), customer, intent)?, self.now)
    }

    pub(super) fn command(&self, key: &str, customer: &str, intent: Intent) -> Result<Command, Violation> {
        Ok(Command::new(id(key)?, id(customer)?, Actor::System, intent))
    }

    pub(super) fn claim(&self, key: &str, customer: &str, by: &str) -> Result<Command, Violation> {
        self.command(key, customer, Intent::Claim { by: id(by)? })
    }

    pub(super) fn run<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        command: &Command,
        now: Timestamp,
    ) -> Result<Attempt<ItemOutcome>, Violation> {
        self.driver().run(command, now).on(store).or_violation("a command")
    }

    /// Runs a command that must be applied.
    pub(super) fn done<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        command: &Command,
        now: Timestamp,
    ) -> Result<(), Violation> {
        let attempt = self.run(store, command, now)?;
        let applied = attempt.outcome();
        match applied {
            Some(ItemOutcome::Applied { .. }) => Ok(()),
            _ => Err(Violation::new(format!("{command:?} came to {attempt:?}"))),
        }
    }

    /// What a command would write.
    pub(super) fn changes<S: PoolStore<Error: fmt::Debug>>(
        &self,
        store: &mut S,
        command: &Command,
        now: Timestamp,
    ) -> Result<Changes, Violation> {
        let planned = self.driver().preview(command, now).on(store).or_violation("a preview")?;
        let plan = planned.plan.ok_or_else(|| Violation::new(format!("{command:?} came to {:?}", planned.outcome)))?;
        Ok(plan.changes().clone())
    }
}

pub(super) fn customer<S: PoolStore<Error: fmt::Debug>>(
    store: &mut S,
    customer: &str,
) -> Result<Option<Versioned>, Violation> {
    store.customer(&id::<CustomerId>(customer)?).or_violation("reading a customer")
}

pub(super) fn rep<S: PoolStore<Error: fmt::Debug>>(
    store: &mut S,
    rep: &str,
) -> Result<Option<VersionedRep>, Violation> {
    store.rep(&id::<RepId>(rep)?).or_violation("reading a rep")
}

/// The commit must find this version.
pub(super) fn stale<S: PoolStore<Error: fmt::Debug>>(
    store: &mut S,
    changes: &Changes,
    wanted: Version,
) -> Result<(), Violation> {
    let found = store.commit(changes).or_violation("a commit")?;
    same("a commit on an old version", &found, &Committed::Stale(wanted))
}
