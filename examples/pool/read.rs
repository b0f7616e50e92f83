//! Readers: customers from a JSON array, NDJSON or CSV, reps and ledgers from a JSON array or NDJSON.
//!
//! One row at a time, so that a file may be larger than memory. A row that is wrong is named with line and column and
//! the next one is read. Nothing here opens files or prints.

#[path = "read/elements.rs"]
mod elements;
#[path = "read/flat.rs"]
mod flat;
#[path = "read/lines.rs"]
mod lines;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::iter;

use customer_pool::attribute::AttributeType;
use customer_pool::id::Label;
use customer_pool::model::{Activities, Customer, Ledger, Rep};
use serde::de::DeserializeOwned;

use elements::Elements;
use flat::Flat;
use lines::Lines;

/// How long one row may be: a line of NDJSON or CSV, an element of an array.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// How many facts one row may list: activities, past ownerships, documents, tags and so on together.
pub const MAX_LISTED_FACTS: usize = 10_000;

/// A row, and the line on which it begins, from 1.
#[derive(Debug)]
pub struct Row<T> {
    /// The line.
    pub line: u64,
    /// What stands there.
    pub value: T,
}

/// A place in the input and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// What can be wrong with the input.
#[derive(Debug)]
pub enum BadInput {
    /// One row is wrong; the rows behind it are read. With the id that stands in it, if that can be read.
    Row(BadLine, Option<String>),
    /// From here on nothing can be read.
    Rest(BadLine),
    /// The input cannot be read at all.
    Io(io::Error),
}

impl From<io::Error> for BadInput {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Something that is read row by row.
pub trait Fact: DeserializeOwned {
    /// How many facts its lists hold.
    fn listed(&self) -> usize;
}

impl Fact for Customer {
    fn listed(&self) -> usize {
        let activities = match self.activities() {
            Activities::Listed(list) => list.len(),
            Activities::Folded(_) => 0,
        };
        let protection = self.protection().map_or(0, |p| {
            p.locks().len() + p.holds().len() + p.freezes().len() + p.extensions().len() + p.pauses().given().len()
        });
        let profile = self.profile().map_or(0, |profile| profile.needs().len() + profile.skills().len());
        activities
            + protection
            + profile
            + self.tags().len()
            + self.attributes().iter().count()
            + self.past().len()
            + self.collaborators().len()
            + self.warned().len()
            + self.lapses().len()
            + self.stay().into_iter().chain(self.last_stay()).map(|stay| stay.asks().len()).sum::<usize>()
    }
}

impl Fact for Rep {
    fn listed(&self) -> usize {
        self.units().len()
            + self.roles().len()
            + self.tags().len()
            + self.regions().len()
            + self.industries().len()
            + self.skills().len()
            + self.leave().given().len()
    }
}

impl Fact for Ledger {
    fn listed(&self) -> usize {
        self.entries().len() + self.holdings().len() + self.reservations().len() + self.locks().len()
    }
}

/// The rows of an input.
pub type Rows<'a, T> = Box<dyn Iterator<Item = Result<Row<T>, BadInput>> + 'a>;

/// Reads customers. The first byte that is no white space tells the format: `[` an array, `{` NDJSON, anything else
/// CSV, whose columns `attribute.KEY` need the types that the policy declares.
pub fn read_customers<'a, R: BufRead + 'a>(
    input: R,
    attributes: &BTreeMap<Label, AttributeType>,
) -> Rows<'a, Customer> {
    read_rows(input, |input, line| match Flat::new(input, line, attributes) {
        Ok(mut flat) => Box::new(iter::from_fn(move || flat.next_row())),
        Err(error) => Box::new(iter::once(Err(error))),
    })
}

/// Reads reps, in the same way but not from CSV.
pub fn read_reps<'a, R: BufRead + 'a>(input: R) -> Rows<'a, Rep> {
    read_json(input, "reps")
}

/// Reads ledgers, like reps.
pub fn read_ledgers<'a, R: BufRead + 'a>(input: R) -> Rows<'a, Ledger> {
    read_json(input, "ledgers")
}

fn read_json<'a, R: BufRead + 'a, T: Fact + 'a>(input: R, what: &'static str) -> Rows<'a, T> {
    read_rows(input, move |_, line| {
        let message = format!("{what} are read from a JSON array or from one JSON object a line");
        Box::new(iter::once(Err(BadInput::Rest(BadLine { line, column: 1, message }))))
    })
}

fn read_rows<'a, R: BufRead + 'a, T: Fact + 'a>(
    input: R,
    no_json: impl FnOnce(Sniffed<R>, u64) -> Rows<'a, T>,
) -> Rows<'a, T> {
    match sniff(input) {
        Err(error) => Box::new(iter::once(Err(error.into()))),
        Ok((Some(b'['), line, input)) => {
            let mut elements = Elements::new(input, line);
            Box::new(iter::from_fn(move || elements.next_row()))
        }
        Ok((Some(b'{') | None, line, input)) => {
            let mut lines = Lines::new(input, line);
            Box::new(iter::from_fn(move || Some(lines.next_line()?.and_then(|(text, line)| parse(text, line, 1)))))
        }
        Ok((Some(_), line, input)) => no_json(input, line),
    }
}

/// An input whose first bytes were looked at and are given again.
type Sniffed<R> = io::Chain<io::Cursor<Vec<u8>>, R>;

/// Skips a byte order mark and blank lines; gives the first byte that is no white space, the line it stands on, and the
/// input from the beginning of that line.
fn sniff<R: BufRead>(mut input: R) -> io::Result<(Option<u8>, u64, Sniffed<R>)> {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    let mut seen = Vec::new();
    let mut line = 1;
    loop {
        let Some(byte) = fill(&mut input)?.first().copied() else {
            return Ok((None, line, io::Cursor::new(seen).chain(input)));
        };
        let in_mark = line == 1 && MARK.get(seen.len()) == Some(&byte) && MARK.starts_with(&seen);
        if !in_mark && !byte.is_ascii_whitespace() {
            // A mark that was begun and is none.
            let first = seen.iter().copied().find(|byte| !byte.is_ascii_whitespace()).unwrap_or(byte);
            return Ok((Some(first), line, io::Cursor::new(seen).chain(input)));
        }
        input.consume(1);
        seen.push(byte);
        if seen == MARK || seen.len() > MAX_ROW_BYTES {
            // Nobody counts columns behind so much white space.
            seen.clear();
        }
        if byte == b'\n' {
            line += 1;
            seen.clear();
        }
    }
}

fn fill(input: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    input.fill_buf()
}

/// Parses one row of JSON whose first byte stands at `line` and `column`.
fn parse<T: Fact>(text: &[u8], line: u64, column: u64) -> Result<Row<T>, BadInput> {
    let bad = |line, column, message| BadInput::Row(BadLine { line, column, message }, id_in(text));
    if text.trim_ascii_start().first() != Some(&b'{') {
        // Otherwise a list of the values alone would pass for an object.
        return Err(bad(line, column, "a row is a JSON object".to_owned()));
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let parsed = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
        .and_then(|value: T| json.end().map(|()| value).map_err(|error| (".".to_owned(), error)));
    match parsed {
        Ok(value) if value.listed() > MAX_LISTED_FACTS => {
            let message = format!("{} facts in lists are too many; a row may have {MAX_LISTED_FACTS}", value.listed());
            Err(bad(line, column, message))
        }
        Ok(value) => Ok(Row { line, value }),
        Err((path, error)) => {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = error.to_string().replace(&place, "");
            let message = if path == "." || path == "?" { message } else { format!("`{path}`: {message}") };
            let (down, right) = ((error.line() as u64).saturating_sub(1), (error.column() as u64).max(1));
            Err(if down == 0 { bad(line, column + right - 1, message) } else { bad(line + down, right, message) })
        }
    }
}

/// The id that stands in a row which is refused for something else.
fn id_in(text: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: String,
    }
    serde_json::from_slice::<Named>(text).ok().map(|named| named.id)
}
