//! `rfm`: classes, segments, and how many customers are in each.

use std::io::Write;
use std::path::PathBuf;

use customer_pool::id::CustomerId;
use customer_pool::score::orders::Monetary;
use customer_pool::score::rfm::{CellReport, Rfm, RfmInputs, RfmScore, Segments};
use serde::Serialize;

use super::{Input, Reading, orders, plot};
use crate::check::write_json;
use crate::{Exit, Stop, table, tell, usage};

#[derive(Serialize)]
struct Line<'a> {
    customer: &'a CustomerId,
    #[serde(flatten)]
    score: &'a RfmScore,
    code: Option<String>,
    segment: Option<&'a str>,
}

/// How customers are classified.
pub struct Options {
    pub classes: Option<u8>,
    pub mean: bool,
    pub segments: Option<PathBuf>,
}

pub fn run(options: &Options, input: &Input, reading: &Reading, out: &mut impl Write) -> Result<Exit, Stop> {
    let (segments, classes) = segments(options)?;
    let mut file = orders::table(input.file.as_deref())?;
    let mut left_out = None;
    let (ids, inputs, on) = match &mut file {
        Some(table) if !orders::is_log(table) => summaries(table, reading)?,
        log => {
            let all = orders::histories(log.as_mut(), reading, None)?;
            let monetary = if options.mean { Monetary::Mean } else { Monetary::Total };
            let (ids, inputs) = all.customers().map(|one| (one.id().clone(), one.rfm(monetary))).unzip();
            left_out = Some(all.left_out());
            (ids, inputs, all.rules().end())
        }
    };
    let rfm = Rfm::fit(&inputs, classes, on).map_err(|error| usage(&error.to_string()))?;
    let scores: Vec<RfmScore> = inputs.iter().map(|one| rfm.score(one)).collect();
    let report = CellReport::new(&scores, &segments).map_err(|error| {
        usage(&format!("{error}: give one for {classes} with `--segments`; 3 and 5 classes have a table built in"))
    })?;
    if let Some(path) = &input.plot {
        plot::save(path, plot::rfm(&report, &segments, classes))?;
    }
    let mut exit = file.map_or(Exit::Fine, |table| table.exit);
    for id in report.unsummed.iter().filter_map(|place| ids.get(*place)) {
        tell(format_args!("`{id}`: the money has too many digits to be added to that of the others; no sum has it"));
        exit = Exit::RowsRefused;
    }
    if input.json {
        for (customer, score) in ids.iter().zip(&scores) {
            let segment = segments.of(score).ok().flatten().map(|segment| segment.id().as_str());
            write_json(out, &Line { customer, score, code: score.code(), segment })?;
        }
        let summary = serde_json::json!({
            "cuts": rfm, "report": report, "segments": segments.name(), "left_out": left_out,
        });
        write_json(out, &summary)?;
        return Ok(exit);
    }
    let (n, missing) = (ids.len(), report.missing);
    writeln!(out, "{n} customers on {on}, {classes} classes; {missing} without a class in one of the three")?;
    let cuts = |of: Vec<String>| if of.is_empty() { "-".to_owned() } else { of.join(", ") };
    let texts = |texts: Option<Vec<String>>| cuts(texts.unwrap_or_default());
    let days = rfm.recency().map(|cuts| cuts.cuts().iter().map(ToString::to_string).collect());
    let counts = rfm.frequency().map(|cuts| cuts.cuts().iter().map(ToString::to_string).collect());
    let money = rfm.monetary().map(|cuts| cuts.cuts().iter().map(ToString::to_string).collect());
    writeln!(out, "cuts: recency {} days; frequency {} orders; money {}\n", texts(days), texts(counts), texts(money))?;
    let cells = |[segment, customers, share, value]: [&str; 4]| {
        table::line(&[(segment, 22), (customers, 10), (share, 7), (value, 0)])
    };
    writeln!(out, "{}", cells(["segment", "customers", "share", "value"]))?;
    for segment in segments.segments() {
        let cell = report.segments.get(segment.id().as_str()).copied().unwrap_or_default();
        let share = format!("{:.1} %", 100.0 * cell.customers as f64 / n.max(1) as f64);
        let value = cell.value.round_dp(2).to_string();
        writeln!(out, "{}", cells([segment.name(), &cell.customers.to_string(), &share, &value]))?;
    }
    Ok(exit)
}

/// The table and the number of classes that were asked for. Whether they go together is said once there are scores.
fn segments(options: &Options) -> Result<(Segments, u8), Stop> {
    let Some(path) = &options.segments else {
        let table = if options.classes == Some(3) { Segments::thirds() } else { Segments::grid25() };
        let classes = options.classes.unwrap_or(table.classes());
        return Ok((table, classes));
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        tell(format_args!("{}: {error}", path.display()));
        Stop::Told(Exit::FileUnreadable)
    })?;
    let table = Segments::from_json(&text).map_err(|error| {
        tell(format_args!("{}: {error}", path.display()));
        Stop::Told(Exit::PolicyRefused)
    })?;
    let classes = options.classes.unwrap_or(table.classes());
    Ok((table, classes))
}

type Summaries = (Vec<CustomerId>, Vec<RfmInputs>, chrono::NaiveDate);

/// A table of inputs that are known already.
fn summaries(table: &mut super::rows::Table, reading: &Reading) -> Result<Summaries, Stop> {
    let on = reading.on.ok_or_else(|| usage("`--on` is missing: the day of the analysis"))?;
    let id = table.needs(orders::id_columns())?;
    let recency = table.needs(&["recency_days", "recency"])?;
    let frequency = table.needs(&["transaction_count", "frequency", "orders"])?;
    let monetary = table.needs(&["amount", "monetary", "value"])?;
    let rows = table.each(|row| {
        let inputs = RfmInputs {
            recency: row.optional(recency)?,
            frequency: row.optional(frequency)?,
            monetary: row.optional(monetary)?,
        };
        Ok((row.value::<CustomerId>(id)?, inputs))
    });
    let (ids, inputs) = rows.into_iter().unzip();
    Ok((ids, inputs, on))
}
