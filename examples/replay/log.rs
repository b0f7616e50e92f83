//! Reads a log of work items and turns it into what happens to customers, in order of time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use customer_pool::id::{CustomerId, RepId};
use customer_pool::model::{ActivityKind, Rep};
use customer_pool::time::Timestamp;

type Error = Box<dyn std::error::Error>;

/// The resource that is no human.
const SYSTEM: &str = "SYS";
/// The activity that ends a case well.
const VALIDATION: &str = "W_Valideren aanvraag";

/// One row.
struct Item {
    case: String,
    activity: String,
    resource: String,
    start: Timestamp,
    end: Timestamp,
}

/// What happens to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A human begins a work item: whoever begins one on a customer that nobody owns becomes its owner.
    Begun,
    /// A work item ends: a follow-up.
    FollowedUp(ActivityKind),
    /// The first validation ends: a deal.
    Deal,
}

/// Something that happens to a customer at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When.
    pub at: Timestamp,
    /// To which of [`Log::customers`].
    pub customer: usize,
    /// By which of [`Log::reps`]. The system is among them: an item's end counts, whoever ended it, while the engine
    /// would count nothing that it is told a machine did.
    pub by: usize,
    /// What.
    pub what: What,
}

/// A log as facts.
pub struct Log {
    /// Rows read.
    pub rows: usize,
    /// Cases that became customers, in the order in which they did.
    pub customers: Vec<CustomerId>,
    /// Everybody who did anything, by name.
    pub reps: Vec<Rep>,
    /// What happens, in order of time.
    pub facts: Vec<Fact>,
    /// Cases without a human work item up to their first validation.
    pub skipped: usize,
}

impl Log {
    /// Reads a CSV file, or a gzipped one whose name ends in `.gz`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let unzip = path.extension().is_some_and(|extension| extension == "gz");
        let text: Box<dyn Read> =
            if unzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
        Self::read(text).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// Reads CSV with the columns case, activity, resource, start, end, in any order of rows.
    pub fn read(text: impl Read) -> Result<Self, Error> {
        let mut reader = csv::Reader::from_reader(text);
        let header = reader.headers()?.clone();
        let column = |name: &str| {
            header.iter().position(|found| found == name).ok_or_else(|| format!("line 1: no column `{name}`"))
        };
        let columns = [column("case")?, column("activity")?, column("resource")?, column("start")?, column("end")?];
        let mut items = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let [case, activity, resource, start, end] = columns.map(|i| record.get(i).unwrap_or_default().to_owned());
            let at = |text: String| text.parse::<Timestamp>().map_err(|error| format!("line {line}: {error}"));
            let (start, end) = (at(start)?, at(end)?);
            if case.is_empty() || resource.is_empty() || end < start {
                let wrong = if end < start { "ends before it starts" } else { "lacks its case or resource" };
                return Err(format!("line {line}: the work item {wrong}").into());
            }
            items.push(Item { case, activity, resource, start, end });
        }
        Self::of(items)
    }

    fn of(mut items: Vec<Item>) -> Result<Self, Error> {
        items.sort_by_key(|item| item.start);
        let names: BTreeSet<&str> = items.iter().map(|item| item.resource.as_str()).collect();
        let reps = names.iter().map(|name| Ok(Rep::new(RepId::new(name)?))).collect::<Result<_, Error>>()?;
        let numbers: BTreeMap<&str, usize> = names.into_iter().zip(0..).collect();
        let mut cases: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        for item in &items {
            cases.entry(&item.case).or_default().push(item);
        }
        let cases_read = cases.len();
        let mut cases: Vec<(&str, &[&Item])> =
            cases.iter().filter_map(|(case, items)| as_customer(items).map(|items| (*case, items))).collect();
        cases.sort_by_key(|(_, items)| items.first().map(|item| item.start));

        let mut facts = Vec::new();
        for (customer, (_, items)) in cases.iter().enumerate() {
            for (i, item) in items.iter().enumerate() {
                let by = numbers[item.resource.as_str()];
                if item.resource != SYSTEM {
                    facts.push(Fact { at: item.start, customer, by, what: What::Begun });
                }
                if item.activity == VALIDATION {
                    facts.push(Fact { at: item.end, customer, by, what: What::Deal });
                } else if i > 0 {
                    facts.push(Fact { at: item.end, customer, by, what: What::FollowedUp(kind(&item.activity)) });
                }
            }
        }
        facts.sort_by_key(|fact| fact.at);
        let customers = cases.iter().map(|(case, _)| CustomerId::new(case)).collect::<Result<Vec<_>, _>>()?;
        let skipped = cases_read - customers.len();
        Ok(Self { rows: items.len(), customers, reps, facts, skipped })
    }
}

/// The items of a case from its first human one to its first validation, both included.
fn as_customer<'a, 'b>(items: &'a [&'b Item]) -> Option<&'a [&'b Item]> {
    let deal = items.iter().position(|item| item.activity == VALIDATION);
    let items = deal.map_or(items, |deal| &items[..=deal]);
    items.iter().position(|item| item.resource != SYSTEM).map(|first| &items[first..])
}

/// `Nabellen` is to call back; what is done at a desk is a note.
fn kind(activity: &str) -> ActivityKind {
    if activity.starts_with("W_Nabellen") { ActivityKind::Call } else { ActivityKind::Note }
}
