//! Scores under a policy: conditions, tiers, stages of life, key accounts and the order of a pool, up to what a store keeps.

use crate::support::id;
use customer_pool::attribute::AttributeValue;
use customer_pool::id::{CustomerId, Label};
use customer_pool::ledger::{ChangedFact, EventData, EventKind};
use customer_pool::model::{
    ActivityKind, Actor, Customer, Lifecycle, Ownership, Place, PoolStay, Rep, Score, Scores, TierState, Unit,
};
use customer_pool::plan::{Command, Intent, Landing, RepCommand, RepIntent, Scenario};
use customer_pool::policy::Revisions;
use customer_pool::score::key_accounts::{Ground, ValueClass};
use customer_pool::score::life_cycle::{LifeFacts, PurchaseShares};
use customer_pool::service::{Attempt, Driver, Pull};
use customer_pool::store::{MemoryStore, PoolStore};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict, id};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    id(&format!("{text}T09:00:00Z"))
}

fn policy(change: impl FnOnce(&mut Value)) -> Policy {
    let mut document = json!({
        "format": 1, "id": "p", "revision": 1, "default_calendar": "c",
        "calendars": { "c": { "zone": "UTC", "working_days": ["mon"], "valid": { "from": "2020-01-01", "to": "2035-12-31" } } },
        "attributes": { "strategic": "bool" },
        "tiers": ["normal", "key", "vip"],
        "pools": [{ "id": "pool", "members": ["everybody"], "hand_out": "blind" }], "routing": { "fallback": "pool" },
        "scoring": {
            "tiers": {
                "ladder": [
                    { "tier": "vip", "when": { "at_least": { "fact": "score.clv", "value": "1000" } } },
                    { "tier": "key", "when": { "at_least": { "fact": "score.clv", "value": "300" } } },
                    { "tier": "normal", "when": "always" },
                ],
                "band": 800, "periods": 2, "period": "month",
            },
            "life_cycle": {
                "new_for": { "days": 90 }, "dormant_after": { "days": 365 }, "lost_after": { "days": 730 }, "won_back_for": { "days": 90 },
            },
            "purchase_type_share": 500,
            "engagement": { "half_life_hours": 336, "half": 20, "worth": { "call": 3 } },
            "key_accounts": {
                "when": { "in": { "fact": "tier", "of": ["vip"] } },
                "scorecard": { "cut": 90_000, "criteria": [{ "attribute": "strategic", "weight": 1_000, "points": { "flag": 100 } }] },
            },
            "priority": { "value": 500, "waiting": 500, "pace": 1_000, "starves_after": { "days": 30 } },
        },
        "groups": [{ "id": "g", "triggers": [
            { "id": "champions", "when": { "in": { "fact": "score.segment", "of": ["champions"] } }, "base": { "days": 60 } },
            { "id": "others", "when": "always", "base": { "days": 14 } },
        ] }],
    });
    change(&mut document);
    Policy::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn clv(amount: &str) -> Scores {
    Scores::new().with_on("2026-03-01".parse().unwrap()).with_clv(amount.parse().unwrap())
}

fn scored(amount: &str) -> Intent {
    Intent::Change(ChangedFact::Scores(clv(amount).into()))
}

fn owned() -> Scenario {
    let customer = Customer::new(id!("c1"), Place::Owned(Ownership::new(id!("li"), at("2026-01-01"))));
    let created = EventData::Created { customer: customer.into() };
    Scenario::new(policy(|_| {}), id!("c1"))
        .unwrap()
        .given_rep(Rep::new(id!("li")))
        .given(at("2026-01-01"), created)
        .unwrap()
}

/// Goal: a tier goes up at once and down only after two months below the band, one step a month, each by an event with its
/// evidence. Method: a life told month by month.
#[test]
fn tiers_follow_scores_by_events() {
    let rich = owned().when(at("2026-01-10"), scored("1200")).unwrap();
    assert_eq!(rich.kinds(), [EventKind::AttributeChanged]);
    let up = rich.when(at("2026-01-10"), Intent::ReviewTier).unwrap();
    assert_eq!(up.kinds(), [EventKind::TierChanged]);
    let EventData::TierChanged { tier, state, evidence } = up.events()[0].data() else { panic!("{:?}", up.events()) };
    assert_eq!((tier.as_ref().unwrap().as_str(), state.as_ref().unwrap().below()), ("vip", 0));
    assert!(evidence.is_some());
    assert!(up.when(at("2026-01-11"), Intent::ReviewTier).unwrap().kinds().is_empty());
    // Within the band nothing is lost, however long.
    let within = up.when(at("2026-01-12"), scored("800")).unwrap();
    assert!(within.when(at("2026-06-12"), Intent::ReviewTier).unwrap().kinds().is_empty());
    // Below it the months are counted, once each.
    let below = up.when(at("2026-01-12"), scored("100")).unwrap().when(at("2026-02-01"), Intent::ReviewTier).unwrap();
    assert_eq!(below.kinds(), [EventKind::AttributeChanged]);
    assert_eq!(below.customer().unwrap().tier_state().unwrap().below(), 1);
    assert!(below.when(at("2026-02-20"), Intent::ReviewTier).unwrap().kinds().is_empty());
    let down = below.when(at("2026-03-01"), Intent::ReviewTier).unwrap();
    assert_eq!(down.kinds(), [EventKind::TierChanged]);
    assert_eq!(down.customer().unwrap().tier().unwrap(), "key");
    // The next step needs two months again.
    let first = down.when(at("2026-04-01"), Intent::ReviewTier).unwrap();
    let second = first.when(at("2026-05-01"), Intent::ReviewTier).unwrap();
    assert_eq!(
        (first.customer().unwrap().tier().unwrap().as_str(), second.customer().unwrap().tier().unwrap().as_str()),
        ("key", "normal")
    );
}

/// Goal: a tier given by hand stands until it ends; without a table nothing is reviewed. Method: with an end, for good, taken away.
#[test]
fn a_tier_given_by_hand_stands_until_it_ends() {
    let by_hand = |until: Option<Timestamp>| Intent::ChangeTier { tier: Some(id!("vip")), evidence: None, until };
    let given = owned().when(at("2026-01-10"), by_hand(Some(at("2026-03-10")))).unwrap();
    assert_eq!(given.kinds(), [EventKind::TierChanged]);
    assert!(given.when(at("2026-01-10"), by_hand(Some(at("2026-03-10")))).unwrap().kinds().is_empty());
    assert!(given.when(at("2026-03-01"), Intent::ReviewTier).unwrap().kinds().is_empty());
    // Then the rules go on from it: nothing earns it, so months below are counted.
    let over = given.when(at("2026-03-11"), Intent::ReviewTier).unwrap();
    let state = over.customer().unwrap().tier_state().unwrap().clone();
    assert_eq!((state.tier().as_str(), state.below(), state.is_manual()), ("vip", 1, false));
    let for_good = owned().when(at("2026-01-10"), by_hand(None)).unwrap();
    assert!(for_good.when(at("2029-01-10"), Intent::ReviewTier).unwrap().kinds().is_empty());
    let none = for_good.when(at("2029-01-11"), Intent::ChangeTier { tier: None, evidence: None, until: None }).unwrap();
    assert_eq!((none.customer().unwrap().tier(), none.customer().unwrap().tier_state()), (None, None));
    let plain = policy(|document| drop(document.as_object_mut().unwrap().remove("scoring")));
    let customer = Customer::new(id!("c1"), Place::Owned(Ownership::new(id!("li"), at("2026-01-01"))));
    let created = EventData::Created { customer: customer.into() };
    let without = Scenario::new(plain, id!("c1"))
        .unwrap()
        .given_rep(Rep::new(id!("li")))
        .given(at("2026-01-01"), created)
        .unwrap();
    for intent in [Intent::ReviewTier, Intent::ReviewLifeCycle(LifeFacts::new([at("2026-01-01")]))] {
        assert!(without.when(at("2026-01-10"), intent).unwrap().kinds().is_empty());
    }
}

/// Goal: a tier that came without a state, by an import, is not lost at the first review. Method: two months of reviews.
#[test]
fn a_tier_without_a_state_is_not_lost_at_once() {
    let customer =
        Customer::new(id!("c1"), Place::Owned(Ownership::new(id!("li"), at("2026-01-01")))).with_tier(id!("vip"));
    let created = EventData::Created { customer: customer.into() };
    let given = Scenario::new(policy(|_| {}), id!("c1")).unwrap().given_rep(Rep::new(id!("li")));
    let first = given.given(at("2026-01-01"), created).unwrap().when(at("2026-02-01"), Intent::ReviewTier).unwrap();
    assert_eq!(first.kinds(), [EventKind::AttributeChanged]);
    assert_eq!(
        (first.customer().unwrap().tier().unwrap().as_str(), first.customer().unwrap().tier_state().unwrap().below()),
        ("vip", 1)
    );
    let second = first.when(at("2026-03-01"), Intent::ReviewTier).unwrap();
    assert_eq!(second.customer().unwrap().tier().unwrap(), "key");
}

/// Goal: events that do not fit are refused. Method: a state of another tier than the event's or the customer's.
#[test]
fn states_of_another_tier_do_not_fit() {
    let state = Box::new(TierState::new(id!("key"), at("2026-01-01")));
    let changed = EventData::TierChanged { tier: Some(id!("vip")), state: Some(state.clone()), evidence: None };
    assert!(owned().given(at("2026-01-10"), changed).is_err());
    assert!(owned().given(at("2026-01-10"), EventData::AttributeChanged(ChangedFact::TierState(state))).is_err());
}

/// Goal: stages of life change by events with evidence. Method: a customer that buys, falls silent and comes back.
#[test]
fn stages_of_life_change_by_events() {
    let review = |scenario: &Scenario, bought: &[&str], now: &str| {
        let facts = LifeFacts::new(bought.iter().map(|day| at(day)));
        scenario.when(at(now), Intent::ReviewLifeCycle(facts)).unwrap()
    };
    let mut scenario = owned();
    for (bought, now, stage) in [
        (&[][..], "2026-01-10", Lifecycle::Potential),
        (&["2026-01-05"], "2026-01-10", Lifecycle::New),
        (&["2026-01-05"], "2026-06-10", Lifecycle::Active),
        (&["2026-01-05"], "2027-03-10", Lifecycle::Dormant),
        (&["2026-01-05"], "2028-03-10", Lifecycle::Lost),
        (&["2026-01-05", "2028-03-11"], "2028-03-12", Lifecycle::WonBack),
    ] {
        scenario = review(&scenario, bought, now);
        assert_eq!(scenario.kinds(), [EventKind::AttributeChanged], "{now}");
        assert_eq!(scenario.customer().unwrap().profile().unwrap().lifecycle(), Some(stage), "{now}");
        let EventData::AttributeChanged(ChangedFact::LifeCycle { evidence, .. }) = scenario.events()[0].data() else {
            panic!()
        };
        assert!(evidence.is_some());
        assert!(review(&scenario, bought, now).kinds().is_empty());
    }
    let shares = PurchaseShares::new([(id!("parts"), 60.into()), (id!("service"), 40.into())]).unwrap();
    assert_eq!(policy(|_| {}).purchase_type(&shares).map(Label::as_str), Some("parts"));
}

/// Goal: conditions read scores. Method: the same customer with and without a segment.
#[test]
fn conditions_read_scores() {
    let policy = policy(|_| {});
    let customer = Customer::new(id!("c1"), Place::Owned(Ownership::new(id!("li"), at("2026-03-01"))));
    let now = at("2026-03-20");
    assert_eq!(policy.decide(&customer, None, now).verdict(), Verdict::Due);
    let champion = customer.with_scores(Scores::new().with_segment(id!("champions")));
    assert_eq!(policy.decide(&champion, None, now).verdict(), Verdict::Keep);
    let said = policy.explain(&champion, None, now).lines(&policy, customer_pool::messages::Language::English);
    assert!(said.iter().any(|line| line.contains("champions") && line.contains("segment")), "{said:?}");
    let said = policy.explain(&champion, None, now).lines(&policy, customer_pool::messages::Language::Chinese);
    assert!(said.iter().any(|line| line.contains("客户分群")), "{said:?}");
}

/// Goal: key accounts are found on every ground, with what was looked at. Method: value, rule, scorecard.
#[test]
fn key_accounts_are_found_on_every_ground() {
    let policy = policy(|_| {});
    let plain = Customer::new(id!("c1"), Place::Awaiting);
    let strategic = plain.clone().with_attributes([(id!("strategic"), AttributeValue::Bool(true))]);
    for (customer, value, grounds) in [
        (&plain, None, &[][..]),
        (&plain, Some(ValueClass::A), &[Ground::Value]),
        (&plain.clone().with_tier(id!("vip")), Some(ValueClass::C), &[Ground::Rule]),
        (&strategic, None, &[Ground::Scorecard]),
    ] {
        let verdict = policy.judge_key_account(customer, value).unwrap();
        assert_eq!(verdict.standing.grounds(), grounds);
        assert_eq!((verdict.rule.len(), verdict.scorecard.is_some()), (1, true));
    }
    assert_eq!((policy.value_shares().a(), policy.value_shares().b()), (800, 950));
    let rule = policy.engagement().unwrap();
    let mut score = rule.start(at("2026-03-01"));
    rule.add(&mut score, &ActivityKind::Call, at("2026-03-01")).unwrap();
    assert!(score.sum() > 0);
}

/// Goal: a pool hands out starved customers first, then by the score, and the index of a store has that order without any
/// customer being written again. Method: three customers imported into a memory store, pulled one after the other.
#[test]
fn a_pool_hands_out_by_priority() {
    let rules = Revisions::new([policy(|_| {})]).unwrap();
    let (mut store, driver) = (MemoryStore::new(), Driver::new(&rules));
    let now = at("2026-03-20");
    let rep =
        RepCommand::new(id!("rep"), id!("li"), Actor::System, RepIntent::Enroll { rep: Rep::new(id!("li")).into() });
    assert!(matches!(driver.run_rep(&rep, now).on(&mut store), Ok(Attempt::Done(_))));
    let unit = |value| Scores::new().with_value(Unit::new(value).unwrap());
    let customers = [
        ("rich", "2026-03-18", unit(900_000)),
        ("waits", "2026-03-01", unit(100_000)),
        ("poor", "2026-03-18", unit(100_000)),
        ("starves", "2026-02-10", Scores::new()),
        ("account", "2026-03-19", Scores::new().with_key_account(true)),
    ];
    for (name, since, scores) in customers {
        let facts = Customer::new(id(name), Place::Awaiting).with_scores(scores).into();
        let intent =
            Intent::Import { customer: facts, into: Landing::Pool(id!("pool")), since: Some(at(since)), source: None };
        let command = Command::new(id(name), id(name), Actor::System, intent);
        assert!(matches!(driver.run(&command, now).on(&mut store), Ok(Attempt::Done(_))));
    }
    // The wake-up of who does not starve yet is no later than that.
    let wake = store.wake_of(&id!("poor")).unwrap();
    assert!(wake.at <= wake.starves_at && wake.starves_at.is_some());
    assert!(wake.rank < store.wake_of(&id!("rich")).unwrap().rank);
    let pool: Vec<CustomerId> =
        store.pooled(&id!("pool"), None, 10).unwrap().into_iter().map(|row| row.customer).collect();
    assert_eq!(
        pool.iter().map(CustomerId::as_str).collect::<Vec<_>>(),
        ["account", "rich", "starves", "waits", "poor"]
    );
    for (n, expected) in ["starves", "account", "rich", "waits", "poor"].into_iter().enumerate() {
        let pull = Pull::new(id(&format!("pull {n}")), id!("li"), id!("pool"), 1);
        let pulled = driver.pull(&pull, now).on(&mut store).unwrap();
        let outcome = pulled.outcome().unwrap();
        let done = outcome.items().iter().find(|(_, item)| item.is_done()).map(|(customer, _)| customer.as_str());
        assert_eq!(done, Some(expected));
    }
    // The policy's own order of customers in memory is the same.
    let lies = |name: &str, since: &str, scores: Scores| {
        Customer::new(id(name), Place::Pool(PoolStay::new(id!("pool"), at(since)))).with_scores(scores)
    };
    let mut all = [
        lies("poor", "2026-03-18", unit(1)),
        lies("starves", "2026-02-10", Scores::new()),
        lies("rich", "2026-03-18", unit(9)),
    ];
    let policy = rules.effective_at(now);
    all.sort_by(|one, other| policy.cmp_in_pool(one, other, now));
    assert_eq!(all.each_ref().map(|one| one.id().as_str()), ["starves", "rich", "poor"]);
}

/// Goal: scores are read as they were written, and what is none is refused. Method: JSON there and back, wrong types and ranges.
#[test]
fn scores_are_checked() {
    let scores = clv("12.50").with_alive(Unit::new(5).unwrap()).with_segment(id!("lost")).with_key_account(false);
    let text = serde_json::to_string(&scores).unwrap();
    assert_eq!(serde_json::from_str::<Scores>(&text).unwrap(), scores);
    for wrong in [
        r#"{"alive":{"integer":1000001}}"#,
        r#"{"alive":{"integer":-1}}"#,
        r#"{"recency":{"integer":0}}"#,
        r#"{"alive":{"text":"yes"}}"#,
        r#"{"clv":{"decimal":12.5}}"#,
        r#"{"height":{"integer":1}}"#,
        r#"{"alive":{"integer":1},"alive":{"integer":2}}"#,
    ] {
        assert!(serde_json::from_str::<Scores>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Score::ALL.len(), scores.iter().count() + 10);
    for score in Score::ALL {
        assert_eq!(score.as_str().parse::<Score>().unwrap(), *score);
    }
}
