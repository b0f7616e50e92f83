//! Files, standard input and the sample, opened and read with everything wrong in them reported.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use customer_pool::id::{CustomerId, RepId};
use customer_pool::model::{Customer, Ledger, OwnerFacts, Rep};
use customer_pool::policy::MAX_DOCUMENT_BYTES;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, PolicyError};
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use crate::read::{BadInput, Row, read_customers, read_ledgers, read_reps};
use crate::{Exit, Source, Stop, generate, tell};

/// From how many bytes on a file is worth a progress bar.
const LONG_FILE_BYTES: u64 = 8 << 20;

const STDIN: &str = "-";

/// Everything that a decision about a customer needs beside the customer.
pub struct World {
    pub policy: Policy,
    pub now: Timestamp,
    customers: PathBuf,
    /// The rows of the reps' file: a rep, or that its row was refused.
    reps: HashMap<RepId, OwnerFacts<Rep>>,
    /// What is known of a rep of whom there is no row.
    others: OwnerFacts<&'static Rep>,
    /// What the reps' file deserves.
    exit: Exit,
}

impl World {
    /// Opens what the command line names, or the sample.
    pub fn open(source: &Source) -> Result<Self, Stop> {
        Self::open_beside(source, None)
    }

    /// The same with the ledgers that claims read.
    pub fn open_with_ledgers(source: &Source, ledgers: Option<&Path>) -> Result<(Self, Vec<Ledger>), Stop> {
        if ledgers.is_some() && source.policy.is_none() {
            return Err(usage("`--ledgers` needs `--policy` and `--customers`"));
        }
        let mut world = Self::open_beside(source, ledgers)?;
        let sample = generate::folder().join("ledgers.ndjson");
        let file = if source.policy.is_some() { ledgers } else { Some(sample.as_path()) };
        let ledgers = file.map(|file| world.read_ledgers(file)).transpose()?;
        Ok((world, ledgers.unwrap_or_default()))
    }

    /// `beside` is another file that will be read.
    fn open_beside(source: &Source, beside: Option<&Path>) -> Result<Self, Stop> {
        let sample = generate::folder();
        let named = |file: &Option<PathBuf>, name: &str| file.clone().unwrap_or_else(|| sample.join(name));
        let (policy, customers) = (named(&source.policy, "policy.json"), named(&source.customers, "customers.ndjson"));
        let file_of_reps = if source.policy.is_some() { source.reps.clone() } else { Some(sample.join("reps.json")) };
        let inputs = [Some(policy.as_path()), Some(customers.as_path()), file_of_reps.as_deref(), beside];
        if inputs.into_iter().flatten().filter(|file| is_stdin(file)).count() > 1 {
            return Err(usage("only one file can be standard input"));
        }
        let now = match &source.now {
            Some(now) => parse_now(now)?,
            None if source.policy.is_none() => generate::now(),
            None => return Err(usage("`--now` is missing: the instant to decide for, or `now` for the system clock")),
        };
        let policy = read_policy(&policy)?.map_err(|error| {
            tell(format_args!("{}: {error}", policy.display()));
            Stop::Told(Exit::PolicyRefused)
        })?;
        let (reps, others) = (HashMap::new(), OwnerFacts::NotGiven);
        let mut world = Self { policy, now, customers, reps, others, exit: Exit::Fine };
        if let Some(file) = file_of_reps {
            world.read_reps(&file)?;
        }
        Ok(world)
    }

    fn read_reps(&mut self, file: &Path) -> Result<(), Stop> {
        let mut report = Report::new(file, None);
        self.others = OwnerFacts::Absent;
        for row in read_reps(open(file, None)?) {
            let refused = match &row {
                Err(BadInput::Row(_, Some(id))) => id.parse().ok(),
                _ => None,
            };
            match (report.good(row), refused) {
                (Some(Row { line, value: rep }), _) => match self.reps.entry(rep.id().clone()) {
                    Entry::Vacant(place) => {
                        place.insert(OwnerFacts::Known(rep));
                    }
                    Entry::Occupied(mut known) => {
                        report.bad(format_args!("{line}:1: rep `{}` stands here for the second time", rep.id()));
                        known.insert(OwnerFacts::Unknown);
                    }
                },
                (None, Some(id)) => {
                    self.reps.insert(id, OwnerFacts::Unknown);
                }
                // Whose row it was nobody can tell: of whom there is no other, it may be theirs.
                (None, None) => self.others = OwnerFacts::Unknown,
            }
        }
        self.exit = report.exit;
        Ok(())
    }

    fn read_ledgers(&mut self, file: &Path) -> Result<Vec<Ledger>, Stop> {
        let mut report = Report::new(file, None);
        let mut ledgers: Vec<Ledger> = Vec::new();
        for row in read_ledgers(open(file, None)?) {
            let Some(Row { line, value: ledger }) = report.good(row) else { continue };
            if ledgers.iter().any(|known| known.scope() == ledger.scope()) {
                let scope = serde_json::to_string(ledger.scope()).unwrap_or_default();
                report.bad(format_args!("{line}:1: the ledger of {scope} stands here for the second time"));
            } else {
                ledgers.push(ledger);
            }
        }
        if self.exit == Exit::Fine {
            self.exit = report.exit;
        }
        Ok(ledgers)
    }

    /// What is known of a rep.
    pub fn rep(&self, id: &str) -> Option<&Rep> {
        self.reps.get(&id.parse::<RepId>().ok()?)?.as_ref().known()
    }

    /// What is known of the owner.
    pub fn owner(&self, customer: &Customer) -> OwnerFacts<&Rep> {
        let row = customer.ownership().and_then(|ownership| self.reps.get(ownership.owner()));
        row.map_or(self.others, OwnerFacts::as_ref)
    }

    /// How many reps are known.
    pub fn reps(&self) -> usize {
        self.reps.values().filter_map(|rep| rep.as_ref().known()).count()
    }

    /// Reads the customers one by one and gives the exit code that their files deserve. `streams` says that output
    /// is written meanwhile, which a progress bar would disturb at a terminal.
    pub fn each(
        &self,
        streams: bool,
        mut visit: impl FnMut(Customer) -> Result<ControlFlow<()>, Stop>,
    ) -> Result<Exit, Stop> {
        let bar = progress(&self.customers, streams);
        let mut report = Report::new(&self.customers, bar.clone());
        let mut lines: HashMap<CustomerId, u64> = HashMap::new();
        let input = open(&self.customers, bar)?;
        for row in read_customers(input, self.policy.draft().attributes()) {
            let Some(Row { line, value: customer }) = report.good(row) else { continue };
            if let Some(first) = lines.get(customer.id()) {
                report.bad(format_args!("{line}:1: customer `{}` stands on line {first} already", customer.id()));
                continue;
            }
            lines.insert(customer.id().clone(), line);
            if visit(customer)?.is_break() {
                break;
            }
        }
        Ok(if report.exit == Exit::Fine { self.exit } else { report.exit })
    }
}

/// Reads a policy, or says that the file cannot be read.
pub fn read_policy(file: &Path) -> Result<Result<Policy, PolicyError>, Stop> {
    let unreadable = |error: &dyn std::fmt::Display| {
        tell(format_args!("{}: {error}", file.display()));
        Stop::Told(Exit::FileUnreadable)
    };
    let mut bytes = Vec::new();
    let longest = MAX_DOCUMENT_BYTES as u64 + 1;
    open(file, None)?.take(longest).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    // The cut of a document that is too long may lie within a character.
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Ok(Err(PolicyError::TooLarge(bytes.len())));
    }
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error.utf8_error()))?;
    Ok(Policy::from_json(&text))
}

/// Reports what is wrong with one file, and keeps what that means for the exit code.
struct Report<'a> {
    file: &'a Path,
    bar: Option<ProgressBar>,
    exit: Exit,
}

impl<'a> Report<'a> {
    fn new(file: &'a Path, bar: Option<ProgressBar>) -> Self {
        Self { file, bar, exit: Exit::Fine }
    }

    fn good<T>(&mut self, row: Result<Row<T>, BadInput>) -> Option<Row<T>> {
        match row {
            Ok(row) => return Some(row),
            Err(BadInput::Row(bad, _)) => self.bad(bad),
            Err(BadInput::Rest(bad)) => self.unreadable(bad),
            Err(BadInput::Io(error)) => self.unreadable(format_args!(" {error}")),
        }
        None
    }

    fn bad(&mut self, what: impl std::fmt::Display) {
        self.say(what);
        if self.exit == Exit::Fine {
            self.exit = Exit::RowsRefused;
        }
    }

    fn unreadable(&mut self, what: impl std::fmt::Display) {
        self.say(what);
        self.exit = Exit::FileUnreadable;
    }

    fn say(&self, what: impl std::fmt::Display) {
        let text = format!("{}:{what}", self.file.display());
        match &self.bar {
            Some(bar) => bar.suspend(|| tell(text)),
            None => tell(text),
        }
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

pub fn usage(message: &str) -> Stop {
    tell(format_args!("error: {message}\n\nFor more information, try '--help'."));
    Stop::Told(Exit::Usage)
}

/// The one place that may look at a clock, and only when told to.
fn parse_now(text: &str) -> Result<Timestamp, Stop> {
    if text != "now" {
        return text.parse().map_err(|error| usage(&format!("--now: {error}; or `now` for the system clock")));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .and_then(Timestamp::from_micros)
        .ok_or_else(|| usage("the system clock is not set"))
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == STDIN
}

fn progress(file: &Path, streams: bool) -> Option<ProgressBar> {
    let seen = io::stderr().is_terminal() && !(streams && io::stdout().is_terminal()) && !is_stdin(file);
    let length = std::fs::metadata(file).ok()?.len();
    if !seen || length < LONG_FILE_BYTES {
        return None;
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}").ok()?;
    Some(ProgressBar::new(length).with_style(style))
}

/// Opens a file or standard input, and decompresses it where it begins like a gzip file.
pub fn open(file: &Path, bar: Option<ProgressBar>) -> Result<Box<dyn BufRead>, Stop> {
    let opened: io::Result<Box<dyn Read>> =
        if is_stdin(file) { Ok(Box::new(io::stdin())) } else { File::open(file).map(|file| Box::new(file) as _) };
    let begun = opened.and_then(|raw| {
        let mut raw: Box<dyn BufRead> = match bar {
            Some(bar) => Box::new(BufReader::with_capacity(1 << 16, bar.wrap_read(raw))),
            None => Box::new(BufReader::with_capacity(1 << 16, raw)),
        };
        let zipped = raw.fill_buf()?.starts_with(&[0x1F, 0x8B]);
        Ok(if zipped { Box::new(BufReader::new(MultiGzDecoder::new(raw))) } else { raw })
    });
    begun.map_err(|error| {
        tell(format_args!("{}: {error}", file.display()));
        Stop::Told(Exit::FileUnreadable)
    })
}
