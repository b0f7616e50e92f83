//! Customer lifetime value against reference answers, naive formulas and simulated data.

#[path = "clv/bg_nbd.rs"]
mod bg_nbd;
#[path = "clv/data.rs"]
mod data;
#[path = "clv/gamma_gamma.rs"]
mod gamma_gamma;
#[path = "clv/goodness.rs"]
mod goodness;
#[path = "clv/invariance.rs"]
mod invariance;
#[path = "clv/limits.rs"]
mod limits;
#[path = "clv/naive.rs"]
mod naive;
#[path = "clv/nbd.rs"]
mod nbd;
#[path = "clv/pareto_edges.rs"]
mod pareto_edges;
#[path = "clv/pareto_nbd.rs"]
mod pareto_nbd;
#[path = "clv/range.rs"]
mod range;
#[path = "clv/simulated.rs"]
mod simulated;
#[path = "clv/summaries.rs"]
mod summaries;
#[path = "columns/support.rs"]
mod support;
#[path = "clv/verdicts.rs"]
mod verdicts;
#[path = "clv/wire.rs"]
mod wire;
#[path = "clv/worth.rs"]
mod worth;
