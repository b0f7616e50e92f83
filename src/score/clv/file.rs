//! Model files: fitted models as documents that are stored, shipped, and applied elsewhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bg_nbd::BgNbd;
use super::exact;
use super::fit::{Boundary, Evidence, Fit, FitFailure, Limit, TooLittleData};
use super::gamma_gamma::{GammaGamma, SpendingEvidence};
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::purchasing::Purchasing;
use super::summary::Summary;
use crate::id::Label;
use crate::wire::getters;

/// The version of the document. On the wire the number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Format;

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(1)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!(
                "format {other} is not known to this version of the crate, which reads format 1"
            ))),
        }
    }
}

macro_rules! models {
    ($($(#[$doc:meta])* $variant:ident($model:ty);)*) => {
        /// A model of purchasing, whichever it is.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum PurchasingModel {
            $($(#[$doc])* $variant($model),)*
        }

        impl Purchasing for PurchasingModel {
            fn expected(&self, customer: &Summary, t: f64) -> f64 {
                match self { $(Self::$variant(model) => model.expected(customer, t),)* }
            }
            fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
                match self { $(Self::$variant(model) => Purchasing::expected_each(model, customers, t),)* }
            }
            fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
                match self { $(Self::$variant(model) => Purchasing::expected_over(model, customers, times),)* }
            }
            fn expected_new(&self, t: f64) -> f64 {
                match self { $(Self::$variant(model) => model.expected_new(t),)* }
            }
            fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
                match self { $(Self::$variant(model) => model.probabilities_new(t, most),)* }
            }
            fn alive(&self, customer: &Summary) -> f64 {
                match self { $(Self::$variant(model) => Purchasing::alive(model, customer),)* }
            }
        }

        $(
            impl From<$model> for PurchasingModel {
                fn from(model: $model) -> Self {
                    Self::$variant(model)
                }
            }
        )*
    };
}

models! {
    /// NBD: nobody is ever lost.
    Nbd(Nbd);
    /// BG/NBD.
    BgNbd(BgNbd);
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd);
}

/// Why a fit gives no model to predict with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoModel {
    /// There was too little data.
    #[error("there is too little data: {0}")]
    TooLittleData(TooLittleData),
    /// The likelihood only grows towards a limit for which there is no simpler model here.
    #[error("the likelihood has no maximum, it grows towards a limit: {0:?}")]
    Boundary(Boundary),
    /// No optimum was found.
    #[error("no optimum was found: {0}")]
    Failed(FitFailure),
}

/// A model of purchasing with where it comes from.
///
/// ```
/// use customer_pool::score::clv::{BgNbd, ModelFile};
/// let file = ModelFile::new(BgNbd::new(0.243, 4.414, 0.793, 2.426)?.into(), "week".parse()?, 7.0);
/// let text = file.to_json()?;
/// assert_eq!(ModelFile::from_json(&text)?, file);
/// assert!(ModelFile::from_json(&text.replace("\"format\": 1", "\"format\": 2")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    format: Format,
    unit: Label,
    #[serde(with = "exact::number")]
    days_per_unit: f64,
    purchasing: PurchasingModel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boundary: Option<Boundary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spending: Option<GammaGamma>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spending_evidence: Option<SpendingEvidence>,
}

impl ModelFile {
    /// A model whose parameters are given, in a unit of time of so many days.
    #[must_use]
    pub fn new(purchasing: PurchasingModel, unit: Label, days_per_unit: f64) -> Self {
        let (evidence, boundary, spending, spending_evidence) = (None, None, None, None);
        Self { format: Format, unit, days_per_unit, purchasing, evidence, boundary, spending, spending_evidence }
    }

    /// What a fit came to. At the limit without dropout that is the NBD model: the file says so, and no parameters of a model
    /// that has no optimum are made up.
    ///
    /// # Errors
    /// [`NoModel`] with the reason.
    pub fn of_fit<M: Copy + Into<PurchasingModel>>(fit: &Fit<M>, days_per_unit: f64) -> Result<Self, NoModel> {
        let of = |model: PurchasingModel, evidence: &Evidence| Self {
            evidence: Some(evidence.clone()),
            ..Self::new(model, evidence.unit().clone(), days_per_unit)
        };
        match fit {
            Fit::Converged(fitted) => Ok(of((*fitted.model()).into(), fitted.evidence())),
            Fit::Boundary(at) => match at.limit() {
                Some(Limit::Nbd(nbd)) => {
                    Ok(Self { boundary: Some(at.boundary()), ..of((*nbd.model()).into(), nbd.evidence()) })
                }
                _ => Err(NoModel::Boundary(at.boundary())),
            },
            Fit::TooLittleData(too_little) => Err(NoModel::TooLittleData(*too_little)),
            Fit::Failed(failure) => Err(NoModel::Failed(*failure)),
        }
    }

    /// With a model of spending whose parameters are given.
    #[must_use]
    pub fn with_spending(self, spending: GammaGamma) -> Self {
        Self { spending: Some(spending), spending_evidence: None, ..self }
    }

    /// With what a fit of spending came to.
    ///
    /// # Errors
    /// [`NoModel`] with the reason.
    pub fn with_spending_fit(self, fit: &Fit<GammaGamma, SpendingEvidence>) -> Result<Self, NoModel> {
        match fit {
            Fit::Converged(fitted) => {
                Ok(Self { spending: Some(*fitted.model()), spending_evidence: Some(fitted.evidence().clone()), ..self })
            }
            Fit::Boundary(at) => Err(NoModel::Boundary(at.boundary())),
            Fit::TooLittleData(too_little) => Err(NoModel::TooLittleData(*too_little)),
            Fit::Failed(failure) => Err(NoModel::Failed(*failure)),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// What is not of its shape: another format, an unknown key, a parameter that is none.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let file: Self = serde_json::from_str(text)?;
        if (1e-9..=1e9).contains(&file.days_per_unit) {
            return Ok(file);
        }
        Err(serde::de::Error::custom(format_args!("`{}` days are no unit of time", file.days_per_unit)))
    }

    /// The document: numbers are texts that read as the same bits.
    ///
    /// # Errors
    /// None that these types give.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    getters! {
        /// The model of purchasing.
        purchasing: &PurchasingModel,
        /// The unit of time.
        unit: &Label,
        /// How many days it has.
        days_per_unit: f64,
        /// What the model was learnt from; nothing where its parameters were given.
        evidence: Option<&Evidence>,
        /// The limit of the richer model at which this one lies.
        boundary: Option<Boundary>,
        /// The model of spending.
        spending: Option<&GammaGamma>,
        /// What that was learnt from.
        spending_evidence: Option<&SpendingEvidence>,
    }
}
