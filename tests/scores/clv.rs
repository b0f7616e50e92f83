//! Customer lifetime value against reference answers, naive formulas and simulated data.

mod bg_nbd;
mod data;
mod gamma_gamma;
mod goodness;
mod invariance;
mod limits;
mod naive;
mod nbd;
mod pareto_edges;
mod pareto_nbd;
mod range;
mod simulated;
mod summaries;
mod verdicts;
mod wire;
mod worth;
