//! The same documents, digests and facts as `tests/texts/policy/same.rs`, under other features of `serde_json`.

#[path = "../../texts/policy/same.rs"]
mod same;

/// Otherwise nothing here proves anything.
#[test]
fn the_features_are_on() {
    assert_eq!(serde_json::from_str::<serde_json::Value>("1.000000000000000000000001").unwrap().to_string(), "1.000000000000000000000001");
    assert_eq!(serde_json::from_str::<serde_json::Value>(r#"{"b":1,"a":2}"#).unwrap().to_string(), r#"{"b":1,"a":2}"#);
}
