//! Parameters of models.

/// The range of parameters: far beyond what can be learnt, and far from where products of them leave the numbers.
const RANGE: core::ops::RangeInclusive<f64> = 1e-100..=1e100;

/// A parameter that is not between 10⁻¹⁰⁰ and 10¹⁰⁰.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("parameter `{name}` is {value:e}: it must be above 0, between 1e-100 and 1e100")]
pub struct ParameterError {
    name: &'static str,
    value: f64,
}

impl ParameterError {
    /// Refuses the first parameter outside the range.
    pub(super) fn check(parameters: &[(&'static str, f64)]) -> Result<(), Self> {
        match parameters.iter().find(|(_, value)| !RANGE.contains(value)) {
            Some(&(name, value)) => Err(Self { name, value }),
            None => Ok(()),
        }
    }

    /// The name of the parameter.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }
}
