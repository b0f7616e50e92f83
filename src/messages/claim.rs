//! Answers to claims in words and by name.

use serde::Serialize;

use super::Language;
use super::catalogue::template;
use super::words::Words;
use crate::claim::Requires;
use crate::decision::{ClaimDecision, ClaimVerdict, Class, Denial, Grant, Preconditions, ReasonCode};
use crate::id::{Label, PoolId};
use crate::model::LedgerScope;
use crate::policy::Policy;
use crate::time::Timestamp;

/// An answer to a claim in sentences: the verdict with every denial and its numbers, what warns, what a bypass removed,
/// and from when on the claim is possible; where it is eligible, what it gives. `policy` is the one that answered.
///
/// To a rep who is not a member of the pool it says that, and nothing about the customer.
///
/// ```
/// use customer_pool::claim::ClaimCase;
/// use customer_pool::messages::{self, Language};
/// use customer_pool::model::{Customer, Rep};
/// use customer_pool::{at, id};
/// # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"cn","calendars":{"cn":{
/// #   "zone":"+08:00","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},
/// #   "pools":[{"id":"east","members":["everybody"]}],"routing":{"fallback":"east"},
/// #   "claims":{"quiet_periods":[{"id":"fresh","span":{"days":1}}]}}"#)?;
/// let customer = Customer::pooled(id!("c1"), id!("east"), at!("2026-03-02T15:00:00+08:00"));
/// let rep = Rep::new(id!("li"));
/// let decision = policy.claim(&ClaimCase::new(&customer, &rep), at!("2026-03-03T09:00:00+08:00"));
/// assert_eq!(
///     messages::claim_sentence(&policy, &decision, Language::English),
///     "Denied: quiet period `fresh` lasts until 2026-03-04 00:00 +08:00. \
///      Possible from 2026-03-04 00:00 +08:00 on, if nothing else changes."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn claim_sentence(policy: &Policy, decision: &ClaimDecision, language: Language) -> String {
    let pool = decision.pool().and_then(|pool| policy.pool_id(pool));
    let words = Words::new(policy, language).of_pool(pool);
    let mut sentences = vec![match decision.verdict() {
        ClaimVerdict::Eligible => words.grant(decision.grant()),
        ClaimVerdict::AlreadyMine => words.say("claim.already_mine", &[]),
        ClaimVerdict::AlreadyAsked => words.say("claim.already_asked", &[]),
        ClaimVerdict::Denied => words.say("claim.denied", &[("why", &words.denials(decision.denials()))]),
        ClaimVerdict::Undetermined(code) => {
            words.undetermined(["claim.undetermined", "claim.undetermined_by"], code, decision.open_rule())
        }
    }];
    for (key, denials) in [("claim.warning", decision.warnings()), ("claim.bypassed", decision.bypassed())] {
        if !denials.is_empty() {
            sentences.push(words.say(key, &[("why", &words.denials(denials))]));
        }
    }
    sentences.extend(decision.retry_at().map(|at| words.say("claim.retry", &[("at", &words.time(at))])));
    sentences.join(language.between_sentences())
}

/// One denial as a clause with its numbers, without a full stop.
#[must_use]
pub fn denial_message(policy: &Policy, denial: &Denial, language: Language) -> String {
    Words::new(policy, language).denial(denial)
}

impl Words<'_> {
    /// What an eligible claim gives.
    fn grant(&self, grant: Option<Grant>) -> String {
        match grant {
            Some(Grant::Reservation { until }) => self.say("claim.reservation", &[("until", &self.time(until))]),
            Some(Grant::Application { drawn_at }) => self.say("claim.application", &[("from", &self.time(drawn_at))]),
            Some(Grant::Ownership) | None => self.say("claim.eligible", &[]),
        }
    }

    /// What is not known, by one of two texts: the second names the rule.
    pub(crate) fn undetermined(&self, [plain, by_rule]: [&str; 2], code: ReasonCode, rule: Option<&Label>) -> String {
        let why = template(code, self.language);
        match rule {
            Some(rule) => self.say(by_rule, &[("rule", rule.as_str()), ("why", why)]),
            None => self.say(plain, &[("why", why)]),
        }
    }

    /// What a qualification asks of rep and customer.
    fn requires(&self, rule: &Label) -> String {
        let known = self.policy.claim_rules().qualifications.iter().find(|known| known.id == *rule);
        let key = match known.map(|known| &known.requires) {
            Some(Requires::Condition(_)) | None => "requires.condition",
            Some(Requires::Tier) => "requires.tier",
            Some(Requires::Region) => "requires.region",
            Some(Requires::Industry) => "requires.industry",
            Some(Requires::Skill) => "requires.skill",
        };
        self.say(key, &[])
    }

    pub(super) fn denials(&self, denials: &[Denial]) -> String {
        let clauses: Vec<_> = denials.iter().map(|denial| self.denial(denial)).collect();
        clauses.join(self.language.semicolon())
    }

    pub(super) fn denial(&self, denial: &Denial) -> String {
        let of_pool = |key: &str| self.say(key, &[("pool", &self.pool())]);
        let until = |key: &str, until: Timestamp| self.say(key, &[("until", &self.time(until))]);
        match denial {
            Denial::NotMember => self.say("denial.pool.not_member", &[]),
            Denial::RepInactive => self.say("denial.rep.inactive", &[]),
            Denial::PoolDisabled => of_pool("denial.pool.disabled"),
            Denial::Owned { owner: None } => self.say("denial.customer.owned", &[]),
            Denial::Owned { owner: Some(owner) } => self.say("denial.customer.owned_by", &[("owner", owner.as_str())]),
            Denial::NotInNamedPool => self.say("denial.pool.not_in_named", &[]),
            Denial::Frozen { kind, until: None } => {
                self.say("denial.customer.frozen", &[("kind", &self.freeze(*kind))])
            }
            Denial::Frozen { kind, until: Some(until) } => {
                let given = [("kind", &*self.freeze(*kind)), ("until", &self.time(*until))];
                self.say("denial.customer.frozen_until", &given)
            }
            Denial::Closed { cause } => {
                self.say("denial.customer.closed", &[("cause", &self.say(&format!("closed.{cause}"), &[]))])
            }
            Denial::DoNotContact => self.say("denial.customer.do_not_contact", &[]),
            Denial::Blind => of_pool("denial.pool.blind"),
            Denial::AskFirst => of_pool("denial.pool.ask_first"),
            Denial::Reserved { until: at } => until("denial.pool.reserved", *at),
            Denial::OtherReservation { until } => {
                let given = [("pool", &*self.pool()), ("until", &self.time(*until))];
                self.say("denial.pool.other_reservation", &given)
            }
            Denial::Lapsed { until: at } => until("denial.pool.lapsed", *at),
            Denial::LotteryOpen { until: at } => until("denial.pool.lottery_open", *at),
            Denial::LotteryOver => self.say("denial.pool.lottery_over", &[]),
            Denial::DrawnToAnother => self.say("denial.pool.drawn_to_another", &[]),
            Denial::MinimumInterval { until: at } => until("denial.claim.minimum_interval", *at),
            of_a_rule => self.denial_of_a_rule(of_a_rule),
        }
    }

    /// A denial by a rule with a name.
    fn denial_of_a_rule(&self, denial: &Denial) -> String {
        match denial {
            Denial::QuietPeriod { rule, until } => {
                let given = [("rule", rule.as_str()), ("until", &self.time(*until))];
                self.say("denial.claim.quiet_period", &given)
            }
            Denial::Cooldown { rule, cause, until } => {
                let cause = self.say(&format!("cause.{cause}"), &[]);
                let given = [("rule", rule.as_str()), ("cause", &cause), ("until", &self.time(*until))];
                self.say("denial.claim.cooldown", &given)
            }
            Denial::RepeatLimit { rule, used, limit, until } => {
                let (used, limit, until) = (used.to_string(), limit.to_string(), self.time(*until));
                let given = [("rule", rule.as_str()), ("used", &used), ("limit", &limit), ("until", &until)];
                self.say("denial.claim.repeat_limit", &given)
            }
            Denial::Qualification { rule, missing } => {
                let key = if *missing { "denial.claim.qualification_missing" } else { "denial.claim.qualification" };
                self.say(key, &[("rule", rule.as_str()), ("requires", &self.requires(rule))])
            }
            Denial::Quota { rule, ledger, used, limit, resets_at } => {
                let whose = match ledger {
                    LedgerScope::Rep(_) => self.say("ledger.of_rep", &[]),
                    LedgerScope::Unit(unit) => self.say("ledger.of_unit", &[("unit", unit.as_str())]),
                    LedgerScope::Everybody => self.say("ledger.of_everybody", &[]),
                };
                let (used, limit) = (used.to_string(), limit.to_string());
                let until = resets_at.map(|at| self.time(at));
                let key = if until.is_some() { "denial.claim.quota" } else { "denial.claim.quota_never" };
                let until = until.unwrap_or_default();
                let rule = rule.as_str();
                self.say(
                    key,
                    &[("rule", rule), ("whose", &whose), ("used", &used), ("limit", &limit), ("until", &until)],
                )
            }
            Denial::Capacity { rule, used, cap, weighs } => {
                let (used, cap, weighs) = (used.to_string(), cap.to_string(), weighs.to_string());
                let given = [("rule", rule.as_str()), ("used", &used), ("cap", &cap), ("weighs", &weighs)];
                self.say("denial.claim.capacity", &given)
            }
            unnamed => unnamed.code().to_owned(),
        }
    }
}

/// The verdict of a claim by name: `"eligible"`, `{"undetermined": "ledger.missing"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimVerdictReport {
    /// The rep may have the customer.
    Eligible,
    /// The rep owns it already.
    AlreadyMine,
    /// The rep has asked for it already.
    AlreadyAsked,
    /// The rep may not have it.
    Denied,
    /// The facts do not tell, for this reason.
    Undetermined(ReasonCode),
}

/// A [`ClaimDecision`] for programs that read JSON, see [`Policy::report_claim`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClaimReport {
    /// The answer.
    pub verdict: ClaimVerdictReport,
    /// Every denial with its numbers, in the order of the checks.
    pub denials: Vec<Denial>,
    /// Capacities that are full and only warn.
    pub warnings: Vec<Denial>,
    /// Denials that a bypass removed.
    pub bypassed: Vec<Denial>,
    /// What kind of "no" it is; nothing where it is none.
    pub class: Option<Class>,
    /// What the claim gives, where the rep is eligible.
    pub grant: Option<Grant>,
    /// The pool whose rules the answer follows, where the rep may know it.
    pub pool: Option<PoolId>,
    /// The rule that could not be told, where the answer is undetermined for a rule with a name.
    pub open_rule: Option<Label>,
    /// The first instant at which the rep may have the customer if nothing else changes.
    pub retry_at: Option<Timestamp>,
    /// The first instant at which the answer is another.
    pub next_change: Option<Timestamp>,
    /// The versions under which the answer holds.
    pub preconditions: Preconditions,
}

impl Policy {
    /// An answer to a claim for programs that read JSON. A denial is its code with its numbers:
    /// `{"claim.quiet_period": {"rule": "fresh", "until": "2026-03-04T00:00:00Z"}}`, or the code alone.
    #[must_use]
    pub fn report_claim(&self, decision: &ClaimDecision) -> ClaimReport {
        ClaimReport {
            verdict: match decision.verdict() {
                ClaimVerdict::Eligible => ClaimVerdictReport::Eligible,
                ClaimVerdict::AlreadyMine => ClaimVerdictReport::AlreadyMine,
                ClaimVerdict::AlreadyAsked => ClaimVerdictReport::AlreadyAsked,
                ClaimVerdict::Denied => ClaimVerdictReport::Denied,
                ClaimVerdict::Undetermined(code) => ClaimVerdictReport::Undetermined(code),
            },
            denials: decision.denials().to_vec(),
            warnings: decision.warnings().to_vec(),
            bypassed: decision.bypassed().to_vec(),
            class: decision.class(),
            grant: decision.grant(),
            pool: decision.pool().and_then(|pool| self.pool_id(pool)).cloned(),
            open_rule: decision.open_rule().cloned(),
            retry_at: decision.retry_at(),
            next_change: decision.next_change(),
            preconditions: decision.preconditions().clone(),
        }
    }
}
