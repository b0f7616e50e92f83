//! JSON Schema of the policy document.

use serde_json::Value;

use super::PolicyDraft;

/// The JSON Schema (draft 2020-12) of a policy document, as it lies in `schema/policy.schema.json`.
///
/// It describes the shape: what it accepts can still have problems, such as a pool that is named and not listed.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(PolicyDraft);
    schema.insert("title".to_owned(), "Policy of a customer pool".into());
    let mut schema = schema.to_value();
    without_null(&mut schema);
    schema
}

/// Takes away the `null` that a derived schema allows for whatever is optional: the reader refuses it.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(map) => {
            if let Some(Value::Array(kinds)) = map.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [kind] = &**kinds {
                    let kind = kind.clone();
                    map.insert("type".to_owned(), kind);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
                if let [Value::Object(only)] = &**choices {
                    let only = only.clone();
                    map.remove("anyOf");
                    for (key, value) in only {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            map.values_mut().for_each(without_null);
        }
        _ => {}
    }
}
