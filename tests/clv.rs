//! Customer lifetime value against reference answers, naive formulas and simulated data.

#[path = "clv/bg_nbd.rs"]
mod bg_nbd;
#[path = "clv/data.rs"]
mod data;
#[path = "clv/nbd.rs"]
mod nbd;
#[path = "clv/summaries.rs"]
mod summaries;
