//! The question: who wants which customer, in which way, and what is known of both.

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
    customer: &'a Customer,
    customer_version: Option<u64>,
    rep: &'a Rep,
    ledgers: &'a [Ledger],
    acquisition: Acquisition,
    step: ClaimStep,
    pool: Option<&'a PoolId>,
    bypasses: &'a [Bypass],
    askers: &'a [(Rep, Vec<Ledger>)],
    pulled: bool,
}

impl<'a> ClaimCase<'a> {
    /// May this rep claim this customer? Nothing is known of ledgers yet.
    #[must_use]
    pub const fn new(customer: &'a Customer, rep: &'a Rep) -> Self {
        Self {
            customer,
            customer_version: None,
            rep,
            ledgers: &[],
            acquisition: Acquisition::Claim,
            step: ClaimStep::Question,
            pool: None,
            bypasses: &[],
            askers: &[],
            pulled: false,
        }
    }

    /// Of a customer that a pull found: the order of its blind pool named it, not the rep.
    #[must_use]
    pub const fn with_pull(mut self) -> Self {
        self.pulled = true;
        self
    }

    pub(super) const fn is_pulled(&self) -> bool {
        self.pulled
    }

    /// With the ledgers that the question reads: see [`Policy::ledgers_read`](crate::Policy::ledgers_read).
    #[must_use]
    pub const fn with_ledgers(mut self, ledgers: &'a [Ledger]) -> Self {
        self.ledgers = ledgers;
        self
    }

    /// By this way in.
    #[must_use]
    pub const fn with_acquisition(mut self, acquisition: Acquisition) -> Self {
        self.acquisition = acquisition;
        self
    }

    /// As this command.
    #[must_use]
    pub const fn with_step(mut self, step: ClaimStep) -> Self {
        self.step = step;
        self
    }

    /// From this pool, as the command says.
    #[must_use]
    pub const fn with_pool(mut self, pool: &'a PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// With these denials removed.
    #[must_use]
    pub const fn with_bypasses(mut self, bypasses: &'a [Bypass]) -> Self {
        self.bypasses = bypasses;
        self
    }

    /// With the reps who asked for the customer in its lottery, and their ledgers: the answer between a lottery's end
    /// and its draw depends on them.
    #[must_use]
    pub const fn with_askers(mut self, askers: &'a [(Rep, Vec<Ledger>)]) -> Self {
        self.askers = askers;
        self
    }

    /// With the version of the customer that was read.
    #[must_use]
    pub const fn with_customer_version(mut self, version: u64) -> Self {
        self.customer_version = Some(version);
        self
    }

    /// The customer.
    #[must_use]
    pub const fn customer(&self) -> &'a Customer {
        self.customer
    }

    /// The version of the customer that was read.
    #[must_use]
    pub const fn customer_version(&self) -> Option<u64> {
        self.customer_version
    }

    /// The rep.
    #[must_use]
    pub const fn rep(&self) -> &'a Rep {
        self.rep
    }

    /// The ledgers.
    #[must_use]
    pub const fn ledgers(&self) -> &'a [Ledger] {
        self.ledgers
    }

    /// The way in.
    #[must_use]
    pub const fn acquisition(&self) -> Acquisition {
        self.acquisition
    }

    /// The command.
    #[must_use]
    pub const fn step(&self) -> ClaimStep {
        self.step
    }

    /// The pool that the command names.
    #[must_use]
    pub const fn pool(&self) -> Option<&'a PoolId> {
        self.pool
    }

    /// What a manager lets pass.
    #[must_use]
    pub const fn bypasses(&self) -> &'a [Bypass] {
        self.bypasses
    }

    /// The askers of a lottery, and their ledgers.
    #[must_use]
    pub const fn askers(&self) -> &'a [(Rep, Vec<Ledger>)] {
        self.askers
    }
}
