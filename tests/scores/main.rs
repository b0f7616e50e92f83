//! Scores: the statistical models, the tables, and what a policy makes of them.

mod clv;
mod life_cycle;
mod priority;
mod rfm;
mod scoring;
#[path = "../support/mod.rs"]
mod support;
mod tiers;
mod worth;
