//! The likelihood of BG/NBD as a function to minimise.

use super::BgNbd;
use crate::score::clv::chunks::in_chunks;
use crate::score::clv::fit::Boundary;
use crate::score::clv::likelihood::{self, MUCH, Polarized};
use crate::score::clv::nbd::NbdLikelihood;
use crate::score::clv::parameter::ParameterError;
use crate::score::clv::rising::RepeatCounts;
use crate::score::clv::summary::{Summaries, Summary};
use crate::score::numeric::linear::{Matrix, by_logarithms};
use crate::score::numeric::minimise::{Objective, Slope};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, ln_1p, real};

/// The mean negative log-likelihood of BG/NBD, by the logarithms of `r`, `α` (in units of `scale`), `a` and `b`.
///
/// It is that of NBD, which falls into sums over the repeats and over the ages alone; the probabilities of having stayed, a
/// sum over the repeats; and over the customers with repeats the sum of `ln(1 + e^O)`.
pub(super) struct Likelihood {
    nbd: NbdLikelihood,
    counts: RepeatCounts,
    rows: Vec<Row>,
}

/// Customers with repeats.
#[derive(Clone, Copy, Debug)]
struct Row {
    x: f64,
    last: f64,
    /// From the last purchase to the end of the observation.
    silence: f64,
    customers: f64,
}

/// The sums over rows of one `x`: `w = e^O/(1+e^O)`, `l = ln((α+T)/(α+t_x))`, `d = ∂l/∂α`.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    value: f64,
    w: f64,
    wl: f64,
    wd: f64,
}

/// The sums of second order: `q = w (1−w)`, `e = ∂d/∂α`.
#[derive(Clone, Copy, Debug, Default)]
struct Bend {
    q: f64,
    ql: f64,
    qd: f64,
    qll: f64,
    qld: f64,
    qdd: f64,
    we: f64,
}

/// The derivatives by `r`, `α`, `a`, `b` themselves.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    value: f64,
    first: [f64; 4],
    /// By row the lower triangle.
    second: [f64; 10],
}

impl likelihood::Likelihood for Likelihood {
    type Model = BgNbd;

    fn new(customers: &Summaries, nbd: NbdLikelihood) -> Self {
        let scale = nbd.scale;
        let repeaters = customers.groups().iter().filter(|group| group.repeats() > 0);
        let row = |group: &Summary| Row {
            x: f64::from(group.repeats()),
            last: group.last() / scale,
            silence: (group.age() - group.last()) / scale,
            customers: real(group.customers()),
        };
        Self { nbd, counts: RepeatCounts::new(customers.groups().iter()), rows: repeaters.map(row).collect() }
    }

    fn nbd(&self) -> &NbdLikelihood {
        &self.nbd
    }

    /// How the log-likelihood grows where dropout begins, from NBD on, by `a` at this `b`: the derivative at `a = 0`.
    /// Where it is at most 0 for every `b`, nothing is gained by a little dropout.
    fn gain(&self, [r, alpha]: [f64; 2], b: &[f64]) -> Vec<f64> {
        let mut gains: Vec<Sum> = b.iter().map(|b| Sum::from_iter([-self.counts.rising(*b).first])).collect();
        for row in &self.rows {
            let odds = (r + row.x) * ln_1p(row.silence / (alpha + row.last));
            let lost = row.customers * exp(odds.min(600.0));
            gains.iter_mut().zip(b).for_each(|(gain, b)| gain.add(lost / (b + (row.x - 1.0))));
        }
        gains.into_iter().map(Sum::total).collect()
    }

    fn parameters([r, alpha, a, b]: [f64; 4], scale: f64) -> [f64; 4] {
        [r, alpha * scale, a, b]
    }

    fn model([r, alpha, a, b]: [f64; 4]) -> Result<BgNbd, ParameterError> {
        BgNbd::new(r, alpha, a, b)
    }

    fn dropouts(each: f64) -> [[f64; 2]; 3] {
        [[0.7, 2.5], [0.1, 0.5], [1.0, each]]
    }

    /// Lost at the first repeat purchase, or never.
    fn polarized(&self) -> Polarized {
        let (once, more): (Vec<Row>, Vec<Row>) = self.rows.iter().partition(|row| row.x <= 1.0);
        Polarized {
            silent: once.iter().map(|row| (row.last, row.silence, row.customers)).collect(),
            repeats: 1.0,
            stayed: more.iter().map(|row| row.customers).sum(),
        }
    }

    fn limit([r, _, a, b]: [f64; 4]) -> Boundary {
        if r > MUCH {
            Boundary::HomogeneousPurchasing
        } else if a / b > MUCH {
            Boundary::CertainDropout
        } else if b > 1.0 {
            Boundary::HomogeneousDropout
        } else {
            Boundary::PolarizedDropout
        }
    }
}

impl Likelihood {
    /// The sums over all rows, chunk by chunk.
    fn rows<const BENT: bool>(&self, at: &[f64; 4]) -> (f64, [f64; 4], [f64; 10]) {
        let [r, alpha, a, b] = at.map(exp);
        let model = Place { r, alpha, a, b, ln_a: at[2] };
        let chunks = in_chunks(&self.rows, |rows| model.chunk::<BENT>(rows));
        let mut value = Sum::default();
        let (mut first, mut second) = ([Sum::default(); 4], [Sum::default(); 10]);
        for chunk in chunks {
            value.add(chunk.value);
            first.iter_mut().zip(chunk.first).for_each(|(sum, term)| sum.add(term));
            second.iter_mut().zip(chunk.second).for_each(|(sum, term)| sum.add(term));
        }
        let stayed = self.counts.stayed(a, b);
        value.add(stayed.value);
        first.iter_mut().zip([0.0, 0.0, stayed.by_a, stayed.by_b]).for_each(|(sum, term)| sum.add(term));
        let bent = [0.0, 0.0, 0.0, 0.0, 0.0, stayed.by_aa, 0.0, 0.0, stayed.by_aa, stayed.by_bb];
        second.iter_mut().zip(bent).for_each(|(sum, term)| sum.add(term));
        (value.total(), first.map(Sum::total), second.map(Sum::total))
    }
}

struct Place {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
    ln_a: f64,
}

impl Place {
    fn chunk<const BENT: bool>(&self, rows: &[Row]) -> Parts {
        let mut parts = Parts::default();
        for run in rows.chunk_by(|one, next| one.x.to_bits() == next.x.to_bits()) {
            self.run::<BENT>(run, &mut parts);
        }
        parts
    }

    /// Rows of one `x`.
    fn run<const BENT: bool>(&self, rows: &[Row], parts: &mut Parts) {
        let Some(&Row { x, .. }) = rows.first() else { return };
        let (shape, stay) = (self.r + x, self.b + (x - 1.0));
        let start = self.ln_a - ln(stay);
        let (mut run, mut bend) = (Run::default(), Bend::default());
        for row in rows {
            let inverse = 1.0 / (self.alpha + row.last);
            let l = ln_1p(row.silence * inverse);
            let end = 1.0 / (self.alpha + row.last + row.silence);
            let d = -row.silence * inverse * end;
            let odds = start + shape * l;
            let e = exp(-odds.abs());
            let share = 1.0 / (1.0 + e);
            let w = row.customers * if odds > 0.0 { share } else { e * share };
            run.value += row.customers * (odds.max(0.0) + ln_1p(e));
            run.w += w;
            run.wl += w * l;
            run.wd += w * d;
            if BENT {
                let q = row.customers * e * share * share;
                bend.q += q;
                bend.ql += q * l;
                bend.qd += q * d;
                bend.qll += q * l * l;
                bend.qld += q * l * d;
                bend.qdd += q * d * d;
                bend.we -= w * d * (inverse + end);
            }
        }
        parts.value += run.value;
        let [by_r, by_alpha, by_a, by_b] = &mut parts.first;
        *by_r += run.wl;
        *by_alpha += shape * run.wd;
        *by_a += run.w / self.a;
        *by_b -= run.w / stay;
        if BENT {
            self.bend(&run, &bend, shape, stay, &mut parts.second);
        }
    }

    /// `Σ q O_i O_j + w O_ij`, with `O_r = l`, `O_α = (r+x) d`, `O_a = 1/a`, `O_b = −1/(b+x−1)`.
    fn bend(&self, run: &Run, bend: &Bend, shape: f64, stay: f64, second: &mut [f64; 10]) {
        let [rr, ar, aa, pr, pa, pp, br, ba, bp, bb] = second;
        *rr += bend.qll;
        *ar += shape * bend.qld + run.wd;
        *aa += shape * (shape * bend.qdd + bend.we);
        *pr += bend.ql / self.a;
        *pa += shape * bend.qd / self.a;
        *pp += (bend.q - run.w) / (self.a * self.a);
        *br -= bend.ql / stay;
        *ba -= shape * bend.qd / stay;
        *bp -= bend.q / (self.a * stay);
        *bb += (bend.q + run.w) / (stay * stay);
    }
}

impl Objective<4> for Likelihood {
    fn slope(&self, at: &[f64; 4]) -> Slope<4> {
        let [log_r, log_alpha, log_a, log_b] = *at;
        let nbd = self.nbd.slope(&[log_r, log_alpha]);
        let (value, [by_r, by_alpha, by_a, by_b], _) = self.rows::<false>(at);
        let [in_r, in_alpha] = nbd.gradient;
        let n = self.nbd.customers;
        Slope {
            value: nbd.value - value / n,
            gradient: [
                in_r - exp(log_r) * by_r / n,
                in_alpha - exp(log_alpha) * by_alpha / n,
                -exp(log_a) * by_a / n,
                -exp(log_b) * by_b / n,
            ],
        }
    }

    fn hessian(&self, at: &[f64; 4], here: &Slope<4>) -> Matrix<4> {
        let [log_r, log_alpha, _, _] = *at;
        let (_, _, [rr, ar, aa, pr, pa, pp, br, ba, bp, bb]) = self.rows::<true>(at);
        let natural = [[rr, ar, pr, br], [ar, aa, pa, ba], [pr, pa, pp, bp], [br, ba, bp, bb]];
        // The gradient of the whole takes the place of that of the rows and that of NBD, on the diagonal.
        let mut hessian =
            by_logarithms(&at.map(exp), &[0.0; 4], &natural).map(|row| row.map(|h| -h / self.nbd.customers));
        let [in_r, in_alpha, in_a, in_b] = here.gradient;
        let nbd = self.nbd.hessian(&[log_r, log_alpha], &Slope { value: 0.0, gradient: [in_r, in_alpha] });
        for (row, more) in hessian.iter_mut().zip(nbd) {
            row.iter_mut().zip(more).for_each(|(h, more)| *h += more);
        }
        let [_, _, [_, _, aa, _], [_, _, _, bb]] = &mut hessian;
        *aa += in_a;
        *bb += in_b;
        hessian
    }
}

#[cfg(test)]
mod tests {
    use super::Likelihood;
    use crate::score::clv::bg_nbd::BgNbd;
    use crate::score::clv::derivatives::{check, customers};
    use crate::score::clv::likelihood::Likelihood as _;
    use crate::score::clv::nbd::NbdLikelihood;
    use crate::score::numeric::minimise::Objective as _;
    use crate::score::numeric::{exp, ln};

    /// Goal: first and second derivatives are those of the likelihood. Method: differences at ordinary and odd places, of
    /// customers some of whom have more repeats than are taken step by step.
    #[test]
    fn derivatives_are_differences() {
        let customers = customers();
        for [r, alpha, a, b] in
            [[0.24, 0.12, 0.8, 2.4], [3.0, 2.0, 0.01, 40.0], [0.5, 0.01, 30.0, 0.3], [40.0, 9.0, 1.0, 1.0]]
        {
            let nbd = NbdLikelihood::new(&customers, 35.0);
            check(&nbd, &[ln(r), ln(alpha)]);
            check(&Likelihood::new(&customers, nbd), &[ln(r), ln(alpha), ln(a), ln(b)]);
        }
    }

    /// Goal: the function that is minimised is the sum of the customers' likelihoods. Method: added up one by one.
    #[test]
    fn the_likelihood_is_a_sum_over_customers() {
        let customers = customers();
        let likelihood = Likelihood::new(&customers, NbdLikelihood::new(&customers, 35.0));
        let at = [ln(0.24), ln(0.12), ln(0.8), ln(2.4)];
        let [r, alpha, a, b] = at.map(exp);
        let model = BgNbd::new(r, 35.0 * alpha, a, b).unwrap();
        let sum: f64 =
            customers.groups().iter().map(|group| group.customers() as f64 * model.log_likelihood(group)).sum();
        let found = -likelihood.slope(&at).value * customers.customers() as f64 - customers.repeats() as f64 * ln(35.0);
        assert!((found - sum).abs() <= 1e-12 * sum.abs(), "{found} instead of {sum}");
    }
}
