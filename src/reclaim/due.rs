//! The formula of a clock: `min(max(base, renewals), cap)`.

use crate::decision::{ReasonCode, Reasons};

/// When a clock comes due, and what decided that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due<T> {
    pub(crate) at: T,
    /// Whether a renewal ends after the base.
    pub(crate) renewed: bool,
    /// Whether the cap ends before the base or the renewals do.
    pub(crate) capped: bool,
}

/// When a clock comes due whose base ends at `base`: the latest of that and the ends of its renewals, but no later than
/// the end of its cap.
///
/// Ends may be instants, positions of days, or any other numbers in the order of time.
#[inline(always)]
pub(crate) fn due<T: Copy + Ord>(base: T, renewals: impl IntoIterator<Item = T>, cap: Option<T>) -> Due<T> {
    let soft = renewals.into_iter().fold(base, T::max);
    let at = cap.map_or(soft, |cap| soft.min(cap));
    Due { at, renewed: soft > base, capped: at < soft }
}

impl<T> Due<T> {
    /// What decided, in two bits. Bit 0: renewed. Bit 1: capped.
    #[inline(always)]
    pub(crate) const fn why(&self) -> u8 {
        self.renewed as u8 | ((self.capped as u8) << 1)
    }
}

/// The reason codes of what decided a clock, given as two bits: see [`Due::why`].
#[inline(always)]
pub(crate) const fn reasons(why: u8) -> Reasons {
    // Constants: the set of a code that is only known later takes a look into a table.
    const BASE: Reasons = Reasons::of(ReasonCode::Base);
    const RENEWED: Reasons = Reasons::of(ReasonCode::Renewed);
    const CAPPED: Reasons = Reasons::of(ReasonCode::Capped);
    let moved = if why & 1 == 0 { BASE } else { RENEWED };
    moved.and(if why & 2 == 0 { Reasons::NONE } else { CAPPED })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Goal: a clock is due as the specification says. Method: small numbers, so that ends coincide; the reference
        /// asks of every instant whether something protects it still.
        #[test]
        fn a_clock_is_due_at_the_first_instant_that_nothing_protects(
            base in 0_u8..12, renewals in prop::collection::vec(0_u8..12, 0..4), cap in prop::option::of(0_u8..12),
        ) {
            let protects = |end: u8, at: u8| at < end;
            let softly = |at| protects(base, at) || renewals.iter().any(|&end| protects(end, at));
            let allowed = |at| cap.is_none_or(|cap| protects(cap, at));
            let first = |is_protected: &dyn Fn(u8) -> bool| (0..).find(|&at| !is_protected(at)).unwrap();
            let found = due(base, renewals.iter().copied(), cap);
            prop_assert_eq!(found.at, first(&|at| softly(at) && allowed(at)));
            prop_assert_eq!(found.renewed, first(&softly) != base);
            prop_assert_eq!(found.capped, found.at != first(&softly));
            let codes = reasons(found.why());
            prop_assert_eq!(codes.contains(ReasonCode::Renewed), found.renewed);
            prop_assert_eq!(codes.contains(ReasonCode::Base), !found.renewed);
            prop_assert_eq!(codes.contains(ReasonCode::Capped), found.capped);
        }

        /// Goal: no renewal shortens protection, and no cap lengthens it. Method: one more of each.
        #[test]
        fn a_renewal_never_shortens_and_a_cap_never_lengthens(
            base: i32, renewals in prop::collection::vec(any::<i32>(), 0..4), more: i32, cap: i32,
        ) {
            let without = due(base, renewals.iter().copied(), None).at;
            prop_assert!(due(base, renewals.iter().copied().chain([more]), None).at >= without);
            prop_assert!(due(base, renewals, Some(cap)).at <= without);
        }
    }
}
