//! Customer lifetime value over a horizon.

use std::collections::HashMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::exact;
use super::gamma_gamma::InfiniteSpending;
use super::purchasing::Purchasing;
use super::summary::Summary;
use crate::score::numeric::{exp, ln_1p};
use crate::wire::getters;

/// The length of a month, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Month {
    /// A twelfth of a Julian year: 365.25 / 12 days.
    #[default]
    Mean,
    /// 30 days, as some libraries have it.
    ThirtyDays,
    /// 4.345 weeks, as others have it.
    Weeks4345,
}

impl Month {
    /// Its length in days.
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            Self::Mean => 365.25 / 12.0,
            Self::ThirtyDays => 30.0,
            Self::Weeks4345 => 4.345 * 7.0,
        }
    }
}

/// Why a horizon is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HorizonError {
    /// There are no months, or more than [`MOST_MONTHS`].
    #[error("a horizon has 1 to {MOST_MONTHS} months, not {0}")]
    Months(u32),
    /// A unit of time is no length.
    #[error("a unit of `{0}` days is no length of time")]
    Unit(f64),
    /// The rate is not between 0 and 1,000,000 %, or not a number.
    #[error("`{0}` is no discount rate")]
    Rate(f64),
    /// The margin is not finite.
    #[error("`{0}` is no margin")]
    Margin(f64),
}

/// The longest horizon, in months.
pub const MOST_MONTHS: u32 = 1_200;

/// Over which time a value is taken, and how: so many months, what is bought in each discounted as at its end.
///
/// The number of [`purchases`](Self::purchases) is not discounted; that of [`discounted_purchases`](Self::discounted_purchases) is, and
/// [`clv`](Self::clv) is made of it.
///
/// ```
/// use customer_pool::score::clv::{BgNbd, GammaGamma, Horizon, Spending, Summary};
/// let (buys, spends) = (BgNbd::new(0.243, 4.414, 0.793, 2.426)?, GammaGamma::new(6.25, 3.74, 15.44)?);
/// let year = Horizon::new(12)?.with_days_per_unit(7.0)?.with_annual_rate(0.127)?.with_margin(0.3)?;
/// let spending = spends.expected(&Spending::new(2, 22.345)?);
/// let clv = year.clv(&buys, &Summary::new(2, 30.43, 38.86)?, spending)?;
/// assert_eq!(clv.rounded(2).map(|value| value.to_string()), Some("10.89".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Horizon {
    months: u32,
    month: Month,
    days_per_unit: f64,
    monthly_rate: f64,
    margin: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    months: u32,
    month: Month,
    #[serde(with = "exact::number")]
    days_per_unit: f64,
    #[serde(with = "exact::number")]
    monthly_rate: f64,
    #[serde(with = "exact::number")]
    margin: f64,
}

impl TryFrom<Wire> for Horizon {
    type Error = HorizonError;
    fn try_from(wire: Wire) -> Result<Self, HorizonError> {
        let horizon = Self::new(wire.months)?.with_month(wire.month).with_days_per_unit(wire.days_per_unit)?;
        horizon.with_monthly_rate(wire.monthly_rate)?.with_margin(wire.margin)
    }
}

impl From<Horizon> for Wire {
    fn from(horizon: Horizon) -> Self {
        let Horizon { months, month, days_per_unit, monthly_rate, margin } = horizon;
        Self { months, month, days_per_unit, monthly_rate, margin }
    }
}

/// A customer lifetime value with what it is made of: `discounted_purchases · spending · margin`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Clv {
    #[serde(with = "exact::number")]
    value: f64,
    #[serde(with = "exact::number")]
    purchases: f64,
    #[serde(with = "exact::number")]
    discounted_purchases: f64,
    #[serde(with = "exact::number")]
    spending: f64,
    horizon: Horizon,
}

impl Clv {
    getters! {
        /// The value, in units of money.
        value: f64,
        /// The purchases expected over the horizon, as they are: not discounted.
        purchases: f64,
        /// The same, each month's discounted as at its end.
        discounted_purchases: f64,
        /// What is expected to be spent on one.
        spending: f64,
        /// The horizon.
        horizon: &Horizon,
    }

    /// The value as facts and policies have it: [`rounded`].
    #[must_use]
    pub fn rounded(&self, places: u32) -> Option<Decimal> {
        rounded(self.value, places)
    }
}

/// A number of a model as a decimal with so many places, half to even: the one way in which a model's `f64` becomes money
/// that a decision reads. `None` where it is not finite or has too many digits.
#[must_use]
pub fn rounded(value: f64, places: u32) -> Option<Decimal> {
    let exact = Decimal::from_f64_retain(value)?;
    Some(exact.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven))
}

impl Horizon {
    /// So many months of 365.25/12 days; days as the model's unit of time, no discount, a margin of 1.
    ///
    /// # Errors
    /// No month, or more than [`MOST_MONTHS`].
    pub fn new(months: u32) -> Result<Self, HorizonError> {
        if months == 0 || months > MOST_MONTHS {
            return Err(HorizonError::Months(months));
        }
        Ok(Self { months, month: Month::default(), days_per_unit: 1.0, monthly_rate: 0.0, margin: 1.0 })
    }

    /// With months of this length.
    #[must_use]
    pub fn with_month(self, month: Month) -> Self {
        Self { month, ..self }
    }

    /// With so many days in the model's unit of time: 7 for weeks.
    ///
    /// # Errors
    /// What is no length.
    pub fn with_days_per_unit(self, days: f64) -> Result<Self, HorizonError> {
        if (1e-9..=1e9).contains(&days) {
            Ok(Self { days_per_unit: days, ..self })
        } else {
            Err(HorizonError::Unit(days))
        }
    }

    /// With this discount rate a month.
    ///
    /// # Errors
    /// A rate below 0 or beyond all bounds.
    pub fn with_monthly_rate(self, rate: f64) -> Result<Self, HorizonError> {
        if (0.0..=1e4).contains(&rate) {
            Ok(Self { monthly_rate: rate, ..self })
        } else {
            Err(HorizonError::Rate(rate))
        }
    }

    /// With this discount rate a year, compounded: `(1 + y)^(1/12) − 1` a month.
    ///
    /// # Errors
    /// A rate below 0 or beyond all bounds.
    pub fn with_annual_rate(self, rate: f64) -> Result<Self, HorizonError> {
        if (0.0..=1e4).contains(&rate) {
            Ok(Self { monthly_rate: crate::score::numeric::exp_m1(ln_1p(rate) / 12.0), ..self })
        } else {
            Err(HorizonError::Rate(rate))
        }
    }

    /// With this margin: the share of spending that is earned.
    ///
    /// # Errors
    /// What is not finite.
    pub fn with_margin(self, margin: f64) -> Result<Self, HorizonError> {
        if margin.is_finite() { Ok(Self { margin, ..self }) } else { Err(HorizonError::Margin(margin)) }
    }

    getters! {
        /// The months.
        months: u32,
        /// The discount rate a month.
        monthly_rate: f64,
        /// The margin: the share of spending that is earned.
        margin: f64,
        /// How long a month is.
        month: Month,
        /// How many days the model's unit of time has.
        days_per_unit: f64,
    }

    /// How long it is, in the model's unit of time.
    #[must_use]
    pub fn length(&self) -> f64 {
        f64::from(self.months) * self.month_in_units()
    }

    fn month_in_units(&self) -> f64 {
        self.month.days() / self.days_per_unit
    }

    /// The ends of the months in the model's unit, each with what weight the purchases up to there have: by how much the
    /// discount of its month is less than that of the next; the last one with its own discount.
    ///
    /// `Σ d_i (E_i − E_{i−1}) = Σ (d_i − d_{i+1}) E_i + d_n E_n`: nothing on the right is negative, so nothing cancels.
    fn weights(&self) -> Vec<(f64, f64)> {
        let (month, rate) = (self.month_in_units(), self.monthly_rate);
        let of = |i: u32| {
            let discount = exp(-f64::from(i) * ln_1p(rate));
            (f64::from(i) * month, if i < self.months { discount * (rate / (1.0 + rate)) } else { discount })
        };
        (1..=self.months).map(of).filter(|(_, weight)| *weight > 0.0).collect()
    }

    /// The purchases that this customer is expected to make over the horizon, as they are: not discounted.
    #[must_use]
    pub fn purchases(&self, model: &impl Purchasing, customer: &Summary) -> f64 {
        self.purchases_each(model, &[*customer]).first().copied().unwrap_or_default()
    }

    /// The same of each customer. Equal histories are computed once.
    #[must_use]
    pub fn purchases_each(&self, model: &impl Purchasing, customers: &[Summary]) -> Vec<f64> {
        let groups = Groups::new(customers);
        groups.spread(&model.expected_each(&groups.distinct, self.length()))
    }

    /// The purchases that this customer is expected to make, each month's discounted as at its end.
    #[must_use]
    pub fn discounted_purchases(&self, model: &impl Purchasing, customer: &Summary) -> f64 {
        self.discounted_purchases_each(model, &[*customer]).first().copied().unwrap_or_default()
    }

    /// The same of each customer. Equal histories are computed once.
    #[must_use]
    pub fn discounted_purchases_each(&self, model: &impl Purchasing, customers: &[Summary]) -> Vec<f64> {
        let groups = Groups::new(customers);
        groups.spread(&model.expected_over(&groups.distinct, &self.weights()))
    }

    /// The value of this customer, who is expected to spend so much on a purchase.
    ///
    /// # Errors
    /// [`InfiniteSpending`] where there is no such expectation: no value is shown for a customer whom the model cannot
    /// describe.
    pub fn clv(
        &self,
        model: &impl Purchasing,
        customer: &Summary,
        spending: Result<f64, InfiniteSpending>,
    ) -> Result<Clv, InfiniteSpending> {
        let spending = spending?;
        self.valued(self.purchases(model, customer), self.discounted_purchases(model, customer), spending)
    }

    /// The value of each customer, with what each is expected to spend on a purchase, as [`clv`](Self::clv) has it. As many
    /// answers as there are customers with an expectation.
    #[must_use]
    pub fn clv_each(
        &self,
        model: &impl Purchasing,
        customers: &[Summary],
        spending: impl IntoIterator<Item = Result<f64, InfiniteSpending>>,
    ) -> Vec<Result<Clv, InfiniteSpending>> {
        let groups = Groups::new(customers);
        let purchases = groups.spread(&model.expected_each(&groups.distinct, self.length()));
        let discounted = groups.spread(&model.expected_over(&groups.distinct, &self.weights()));
        let valued = |((purchases, discounted), spending): ((f64, f64), Result<f64, InfiniteSpending>)| {
            self.valued(purchases, discounted, spending?)
        };
        purchases.into_iter().zip(discounted).zip(spending).map(valued).collect()
    }

    fn valued(&self, purchases: f64, discounted: f64, spending: f64) -> Result<Clv, InfiniteSpending> {
        let mut value = discounted * spending * self.margin;
        if !value.is_finite() {
            // Two large factors and a small one.
            value = discounted * self.margin * spending;
        }
        if !value.is_finite() {
            return Err(InfiniteSpending);
        }
        Ok(Clv { value, purchases, discounted_purchases: discounted, spending, horizon: *self })
    }
}

/// Customers, equal histories once.
struct Groups {
    distinct: Vec<Summary>,
    /// Of each customer the place of its history.
    of: Vec<usize>,
}

impl Groups {
    fn new(customers: &[Summary]) -> Self {
        let mut places: HashMap<(u32, u64, u64), usize> = HashMap::with_capacity(customers.len().min(1 << 16));
        let mut distinct: Vec<Summary> = Vec::new();
        let place = |customer: &Summary| {
            *places.entry(customer.key()).or_insert_with(|| {
                distinct.push(*customer);
                distinct.len().saturating_sub(1)
            })
        };
        let of = customers.iter().map(place).collect();
        Self { distinct, of }
    }

    /// Of each customer what its history comes to.
    fn spread(&self, answers: &[f64]) -> Vec<f64> {
        self.of.iter().map(|place| answers.get(*place).copied().unwrap_or_default()).collect()
    }
}
