//! RFM, segments, and what an order log comes to.

mod data;
mod laws;
mod orders;
mod scores;
mod segments;
