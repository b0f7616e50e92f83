//! The file, its policy, the clock.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use customer_pool::Policy;
use customer_pool::id::CustomerId;
use customer_pool::ledger::RepEventKind;
use customer_pool::messages::Language;
use customer_pool::plan::{Command, ItemOutcome, Outcome, RepCommand};
use customer_pool::policy::{PolicyError, Revisions};
use customer_pool::service::{Attempt, Driver, with_retries};
use customer_pool::time::Timestamp;
use pool_sqlite::{SqliteStore, migrate};
use rusqlite::{Connection, TransactionBehavior};

/// How often an attempt is made that finds something changed.
const ATTEMPTS: u32 = 50;

/// The clock, or one instant.
#[derive(Clone, Copy)]
pub struct Clock(pub Option<Timestamp>);

impl Clock {
    /// The instant to act at.
    pub fn now(self) -> Timestamp {
        let micros = chrono::Utc::now().timestamp_micros();
        self.0.or_else(|| Timestamp::from_micros(micros)).unwrap_or(Timestamp::MAX)
    }
}

/// An open file with its rules.
pub struct Pool {
    pub connection: Connection,
    pub rules: Revisions,
}

fn read_policy(path: &Path) -> anyhow::Result<(String, Policy)> {
    let text = fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    match Policy::from_json(&text) {
        Ok(policy) => Ok((text, policy)),
        Err(PolicyError::Problems(problems)) => {
            for problem in problems.iter() {
                eprintln!("{} {}: {problem}", problem.code(), problem.path());
            }
            bail!("`{}` is no policy that can be used", path.display())
        }
        Err(other) => Err(other).with_context(|| format!("`{}` is no policy", path.display())),
    }
}

/// Makes a file.
pub fn init(file: &Path, policy: &Path) -> anyhow::Result<ExitCode> {
    let (text, policy) = read_policy(policy)?;
    let mut connection = Connection::open(file).with_context(|| format!("`{}` cannot be opened", file.display()))?;
    migrate(&mut connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let known: i64 = transaction.query_row("SELECT count(*) FROM policy", [], |row| row.get(0))?;
    ensure!(known == 0, "`{}` has a policy already", file.display());
    transaction.execute("INSERT INTO policy (revision, text) VALUES (?1, ?2)", (policy.revision().number(), text))?;
    transaction.commit()?;
    println!("`{}` is ready, under revision {}", file.display(), policy.revision().number());
    Ok(ExitCode::SUCCESS)
}

/// Adds a revision, and computes every row of the indexes again that it concerns. One that was added already goes on where
/// it was interrupted.
pub fn add_policy(file: &Path, policy: &Path, clock: Clock) -> anyhow::Result<ExitCode> {
    let (text, policy) = read_policy(policy)?;
    let mut pool = Pool::open(file)?;
    pool.add(&text, &policy)?;
    pool.reload()?;
    let done = pool.reindex(clock.now())?;
    println!("revision {} is known; {done} rows were computed again", policy.revision().number());
    Ok(ExitCode::SUCCESS)
}

fn rules_of(connection: &Connection) -> anyhow::Result<Revisions> {
    let mut policies = Vec::new();
    let mut statement = connection.prepare("SELECT text FROM policy ORDER BY revision")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        policies.push(Policy::from_json(&row.get::<_, String>(0)?)?);
    }
    Revisions::new(policies).context("the file has no policy")
}

impl Pool {
    /// Opens a file that was made.
    pub fn open(file: &Path) -> anyhow::Result<Self> {
        ensure!(file.exists(), "there is no `{}`: make it with `init`", file.display());
        let mut connection =
            Connection::open(file).with_context(|| format!("`{}` cannot be opened", file.display()))?;
        migrate(&mut connection)?;
        let rules = rules_of(&connection)?;
        Ok(Self { connection, rules })
    }

    fn add(&mut self, text: &str, policy: &Policy) -> anyhow::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known = rules_of(&transaction)?;
        if !known.revisions().contains(policy) {
            Revisions::new(known.revisions().iter().cloned().chain([policy.clone()]))?;
            let row = (policy.revision().number(), text);
            transaction.execute("INSERT INTO policy (revision, text) VALUES (?1, ?2)", row)?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes up revisions that another process has added.
    pub fn reload(&mut self) -> anyhow::Result<()> {
        self.rules = rules_of(&self.connection)?;
        Ok(())
    }

    /// Computes every row again that another revision, or other facts of its owner, have left behind; tells how many.
    pub fn reindex(&self, now: Timestamp) -> anyhow::Result<u64> {
        let (driver, mut store) = (Driver::new(&self.rules), SqliteStore::new(&self.connection));
        let (mut after, mut done): (Option<CustomerId>, u64) = (None, 0);
        loop {
            let page = driver.reindex_page(after.as_ref(), 500, now).on(&mut store)?;
            done += page.done;
            for id in &page.refold {
                println!("`{id}`: feed its activities again");
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(done),
            }
        }
    }

    /// Runs an attempt in a transaction of its own, again where it finds something changed.
    fn retried<T>(
        &mut self,
        mut once: impl FnMut(&Revisions, &mut SqliteStore<&Connection>) -> anyhow::Result<Attempt<T>>,
    ) -> anyhow::Result<T> {
        let Self { connection, rules } = self;
        let attempt = with_retries(ATTEMPTS, || -> anyhow::Result<_> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let attempt = once(rules, &mut SqliteStore::new(&*transaction))?;
            if matches!(attempt, Attempt::Done(_)) {
                transaction.commit()?;
            }
            Ok(attempt)
        });
        match attempt? {
            Attempt::Done(outcome) | Attempt::Again(outcome) => Ok(outcome),
            Attempt::Stale(version) => bail!("{version:?} is never the same"),
        }
    }

    /// Carries out a command.
    pub fn carry_out(&mut self, command: &Command, now: Timestamp) -> anyhow::Result<ItemOutcome> {
        self.retried(|rules, store| Ok(Driver::new(rules).run(command, now).on(store)?))
    }

    /// Carries out a command about a rep.
    pub fn carry_out_rep(&mut self, command: &RepCommand, now: Timestamp) -> anyhow::Result<ItemOutcome<RepEventKind>> {
        self.retried(|rules, store| Ok(Driver::new(rules).run_rep(command, now).on(store)?))
    }

    /// Carries out a batch.
    pub fn carry_out_batch(
        &mut self,
        batch: &customer_pool::service::Batch,
        now: Timestamp,
    ) -> anyhow::Result<Outcome> {
        self.retried(|rules, store| Ok(Driver::new(rules).run_batch(batch, now).on(store)?))
    }
}

/// What became of one customer, in words.
pub fn say(rules: &Revisions, now: Timestamp, id: &CustomerId, item: &ItemOutcome) -> String {
    match item {
        ItemOutcome::Applied { version, events } => {
            let events: Vec<_> = events.iter().map(|kind| kind.as_str()).collect();
            format!("{id}: {} (event {version})", events.join(", "))
        }
        ItemOutcome::AlreadyDone => format!("{id}: it is so already"),
        item => match item.sentence(rules.effective_at(now), Language::English).zip(item.class()) {
            Some((sentence, class)) => format!("{id}: {class}: {sentence}"),
            None => format!("{id}: {item:?}"),
        },
    }
}
