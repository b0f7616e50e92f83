//! RFM, segments, and what an order log comes to.

#[path = "rfm/data.rs"]
mod data;
#[path = "rfm/laws.rs"]
mod laws;
#[path = "rfm/orders.rs"]
mod orders;
#[path = "rfm/scores.rs"]
mod scores;
#[path = "rfm/segments.rs"]
mod segments;
