//! Makes the sample: a team of twenty reps on two calendars and three thousand customers, from a seed.
//!
//! The policy is written by hand; reps and customers are drawn, and the ledgers are what the customers say. The same seed gives the same bytes.

#[path = "generate/customers.rs"]
mod customers;
#[path = "generate/draw.rs"]
mod draw;
#[path = "generate/reviews.rs"]
mod reviews;

use std::io;
use std::path::{Path, PathBuf};

use customer_pool::Policy;
use customer_pool::model::{Customer, Ledger, LedgerEntry, LedgerScope, Ownership, PoolStay, Rep};
use customer_pool::time::Timestamp;

/// The seed of the sample in `examples/data/`.
pub const SEED: u64 = 20_260_428;

/// How many customers are drawn.
pub const CUSTOMERS: usize = 3_000;

const POLICY: &str = include_str!("../data/policy.json");

/// Id, unit, calendar and tag of each rep.
const TEAM: [(&str, &str, &str, Option<&str>); 20] = [
    ("chen.jie", "sales/china/delta", "cn", None),
    ("li.na", "sales/china/delta", "cn", None),
    ("liu.yang", "sales/china/delta", "cn", None),
    ("wang.wei", "sales/china/delta", "cn", None),
    ("zhang.min", "sales/china/delta", "cn", None),
    ("zhao.lei", "sales/china/delta", "cn", Some("trainee")),
    ("sun.li", "sales/china/north", "cn", None),
    ("wu.ting", "sales/china/north", "cn", None),
    ("xu.feng", "sales/china/north", "cn", None),
    ("zhou.hao", "sales/china/north", "cn", Some("trainee")),
    ("guo.tao", "sales/china/south", "cn", None),
    ("he.xin", "sales/china/south", "cn", None),
    ("huang.qi", "sales/china/south", "cn", None),
    ("lin.mei", "sales/china/south", "cn", None),
    ("becker.s", "sales/europe/dach", "de", None),
    ("fischer.m", "sales/europe/dach", "de", None),
    ("hoffmann.k", "sales/europe/dach", "de", None),
    ("schneider.a", "sales/europe/dach", "de", None),
    ("weber.j", "sales/europe/dach", "de", Some("trainee")),
    ("ma.jun", "management", "cn", Some("founder")),
];

/// Approved leave, by the rep's place in the team.
const LEAVE: [(usize, &str, &str); 4] = [
    (4, "2026-04-20T00:00:00+08:00", "2026-05-06T00:00:00+08:00"),
    (8, "2026-05-06T00:00:00+08:00", "2026-05-16T00:00:00+08:00"),
    (13, "2026-03-16T00:00:00+08:00", "2026-03-23T00:00:00+08:00"),
    (15, "2026-04-07T00:00:00+02:00", "2026-04-18T00:00:00+02:00"),
];

/// Since when the sample's ledgers are complete.
const LEDGERS_SINCE: &str = "2026-03-23T00:00:00+08:00";

/// Where the sample lies.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data")
}

/// The instant for which the sample is made: a Tuesday morning, three days before a long holiday.
pub fn now() -> Timestamp {
    known("2026-04-28T09:30:00+08:00")
}

/// Writes the files of a sample into a folder, which is made if need be.
pub fn write(seed: u64, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    files(seed).into_iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
}

/// The names and texts of the files of a sample.
pub fn files(seed: u64) -> [(&'static str, String); 4] {
    let policy = Policy::from_json(POLICY).expect("the sample's policy has no problems");
    let team = team();
    let reps: Vec<String> = team.iter().map(|rep| format!("  {}", json(rep))).collect();
    let customers = customers::draw(seed, &policy, &TEAM.map(|(id, unit, ..)| (id, unit)));
    let customers = reviews::record(&policy, &team, customers);
    [
        ("policy.json", POLICY.to_owned()),
        ("reps.json", format!("[\n{}\n]\n", reps.join(",\n"))),
        ("customers.ndjson", customers.iter().map(|customer| json(customer) + "\n").collect()),
        ("ledgers.ndjson", ledgers(&policy, &customers).iter().map(|ledger| json(ledger) + "\n").collect()),
    ]
}

/// The ledgers of reps and of their units, complete since these began: what was taken out of pools, and what is held.
fn ledgers(policy: &Policy, customers: &[Customer]) -> Vec<Ledger> {
    let since: Timestamp = known(LEDGERS_SINCE);
    let entry = |customer: &Customer, unit: &str| {
        let (owned, stay) = (customer.ownership()?, customer.last_stay()?);
        let at = owned.start().filter(|start| *start >= since)?;
        let entry = LedgerEntry::new(at, owned.way_in(), customer.id().clone());
        Some(entry.with_pool(PoolStay::pool(stay).clone()).with_units([known(unit)]))
    };
    let of = |scope: LedgerScope, reps: &[(&str, &str)]| {
        let whose = |customer: &&Customer| customer.ownership().map(Ownership::owner).map(ToString::to_string);
        let mine: Vec<(&Customer, &str)> = customers
            .iter()
            .filter_map(|customer| {
                let owner = whose(&customer)?;
                reps.iter().find(|(id, _)| *id == owner).map(|(_, unit)| (customer, *unit))
            })
            .collect();
        let entries: Vec<LedgerEntry> = mine.iter().filter_map(|(customer, unit)| entry(customer, unit)).collect();
        let holdings = match &scope {
            LedgerScope::Rep(_) => policy.holdings(mine.iter().map(|(customer, _)| *customer)),
            _ => Vec::new(),
        };
        Ledger::new(scope)
            .with_version(entries.len() as u64 + 1)
            .with_known_from(since)
            .with_entries(entries)
            .with_holdings(holdings)
    };
    let team = TEAM.map(|(id, unit, ..)| (id, unit));
    let reps = team.iter().map(|rep| of(LedgerScope::Rep(known(rep.0)), &[*rep]));
    let mut units: Vec<&str> = team.iter().map(|(_, unit)| *unit).collect();
    units.sort_unstable();
    units.dedup();
    let units = units.into_iter().map(|unit| {
        let members: Vec<_> = team.iter().copied().filter(|(_, of)| *of == unit).collect();
        of(LedgerScope::Unit(known(unit)), &members)
    });
    reps.chain(units).collect()
}

fn team() -> Vec<Rep> {
    let rep = |(i, (id, unit, calendar, tag)): (usize, &(&str, &str, &str, Option<&str>))| {
        let leave = LEAVE.iter().filter(|(rep, ..)| *rep == i).map(|(_, from, to)| (known(from), known(to)));
        Rep::new(known(id))
            .with_units([known(unit)])
            .with_calendar(known(calendar))
            .with_tags(tag.iter().map(|tag| known(tag)))
            .with_leave(leave)
    };
    TEAM.iter().enumerate().map(rep).collect()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("facts have a JSON form")
}

/// Parses a text of this program's own.
fn known<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the generator knows its texts")
}
