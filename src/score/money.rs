//! Sums of money: exact, or refused.
//!
//! The addition of decimals rounds, and says nothing, where magnitude and scale need more than 96 bits together. Here a sum fits
//! if its terms, signs left away, add up within 96 bits at the scale of the finest of them. Then every partial sum fits too, so
//! whether a sum is refused does not depend on the order of its terms.

use rust_decimal::Decimal;

/// An exact sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    net: Decimal,
    /// The terms without signs and trailing zeros: the finest scale is that of this sum.
    gross: Decimal,
}

impl Sum {
    /// With another term; `None` where the sum would not fit.
    pub(crate) fn with(self, term: Decimal) -> Option<Self> {
        self.and(Self { net: term, gross: term.abs().normalize() })
    }

    /// Two sums together; `None` where that would not fit.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        let gross = at_the_finer_scale(self.gross, other.gross)?;
        Some(Self { net: exact(self.net, other.net)?, gross })
    }

    /// The sum.
    pub(crate) fn total(self) -> Decimal {
        self.net
    }

    /// What the terms make without their signs.
    pub(crate) fn gross(self) -> Decimal {
        self.gross
    }

    /// The sum of all terms; `None` where it would not fit.
    pub(crate) fn of(terms: impl IntoIterator<Item = Decimal>) -> Option<Self> {
        terms.into_iter().try_fold(Self::default(), Self::with)
    }
}

/// The sum at the scale of the finer term, which is exact; `None` where it does not fit there.
pub(crate) fn at_the_finer_scale(one: Decimal, other: Decimal) -> Option<Decimal> {
    if one.is_zero() || other.is_zero() {
        return Some(if one.is_zero() { other } else { one });
    }
    // Where a sum is rounded, its scale is a smaller one.
    one.checked_add(other).filter(|sum| sum.is_zero() || sum.scale() >= one.scale().max(other.scale()))
}

/// The exact sum of two decimals: trailing zeros go where they need too many digits. `None` where it does not fit.
pub(crate) fn exact(one: Decimal, other: Decimal) -> Option<Decimal> {
    at_the_finer_scale(one, other).or_else(|| at_the_finer_scale(one.normalize(), other.normalize()))
}

/// The scale at which all of these are whole numbers of units.
pub(crate) fn finest<'d>(values: impl IntoIterator<Item = &'d Decimal>) -> u32 {
    values.into_iter().map(|value| value.normalize().scale()).max().unwrap_or_default()
}

/// A decimal as a whole number of units of a scale; `None` where it is none, or too large a one.
pub(crate) fn units(value: &Decimal, scale: u32) -> Option<i128> {
    let value = value.normalize();
    value.mantissa().checked_mul(10_i128.checked_pow(scale.checked_sub(value.scale())?)?)
}

/// Where the terms do not add up: the places of those to be left out, so that the others do. They are the fewest that are
/// either finer than some scale or among the largest of the rest; equal terms go together, so that their order does not matter.
pub(crate) fn misfits(terms: &[Decimal]) -> Vec<usize> {
    if Sum::of(terms.iter().copied()).is_some() {
        return Vec::new();
    }
    let mut order: Vec<(Decimal, usize)> = terms.iter().map(|term| term.abs().normalize()).zip(0..).collect();
    order.sort_unstable();
    let at = |scale: u32| -> Vec<usize> {
        let (fits, mut left): (Vec<_>, Vec<_>) = order.iter().copied().partition(|(term, _)| term.scale() <= scale);
        let mut sum = Some(0_i128);
        for equal in fits.chunk_by(|(one, _), (next, _)| one == next) {
            sum = sum.and_then(|sum| {
                let all = equal.iter().try_fold(sum, |sum, (term, _)| sum.checked_add(units(term, scale)?))?;
                (all <= Decimal::MAX.mantissa()).then_some(all)
            });
            if sum.is_none() {
                left.extend(equal);
            }
        }
        left.into_iter().map(|(_, place)| place).collect()
    };
    // Of equally few those that leave the finest scale.
    let mut fewest = (0..=Decimal::MAX_SCALE).rev().map(at).min_by_key(Vec::len).unwrap_or_default();
    fewest.sort_unstable();
    fewest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimals(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Goal: a sum is exact or refused, where the addition of decimals rounds. Method: a large and a fine term, in both orders.
    #[test]
    fn a_sum_is_exact_or_refused() {
        let (large, fine) = ("10000000000000000000000000000", "0.01");
        let rounded = Decimal::checked_add(large.parse().unwrap(), fine.parse().unwrap());
        assert_eq!(rounded, Some(large.parse().unwrap()), "the library has begun to refuse: this module is not needed");
        for texts in [[large, fine], [fine, large]] {
            assert_eq!(Sum::of(decimals(&texts)), None);
        }
        assert_eq!(Sum::of([Decimal::MAX, Decimal::ONE]), None);
        // Trailing zeros cost no digits that there are not.
        for texts in [["10", "1.0000000000000000000000000000"], ["1.0000000000000000000000000000", "10"]] {
            assert_eq!(Sum::of(decimals(&texts)).unwrap().total(), Decimal::from(11));
        }
        let cents = Sum::of(decimals(&["20.50", "0", "-0.50", "0.00"])).unwrap();
        assert_eq!((cents.total().to_string().as_str(), cents.gross()), ("20.00", Decimal::from(21)));
        assert_eq!(Sum::of(decimals(&["1", "-1.0"])).unwrap().total(), Decimal::ZERO);
    }

    /// Goal: whether a sum fits does not depend on the order. Method: every order of terms of which some partial sums fit and
    /// others do not.
    #[test]
    fn whether_a_sum_fits_does_not_depend_on_the_order() {
        let half = "0.5".parse().unwrap();
        for terms in [[Decimal::MAX, Decimal::ONE, Decimal::MIN], [half, half, Decimal::MAX - Decimal::ONE]] {
            for [a, b, c] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                assert_eq!(Sum::of([terms[a], terms[b], terms[c]]), None);
            }
        }
    }

    /// Goal: the fewest are left out. Method: one large among fine ones, one fine among large ones, equal ones, none.
    #[test]
    fn the_fewest_are_left_out() {
        assert_eq!(misfits(&decimals(&["1.50", "0.01", "-7000000000000000000000000000", "3"])), [2]);
        assert_eq!(misfits(&decimals(&["1000", "2000", "0.3333333333333333333333333333", "-3000.50"])), [2]);
        assert_eq!(misfits(&[Decimal::MAX, Decimal::ONE, Decimal::MAX]), [0, 2]);
        assert_eq!(misfits(&decimals(&["1.50", "0.01"])), Vec::<usize>::new());
        assert_eq!(misfits(&[]), Vec::<usize>::new());
    }
}
