//! What is read: documents, messages, pages, and the sources themselves.

mod circles;
mod docs;
mod layers;
mod map;
mod messages;
mod policy;
mod ready_policies;
#[path = "../support/mod.rs"]
mod support;
