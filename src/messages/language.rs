//! The languages of the catalogues.

use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::names;

names! {
    /// A language that messages come in. On the wire its tag: `en`, `zh-CN`.
    #[derive(Default)]
    #[non_exhaustive]
    Language {
        /// English, `en`.
        #[default]
        English = "en",
        /// Simplified Chinese (简体中文), `zh-CN`.
        Chinese = "zh-CN",
    }
}

/// The text is no language that there are messages in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no messages in `{0}`; known are `en` and `zh-CN`")]
pub struct LanguageError(String);

impl Language {
    /// Its texts, a line each.
    pub(super) const fn catalogue(self) -> &'static str {
        match self {
            Self::English => include_str!("en.txt"),
            Self::Chinese => include_str!("zh_cn.txt"),
        }
    }

    /// What stands between the members of a list.
    pub(super) const fn comma(self) -> &'static str {
        match self {
            Self::English => ", ",
            Self::Chinese => "、",
        }
    }

    /// What stands between sentences.
    pub(crate) const fn between_sentences(self) -> &'static str {
        match self {
            Self::English => " ",
            Self::Chinese => "",
        }
    }

    /// What stands between clauses.
    pub(crate) const fn semicolon(self) -> &'static str {
        match self {
            Self::English => "; ",
            Self::Chinese => "；",
        }
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        Self::from_name(text).ok_or_else(|| LanguageError(text.to_owned()))
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}
