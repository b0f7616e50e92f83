//! Claims, as a policy answers them.

use super::Policy;
use crate::claim::{self, Acquisition, BatchDecision, ClaimBatch, ClaimCase, Draw, PullDecision};
use crate::decision::{ClaimDecision, ClaimExplanation};
use crate::id::PoolId;
use crate::model::{Customer, Holding, Ledger, LedgerScope, Rep};
use crate::time::Timestamp;

impl Policy {
    /// May this rep have this customer, and if not, why not and until when?
    ///
    /// The answer reads nothing but its arguments. A denial that is certain decides, whatever is unknown; with none, one
    /// thing unknown makes the answer *undetermined*. [The module](crate::claim) has an example.
    #[must_use]
    pub fn claim(&self, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        claim::decide(self.claim_rules(), case, now, &mut ())
    }

    /// The same answer by the same evaluator, with everything it looked at, also what passed.
    ///
    /// ```
    /// # use customer_pool::{Policy, claim::ClaimCase, model::{Customer, Place, PoolStay, Rep}};
    /// use customer_pool::decision::ClaimFinding;
    /// use customer_pool::{at, id};
    /// # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
    /// # let stay = PoolStay::new(id!("east"), at!("2026-01-01T00:00:00Z"));
    /// # let (customer, rep) = (Customer::new(id!("c1"), Place::Pool(stay)), Rep::new(id!("li")));
    /// let explanation = policy.explain_claim(&ClaimCase::new(&customer, &rep), at!("2026-03-02T07:00:00Z"));
    /// assert!(matches!(explanation.findings()[0], ClaimFinding::Place { member: Some(false), .. }));
    /// assert_eq!(explanation.decision().denials()[0].code(), "pool.not_member");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain_claim(&self, case: &ClaimCase<'_>, now: Timestamp) -> ClaimExplanation {
        let mut findings = Vec::new();
        let decision = claim::decide(self.claim_rules(), case, now, &mut findings);
        ClaimExplanation { decision, now, findings }
    }

    /// Answers a command about several customers of one rep: each is judged against what the earlier ones took of
    /// quotas, capacity, minimum interval and reservations. A customer that an earlier item took is already the rep's.
    ///
    /// ```
    /// # use customer_pool::{Policy, model::{Customer, Place, PoolStay, Rep}};
    /// use customer_pool::claim::{BatchItem, BatchMode, BatchResult, ClaimBatch};
    /// use customer_pool::{at, id};
    /// # let text = std::fs::read_to_string("docs/first-policy.json")?;
    /// # let policy = Policy::from_json(&text.replace(r#"{ "id": "east" }"#, r#"{"id": "east", "members": ["everybody"]}"#))?;
    /// # let pooled = |id: &str| -> Result<_, Box<dyn std::error::Error>> {
    /// #     let stay = PoolStay::new(id!("east"), at!("2026-01-01T00:00:00Z"));
    /// #     Ok(Customer::new(id.parse()?, Place::Pool(stay)))
    /// # };
    /// # let rep = Rep::new(id!("li"));
    /// let customers = [pooled("c1")?, pooled("c2")?, pooled("c1")?];
    /// let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    /// let batch = ClaimBatch::new(&rep, &items, BatchMode::AllOrNothing);
    /// let answer = policy.claim_batch(&batch, at!("2026-03-02T07:00:00Z"));
    /// assert_eq!((answer.results().len(), answer.taken()), (3, 2)); // c1 is already his the second time
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn claim_batch(&self, batch: &ClaimBatch<'_>, now: Timestamp) -> BatchDecision {
        claim::decide_batch(self.claim_rules(), batch, now)
    }

    /// Takes the first of these customers that lies in this pool and that the rep may have: what a blind pool hands
    /// out. Give them in rank order, [`Customer::cmp_in_pool`], as an index on the rank key does: no more of them are
    /// looked at than it takes.
    ///
    /// In a pool that is not blind a pull is a plain claim of the first customer that can be had by one.
    ///
    /// ```
    /// # use customer_pool::{Policy, model::{Customer, Place, PoolStay, Rep}};
    /// use customer_pool::claim::PullDecision;
    /// use customer_pool::{at, id};
    /// # let text = std::fs::read_to_string("docs/first-policy.json")?;
    /// # let blind = r#"{"id": "east", "members": ["everybody"], "hand_out": "blind"}"#;
    /// # let policy = Policy::from_json(&text.replace(r#"{ "id": "east" }"#, blind))?;
    /// # let stay = PoolStay::new(id!("east"), at!("2026-01-01T00:00:00Z"));
    /// # let ranked = [Customer::new(id!("c1"), Place::Pool(stay))];
    /// # let (rep, pool) = (Rep::new(id!("li")), id!("east"));
    /// match policy.pull(&rep, &[], &pool, &ranked, at!("2026-03-02T07:00:00Z")) {
    ///     PullDecision::Takes { customer, .. } => assert_eq!(customer.id().as_str(), "c1"),
    ///     PullDecision::Nothing => unreachable!("nothing keeps Li from it"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pull<'c>(
        &self,
        rep: &Rep,
        ledgers: &[Ledger],
        pool: &PoolId,
        customers: impl IntoIterator<Item = &'c Customer>,
        now: Timestamp,
    ) -> PullDecision<'c> {
        claim::pull(self.claim_rules(), rep, ledgers, pool, customers, now)
    }

    /// Draws the lottery of a customer: the rep who may claim it with the first command at or after the lottery's end.
    ///
    /// `askers` tells of everybody who asked, and of their ledgers. [`lottery_key`](crate::claim::lottery_key) orders
    /// them; the first who passes the checks 1 to 10 at `now` is drawn.
    ///
    /// ```
    /// # use customer_pool::{Policy, model::{Ask, Customer, Place, PoolStay, Rep}};
    /// use customer_pool::claim::Draw;
    /// use customer_pool::{at, id};
    /// # let text = std::fs::read_to_string("docs/first-policy.json")?;
    /// # let lottery = r#"{"id": "east", "members": ["everybody"], "hand_out": {"lottery": {"days": 1}}}"#;
    /// # let text = text.replace(r#"{ "id": "east" }"#, lottery).replacen('{', r#"{"claims": {"lottery_seed": "s"},"#, 1);
    /// # let policy = Policy::from_json(&text)?;
    /// # let at = at!("2026-03-01T02:00:00Z");
    /// # let stay = PoolStay::new(id!("east"), at).with_asks([Ask::new(id!("li"), at)]);
    /// # let customer = Customer::new(id!("c1"), stay.into());
    /// let askers = [(Rep::new(id!("li")), vec![])];
    /// assert_eq!(policy.draw(&customer, &askers, at!("2026-03-03T00:00:00Z")), Draw::Drawn(id!("li")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn draw(&self, customer: &Customer, askers: &[(Rep, Vec<Ledger>)], now: Timestamp) -> Draw {
        claim::draw(self.claim_rules(), customer, askers, now)
    }

    /// The ledgers that questions about this rep and way in read at `now`, and since when each must be complete;
    /// `None` where only its present state is read — holdings and reservations —, which is always read where there is any.
    ///
    /// ```
    /// # use customer_pool::{Policy, claim::Acquisition, model::Rep};
    /// # use customer_pool::{at, id};
    /// # let policy = Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
    /// let rep = Rep::new(id!("li"));
    /// // A policy without quotas, capacities and intervals reads no ledger.
    /// assert!(policy.ledgers_read(Acquisition::Claim, &rep, at!("2026-03-02T07:00:00Z")).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ledgers_read(
        &self,
        acquisition: Acquisition,
        rep: &Rep,
        now: Timestamp,
    ) -> Vec<(LedgerScope, Option<Timestamp>)> {
        claim::ledgers_read(self.claim_rules(), acquisition, rep, now)
    }

    /// What a rep holds under each capacity rule of this policy, given every customer the rep owns.
    ///
    /// A customer that a live document excuses counts from the document's end on, or never where it has none. A rule
    /// whose condition cannot be told of a customer, because an attribute has a value of another type than declared, is
    /// left out, so that claims under it are *undetermined*.
    ///
    /// ```
    /// # use customer_pool::{Policy, model::{Customer, Holding, Ownership, Place}};
    /// # use customer_pool::{at, id};
    /// # let text = std::fs::read_to_string("docs/first-policy.json")?;
    /// # let rule = r#"{"claims": {"capacities": [{"id": "cap", "scope": "everybody", "cap": 50}]},"#;
    /// # let policy = Policy::from_json(&text.replacen('{', rule, 1))?;
    /// # let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:00:00+08:00"));
    /// assert_eq!(policy.holdings([&customer]), [Holding::new(id!("cap"), 1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn holdings<'c>(&self, customers: impl IntoIterator<Item = &'c Customer>) -> Vec<Holding> {
        claim::holdings(self.claim_rules(), customers)
    }

    /// The ledgers over which quotas count for a rep: those that note where an ownership of the rep begins, beside the
    /// rep's own.
    #[must_use]
    pub fn ledgers_counted(&self, rep: &Rep) -> Vec<LedgerScope> {
        claim::ledgers_counted(self.claim_rules(), rep)
    }

    /// Whether a quota counts only some customers, so that entries of ledgers need the facts about theirs.
    #[must_use]
    pub fn quotas_read_customers(&self) -> bool {
        self.claim_rules().quotas.iter().any(|quota| quota.when.is_some())
    }
}
