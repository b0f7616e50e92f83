//! Deciding again with what a decision read.

use super::facts::Facts;
use super::outcome::ItemOutcome;
use super::planner::Planner;
use super::planning::PlanError;
use super::record::DecisionRecord;
use crate::ledger::Event;
use crate::policy::Revisions;

impl DecisionRecord {
    /// Decides again with the recorded inputs: under the same revisions the same comes out, and the same events. Only
    /// that a note went with the command is not recorded.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where other revisions read what these did not.
    pub fn replay(&self, revisions: &Revisions) -> Result<(ItemOutcome, Vec<Event>), PlanError> {
        let mut facts = Facts::new().with_customer(self.command.customer().clone(), self.customer.clone());
        for (id, rep) in &self.reps {
            facts.learn_rep(id.clone(), rep.clone());
        }
        for (since, ledger) in &self.ledgers {
            facts.learn_ledger(ledger.clone(), *since);
        }
        let unchained = self.customer.as_ref().is_some_and(|customer| customer.link().is_none());
        let planner = if unchained { Planner::new(revisions).unchained() } else { Planner::new(revisions) };
        let mut planning = planner.begin(facts, self.now);
        let outcome = planning.add(&self.command)?;
        Ok((outcome, planning.events().cloned().collect()))
    }
}
