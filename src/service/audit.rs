//! Audits: a history against its chain, and a state against its history.

use super::machine::Machine;
use super::run::Driver;
use crate::digest::Digest;
use crate::id::{CustomerId, RepId};
use crate::ledger::{
    BrokenLink, Event, IllegalEvent, IllegalRepEvent, RepEvent, Verifier, Versioned, VersionedRep, evolve, evolve_rep,
};

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

/// What customers and reps have alike: a state that follows from a sequence of linked events.
trait Audited: Sized + PartialEq {
    type Event;

    fn version(&self) -> u64;
    fn is_linked(event: &Self::Event) -> bool;
    fn link(verifier: &mut Verifier, event: &Self::Event) -> Result<(), BrokenLink>;
    fn after(state: Option<&Self>, event: &Self::Event) -> Result<Self, Audit>;
}

macro_rules! audited {
    ($state:ty, $event:ty, $next:ident, $evolve:ident, $illegal:ident) => {
        impl Audited for $state {
            type Event = $event;

            fn version(&self) -> u64 {
                Self::version(self)
            }
            fn is_linked(event: &$event) -> bool {
                event.previous().is_some()
            }
            fn link(verifier: &mut Verifier, event: &$event) -> Result<(), BrokenLink> {
                verifier.$next(event)
            }
            fn after(state: Option<&Self>, event: &$event) -> Result<Self, Audit> {
                $evolve(state, event).map_err(Audit::$illegal)
            }
        }
    };
}

audited!(Versioned, Event, next, evolve, Illegal);
audited!(VersionedRep, RepEvent, next_of_rep, evolve_rep, IllegalRep);

/// A history that is being read.
struct Walk<S> {
    verifier: Verifier,
    chained: bool,
    state: Option<S>,
}

impl<S: Audited> Walk<S> {
    fn new(verifier: Verifier) -> Self {
        Self { verifier, chained: true, state: None }
    }

    /// The number of the next event.
    fn next(&self) -> u64 {
        self.state.as_ref().map_or(0, S::version).saturating_add(1)
    }

    /// Reads on; what is wrong, if anything is.
    fn read(&mut self, page: &[S::Event]) -> Result<(), Audit> {
        for event in page {
            if self.state.is_none() {
                self.chained = S::is_linked(event);
            }
            if self.chained {
                S::link(&mut self.verifier, event).map_err(Audit::Broken)?;
            }
            self.state = Some(S::after(self.state.as_ref(), event)?);
        }
        Ok(())
    }

    /// What is found at the end, where this is kept.
    fn end(self, kept: Option<S>) -> Audit {
        match (self.state, kept) {
            (None, None) => Audit::Absent,
            (state, kept) if state != kept => Audit::StateDiffers,
            _ if self.chained => Audit::Whole { number: self.verifier.number(), head: self.verifier.head() },
            (state, _) => Audit::Unchained { number: state.as_ref().map_or(0, S::version) },
        }
    }
}

macro_rules! audits {
    ($($(#[doc = $doc:literal])* $audit:ident($id:ty), $kept:ident, $events:ident, $begin:ident;)*) => {
        impl Driver<'_> {$(
            $(#[doc = $doc])*
            pub fn $audit<'a>(&'a self, id: &'a $id) -> Machine<'a, Audit> {
                Machine::new(stringify!($audit), move |desk| async move {
                    let kept = desk.$kept(id).await?;
                    let mut walk = Walk::new(Verifier::$begin(id));
                    loop {
                        let page = desk.$events(id, walk.next(), PAGE).await?;
                        match walk.read(&page) {
                            Err(found) => return Ok(found),
                            Ok(()) if page.len() < PAGE => return Ok(walk.end(kept)),
                            Ok(()) => {}
                        }
                    }
                })
            }
        )*}
    };
}

audits! {
    /// Reads a customer's whole history, and compares.
    audit(CustomerId), customer, events, of_customer;
    /// Reads a rep's whole sequence, and compares.
    audit_rep(RepId), rep, rep_events, of_rep;
}
