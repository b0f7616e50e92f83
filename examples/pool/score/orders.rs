//! Order logs: read, or drawn for the sample.

use std::path::Path;

use chrono::{Days, NaiveDate};
use customer_pool::id::CustomerId;
use customer_pool::score::clv::{BgNbd, GammaGamma, Seeded, rounded};
use customer_pool::score::orders::{Absence, NonPositive, OrderError, OrderRules, Orders};
use rust_decimal::Decimal;

use super::rows::Table;
use super::{Reading, Refunds};
use crate::{Exit, Stop, tell, usage};

const ID: [&str; 3] = ["customer_id", "customerid", "id"];
const DAY: [&str; 3] = ["order_date", "date", "day"];
const AMOUNT: [&str; 3] = ["revenue", "amount", "value"];

/// The last day of the sample's log.
const SAMPLE_ON: (i32, u32, u32) = (2026, 4, 28);

/// An order: whose, when, for how much.
pub type Order = (CustomerId, NaiveDate, Decimal);

/// Whether the table is an order log: it has days.
pub fn is_log(table: &Table) -> bool {
    table.column(&DAY).is_some()
}

/// The rules of a log, and the orders in the order of days.
pub fn read(table: &mut Table, reading: &Reading) -> Result<(OrderRules, Vec<Order>), Stop> {
    let on = reading.on.ok_or_else(|| usage("`--on` is missing: the last day of the analysis, such as 2026-04-28"))?;
    let (id, day, amount) = (table.needs(&ID)?, table.needs(&DAY)?, table.needs(&AMOUNT)?);
    let mut orders = table.each(|row| Ok((row.value(id)?, row.value(day)?, row.value(amount)?)));
    orders.sort_by_key(|(_, day, _)| *day);
    Ok((rules(on, reading), orders))
}

fn rules(on: NaiveDate, reading: &Reading) -> OrderRules {
    let rules = OrderRules::new(on).with_non_positive(match reading.non_positive {
        Refunds::Dropped => NonPositive::Dropped,
        Refunds::Kept => NonPositive::Kept,
        Refunds::Netted => NonPositive::Netted,
    });
    if reading.single_orders { rules.with_single_orders() } else { rules }
}

/// The sample: 2,000 customers of two years, drawn from BG/NBD and Gamma-Gamma with a fixed seed.
pub fn sample(reading: &Reading) -> Result<(OrderRules, Vec<Order>), Stop> {
    let impossible = |error: String| {
        tell(format_args!("the sample: {error}"));
        Stop::Told(Exit::FileUnreadable)
    };
    let draw = || -> Result<(NaiveDate, Vec<Order>), Box<dyn std::error::Error>> {
        let (year, month, day) = SAMPLE_ON;
        let on = NaiveDate::from_ymd_opt(year, month, day).ok_or("no day")?;
        let (buys, spends) = (BgNbd::new(0.9, 60.0, 0.7, 2.6)?, GammaGamma::new(5.0, 3.8, 260.0)?);
        let mut random = Seeded::new(20_260_428);
        let mut orders = Vec::new();
        for n in 0..2_000 {
            let id: CustomerId = format!("c{n:04}").parse()?;
            let age = (730.0 * random.uniform()).floor();
            let times: Vec<f64> = std::iter::once(0.0).chain(buys.purchases(age, &mut random)).collect();
            let scale = spends.simulate(1, &mut random).ok_or("a purchase")?.mean();
            let first = on.checked_sub_days(Days::new(age as u64)).ok_or("no day")?;
            for time in times {
                let day = first.checked_add_days(Days::new(time.ceil() as u64)).ok_or("no day")?;
                let amount = rounded(scale * (0.5 + random.uniform()), 2).ok_or("an amount")?;
                orders.push((id.clone(), day.min(on), amount));
            }
        }
        orders.sort_by_key(|(_, day, _)| *day);
        Ok((on, orders))
    };
    let (on, orders) = draw().map_err(|error| impossible(error.to_string()))?;
    Ok((rules(reading.on.unwrap_or(on), reading), orders))
}

/// Reads the file, or draws the sample; says what was left out, and who.
pub fn histories(
    mut table: Option<&mut Table>,
    reading: &Reading,
    hold_out: Option<NaiveDate>,
) -> Result<Orders, Stop> {
    let (rules, orders) = match &mut table {
        Some(table) => read(table, reading)?,
        None => sample(reading)?,
    };
    let mut all = Orders::new(hold_out.map_or(rules, |until| rules.with_hold_out_until(until)));
    for (id, day, amount) in &orders {
        match all.add(id, *day, *amount) {
            Ok(()) => {}
            Err(error @ OrderError::OutOfRange(_)) => {
                tell(format_args!("{error}; the customer is left out"));
                all.leave_out(id);
                if let Some(table) = &mut table {
                    table.exit = Exit::RowsRefused;
                }
            }
            Err(error) => {
                tell(error);
                return Err(Stop::Told(Exit::RowsRefused));
            }
        }
    }
    let left_out = all.left_out();
    if left_out.non_positive > 0 {
        tell(format_args!("{} orders of nothing or less were left out", left_out.non_positive));
    }
    if left_out.later > 0 {
        tell(format_args!("{} orders after the last day were left out", left_out.later));
    }
    let absent = |why: Absence| all.absent().filter(|(_, absence)| *absence == why).count();
    for (why, what) in [
        (Absence::NonPositive, "customers were left out: all their orders are of nothing or less"),
        (Absence::Later, "customers were left out: all their orders are after the last day"),
        (Absence::HoldOut, "customers were left out: they first bought in the hold-out"),
    ] {
        let customers = absent(why);
        if customers > 0 {
            tell(format_args!("{customers} {what}"));
        }
    }
    Ok(all)
}

/// The table of a file, if one is given.
pub fn table(file: Option<&Path>) -> Result<Option<Table>, Stop> {
    file.map(Table::read).transpose()
}

pub const fn id_columns() -> &'static [&'static str] {
    &ID
}
