//! What the models of spending know of a customer.

use crate::wire::getters;

/// Customers of one history of spending: how many purchases are averaged, and their mean value, in one unit of money.
///
/// ```
/// use customer_pool::score::clv::Spending;
/// let customer = Spending::new(2, 22.345)?;
/// assert_eq!((customer.purchases(), customer.mean(), customer.customers()), (2, 22.345, 1));
/// assert!(Spending::new(2, f64::NAN).is_err());
/// # Ok::<(), customer_pool::score::clv::SpendingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    purchases: u32,
    mean: f64,
    customers: u64,
}

/// Why what is known of spending is nothing that can be known.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpendingError {
    /// The mean is infinite or not a number.
    #[error("`{0}` is no mean value")]
    NoMean(f64),
    /// The row stands for no customer.
    #[error("the row stands for no customer")]
    NoCustomers,
}

impl Spending {
    /// One customer. A mean of 0 or less is kept: models leave such customers out, and say how many.
    ///
    /// # Errors
    /// A mean that is infinite or not a number.
    pub fn new(purchases: u32, mean: f64) -> Result<Self, SpendingError> {
        if mean.is_finite() { Ok(Self { purchases, mean, customers: 1 }) } else { Err(SpendingError::NoMean(mean)) }
    }

    /// As many customers of this history.
    ///
    /// # Errors
    /// [`SpendingError::NoCustomers`] for 0.
    pub fn with_customers(self, customers: u64) -> Result<Self, SpendingError> {
        if customers == 0 { Err(SpendingError::NoCustomers) } else { Ok(Self { customers, ..self }) }
    }

    getters! {
        /// `x`: how many purchases are averaged. With repeat purchases alone, as the models are usually fitted, 0 for a customer
        /// who bought once.
        purchases: u32,
        /// `m`: their mean value.
        mean: f64,
        /// How many customers have this history.
        customers: u64,
    }

    /// Whether a model of spending can describe it: it bought, and for more than nothing.
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.purchases > 0 && self.mean > 0.0
    }
}
