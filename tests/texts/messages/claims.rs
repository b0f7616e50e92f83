//! What the catalogues say about claims, and that a rep who is no member learns nothing.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::claim::{Acquisition, Bypass, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial};
use customer_pool::id::PoolId;
use customer_pool::messages::{Language, claim_sentence, denial_message};
use customer_pool::model::{Customer, Ledger, Place, PoolStay, Profile, Rep};
use customer_pool::moves::{Intent, MoveCase, MoveDecision};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode};
use serde::Deserialize;

const SAMPLES: &str = include_str!("claims.json");

/// One question about a claim.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// In English and in Chinese.
    pub title: [String; 2],
    pub policy: String,
    /// In the policy's zone, as a reader wants to see it.
    pub now: String,
    customer: Customer,
    rep: Rep,
    ledgers: Vec<Ledger>,
    acquisition: Option<Acquisition>,
    #[serde(default)]
    step: ClaimStep,
    pool: Option<PoolId>,
    #[serde(default)]
    bypasses: Vec<Bypass>,
    #[serde(default)]
    askers: Vec<Asker>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asker {
    rep: Rep,
    ledgers: Vec<Ledger>,
}

impl Sample {
    pub fn answer(&self, policies: &BTreeMap<String, Policy>) -> ClaimDecision {
        let askers: Vec<_> = self.askers.iter().map(|asker| (asker.rep.clone(), asker.ledgers.clone())).collect();
        let mut case = ClaimCase::new(&self.customer, &self.rep)
            .with_ledgers(&self.ledgers)
            .with_acquisition(self.acquisition.unwrap_or(Acquisition::Claim))
            .with_step(self.step)
            .with_bypasses(&self.bypasses)
            .with_askers(&askers);
        if let Some(pool) = &self.pool {
            case = case.with_pool(pool);
        }
        policies[&self.policy].claim(&case, self.now.parse::<Timestamp>().unwrap())
    }

    /// The id of the customer.
    pub fn customer(&self) -> &str {
        self.customer.id().as_str()
    }

    /// The answer to the command that would do it.
    pub fn commanded(&self, policies: &BTreeMap<String, Policy>) -> (Customer, MoveDecision) {
        let command = match self.acquisition {
            Some(Acquisition::Assign) => Intent::Assign { to: &self.rep },
            _ => Intent::Claim { by: &self.rep },
        };
        let case = MoveCase::new(&self.customer, command).with_ledgers(&self.ledgers).with_bypasses(&self.bypasses);
        (self.customer.clone(), policies[&self.policy].decide_move(&case, self.now.parse().unwrap()))
    }

    /// The reason why nobody can tell, where that is the answer.
    pub fn undetermined(&self, policies: &BTreeMap<String, Policy>) -> Option<ReasonCode> {
        match self.answer(policies).verdict() {
            ClaimVerdict::Undetermined(code) => Some(code),
            _ => None,
        }
    }
}

pub fn samples() -> Vec<Sample> {
    serde_json::from_str(SAMPLES).unwrap_or_else(|error| panic!("claims.json: {error}"))
}

/// The part of `docs/samples.md` about claims.
pub fn rendered(policies: &BTreeMap<String, Policy>) -> String {
    let mut text = String::from(
        "\n# Claims\n\n\
         Answers to a rep who wants a customer, under the policies `book` and `partners`. Every denial occurs.\n",
    );
    for (number, sample) in (1..).zip(samples()) {
        let answer = sample.answer(policies);
        let [english, chinese] = &sample.title;
        let (policy, now) = (&sample.policy, &sample.now);
        text.push_str(&format!("\n## C{number}. {english} / {chinese}\n\nPolicy `{policy}`, now {now}.\n\n```text\n"));
        for language in Language::ALL {
            text.push_str(&claim_sentence(&policies[policy], &answer, *language));
            text.push('\n');
        }
        text.push_str("```\n");
    }
    text
}

/// Every denial and every verdict occurs in a sample, and each denial has a text of its own in every language.
#[test]
fn the_samples_show_every_denial() {
    let policies = super::rendered::policies();
    let (mut codes, mut verdicts, mut texts) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for sample in samples() {
        let answer = sample.answer(&policies);
        for denial in answer.denials().iter().chain(answer.warnings()).chain(answer.bypassed()) {
            codes.insert(denial.code());
            for language in Language::ALL {
                let text = denial_message(&policies[&sample.policy], denial, *language);
                assert!(!text.contains(denial.code()) && !text.contains(['{', '}']), "{text}");
                assert!(texts.insert(text.clone(), denial.clone()).is_none_or(|same| same == *denial), "{text}");
            }
        }
        let report = serde_json::to_value(policies[&sample.policy].report_claim(&answer)).unwrap();
        verdicts.insert(report["verdict"].to_string());
        assert_eq!(report["denials"].as_array().unwrap().len(), answer.denials().len());
        assert_eq!(report.as_object().unwrap().len(), 7);
    }
    let missing: Vec<_> = Denial::CODES.iter().filter(|code| !codes.contains(*code)).collect();
    assert!(missing.is_empty(), "no sample has {missing:?}");
    for verdict in ["\"eligible\"", "\"already_mine\"", "\"already_asked\"", "\"denied\""] {
        assert!(verdicts.contains(verdict), "{verdict} of {verdicts:?}");
    }
    assert!(verdicts.contains(r#"{"undetermined":"ledger.missing"}"#), "{verdicts:?}");
}

/// Lesson 28: two customers that differ in everything look the same to a rep who is not a member of the pool; compare
/// sentences and reports.
#[test]
fn lesson_28_a_rep_who_is_no_member_learns_nothing_about_the_customer() {
    let policies = super::rendered::policies();
    let policy = &policies["book"];
    let rep = Rep::new("stranger".parse().unwrap()).with_units(["finance".parse().unwrap()]);
    let stay = |since: &str| PoolStay::new("east".parse().unwrap(), since.parse().unwrap());
    let (id, plain) = ("c1".parse().unwrap(), stay("2026-03-01T09:00:00+08:00"));
    let plain = Customer::new(id, Place::Pool(plain));
    let rich = Customer::new("c2".parse().unwrap(), Place::Pool(stay("2026-03-10T08:59:00+08:00")))
        .with_tier("key".parse().unwrap())
        .with_profile(Profile::new().with_region("shanghai".parse().unwrap()).with_do_not_contact(true));
    let owned = "2026-03-10T08:59:00+08:00".parse().unwrap();
    let owned = customer_pool::model::Ownership::new("wang".parse().unwrap(), owned);
    let owned =
        Customer::new("c3".parse().unwrap(), Place::Owned(owned)).with_last_stay(stay("2026-03-01T09:00:00+08:00"));
    let now = "2026-03-10T09:00:00+08:00".parse().unwrap();
    let seen: BTreeSet<String> = [plain, rich, owned]
        .iter()
        .map(|customer| {
            let answer = policy.claim(&ClaimCase::new(customer, &rep), now);
            let sentences = Language::ALL.iter().map(|language| claim_sentence(policy, &answer, *language));
            format!(
                "{:?}{}",
                sentences.collect::<Vec<_>>(),
                serde_json::to_string(&policy.report_claim(&answer)).unwrap()
            )
        })
        .collect();
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert!(seen.iter().all(|text| text.contains("pool.not_member")), "{seen:#?}");
}
