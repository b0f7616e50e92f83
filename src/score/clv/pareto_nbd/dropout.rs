//! The likelihood of Pareto/NBD as a function to minimise.

use super::ParetoNbd;
use super::bends::Bends;
use super::silence::Silence;
use super::tails::Slopes;
use crate::score::clv::chunks::in_chunks;
use crate::score::clv::fit::Boundary;
use crate::score::clv::likelihood::{self, MUCH, Polarized};
use crate::score::clv::nbd::NbdLikelihood;
use crate::score::clv::parameter::ParameterError;
use crate::score::clv::summary::{Summaries, Summary};
use crate::score::numeric::linear::{Matrix, by_logarithms};
use crate::score::numeric::minimise::{Objective, Slope};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, ln_1p, ln_1p_exp, logistic, real};

/// The mean negative log-likelihood of Pareto/NBD, by the logarithms of `r`, `α`, `s` and `β`, times in units of `scale`: that
/// of NBD, and over the customers the sum of `s ln(1+T/β) − ln(1+I)`.
pub(super) struct Likelihood {
    nbd: NbdLikelihood,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    x: f64,
    last: f64,
    /// From the last purchase to the end of the observation.
    silence: f64,
    customers: f64,
}

/// Sums and their derivatives by `r`, `α`, `s`, `β` themselves; of the second ones by row the lower triangle.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    value: f64,
    first: [f64; 4],
    second: [f64; 10],
}

/// Sums over the nodes of a customer, of weight times: 1, and the derivatives of the logarithm of the integrand.
#[derive(Clone, Copy, Debug, Default)]
struct Means {
    weight: f64,
    first: [f64; 4],
    second: [f64; 10],
}

impl likelihood::Likelihood for Likelihood {
    type Model = ParetoNbd;

    fn new(customers: &Summaries, nbd: NbdLikelihood) -> Self {
        let scale = nbd.scale;
        let row = |group: &Summary| Row {
            x: f64::from(group.repeats()),
            last: group.last() / scale,
            silence: (group.age() - group.last()) / scale,
            customers: real(group.customers()),
        };
        let rows = customers.groups().iter().map(row).collect();
        Self { nbd, rows }
    }

    fn nbd(&self) -> &NbdLikelihood {
        &self.nbd
    }

    /// By `s`, at `s = 0`: `Σ ∫ ((α+T)/(α+y))^{r+x} / (β+y) dy − ln(1+T/β)`.
    fn gain(&self, [r, alpha]: [f64; 2], betas: &[f64]) -> Vec<f64> {
        let of = |beta: f64| {
            let chunk = |rows: &[Row]| {
                let term = |row: &Row| {
                    let mut sum = 0.0;
                    let place = Silence { shape: r + row.x, alpha, s: 0.0, beta };
                    let at_last = place.visit(row.last, row.silence, |node| sum += node.weight);
                    let gained = if sum > 0.0 { exp((at_last + ln(sum)).min(600.0)) } else { 0.0 };
                    row.customers * (gained - ln_1p((row.last + row.silence) / beta))
                };
                rows.iter().map(term).sum::<f64>()
            };
            in_chunks(&self.rows, chunk).into_iter().collect::<Sum>().total()
        };
        betas.iter().map(|beta| of(*beta)).collect()
    }

    fn parameters([r, alpha, s, beta]: [f64; 4], scale: f64) -> [f64; 4] {
        [r, alpha * scale, s, beta * scale]
    }

    fn model([r, alpha, s, beta]: [f64; 4]) -> Result<ParetoNbd, ParameterError> {
        ParetoNbd::new(r, alpha, s, beta)
    }

    fn dropouts(_: f64) -> [[f64; 2]; 3] {
        [[0.6, 0.3], [0.1, 1.0], [2.0, 1.0]]
    }

    /// Lost at the first purchase, or never.
    fn polarized(&self) -> Polarized {
        let (none, some): (Vec<Row>, Vec<Row>) = self.rows.iter().partition(|row| row.x <= 0.0);
        Polarized {
            silent: none.iter().map(|row| (row.last, row.silence, row.customers)).collect(),
            repeats: 0.0,
            stayed: some.iter().map(|row| row.customers).sum(),
        }
    }

    fn limit([r, _, s, beta]: [f64; 4]) -> Boundary {
        if r > MUCH {
            Boundary::HomogeneousPurchasing
        } else if s > MUCH {
            Boundary::HomogeneousDropout
        } else if s / beta > MUCH && s > 1.0 {
            Boundary::CertainDropout
        } else {
            Boundary::PolarizedDropout
        }
    }
}

impl Likelihood {
    /// The sums over all rows, chunk by chunk.
    fn rows<const BENT: bool>(&self, at: &[f64; 4]) -> Parts {
        let [r, alpha, s, beta] = at.map(exp);
        let place = Silence { shape: r, alpha, s, beta };
        let mut value = Sum::default();
        let (mut first, mut second) = ([Sum::default(); 4], [Sum::default(); 10]);
        for chunk in in_chunks(&self.rows, |rows| chunk::<BENT>(rows, &place)) {
            value.add(chunk.value);
            first.iter_mut().zip(chunk.first).for_each(|(sum, term)| sum.add(term));
            second.iter_mut().zip(chunk.second).for_each(|(sum, term)| sum.add(term));
        }
        Parts { value: value.total(), first: first.map(Sum::total), second: second.map(Sum::total) }
    }
}

fn chunk<const BENT: bool>(rows: &[Row], at: &Silence) -> Parts {
    let mut parts = Parts::default();
    for row in rows {
        let place = Silence { shape: at.shape + row.x, ..*at };
        if BENT {
            if let Some(bends) = place.bends(row.last, row.silence) {
                add_bends(&mut parts, &bends, row, &place);
                continue;
            }
        } else if let Some(slopes) = place.slopes(row.last, row.silence) {
            add_slopes(&mut parts, &slopes, row, &place);
            continue;
        }
        let means = Means::of::<BENT>(&place, row);
        add::<BENT>(&mut parts, &means, row, &place);
    }
    parts
}

/// What a customer adds, without second derivatives, where the odds are at hand as a difference of tails.
#[inline]
fn add_slopes(parts: &mut Parts, slopes: &Slopes, row: &Row, place: &Silence) {
    let Silence { s, beta, .. } = *place;
    let age = row.last + row.silence;
    let lived = ln_1p(age / beta);
    parts.value += row.customers * (ln_1p(slopes.odds) - s * lived);
    let from_age = [0.0, 0.0, -lived, s * (age / (beta * (beta + age)))];
    let share = 1.0 / (1.0 + slopes.odds);
    for ((sum, by), other) in parts.first.iter_mut().zip(slopes.first).zip(from_age) {
        *sum += row.customers * (share * by + other);
    }
}

/// The same with second derivatives.
#[inline]
fn add_bends(parts: &mut Parts, bends: &Bends, row: &Row, place: &Silence) {
    let Bends { odds, first, second } = *bends;
    add_slopes(parts, &Slopes { odds, first }, row, place);
    add_age(parts, row, place);
    let share = 1.0 / (1.0 + odds);
    let [g0, g1, g2, g3] = first.map(|by| by * share);
    let outer = [g0 * g0, g1 * g0, g1 * g1, g2 * g0, g2 * g1, g2 * g2, g3 * g0, g3 * g1, g3 * g2, g3 * g3];
    for ((sum, by), outer) in parts.second.iter_mut().zip(second).zip(outer) {
        *sum += row.customers * (share * by - outer);
    }
}

/// The second derivatives of `−s ln(1+T/β)`.
#[inline]
fn add_age(parts: &mut Parts, row: &Row, place: &Silence) {
    let Silence { s, beta, .. } = *place;
    let age = row.last + row.silence;
    let per = age / (beta * (beta + age));
    let [_, _, _, _, _, _, _, _, sb, bb] = &mut parts.second;
    *sb += row.customers * per;
    *bb -= row.customers * s * per * (1.0 / beta + 1.0 / (beta + age));
}

/// What a customer adds: `ln(1+I) − s ln(1+T/β)`, and its derivatives: those of `ln(1+I)` are `q g`, and
/// `q (I''/I) − q² g gᵀ`, with `q = I/(1+I)` and `g` the derivatives of `ln I`.
#[inline]
fn add<const BENT: bool>(parts: &mut Parts, means: &Means, row: &Row, place: &Silence) {
    let Silence { s, beta, .. } = *place;
    let age = row.last + row.silence;
    let lived = ln_1p(age / beta);
    let odds = means.ln_odds();
    let q = logistic(odds);
    parts.value += row.customers * (ln_1p_exp(odds) - s * lived);
    let per = age / (beta * (beta + age));
    let from_age = [0.0, 0.0, -lived, s * per];
    for ((sum, mean), other) in parts.first.iter_mut().zip(means.first).zip(from_age) {
        *sum += row.customers * (q * mean + other);
    }
    if BENT {
        add_age(parts, row, place);
        let [g0, g1, g2, g3] = means.first;
        let outer = [g0 * g0, g1 * g0, g1 * g1, g2 * g0, g2 * g1, g2 * g2, g3 * g0, g3 * g1, g3 * g2, g3 * g3];
        for ((sum, mean), outer) in parts.second.iter_mut().zip(means.second).zip(outer) {
            *sum += row.customers * q * (mean - q * outer);
        }
    }
}

impl Means {
    /// The logarithm of the odds stands in `weight`.
    fn ln_odds(&self) -> f64 {
        self.weight
    }

    #[inline]
    fn of<const BENT: bool>(place: &Silence, row: &Row) -> Self {
        let Silence { shape, alpha, s, beta } = *place;
        let age = row.last + row.silence;
        let (alpha_t, beta_t) = (1.0 / (alpha + age), 1.0 / (beta + age));
        let mut sum = Self::default();
        let at_last = place.visit(row.last, row.silence, |node| {
            let (per_alpha, per_beta) = (1.0 / node.alpha_y, 1.0 / node.beta_y);
            let (da, db) = (node.rest * per_alpha * alpha_t, node.rest * per_beta * beta_t);
            // The derivatives of the logarithm of the integrand, without 1/s.
            let [by_r, by_alpha, by_s, by_beta] = [node.la, -shape * da, node.lb, -s * db - per_beta];
            let weigh = |sum: &mut f64, value: f64| *sum += node.weight * value;
            sum.weight += node.weight;
            sum.first.iter_mut().zip([by_r, by_alpha, by_s, by_beta]).for_each(|(sum, value)| weigh(sum, value));
            if BENT {
                let bent = [
                    by_r * by_r,
                    by_alpha * by_r - da,
                    by_alpha * by_alpha + shape * da * (per_alpha + alpha_t),
                    by_s * by_r,
                    by_s * by_alpha,
                    by_s * by_s,
                    by_beta * by_r,
                    by_beta * by_alpha,
                    by_beta * by_s - db,
                    by_beta * by_beta + s * db * (per_beta + beta_t) + per_beta * per_beta,
                ];
                sum.second.iter_mut().zip(bent).for_each(|(sum, value)| weigh(sum, value));
            }
        });
        if sum.weight <= 0.0 {
            return Self { weight: f64::NEG_INFINITY, ..Self::default() };
        }
        let share = 1.0 / sum.weight;
        let [r, a, b, c] = sum.first.map(|value| value * share);
        let mut second = sum.second.map(|value| value * share);
        if BENT {
            // With 1/s in the derivative by s; its own derivative takes the square away again.
            let per = 1.0 / s;
            let [_, _, _, sr, sa, ss, _, _, bs, _] = &mut second;
            *sr += per * r;
            *sa += per * a;
            *ss += 2.0 * per * b;
            *bs += per * c;
        }
        Self { weight: at_last + ln(s * sum.weight), first: [r, a, b + 1.0 / s, c], second }
    }
}

impl Objective<4> for Likelihood {
    fn slope(&self, at: &[f64; 4]) -> Slope<4> {
        let [log_r, log_alpha, _, _] = *at;
        let nbd = self.nbd.slope(&[log_r, log_alpha]);
        let Parts { value, first, .. } = self.rows::<false>(at);
        let [in_r, in_alpha] = nbd.gradient;
        let n = self.nbd.customers;
        let mut gradient = [in_r, in_alpha, 0.0, 0.0];
        for ((place, log), by) in gradient.iter_mut().zip(at).zip(first) {
            *place -= exp(*log) * by / n;
        }
        Slope { value: nbd.value - value / n, gradient }
    }

    fn hessian(&self, at: &[f64; 4], _: &Slope<4>) -> Matrix<4> {
        let [log_r, log_alpha, _, _] = *at;
        let Parts { first, second: [rr, ar, aa, sr, sa, ss, br, ba, bs, bb], .. } = self.rows::<true>(at);
        let natural = [[rr, ar, sr, br], [ar, aa, sa, ba], [sr, sa, ss, bs], [br, ba, bs, bb]];
        let mut hessian = by_logarithms(&at.map(exp), &first, &natural).map(|row| row.map(|h| -h / self.nbd.customers));
        let without = [log_r, log_alpha];
        let nbd = self.nbd.hessian(&without, &self.nbd.slope(&without));
        for (row, more) in hessian.iter_mut().zip(nbd) {
            row.iter_mut().zip(more).for_each(|(h, more)| *h += more);
        }
        hessian
    }
}

#[cfg(test)]
mod tests {
    use super::{Likelihood, Means, Row, Silence};
    use crate::score::clv::derivatives::{check, customers};
    use crate::score::clv::likelihood::Likelihood as _;
    use crate::score::clv::nbd::NbdLikelihood;
    use crate::score::clv::pareto_nbd::ParetoNbd;
    use crate::score::numeric::minimise::Objective as _;
    use crate::score::numeric::random::Seeded;
    use crate::score::numeric::{exp, ln, ln_1p, ln_1p_exp, logistic};

    /// Goal: first and second derivatives are those of the likelihood. Method: differences at ordinary and odd places, `s = 1` and
    /// `α = β` among them.
    #[test]
    fn derivatives_are_differences() {
        let customers = customers();
        for [r, alpha, s, beta] in
            [[0.55, 0.3, 0.6, 0.33], [3.0, 2.0, 0.01, 40.0], [0.5, 0.01, 30.0, 0.3], [4.0, 0.9, 1.0, 0.9]]
        {
            let likelihood = Likelihood::new(&customers, NbdLikelihood::new(&customers, 35.0));
            check(&likelihood, &[ln(r), ln(alpha), ln(s), ln(beta)]);
        }
    }

    /// Goal: the function that is minimised is the sum of the customers' likelihoods. Method: added up one by one.
    #[test]
    fn the_likelihood_is_a_sum_over_customers() {
        let customers = customers();
        let likelihood = Likelihood::new(&customers, NbdLikelihood::new(&customers, 35.0));
        let at = [ln(0.55), ln(0.3), ln(0.6), ln(0.33)];
        let [r, alpha, s, beta] = at.map(exp);
        let model = ParetoNbd::new(r, 35.0 * alpha, s, 35.0 * beta).unwrap();
        let sum: f64 =
            customers.groups().iter().map(|group| group.customers() as f64 * model.log_likelihood(group)).sum();
        let found = -likelihood.slope(&at).value * customers.customers() as f64 - customers.repeats() as f64 * ln(35.0);
        assert!((found - sum).abs() <= 1e-12 * sum.abs(), "{found} instead of {sum}");
    }

    /// Goal: where the odds are taken as a difference of tails they and their slopes are those of the integral. Method: both,
    /// over parameters of many magnitudes; positive and alternating series, and nearly equal clocks.
    #[test]
    fn tails_are_the_integral() {
        let mut random = Seeded::new(8);
        let (mut short, mut alternating) = (0, 0);
        for _ in 0..40_000 {
            let mut size = |low: f64, high: f64| exp(ln(low) + (ln(high) - ln(low)) * random.uniform());
            let x = size(0.5, 400.0).floor();
            let [shape, alpha, s] = [x + size(1e-2, 1e3), size(1e-2, 1e3), size(1e-3, 1e3)];
            let beta = if x > 0.0 { size(1e-2, 1e3) } else { alpha * size(0.9, 1.1) };
            let (last, silence) = (if x > 0.0 { size(1e-2, 2.0) } else { 0.0 }, size(1e-4, 3.0));
            let place = Silence { shape, alpha, s, beta };
            let Some(slopes) = place.slopes(last, silence) else { continue };
            short += 1;
            alternating += i32::from((shape - s - 1.0) * (beta - alpha) < 0.0);
            let row = Row { x, last, silence, customers: 1.0 };
            let means = Means::of::<true>(&place, &row);
            let what = || format!("{place:?} {last} {silence}");
            let (found, known) = (ln_1p(slopes.odds), ln_1p_exp(means.ln_odds()));
            assert!((found - known).abs() <= 1e-13 * known.max(1.0), "{found} instead of {known}: {}", what());
            let odds = place.odds(last, silence).unwrap();
            assert!((odds - slopes.odds).abs() <= 1e-13 * (1.0 + odds), "{odds} instead of {}", slopes.odds);
            let q = logistic(means.ln_odds());
            for ((by, mean), parameter) in slopes.first.iter().zip(means.first).zip([shape, alpha, s, beta]) {
                let (found, known) = (parameter * by / (1.0 + slopes.odds), parameter * q * mean);
                assert!(
                    (found - known).abs() <= 1e-11 * known.abs().max(1.0),
                    "{found} instead of {known}: {}",
                    what()
                );
            }
        }
        assert!(short > 10_000 && alternating > 1_000, "{short}, {alternating}");
    }
}
