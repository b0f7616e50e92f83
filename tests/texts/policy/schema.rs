//! The JSON Schema of the document: current, and as strict about keys as the reader.

use std::collections::BTreeSet;

use customer_pool::policy::json_schema;
use serde_json::Value;

use super::MAXIMAL;
use super::json::Json;

/// The schema in the tree is the one the code makes; with `ACCEPT=1` it is written.
#[test]
fn the_committed_schema_is_current() {
    let current = serde_json::to_string_pretty(&json_schema()).expect("a schema prints") + "\n";
    crate::support::hold_to("schema/policy.schema.json", &current);
}

fn walk<'a>(value: &'a Value, found: &mut Vec<&'a serde_json::Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            found.push(map);
            map.values().for_each(|value| walk(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
        _ => {}
    }
}

/// Every object that the schema describes names its keys and allows no other, or says what its values are.
#[test]
fn the_schema_knows_every_key_and_allows_no_other() {
    let schema = json_schema();
    let mut parts = Vec::new();
    walk(&schema, &mut parts);
    let mut keys = BTreeSet::new();
    for part in parts {
        if let Some(Value::Object(properties)) = part.get("properties") {
            if part.get("type") == Some(&Value::from("object")) {
                keys.extend(properties.keys().cloned());
                assert_eq!(part.get("additionalProperties"), Some(&Value::Bool(false)), "{part:?}");
            }
        }
        assert!(part.get("type").is_none_or(|kind| !kind.to_string().contains("null")), "{part:?}");
    }
    let named_by_hosts =
        ["attributes", "calendars", "renewals", "blocks", "after", "weights", "modes", "checks", "worth", "of"];
    for (place, entries) in Json::read(MAXIMAL).objects() {
        let map = place
            .last()
            .is_some_and(|step| named_by_hosts.iter().any(|key| *step == super::json::Step::Key((*key).to_owned())));
        for (key, _) in entries.iter().filter(|_| !map) {
            assert!(keys.contains(key), "`{key}` is not in the schema");
        }
    }
}
