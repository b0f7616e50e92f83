//! Owners: a dictionary of who they are and what the host knows of them.

use std::collections::BTreeMap;

use super::buffers::{Made, ValueBuffer};
use super::kinds::Coded;
use super::layout::Values;
use crate::id::RepId;
use crate::model::{OwnerFacts, Rep};

/// An owner in the dictionary of owners: who they are, and what the host knows of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    id: RepId,
    facts: OwnerFacts<Rep>,
}

impl Owner {
    /// An owner of whom no facts are given: with neither leave nor a calendar of their own.
    #[must_use]
    pub const fn not_given(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::NotGiven }
    }

    /// An owner who has no row among the reps: unknown, where the policy does not say that rows are optional.
    #[must_use]
    pub const fn absent(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::Absent }
    }

    /// An owner whose row was refused or cannot be read: unknown.
    #[must_use]
    pub const fn unknown(id: RepId) -> Self {
        Self { id, facts: OwnerFacts::Unknown }
    }

    /// An owner of whom this is known, as [`Policy::decide`](crate::Policy::decide) takes it; `None` is [`not_given`](Self::not_given).
    #[must_use]
    pub fn new(id: RepId, facts: impl Into<OwnerFacts<Rep>>) -> Self {
        Self { id, facts: facts.into() }
    }

    /// The owner's id.
    #[must_use]
    pub const fn id(&self) -> &RepId {
        &self.id
    }

    /// What the host knows of the owner.
    #[must_use]
    pub const fn facts(&self) -> OwnerFacts<&Rep> {
        self.facts.as_ref()
    }

    /// The rep, if their facts are known.
    #[must_use]
    pub const fn rep(&self) -> Option<&Rep> {
        match &self.facts {
            OwnerFacts::Known(rep) => Some(rep),
            _ => None,
        }
    }
}

impl From<Rep> for Owner {
    fn from(rep: Rep) -> Self {
        Self { id: rep.id().clone(), facts: OwnerFacts::Known(rep) }
    }
}

/// Codes of owners. One rep has as many words as there are different facts about them.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnerBuffer {
    codes: ValueBuffer<u32>,
    dictionary: Vec<Owner>,
    known: BTreeMap<RepId, Vec<u32>>,
}

impl OwnerBuffer {
    pub(super) fn push(&mut self, owner: Option<(&RepId, OwnerFacts<&Rep>)>) {
        let code = owner.map(|(id, facts)| self.code(id, facts));
        self.codes.push(code);
    }

    fn code(&mut self, id: &RepId, facts: OwnerFacts<&Rep>) -> u32 {
        let known = self.known.entry(id.clone()).or_default();
        let dictionary = &self.dictionary;
        let is_same = |code: &&u32| dictionary.get(**code as usize).is_some_and(|owner| owner.facts() == facts);
        if let Some(code) = known.iter().find(is_same) {
            return *code;
        }
        let code = u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX);
        known.push(code);
        self.dictionary.push(Owner::new(id.clone(), facts.map(Clone::clone)));
        code
    }
}

impl<'b> Made<'b> for Coded<'b, Owner> {
    type Buffer = OwnerBuffer;

    fn of(buffer: &'b OwnerBuffer) -> Self {
        Self::new(Values::of(&buffer.codes), &buffer.dictionary)
    }
}
