//! Audits: a history against its chain, and a state against its history.

use super::machine::Machine;
use super::run::Driver;
use crate::digest::Digest;
use crate::id::{CustomerId, RepId};
use crate::ledger::{BrokenLink, IllegalEvent, IllegalRepEvent, Verifier, Versioned, VersionedRep, evolve, evolve_rep};

/// How many events an audit reads at a time.
const PAGE: usize = 200;

/// What an audit of one history finds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audit {
    /// Every link holds, and the state is the fold of the events: number and link of the last one, a checkpoint.
    Whole {
        /// The number of the last event.
        number: u64,
        /// The link to it.
        head: Digest,
    },
    /// The history has no chain; the state is the fold of its events.
    Unchained {
        /// The number of the last event.
        number: u64,
    },
    /// There is no such customer or rep, and no event.
    Absent,
    /// The first broken link.
    Broken(BrokenLink),
    /// The first event that does not fit the state before it.
    Illegal(IllegalEvent),
    /// The same of a rep.
    IllegalRep(IllegalRepEvent),
    /// Every link holds, but the state that is kept is not what follows from the events.
    StateDiffers,
}

impl Driver<'_> {
    /// Reads a customer's whole history, and compares.
    pub fn audit<'a>(&'a self, id: &'a CustomerId) -> Machine<'a, Audit> {
        Machine::new("audit", move |desk| async move {
            let kept = desk.customer(id).await?;
            let mut verifier = Verifier::of_customer(id);
            let mut chained = true;
            let mut state: Option<Versioned> = None;
            loop {
                let from = state.as_ref().map_or(0, Versioned::version).saturating_add(1);
                let page = desk.events(id, from, PAGE).await?;
                for event in &page {
                    if state.is_none() {
                        chained = event.previous().is_some();
                    }
                    if chained {
                        if let Err(broken) = verifier.next(event) {
                            return Ok(Audit::Broken(broken));
                        }
                    }
                    match evolve(state.as_ref(), event) {
                        Ok(next) => state = Some(next),
                        Err(illegal) => return Ok(Audit::Illegal(illegal)),
                    }
                }
                if page.len() < PAGE {
                    break;
                }
            }
            Ok(match (state, kept) {
                (None, None) => Audit::Absent,
                (state, kept) if state != kept => Audit::StateDiffers,
                _ if chained => Audit::Whole { number: verifier.number(), head: verifier.head() },
                (state, _) => Audit::Unchained { number: state.as_ref().map_or(0, Versioned::version) },
            })
        })
    }

    /// Reads a rep's whole sequence, and compares.
    pub fn audit_rep<'a>(&'a self, id: &'a RepId) -> Machine<'a, Audit> {
        Machine::new("audit_rep", move |desk| async move {
            let kept = desk.rep(id).await?;
            let mut verifier = Verifier::of_rep(id);
            let mut chained = true;
            let mut state: Option<VersionedRep> = None;
            loop {
                let from = state.as_ref().map_or(0, VersionedRep::version).saturating_add(1);
                let page = desk.rep_events(id, from, PAGE).await?;
                for event in &page {
                    if state.is_none() {
                        chained = event.previous().is_some();
                    }
                    if chained {
                        if let Err(broken) = verifier.next_of_rep(event) {
                            return Ok(Audit::Broken(broken));
                        }
                    }
                    match evolve_rep(state.as_ref(), event) {
                        Ok(next) => state = Some(next),
                        Err(illegal) => return Ok(Audit::IllegalRep(illegal)),
                    }
                }
                if page.len() < PAGE {
                    break;
                }
            }
            Ok(match (state, kept) {
                (None, None) => Audit::Absent,
                (state, kept) if state != kept => Audit::StateDiffers,
                _ if chained => Audit::Whole { number: verifier.number(), head: verifier.head() },
                (state, _) => Audit::Unchained { number: state.as_ref().map_or(0, VersionedRep::version) },
            })
        })
    }
}
