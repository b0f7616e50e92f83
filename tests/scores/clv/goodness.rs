//! Models held against what customers did.

use customer_pool::score::clv::{
    BgNbd, Fit, Frequencies, HoldOut, Nbd, Purchasing, Seeded, Summaries, Summary, Tracking,
};

use super::data::{Table, assert_close, summaries, terms, text};

fn fitted(customers: &Summaries) -> BgNbd {
    let Fit::Converged(fitted) = BgNbd::fit(customers, &terms()) else { panic!("no optimum") };
    *fitted.model()
}

/// Goal: the CD shop's numbers of repeats, as figure 1 of the paper has them. Method: actual numbers counted from the file, and
/// expected ones by adding up every customer's probabilities.
#[test]
fn frequencies_of_the_cd_shop() {
    let Some(customers) = summaries("cdnow_summary.csv") else { return };
    let model = fitted(&customers);
    let table = Frequencies::new(&model, &customers, 7);
    let actual: Vec<u64> = table.rows().iter().map(|row| row.actual()).collect();
    assert_eq!(actual, [1411, 439, 214, 100, 62, 38, 29, 64]);
    assert!(table.rows().iter().enumerate().all(|(n, row)| row.repeats() as usize == n && row.and_more() == (n == 7)));
    let mut expected = [0.0; 8];
    for group in customers.groups() {
        let list = model.probabilities_new(group.age(), 6);
        let n = group.customers() as f64;
        expected[7] += n * (1.0 - list.iter().sum::<f64>());
        expected.iter_mut().zip(list).for_each(|(sum, p)| *sum += n * p);
    }
    for (row, expected) in table.rows().iter().zip(expected) {
        assert_close(row.expected(), expected, 1e-11);
    }
    assert_close(table.rows().iter().map(|row| row.expected()).sum(), 2357.0, 1e-12);
    let chi: f64 = table.rows().iter().map(|row| (row.actual() as f64 - row.expected()).powi(2) / row.expected()).sum();
    assert_close(table.chi_square(), chi, 1e-13);
    let nbd = Nbd::fit(&customers, &terms());
    let worse = Frequencies::new(nbd.converged().unwrap().model(), &customers, 7);
    assert!(table.chi_square() < 100.0 && worse.chi_square() > 0.0);
}

/// Goal: cumulative repeats of the CD shop week by week, calibration and hold-out. Method: actual ones counted from the
/// transactions; the sum of the tracked table at the end of the calibration is that of the summaries; the paper's model
/// stays within a few per cent.
#[test]
fn tracking_of_the_cd_shop() {
    let (Some(customers), Some(log)) = (summaries("cdnow_summary.csv"), text("cdnow_transactions.txt")) else { return };
    let model = fitted(&customers);
    let mut days: std::collections::BTreeMap<&str, std::collections::BTreeSet<chrono::NaiveDate>> = Default::default();
    for line in log.lines() {
        let mut words = line.split_whitespace();
        let (Some(id), Some(_), Some(date)) = (words.next(), words.next(), words.next()) else { continue };
        days.entry(id).or_default().insert(chrono::NaiveDate::parse_from_str(date, "%Y%m%d").unwrap());
    }
    assert_eq!(days.len(), 2357);
    let first = days.values().filter_map(|days| days.first()).min().unwrap();
    let mut repeats: Vec<i64> =
        days.values().flat_map(|days| days.iter().skip(1)).map(|day| (*day - *first).num_days()).collect();
    repeats.sort_unstable();
    let ends: Vec<f64> = (1..=78).map(f64::from).collect();
    let actual: Vec<u64> = (1..=78).map(|week| repeats.iter().filter(|day| **day < 7 * week).count() as u64).collect();
    let table = Tracking::new(&model, &customers, &ends).with_actual(&actual);
    let periods = table.periods();
    assert!(periods.windows(2).all(|two| two[0].expected() < two[1].expected()));
    // By hand at one time: every customer, from its first purchase on.
    let oldest = customers.groups().iter().map(Summary::age).fold(0.0, f64::max);
    let by_hand: f64 = customers
        .groups()
        .iter()
        .map(|group| group.customers() as f64 * model.expected_new(52.0 - (oldest - group.age())))
        .sum();
    assert_close(periods[51].expected(), by_hand, 1e-12);
    let error = table.mean_absolute_share().unwrap();
    println!("cumulative repeats are missed by {:.1} % on average", 100.0 * error);
    assert!(error < 0.1, "{error}");
    let last = periods.last().unwrap();
    assert!((last.expected() / last.actual().unwrap() as f64 - 1.0).abs() < 0.1, "{last:?}");
}

/// Goal: the hold-out of the CD shop by the repeats of the calibration. Method: sums by hand from the file.
#[test]
fn hold_out_of_the_cd_shop() {
    let Some(file) = Table::read("cdnow_summary.csv") else { return };
    let customers: Summaries = file.rows().map(|row| row.summary()).collect();
    let model = fitted(&customers);
    let rows: Vec<(Summary, u64)> =
        file.rows().map(|row| (row.summary(), row.text("x_star").parse().unwrap())).collect();
    let table = HoldOut::new(&model, rows.iter().copied(), 39.0, 7);
    assert_eq!(table.rows().iter().map(|row| row.customers()).sum::<u64>(), 2357);
    assert_eq!(table.actual(), rows.iter().map(|(_, bought)| bought).sum::<u64>());
    assert_close(table.expected(), rows.iter().map(|(customer, _)| model.expected(customer, 39.0)).sum(), 1e-12);
    let many = table.rows().last().unwrap();
    assert!(many.and_more() && many.customers() == 64);
    let of_many = rows.iter().filter(|(customer, _)| customer.repeats() >= 7);
    assert_close(many.actual(), of_many.clone().map(|(_, bought)| *bought as f64).sum::<f64>() / 64.0, 1e-13);
    assert_close(
        many.expected(),
        of_many.map(|(customer, _)| model.expected(customer, 39.0)).sum::<f64>() / 64.0,
        1e-12,
    );
}

/// Goal: tables of nobody, of one row, and over no time are tables. Method: the edges.
#[test]
fn the_edges_of_tables() {
    let model = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let nobody = Summaries::default();
    assert_eq!(Tracking::new(&model, &nobody, &[1.0]).periods()[0].expected(), 0.0);
    assert_eq!(Tracking::new(&model, &nobody, &[]).mean_absolute_share(), None);
    let everybody = Frequencies::new(&model, &[Summary::new(2, 1.0, 5.0).unwrap()].into_iter().collect(), 0);
    assert_eq!((everybody.rows().len(), everybody.rows()[0].actual(), everybody.rows()[0].expected()), (1, 1, 1.0));
    assert!(HoldOut::new(&model, [], 39.0, 7).rows().is_empty());
    assert_eq!(Purchasing::expected(&model, &Summary::new(2, 1.0, 5.0).unwrap(), f64::NAN), 0.0);
}

/// Goal: a right model fits, by the statistic of its own table. Method: simulated customers; with 7 free rows chi² is
/// seldom above 30.
#[test]
fn a_right_model_fits() {
    let model = BgNbd::new(0.5, 5.0, 0.8, 2.5).unwrap();
    let customers: Summaries = model.simulate(&[30.0; 5000], &mut Seeded::new(8)).unwrap().into_iter().collect();
    let table = Frequencies::new(&model, &customers, 7);
    assert!(table.chi_square() < 30.0, "{}", table.chi_square());
    let wrong = BgNbd::new(0.5, 10.0, 0.8, 2.5).unwrap();
    assert!(Frequencies::new(&wrong, &customers, 7).chi_square() > 100.0);
}
