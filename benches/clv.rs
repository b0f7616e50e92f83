//! BG/NBD on a million customers: grouping, fit and expectation apart, with and without equal histories.
//!
//! `cargo bench --bench clv --features rayon1` prints the times on two threads; `-- --test` runs everything once and small.

use std::hint::black_box;
use std::time::{Duration, Instant};

use customer_pool::score::clv::{BgNbd, FitTerms, Seeded, Summaries, Summary};

/// Columns of histories in weeks: of whole days, or of times as they come.
fn columns(customers: usize, whole_days: bool) -> (Vec<u32>, Vec<f64>, Vec<f64>) {
    let model = BgNbd::new(0.243, 4.414, 0.793, 2.426).expect("parameters");
    let mut random = Seeded::new(20);
    let ages: Vec<f64> = (0..customers)
        .map(|_| {
            let days = 189.0 + 85.0 * random.uniform();
            if whole_days { days.floor() / 7.0 } else { days / 7.0 }
        })
        .collect();
    let rows = model.simulate(&ages, &mut random).expect("ages");
    let day = |weeks: f64| if whole_days { (weeks * 7.0).ceil() / 7.0 } else { weeks };
    let last = rows.iter().map(|row| day(row.last()).min(row.age())).collect();
    (rows.iter().map(|row| row.repeats()).collect(), last, ages)
}

/// The least of several times.
fn least<T>(times: u32, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..times {
        let start = Instant::now();
        let made = black_box(work());
        best = best.min(start.elapsed());
        last = Some(made);
    }
    (best, last.expect("at least once"))
}

fn main() {
    let small = std::env::args().any(|argument| argument == "--test");
    let (customers, times) = if small { (20_000, 1) } else { (1_000_000, 5) };
    #[cfg(feature = "rayon1")]
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("two threads");
    let terms = FitTerms::new("week".parse().expect("a label"), "1997-09-30".parse().expect("a date"));
    for whole_days in [true, false] {
        let (repeats, last, age) = columns(customers, whole_days);
        let (grouping, all) = least(times, || Summaries::from_columns(&repeats, &last, &age).expect("histories"));
        let (fitting, fit) = least(times, || BgNbd::fit(&all, &terms));
        let fitted = fit.converged().expect("an optimum");
        println!(
            "{customers} customers, {} histories: grouping {grouping:.1?}, fit {fitting:.1?}, together {:.1?}; {:?}, LL {}",
            all.groups().len(),
            grouping + fitting,
            fitted.model(),
            fitted.evidence().log_likelihood()
        );
        let rows: Vec<Summary> = repeats
            .iter()
            .zip(&last)
            .zip(&age)
            .map(|((&x, &last), &age)| Summary::new(x, last, age).expect("a history"))
            .collect();
        let model = fitted.model();
        let (by_row, _) = least(times, || model.expected_each(&rows, 52.0));
        let (by_group, _) = least(times, || model.expected_each(all.groups(), 52.0));
        println!("expected purchases in 52 weeks: {by_row:.1?} for the rows, {by_group:.1?} for the histories");
    }
}
