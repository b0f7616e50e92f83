//! What every model of purchasing can say.

use super::bg_nbd::BgNbd;
use super::chunks::of_each;
use super::nbd::Nbd;
use super::summary::Summary;
use crate::score::numeric::sum::Sum;

/// A model of how customers buy: what the tables that hold a model against the data need of it.
///
/// To be correct, an implementation must: answer for any time, a negative one or one that is no number as for 0; give
/// expectations and probabilities that are finite, not negative and the larger the longer the time is; and probabilities of
/// 0, 1, … whose sum grows to 1.
pub trait Purchasing {
    /// Purchases that this customer is expected to make in a time `t` from the end of its observation.
    fn expected(&self, customer: &Summary, t: f64) -> f64;

    /// The same of each of many customers.
    fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        customers.iter().map(|customer| self.expected(customer, t)).collect()
    }

    /// What each of many customers is expected to buy by several times, in one sum: `Σ weight · expected(customer, time)` over
    /// pairs of a time and a weight, the times ascending, the weights not negative. At most the largest number.
    ///
    /// A value over a horizon asks for all its months at once, so a model whose answers have a part that does not depend on
    /// the time, such as the probability of being alive, should compute it once for each customer.
    fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
        let mut sums = vec![Sum::default(); customers.len()];
        for (t, weight) in times {
            sums.iter_mut().zip(self.expected_each(customers, *t)).for_each(|(sum, bought)| sum.add(weight * bought));
        }
        sums.into_iter().map(|sum| sum.total().min(f64::MAX)).collect()
    }

    /// Repeat purchases that a new customer is expected to make in a time `t`.
    fn expected_new(&self, t: f64) -> f64;

    /// The probabilities that a new customer makes 0, 1, …, `most` repeat purchases in a time `t`.
    fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64>;

    /// The probability that this customer is still active at the end of its observation.
    fn alive(&self, customer: &Summary) -> f64;
}

impl Purchasing for Nbd {
    fn expected(&self, customer: &Summary, t: f64) -> f64 {
        Self::expected(self, customer, t)
    }
    fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
        let one = |customer: &Summary| {
            let bought: Sum = times.iter().map(|(t, weight)| weight * self.expected(customer, *t)).collect();
            bought.total().min(f64::MAX)
        };
        of_each(customers, one)
    }
    fn expected_new(&self, t: f64) -> f64 {
        Self::expected_new(self, t)
    }
    fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        Self::probabilities_new(self, t, most)
    }
    fn alive(&self, _customer: &Summary) -> f64 {
        1.0
    }
}

impl Purchasing for BgNbd {
    fn expected(&self, customer: &Summary, t: f64) -> f64 {
        Self::expected(self, customer, t)
    }
    fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        Self::expected_each(self, customers, t)
    }
    fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
        Self::expected_over(self, customers, times)
    }
    fn expected_new(&self, t: f64) -> f64 {
        Self::expected_new(self, t)
    }
    fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        Self::probabilities_new(self, t, most)
    }
    fn alive(&self, customer: &Summary) -> f64 {
        Self::alive(self, customer)
    }
}
