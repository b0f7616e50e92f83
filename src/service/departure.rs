//! Departures: every customer of a rep who leaves finds an heir.

use core::ops::ControlFlow;

use super::attempt::Attempt;
use super::machine::Machine;
use super::run::{Driver, derived};
use crate::id::{CommandKey, CustomerId, RepId};
use crate::model::Actor;
use crate::plan::{Command, Intent, ItemOutcome, RepCommand, RepIntent};
use crate::time::Timestamp;

/// A rep leaves (离职交接): everything that the rep owns finds an heir.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    key: CommandKey,
    of: RepId,
    actor: Actor,
    successor: Option<RepId>,
    manager: Option<RepId>,
    after: Option<CustomerId>,
    over: bool,
}

impl Departure {
    /// The rep `of` leaves. Each customer's command has a key made of this one: a departure that was given up half-way is
    /// begun again with the same key.
    #[must_use]
    pub fn new(key: CommandKey, of: RepId, actor: Actor) -> Self {
        Self { key, of, actor, successor: None, manager: None, after: None, over: false }
    }

    /// With this successor, whom the policy may name as heir.
    #[must_use]
    pub fn with_successor(mut self, successor: RepId) -> Self {
        self.successor = Some(successor);
        self
    }

    /// With this manager; without, the one that the rep's facts name.
    #[must_use]
    pub fn with_manager(mut self, manager: RepId) -> Self {
        self.manager = Some(manager);
        self
    }

    /// Whether every customer has been looked at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }
}

/// Told of each customer's outcome; stops between two of them by [`ControlFlow::Break`].
pub type OnItem<'a> = &'a mut (dyn FnMut(&CustomerId, &Attempt<ItemOutcome>) -> ControlFlow<()> + Send);

impl Driver<'_> {
    /// One page of a departure: the rep is made inactive first, so that nothing more comes, and then at most `limit`
    /// customers find their heirs, each committed for itself. What is refused — a freeze — stays with the rep, and is told.
    pub fn depart_page<'a>(
        &'a self,
        departure: &'a mut Departure,
        limit: usize,
        now: Timestamp,
        on_item: OnItem<'a>,
    ) -> Machine<'a, ()> {
        Machine::new("depart", move |desk| async move {
            if departure.after.is_none() {
                let key = derived(&departure.key, "rep");
                let leaves = RepCommand::new(key, departure.of.clone(), departure.actor.clone(), RepIntent::Deactivate);
                if let Attempt::Stale(_) = self.rep(&desk, &leaves, now).await? {
                    return Ok(());
                }
            }
            let page = desk.owned_by(&departure.of, departure.after.as_ref(), limit.max(1)).await?;
            departure.over = page.len() < limit.max(1);
            for id in page {
                let intent = Intent::Depart {
                    of: departure.of.clone(),
                    successor: departure.successor.clone(),
                    manager: departure.manager.clone(),
                };
                let key = derived(&departure.key, id.as_str());
                let command = Command::new(key, id.clone(), departure.actor.clone(), intent);
                let attempt = self.attempt(&desk, &command, now).await?;
                let flow = on_item(&id, &attempt);
                departure.after = Some(id);
                if flow.is_break() {
                    departure.over = false;
                    break;
                }
            }
            Ok(())
        })
    }
}
