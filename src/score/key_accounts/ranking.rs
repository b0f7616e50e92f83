//! Classes by value.

use core::fmt;
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::attribute::decimal_text;
use crate::id::CustomerId;
use crate::score::money::{self, Sum};
use crate::wire::getters;

/// What the value of a run is: of all customers the same, over the trailing twelve months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What was earned.
    Margin,
    /// What was sold.
    Revenue,
}

/// The class of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueClass {
    /// Among those that make the first share of the total.
    A,
    /// Among those that make it up to the second.
    B,
    /// The rest.
    C,
}

/// Shares that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shares are per mille, above 0 and ascending up to 1000, not `{0}` and `{1}`")]
pub struct SharesError(u16, u16);

/// The shares of the total, per mille, that A makes, and A with B: 800 and 950 by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shares {
    a: u16,
    b: u16,
}

impl Default for Shares {
    fn default() -> Self {
        Self { a: 800, b: 950 }
    }
}

impl Shares {
    /// These shares.
    ///
    /// # Errors
    /// Unless `0 < a ≤ b ≤ 1000`.
    pub fn new(a: u16, b: u16) -> Result<Self, SharesError> {
        if 0 < a && a <= b && b <= 1_000 { Ok(Self { a, b }) } else { Err(SharesError(a, b)) }
    }

    /// Of A.
    #[must_use]
    pub fn a(self) -> u16 {
        self.a
    }

    /// Of A with B.
    #[must_use]
    pub fn b(self) -> u16 {
        self.b
    }
}

/// Why there is no ranking.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RankError {
    /// A customer is there twice.
    #[error("`{0}` is there twice: add its values up")]
    Twice(CustomerId),
    /// The values, signs left away, do not add up exactly within the digits of a decimal. The customers are the fewest without
    /// whom the others add up, by id: those whose values are the largest, or have the finest digits. Correct their values, or
    /// rank the others.
    #[error("the values of {} have too many digits to be added up with the others", Names(.0))]
    OutOfRange(Vec<CustomerId>),
}

/// Up to three of them by name, and how many more there are.
struct Names<'e>(&'e [CustomerId]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, id) in self.0.iter().take(3).enumerate() {
            write!(f, "{}`{id}`", if at > 0 { ", " } else { "" })?;
        }
        match self.0.len().saturating_sub(3) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// More customers in A than this share of those with a value, per mille, and the cut says little: a warning.
pub const WIDE_A_PER_MILLE: u16 = 400;

/// How a customer's value stands among all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueVerdict {
    /// Who.
    pub customer: CustomerId,
    /// The value; none where it is missing, and then there is no class.
    #[serde(with = "decimal_text::option")]
    pub value: Option<Decimal>,
    /// The class; none where the value is missing, or the total is 0.
    pub class: Option<ValueClass>,
    /// The place among those with a value, from 1; equal values have the same.
    pub rank: Option<u64>,
    /// The share of the total that this customer, its equals and all above it make, rounded to six places.
    #[serde(with = "decimal_text::option")]
    pub cumulative_share: Option<Decimal>,
    /// The least value of A.
    #[serde(with = "decimal_text::option")]
    pub cut: Option<Decimal>,
    /// The value less the cut: how far it is from losing or from reaching A.
    #[serde(with = "decimal_text::option")]
    pub distance: Option<Decimal>,
}

/// How the value is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Concentration {
    /// Customers with a value.
    pub customers: u64,
    /// Customers in A.
    pub in_a: u64,
    /// What A really makes of the total, rounded to six places: ties at the cut may carry it beyond the share asked for.
    #[serde(with = "decimal_text")]
    pub share_of_a: Decimal,
    /// The Gini index of the values, negative ones taken as 0: 0 where all are equal, near 1 where one has everything. Rounded to
    /// six places.
    #[serde(with = "decimal_text")]
    pub gini: Decimal,
    /// Whether A has more than [`WIDE_A_PER_MILLE`] of the customers: the value is spread too evenly for the cut to say much.
    pub is_wide: bool,
}

/// The customers of a run by value.
///
/// ```
/// use customer_pool::score::key_accounts::{Basis, Ranking, Shares, ValueClass};
/// let rows = [("big", Some("800")), ("mid", Some("150")), ("small", Some("50")), ("new", None)];
/// let rows: Result<Vec<_>, Box<dyn std::error::Error>> = rows.into_iter()
///     .map(|(id, value)| Ok((id.parse()?, value.map(str::parse).transpose()?)))
///     .collect();
/// let ranking = Ranking::new(rows?, Basis::Margin, Shares::default())?;
/// let classes: Vec<_> = ranking.verdicts().iter().map(|verdict| verdict.class).collect();
/// assert_eq!(classes, [Some(ValueClass::A), Some(ValueClass::B), Some(ValueClass::C), None]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranking {
    basis: Basis,
    shares: Shares,
    #[serde(with = "decimal_text")]
    total: Decimal,
    verdicts: Vec<ValueVerdict>,
    concentration: Option<Concentration>,
}

/// Equal values: how many, and the sum of all up to and with them.
struct Tie {
    value: Decimal,
    rank: u64,
    count: u64,
    upto: Decimal,
}

/// A quotient to six places, half to even.
fn share(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_div(whole).map(|share| share.round_dp(6).normalize())
}

/// Whether the part makes at least this share of the total, per mille: exactly, in whole units.
fn reaches(part: Decimal, total: Decimal, per_mille: u16) -> Option<bool> {
    let scale = money::finest([&part, &total]);
    let units = |value, times| money::units(value, scale)?.checked_mul(times);
    Some(units(&part, 1_000)? >= units(&total, i128::from(per_mille))?)
}

impl Ranking {
    /// Ranks these customers. A missing value stays missing; a negative one counts as 0 in the total and is C. Where the total is
    /// 0 there are no classes.
    ///
    /// # Errors
    /// A customer twice; values that do not add up exactly.
    pub fn new(
        rows: impl IntoIterator<Item = (CustomerId, Option<Decimal>)>,
        basis: Basis,
        shares: Shares,
    ) -> Result<Self, RankError> {
        let mut rows: Vec<(CustomerId, Option<Decimal>)> = rows.into_iter().collect();
        let mut seen = BTreeSet::new();
        if let Some((twice, _)) = rows.iter().find(|(id, _)| !seen.insert(id.clone())) {
            return Err(RankError::Twice(twice.clone()));
        }
        // The best first; ids only make the order the same whatever that of the rows was.
        rows.sort_by(|(id, value), (other_id, other)| other.cmp(value).then_with(|| id.cmp(other_id)));
        let out_of_range = || RankError::OutOfRange(misfits(&rows));
        let (ties, total) = ties(&rows).ok_or_else(out_of_range)?;
        let classes = classes(&ties, total, shares).ok_or_else(out_of_range)?;
        let concentration = if total > Decimal::ZERO {
            Some(concentration(&ties, &classes, total).ok_or_else(out_of_range)?)
        } else {
            None
        };
        let cut = ties.iter().zip(&classes).rev().find(|(_, class)| **class == ValueClass::A).map(|(tie, _)| tie.value);
        let positive = total > Decimal::ZERO;
        let mut verdicts = Vec::with_capacity(rows.len());
        let mut at = ties.iter().zip(&classes).peekable();
        for (customer, value) in rows {
            if let Some(value) = value {
                while at.next_if(|(tie, _)| tie.value > value).is_some() {}
            }
            let place = value.and_then(|_| at.peek().copied());
            verdicts.push(ValueVerdict {
                customer,
                value,
                class: place.filter(|_| positive).map(|(_, class)| *class),
                rank: place.map(|(tie, _)| tie.rank),
                cumulative_share: place.and_then(|(tie, _)| share(tie.upto, total)),
                cut: cut.filter(|_| positive),
                distance: value
                    .zip(cut.filter(|_| positive))
                    .and_then(|(value, cut)| money::exact(value, Decimal::ZERO.checked_sub(cut)?)),
            });
        }
        Ok(Self { basis, shares, total, verdicts, concentration })
    }

    getters! {
        /// What the value is.
        basis: Basis,
        /// The shares that were asked for.
        shares: Shares,
        /// The sum of all values, negative ones taken as 0. Where it is 0 nothing is determined.
        total: Decimal,
        /// How each customer stands: the highest value first, missing ones last, equal ones by id.
        verdicts: &[ValueVerdict],
        /// How the value is spread; none where the total is 0.
        concentration: Option<&Concentration>,
    }
}

/// Whose values keep the others from being added up, by id.
fn misfits(rows: &[(CustomerId, Option<Decimal>)]) -> Vec<CustomerId> {
    let (ids, values): (Vec<_>, Vec<_>) = rows.iter().filter_map(|(id, value)| value.map(|value| (id, value))).unzip();
    let places = money::misfits(&values);
    let mut misfits: Vec<CustomerId> =
        places.iter().filter_map(|place| ids.get(*place)).map(|id| CustomerId::clone(id)).collect();
    misfits.sort();
    misfits
}

/// The ties of sorted rows and the total.
fn ties(rows: &[(CustomerId, Option<Decimal>)]) -> Option<(Vec<Tie>, Decimal)> {
    // While all of them add up, so do the positive ones, and so does the difference of any two.
    Sum::of(rows.iter().filter_map(|(_, value)| *value))?;
    let mut total = Decimal::ZERO;
    let mut ties: Vec<Tie> = Vec::new();
    let mut place = 0_u64;
    for value in rows.iter().filter_map(|(_, value)| *value) {
        place = place.checked_add(1)?;
        total = money::exact(total, value.max(Decimal::ZERO))?;
        match ties.last_mut().filter(|tie| tie.value == value) {
            Some(tie) => {
                tie.count = tie.count.checked_add(1)?;
                tie.upto = total;
            }
            None => ties.push(Tie { value, rank: place, count: 1, upto: total }),
        }
    }
    Some((ties, total))
}

/// The class of each tie: A up to the first tie with which the share is reached, and with it.
fn classes(ties: &[Tie], total: Decimal, shares: Shares) -> Option<Vec<ValueClass>> {
    let (mut a_reached, mut b_reached) = (false, false);
    let mut classes = Vec::with_capacity(ties.len());
    for tie in ties {
        let class = match tie.value > Decimal::ZERO {
            true if !a_reached => ValueClass::A,
            true if !b_reached => ValueClass::B,
            _ => ValueClass::C,
        };
        a_reached = a_reached || reaches(tie.upto, total, shares.a)?;
        b_reached = b_reached || reaches(tie.upto, total, shares.b)?;
        classes.push(class);
    }
    Some(classes)
}

fn concentration(ties: &[Tie], classes: &[ValueClass], total: Decimal) -> Option<Concentration> {
    let (mut customers, mut in_a, mut of_a) = (0_u64, 0_u64, Decimal::ZERO);
    // The sum of (n + 1 − i) x_i over ascending places i is, over descending ones, that of i x_i: with them the Gini index is
    // (n + 1 − 2 Σ i x_i / Σ x_i) / n.
    let mut weighed = Decimal::ZERO;
    for (tie, class) in ties.iter().zip(classes) {
        let value = tie.value.max(Decimal::ZERO);
        // The places of a tie: rank, …, rank + count − 1; twice their sum is count · (2 rank + count − 1).
        let twice = tie.rank.checked_mul(2)?.checked_add(tie.count)?.checked_sub(1)?.checked_mul(tie.count)?;
        let half = Decimal::from(twice).checked_div(Decimal::TWO)?;
        weighed = weighed.checked_add(value.checked_div(total)?.checked_mul(half)?)?;
        customers = customers.checked_add(tie.count)?;
        if *class == ValueClass::A {
            in_a = in_a.checked_add(tie.count)?;
            of_a = tie.upto;
        }
    }
    let n = Decimal::from(customers);
    let gini = n.checked_add(Decimal::ONE)?.checked_sub(weighed.checked_mul(Decimal::TWO)?)?.checked_div(n)?;
    Some(Concentration {
        customers,
        in_a,
        share_of_a: share(of_a, total)?,
        gini: gini.max(Decimal::ZERO).round_dp(6).normalize(),
        is_wide: u128::from(in_a).saturating_mul(1_000)
            > u128::from(customers).saturating_mul(u128::from(WIDE_A_PER_MILLE)),
    })
}
