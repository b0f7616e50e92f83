//! JSON Schema of what a policy document says about time.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::draft::CalendarDraft;
use super::local::LocalTime;
use super::span::{Span, SpanUnit};
use super::span_wire::ROLL;
use super::timestamp::Timestamp;
use super::zone::Zone;

const TIME: &str = "^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$";
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

macro_rules! schemas {
    ($($name:ident, $inline:literal, $generator:pat => $schema:expr;)*) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                $inline
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn schema_id() -> Cow<'static, str> {
                concat!("customer_pool::time::", stringify!($name)).into()
            }
            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

schemas! {
    Timestamp, true, _ => json_schema!({ "type": "string", "format": "date-time" });
    LocalTime, true, _ => json_schema!({ "type": "string", "pattern": TIME });
    Zone, true, _ => json_schema!({ "type": "string", "minLength": 1 });
    Span, false, generator => span(generator);
    CalendarDraft, false, generator => calendar(generator);
}

/// One alternative per unit, so that an editor offers `at` and `roll` only where they go.
fn span(generator: &mut SchemaGenerator) -> Schema {
    let time = generator.subschema_for::<LocalTime>();
    let alternatives: Vec<Schema> = SpanUnit::ALL
        .into_iter()
        .map(|unit| {
            let count = json_schema!({ "type": "integer", "minimum": 1, "maximum": unit.max() });
            let mut properties = serde_json::Map::new();
            properties.insert(unit.key().to_owned(), count.into());
            if matches!(unit, SpanUnit::Days | SpanUnit::WorkingDays | SpanUnit::Months) {
                properties.insert("at".to_owned(), time.clone().into());
            }
            if matches!(unit, SpanUnit::Days | SpanUnit::Months) {
                properties.insert("roll".to_owned(), json_schema!({ "const": ROLL }).into());
            }
            json_schema!({
                "type": "object",
                "properties": properties,
                "required": [unit.key()],
                "additionalProperties": false,
            })
        })
        .collect();
    json_schema!({ "description": "A length of time with exactly one unit.", "oneOf": alternatives })
}

fn calendar(generator: &mut SchemaGenerator) -> Schema {
    let time = generator.subschema_for::<LocalTime>();
    let zone = generator.subschema_for::<Zone>();
    let date = json_schema!({ "type": "string", "pattern": DATE });
    let block = json_schema!({ "type": "array", "items": time, "minItems": 2, "maxItems": 2 });
    let blocks = json_schema!({ "type": "array", "items": block, "maxItems": 16 });
    let weekday = json_schema!({ "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] });
    let on = json_schema!({ "oneOf": [date.clone(), {
        "type": "object",
        "properties": { "date": date.clone(), "blocks": blocks.clone() },
        "required": ["date", "blocks"],
        "additionalProperties": false,
    }] });
    json_schema!({
        "description": "Which days and hours are worked, in which zone, and for which dates that is known.",
        "type": "object",
        "properties": {
            "zone": zone,
            "working_days": { "type": "array", "items": weekday.clone(), "minItems": 1, "uniqueItems": true },
            "blocks": { "type": "object", "propertyNames": weekday, "additionalProperties": blocks },
            "off": { "type": "array", "items": date.clone(), "maxItems": 4096, "uniqueItems": true },
            "on": { "type": "array", "items": on, "maxItems": 4096 },
            "valid": {
                "type": "object",
                "properties": { "from": date.clone(), "to": date },
                "required": ["from", "to"],
                "additionalProperties": false,
            },
            "outside": { "enum": ["refuse", "assume_weekly_pattern"], "default": "refuse" },
        },
        "required": ["zone", "working_days", "valid"],
        "additionalProperties": false,
    })
}
