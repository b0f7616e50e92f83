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

/// A model by its parameters: a constructor that checks their range, a getter for each, and a wire form that keeps every
/// digit, from which it is read through the constructor.
macro_rules! parameters {
    ($(#[$doc:meta])* $model:ident { $($(#[$pdoc:meta])* $parameter:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        pub struct $model {
            $(#[serde(with = "crate::score::clv::exact::number")] $parameter: f64,)*
        }

        impl $model {
            /// With these parameters, each in the unit that its getter names.
            ///
            /// # Errors
            /// A parameter that is not between 10⁻¹⁰⁰ and 10¹⁰⁰.
            pub fn new($($parameter: f64),*) -> Result<Self, crate::score::clv::parameter::ParameterError> {
                let named = [$((stringify!($parameter), $parameter)),*];
                crate::score::clv::parameter::ParameterError::check(&named)?;
                Ok(Self { $($parameter),* })
            }

            $($(#[$pdoc])* #[must_use] pub fn $parameter(&self) -> f64 { self.$parameter })*
        }

        const _: () = {
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Wire {
                $(#[serde(with = "crate::score::clv::exact::number")] $parameter: f64,)*
            }

            impl<'de> serde::Deserialize<'de> for $model {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let Wire { $($parameter),* } = Wire::deserialize(deserializer)?;
                    Self::new($($parameter),*).map_err(serde::de::Error::custom)
                }
            }
        };
    };
}
pub(super) use parameters;
