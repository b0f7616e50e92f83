//! `rank`: the order of a pool.

use std::io::Write;
use std::ops::ControlFlow;

use customer_pool::id::{CustomerId, Label, PoolId};
use customer_pool::model::{Customer, Scores};
use customer_pool::score::clv::Seeded;
use customer_pool::score::priority::{Part, Priority, value_units};
use rust_decimal::Decimal;
use serde::Serialize;

use super::tier::world;
use crate::check::write_json;
use crate::{Exit, Source, Stop, table, usage};

#[derive(Serialize)]
struct Line<'a> {
    place: usize,
    customer: &'a CustomerId,
    score: i64,
    rank_key: i64,
    starved: bool,
    contributions: Vec<Contribution>,
}

#[derive(Serialize)]
struct Contribution {
    part: &'static str,
    weight: u16,
    unit: Option<i64>,
    points: i64,
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Value => "value",
        Part::WinProbability => "win",
        Part::Engagement => "engagement",
        Part::ChurnUrgency => "churn",
        Part::Waiting => "waiting",
        _ => "other",
    }
}

pub fn run(pool: Option<&PoolId>, limit: usize, source: &Source, out: &mut impl Write) -> Result<Exit, Stop> {
    let world = world(source)?;
    let mut customers: Vec<Customer> = Vec::new();
    let exit = world.each(false, |customer| {
        if customer.stay().is_some_and(|stay| pool.is_none_or(|pool| stay.pool() == pool)) {
            customers.push(customer);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if source.policy.is_none() {
        scored(&mut customers);
    }
    let judged = |customer: Customer| world.policy.priority(&customer, world.now).map(|priority| (customer, priority));
    let mut ranked: Vec<(Customer, Priority)> = customers.into_iter().filter_map(judged).collect();
    if ranked.is_empty() && world.policy.draft().scoring().and_then(|rules| rules.priority()).is_none() {
        return Err(usage("the policy has no `scoring.priority`"));
    }
    ranked.sort_by(|(one, first), (other, second)| first.order(one.id()).cmp(&second.order(other.id())));
    let listed = if limit == 0 { ranked.len() } else { limit };
    if !source.json {
        writeln!(out, "{} customers in pools on {}\n", ranked.len(), table::local(&world.policy, world.now))?;
        let heads: Vec<(&str, usize)> = Part::ALL.iter().map(|part| (name(*part), 11)).collect();
        let columns: Vec<(&str, usize)> =
            [("customer", 30), ("score", 11)].into_iter().chain(heads).chain([("starved", 0)]).collect();
        writeln!(out, "{}", table::line(&columns))?;
    }
    for (at, (customer, priority)) in ranked.iter().enumerate().take(listed) {
        if source.json {
            let contribution = |one: &customer_pool::score::priority::Contribution| Contribution {
                part: name(one.part),
                weight: one.weight,
                unit: one.unit,
                points: one.points,
            };
            let contributions = priority.contributions().iter().map(contribution).collect();
            let (score, rank_key, starved) = (priority.score(), priority.rank_key(), priority.is_starved());
            write_json(out, &Line { place: at + 1, customer: customer.id(), score, rank_key, starved, contributions })?;
            continue;
        }
        let points: Vec<String> = priority.contributions().iter().map(|one| one.points.to_string()).collect();
        let (score, starved) = (priority.score().to_string(), if priority.is_starved() { "yes" } else { "" });
        let parts = points.iter().map(|points| (points.as_str(), 11));
        let columns: Vec<(&str, usize)> =
            [(customer.id().as_str(), 30), (&score, 11)].into_iter().chain(parts).chain([(starved, 0)]).collect();
        writeln!(out, "{}", table::line(&columns))?;
    }
    Ok(exit)
}

/// The sample's customers in pools have no scores: values are drawn for them, and become places among those of their tier.
fn scored(customers: &mut [Customer]) {
    let mut random = Seeded::new(7);
    let rows: Vec<(Option<Label>, Option<Decimal>)> = customers
        .iter()
        .map(|customer| (customer.tier().cloned(), Some(Decimal::from(random.next_u64() % 400_000))))
        .collect();
    let borrowed: Vec<_> = rows.iter().map(|(tier, value)| (tier.as_ref(), *value)).collect();
    for (customer, unit) in customers.iter_mut().zip(value_units(&borrowed)) {
        if let Some(unit) = unit {
            *customer = customer.clone().with_scores(Scores::new().with_value(unit));
        }
    }
}
