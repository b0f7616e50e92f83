//! Folded activities as columns.

use super::buffers::{FlagBuffer, InstantBuffer, ListBuffer, Made};
use super::error::{ColumnError, ColumnProblem};
use super::kinds::{Flags, Instants};
use super::layout::Column;
use super::lists::Lists;
use super::parts::{Unjudged, UnjudgedBuffer};
use crate::model::{Activities, Customer, Folded, Ownership, Rep};
use crate::policy::Policy;
use crate::reclaim::{Folder, owner_calendar};

/// Folded activities: for each of the policy's [slots](Policy::activity_slots) the latest that counts.
#[derive(Clone, Debug)]
pub struct FoldedColumns<'a> {
    /// Names the rules under which they were folded.
    pub(super) digest: u64,
    pub(super) wanted: usize,
    pub(super) slots: Vec<Instants<'a>>,
    pub(super) unjudged: Option<Lists<'a, Unjudged<'a>>>,
    pub(super) elsewhere: Option<Flags<'a>>,
}

impl<'a> FoldedColumns<'a> {
    /// Folded under this policy's rules, with one column for each of its slots, in their order. A row without a value
    /// knows of no such activity.
    #[must_use]
    pub fn new(policy: &Policy, slots: impl IntoIterator<Item = Instants<'a>>) -> Self {
        let fold = &policy.rules().fold;
        let slots = slots.into_iter().collect();
        Self { digest: fold.digest, wanted: fold.slots.len(), slots, unjudged: None, elsewhere: None }
    }

    /// With the activities that cannot be judged.
    #[must_use]
    pub fn with_unjudged(mut self, unjudged: Lists<'a, Unjudged<'a>>) -> Self {
        self.unjudged = Some(unjudged);
        self
    }

    /// Where a bit is set, the row was folded under other rules or for another ownership, and is *undetermined*
    /// (`facts.folded_elsewhere`).
    #[must_use]
    pub fn with_elsewhere(mut self, elsewhere: Flags<'a>) -> Self {
        self.elsewhere = Some(elsewhere);
        self
    }

    pub(super) fn check(&self, rows: usize) -> Result<(), ColumnError> {
        if self.slots.len() != self.wanted {
            let problem = ColumnProblem::Length { expected: self.wanted, found: self.slots.len() };
            return Err(ColumnError::new("folded", None, problem));
        }
        for (i, slot) in self.slots.iter().enumerate() {
            slot.check_as(&format!("folded.{i}"), rows)?;
        }
        if let Some(unjudged) = &self.unjudged {
            unjudged.check_as("folded.unjudged", rows)?;
            for row in 0..rows {
                for child in unjudged.range(row) {
                    let (slot, at) = (unjudged.children().slot.get(child), unjudged.children().at.get(child));
                    let problem = match slot {
                        Some(slot) if usize::from(slot) >= self.wanted => ColumnProblem::Slot(slot),
                        Some(_) if at.is_some() => continue,
                        _ => ColumnProblem::Null,
                    };
                    return Err(ColumnError::new("folded.unjudged", Some(row), problem));
                }
            }
        }
        self.elsewhere.map_or(Ok(()), |elsewhere| elsewhere.check_as("folded.elsewhere", rows))
    }

    /// What was folded of a row that is owned like this.
    pub(super) fn of_row(&self, row: usize, ownership: &Ownership) -> Folded {
        let elsewhere = self.elsewhere.and_then(|column| column.get(row)) == Some(true);
        // Any other number says that the rules were others.
        let digest = if elsewhere { !self.digest } else { self.digest };
        let mut folded = Folded::empty(digest, ownership.clock_start(), self.slots.len());
        for (slot, column) in folded.slots_mut().iter_mut().zip(&self.slots) {
            *slot = column.get(row);
        }
        folded.set_unjudged(self.unjudged.and_then(|lists| lists.read(row)).unwrap_or_default());
        folded
    }
}

/// Folded activities in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct FoldedBuffers {
    digest: u64,
    slots: Vec<InstantBuffer>,
    unjudged: ListBuffer<UnjudgedBuffer<'static>>,
    elsewhere: FlagBuffer,
}

impl FoldedBuffers {
    /// For the slots of this policy.
    pub(super) fn new(policy: &Policy) -> Self {
        let fold = &policy.rules().fold;
        Self { digest: fold.digest, slots: vec![InstantBuffer::default(); fold.slots.len()], ..Self::default() }
    }

    /// Adds a customer; single activities are folded under the policy.
    pub(super) fn push(&mut self, policy: &Policy, customer: &Customer, owner: Option<&Rep>) {
        let rules = policy.rules();
        let made;
        let clock_start = customer.ownership().and_then(Ownership::clock_start);
        let folded = match (customer.activities(), customer.ownership().zip(clock_start)) {
            (_, None) => None,
            (Activities::Folded(folded), _) => Some(folded),
            (Activities::Listed(list), Some((ownership, clock_start))) => {
                let mut folded = Folded::empty(rules.fold.digest, Some(clock_start), self.slots.len());
                // Without a calendar there is no decision, whatever was done.
                if let Ok(calendar) = owner_calendar(rules, owner) {
                    Folder::new(rules, customer, ownership, clock_start, calendar).record(&mut folded, list);
                }
                made = folded;
                Some(&made)
            }
        };
        let here = |folded: &&Folded| folded.rules() == rules.fold.digest && folded.clock_start() == clock_start;
        self.elsewhere.push(folded.map(|folded| !here(&folded)).filter(|elsewhere| *elsewhere));
        let folded = folded.filter(here);
        for (i, slot) in self.slots.iter_mut().enumerate() {
            slot.push(folded.and_then(|folded| folded.slots().get(i).copied().flatten()));
        }
        self.unjudged.push(folded.map(Folded::unjudged).unwrap_or_default());
    }

    /// The columns as they are so far.
    pub(super) fn columns(&self) -> FoldedColumns<'_> {
        FoldedColumns {
            digest: self.digest,
            wanted: self.slots.len(),
            slots: self.slots.iter().map(Made::of).collect(),
            unjudged: Made::any(&self.unjudged),
            elsewhere: Made::any(&self.elsewhere),
        }
    }
}
