//! How probable numbers of purchases are under Pareto/NBD.

use super::{Active, ParetoNbd};
use crate::score::clv::counts::{NegativeBinomial, ratio};
use crate::score::clv::summary::Summary;
use crate::score::numeric::quadrature::GAUSS16;
use crate::score::numeric::{exp, exp_m1, ln, ln_1p};

/// By how much a sum must exceed a term so that the term is not seen in it.
const SEEN: f64 = 1e20;
/// A logarithm that is not seen beside another, with room to spare.
const LN_UNSEEN: f64 = -60.0;
/// Purchases against which a time is so long that each of them is certain, to the last digit.
const LONG: f64 = 1e17;
/// An exponent over a panel, and a length of it in units of a deviation; and a length in `u`.
const BEND: f64 = 12.0;
const DEVIATIONS: f64 = 4.0;
const LENGTH: f64 = 2.0;

impl ParetoNbd {
    /// The probabilities that a new customer makes 0, 1, …, `most` repeat purchases in a time `t` (Fader & Hardie 2006,
    /// "Deriving an Expression for P(X(t)=x) Under the Pareto/NBD Model").
    ///
    /// ```
    /// use customer_pool::score::clv::ParetoNbd;
    /// let weeks = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    /// let all: f64 = weeks.probabilities_new(39.0, 400).iter().sum();
    /// assert!((all - 1.0).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        self.newcomer().probabilities(t, most)
    }

    /// The probabilities that this customer makes 0, 1, …, `most` purchases in a time `t` from the end of its observation.
    #[must_use]
    pub fn probabilities(&self, customer: &Summary, t: f64, most: u32) -> Vec<f64> {
        let alive = self.alive(customer);
        let mut probabilities = self.active(customer).probabilities(t, most);
        if alive > 1e-280 {
            probabilities.iter_mut().for_each(|p| *p *= alive);
        } else {
            let ln_alive = self.ln_alive(customer);
            probabilities.iter_mut().for_each(|p| *p = exp(ln(*p) + ln_alive));
        }
        if let Some(none) = probabilities.first_mut() {
            *none = (*none + self.lost(customer)).min(1.0);
        }
        probabilities
    }
}

/// A time at which a customer may be lost: in units of its clock, with the weight in the integral over all of them, and the
/// number of purchases that is most probable up to there.
#[derive(Clone, Copy, Debug)]
struct Loss {
    tau: f64,
    mode: u32,
    /// The weight times the probability of the mode.
    peak: f64,
}

impl Active {
    /// As many purchases without being lost, or being lost at some time and having made them before:
    /// `NB(n; t) S(t) + ∫ NB(n; y) s lived^s / (lived+y)^{s+1} dy` over `y` up to `t`.
    ///
    /// Over `u = ln(1 + y/m)`, `m` the lesser of the two clocks, the integrand is analytic. A node is felt around its most
    /// probable number only; from there on its share is found step by step, up and down, as far as it is felt.
    fn probabilities(&self, t: f64, most: u32) -> Vec<f64> {
        let mut sums: Vec<f64> = (0..=most).map(|_| 0.0).collect();
        let (losses, always) = self.losses(t, most);
        let stays = exp(-self.s * ln_1p(ratio(t, self.lived)));
        let whole = self.loss(ratio(t, self.clock), stays, most);
        // Upwards from the latest on, downwards from the earliest on: a node that is not felt beside those is not felt beyond.
        for loss in core::iter::once(&whole).chain(losses.iter().rev()) {
            self.upwards(loss, &mut sums);
        }
        for loss in losses.iter().chain([&whole]) {
            self.downwards(loss, &mut sums);
        }
        let (mut term, mut n) = (always, 0.0);
        for sum in sums.iter_mut().take_while(|_| always > 0.0) {
            *sum += term;
            term *= (self.shape + n) / (n + 1.0);
            n += 1.0;
        }
        sums.iter_mut().for_each(|sum| *sum = sum.min(1.0));
        sums
    }

    fn loss(&self, tau: f64, weight: f64, most: u32) -> Loss {
        let mode = whole_number(((self.shape - 1.0) * tau).clamp(0.0, f64::from(most)));
        let peak = weight * NegativeBinomial::new(self.shape, tau).probability(f64::from(mode));
        Loss { tau, mode, peak }
    }

    fn upwards(&self, loss: &Loss, sums: &mut [f64]) {
        let p = loss.tau / (1.0 + loss.tau);
        let (mut term, mut n) = (loss.peak, f64::from(loss.mode));
        for sum in sums.iter_mut().skip(place(loss.mode)) {
            if term < f64::MIN_POSITIVE || term * SEEN <= *sum {
                break;
            }
            *sum += term;
            term *= p * ((self.shape + n) / (n + 1.0));
            n += 1.0;
        }
    }

    fn downwards(&self, loss: &Loss, sums: &mut [f64]) {
        let per_p = 1.0 + 1.0 / loss.tau;
        let (mut term, mut n) = (loss.peak, f64::from(loss.mode));
        for sum in sums.iter_mut().take(place(loss.mode)).rev() {
            term *= per_p * (n / (self.shape + (n - 1.0)));
            n -= 1.0;
            if term < f64::MIN_POSITIVE || term * SEEN <= *sum {
                break;
            }
            *sum += term;
        }
    }

    /// The nodes, from the earliest on, up to where no more than `most` purchases are likely; and the weight of those that are
    /// so late that `NB(n; y)` is `(1 + y/clock)^{−shape} (shape)_n / n!` for all of these numbers, times that power.
    fn losses(&self, t: f64, most: u32) -> (Vec<Loss>, f64) {
        let low = self.clock.min(self.lived);
        let end = ln_1p(ratio(t, low));
        let at = |u: f64| (low * exp_m1(u)).min(f64::MAX);
        let number = f64::from(most);
        // How fast the largest number falls from the end on backwards.
        let steepest = number * (1.0 - share(at(end), self.clock)) / -exp_m1(-end);
        let (mut losses, mut always) = (Vec::new(), 0.0);
        let (mut from, mut length, mut best) = (0.0, LENGTH, f64::NEG_INFINITY);
        while from < end {
            let rest = end - from;
            let near = if steepest * rest <= BEND { rest } else { 0.5 * rest };
            length = near.min(LENGTH).min(4.0 * length);
            while length > f64::MIN_POSITIVE && !self.is_smooth(at(from), at(from + length)) {
                length *= 0.5;
            }
            let half = 0.5 * length;
            for (node, part) in GAUSS16
                .iter()
                .rev()
                .map(|(node, part)| (-node, part))
                .chain(GAUSS16.iter().map(|(node, part)| (*node, part)))
            {
                let y = at(from + half + half * node);
                let tau = ratio(y, self.clock);
                // s lived^s / (lived+y)^{s+1} dy, with dy = (low + y) du.
                let lost = self.s * ((0.5 * low + 0.5 * y) / (0.5 * self.lived + 0.5 * y));
                let weight = part * half * lost * exp(-self.s * ln_1p(ratio(y, self.lived)));
                if tau > LONG * number.max(1.0) {
                    always += weight * exp(-self.shape * ln_1p(tau));
                } else {
                    losses.push(self.loss(tau, weight, most));
                }
            }
            // Adding less than the last digit moves nothing.
            let next = from + length;
            from = if next > from { next } else { end };
            let now = self.likelihood(at(from), number);
            best = now.max(best);
            if now < best + LN_UNSEEN {
                break;
            }
        }
        (losses, always)
    }

    /// Whether sixteen nodes are enough between two times: over `ln y` the integrand falls at most as fast as `h` grows to be
    /// there, and where it is largest its deviation is `1/√h`.
    fn is_smooth(&self, from: f64, to: f64) -> bool {
        let h = self.shape * share(to, self.clock) + self.s * share(to, self.lived);
        if from > 0.0 { ln(to / from) * h.sqrt() <= DEVIATIONS } else { h <= DEVIATIONS }
    }

    /// The logarithm of the integrand over `ln y` for a number of purchases, up to a constant.
    fn likelihood(&self, y: f64, number: f64) -> f64 {
        let bought = if number > 0.0 { -number * ln_1p(self.clock / y) } else { 0.0 };
        bought - self.shape * ln_1p(ratio(y, self.clock)) - self.s * ln_1p(ratio(y, self.lived)) + ln(y)
    }
}

/// `y/(clock + y)`.
fn share(y: f64, clock: f64) -> f64 {
    1.0 / (1.0 + clock / y)
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a number of this kind")]
fn whole_number(number: f64) -> u32 {
    number as u32
}
