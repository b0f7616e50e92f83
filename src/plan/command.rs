//! Commands as they are sent: what is wanted, by whom, under which key.

use serde::{Deserialize, Serialize};

use crate::claim::Bypass;
use crate::digest::{CanonicalError, Digest};
use crate::id::{CommandKey, CustomerId, Label, PoolId, RepId};
use crate::model::{Actor, Customer};
use crate::moves::{Exception, Intent, Landing};
use crate::wire::getters;

/// A note (备注): free text, which lies in a side record that can be erased. The event names it by its salted digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    salt: String,
    text: String,
}

impl Note {
    /// This text, with a salt that nobody can guess: sixteen random bytes in any spelling, say.
    #[must_use]
    pub fn new(salt: impl Into<String>, text: impl Into<String>) -> Self {
        Self { salt: salt.into(), text: text.into() }
    }

    /// The digest under which events name it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::salted(self.salt.as_bytes(), &self.text)
    }

    getters! {
        /// The salt.
        salt: &str,
        /// The text.
        text: &str,
    }
}

/// A command about one customer, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    pub(super) key: CommandKey,
    pub(super) customer: CustomerId,
    pub(super) actor: Actor,
    pub(super) intent: Intent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pool: Option<PoolId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<Note>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) bypasses: Vec<Bypass>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) exceptions: Vec<Exception>,
}

/// Commands of a rep about a customer: the rep is named once, as the one who sends the command and as the one whom it is
/// for.
macro_rules! by_rep {
    ($($(#[doc = $doc:literal])* $name:ident $intent:ident;)*) => {
        impl Command {$(
            $(#[doc = $doc])*
            #[must_use]
            pub fn $name(key: CommandKey, customer: CustomerId, rep: RepId) -> Self {
                Self::new(key, customer, Actor::Rep(rep.clone()), Intent::$intent { by: rep })
            }
        )*}
    };
}

by_rep! {
    /// The rep claims the customer.
    claim Claim;
    /// The rep asks for the customer: to have it reserved, or in its lottery.
    ask Ask;
    /// The rep confirms the reservation of the customer.
    confirm Confirm;
    /// The rep gives up the reservation of the customer.
    withdraw Withdraw;
    /// The rep, who owns the customer, releases it.
    release Release;
    /// The rep undoes the claim of the customer.
    undo_claim UndoClaim;
}

impl Command {
    /// The host creates this customer in a pool, for an owner, or where routing says.
    #[must_use]
    pub fn create(key: CommandKey, customer: Customer, into: Landing) -> Self {
        let id = customer.id().clone();
        Self::new(key, id, Actor::System, Intent::Create { customer: Box::new(customer), into })
    }

    /// This intent about this customer, by this actor. The key is whoever's who sends it, made once for the command and
    /// sent again with each try: a second commit under it gives back the first outcome.
    #[must_use]
    pub fn new(key: CommandKey, customer: CustomerId, actor: Actor, intent: Intent) -> Self {
        let (bypasses, exceptions) = (Vec::new(), Vec::new());
        Self { key, customer, actor, intent, pool: None, reason: None, note: None, bypasses, exceptions }
    }

    /// Naming this pool: out of which a customer is claimed or assigned, or into which it is released or taken back.
    #[must_use]
    pub fn with_pool(mut self, pool: PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// For this reason.
    #[must_use]
    pub fn with_reason(mut self, reason: Label) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With this note.
    #[must_use]
    pub fn with_note(mut self, note: Note) -> Self {
        self.note = Some(note);
        self
    }

    /// With these denials of claims removed.
    #[must_use]
    pub fn with_bypasses(mut self, bypasses: impl IntoIterator<Item = Bypass>) -> Self {
        self.bypasses = bypasses.into_iter().collect();
        self
    }

    /// With these named exceptions.
    #[must_use]
    pub fn with_exceptions(mut self, exceptions: impl IntoIterator<Item = Exception>) -> Self {
        self.exceptions = exceptions.into_iter().collect();
        self
    }

    getters! {
        /// Its idempotency key.
        key: &CommandKey,
        /// About which customer.
        customer: &CustomerId,
        /// By whom.
        actor: &Actor,
        /// What is wanted.
        intent: &Intent,
    }

    /// The digest of its content: everything but `now`, the note by its digest.
    ///
    /// # Errors
    /// [`CanonicalError`], which no command of this crate's types gives.
    pub fn content(&self) -> Result<Digest, CanonicalError> {
        let bare = Self { note: None, ..self.clone() };
        Digest::of(&(&bare, self.note.as_ref().map(Note::digest)))
    }
}
