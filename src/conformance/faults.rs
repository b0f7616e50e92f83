//! A store that fails at its n-th call, and what must be so afterwards.

use core::error::Error;

use super::support::{Bench, Database, OrViolation, Violation, customer, id, same};
use crate::id::CustomerId;
use crate::model::LedgerScope;
use crate::plan::{Command, Intent, ItemOutcome};
use crate::service::Audit;
use crate::store::{Listings, OpenItem, PoolStore, store_methods};
use crate::time::Timestamp;

/// The fault that a [`FaultStore`] was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the fault that was asked for")]
pub struct Fault;

/// A store that fails at its n-th call, before or after that has had its effect.
#[derive(Clone, Debug)]
pub struct FaultStore<S> {
    store: S,
    calls: u32,
    fails_at: u32,
    after: bool,
}

impl<S> FaultStore<S> {
    /// Fails at the call with this number, counted from 1; with `after` the call has its effect before.
    pub fn new(store: S, fails_at: u32, after: bool) -> Self {
        Self { store, calls: 0, fails_at, after }
    }

    /// How many calls there were.
    pub fn calls(&self) -> u32 {
        self.calls
    }

    /// Whether it has failed.
    pub fn has_failed(&self) -> bool {
        self.calls >= self.fails_at
    }

    fn call<T, E: Into<Box<dyn Error + Send + Sync>>>(
        &mut self,
        call: impl FnOnce(&mut S) -> Result<T, E>,
    ) -> Result<T, Box<dyn Error + Send + Sync>> {
        self.calls = self.calls.saturating_add(1);
        let here = self.calls == self.fails_at;
        if here && !self.after {
            return Err(Fault.into());
        }
        let result = call(&mut self.store).map_err(E::into);
        if here { Err(Fault.into()) } else { result }
    }
}

macro_rules! passing {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        impl<S: PoolStore> PoolStore for FaultStore<S> {
            type Error = Box<dyn Error + Send + Sync>;

            $(fn $name(&mut self, $($arg: $($type)*),*) -> Result<$answer, Self::Error> {
                self.call(|store| store.$name($($arg),*))
            })*
        }
    };
}

store_methods!(passing);

impl<S: Listings> Listings for FaultStore<S> {
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Self::Error> {
        self.call(|store| store.open_items(kind, after, limit))
    }
}

/// What a life of commands is made of.
fn commands(bench: &Bench) -> Result<Vec<(i64, Command)>, Violation> {
    let by = || id("li");
    Ok(vec![
        (0, bench.claim("claim", "c1", "li")?),
        (0, bench.claim("claim two", "c2", "li")?),
        (1, bench.command("lock", "c1", Intent::Lock { until: None })?),
        (2, bench.command("transfer", "c2", Intent::Transfer { to: id("wang")? })?),
        (3, bench.command("release", "c1", Intent::Release { by: by()? })?),
        (24 * 8, bench.command("wake", "c2", Intent::Wake)?),
    ])
}

/// For every call of every command: it fails there, before or after its effect; then the same command, sent again, comes to
/// what it would have come to, once, and nothing is broken.
pub(super) fn faults_lose_nothing<D: Database>(fresh: &dyn Fn() -> D) -> Result<(), Violation> {
    let whole = lived(&fresh(), u32::MAX, false)?;
    for after in [false, true] {
        let mut fails_at = 1_u32;
        loop {
            let lived = lived(&fresh(), fails_at, after)?;
            same(&format!("a life with a fault at call {fails_at}"), &lived.events, &whole.events)?;
            if !lived.failed {
                break;
            }
            fails_at = fails_at.saturating_add(1);
        }
        if fails_at < 10 {
            return Err(Violation::new("a life makes more calls than that"));
        }
    }
    Ok(())
}

struct Lived {
    failed: bool,
    events: Vec<String>,
}

fn lived<D: Database>(database: &D, fails_at: u32, after: bool) -> Result<Lived, Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    for rep in ["li", "wang"] {
        bench.enroll(&mut store, rep, "sales/east")?;
    }
    for name in ["c1", "c2"] {
        bench.create(&mut store, name, "east")?;
    }
    let mut faulty = FaultStore::new(database.session(), fails_at, after);
    for (hours, command) in commands(&bench)? {
        let now = bench.later(hours);
        let first = bench.driver().run(&command, now).on(&mut faulty);
        let attempt = match first {
            Err(failed) if failed.store_error::<Fault>().is_some() => bench.driver().run(&command, now).on(&mut faulty),
            other => other,
        };
        let attempt = attempt.or_violation("a command after a fault")?;
        let outcome = attempt.outcome();
        if !matches!(outcome, Some(ItemOutcome::Applied { .. })) {
            return Err(Violation::new(format!("{command:?} came to {attempt:?}")));
        }
    }
    let mut events = Vec::new();
    for name in ["c1", "c2"] {
        let about: CustomerId = id(name)?;
        match bench.driver().audit(&about).on(&mut store).or_violation("an audit")? {
            Audit::Whole { .. } => {}
            broken => return Err(Violation::new(format!("{name} is {broken:?}"))),
        }
        let all = store.events(&about, 1, 100).or_violation("events")?;
        events.extend(all.iter().map(|event| format!("{name} {} {}", event.number(), event.kind())));
        let owner =
            customer(&mut store, name)?.and_then(|state| state.customer().ownership().map(|o| o.owner().clone()));
        for rep in ["li", "wang"] {
            let listed = store.owned_by(&id(rep)?, None, 10).or_violation("a list")?.contains(&about);
            same("who owns it", &listed, &owner.as_ref().is_some_and(|owner| owner == rep))?;
        }
    }
    let entries = store.ledger(&LedgerScope::Rep(id("li")?), Some(Timestamp::MIN)).or_violation("a ledger")?;
    events.push(format!("{} entries", entries.entries().len()));
    Ok(Lived { failed: faulty.has_failed(), events })
}
