//! `key-accounts`: classes by value.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::Months;
use customer_pool::id::CustomerId;
use customer_pool::score::key_accounts::{Basis, RankError, Ranking, Shares, ValueClass};
use rust_decimal::Decimal;

use super::{Input, Reading, Refunds, orders, plot};
use crate::check::write_json;
use crate::{Exit, Stop, table, tell, usage};

pub fn run(input: &Input, revenue: bool, (a, b): (u16, u16), limit: usize, out: &mut impl Write) -> Result<Exit, Stop> {
    let shares = Shares::new(a, b).map_err(|error| usage(&error.to_string()))?;
    let mut file = orders::table(input.file.as_deref())?;
    let rows = match &mut file {
        Some(table) => {
            let (id, value) =
                (table.needs(orders::id_columns())?, table.needs(&["value", "margin", "revenue", "amount"])?);
            table.each(|row| Ok((row.value(id)?, row.optional(value)?)))
        }
        None => sample()?,
    };
    let basis = if revenue { Basis::Revenue } else { Basis::Margin };
    let mut exit = file.map_or(Exit::Fine, |table| table.exit);
    let ranking = match Ranking::new(rows.clone(), basis, shares) {
        Err(RankError::OutOfRange(customers)) => {
            for customer in &customers {
                tell(format_args!(
                    "`{customer}`: the value has too many digits to be added to the others; it is left out"
                ));
            }
            exit = Exit::RowsRefused;
            Ranking::new(rows.into_iter().filter(|(id, _)| customers.binary_search(id).is_err()), basis, shares)
        }
        ranking => ranking,
    };
    let ranking = ranking.map_err(|error| {
        tell(error);
        Stop::Told(Exit::RowsRefused)
    })?;
    let verdicts = ranking.verdicts();
    if let Some(path) = &input.plot {
        let float = |value: Decimal| value.to_string().parse().unwrap_or(0.0);
        let values: Vec<f64> = verdicts.iter().filter_map(|one| one.value).map(float).collect();
        plot::save(path, plot::concentration(&values))?;
    }
    let listed = if limit == 0 { verdicts.len() } else { limit };
    if input.json {
        for verdict in verdicts.iter().take(listed) {
            write_json(out, verdict)?;
        }
        let summary = serde_json::json!({
            "basis": ranking.basis(), "total": ranking.total().to_string(), "concentration": ranking.concentration(),
        });
        write_json(out, &summary)?;
        return Ok(exit);
    }
    writeln!(out, "{} customers, value in all {}", verdicts.len(), ranking.total())?;
    match ranking.concentration() {
        None => writeln!(out, "the total is 0: nothing is determined")?,
        Some(spread) => {
            let warning = if spread.is_wide { "; A is wide, the cut says little" } else { "" };
            let (in_a, n, share, gini) = (spread.in_a, spread.customers, spread.share_of_a, spread.gini);
            writeln!(out, "A: {in_a} of {n} make {share} of it; Gini index {gini}{warning}")?;
        }
    }
    let cells = |[rank, customer, class, value, share, distance]: [&str; 6]| {
        table::line(&[(rank, 5), (customer, 20), (class, 5), (value, 14), (share, 10), (distance, 0)])
    };
    writeln!(out, "\n{}", cells(["rank", "customer", "class", "value", "share", "to the cut"]))?;
    let text = |value: Option<Decimal>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    for one in verdicts.iter().take(listed) {
        let class = one.class.map_or("-", |class| match class {
            ValueClass::A => "A",
            ValueClass::B => "B",
            ValueClass::C => "C",
        });
        let rank = one.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
        let (value, share, distance) = (text(one.value), text(one.cumulative_share), text(one.distance));
        writeln!(out, "{}", cells([&rank, one.customer.as_str(), class, &value, &share, &distance]))?;
    }
    Ok(exit)
}

/// What the sample's customers bought in the last twelve months.
fn sample() -> Result<Vec<(CustomerId, Option<Decimal>)>, Stop> {
    let reading = Reading { on: None, single_orders: false, non_positive: Refunds::Dropped };
    let (rules, orders) = orders::sample(&reading)?;
    let since = rules.end().checked_sub_months(Months::new(12));
    let mut sums: BTreeMap<CustomerId, Option<Decimal>> = BTreeMap::new();
    for (id, day, amount) in orders {
        let sum = sums.entry(id).or_default();
        if Some(day) > since {
            *sum = Some(sum.unwrap_or_default() + amount);
        }
    }
    Ok(sums.into_iter().collect())
}
