//! Runs the workload W2, what customers are worth, and prints how long each part takes.
//!
//! `cargo run --release --features rayon1 --example w2` tries it small. `-- write DIR` writes its columns into files that every
//! engine reads, `-- run DIR` reads and measures them: `benches/peers/w2.py` does both, beside other libraries.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use customer_pool::score::clv::{
    BgNbd, FitTerms, GammaGamma, Horizon, Month, ParetoNbd, Seeded, Spending, Summaries, Summary,
};
use customer_pool::score::orders::BYTES_PER_CUSTOMER;
use customer_pool::score::rfm::classify;

/// Runs W2.
#[derive(Parser)]
enum Arguments {
    /// Writes the columns
    Write {
        /// The folder
        folder: PathBuf,
        /// Customers of the models; a tenth for Pareto/NBD, ten times as many rows for RFM
        #[arg(long, default_value_t = 1_000_000)]
        customers: usize,
    },
    /// Measures them, and prints one JSON object
    Run {
        /// The folder
        folder: PathBuf,
        /// Each part is measured so often; the fastest counts
        #[arg(long, default_value_t = 5)]
        rounds: u32,
    },
}

/// Rounds of what takes milliseconds.
const EACH: u32 = 20;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// SplitMix64 of the workloads.
fn sm(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn write<const N: usize>(folder: &Path, name: &str, values: impl Iterator<Item = [u8; N]>) -> Outcome<()> {
    Ok(fs::write(folder.join(name), values.flatten().collect::<Vec<u8>>())?)
}

fn read<T, const N: usize>(folder: &Path, name: &str, value: fn([u8; N]) -> T) -> Outcome<Vec<T>> {
    let bytes = fs::read(folder.join(name))?;
    Ok(bytes.chunks_exact(N).map(|chunk| value(chunk.try_into().expect("a chunk"))).collect())
}

/// Histories in weeks: on whole days, or at any time.
fn histories(rows: Vec<Summary>, whole_days: bool) -> Vec<Summary> {
    let day = |row: &Summary| {
        let last = ((row.last() * 7.0).ceil() / 7.0).min(row.age());
        Summary::new(row.repeats(), last, row.age()).expect("a history")
    };
    if whole_days { rows.iter().map(day).collect() } else { rows }
}

fn ages(customers: usize, whole_days: bool, random: &mut Seeded) -> Vec<f64> {
    let age = |days: f64| if whole_days { days.floor() / 7.0 } else { days / 7.0 };
    (0..customers).map(|_| age(189.0 + 85.0 * random.uniform())).collect()
}

/// Of as many customers as ten CD shops have, between 27 and 39 weeks.
fn apart_ages(random: &mut Seeded) -> Vec<f64> {
    (0..23_570).map(|_| 27.0 + 12.0 * random.uniform()).collect()
}

/// Customers of up to a year, in days, who buy on about four days of five; one in twenty stops at some time.
fn daily(customers: usize, random: &mut Seeded) -> Outcome<Vec<Summary>> {
    let mut rows = Vec::new();
    for _ in 0..customers {
        let age = (335.0 + 31.0 * random.uniform()).floor();
        let share = 0.7 + 0.25 * random.uniform();
        let end = if random.uniform() < 0.05 { age * random.uniform() } else { age };
        let (mut repeats, mut last, mut day) = (0, 0.0, 1.0);
        while day <= end {
            if random.uniform() < share {
                (repeats, last) = (repeats + 1, day);
            }
            day += 1.0;
        }
        rows.push(Summary::new(repeats, last, age)?);
    }
    Ok(rows)
}

fn write_columns(folder: &Path, name: &str, rows: &[Summary]) -> Outcome<()> {
    write(folder, &format!("{name}.x"), rows.iter().map(|row| row.repeats().to_le_bytes()))?;
    write(folder, &format!("{name}.t_x"), rows.iter().map(|row| row.last().to_le_bytes()))?;
    write(folder, &format!("{name}.T"), rows.iter().map(|row| row.age().to_le_bytes()))
}

fn write_all(folder: &Path, customers: usize) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let buys = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    let spends = GammaGamma::new(6.25, 3.74, 15.44)?;
    let pareto = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    for (name, whole_days) in [("days", true), ("times", false), ("pareto", true)] {
        let mut random = Seeded::new(20);
        let rows = if name == "pareto" {
            pareto.simulate(&ages(customers / 10, true, &mut random), &mut random)?
        } else {
            buys.simulate(&ages(customers, whole_days, &mut random), &mut random)?
        };
        let rows = histories(rows, whole_days);
        write_columns(folder, name, &rows)?;
        if name == "days" {
            let mut mean = |row: &Summary| spends.simulate(row.repeats(), &mut random).map_or(0.0, |one| one.mean());
            let means: Vec<f64> = rows.iter().map(&mut mean).collect();
            write(folder, "days.m_x", means.iter().map(|mean| mean.to_le_bytes()))?;
        }
    }
    let mut random = Seeded::new(21);
    // As many as ten CD shops, of the same ages; no two histories are equal.
    let apart = pareto.simulate(&apart_ages(&mut random), &mut random)?;
    write_columns(folder, "apart", &apart)?;
    write_columns(folder, "daily", &daily(customers / 50, &mut random)?)?;
    let n = 10 * customers as u64;
    let h = |i: u64, k: u64| sm(16 * i + k);
    let orders = |i: u64| {
        let share = ((h(i, 1) % 1_000_000) as f64 + 1.0) / 1_000_001.0;
        1 + 60.min((-share.ln() * 3.0).floor() as u32)
    };
    write(folder, "rfm.recency", (0..n).map(|i| ((h(i, 0) % 730) as u32).to_le_bytes()))?;
    write(folder, "rfm.orders", (0..n).map(|i| orders(i).to_le_bytes()))?;
    let cents = |i: u64| (h(i, 2) % 1_000_000 + 100 * (h(i, 3) % 3_000)) as i64;
    write(folder, "rfm.cents", (0..n).map(|i| cents(i).to_le_bytes()))?;
    write(folder, "rfm.wide", (0..n).map(|i| ((h(i, 2) >> 1) as i64).to_le_bytes()))
}

/// The least of several times, in seconds, and what came of it.
fn least<T>(rounds: u32, mut work: impl FnMut() -> T) -> (f64, T) {
    let (mut best, mut last) = (Duration::MAX, None);
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        let made = black_box(work());
        best = best.min(start.elapsed());
        last = Some(made);
    }
    (best.as_secs_f64(), last.expect("at least once"))
}

struct Columns {
    x: Vec<u32>,
    last: Vec<f64>,
    age: Vec<f64>,
}

fn columns(folder: &Path, name: &str) -> Outcome<Columns> {
    Ok(Columns {
        x: read(folder, &format!("{name}.x"), u32::from_le_bytes)?,
        last: read(folder, &format!("{name}.t_x"), f64::from_le_bytes)?,
        age: read(folder, &format!("{name}.T"), f64::from_le_bytes)?,
    })
}

fn run(folder: &Path, rounds: u32) -> Outcome<BTreeMap<String, serde_json::Value>> {
    let mut told: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    let terms = FitTerms::new("week".parse()?, "1997-09-30".parse().map_err(|_| "a day")?);
    for name in ["days", "times"] {
        let Columns { x, last, age } = columns(folder, name)?;
        let (grouping, all) = least(rounds, || Summaries::from_columns(&x, &last, &age));
        let all = all?;
        let (fitting, fit) = least(rounds, || BgNbd::fit(&all, &terms));
        let fitted = fit.converged().ok_or("no optimum")?;
        let model = *fitted.model();
        told.insert(format!("bg_{name}_grouping"), grouping.into());
        told.insert(format!("bg_{name}_fit"), fitting.into());
        told.insert(format!("bg_{name}_groups"), all.groups().len().into());
        told.insert(format!("bg_{name}_ll"), fitted.evidence().log_likelihood().into());
        let parameters = [model.r(), model.alpha(), model.a(), model.b()];
        told.insert(format!("bg_{name}_parameters"), parameters.to_vec().into());
        let rows: Result<Vec<Summary>, _> =
            x.iter().zip(&last).zip(&age).map(|((x, last), age)| Summary::new(*x, *last, *age)).collect();
        let rows = rows?;
        let (each, expected) = least(rounds, || model.expected_each(&rows, 52.0));
        told.insert(format!("bg_{name}_expectation_rows"), each.into());
        told.insert(format!("bg_{name}_expectation_sum"), expected.iter().sum::<f64>().into());
        let (grouped, _) = least(rounds, || model.expected_each(all.groups(), 52.0));
        told.insert(format!("bg_{name}_expectation_groups"), grouped.into());
        if name == "days" {
            let means = read(folder, "days.m_x", f64::from_le_bytes)?;
            let spending: Result<Vec<Spending>, _> =
                x.iter().zip(&means).map(|(x, mean)| Spending::new(*x, *mean)).collect();
            let spending = spending?;
            let (fitting, fit) = least(rounds, || GammaGamma::fit(&spending, &terms));
            let spends = *fit.converged().ok_or("no optimum")?.model();
            told.insert("gg_fit".to_owned(), fitting.into());
            told.insert("gg_parameters".to_owned(), vec![spends.p(), spends.q(), spends.v()].into());
            let year =
                Horizon::new(12)?.with_month(Month::Weeks4345).with_days_per_unit(7.0)?.with_monthly_rate(0.01)?;
            let value = || {
                let each = spending.iter().map(|one| spends.expected(one));
                year.clv_each(&model, &rows, each)
            };
            let (valuing, values) = least(rounds, value);
            told.insert("clv_12_months".to_owned(), valuing.into());
            let sum: f64 = values.iter().filter_map(|value| value.as_ref().ok()).map(|value| value.value()).sum();
            told.insert("clv_sum".to_owned(), sum.into());
        }
    }
    let Columns { x, last, age } = columns(folder, "pareto")?;
    let (fitting, fit) =
        least(rounds, || Summaries::from_columns(&x, &last, &age).map(|all| ParetoNbd::fit(&all, &terms)));
    let fit = fit?;
    let fitted = fit.converged().ok_or("no optimum")?;
    let model = fitted.model();
    told.insert("pareto_fit".to_owned(), fitting.into());
    told.insert("pareto_parameters".to_owned(), vec![model.r(), model.alpha(), model.s(), model.beta()].into());
    told.insert("pareto_ll".to_owned(), fitted.evidence().log_likelihood().into());
    run_apart(folder, rounds, &terms, &mut told)?;
    let recency = read(folder, "rfm.recency", u32::from_le_bytes)?;
    let orders = read(folder, "rfm.orders", u32::from_le_bytes)?;
    for name in ["cents", "wide"] {
        let money = read(folder, &format!("rfm.{name}"), i64::from_le_bytes)?;
        let (classing, found) = least(rounds, || classify(&recency, &orders, &money, 5));
        let codes = found?.ok_or("rows")?.codes;
        told.insert(format!("rfm_{name}"), classing.into());
        let sum: u64 = codes.iter().enumerate().map(|(at, code)| (at as u64 % 97 + 1) * u64::from(*code)).sum();
        told.insert(format!("rfm_{name}_check"), sum.into());
    }
    told.insert("bytes_per_customer".to_owned(), BYTES_PER_CUSTOMER.into());
    Ok(told)
}

/// Pareto/NBD on customers of whom no two are equal, and on those who buy nearly every day.
fn run_apart(
    folder: &Path,
    rounds: u32,
    terms: &FitTerms,
    told: &mut BTreeMap<String, serde_json::Value>,
) -> Outcome<()> {
    let Columns { x, last, age } = columns(folder, "apart")?;
    let (fitting, fit) =
        least(rounds, || Summaries::from_columns(&x, &last, &age).map(|all| ParetoNbd::fit(&all, terms)));
    let fit = fit?;
    let fitted = fit.converged().ok_or("no optimum")?;
    let model = *fitted.model();
    told.insert("apart_fit".to_owned(), fitting.into());
    told.insert("apart_parameters".to_owned(), vec![model.r(), model.alpha(), model.s(), model.beta()].into());
    let rows: Result<Vec<Summary>, _> =
        x.iter().zip(&last).zip(&age).map(|((x, last), age)| Summary::new(*x, *last, *age)).collect();
    let rows = rows?;
    let (each, alive) = least(EACH.min(4 * rounds), || model.alive_each(&rows));
    told.insert("apart_alive".to_owned(), each.into());
    told.insert("apart_alive_sum".to_owned(), alive.iter().sum::<f64>().into());
    let (each, expected) = least(EACH.min(4 * rounds), || model.expected_each(&rows, 39.0));
    told.insert("apart_expectation".to_owned(), each.into());
    told.insert("apart_expectation_sum".to_owned(), expected.iter().sum::<f64>().into());
    let buys = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    let (each, alive) = least(EACH.min(4 * rounds), || buys.alive_each(&rows));
    told.insert("apart_bg_alive".to_owned(), each.into());
    told.insert("apart_bg_alive_sum".to_owned(), alive.iter().sum::<f64>().into());
    let (each, expected) = least(EACH.min(4 * rounds), || buys.expected_each(&rows, 39.0));
    told.insert("apart_bg_expectation".to_owned(), each.into());
    told.insert("apart_bg_expectation_sum".to_owned(), expected.iter().sum::<f64>().into());
    let Columns { x, last, age } = columns(folder, "daily")?;
    let (fitting, fit) =
        least(rounds.min(2), || Summaries::from_columns(&x, &last, &age).map(|all| ParetoNbd::fit(&all, terms)));
    told.insert("daily_fit".to_owned(), fitting.into());
    told.insert("daily_verdict".to_owned(), serde_json::to_value(fit?)?);
    Ok(())
}

fn main() -> Outcome<()> {
    #[cfg(feature = "rayon1")]
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global()?;
    if std::env::args().len() == 1 {
        let folder = std::env::temp_dir().join(format!("customer-pool-w2-{}", std::process::id()));
        write_all(&folder, 20_000)?;
        let told = run(&folder, 1);
        fs::remove_dir_all(&folder)?;
        let told = told?;
        assert!(told["bg_days_groups"].as_u64() < Some(20_000), "whole days repeat");
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    match Arguments::parse() {
        Arguments::Write { folder, customers } => write_all(&folder, customers),
        Arguments::Run { folder, rounds } => {
            println!("{}", serde_json::to_string_pretty(&run(&folder, rounds)?)?);
            Ok(())
        }
    }
}
