//! From an order table to tiers in a policy: RFM, a model of purchases, values, key accounts, and what a policy makes of them.
//!
//! `cargo run --example scoring`. The orders are the sample's: drawn with a fixed seed, so that the numbers below are asserted.

use std::collections::BTreeMap;
use std::error::Error;

use chrono::{Days, NaiveDate};
use customer_pool::score::churn::unit_of;
use customer_pool::score::clv::{
    BgNbd, FitTerms, GammaGamma, Horizon, ModelFile, Purchasing, Seeded, Spending, Summaries, rounded,
};
use customer_pool::score::key_accounts::{Basis, Ranking, ValueClass};
use customer_pool::score::orders::{Monetary, OrderRules, Orders};
use customer_pool::score::rfm::{Rfm, RfmInputs, Segments};
use customer_pool::{Customer, CustomerId, Policy, Scores, Timestamp, at};

const POLICY: &str = r#"{
    "format": 1, "id": "sales", "revision": 1, "default_calendar": "cn",
    "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                         "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
    "pools": [{"id": "pool"}], "routing": {"fallback": "pool"}, "tiers": ["normal", "key", "vip"],
    "scoring": {
        "tiers": {
            "ladder": [
                {"tier": "vip", "when": {"any": [{"at_least": {"fact": "score.clv", "value": "4000"}},
                                                 {"is_true": "score.key_account"}]}},
                {"tier": "key", "when": {"in": {"fact": "score.segment", "of": ["champions", "loyal"]}}},
                {"tier": "normal", "when": "always"}
            ],
            "band": 800, "periods": 2, "period": "quarter"
        },
        "key_accounts": {"a_share": 300}
    }
}"#;

type Order = (CustomerId, NaiveDate, rust_decimal::Decimal);

/// 500 customers of a year, in days.
fn orders(on: NaiveDate) -> Result<Vec<Order>, Box<dyn Error>> {
    let (buys, spends) = (BgNbd::new(0.9, 60.0, 0.7, 2.6)?, GammaGamma::new(5.0, 3.8, 260.0)?);
    let mut random = Seeded::new(7);
    let mut orders = Vec::new();
    for n in 0..500 {
        let age = (365.0 * random.uniform()).floor();
        let times: Vec<f64> = std::iter::once(0.0).chain(buys.purchases(age, &mut random)).collect();
        let mean = spends.simulate(1, &mut random).ok_or("a purchase")?.mean();
        for time in times {
            let day = on - Days::new(age as u64) + Days::new(time.ceil() as u64);
            orders.push((format!("c{n:03}").parse()?, day.min(on), rounded(mean, 2).ok_or("an amount")?));
        }
    }
    orders.sort_by_key(|(_, day, _)| *day);
    Ok(orders)
}

fn main() -> Result<(), Box<dyn Error>> {
    let on = NaiveDate::from_ymd_opt(2026, 4, 28).ok_or("a day")?;
    let now: Timestamp = at!("2026-04-29T01:00:00Z");
    let policy = Policy::from_json(POLICY)?;

    // One pass over the orders, by ascending days.
    let mut log = Orders::new(OrderRules::new(on));
    for (customer, day, amount) in orders(on)? {
        log.add(&customer, day, amount)?;
    }

    // RFM: cuts of this population, then everybody's classes and segment.
    let inputs: Vec<RfmInputs> = log.customers().map(|one| one.rfm(Monetary::Total)).collect();
    let (rfm, segments) = (Rfm::fit(&inputs, 5, on)?, Segments::grid25());

    // CLV: a model of purchases in weeks and one of spending, fitted; then twelve months at 10 % a year.
    let histories: Result<Vec<_>, _> = log.customers().map(|one| one.summary(7.0)).collect();
    let histories = histories?;
    let spending: Result<Vec<Spending>, _> = log.customers().map(|one| one.spending()).collect();
    let spending = spending?;
    let terms = FitTerms::new("week".parse()?, on);
    let all: Summaries = histories.iter().copied().collect();
    let model = ModelFile::of_fit(&BgNbd::fit(&all, &terms), 7.0)?
        .with_spending_fit(&GammaGamma::fit(&spending, &FitTerms::new("yuan".parse()?, on)))?;
    let spends = model.spending().ok_or("a model of spending")?;
    let year = Horizon::new(12)?.with_days_per_unit(7.0)?.with_annual_rate(0.1)?;
    let values = year.clv_each(model.purchasing(), &histories, spending.iter().map(|one| spends.expected(one)));

    // Key accounts: the fewest customers that make 30 % of what was sold, as the policy has it.
    let rows = log.customers().map(|one| (one.id().clone(), Some(one.total())));
    let ranking = Ranking::new(rows, Basis::Revenue, policy.value_shares())?;
    let classes: BTreeMap<&CustomerId, Option<ValueClass>> =
        ranking.verdicts().iter().map(|verdict| (&verdict.customer, verdict.class)).collect();

    // The scores are facts of the customer; the policy's tier table reads them.
    let mut tiers: BTreeMap<String, u32> = BTreeMap::new();
    for (((one, inputs), history), value) in log.customers().zip(&inputs).zip(&histories).zip(values) {
        let mut scores = Scores::new().with_on(on);
        if let Some(segment) = segments.of(&rfm.score(inputs))? {
            scores = scores.with_segment(segment.id().clone());
        }
        if let Some(clv) = value.ok().and_then(|clv| clv.rounded(2)) {
            scores = scores.with_clv(clv);
        }
        if let Some(alive) = unit_of(model.purchasing().alive(history)) {
            scores = scores.with_alive(alive);
        }
        let customer = Customer::awaiting(one.id().clone()).with_scores(scores.clone());
        let class = classes.get(one.id()).copied().flatten();
        let account = policy.judge_key_account(&customer, class).is_some_and(|found| found.standing.is_key_account());
        let customer = customer.with_scores(scores.with_key_account(account));
        let verdict = policy.judge_tier(&customer, now).ok_or("a tier table")?.map_err(|code| code.to_string())?;
        *tiers.entry(verdict.state.tier().to_string()).or_default() += 1;
    }
    println!("{tiers:?}");
    assert_eq!(tiers.values().sum::<u32>(), 500);
    assert!(tiers["vip"] < tiers["key"] && tiers["key"] < tiers["normal"], "{tiers:?}");
    Ok(())
}
