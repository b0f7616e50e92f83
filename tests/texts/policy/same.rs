//! Canonical JSON and digests: the same on every machine, whatever features of `serde_json` others switch on. The package
//! `tests/arbitrary_precision/` includes this file and builds it with those.

use customer_pool::Policy;
use customer_pool::model::{Customer, Ledger, Rep};

/// Documents and the SHA-256 of their canonical form.
const DIGESTS: [(&str, &str); 3] = [
    (include_str!("../../workloads/w1.json"), "373a725c327943e07c69e24f23fb187d12d37429e82e8803e20326eefd1fd246"),
    (include_str!("../../workloads/w1b.json"), "f51335f66d59a88ffc705806b72fa9752f1755b8eff74fa38559d95ab673140a"),
    (include_str!("maximal.json"), "9a1b374b838efa17be6dad108c12d02c23f94cecdbf7c4135d83cbaafe047d7d"),
];

#[test]
fn digests_are_the_same_with_every_feature_of_serde_json() {
    for (text, digest) in DIGESTS {
        let policy = Policy::from_json(text).unwrap_or_else(|error| panic!("{error}"));
        let hex: String = policy.revision().digest().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, digest, "{}", policy.canonical_json());
        let again = Policy::from_json(policy.canonical_json()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((again.canonical_json(), again.draft()), (policy.canonical_json(), policy.draft()));
    }
}

/// RFC 8785: keys in the order of their UTF-16 units, texts escaped only where they must be.
#[test]
fn the_canonical_form_sorts_keys_by_utf_16_and_escapes_little() {
    let text = r#"{"revision":1,"id":"\u20ac\n\u001f\u007f\/\"","format":1,"routing":{"fallback":"a"},"pools":[{"id":"a"}],
        "attributes":{"\ufb33":"bool","\ud83d\ude00":"text"},"default_calendar":"u",
        "calendars":{"u":{"zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2024-12-31"}}}}"#;
    let policy = Policy::from_json(text).unwrap_or_else(|error| panic!("{error}"));
    let expected = concat!(
        "{\"attributes\":{\"\u{1f600}\":\"text\",\"\u{fb33}\":\"bool\"},",
        r#""calendars":{"u":{"outside":"refuse","valid":{"from":"2024-01-01","to":"2024-12-31"},"#,
        r#""working_days":["mon"],"zone":"UTC"}},"default_calendar":"u","format":1,"#,
        "\"id\":\"\u{20ac}\\n\\u001f\u{7f}/\\\"\",",
        r#""pools":[{"id":"a"}],"revision":1,"routing":{"fallback":"a"}}"#,
    );
    assert_eq!(policy.canonical_json(), expected);
}

/// Facts print and are read again, one way and through a `Value`.
#[test]
fn facts_are_read_as_they_were_printed() {
    for text in [include_str!("customer.json"), include_str!("folded.json")] {
        let customer: Customer = serde_json::from_str(text).expect("a customer");
        let value = serde_json::to_value(&customer).expect("facts print");
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
        assert_eq!(serde_json::from_value::<Customer>(value).expect("a customer"), customer);
        assert_eq!(serde_json::from_str::<Customer>(&serde_json::to_string(&customer).unwrap()).unwrap(), customer);
    }
    let rep: Rep = serde_json::from_str(include_str!("rep.json")).expect("a rep");
    assert_eq!(serde_json::from_value::<Rep>(serde_json::to_value(&rep).unwrap()).unwrap(), rep);
    let text = include_str!("ledger.json");
    let ledger: Ledger = serde_json::from_str(text).expect("a ledger");
    let value = serde_json::to_value(&ledger).expect("ledgers print");
    assert_eq!(value, serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
    assert_eq!(serde_json::from_value::<Ledger>(value).expect("a ledger"), ledger);
}

/// The order in which a host lists past ownerships is no fact: they are kept newest first, from code and from JSON.
#[test]
fn past_ownerships_are_kept_newest_first_in_whatever_order_they_are_given() {
    let customer: Customer = serde_json::from_str(include_str!("customer.json")).expect("a customer");
    let known_from = customer.past_known_from();
    let newest_first = customer.past().to_vec();
    assert!(newest_first.len() == 3 && newest_first.is_sorted_by(|one, next| one.to() >= next.to()));
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let given = order.map(|place: usize| newest_first[place].clone());
        assert_eq!(customer.clone().with_past(given.clone(), known_from), customer, "{order:?}");
        let mut value = serde_json::to_value(&customer).expect("facts print");
        value["past"] = serde_json::to_value(given).expect("a past prints");
        assert_eq!(serde_json::from_value::<Customer>(value).expect("a customer"), customer, "{order:?}");
    }
}

/// Numbers where texts are asked for, and floats where whole numbers are, are refused however they are handed over.
#[test]
fn numbers_are_refused_where_texts_are_asked_for() {
    for (from, to) in [(r#""500""#, "500"), (r#""2020-01-01""#, "20200101"), (r#""revision": 1"#, r#""revision": 1.0"#)]
    {
        let text = include_str!("../../workloads/w1b.json");
        assert!(text.contains(from), "{from}");
        assert!(Policy::from_json(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
    for (from, to) in [(r#""12.25""#, "12.25"), (r#""1000.00""#, "1000.00"), (r#""integer": 3"#, r#""integer": 3.0"#)] {
        let text = include_str!("customer.json");
        assert!(text.contains(from), "{from}");
        assert!(serde_json::from_str::<Customer>(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
}
