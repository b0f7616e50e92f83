//! CSV for flat facts: every column stands for a place in the JSON form of a customer, so that both forms obey the
//! same rules.
//!
//! A record is one line, whatever is quoted in it, so that a quote that is never closed costs one row and not the rest
//! of the file; that is why lines are split here and not by a CSV library.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use customer_pool::attribute::AttributeType;
use customer_pool::id::Label;
use customer_pool::model::{ActivityKind, Customer, Score, ScoreError};
use customer_pool::time::Timestamp;
use serde_json::{Map, Value};

use super::lines::Lines;
use super::{BadInput, BadLine, Fact, MAX_LISTED_FACTS, Row};

/// Columns and the places they stand for.
const PLACES: &[(&str, &str)] = &[
    ("id", "id"),
    ("owner", "place.owned.owner"),
    ("since", "place.owned.start"),
    ("clock_start", "place.owned.clock_start"),
    ("chain_start", "place.owned.chain_start"),
    ("ownership", "place.owned.number"),
    ("way_in", "place.owned.way_in"),
    ("pool", "place.pool.pool"),
    ("pool_since", "place.pool.since"),
    ("closed", "place.closed"),
    ("tier", "tier"),
    ("tags", "tags"),
    ("created", "created"),
    ("last_contract_end", "last_contract_end"),
    ("last_deal", "last_deal"),
    ("lifecycle", "profile.lifecycle"),
    ("sales_stage", "profile.sales_stage"),
    ("intent", "profile.intent"),
    ("region", "profile.region"),
    ("industry", "profile.industry"),
    ("source", "profile.source"),
    ("value", "profile.value"),
    ("locked_since", "protection.locks[0].since"),
    ("locked_until", "protection.locks[0].until"),
    ("hold", "protection.holds[0].kind"),
    ("hold_document", "protection.holds[0].document"),
    ("hold_until", "protection.holds[0].until"),
    ("freeze", "protection.freezes[0].kind"),
    ("freeze_until", "protection.freezes[0].until"),
    ("extension_granted", "protection.extensions[0].granted"),
    ("extension_until", "protection.extensions[0].until"),
    ("paused_from", "protection.pauses[0].from"),
    ("paused_to", "protection.pauses[0].to"),
];

enum Column {
    Place(&'static str),
    Number(&'static str),
    Tags,
    Activity(ActivityKind),
    Attribute(Label, AttributeType),
    Score(Score),
}

/// Reads CSV.
pub struct Flat<R> {
    lines: Lines<R>,
    columns: Vec<Column>,
}

impl<R: BufRead> Flat<R> {
    /// Reads the header, which begins on line `line`.
    pub fn new(input: R, line: u64, attributes: &BTreeMap<Label, AttributeType>) -> Result<Self, BadInput> {
        let mut lines = Lines::new(input, line);
        let rest = |line, column, message| BadInput::Rest(BadLine { line, column, message });
        let (text, line) = match lines.next_line() {
            Some(Ok(header)) => header,
            Some(Err(BadInput::Row(bad, _))) => return Err(BadInput::Rest(bad)),
            Some(Err(error)) => return Err(error),
            None => return Err(rest(line, 1, "expected a header".to_owned())),
        };
        let (mut columns, mut names) = (Vec::new(), BTreeSet::new());
        let fields = split(text).map_err(|(at, message)| rest(line, at, message))?;
        for (at, name) in &fields {
            if !names.insert(name) {
                return Err(rest(line, *at, format!("column `{name}` stands here for the second time")));
            }
            columns.push(column(name, attributes).map_err(|message| rest(line, *at, message))?);
        }
        if !names.contains(&Cow::Borrowed("id")) {
            return Err(rest(line, 1, "the header has no column `id`".to_owned()));
        }
        Ok(Self { lines, columns })
    }

    /// The next row, or what is wrong with it.
    pub fn next_row(&mut self) -> Option<Result<Row<Customer>, BadInput>> {
        let Self { lines, columns } = self;
        Some(lines.next_line()?.and_then(|(text, line)| {
            row(columns, text)
                .map(|value| Row { line, value })
                .map_err(|(column, message)| BadInput::Row(BadLine { line, column, message }, None))
        }))
    }
}

fn column(name: &str, attributes: &BTreeMap<Label, AttributeType>) -> Result<Column, String> {
    if let Some((_, place)) = PLACES.iter().find(|(column, _)| *column == name) {
        return Ok(match name {
            "tags" => Column::Tags,
            "ownership" => Column::Number(place),
            _ => Column::Place(place),
        });
    }
    if let Some(key) = name.strip_prefix("attribute.") {
        let declared = Label::new(key).ok().and_then(|key| attributes.get(&key).map(|kind| (key, *kind)));
        return declared
            .map(|(key, kind)| Column::Attribute(key, kind))
            .ok_or_else(|| format!("the policy declares no attribute `{key}`"));
    }
    if let Some(score) = name.strip_prefix("score.") {
        return score.parse().map(Column::Score).map_err(|error: ScoreError| error.to_string());
    }
    name.parse().map(Column::Activity).map_err(|_| {
        let known: Vec<_> = PLACES.iter().map(|(column, _)| *column).collect();
        format!(
            "unknown column `{name}`; known are {}, kinds of activity, `attribute.KEY` and `score.NAME`",
            known.join(", ")
        )
    })
}

fn row(columns: &[Column], text: &[u8]) -> Result<Customer, (u64, String)> {
    let fields = split(text)?;
    if fields.len() != columns.len() {
        let at = fields.get(columns.len()).or(fields.last()).map_or(1, |(at, _)| *at);
        return Err((at, format!("{} fields under a header of {}", fields.len(), columns.len())));
    }
    let filled = || columns.iter().zip(&fields).filter(|(_, (_, text))| !text.is_empty());
    let at_place = |wanted: &str| {
        filled().find(|(column, _)| matches!(column, Column::Place(place) if *place == wanted)).map(|(_, field)| field)
    };
    let owner = at_place("place.owned.owner").map(|(_, owner)| owner.to_string());
    let mut customer = Value::Object(Map::new());
    let mut activities = Vec::new();
    // Where each activity stands, to name it when it is wrong.
    let mut activity_columns = Vec::new();
    for (column, (at, text)) in filled() {
        let text = text.as_ref();
        match column {
            Column::Place(place) => put(&mut customer, place, text.into()),
            Column::Number(place) => {
                let number: u32 = text.parse().map_err(|_| (*at, format!("`{text}` is no whole number")))?;
                put(&mut customer, place, number.into());
            }
            Column::Tags => put(&mut customer, "tags", text.split(';').map(str::trim).map(Value::from).collect()),
            Column::Attribute(key, kind) => {
                customer["attributes"][key.as_str()] = attribute(*kind, text).map_err(|message| (*at, message))?;
            }
            Column::Score(score) => {
                customer["scores"][score.as_str()] = attribute(score.kind(), text).map_err(|message| (*at, message))?;
            }
            Column::Activity(kind) => {
                let instant: Timestamp = text.parse().map_err(|error| (*at, format!("{error}")))?;
                let Some(owner) = &owner else { continue };
                let actor = match kind {
                    ActivityKind::Inbound => Value::from("customer"),
                    _ => serde_json::json!({ "rep": owner }),
                };
                let kind = kind.to_string();
                activities.push(serde_json::json!({ "kind": kind, "actor": actor, "occurred": { "at": instant } }));
                activity_columns.push(*at);
            }
        }
    }
    if customer.get("place").is_none() {
        return Err((1, "a row needs an `owner`, a `pool` or a reason why it is `closed`".to_owned()));
    }
    if let Some((_, hold)) = at_place("protection.holds[0].kind") {
        put(&mut customer, "protection.holds[0].live", true.into());
        if at_place("protection.holds[0].document").is_none() {
            put(&mut customer, "protection.holds[0].document", hold.as_ref().into());
        }
    }
    if !activities.is_empty() {
        put(&mut customer, "activities", activities.into());
    }
    let read: Customer = serde_path_to_error::deserialize(customer).map_err(|error| {
        let path = error.path().to_string();
        let at = at_place(&path).map(|(at, _)| *at).or_else(|| under(&path, &activity_columns)).unwrap_or(1);
        (at, format!("`{path}`: {}", error.inner()))
    })?;
    match read.listed() {
        many if many > MAX_LISTED_FACTS => {
            Err((1, format!("{many} facts in lists are too many; a row may have {MAX_LISTED_FACTS}")))
        }
        _ => Ok(read),
    }
}

fn under(path: &str, activity_columns: &[u64]) -> Option<u64> {
    let (index, _) = path.strip_prefix("activities[")?.split_once(']')?;
    activity_columns.get(index.parse::<usize>().ok()?).copied()
}

/// The wire form of an attribute's value.
fn attribute(kind: AttributeType, text: &str) -> Result<Value, String> {
    let value = match kind {
        AttributeType::Bool => text.parse::<bool>().map(Value::from).map_err(|_| format!("`{text}` is no bool"))?,
        AttributeType::Integer => {
            text.parse::<i64>().map(Value::from).map_err(|_| format!("`{text}` is no whole number of 64 bits"))?
        }
        _ => Value::from(text),
    };
    let value = serde_json::json!({ kind.as_str(): value });
    // Read here once, so that a wrong one is named with its own column.
    serde_json::from_value::<customer_pool::attribute::AttributeValue>(value.clone())
        .map_err(|error| format!("`{text}` is no {kind}: {error}"))?;
    Ok(value)
}

/// Puts `leaf` at a path such as `protection.locks[0].since`.
fn put(mut value: &mut Value, path: &str, leaf: Value) {
    for segment in path.split('.') {
        match segment.strip_suffix("[0]") {
            None => value = &mut value[segment],
            Some(key) => {
                value = &mut value[key];
                if value.is_null() {
                    *value = Value::Array(vec![Value::Null]);
                }
                value = &mut value[0];
            }
        }
    }
    *value = leaf;
}

/// A field, and the column of its first byte.
type Field<'a> = (u64, Cow<'a, str>);

/// The fields of one line, or what is wrong in which column.
fn split(line: &[u8]) -> Result<Vec<Field<'_>>, (u64, String)> {
    let line = std::str::from_utf8(line).map_err(|error| (error.valid_up_to() as u64 + 1, "no UTF-8".to_owned()))?;
    let mut fields = Vec::new();
    let mut start = 0;
    loop {
        let rest = line.get(start..).unwrap_or_default();
        let at = start as u64 + 1;
        let (field, length) = match rest.strip_prefix('"') {
            None => {
                let length = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(rest.get(..length).unwrap_or_default()), length)
            }
            Some(quoted) => unquote(quoted).ok_or_else(|| (at, "the quote is not closed".to_owned()))?,
        };
        fields.push((at, field));
        start += length;
        match line.as_bytes().get(start) {
            None => return Ok(fields),
            Some(b',') => start += 1,
            Some(_) => return Err((start as u64 + 1, "expected a comma behind the closing quote".to_owned())),
        }
    }
}

/// The field behind its opening quote, and its length with both quotes.
fn unquote(quoted: &str) -> Option<(Cow<'_, str>, usize)> {
    let mut end = 0;
    loop {
        end += quoted.get(end..)?.find('"')?;
        if quoted.as_bytes().get(end + 1) != Some(&b'"') {
            return Some((Cow::Owned(quoted.get(..end)?.replace("\"\"", "\"")), end + 2));
        }
        end += 2;
    }
}
