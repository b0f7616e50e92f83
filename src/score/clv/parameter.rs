//! Parameters of models.

/// A parameter that is not a positive, finite number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("parameter `{name}` is {value}: it must be above 0 and finite")]
pub struct ParameterError {
    name: &'static str,
    value: f64,
}

impl ParameterError {
    /// Refuses the first parameter that is not positive and finite.
    pub(super) fn check(parameters: &[(&'static str, f64)]) -> Result<(), Self> {
        match parameters.iter().find(|(_, value)| !(*value > 0.0 && value.is_finite())) {
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
