//! What many customers will still buy under BG/NBD.

use super::BgNbd;
use super::expectation::LOSS;
use crate::score::clv::chunks::in_chunks;
use crate::score::clv::counts::ratio;
use crate::score::clv::summary::Summary;
use crate::score::numeric::{ln, ln_1p, logistic, rise};

/// Shares `z` for which the number of terms is known; the last is 0.96875.
const SHARES: usize = 124;
/// A share is one of these parts of 1.
const PARTS: f64 = 128.0;
/// Terms of a table.
const TERMS: usize = 1536;
/// Repeats for which tables are kept side by side.
const KEPT: usize = 64;
/// Customers for whom a table pays.
const FEW: usize = 512;

impl BgNbd {
    /// [`expected`](Self::expected) of each customer: the same within the last digits, several times as fast where there are
    /// many. Equal customers need to be asked for only once: [`Summaries::groups`](crate::score::clv::Summaries::groups).
    ///
    /// The series of the expectation has coefficients that depend on the repeats alone, so they are made once for each number
    /// of repeats.
    #[must_use]
    pub fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        if customers.len() < FEW {
            return customers.iter().map(|customer| self.expected(customer, t)).collect();
        }
        let mut tables: Vec<Option<Table>> = (0..KEPT).map(|_| None).collect();
        for customer in customers {
            if let Some(table) = place(customer).and_then(|x| tables.get_mut(x)) {
                table.get_or_insert_with(|| Table::new(self, customer));
            }
        }
        let one = |customer: &Summary| {
            let table = place(customer).and_then(|x| tables.get(x)).and_then(Option::as_ref);
            table.and_then(|table| table.expected(self, customer, t)).unwrap_or_else(|| self.expected(customer, t))
        };
        in_chunks(customers, |part| part.iter().map(one).collect::<Vec<f64>>()).concat()
    }

    /// [`alive`](Self::alive) of each customer.
    #[must_use]
    pub fn alive_each(&self, customers: &[Summary]) -> Vec<f64> {
        in_chunks(customers, |part| part.iter().map(|customer| self.alive(customer)).collect::<Vec<f64>>()).concat()
    }
}

/// The place of a customer's table, if it has one.
fn place(customer: &Summary) -> Option<usize> {
    usize::try_from(customer.repeats()).ok()
}

/// The series for customers with as many repeats.
struct Table {
    /// `C = a + b + x − 1`.
    c: f64,
    /// `r + x`.
    shape: f64,
    /// `ln a − ln(b + x − 1)`; none without repeats.
    odds: Option<f64>,
    /// Of `z^1`, `z^2`, …, in fours.
    coefficients: Vec<[f64; 4]>,
    /// How many fours are needed up to each share.
    needed: Vec<usize>,
    /// Up to which share no digits are lost, for there the terms are of one sign.
    usable: bool,
}

impl Table {
    fn new(model: &BgNbd, customer: &Summary) -> Self {
        let x = f64::from(customer.repeats());
        let (a, surplus) = (model.a, model.surplus());
        let c = model.a + (model.b + x) - 1.0;
        let (mut term, mut k) = (surplus, 1.0);
        let mut terms = Vec::with_capacity(TERMS);
        for _ in 0..TERMS {
            terms.push(term);
            term *= ((surplus + k) * (a + (k - 1.0))) / ((c + k) * (k + 1.0));
            k += 1.0;
        }
        let needed = (0..SHARES).map(|share| fours(&terms, share)).collect();
        let fours = terms.chunks_exact(4).filter_map(|four| four.first_chunk().copied());
        Self {
            c,
            shape: model.r + x,
            odds: (x > 0.0).then(|| ln(a) - ln(model.b + (x - 1.0))),
            coefficients: fours.collect(),
            needed,
            usable: surplus > -1.0,
        }
    }

    /// None where the series does not serve.
    #[inline]
    fn expected(&self, model: &BgNbd, customer: &Summary, t: f64) -> Option<f64> {
        let clock = model.alpha + customer.age();
        let tau = ratio(t, clock);
        let z = tau / (1.0 + tau);
        let needed = *self.needed.get(share(z)?)?;
        let (square, mut power, mut sum) = (z * z, z, 0.0);
        let fourth = square * square;
        for [one, two, three, four] in self.coefficients.get(..needed)? {
            sum += power * ((one + two * z) + (three + four * z) * square);
            power *= fourth;
        }
        let l = ln_1p(tau);
        let (phi, fall) = rise(model.a - 1.0, l);
        let (kept, taken) = (self.c * phi, fall * sum);
        let expected = kept - taken;
        let sizes = (kept.abs() + taken.abs() + phi) * (1.0 + (model.a - 1.0).abs() * l);
        if !self.usable || sizes > LOSS * expected {
            return None;
        }
        let Some(odds) = self.odds else { return Some(expected) };
        let silence = ln_1p((customer.age() - customer.last()) / (model.alpha + customer.last()));
        let odds = odds + self.shape * silence;
        (odds < 650.0).then(|| expected * logistic(-odds))
    }
}

/// Which share a `z` belongs to.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 128")]
fn share(z: f64) -> Option<usize> {
    let share = (z * PARTS) as usize;
    (share < SHARES).then_some(share)
}

/// How many fours of terms are needed up to the end of a share; none beyond the table.
#[expect(clippy::cast_precision_loss, reason = "up to 128")]
fn fours(terms: &[f64], share: usize) -> usize {
    let z = (share as f64 + 1.0) / PARTS;
    let (mut power, mut size) = (1.0, 0.0);
    let mut last = 0.0_f64;
    for (at, term) in terms.iter().enumerate() {
        power *= z;
        let now = (term * power).abs();
        size += now;
        let ratio = if last > 0.0 { (now / last).max(z) } else { 1.0 };
        if now <= 0.0 || (ratio < 1.0 && now * ratio <= 1e-17 * size * (1.0 - ratio)) {
            return at.saturating_add(4) / 4;
        }
        last = now;
    }
    usize::MAX
}
