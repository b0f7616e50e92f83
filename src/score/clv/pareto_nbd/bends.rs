//! Second derivatives of the odds of being lost, where the series of both tails are short.

use super::silence::Silence;
use super::tails::{Series, TERMS};
use crate::score::numeric::exp;

/// `I` with its derivatives by `r`, `α`, `s` and `β`; of the second ones by row the lower triangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bends {
    pub(super) odds: f64,
    pub(super) first: [f64; 4],
    pub(super) second: [f64; 10],
}

/// A series in `z` with its derivatives.
#[derive(Clone, Copy, Debug)]
struct Sum {
    term: f64,
    /// The last term, without `z`.
    without: f64,
    value: f64,
    b: f64,
    c: f64,
    bb: f64,
    bc: f64,
    cc: f64,
    z: f64,
    bz: f64,
    cz: f64,
    zz: f64,
}

/// The derivatives of the logarithm of a coefficient.
#[derive(Clone, Copy, Debug, Default)]
struct Coefficient {
    b: f64,
    c: f64,
    bb: f64,
    cc: f64,
}

impl Sum {
    const ONE: Self = Self {
        term: 1.0,
        without: 0.0,
        value: 1.0,
        b: 0.0,
        c: 0.0,
        bb: 0.0,
        bc: 0.0,
        cc: 0.0,
        z: 0.0,
        bz: 0.0,
        cz: 0.0,
        zz: 0.0,
    };

    #[inline]
    fn add(&mut self, ratio: f64, z: f64, k: f64, of: &Coefficient) {
        let twice = self.without * ratio;
        self.without = self.term * ratio;
        self.term = self.without * z;
        let sloped = self.without * k;
        self.value += self.term;
        self.b += self.term * of.b;
        self.c += self.term * of.c;
        self.bb += self.term * (of.b * of.b + of.bb);
        self.bc += self.term * (of.b * of.c);
        self.cc += self.term * (of.c * of.c + of.cc);
        self.z += sloped;
        self.bz += sloped * of.b;
        self.cz += sloped * of.c;
        self.zz += twice * (k * (k - 1.0));
    }
}

impl Silence {
    /// None where the series are long.
    #[inline]
    pub(super) fn bends(&self, last: f64, gap: f64) -> Option<Bends> {
        let Self { shape, alpha, s, beta } = *self;
        let series = self.series(last, gap)?;
        let Series { b, c, z_x, z_t, la, lb, exponent, .. } = series;
        let (mut at_x, mut at_t, mut of, mut k) = (Sum::ONE, Sum::ONE, Coefficient::default(), 0.0);
        for _ in 0..TERMS {
            let (per_b, per_c) = (1.0 / (b + k), 1.0 / (c + k));
            let ratio = (b + k) * per_c;
            of.b += per_b;
            of.c -= per_c;
            of.bb -= per_b * per_b;
            of.cc += per_c * per_c;
            k += 1.0;
            at_x.add(ratio, z_x, k, &of);
            at_t.add(ratio, z_t, k, &of);
            if at_x.without.abs() * (k + 1.0) * (k + 1.0) <= 1e-17 * at_x.value {
                break;
            }
        }
        let (alpha_x, beta_x) = (alpha + last, beta + last);
        let (alpha_t, beta_t) = (alpha_x + gap, beta_x + gap);
        let (before, u, uu) = self.bent(&series, &at_x, alpha_x, beta_x);
        let (after, v, vv) = self.bent(&series, &at_t, alpha_t, beta_t);
        let power = exp(exponent);
        // The exponent and its derivatives.
        let (per_a, per_b) = (gap / (alpha_x * alpha_t), gap / (beta_x * beta_t));
        let e = [la, -shape * per_a, lb, -s * per_b];
        let [e0, e1, e2, e3] = e;
        let aa = shape * per_a * (1.0 / alpha_x + 1.0 / alpha_t);
        let bb = s * per_b * (1.0 / beta_x + 1.0 / beta_t);
        let ee = [0.0, -per_a, aa, 0.0, 0.0, 0.0, 0.0, 0.0, -per_b, bb];
        let [u0, u1, u2, u3] = u;
        let mixed = [
            [e0, e0, u0, u0],
            [e1, e0, u1, u0],
            [e1, e1, u1, u1],
            [e2, e0, u2, u0],
            [e2, e1, u2, u1],
            [e2, e2, u2, u2],
            [e3, e0, u3, u0],
            [e3, e1, u3, u1],
            [e3, e2, u3, u2],
            [e3, e3, u3, u3],
        ];
        let (mut first, mut second) = ([0.0; 4], [0.0; 10]);
        for (((first, e), u), v) in first.iter_mut().zip(e).zip(u).zip(v) {
            *first = power * (e * before + u) - v;
        }
        for ((((second, [e, f, u, v]), ee), uu), vv) in second.iter_mut().zip(mixed).zip(ee).zip(uu).zip(vv) {
            *second = power * ((e * f + ee) * before + e * v + f * u + uu) - vv;
        }
        Some(Bends { odds: (power * before - after).max(0.0), first, second })
    }

    /// A tail `P G(q)`, `P = s/(a+s)` and `q` the ratio of the clocks, with its derivatives.
    #[inline]
    fn bent(&self, series: &Series, of: &Sum, alpha_y: f64, beta_y: f64) -> (f64, [f64; 4], [f64; 10]) {
        let (shape, s) = (self.shape, self.s);
        let by_beta = series.by_beta;
        let (low, high) = if by_beta { (alpha_y, beta_y) } else { (beta_y, alpha_y) };
        let (q, per) = (low / high, 1.0 / high);
        let level = |value: f64| if by_beta { q * value } else { value };
        let slope = |value: f64, z: f64| if by_beta { value - q * z } else { -z };
        let (g, in_b, in_c) = (level(of.value), level(of.b), level(of.c));
        let (bb, bc, cc) = (level(of.bb), level(of.bc), level(of.cc));
        let (dg, db, dc) = (slope(of.value, of.z), slope(of.b, of.bz), slope(of.c, of.cz));
        let ddg = if by_beta { q * of.zz - 2.0 * of.z } else { of.zz };
        // `c` grows with both shapes, `b` with one of them.
        let both = [in_b + in_c, bb + 2.0 * bc + cc, db + dc];
        let one = [in_c, cc, dc];
        let ([g_r, g_rr, d_r], [g_s, g_ss, d_s]) = if by_beta { (one, both) } else { (both, one) };
        let g_rs = bc + cc;
        let whole = 1.0 / (shape + s);
        let p = s * whole;
        let (p_r, p_s) = (-p * whole, shape * whole * whole);
        let (p_rr, p_rs) = (2.0 * p * whole * whole, (s - shape) * whole * whole * whole);
        let p_ss = -2.0 * p_s * whole;
        // The ratio by the clock above and the one below, and twice.
        let (by_low, by_high) = (per, -q * per);
        let (twice, across) = (2.0 * q * per * per, -per * per);
        let (q_a, q_b, q_aa, q_bb) =
            if by_beta { (by_low, by_high, 0.0, twice) } else { (by_high, by_low, twice, 0.0) };
        let first = [p_r * g + p * g_r, p * dg * q_a, p_s * g + p * g_s, p * dg * q_b];
        let (sloped_r, sloped_s) = (p_r * dg + p * d_r, p_s * dg + p * d_s);
        let second = [
            p_rr * g + 2.0 * p_r * g_r + p * g_rr,
            sloped_r * q_a,
            p * (ddg * q_a * q_a + dg * q_aa),
            p_rs * g + p_r * g_s + p_s * g_r + p * g_rs,
            sloped_s * q_a,
            p_ss * g + 2.0 * p_s * g_s + p * g_ss,
            sloped_r * q_b,
            p * (ddg * q_a * q_b + dg * across),
            sloped_s * q_b,
            p * (ddg * q_b * q_b + dg * q_bb),
        ];
        (p * g, first, second)
    }
}
