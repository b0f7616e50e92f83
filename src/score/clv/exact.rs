//! Numbers on the wire: texts of the shortest decimals that read as the same bits, whatever reads the JSON.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

fn read<E: serde::de::Error>(text: &str) -> Result<f64, E> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(E::custom(format_args!("`{text}` is no number"))),
    }
}

/// One number.
pub(super) mod number {
    use super::*;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    pub(in crate::score::clv) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(in crate::score::clv) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        read(&String::deserialize(deserializer)?)
    }
}

/// A list of numbers.
pub(super) mod numbers {
    use super::*;

    pub(in crate::score::clv) fn serialize<S: Serializer>(numbers: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(numbers.iter().map(f64::to_string))
    }

    pub(in crate::score::clv) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| read(text))
            .collect::<Result<_, _>>()
            .map_err(D::Error::custom::<D::Error>)
    }
}
