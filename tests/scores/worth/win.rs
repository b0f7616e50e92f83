//! The probability of winning.

use customer_pool::id::Label;
use customer_pool::score::win::{TooFewOutcomes, WinRule, WinTable};
use proptest::prelude::*;

type Row = (u8, u8, bool);

fn attributes(row: &Row) -> [(Label, Label); 2] {
    let word = |text: String| text.parse().unwrap();
    [(word("source".to_owned()), word(format!("s{}", row.0))), (word("region".to_owned()), word(format!("r{}", row.1)))]
}

fn table(rows: &[Row]) -> WinTable {
    let mut table = WinTable::default();
    rows.iter().for_each(|row| table.add(attributes(row), row.2));
    table
}

fn ln_odds(won: f64, lost: f64) -> f64 {
    (won / lost).ln()
}

proptest! {
    /// Goal: the probability is the naive formula, exactly the sum of its parts, and counts merge. Method: floating-point
    /// arithmetic over the rows; the table in two parts.
    #[test]
    fn chances_are_sums_of_log_odds(
        rows in prop::collection::vec((0_u8..3, 0_u8..4, any::<bool>()), 1..120), cut in 0_usize..120, smoothing in 1_u32..50,
    ) {
        let whole = table(&rows);
        let (one, two) = rows.split_at(cut % (rows.len() + 1));
        prop_assert_eq!(&table(one).merged(table(two)), &whole);
        prop_assert_eq!(&serde_json::from_str::<WinTable>(&serde_json::to_string(&whole).unwrap()).unwrap(), &whole);
        let rule = WinRule { smoothing, least: 1 };
        let count = |keep: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| keep(row)).count() as f64;
        let (won, lost) = (count(&|row| row.2) + 1.0, count(&|row| !row.2) + 1.0);
        let share = won / (won + lost);
        for row in rows.iter().take(9) {
            let chance = whole.chance(attributes(row), rule).unwrap();
            let mut total = ln_odds(won, lost);
            let same: [&dyn Fn(&Row) -> bool; 2] = [&|other| other.0 == row.0, &|other| other.1 == row.1];
            for keep in same {
                let won_here = count(&|row| keep(row) && row.2) + f64::from(smoothing) * share;
                let lost_here = count(&|row| keep(row) && !row.2) + f64::from(smoothing) * (1.0 - share);
                total += ln_odds(won_here, lost_here) - ln_odds(won, lost);
            }
            prop_assert!((chance.total as f64 / 1e6 - total).abs() < 3e-6);
            let sum: i64 = chance.contributions.iter().map(|one| one.micros).sum();
            prop_assert_eq!(chance.base + sum, chance.total);
            let p = 1e6 / (1.0 + (-total).exp());
            prop_assert!((f64::from(chance.probability.get()) - p).abs() < 2.0);
        }
        // Brier score and calibration, as they are defined.
        let held: Vec<_> = rows.iter().map(|row| (attributes(row), row.2)).collect();
        let found = whole.assess(held, rule).unwrap();
        let p: Vec<f64> = rows.iter().map(|row| f64::from(whole.chance(attributes(row), rule).unwrap().probability.get())).collect();
        let brier: f64 = rows.iter().zip(&p).map(|(row, p)| {
            let outcome = if row.2 { 1.0 } else { 0.0 };
            (p / 1e6 - outcome).powi(2)
        }).sum::<f64>() / rows.len() as f64;
        prop_assert!((found.brier.unwrap() as f64 - 1e6 * brier).abs() <= 2.0);
        let counted: u64 = found.calibration.iter().map(|bin| bin.outcomes.all()).sum();
        prop_assert_eq!(counted, rows.len() as u64);
        for (tenth, bin) in found.calibration.iter().enumerate().filter(|(_, bin)| bin.outcomes.all() > 0) {
            prop_assert!(bin.predicted / 100_000 == tenth as u64 || (bin.predicted == 1_000_000 && tenth == 9));
        }
    }
}

/// Goal: no probability is shown for too little data, and a value never seen adds nothing. Method: one outcome less than needed.
#[test]
fn too_few_outcomes_have_no_probability() {
    let rows: Vec<Row> = (0..49).map(|i| (i % 2, 0, i % 3 == 0)).collect();
    let error: TooFewOutcomes = table(&rows).chance(attributes(&(0, 0, true)), WinRule::default()).unwrap_err();
    assert_eq!((error.seen(), error.least()), (49, 50));
    assert!(WinTable::default().chance([], WinRule { least: 0, ..WinRule::default() }).is_err());
    let chance = table(&rows).chance(attributes(&(9, 9, true)), WinRule { least: 49, ..WinRule::default() }).unwrap();
    assert!(chance.contributions.iter().all(|one| one.micros == 0) && chance.total == chance.base);
    assert_eq!(table(&rows).assess(Vec::<([(Label, Label); 2], bool)>::new(), WinRule::default()).unwrap().brier, None);
}
