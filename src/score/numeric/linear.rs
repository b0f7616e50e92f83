//! Small symmetric matrices.
#![cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "all indices run over the N of the arrays"))]

/// A symmetric matrix.
pub(crate) type Matrix<const N: usize> = [[f64; N]; N];

/// The lower triangle `L` with `L Lᵀ = A`; none where `A` is not positive definite, or not finite.
pub(crate) struct Cholesky<const N: usize>(Matrix<N>);

impl<const N: usize> Cholesky<N> {
    pub(crate) fn new(a: &Matrix<N>) -> Option<Self> {
        let mut l = [[0.0; N]; N];
        for i in 0..N {
            for j in 0..=i {
                let below: f64 = l[i].iter().zip(&l[j]).take(j).map(|(x, y)| x * y).sum();
                let rest = a[i][j] - below;
                if i == j {
                    // Under this share of the diagonal only rounding is left.
                    if !(rest > 1e-13 * a[i][i].abs() && rest.is_finite()) {
                        return None;
                    }
                    l[i][i] = rest.sqrt();
                } else {
                    l[i][j] = rest / l[j][j];
                }
            }
        }
        Some(Self(l))
    }

    /// `x` with `A x = b`.
    pub(crate) fn solve(&self, b: &[f64; N]) -> [f64; N] {
        let l = &self.0;
        let mut x = *b;
        for i in 0..N {
            let known: f64 = l[i].iter().zip(&x).take(i).map(|(l, x)| l * x).sum();
            x[i] = (x[i] - known) / l[i][i];
        }
        for i in (0..N).rev() {
            let known: f64 = (0..N).skip(i).skip(1).map(|k| l[k][i] * x[k]).sum();
            x[i] = (x[i] - known) / l[i][i];
        }
        x
    }

    /// `A⁻¹`.
    pub(crate) fn inverse(&self) -> Matrix<N> {
        core::array::from_fn(|i| self.solve(&core::array::from_fn(|j| if i == j { 1.0 } else { 0.0 })))
    }
}

pub(crate) fn dot<const N: usize>(x: &[f64; N], y: &[f64; N]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// `A x`.
pub(crate) fn times<const N: usize>(a: &Matrix<N>, x: &[f64; N]) -> [f64; N] {
    core::array::from_fn(|i| dot(&a[i], x))
}

/// `x + s y`.
pub(crate) fn along<const N: usize>(x: &[f64; N], s: f64, y: &[f64; N]) -> [f64; N] {
    core::array::from_fn(|i| x[i] + s * y[i])
}

/// The second derivatives by the logarithms of the parameters, of the first and second ones by the parameters themselves.
pub(crate) fn by_logarithms<const N: usize>(p: &[f64; N], first: &[f64; N], second: &Matrix<N>) -> Matrix<N> {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| p[i] * (p[j] * second[i][j] + if i == j { first[i] } else { 0.0 }))
    })
}

/// The largest absolute value; not finite where one is not.
pub(crate) fn largest<const N: usize>(x: &[f64; N]) -> f64 {
    x.iter().fold(0.0, |most: f64, x| if x.is_finite() { most.max(x.abs()) } else { f64::INFINITY })
}

#[cfg(test)]
mod tests {
    use super::{Cholesky, times};

    /// Goal: solving undoes multiplying, and what is not positive definite is told. Method: a matrix by hand.
    #[test]
    fn solving_undoes_multiplying() {
        let a = [[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let x = Cholesky::new(&a).unwrap().solve(&times(&a, &[1.0, -2.0, 3.0]));
        for (found, expected) in x.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert!(Cholesky::new(&[[1.0, 2.0], [2.0, 1.0]]).is_none());
        assert!(Cholesky::new(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
        assert!(Cholesky::new(&[[f64::NAN]]).is_none());
    }
}
