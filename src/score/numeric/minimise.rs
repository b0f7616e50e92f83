//! The least value of a smooth function of few parameters: BFGS from given starts, then Newton.
//!
//! Source: Nocedal & Wright (2006), "Numerical Optimization", algorithms 6.1 and 3.2. Nothing is random, so equal functions
//! end in equal bits.
#![cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "all indices run over the N of the arrays"))]

use super::linear::{Cholesky, Matrix, along, dot, largest, times};

/// A function's value and gradient at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slope<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
}

impl<const N: usize> Slope<N> {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && largest(&self.gradient).is_finite()
    }
}

/// A function to minimise, of parameters of magnitude one: for a fit the mean negative log-likelihood at the logarithms of
/// the parameters.
pub(crate) trait Objective<const N: usize> {
    fn slope(&self, at: &[f64; N]) -> Slope<N>;

    /// The second derivatives where the slope is known; by default the symmetric differences of the gradient.
    fn hessian(&self, at: &[f64; N], _here: &Slope<N>) -> Matrix<N> {
        const STEP: f64 = 1.0 / 16_384.0;
        let rows: Matrix<N> = core::array::from_fn(|i| {
            let beside = |step: f64| {
                let mut place = *at;
                place[i] += step;
                self.slope(&place).gradient
            };
            // Fourth order: the error is far below that of the rounding of the gradient.
            let (near, far) =
                (along(&beside(STEP), -1.0, &beside(-STEP)), along(&beside(2.0 * STEP), -1.0, &beside(-2.0 * STEP)));
            along(&near.map(|d| d * 8.0 / (12.0 * STEP)), -1.0 / (12.0 * STEP), &far)
        });
        core::array::from_fn(|i| core::array::from_fn(|j| 0.5 * (rows[i][j] + rows[j][i])))
    }
}

/// The largest component of a gradient at which a place is an optimum.
pub(crate) const FLAT: f64 = 1e-9;
/// How far Newton's method may still want to go from an optimum. Where the function runs out into a plain the gradient
/// vanishes as well, but the next step stays long.
const STILL: f64 = 1e-6;
/// Steps on level ground, without a minimum, after which it is a plain; and steps without gain after which there is none.
const PLAIN: u32 = 6;
/// Newton's step is taken whole, where the gradient falls by it, when it is as short as this.
const CLOSE: f64 = 0.03;
/// A parameter, on its logarithmic scale, beyond which it has run away. Farther out rounding makes slopes of nothing, which
/// are long to search.
const FAR: f64 = 32.0;

/// Beyond which a search that stalls has run away.
const AWAY: f64 = 16.0;

/// How a search ended.
#[derive(Clone, Debug)]
pub(crate) enum Ended<const N: usize> {
    /// At a minimum: gradient at most [`FLAT`], second derivatives positive definite.
    Minimum(Minimum<N>),
    /// A parameter ran away, or the gradient vanished where no minimum is: the function runs out into a plain.
    Escaped { at: [f64; N], value: f64 },
    /// Neither, within the steps allowed.
    Stalled { value: f64, gradient: f64 },
    /// The value at the start is not finite.
    NotFinite,
}

/// A minimum.
#[derive(Clone, Debug)]
pub(crate) struct Minimum<const N: usize> {
    pub(crate) at: [f64; N],
    pub(crate) value: f64,
    /// The largest component of the gradient.
    pub(crate) gradient: f64,
    /// The inverse of the second derivatives.
    pub(crate) inverse: Matrix<N>,
}

/// What all starts came to.
#[derive(Clone, Debug)]
pub(crate) struct Search<const N: usize> {
    /// The lowest minimum; the first of equal ones.
    pub(crate) minimum: Option<Minimum<N>>,
    /// The lowest place at which a search ended that is no minimum, if it lies lower than every minimum.
    pub(crate) lower: Option<Ended<N>>,
}

/// Searches from each start.
pub(crate) fn search<const N: usize>(objective: &impl Objective<N>, starts: &[[f64; N]]) -> Search<N> {
    let mut minimum: Option<Minimum<N>> = None;
    let mut lower: Option<(f64, Ended<N>)> = None;
    for start in starts {
        match descend(objective, start) {
            Ended::Minimum(found) => {
                if minimum.as_ref().is_none_or(|best| found.value < best.value) {
                    minimum = Some(found);
                }
            }
            ended => {
                let value = match &ended {
                    Ended::Escaped { value, .. } | Ended::Stalled { value, .. } => *value,
                    Ended::Minimum(_) | Ended::NotFinite => f64::INFINITY,
                };
                if lower.as_ref().is_none_or(|(least, _)| value < *least) {
                    lower = Some((value, ended));
                }
            }
        }
    }
    let lower = lower.filter(|(value, _)| minimum.as_ref().is_none_or(|minimum| is_below(*value, minimum.value)));
    Search { minimum, lower: lower.map(|(_, ended)| ended) }
}

/// Whether a value lies below another by more than the rounding of either.
pub(crate) fn is_below(value: f64, other: f64) -> bool {
    value < other - 1e-11 * other.abs()
}

/// Searches from one start.
pub(crate) fn descend<const N: usize>(objective: &impl Objective<N>, start: &[f64; N]) -> Ended<N> {
    let slope = objective.slope(start);
    if !slope.is_finite() {
        return Ended::NotFinite;
    }
    let (at, slope) = bfgs(objective, *start, slope);
    newton(objective, at, slope)
}

/// Searches from a place that is close to a minimum.
pub(crate) fn refine<const N: usize>(objective: &impl Objective<N>, near: &[f64; N]) -> Ended<N> {
    let slope = objective.slope(near);
    if slope.is_finite() { newton(objective, *near, slope) } else { Ended::NotFinite }
}

/// The gradient below which Newton's method is faster.
const NEAR: f64 = 1e-3;

fn bfgs<const N: usize>(objective: &impl Objective<N>, start: [f64; N], slope: Slope<N>) -> ([f64; N], Slope<N>) {
    let (mut at, mut here) = (start, slope);
    let identity: Matrix<N> = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
    let mut inverse = identity;
    for _ in 0..200 {
        if largest(&here.gradient) <= NEAR || largest(&at) > FAR {
            break;
        }
        let mut step = times(&inverse, &here.gradient).map(|d| -d);
        if dot(&step, &here.gradient) >= 0.0 {
            inverse = identity;
            step = here.gradient.map(|d| -d);
        }
        let Some((next, there)) = line(objective, &at, &here, &shortened(&step)) else { break };
        let moved = along(&next, -1.0, &at);
        let turned = along(&there.gradient, -1.0, &here.gradient);
        let bend = dot(&moved, &turned);
        if bend > 1e-12 * (dot(&moved, &moved) * dot(&turned, &turned)).sqrt() {
            if inverse == identity {
                let scale = bend / dot(&turned, &turned);
                inverse.iter_mut().flatten().for_each(|h| *h *= scale);
            }
            let pulled = times(&inverse, &turned);
            let factor = (1.0 + dot(&turned, &pulled) / bend) / bend;
            for i in 0..N {
                for j in 0..N {
                    inverse[i][j] +=
                        factor * moved[i] * moved[j] - (pulled[i] * moved[j] + moved[i] * pulled[j]) / bend;
                }
            }
        }
        (at, here) = (next, there);
    }
    (at, here)
}

/// The step, at most of length 2 in every parameter.
fn shortened<const N: usize>(step: &[f64; N]) -> [f64; N] {
    let most = largest(step);
    if most > 2.0 { step.map(|d| d * (2.0 / most)) } else { *step }
}

/// Halves the step until the value falls as it should.
fn line<const N: usize>(
    objective: &impl Objective<N>,
    at: &[f64; N],
    here: &Slope<N>,
    step: &[f64; N],
) -> Option<([f64; N], Slope<N>)> {
    let fall = dot(step, &here.gradient);
    let mut scale = 1.0;
    for _ in 0..40 {
        let next = along(at, scale, step);
        let there = objective.slope(&next);
        if there.is_finite() && there.value <= here.value + 1e-4 * scale * fall {
            return Some((next, there));
        }
        scale *= 0.4;
    }
    None
}

fn newton<const N: usize>(objective: &impl Objective<N>, at: [f64; N], slope: Slope<N>) -> Ended<N> {
    let (mut at, mut here) = (at, slope);
    let (mut on_a_plain, mut idle) = (0..PLAIN, 0..PLAIN);
    for _ in 0..100 {
        let level = largest(&here.gradient) <= FLAT;
        if largest(&at) > FAR || (level && on_a_plain.next().is_none()) {
            return Ended::Escaped { at, value: here.value };
        }
        let hessian = objective.hessian(&at, &here);
        let definite = Cholesky::new(&hessian);
        let gradient = largest(&here.gradient);
        let step = match &definite {
            Some(factor) => factor.solve(&here.gradient).map(|d| -d),
            None => match ridged(&hessian, &here.gradient) {
                Some(step) => step,
                None => break,
            },
        };
        if gradient <= FLAT && largest(&step) <= STILL {
            if let Some(factor) = &definite {
                return polished(objective, at, here, &step, factor);
            }
        }
        // Close to the minimum the fall of the value drowns in rounding; there the gradient must fall.
        let whole = along(&at, 1.0, &step);
        let close = definite.is_some() && largest(&step) <= CLOSE;
        let there = close.then(|| objective.slope(&whole)).filter(|there| {
            largest(&there.gradient) <= 0.5 * gradient && there.value <= here.value + 1e-12 * here.value.abs()
        });
        let next = there.map(|there| (whole, there)).or_else(|| line(objective, &at, &here, &shortened(&step)));
        let Some((next, there)) = next else { break };
        let stuck = there.value >= here.value - 1e-15 * here.value.abs() && largest(&there.gradient) > 0.9 * gradient;
        (at, here) = (next, there);
        if stuck && idle.next().is_none() {
            break;
        }
    }
    // Far out rounding hides the slope.
    if largest(&at) > AWAY {
        return Ended::Escaped { at, value: here.value };
    }
    Ended::Stalled { value: here.value, gradient: largest(&here.gradient) }
}

/// The last step, which costs nothing to prove and gains the last digits.
fn polished<const N: usize>(
    objective: &impl Objective<N>,
    at: [f64; N],
    here: Slope<N>,
    step: &[f64; N],
    factor: &Cholesky<N>,
) -> Ended<N> {
    let next = along(&at, 1.0, step);
    let there = objective.slope(&next);
    let (at, here) = if there.is_finite() && largest(&there.gradient) < largest(&here.gradient) {
        (next, there)
    } else {
        (at, here)
    };
    Ended::Minimum(Minimum { at, value: here.value, gradient: largest(&here.gradient), inverse: factor.inverse() })
}

/// Newton's step where the second derivatives are not positive definite: with as much of the identity added as is needed, and no
/// more, for on a plain steps are short enough.
fn ridged<const N: usize>(hessian: &Matrix<N>, gradient: &[f64; N]) -> Option<[f64; N]> {
    let size = hessian.iter().fold(0.0_f64, |most, row| most.max(largest(row)));
    if !size.is_finite() {
        return None;
    }
    let mut ridge = (1e-11 * size).max(1e-15);
    for _ in 0..60 {
        let mut raised = *hessian;
        for (i, row) in raised.iter_mut().enumerate() {
            row[i] += ridge;
        }
        if let Some(factor) = Cholesky::new(&raised) {
            return Some(factor.solve(gradient).map(|d| -d));
        }
        ridge *= 4.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Ended, Objective, Slope, descend, search};

    /// Rosenbrock's valley.
    struct Valley;
    impl Objective<2> for Valley {
        fn slope(&self, &[x, y]: &[f64; 2]) -> Slope<2> {
            let (u, v) = (1.0 - x, y - x * x);
            Slope { value: u * u + 100.0 * v * v, gradient: [-2.0 * u - 400.0 * x * v, 200.0 * v] }
        }
    }

    /// Falls for ever, ever more slowly: no minimum, though the gradient vanishes.
    struct Plain;
    impl Objective<2> for Plain {
        fn slope(&self, &[x, y]: &[f64; 2]) -> Slope<2> {
            Slope { value: y * y + (-x).exp(), gradient: [-(-x).exp(), 2.0 * y] }
        }
    }

    /// Goal: a minimum is found from afar, with its second derivatives. Method: Rosenbrock's valley.
    #[test]
    fn a_valley_has_a_minimum() {
        let found = search(&Valley, &[[-1.2, 1.0], [3.0, -2.0]]);
        let minimum = found.minimum.unwrap();
        assert!((minimum.at[0] - 1.0).abs() < 1e-12 && (minimum.at[1] - 1.0).abs() < 1e-12);
        // The second derivatives at the minimum are [[802, −400], [−400, 200]]; their inverse is [[0.5, 1], [1, 2.005]].
        assert!((minimum.inverse[1][1] - 2.005).abs() < 1e-6, "{:?}", minimum.inverse);
        assert!(found.lower.is_none());
    }

    /// Goal: a gradient that vanishes is not taken for a minimum. Method: an exponential fall.
    #[test]
    fn a_plain_has_none() {
        assert!(matches!(descend(&Plain, &[0.0, 1.0]), Ended::Escaped { .. }));
        assert!(matches!(descend(&Plain, &[-1e4, 1.0]), Ended::NotFinite));
    }
}
