//! The urgency of churn.

use crate::support::micros as at;
use customer_pool::score::churn::{LEAST_GAPS, lateness, unit_of, urgency_by_model};
use proptest::prelude::*;

proptest! {
    /// Goal: urgency is that of the definition, grows with time, and the order of purchases does not matter. Method: the median
    /// by sorting, as it is defined.
    #[test]
    fn urgency_is_that_of_the_definition(
        bought in prop::collection::vec(0_i64..1_000_000, 0..12), now in 0_i64..3_000_000, turn in 0_usize..12,
    ) {
        let found = lateness(bought.iter().map(|n| at(*n)), at(now), LEAST_GAPS);
        let mut known: Vec<i64> = bought.iter().copied().filter(|n| *n <= now).collect();
        known.sort_unstable();
        known.dedup();
        let mut gaps: Vec<i64> = known.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        if gaps.len() < 3 {
            prop_assert_eq!(found, None);
            return Ok(());
        }
        let median = if gaps.len() % 2 == 1 {
            gaps[gaps.len() / 2]
        } else {
            (gaps[gaps.len() / 2 - 1] + gaps[gaps.len() / 2]) / 2
        };
        let elapsed = now - known[known.len() - 1];
        let found = found.unwrap();
        prop_assert_eq!((found.gaps, found.median_gap_micros, found.elapsed_micros), (gaps.len(), median, elapsed));
        prop_assert_eq!(i64::from(found.urgency.get()), elapsed * 1_000_000 / (elapsed + median));
        let mut turned = bought.clone();
        turned.rotate_left(turn % bought.len());
        prop_assert_eq!(lateness(turned.iter().map(|n| at(*n)), at(now), LEAST_GAPS), Some(found));
        if bought.iter().all(|n| *n <= now) {
            let later = lateness(bought.iter().map(|n| at(*n)), at(now + 5_000), LEAST_GAPS).unwrap();
            prop_assert!(later.urgency >= found.urgency);
        }
    }
}

/// Goal: probabilities become units, rounded, and what is none becomes nothing. Method: neighbours of a half, and ends.
#[test]
fn probabilities_become_units() {
    for (probability, unit) in [(0.0, 0), (1.0, 1_000_000), (0.25, 250_000), (4.4e-6, 4), (5.6e-6, 6), (1e-300, 0)] {
        assert_eq!(unit_of(probability).map(|unit| unit.get()), Some(unit), "{probability}");
        assert_eq!(urgency_by_model(probability).map(|one| one.get()), Some(1_000_000 - unit), "{probability}");
    }
    for wrong in [f64::NAN, -1e-9, 1.000_000_1, f64::INFINITY] {
        assert_eq!((unit_of(wrong), urgency_by_model(wrong)), (None, None));
    }
}
