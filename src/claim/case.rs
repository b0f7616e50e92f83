//! The question: who wants which customer, in which way, and what is known of both. What it shares with batches and moves.

use serde::{Deserialize, Serialize};

use crate::id::{Label, PoolId};
use crate::model::{Customer, Ledger, Rep, WayIn};
use crate::wire::names;

names! {
    serde

    /// How a rep would come to own a customer: what decides which checks run.
    Acquisition {
        /// The rep claims (领取) it from a pool.
        Claim = "claim",
        /// A manager assigns (分配) it from a pool.
        Assign = "assign",
        /// It is transferred (转移) from another owner.
        Transfer = "transfer",
        /// The rep creates it.
        Create = "create",
        /// It is imported with its owner.
        Import = "import",
        /// Its owner leaves (离职), and the rep is the heir.
        Departure = "departure",
        /// A reclaim is undone (恢复).
        Restore = "restore",
    }

    /// A check that a policy can add to a way in or remove from it. Where a customer is, whether it is closed, and
    /// that it must not be contacted are no such checks.
    Check {
        /// Whether the rep is a member of the pool, and the pool enabled. That the rep is active is always asked.
        Membership = "membership",
        /// Whether the customer is frozen.
        Frozen = "frozen",
        /// Quiet periods.
        QuietPeriod = "quiet_period",
        /// Cooldowns.
        Cooldown = "cooldown",
        /// Repeat limits.
        RepeatLimit = "repeat_limit",
        /// Qualifications.
        Qualification = "qualification",
        /// The minimum interval.
        MinimumInterval = "minimum_interval",
        /// Quotas that count the way in.
        Quota = "quota",
        /// Holding capacities.
        Capacity = "capacity",
        /// How the pool hands out.
        HandOut = "hand_out",
    }

    /// What a batch does when an item is refused.
    BatchMode {
        /// It takes all or none.
        AllOrNothing = "all_or_nothing",
        /// From the first item on that quota, capacity or an interval refuses it attempts nothing more.
        UpToRemaining = "up_to_remaining",
        /// It goes on with the next item.
        ItemByItem = "item_by_item",
    }
}

impl Acquisition {
    /// The way in that the ownership then has.
    #[must_use]
    pub const fn way_in(self) -> WayIn {
        match self {
            Self::Claim => WayIn::Claim,
            Self::Assign => WayIn::Assign,
            Self::Transfer | Self::Departure => WayIn::Transfer,
            Self::Create => WayIn::Create,
            Self::Import => WayIn::Import,
            Self::Restore => WayIn::Restore,
        }
    }
}

/// Which command is meant, where a pool hands out in several steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStep {
    /// No command, the question "may I claim?": it is answered for whichever command the pool wants next.
    #[default]
    Question,
    /// A plain claim.
    Claim,
    /// An ask: for a reservation, or in a lottery.
    Ask,
    /// The confirmation of a reservation.
    Confirm,
}

/// A manager's bypass for one command: the denials it removes. The event records those that would have denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bypass {
    /// Every denial of this check.
    Check(Check),
    /// The denials of the rule with this name: a quota, a capacity, a qualification, or any other rule about claims.
    Rule(Label),
}

/// A customer as it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadCustomer<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) version: Option<u64>,
    pub(crate) askers: &'a [(Rep, Vec<Ledger>)],
}

impl<'a> ReadCustomer<'a> {
    pub(crate) const fn new(customer: &'a Customer) -> Self {
        Self { customer, version: None, askers: &[] }
    }
}

/// The terms in which a customer is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) ledgers: &'a [Ledger],
    pub(crate) acquisition: Acquisition,
    pub(crate) step: ClaimStep,
    pub(crate) pool: Option<&'a PoolId>,
    pub(crate) bypasses: &'a [Bypass],
}

impl Terms<'_> {
    /// A claim. Nothing is known of ledgers yet.
    pub(crate) const fn new() -> Self {
        Self { ledgers: &[], acquisition: Acquisition::Claim, step: ClaimStep::Question, pool: None, bypasses: &[] }
    }
}

/// Builders and getters of what a public type holds inside: of its `read` customer, of its `terms`, and of the `way` in
/// among them.
macro_rules! holds {
    ($name:ident: $($part:ident),+) => {$( crate::claim::holds!(@ $part $name); )+};
    (@ read $name:ident) => {
        impl<'a> $name<'a> {
            /// With the version of the customer that was read.
            #[must_use]
            pub const fn with_customer_version(mut self, version: u64) -> Self {
                self.read.version = Some(version);
                self
            }

            /// With the reps who asked for the customer in its lottery, and their ledgers: the answer between a lottery's
            /// end and its draw depends on them.
            #[must_use]
            pub const fn with_askers(mut self, askers: &'a [(Rep, Vec<Ledger>)]) -> Self {
                self.read.askers = askers;
                self
            }

            /// The customer.
            #[must_use]
            pub const fn customer(&self) -> &'a Customer {
                self.read.customer
            }

            /// The version of the customer that was read.
            #[must_use]
            pub const fn customer_version(&self) -> Option<u64> {
                self.read.version
            }

            /// The reps who asked for the customer in its lottery, and their ledgers.
            #[must_use]
            pub const fn askers(&self) -> &'a [(Rep, Vec<Ledger>)] {
                self.read.askers
            }
        }
    };
    (@ terms $name:ident) => {
        impl<'a> $name<'a> {
            /// With the ledgers that are read, as they are now: [`Policy::ledgers_read`](crate::Policy::ledgers_read) lists
            /// them for a claim, [`ledgers_read_by_move`](crate::Policy::ledgers_read_by_move) for any command.
            #[must_use]
            pub const fn with_ledgers(mut self, ledgers: &'a [Ledger]) -> Self {
                self.terms.ledgers = ledgers;
                self
            }

            /// With the pool that the command names: the one a customer is claimed or assigned from, or the one it is
            /// released or taken back into.
            #[must_use]
            pub const fn with_pool(mut self, pool: &'a PoolId) -> Self {
                self.terms.pool = Some(pool);
                self
            }

            /// With these denials of claims removed.
            #[must_use]
            pub const fn with_bypasses(mut self, bypasses: &'a [Bypass]) -> Self {
                self.terms.bypasses = bypasses;
                self
            }

            /// The ledgers.
            #[must_use]
            pub const fn ledgers(&self) -> &'a [Ledger] {
                self.terms.ledgers
            }

            /// The pool that the command names.
            #[must_use]
            pub const fn pool(&self) -> Option<&'a PoolId> {
                self.terms.pool
            }

            /// The denials of claims that a manager removes.
            #[must_use]
            pub const fn bypasses(&self) -> &'a [Bypass] {
                self.terms.bypasses
            }
        }
    };
    (@ way $name:ident) => {
        impl $name<'_> {
            /// By this way in.
            #[must_use]
            pub const fn with_acquisition(mut self, acquisition: Acquisition) -> Self {
                self.terms.acquisition = acquisition;
                self
            }

            /// As this command.
            #[must_use]
            pub const fn with_step(mut self, step: ClaimStep) -> Self {
                self.terms.step = step;
                self
            }

            /// The way in.
            #[must_use]
            pub const fn acquisition(&self) -> Acquisition {
                self.terms.acquisition
            }

            /// The command.
            #[must_use]
            pub const fn step(&self) -> ClaimStep {
                self.terms.step
            }
        }
    };
}
pub(crate) use holds;

/// A question about one customer and one rep.
///
/// ```
/// use customer_pool::claim::{Acquisition, ClaimCase};
/// use customer_pool::model::{Customer, Rep};
/// use customer_pool::{at, id};
/// let customer = Customer::pooled(id!("c1"), id!("east"), at!("2026-03-02T07:00:00Z"));
/// let rep = Rep::new(id!("r1"));
/// let case = ClaimCase::new(&customer, &rep);
/// assert_eq!(case.acquisition(), Acquisition::Claim);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClaimCase<'a> {
    read: ReadCustomer<'a>,
    rep: &'a Rep,
    terms: Terms<'a>,
    pulled: bool,
}

holds!(ClaimCase: read, terms, way);

impl<'a> ClaimCase<'a> {
    /// May this rep claim this customer? Nothing is known of ledgers yet.
    #[must_use]
    pub const fn new(customer: &'a Customer, rep: &'a Rep) -> Self {
        Self::on_terms(ReadCustomer::new(customer), rep, Terms::new())
    }

    /// May this rep have this customer on these terms?
    pub(crate) const fn on_terms(read: ReadCustomer<'a>, rep: &'a Rep, terms: Terms<'a>) -> Self {
        Self { read, rep, terms, pulled: false }
    }

    /// For a customer that a pull found: the order of its blind pool named it, not the rep.
    #[must_use]
    pub const fn with_pull(mut self) -> Self {
        self.pulled = true;
        self
    }

    pub(super) const fn is_pulled(&self) -> bool {
        self.pulled
    }

    /// The rep.
    #[must_use]
    pub const fn rep(&self) -> &'a Rep {
        self.rep
    }
}
