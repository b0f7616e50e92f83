//! A small command line over the library, for people with files. See README.md beside this file.

mod batch;
mod check;
mod claim;
mod explain;
mod generate;
mod input;
mod next;
mod plan;
mod read;
mod release;
mod row;
mod sample;
mod score;
mod sweep;
mod table;

use input::usage;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use customer_pool::claim::{Acquisition, BatchMode, Bypass, ClaimStep};
use customer_pool::id::PoolId;
use customer_pool::messages::Language;

const EXIT_CODES: &str = "\
Without a command it shows a sample sales team. The other commands use the sample, too, when no files are given.
Nothing is ever written but by `generate`.

Policies are JSON; customers a JSON array, one JSON object a line, or CSV; reps and ledgers a JSON array or one JSON
object a line. `-` is standard input; files may be compressed with gzip. A row may have 1 MiB and 10,000 facts in lists.
A row that is wrong is named on standard error as file:line:column, and the others are processed.

Exit codes:
  0  all went well
  1  the policy has problems; nothing was decided
  2  the command line is wrong
  3  some rows are wrong; all others were processed
  4  a file cannot be read, or not to its end, or not written
  5  there is no such customer or rep
  6  a claim or release is refused, or nobody can tell; in a batch: something was not taken";

/// Who keeps, is warned about, or loses a customer, and when that changes.
#[derive(Parser)]
#[command(name = "pool", after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
struct Cli {
    /// The language of the sample's explanation: en or zh-CN
    #[arg(long, default_value_t)]
    lang: Language,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Says everything that is wrong with a policy
    Check {
        /// The policy, or `-`
        policy: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Decides about every customer, or plans what a run would do
    Sweep {
        #[command(flatten)]
        planning: plan::Planning,
        #[command(flatten)]
        source: Source,
    },
    /// Explains the decision about one customer
    Explain {
        /// The customer's id
        customer: String,
        /// The language of the explanation: en or zh-CN
        #[arg(long, default_value_t)]
        lang: Language,
        #[command(flatten)]
        source: Source,
    },
    /// Answers a claim: may this rep have this customer, why not, and from when on?
    Claim {
        /// The customer's id
        customer: String,
        /// The rep's id
        rep: String,
        #[command(flatten)]
        question: Question,
        #[command(flatten)]
        source: Source,
    },
    /// Answers an assignment by a manager, likewise
    Assign {
        /// The customer's id
        customer: String,
        /// The rep's id
        rep: String,
        #[command(flatten)]
        question: Question,
        #[command(flatten)]
        source: Source,
    },
    /// Answers a claim of several customers, each judged against what the earlier ones took
    Batch {
        /// The rep's id
        rep: String,
        /// The customers' ids, in order
        #[arg(required = true, value_name = "CUSTOMER")]
        items: Vec<String>,
        /// What it does when one is refused: all_or_nothing, up_to_remaining or item_by_item
        #[arg(long, default_value = "item_by_item", value_parser = batch::mode)]
        mode: BatchMode,
        #[command(flatten)]
        question: Question,
        #[command(flatten)]
        source: Source,
    },
    /// Answers a release by the owner: is it one, an undo, a request, or refused?
    Release {
        /// The customer's id
        customer: String,
        /// The rep who releases it
        rep: String,
        #[command(flatten)]
        returns: release::Returns,
        #[command(flatten)]
        source: Source,
    },
    /// Lists who changes when, the first first
    Next {
        /// How many changes to list
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        source: Source,
    },
    /// Recency, frequency, monetary value: classes and segments of an order log, or of a table of them
    Rfm {
        #[command(flatten)]
        input: score::Input,
        #[command(flatten)]
        reading: score::Reading,
        /// How many classes: those of the segment table, or 5 without one; 3 and 5 have a table built in
        #[arg(long)]
        classes: Option<u8>,
        /// The money of a customer is the mean of its orders, not their total
        #[arg(long)]
        mean: bool,
        /// A table of segments, JSON, for that many classes
        #[arg(long, value_name = "FILE.json")]
        segments: Option<PathBuf>,
    },
    /// Customer lifetime value: fits a model, predicts with it
    Clv {
        #[command(subcommand)]
        command: score::Clv,
    },
    /// Key accounts by value: a CSV of id and value, or the sample's orders of twelve months
    KeyAccounts {
        #[command(flatten)]
        input: score::Input,
        /// The value is a revenue, not a margin
        #[arg(long)]
        revenue: bool,
        /// The share of the total, per mille, that class A makes
        #[arg(long, default_value_t = 800)]
        a: u16,
        /// The share that A and B make
        #[arg(long, default_value_t = 950)]
        b: u16,
        /// How many to list; 0 for all
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Asks the tier table of a policy about every customer
    Tier {
        #[command(flatten)]
        source: Source,
    },
    /// The order of a pool: who should be claimed first, and what each priority is made of
    Rank {
        /// The pool; all of them without
        #[arg(long)]
        pool: Option<PoolId>,
        /// How many to list; 0 for all
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        source: Source,
    },
    /// Writes the sample's files
    Generate {
        /// Another seed makes another team
        #[arg(long, default_value_t = generate::SEED)]
        seed: u64,
        /// The folder to write into
        out_dir: PathBuf,
    },
}

/// Where facts and rules come from.
#[derive(Args)]
struct Source {
    /// The policy, or `-`
    #[arg(long, requires = "customers")]
    policy: Option<PathBuf>,
    /// The customers, or `-`
    #[arg(long, requires = "policy")]
    customers: Option<PathBuf>,
    /// What is known of the reps; the customers of owners of whom it has no good row are undetermined, unless the
    /// policy says `owners: optional`
    #[arg(long, requires = "policy")]
    reps: Option<PathBuf>,
    /// The instant to decide for, such as 2026-04-28T09:30:00+08:00; `now` asks the system clock
    #[arg(long)]
    now: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// What a question about claims brings along.
#[derive(Args)]
struct Question {
    /// What was taken and is held, by rep and by unit
    #[arg(long)]
    ledgers: Option<PathBuf>,
    /// The pool that the command names
    #[arg(long)]
    pool: Option<PoolId>,
    /// What a manager lets pass: check:quota, rule:daily; several are possible
    #[arg(long, value_parser = claim::bypass)]
    bypass: Vec<Bypass>,
    /// The command, where the pool hands out in steps: question, claim, ask or confirm
    #[arg(long, default_value = "question", value_parser = claim::step)]
    step: ClaimStep,
    /// The language of the sentences: en or zh-CN
    #[arg(long, default_value_t)]
    lang: Language,
}

/// How a run ended; the documented exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Fine = 0,
    PolicyRefused = 1,
    Usage = 2,
    RowsRefused = 3,
    FileUnreadable = 4,
    /// Or no such rep.
    NoSuchCustomer = 5,
    Refused = 6,
}

/// Why a run ended early.
#[derive(Debug)]
enum Stop {
    /// It was said on standard error.
    Told(Exit),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Says something on standard error, and nothing when nobody listens there.
fn tell(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn run(cli: Cli, out: &mut impl Write) -> Result<Exit, Stop> {
    let exit = match cli.command {
        None => sample::run(cli.lang, out)?,
        Some(Command::Check { policy, json }) => check::run(&policy, json, out)?,
        Some(Command::Sweep { planning, source }) => sweep::run(&planning, &source, out)?,
        Some(Command::Explain { customer, lang, source }) => explain::run(&customer, lang, &source, out)?,
        Some(Command::Claim { customer, rep, question, source }) => {
            claim::run(Acquisition::Claim, &customer, &rep, &question, &source, out)?
        }
        Some(Command::Assign { customer, rep, question, source }) => {
            claim::run(Acquisition::Assign, &customer, &rep, &question, &source, out)?
        }
        Some(Command::Release { customer, rep, returns, source }) => {
            release::run(&customer, &rep, &returns, &source, out)?
        }
        Some(Command::Batch { rep, items, mode, question, source }) => {
            batch::run(mode, &rep, &items, &question, &source, out)?
        }
        Some(Command::Next { limit, source }) => next::run(limit, &source, out)?,
        Some(Command::Rfm { input, reading, classes, mean, segments }) => {
            score::rfm::run(&score::rfm::Options { classes, mean, segments }, &input, &reading, out)?
        }
        Some(Command::Clv { command }) => score::clv::run(&command, out)?,
        Some(Command::KeyAccounts { input, revenue, a, b, limit }) => {
            score::accounts::run(&input, revenue, (a, b), limit, out)?
        }
        Some(Command::Tier { source }) => score::tier::run(&source, out)?,
        Some(Command::Rank { pool, limit, source }) => score::rank::run(pool.as_ref(), limit, &source, out)?,
        Some(Command::Generate { seed, out_dir }) => {
            generate::write(seed, &out_dir).map_err(|error| {
                tell(format_args!("{}: {error}", out_dir.display()));
                Stop::Told(Exit::FileUnreadable)
            })?;
            Exit::Fine
        }
    };
    out.flush()?;
    Ok(exit)
}

fn main() -> ExitCode {
    let exit = match run(Cli::parse(), &mut BufWriter::new(io::stdout().lock())) {
        Ok(exit) | Err(Stop::Told(exit)) => exit,
        // Whoever reads us, `head` for one, has enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
        Err(Stop::Output(error)) => {
            tell(format_args!("standard output: {error}"));
            Exit::FileUnreadable
        }
    };
    ExitCode::from(exit as u8)
}
