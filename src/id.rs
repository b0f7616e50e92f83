//! Ids and labels: short opaque texts, compared by bytes.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::str::FromStr;
use std::sync::Arc;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that a text holds without an allocation.
const INLINE: usize = 22;

/// A short immutable text: up to 22 bytes lie in place, so that comparing two costs no memory access.
#[derive(Clone)]
enum Text {
    /// The bytes, zeros behind them, and last their number.
    Inline([u8; ROOM]),
    Shared(Arc<str>),
}

/// Bytes of a text in place, and one for their number.
const ROOM: usize = INLINE + 1;

/// A text in place as three words, which differ where the texts do.
pub(crate) type Words = [u64; 3];

impl Text {
    fn new(text: &str) -> Self {
        let mut room = [0; ROOM];
        let [bytes @ .., last] = &mut room;
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(slot), Ok(len)) => {
                slot.copy_from_slice(text.as_bytes());
                *last = len;
                Self::Inline(room)
            }
            _ => Self::Shared(Arc::from(text)),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            // The bytes were copied whole from a `&str`, so the default is never taken.
            Self::Inline(room) => {
                let [bytes @ .., len] = room;
                bytes.get(..usize::from(*len)).and_then(|part| core::str::from_utf8(part).ok()).unwrap_or_default()
            }
            Self::Shared(text) => text,
        }
    }
}

/// The words of no label: no text is as short as this.
pub(crate) const NO_WORDS: Words = [0; 3];
/// The words of every label that does not lie in place: no text in place is as long as this.
pub(crate) const LONG_WORDS: Words = [u64::MAX; 3];

/// The label in three words.
#[inline(always)]
pub(crate) fn words(label: Option<&Label>) -> Words {
    // Chosen by address, so that nothing waits for the kind of text to be known.
    let room = match label {
        Some(Label(Text::Inline(room))) => room,
        Some(Label(Text::Shared(_))) => &[u8::MAX; ROOM],
        None => &[0; ROOM],
    };
    let word = |at: usize| {
        let bytes = room.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    [word(0), word(8), word(ROOM - 8)]
}

impl PartialEq for Text {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Inline(x), Self::Inline(y)) => x == y,
            (Self::Shared(x), Self::Shared(y)) => x == y,
            _ => false,
        }
    }
}

impl Eq for Text {}

/// Reads a text through `FromStr`, so that every kind of id and constant refuses numbers alike.
pub(crate) fn deserialize_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct FromText<T>(PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for FromText<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(FromText(PhantomData)).map_err(D::Error::custom)
}

/// Why a text is no id or label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text is empty.
    #[error("an id or label may not be empty")]
    Empty,
    /// The text has the character U+0000, which many databases cannot keep.
    #[error("an id or label may not have the character U+0000")]
    Nul,
}

/// A text that was checked when it was compiled: what [`id!`](crate::id!) makes ids of.
#[derive(Clone, Copy, Debug)]
pub struct Literal(&'static str);

impl Literal {
    /// This text, which must be one of an id: not empty, and without U+0000.
    ///
    /// # Panics
    /// For any other text; in a constant that is an error of the compiler.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(!bytes.is_empty(), "an id or label may not be empty");
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            assert!(*first != 0, "an id or label may not have the character U+0000");
            rest = after;
        }
        Self(text)
    }
}

/// An id or label from a literal, checked when it is compiled; its type follows from where it is used. Texts from outside
/// are parsed (`FromStr`).
///
/// ```
/// use customer_pool::id;
/// use customer_pool::id::{CustomerId, Label};
/// let customer: CustomerId = id!("c1");
/// let unit: Label = id!("sales/east");
/// assert_eq!(customer.as_str(), "c1");
/// # assert_eq!(unit.as_str(), "sales/east");
/// ```
///
/// ```compile_fail
/// let nobody: customer_pool::id::RepId = customer_pool::id!("");
/// ```
#[macro_export]
macro_rules! id {
    ($text:literal) => {{
        const TEXT: $crate::id::Literal = $crate::id::Literal::new($text);
        ::core::convert::From::from(TEXT)
    }};
}

macro_rules! text_type {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Opaque to the engine and compared by bytes; never empty, and without U+0000.
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Text);

        impl $name {
            /// The id or label with this text.
            ///
            /// # Errors
            /// [`IdError::Empty`] for an empty text, [`IdError::Nul`] for one with U+0000.
            pub fn new(text: &str) -> Result<Self, IdError> {
                match text.as_bytes() {
                    [] => Err(IdError::Empty),
                    bytes if bytes.contains(&0) => Err(IdError::Nul),
                    _ => Ok(Self(Text::new(text))),
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<Literal> for $name {
            fn from(Literal(text): Literal) -> Self {
                Self(Text::new(text))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_str().as_bytes().cmp(other.as_str().as_bytes())
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_text(deserializer)
            }
        }

        #[cfg(feature = "schemars1")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "minLength": 1 })
            }
        }
    )*};
}

macro_rules! numeric_id {
    ($($name:ident),*) => {$(
        impl From<u64> for $name {
            /// The decimal digits of the number.
            fn from(number: u64) -> Self {
                Self(Text::new(&number.to_string()))
            }
        }

        impl From<i64> for $name {
            /// The decimal digits of the number, with its sign.
            fn from(number: i64) -> Self {
                Self(Text::new(&number.to_string()))
            }
        }

        #[cfg(feature = "uuid1")]
        impl From<uuid::Uuid> for $name {
            /// The hyphenated lower-case form.
            fn from(id: uuid::Uuid) -> Self {
                Self(Text::new(&id.to_string()))
            }
        }
    )*};
}

text_type! {
    /// Names a customer.
    CustomerId;
    /// Names a rep (销售).
    RepId;
    /// Names a pool (公海).
    PoolId;
    /// Names a calendar of a policy.
    CalendarId;
    /// Names a group of triggers of a policy.
    GroupId;
    /// Names a trigger of a policy.
    TriggerId;
    /// Names a warning stage of a trigger.
    StageId;
    /// Names a policy.
    PolicyId;
    /// Names a business document.
    DocumentId;
    /// Names a command: the idempotency key that whoever sends it made for it.
    CommandKey;
    /// A word of the host's vocabulary: a tier, a region, a tag, the key of a declared attribute.
    Label;
}

numeric_id!(CustomerId, RepId, PoolId, DocumentId, CommandKey);

impl Label {
    /// Whether the set has this label.
    #[inline(always)]
    pub(crate) fn is_one_of(&self, set: &[Self]) -> bool {
        for label in set {
            if label.0 == self.0 {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_on_both_sides_of_the_inline_limit_keep_every_byte() {
        for n in [1, 21, 22, 23, 40] {
            let text = "é".repeat(n);
            let id = CustomerId::new(&text).unwrap();
            assert_eq!(id.as_str(), text);
            assert_eq!(id, CustomerId::new(&text).unwrap());
            assert_ne!(id, CustomerId::new(&format!("{text}x")).unwrap());
            assert_ne!(id, CustomerId::new(&format!("{text}\u{1}")).unwrap());
            assert_eq!(CustomerId::new(&format!("{text}\0")), Err(IdError::Nul));
        }
        assert_eq!(CustomerId::new(""), Err(IdError::Empty));
    }

    #[test]
    fn ids_order_by_bytes() {
        let mut ids: Vec<_> = ["b", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Z"].map(|t| RepId::new(t).unwrap()).into();
        ids.sort();
        assert_eq!(
            ids.iter().map(RepId::as_str).collect::<Vec<_>>(),
            ["Z", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b"]
        );
    }

    #[test]
    fn numbers_convert_without_loss() {
        assert_eq!(CustomerId::from(u64::MAX), "18446744073709551615");
        assert_eq!(CustomerId::from(i64::MIN), "-9223372036854775808");
    }
}
