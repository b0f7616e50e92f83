//! `clv fit` and `clv predict`.

use std::io::Write;
use std::path::Path;

use customer_pool::id::CustomerId;
use customer_pool::score::clv::{
    BgNbd, Boundary, Evidence, Fit, FitTerms, Frequencies, GammaGamma, HoldOut, Horizon, InfiniteSpending, ModelFile,
    Nbd, ParetoNbd, Purchasing, PurchasingModel, Spending, Summary, rounded,
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
            predict(&customers, &file, (&horizon, *rate), *limit, input, out)
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

/// What a prediction rests on.
#[derive(Serialize)]
struct Basis {
    /// The model of purchasing.
    model: &'static str,
    /// Where it stands in for a richer one: the limit at which that one lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place_of_a_model_at: Option<Boundary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fitted_on: Option<chrono::NaiveDate>,
    /// The day from which the horizon runs.
    on: chrono::NaiveDate,
    months: u32,
    days_per_month: f64,
    annual_rate: f64,
    margin: f64,
}

#[derive(Serialize)]
struct Prediction<'a> {
    customer: &'a CustomerId,
    alive: f64,
    /// Expected over the horizon, not discounted.
    purchases: f64,
    discounted_purchases: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    spending: Option<f64>,
    /// The value, of the discounted purchases, rounded half to even to two places.
    #[serde(skip_serializing_if = "Option::is_none")]
    clv: Option<String>,
    basis: &'a Basis,
}

impl Basis {
    fn new(file: &ModelFile, horizon: &Horizon, annual_rate: f64, on: chrono::NaiveDate) -> Self {
        let model = match file.purchasing() {
            PurchasingModel::Nbd(_) => "nbd",
            PurchasingModel::BgNbd(_) => "bg_nbd",
            PurchasingModel::ParetoNbd(_) => "pareto_nbd",
            _ => "another",
        };
        Self {
            model,
            in_place_of_a_model_at: file.boundary(),
            fitted_on: file.evidence().map(Evidence::fitted_on),
            on,
            months: horizon.months(),
            days_per_month: horizon.month().days(),
            annual_rate,
            margin: horizon.margin(),
        }
    }

    fn tell(&self, customers: usize, out: &mut impl Write) -> std::io::Result<()> {
        let Self { model, months, days_per_month, annual_rate, margin, on, .. } = self;
        writeln!(
            out,
            "{customers} customers from {on} over {months} months of {days_per_month} days, at {}% a year, margin {margin}",
            (annual_rate * 1e6).round() / 1e4
        )?;
        write!(out, "model {model}")?;
        if let Some(boundary) = self.in_place_of_a_model_at {
            let boundary = serde_json::to_value(boundary).unwrap_or_default();
            write!(out, ", in place of a richer one that is at its limit {}", boundary.as_str().unwrap_or_default())?;
        }
        match self.fitted_on {
            Some(day) => writeln!(out, ", fitted on {day}"),
            None => writeln!(out, ", with given parameters"),
        }
    }
}

fn predict(
    customers: &Customers,
    file: &ModelFile,
    (horizon, annual_rate): (&Horizon, f64),
    limit: usize,
    input: &Input,
    out: &mut impl Write,
) -> Result<Exit, Stop> {
    let model = file.purchasing();
    let basis = Basis::new(file, horizon, annual_rate, customers.on);
    let histories: Vec<Summary> = customers.all.iter().map(|one| one.history).collect();
    let expected = |one: &Known| file.spending().ok_or(InfiniteSpending)?.expected(&one.spending);
    let spending: Vec<Result<f64, InfiniteSpending>> = customers.all.iter().map(expected).collect();
    let bought = horizon.purchases_each(model, &histories);
    let discounted = horizon.discounted_purchases_each(model, &histories);
    let values = horizon.clv_each(model, &histories, spending.iter().copied());
    let mut lines: Vec<(f64, Prediction<'_>)> = Vec::with_capacity(bought.len());
    let rows = customers.all.iter().zip(bought).zip(discounted).zip(spending).zip(values);
    for ((((one, purchases), discounted_purchases), spending), value) in rows {
        let worth = value.map_or(discounted_purchases, |clv| clv.value());
        let clv = value.ok().and_then(|clv| rounded(clv.value(), 2)).map(|value| value.to_string());
        let (customer, alive, spending) = (&one.id, model.alive(&one.history), spending.ok());
        let line = Prediction { customer, alive, purchases, discounted_purchases, spending, clv, basis: &basis };
        lines.push((worth, line));
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
    basis.tell(lines.len(), out)?;
    let sum = |of: fn(&Prediction<'_>) -> f64| -> f64 { lines.iter().map(|(_, line)| of(line)).sum() };
    let (purchases, discounted) = (sum(|line| line.purchases), sum(|line| line.discounted_purchases));
    writeln!(out, "purchases in all {purchases:.3}, discounted {discounted:.3}")?;
    if file.spending().is_some() {
        let valued = lines.iter().filter(|(_, line)| line.clv.is_some());
        writeln!(out, "value in all {:.2}", valued.map(|(worth, _)| worth).sum::<f64>())?;
    }
    writeln!(out)?;
    let cells = |[customer, alive, purchases, discounted, spending, clv]: [&str; 6]| {
        table::line(&[(customer, 20), (alive, 7), (purchases, 10), (discounted, 11), (spending, 10), (clv, 0)])
    };
    writeln!(out, "{}", cells(["customer", "alive", "purchases", "discounted", "spending", "value"]))?;
    for (_, line) in lines.iter().take(listed) {
        let [purchases, discounted] = [line.purchases, line.discounted_purchases].map(|number| format!("{number:.3}"));
        let (alive, spending) = (format!("{:.3}", line.alive), line.spending.map(|value| format!("{value:.2}")));
        let (spending, clv) = (spending.as_deref().unwrap_or("-"), line.clv.as_deref().unwrap_or("-"));
        writeln!(out, "{}", cells([line.customer.as_str(), &alive, &purchases, &discounted, spending, clv]))?;
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
