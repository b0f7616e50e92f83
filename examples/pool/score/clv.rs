//! `clv fit` and `clv predict`.

use std::io::Write;
use std::path::Path;

use customer_pool::id::CustomerId;
use customer_pool::score::clv::{
    BgNbd, Fit, FitTerms, Frequencies, GammaGamma, HoldOut, Horizon, ModelFile, Nbd, ParetoNbd, Purchasing, Spending,
    Summary, rounded,
};
use serde::Serialize;

use super::{Clv, Input, Model, Reading, orders, plot};
use crate::check::write_json;
use crate::{Exit, Stop, table, tell, usage};

/// A customer of a table or a log.
struct Known {
    id: CustomerId,
    history: Summary,
    spending: Spending,
    held_out: Option<u32>,
}

/// What is known of all, and how long the hold-out is in the unit of time.
struct Customers {
    all: Vec<Known>,
    hold_out: f64,
    on: chrono::NaiveDate,
    exit: Exit,
}

pub fn run(command: &Clv, out: &mut impl Write) -> Result<Exit, Stop> {
    match command {
        Clv::Fit { input, reading, model, days_per_unit, hold_out_until, out: path } => {
            let customers = customers(input, reading, *days_per_unit, *hold_out_until)?;
            fit(&customers, *model, *days_per_unit, input, path.as_deref(), out)
        }
        Clv::Predict { input, reading, model, months, rate, margin, limit } => {
            let file = model.as_deref().map(read_model).transpose()?;
            let days_per_unit = file.as_ref().map_or(7.0, ModelFile::days_per_unit);
            let customers = customers(input, reading, days_per_unit, None)?;
            let file = match (file, &input.file) {
                (Some(file), _) => file,
                (None, None) => fitted(&customers, Model::BgNbd, days_per_unit).1?,
                (None, Some(_)) => return Err(usage("`--model` is missing: what `clv fit --out` wrote")),
            };
            let horizon = Horizon::new(*months)
                .and_then(|horizon| horizon.with_days_per_unit(days_per_unit))
                .and_then(|horizon| horizon.with_annual_rate(*rate))
                .and_then(|horizon| horizon.with_margin(*margin))
                .map_err(|error| usage(&error.to_string()))?;
            predict(&customers, &file, &horizon, *limit, input, out)
        }
    }
}

fn customers(
    input: &Input,
    reading: &Reading,
    days_per_unit: f64,
    hold_out: Option<chrono::NaiveDate>,
) -> Result<Customers, Stop> {
    if !(1e-6..=1e6).contains(&days_per_unit) {
        return Err(usage(&format!("`--days-per-unit` cannot be {days_per_unit}")));
    }
    let mut file = orders::table(input.file.as_deref())?;
    if let Some(table) = file.as_mut().filter(|table| !orders::is_log(table)) {
        let on = reading.on.ok_or_else(|| usage("`--on` is missing: the day at which the summaries end"))?;
        let id = table.needs(orders::id_columns())?;
        let (x, last, age) =
            (table.needs(&["x", "repeats"])?, table.needs(&["t_x", "last"])?, table.needs(&["t", "age"])?);
        let (mean, held) = (table.column(&["m_x", "mean"]), table.column(&["x_star", "held_out"]));
        let length = table.column(&["hold_len"]);
        let mut hold_out = 0.0_f64;
        let all = table.each(|row| {
            let history = Summary::new(row.value(x)?, row.value(last)?, row.value(age)?);
            let history = history.map_err(|error| error.to_string())?;
            let amount = mean.map(|mean| row.optional(mean)).transpose()?.flatten().unwrap_or(0.0);
            let spending = Spending::new(history.repeats(), amount).map_err(|error| error.to_string())?;
            if let Some(length) = length {
                hold_out = row.optional(length)?.unwrap_or(hold_out);
            }
            let held_out = held.map(|held| row.optional(held)).transpose()?.flatten();
            Ok(Known { id: row.value(id)?, history, spending, held_out })
        });
        return Ok(Customers { all, hold_out, on, exit: table.exit });
    }
    let orders = orders::histories(file.as_mut(), reading, hold_out)?;
    let mut exit = file.map_or(Exit::Fine, |table| table.exit);
    let on = orders.rules().end();
    let length = hold_out.map_or(0, |until| until.signed_duration_since(on).num_days());
    let mut all = Vec::new();
    for one in orders.customers() {
        match (one.summary(days_per_unit), one.spending()) {
            (Ok(history), Ok(spending)) => {
                let held_out = hold_out.map(|_| one.held_out().0);
                all.push(Known { id: one.id().clone(), history, spending, held_out });
            }
            (Err(error), _) => {
                tell(format_args!("customer `{}`: {error}", one.id()));
                exit = Exit::RowsRefused;
            }
            (_, Err(error)) => tell(format_args!("customer `{}`: {error}", one.id())),
        }
    }
    Ok(Customers { all, hold_out: length as f64 / days_per_unit, on, exit })
}

fn fit(
    customers: &Customers,
    model: Model,
    days_per_unit: f64,
    input: &Input,
    path: Option<&Path>,
    out: &mut impl Write,
) -> Result<Exit, Stop> {
    let (told, file) = fitted(customers, model, days_per_unit);
    if input.json {
        write_json(out, &told)?;
    } else {
        writeln!(out, "{} customers on {}", customers.all.len(), customers.on)?;
        writeln!(out, "{}", serde_json::to_string_pretty(&told).map_err(std::io::Error::from)?)?;
    }
    let file = file?;
    if let Some(path) = path {
        let text = file.to_json().map_err(std::io::Error::from)?;
        std::fs::write(path, text + "\n").map_err(|error| {
            tell(format_args!("{}: {error}", path.display()));
            Stop::Told(Exit::FileUnreadable)
        })?;
    }
    let (title, bars) = bars(customers, &file);
    if let Some(path) = &input.plot {
        plot::save(path, plot::bars(title, &bars))?;
    }
    if !input.json {
        let cells = |[repeats, customers, actual, expected]: [&str; 4]| {
            table::line(&[(repeats, 8), (customers, 10), (actual, 10), (expected, 0)])
        };
        writeln!(out, "\n{title}")?;
        writeln!(out, "{}", cells(["repeats", "customers", "actual", "expected"]))?;
        for bar in &bars {
            let [actual, expected] = [bar.actual, bar.expected].map(|value| format!("{value:.2}"));
            writeln!(out, "{}", cells([&bar.name, &bar.customers.to_string(), &actual, &expected]))?;
        }
    }
    Ok(customers.exit)
}

type Told = serde_json::Value;

/// The verdicts as they are told, and the model file, or why there is none.
fn fitted(customers: &Customers, model: Model, days_per_unit: f64) -> (Told, Result<ModelFile, Stop>) {
    let unit = if (days_per_unit - 7.0).abs() < 1e-12 { "week" } else { "unit" };
    let label = |text: &str| text.parse().map_err(|_| usage("a label"));
    let (Ok(unit), Ok(money)) = (label(unit), label("money")) else { return (Told::Null, Err(usage("a label"))) };
    let terms = FitTerms::new(unit, customers.on);
    let all = customers.all.iter().map(|one| one.history).collect();
    let spending: Vec<Spending> = customers.all.iter().map(|one| one.spending).collect();
    let spends = GammaGamma::fit(&spending, &FitTerms::new(money, customers.on));
    fn of<M: Serialize + Copy + Into<customer_pool::score::clv::PurchasingModel>>(
        fit: &Fit<M>,
        days: f64,
    ) -> (Told, Result<ModelFile, String>) {
        let told = serde_json::to_value(fit).unwrap_or_default();
        (told, ModelFile::of_fit(fit, days).map_err(|error| error.to_string()))
    }
    let (told, file) = match model {
        Model::BgNbd => of(&BgNbd::fit(&all, &terms), days_per_unit),
        Model::ParetoNbd => of(&ParetoNbd::fit(&all, &terms), days_per_unit),
        Model::Nbd => of(&Nbd::fit(&all, &terms), days_per_unit),
    };
    let told = serde_json::json!({ "purchasing": told, "spending": spends });
    let file = file.map_err(|error| {
        tell(format_args!("no model to predict with: {error}"));
        Stop::Told(Exit::Refused)
    });
    let file = file.map(|file| file.clone().with_spending_fit(&spends).unwrap_or(file));
    (told, file)
}

/// What was expected against what was bought: in the hold-out where there is one, otherwise numbers of repeats.
fn bars(customers: &Customers, file: &ModelFile) -> (&'static str, Vec<plot::Bar>) {
    const MOST: u32 = 7;
    let name = |repeats: u32, and_more: bool| format!("{repeats}{}", if and_more { "+" } else { "" });
    let held: Option<Vec<(Summary, u64)>> =
        customers.all.iter().map(|one| Some((one.history, u64::from(one.held_out?)))).collect();
    match held.filter(|rows| !rows.is_empty() && customers.hold_out > 0.0) {
        Some(rows) => {
            let table = HoldOut::new(file.purchasing(), rows, customers.hold_out, MOST);
            let bar = |row: &customer_pool::score::clv::HeldOut| plot::Bar {
                name: name(row.repeats(), row.and_more()),
                customers: row.customers(),
                actual: row.actual(),
                expected: row.expected(),
            };
            ("Purchases of a customer in the hold-out, by repeats before it", table.rows().iter().map(bar).collect())
        }
        None => {
            let all = customers.all.iter().map(|one| one.history).collect();
            let table = Frequencies::new(file.purchasing(), &all, MOST);
            let bar = |row: &customer_pool::score::clv::Frequency| plot::Bar {
                name: name(row.repeats(), row.and_more()),
                customers: row.actual(),
                actual: row.actual() as f64,
                expected: row.expected(),
            };
            ("Customers by their repeats", table.rows().iter().map(bar).collect())
        }
    }
}

#[derive(Serialize)]
struct Prediction<'a> {
    customer: &'a CustomerId,
    alive: f64,
    purchases: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    spending: Option<f64>,
    /// The value, rounded half to even to two places.
    #[serde(skip_serializing_if = "Option::is_none")]
    clv: Option<String>,
}

fn predict(
    customers: &Customers,
    file: &ModelFile,
    horizon: &Horizon,
    limit: usize,
    input: &Input,
    out: &mut impl Write,
) -> Result<Exit, Stop> {
    let model = file.purchasing();
    let histories: Vec<Summary> = customers.all.iter().map(|one| one.history).collect();
    let bought = horizon.purchases_each(model, &histories);
    let mut lines: Vec<(f64, Prediction<'_>)> = Vec::with_capacity(bought.len());
    for (one, purchases) in customers.all.iter().zip(bought) {
        let spending = file.spending().and_then(|spends| spends.expected(&one.spending).ok());
        let clv = spending.and_then(|spending| horizon.clv(model, &one.history, Ok(spending)).ok());
        let worth = clv.map_or(purchases, |clv| clv.value());
        let clv = clv.and_then(|clv| rounded(clv.value(), 2)).map(|value| value.to_string());
        let alive = model.alive(&one.history);
        lines.push((worth, Prediction { customer: &one.id, alive, purchases, spending, clv }));
    }
    lines.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.customer.cmp(other.customer)));
    if let Some(path) = &input.plot {
        let values: Vec<f64> = lines.iter().map(|(worth, _)| *worth).collect();
        plot::save(path, plot::concentration(&values))?;
    }
    let listed = if limit == 0 { lines.len() } else { limit };
    if input.json {
        for (_, line) in lines.iter().take(listed) {
            write_json(out, line)?;
        }
        return Ok(customers.exit);
    }
    let total: f64 = lines.iter().map(|(worth, _)| worth).sum();
    writeln!(out, "{} customers over {} months, in all {total:.2}\n", lines.len(), horizon.months())?;
    let cells = |[customer, alive, purchases, spending, clv]: [&str; 5]| {
        table::line(&[(customer, 20), (alive, 7), (purchases, 10), (spending, 10), (clv, 0)])
    };
    writeln!(out, "{}", cells(["customer", "alive", "purchases", "spending", "value"]))?;
    for (_, line) in lines.iter().take(listed) {
        let alive = format!("{:.3}", line.alive);
        let (purchases, spending) =
            (format!("{:.3}", line.purchases), line.spending.map(|value| format!("{value:.2}")));
        let (spending, clv) = (spending.as_deref().unwrap_or("-"), line.clv.as_deref().unwrap_or("-"));
        writeln!(out, "{}", cells([line.customer.as_str(), &alive, &purchases, spending, clv]))?;
    }
    Ok(customers.exit)
}

fn read_model(path: &Path) -> Result<ModelFile, Stop> {
    let unreadable = |error: &dyn std::fmt::Display| {
        tell(format_args!("{}: {error}", path.display()));
        Stop::Told(Exit::FileUnreadable)
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    ModelFile::from_json(&text).map_err(|error| unreadable(&error))
}
