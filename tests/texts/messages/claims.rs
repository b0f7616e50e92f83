//! What the catalogues say about claims, and that a rep who is no member learns nothing.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::claim::{Acquisition, Bypass, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial, Grant};
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
        assert_eq!(report.as_object().unwrap().len(), 11);
        assert_eq!(report["class"], serde_json::to_value(answer.class()).unwrap());
        assert_eq!(report["grant"].is_null(), answer.verdict() != ClaimVerdict::Eligible);
    }
    let missing: Vec<_> = Denial::CODES.iter().filter(|code| !codes.contains(*code)).collect();
    assert!(missing.is_empty(), "no sample has {missing:?}");
    for verdict in ["\"eligible\"", "\"already_mine\"", "\"already_asked\"", "\"denied\""] {
        assert!(verdicts.contains(verdict), "{verdict} of {verdicts:?}");
    }
    assert!(verdicts.contains(r#"{"undetermined":"ledger.missing"}"#), "{verdicts:?}");
}

/// Every denial of a rule names it, one that time lifts says when, and one of a pool names the pool; an answer that is
/// undetermined for a rule names that one. Method: every sample, in both languages.
#[test]
fn a_sentence_names_its_rule_and_when_it_ends() {
    let policies = super::rendered::policies();
    let (mut pools, mut open) = (BTreeSet::new(), BTreeSet::new());
    for sample in samples() {
        let (policy, answer) = (&policies[&sample.policy], sample.answer(&policies));
        for language in Language::ALL {
            let sentence = claim_sentence(policy, &answer, *language);
            for denial in answer.denials().iter().chain(answer.warnings()).chain(answer.bypassed()) {
                let text = denial_message(policy, denial, *language);
                assert!(denial.rule().is_none_or(|rule| text.contains(rule.as_str())), "{text}");
                let day = denial.lifts_at().map(|at| at.to_datetime() + chrono::TimeDelta::hours(8));
                let day = day.map(|day| day.format("%Y-%m-%d %H:%M").to_string());
                assert!(day.is_none_or(|day| text.contains(&day)), "{text}");
                let of_pool = ["pool.disabled", "pool.blind", "pool.ask_first", "pool.other_reservation"];
                if of_pool.contains(&denial.code()) {
                    let pool = answer.pool().and_then(|pool| policy.pool_id(pool)).unwrap();
                    assert!(sentence.contains(pool.as_str()), "{sentence}");
                    pools.insert(denial.code());
                }
            }
            if let Some(rule) = answer.open_rule() {
                assert!(matches!(answer.verdict(), ClaimVerdict::Undetermined(_)), "{sentence}");
                assert!(sentence.contains(rule.as_str()), "{sentence}");
                open.insert(rule.to_string());
            }
        }
    }
    assert_eq!(pools.len(), 4, "{pools:?}");
    let wanted = ["before", "ten", "three_a_day", "two_key_a_week"].map(str::to_owned);
    assert!(wanted.iter().all(|rule| open.contains(rule)), "{open:?}");
}

/// An eligible claim says what it gives. Method: a plain claim, an ask in a pool of reservations, one in a lottery.
#[test]
fn an_eligible_claim_says_what_it_gives() {
    let policies = super::rendered::policies();
    let all = samples();
    let given = |id: &str| {
        let sample = all.iter().find(|sample| sample.customer() == id).unwrap();
        let answer = sample.answer(&policies);
        (answer.grant(), claim_sentence(&policies[&sample.policy], &answer, Language::English))
    };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (until, drawn_at) = (at("2026-03-10T13:00:00+08:00"), at("2026-03-11T08:00:00+08:00"));
    assert_eq!(given("k01"), (Some(Grant::Ownership), "Eligible: the rep becomes the owner.".to_owned()));
    let reserved = "Eligible: the customer will be reserved for the rep until 2026-03-10 13:00 +08:00, and must be \
                    confirmed before then.";
    assert_eq!(given("k37"), (Some(Grant::Reservation { until }), reserved.to_owned()));
    let asked = "Eligible: the rep gets a place in the lottery, which is drawn from 2026-03-11 08:00 +08:00 on.";
    assert_eq!(given("k38"), (Some(Grant::Application { drawn_at }), asked.to_owned()));
    assert_eq!(given("k02").0, None);
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
