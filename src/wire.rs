//! What the wire forms of facts and policies share.

use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeMap;

use serde::de::{Error as _, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a map and refuses a key that stands in it twice: `serde_json` would silently keep the last.
pub(crate) fn unique_map<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    struct UniqueMap<K, V>(PhantomData<(K, V)>);
    impl<'de, K: Deserialize<'de> + Ord + fmt::Display, V: Deserialize<'de>> Visitor<'de> for UniqueMap<K, V> {
        type Value = BTreeMap<K, V>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(key) = access.next_key::<Key<K>>()? {
                let Key(key) = key;
                if map.contains_key(&key) {
                    return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
                }
                let value = access.next_value()?;
                map.insert(key, value);
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(UniqueMap(PhantomData))
}

/// A key that is read as a text, so that an error names it: a derived reader of an enumeration asks for a variant, of
/// which nobody keeps the name.
struct Key<K>(K);

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Key<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<K>(PhantomData<K>);
        impl<'de, K: Deserialize<'de>> Visitor<'de> for Text<K> {
            type Value = Key<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                K::deserialize(text.into_deserializer()).map(Key)
            }
        }
        deserializer.deserialize_str(Text(PhantomData))
    }
}

/// For `skip_serializing_if`: a default is left out, so that printing a parsed document adds nothing.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads an optional part of a policy that is given: `null` is not the same as leaving the key out.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a struct from an object only: a derived reader takes a list of its values, in order, as well.
pub(crate) struct ObjectOnly<D>(pub(crate) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A part of a policy document: private fields, a constructor for what must be given, `with_*` for the rest, getters,
/// and a wire form that refuses unknown and duplicate keys and leaves out what was not given.
macro_rules! document {
    (
        $(#[$doc:meta])* $name:ident
        required { $($(#[$rdoc:meta])* $r:ident: $rt:ty),* $(,)? }
        optional { $($(#[$odoc:meta])* $o:ident, $with_o:ident: $ot:ty),* $(,)? }
        lists { $($(#[$ldoc:meta])* $l:ident, $with_l:ident: $lt:ty),* $(,)? }
        maps { $($(#[$mdoc:meta])* $m:ident, $with_m:ident: $mk:ty => $mv:ty),* $(,)? }
        flags { $($(#[$fdoc:meta])* $f:ident, $with_f:ident),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$rdoc])* $r: $rt,)*
            $(
                $(#[$odoc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $o: Option<$ot>,
            )*
            $($(#[$ldoc])* #[serde(default, skip_serializing_if = "Vec::is_empty")] $l: Vec<$lt>,)*
            $($(#[$mdoc])* #[serde(
                default, skip_serializing_if = "std::collections::BTreeMap::is_empty",
                deserialize_with = "crate::wire::unique_map"
            )] $m: std::collections::BTreeMap<$mk, $mv>,)*
            $($(#[$fdoc])* #[serde(default, skip_serializing_if = "crate::wire::is_default")] $f: bool,)*
        }

        const _: () = {
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields, expecting = "an object")]
            struct Wire {
                $($r: $rt,)*
                $(#[serde(default, deserialize_with = "crate::wire::present")] $o: Option<$ot>,)*
                $(#[serde(default)] $l: Vec<$lt>,)*
                $(#[serde(default, deserialize_with = "crate::wire::unique_map")]
                $m: std::collections::BTreeMap<$mk, $mv>,)*
                $(#[serde(default)] $f: bool,)*
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let Wire { $($r,)* $($o,)* $($l,)* $($m,)* $($f,)* } =
                        Wire::deserialize(crate::wire::ObjectOnly(deserializer))?;
                    Ok(Self { $($r,)* $($o,)* $($l,)* $($m,)* $($f,)* })
                }
            }
        };

        impl $name {
            /// Only what must be given.
            #[must_use]
            pub fn new($($r: $rt),*) -> Self {
                Self {
                    $($r,)* $($o: None,)* $($l: Vec::new(),)* $($m: std::collections::BTreeMap::new(),)* $($f: false,)*
                }
            }

            $($(#[$rdoc])* #[must_use] pub fn $r(&self) -> &$rt { &self.$r })*
            $(
                $(#[$odoc])* #[must_use] pub fn $o(&self) -> Option<&$ot> { self.$o.as_ref() }
                #[doc = concat!("The same with this `", stringify!($o), "`.")]
                #[must_use] pub fn $with_o(mut self, value: $ot) -> Self { self.$o = Some(value); self }
            )*
            $(
                $(#[$ldoc])* #[must_use] pub fn $l(&self) -> &[$lt] { &self.$l }
                #[doc = concat!("The same with these `", stringify!($l), "` added.")]
                #[must_use] pub fn $with_l(mut self, values: impl IntoIterator<Item = $lt>) -> Self {
                    self.$l.extend(values);
                    self
                }
            )*
            $(
                $(#[$mdoc])* #[must_use] pub fn $m(&self) -> &std::collections::BTreeMap<$mk, $mv> { &self.$m }
                #[doc = concat!("The same with one more of `", stringify!($m), "`.")]
                #[must_use] pub fn $with_m(mut self, key: $mk, value: $mv) -> Self {
                    self.$m.insert(key, value);
                    self
                }
            )*
            $(
                $(#[$fdoc])* #[must_use] pub fn $f(&self) -> bool { self.$f }
                #[doc = concat!("The same with `", stringify!($f), "`.")]
                #[must_use] pub fn $with_f(mut self) -> Self { self.$f = true; self }
            )*
        }
    };
}
pub(crate) use document;

/// Closed lists of names: an enum with every member in `ALL`, its name as text, and the way back. After `serde`, the name is
/// also its wire form, and JSON Schema lists the names.
macro_rules! names {
    (serde $($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant,)*
        }
        crate::wire::names!(@ $name { $($variant = $text),* });
    )*};
    (@ $name:ident { $($variant:ident = $text:literal),* }) => {
        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as the wire has it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The member with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
        }
        crate::wire::names!(@ $name { $($variant = $text),* });
    )*};
}
pub(crate) use names;

/// A closed list of codes that carry their numbers: an enum with every code in `CODES`, what it means in `MEANINGS`, and
/// its `Class`, a name that the caller has in scope. In brackets after its name, a variant that passes on the codes of
/// another list.
macro_rules! codes {
    (
        $(#[$meta:meta])* $name:ident $({ $(#[$ometa:meta])* $other:ident($inner:ty) })?;
        $(
            $(#[doc = $doc:literal])* $variant:ident = $text:literal, $class:ident
            $({ $($(#[doc = $fdoc:literal])* $field:ident: $type:ty),* $(,)? })?;
        )*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $doc])* #[doc = ""] #[doc = concat!("`", $text, "`")] #[serde(rename = $text)]
            $variant $({ $($(#[doc = $fdoc])* $field: $type),* })?,)*
            $($(#[$ometa])* $other($inner),)?
        }

        impl $name {
            /// Every code of its own, in order.
            pub const CODES: &'static [&'static str] = &[$($text),*];

            /// What each code means, in one sentence, in the same order.
            pub const MEANINGS: &'static [&'static str] = &[$(concat!($($doc),*).trim_ascii(),)*];

            /// The class of each code, in the same order.
            pub const CLASSES: &'static [Class] = &[$(Class::$class,)*];

            /// The stable code.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant $({ $($field: _),* })? => $text,)*
                    $(Self::$other(inner) => inner.code(),)?
                }
            }

            /// What kind of "no" it is.
            #[must_use]
            pub const fn class(&self) -> Class {
                match self {
                    $(Self::$variant $({ $($field: _),* })? => Class::$class,)*
                    $(Self::$other(inner) => inner.class(),)?
                }
            }
        }
    };
}
pub(crate) use codes;

/// Getters of private fields, each a line of documentation and its type. `&T` gives a reference to the field, `Option<&T>` one to
/// what is in it, and any other type a copy. `const` stands before a reference that a constant may ask for.
macro_rules! getters {
    () => {};
    ($(#[$meta:meta])* $field:ident: Option<&$type:ty>, $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub const fn $field(&self) -> Option<&$type> { self.$field.as_ref() }
        crate::wire::getters! { $($rest)* }
    };
    ($(#[$meta:meta])* $field:ident: &$type:ty, $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $field(&self) -> &$type { &self.$field }
        crate::wire::getters! { $($rest)* }
    };
    ($(#[$meta:meta])* const $field:ident: &$type:ty, $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub const fn $field(&self) -> &$type { &self.$field }
        crate::wire::getters! { $($rest)* }
    };
    ($(#[$meta:meta])* $field:ident: $type:ty, $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub const fn $field(&self) -> $type { self.$field }
        crate::wire::getters! { $($rest)* }
    };
}
pub(crate) use getters;
