//! Policies and facts as JSON: what is refused, where, and in which words.

mod json;
mod keys;
mod problems;
mod same;
#[cfg(feature = "schemars1")]
mod schema;
#[cfg(feature = "chrono-tz")]
mod small;

/// A policy that uses every key of the language.
const MAXIMAL: &str = include_str!("policy/maximal.json");
/// A policy that says what it must and nothing more.
const SMALL: &str = include_str!("policy/small.json");
/// A customer of whom everything is known.
const CUSTOMER: &str = include_str!("policy/customer.json");
/// One whose activities are folded, in a pool.
const FOLDED: &str = include_str!("policy/folded.json");
/// A rep of whom everything is known.
const REP: &str = include_str!("policy/rep.json");
/// A ledger in which there is everything that a ledger can have.
const LEDGER: &str = include_str!("policy/ledger.json");
