//! The commands, a file for each matter.

mod claims;
mod files;
mod import;
mod look;
mod sweeps;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use customer_pool::id::{CommandKey, CustomerId, Label, RepId};
use customer_pool::time::Timestamp;

/// A customer pool in one SQLite file. Any number of processes may use the file at once.
#[derive(Debug, Parser)]
#[command(name = "pool-sqlite")]
pub struct Arguments {
    /// The file.
    #[arg(long, default_value = "pool.db", global = true)]
    pub file: PathBuf,
    /// The instant to act at, instead of the clock's: RFC 3339.
    #[arg(long, global = true)]
    pub now: Option<Timestamp>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a new file, with the first revision of a policy.
    Init {
        /// The policy.
        #[arg(long)]
        policy: PathBuf,
    },
    /// Adds a later revision of the policy, and puts the indexes right; again after an interruption, it goes on.
    Policy {
        /// The policy: with `effective_from` and `transition`.
        policy: PathBuf,
    },
    /// Imports reps, customers and their history from CSV. Nothing is imported where a row is wrong; what an earlier run
    /// has imported is left as it is.
    Import {
        /// `id,units,active,manager`; units are separated by `;`.
        #[arg(long)]
        reps: Option<PathBuf>,
        /// `id,tier,tags,owner,pool,since`; one of owner and pool, or neither.
        #[arg(long)]
        customers: Option<PathBuf>,
        /// `customer,owner,from,to,way_in,cause`: ownerships that have ended.
        #[arg(long)]
        history: Option<PathBuf>,
    },
    /// A rep claims a customer, or many claims come from a CSV file `key,customer,rep`.
    Claim {
        /// The customer.
        #[arg(required_unless_present = "from")]
        customer: Option<CustomerId>,
        /// The rep.
        #[arg(required_unless_present = "from")]
        rep: Option<RepId>,
        /// The idempotency key; without one, one is made of customer, rep and instant.
        #[arg(long)]
        key: Option<CommandKey>,
        /// Many claims.
        #[arg(long, conflicts_with_all = ["customer", "rep", "key"])]
        from: Option<PathBuf>,
    },
    /// The owner releases a customer.
    Release {
        /// The customer.
        customer: CustomerId,
        /// The owner.
        rep: RepId,
        /// Why.
        #[arg(long)]
        reason: Option<Label>,
        /// The idempotency key.
        #[arg(long)]
        key: Option<CommandKey>,
    },
    /// Does what is due, and nothing else.
    Sweep {
        /// At most so many reclaims and nominations.
        #[arg(long)]
        most: Option<u32>,
    },
    /// Sweeps, and sleeps until the next wake-up. Takes up revisions that others add meanwhile.
    Run {
        /// Stops after the first round.
        #[arg(long)]
        once: bool,
        /// Stops when nothing is due before this instant.
        #[arg(long)]
        until: Option<Timestamp>,
        /// Sleeps at most so many seconds, and at least one.
        #[arg(long, default_value_t = 60)]
        longest_sleep: u64,
    },
    /// Says why a customer stays or goes.
    Explain {
        /// The customer.
        customer: CustomerId,
        /// In Chinese.
        #[arg(long)]
        chinese: bool,
    },
    /// Shows a customer's events.
    Ledger {
        /// The customer.
        customer: CustomerId,
        /// As JSON, one event a line.
        #[arg(long)]
        json: bool,
    },
    /// Verifies every history: its links, and that the state is what follows from it.
    Verify,
}

/// Carries out a command. `2` says that it was refused, or that something is broken.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let clock = files::Clock(arguments.now);
    let file = &arguments.file;
    match &arguments.command {
        Command::Init { policy } => files::init(file, policy),
        Command::Policy { policy } => files::add_policy(file, policy, clock),
        Command::Import { reps, customers, history } => {
            let sources = import::Sources { reps, customers, history };
            import::import(&mut files::Pool::open(file)?, &sources, clock)
        }
        Command::Claim { from: Some(from), .. } => claims::claim_all(&mut files::Pool::open(file)?, from, clock),
        Command::Claim { customer: Some(customer), rep: Some(rep), key, .. } => {
            claims::claim(&mut files::Pool::open(file)?, customer, rep, key.as_ref(), clock)
        }
        Command::Claim { .. } => anyhow::bail!("a claim needs a customer and a rep"),
        Command::Release { customer, rep, reason, key } => {
            let release = claims::Release { customer, rep, reason: reason.as_ref(), key: key.as_ref() };
            claims::release(&mut files::Pool::open(file)?, &release, clock)
        }
        Command::Sweep { most } => sweeps::sweep(&mut files::Pool::open(file)?, *most, clock),
        Command::Run { once, until, longest_sleep } => {
            let end = sweeps::End { once: *once, until: *until };
            sweeps::run(&mut files::Pool::open(file)?, &end, *longest_sleep, clock)
        }
        Command::Explain { customer, chinese } => {
            look::explain(&mut files::Pool::open(file)?, customer, *chinese, clock)
        }
        Command::Ledger { customer, json } => look::ledger(&mut files::Pool::open(file)?, customer, *json),
        Command::Verify => look::verify(&mut files::Pool::open(file)?),
    }
}
