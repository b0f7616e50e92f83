//! Ten thousand random worlds: the engine against the specification read aloud, and the laws it promises.
#![cfg(feature = "chrono-tz")]

mod equality;
mod laws;
mod promises;
mod support;
