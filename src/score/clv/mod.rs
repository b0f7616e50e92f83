//! Customer lifetime value: how many purchases a customer will still make, and what they are worth.
//!
//! [`Summaries`] are what is known of the customers: repeats, last purchase, age. A model is fitted to them, and the
//! [`Fit`] says what happened: parameters only where they are an optimum of the likelihood.

mod bg_nbd;
mod chunks;
mod counts;
#[cfg(test)]
mod derivatives;
mod exact;
mod file;
mod fit;
mod gamma_gamma;
mod goodness;
mod grouping;
mod horizon;
mod likelihood;
mod limits;
mod nbd;
mod parameter;
mod pareto_nbd;
mod purchasing;
mod retention;
mod rising;
mod simulate;
mod summary;
mod with_dropout;

pub use super::numeric::Seeded;
pub use bg_nbd::BgNbd;
pub use file::{ModelFile, NoModel, PurchasingModel};
pub use fit::{
    AtBoundary, Boundary, Evidence, Fit, FitFailure, FitTerms, Fitted, LEAST_REPEAT_CUSTOMERS, Limit, TooLittleData,
};
pub use gamma_gamma::{GammaGamma, InfiniteSpending, Spending, SpendingError, SpendingEvidence};
pub use goodness::{Frequencies, Frequency, HeldOut, HoldOut, TrackedPeriod, Tracking};
pub use horizon::{Clv, Horizon, HorizonError, MOST_MONTHS, Month, rounded};
pub use nbd::{Nbd, Poisson};
pub use parameter::ParameterError;
pub use pareto_nbd::ParetoNbd;
pub use purchasing::Purchasing;
pub use retention::{HistoricValue, MOST_PERIODS, Payment, Retention, RetentionError};
pub use simulate::{MOST_SIMULATED, SimulationError};
pub use summary::{Summaries, Summary, SummaryError, SummaryProblem};
