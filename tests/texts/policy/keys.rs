//! Every key and value of every object: doubled, misspelt, left out, of another type, empty.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::model::{Customer, Ledger, Rep};
use customer_pool::{Policy, PolicyError};
use serde_json::{Value, json};

use super::json::{Json, Place, Step, path};
use super::{CUSTOMER, FOLDED, LEDGER, MAXIMAL, REP, SMALL};

/// Where and why a text was refused.
#[derive(Debug)]
struct Refusal {
    line: usize,
    column: usize,
    path: String,
    message: String,
}

/// A document, what reads it, and what may not be left out in each of its objects, by the object's name.
struct Document {
    name: &'static str,
    text: &'static str,
    read: fn(&str) -> Result<(), Refusal>,
    /// Whether `null` stands for a fact that is missing.
    null: bool,
    required: &'static [(&'static str, &'static [&'static str])],
}

const DOCUMENTS: [Document; 6] = [
    Document {
        name: "policy",
        text: MAXIMAL,
        read: policy,
        null: false,
        required: &[
            ("$", &["format", "id", "revision"]),
            ("calendars.*", &["zone"]),
            ("on", &["date", "blocks"]),
            ("valid", &["from", "to"]),
            ("pools", &["id"]),
            ("routing", &["fallback"]),
            ("rules", &["when", "pool"]),
            ("deal_customers", &["when", "then"]),
            ("freeze_windows", &["id", "from", "to"]),
            ("groups", &["id"]),
            ("triggers", &["id", "when", "base"]),
            ("warnings", &["id", "before"]),
            ("in", &["fact", "of"]),
            ("equals", &["fact", "value"]),
            ("less_than", &["fact", "value"]),
            ("at_most", &["fact", "value"]),
            ("greater_than", &["fact", "value"]),
            ("at_least", &["fact", "value"]),
            ("undo", &["within", "per_day"]),
            ("quiet_periods", &["id", "span"]),
            ("cooldowns", &["id"]),
            ("repeat_limits", &["id", "limit", "within"]),
            ("qualifications", &["id", "requires"]),
            ("quotas", &["id", "limit", "window"]),
            ("capacities", &["id", "scope", "cap"]),
            ("lock_caps", &["id", "scope", "cap"]),
            ("departures", &["when", "to"]),
            ("steps", &["when", "add"]),
            ("tiers", &["band", "periods", "period"]),
            ("ladder", &["tier", "when"]),
            ("engagement", &["half_life_hours", "half"]),
            ("scorecard", &["cut"]),
            ("criteria", &["attribute", "weight", "points"]),
            ("life_cycle", &["new_for", "dormant_after", "lost_after", "won_back_for"]),
            ("priority", &["pace", "starves_after"]),
        ],
    },
    Document {
        name: "customer",
        text: CUSTOMER,
        read: facts::<Customer>,
        null: true,
        required: &[
            ("$", &["id", "place"]),
            ("owned", &["owner"]),
            ("activities", &["kind", "actor"]),
            ("holds", &["kind", "document", "live"]),
            ("freezes", &["kind"]),
            ("extensions", &["until"]),
            ("pauses", &["from", "to"]),
            ("past", &["owner", "from", "to", "way_in", "cause"]),
            ("notice", &["cycle", "at"]),
            ("nomination", &["cycle", "at", "state"]),
            ("cycle", &["customer", "ownership", "trigger", "due"]),
            ("last_stay", &["pool", "since"]),
            ("reservation", &["rep", "since", "until"]),
            ("asks", &["rep", "at"]),
            ("lapses", &["rep", "at"]),
            ("former_entries", &["pool", "at"]),
            ("release_request", &["at"]),
            ("tier_state", &["tier", "since"]),
        ],
    },
    Document {
        name: "folded customer",
        text: FOLDED,
        read: facts::<Customer>,
        null: true,
        required: &[
            ("$", &["id", "place"]),
            ("pool", &["pool", "since"]),
            ("folded", &["rules", "latest"]),
            ("unjudged", &["slot", "at"]),
            ("kept", &["rule", "day", "recorded", "at", "slot"]),
        ],
    },
    Document {
        name: "rep",
        text: REP,
        read: facts::<Rep>,
        null: true,
        required: &[("$", &["id"]), ("leave", &["from", "to"])],
    },
    Document {
        name: "small policy",
        text: SMALL,
        read: policy,
        null: false,
        required: &[
            ("$", &["format", "id", "revision"]),
            ("pools", &["id"]),
            ("groups", &["id"]),
            ("triggers", &["id", "when", "base"]),
        ],
    },
    Document {
        name: "ledger",
        text: LEDGER,
        read: facts::<Ledger>,
        null: true,
        required: &[
            ("$", &["scope"]),
            ("entries", &["at", "way_in", "customer"]),
            ("facts", &["id", "place"]),
            ("holdings", &["rule", "used"]),
            ("excused", &["until", "weight"]),
            ("reservations", &["customer", "pool", "until"]),
            ("locks", &["customer", "since"]),
        ],
    },
];

/// Keys that say which of several things an object is: it has just the one.
const TAGS: [&str; 41] = [
    "bands",
    "words",
    "flag",
    "all",
    "any",
    "not",
    "in",
    "equals",
    "less_than",
    "at_most",
    "greater_than",
    "at_least",
    "is_true",
    "present",
    "missing",
    "latest_activity",
    "attribute",
    "groups",
    "named",
    "owned",
    "pool",
    "rep",
    "at",
    "on",
    "bool",
    "integer",
    "decimal",
    "text",
    "date",
    "instant",
    "role",
    "unit",
    "unit_alone",
    "reservation",
    "lottery",
    "unit_at",
    "sliding",
    "condition",
    "notice",
    "retime_with_notice",
    "deferred",
];

/// Objects whose keys the host names, or that have a key for each member of a vocabulary.
const MAPS: [&str; 12] = [
    "of",
    "worth",
    "scores",
    "attributes",
    "calendars",
    "renewals",
    "blocks",
    "after",
    "weights",
    "modes",
    "checks",
    "figures",
];

/// The words of the language that stand for themselves where a tagged object might stand.
const WORDS: [&str; 20] = [
    "month",
    "always",
    "ownership_start",
    "created",
    "last_contract_end",
    "last_deal",
    "exempt",
    "approved",
    "nominated",
    "rejected",
    "grandfather",
    "retime",
    "immediate",
    "notify_only",
    "same_triggers",
    "owner",
    "awaiting",
    "closed",
    "system",
    "everybody",
];

/// The units of a span, of which it has one.
const UNITS: [&str; 6] = ["minutes", "hours", "days", "working_days", "working_hours", "months"];

fn policy(text: &str) -> Result<(), Refusal> {
    match Policy::from_json(text) {
        Err(PolicyError::Shape(error)) => Err(Refusal {
            line: error.line(),
            column: error.column(),
            path: error.path().to_owned(),
            message: error.message().to_owned(),
        }),
        Err(PolicyError::TooLarge(bytes)) => panic!("{bytes} bytes"),
        Ok(_) | Err(PolicyError::Problems(_)) => Ok(()),
    }
}

fn facts<T: serde::de::DeserializeOwned>(text: &str) -> Result<(), Refusal> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize::<_, T>(&mut deserializer).map(drop).map_err(|error| Refusal {
        line: error.inner().line(),
        column: error.inner().column(),
        path: format!("$.{}", error.path()).trim_end_matches('.').replace("$..", "$."),
        message: error.inner().to_string(),
    })
}

/// The key an object stands under, items of a list without their number, `x.*` for a value of map `x`.
fn name(place: &Place) -> String {
    let keys: Vec<&str> =
        place.iter().filter_map(|step| if let Step::Key(key) = step { Some(&**key) } else { None }).collect();
    match keys[..] {
        [] => "$".to_owned(),
        [.., map, _] if MAPS.contains(&map) => format!("{map}.*"),
        [.., key] => key.to_owned(),
    }
}

fn is_tagged(entries: &[(String, Json)]) -> bool {
    // A folded activity's `at` and a span's are keys among others.
    matches!(entries, [(key, _)] if TAGS.contains(&&**key) || key == "duration")
}

fn stray(entries: &[(String, Json)]) -> Json {
    // No value of any map.
    let stray = ("stray".to_owned(), Json::Plain(json!(-1.5)));
    Json::Object(entries.iter().cloned().chain([stray]).collect())
}

/// The words in backticks of a message.
fn quoted(message: &str) -> BTreeSet<String> {
    message.split('`').skip(1).step_by(2).filter(|word| *word != "stray").map(str::to_owned).collect()
}

fn line_of(text: &str, key: &str) -> usize {
    1 + text.lines().position(|line| line.starts_with(&format!("\"{key}\":"))).expect("the key is there")
}

#[test]
fn the_documents_are_accepted_as_they_are() {
    Policy::from_json(MAXIMAL).unwrap_or_else(|error| panic!("{error}"));
    for document in &DOCUMENTS {
        (document.read)(document.text).unwrap_or_else(|why| panic!("{}: {why:?}", document.name));
    }
}

/// Inserts an unknown key into each object.
#[test]
fn an_unknown_key_is_refused_at_every_depth_with_its_place() {
    let mut tried = 0;
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        for (place, entries) in tree.objects() {
            let text = tree.with(&place, stray(&entries)).print();
            let line = line_of(&text, "stray");
            let why = (document.read)(&text).expect_err(&path(&place));
            let context = format!("{} {}: {why:?}", document.name, path(&place));
            if is_tagged(&entries) {
                // A second key is seen where the object should end: after the value before it.
                assert_eq!((why.path, why.line), (path(&place), line - 1), "{context}");
            } else {
                assert_eq!((why.path, why.line), (format!("{}.stray", path(&place)), line), "{context}");
                if !MAPS.contains(&&*name(&place)) {
                    assert_eq!(why.column, "\"stray\"".len(), "{context}");
                    assert!(why.message.starts_with("unknown field `stray`, expected"), "{context}");
                }
            }
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried} objects");
}

/// What the reader says it expects, where an unknown key stands, is all used somewhere in the document.
#[test]
fn the_maximal_documents_use_every_key_of_the_language() {
    let (mut known, mut used) = (BTreeMap::<BTreeSet<String>, BTreeSet<String>>::new(), BTreeSet::<String>::new());
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        for place in tree.places() {
            if let Json::Plain(Value::String(word)) = tree.at(&place) {
                used.insert(word.clone());
            }
        }
        for (place, entries) in tree.objects() {
            let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
            let instead = stray(&[]);
            let why = (document.read)(&tree.with(&place, instead).print()).expect_err("an unknown key");
            if why.message.contains("unknown") {
                known.entry(quoted(&why.message)).or_default().extend(keys);
            }
        }
    }
    assert!(known.len() > 35, "{} kinds of object", known.len());
    for (known, mut keys) in known {
        keys.extend(used.iter().filter(|word| known.contains(*word)).cloned());
        keys.extend(WORDS.iter().filter(|word| known.contains(**word)).map(ToString::to_string));
        let unused: Vec<&String> = known.difference(&keys).collect();
        assert!(unused.is_empty(), "{unused:?} of {known:?}");
    }
}

/// Repeats each key of each object, with the same value.
#[test]
fn a_repeated_key_is_refused_at_every_depth_with_its_place() {
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        for (place, entries) in tree.objects() {
            for (key, value) in &entries {
                let twice = entries.iter().cloned().chain([(key.clone(), value.clone())]).collect();
                let text = tree.with(&place, Json::Object(twice)).print();
                let why = (document.read)(&text).expect_err(key);
                let context = format!("{} {}.{key}: {why:?}", document.name, path(&place));
                assert_eq!(why.path, path(&place), "{context}");
                if !is_tagged(&entries) {
                    let repeated = format!("duplicate field `{key}`");
                    let named = why.message.starts_with(&repeated)
                        || why.message.starts_with(&repeated.replace("field", "key"));
                    assert!(named && why.column == key.len() + 2, "{context}");
                    assert!(text.lines().nth(why.line - 1).unwrap().starts_with(&format!("\"{key}\":")), "{context}");
                }
            }
        }
    }
}

/// Removes each key of each object: refused exactly where the table says that it is required.
#[test]
fn a_required_key_may_not_be_left_out_and_no_other_is_required() {
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        let mut unseen: BTreeSet<_> = document.required.iter().map(|(name, _)| *name).collect();
        for (place, entries) in tree.objects() {
            let name = name(&place);
            let required = document.required.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, keys)| keys);
            let tagged = is_tagged(&entries);
            if !tagged {
                unseen.remove(&*name);
            }
            let is_span = |key: &str| UNITS.contains(&key) && name != "calendars.*";
            for (i, (key, _)) in entries.iter().enumerate() {
                let mut less = entries.clone();
                less.remove(i);
                let result = (document.read)(&tree.with(&place, Json::Object(less)).print());
                let context = format!("{} {}.{key}: {result:?}", document.name, path(&place));
                let message = match &**key {
                    _ if tagged => "expected value".to_owned(),
                    unit if is_span(unit) => "a span needs exactly one unit".to_owned(),
                    // Required beside a date without a time.
                    "recorded" if context.contains("activities[1]") => "needs the instant".to_owned(),
                    key if required.contains(&key) => format!("missing field `{key}`"),
                    _ => {
                        assert!(result.is_ok(), "{context}");
                        continue;
                    }
                };
                let why = result.expect_err(&context);
                assert!(why.path == path(&place) && why.message.contains(&message), "{context}");
            }
        }
        assert!(unseen.is_empty(), "{}: {unseen:?} did not occur", document.name);
    }
}

/// Puts a value of every other type in the place of each: a number for a decimal or a constant, a list of its values
/// for an object, `null` for what may be left out.
#[test]
fn a_value_of_another_type_is_refused_everywhere_with_its_place() {
    let others = [json!(null), json!(true), json!(1.5), json!("stray"), json!([]), json!({})];
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        for place in tree.places() {
            let value = tree.at(&place);
            let listed = match value {
                Json::Object(entries) => Some(Json::Array(entries.iter().map(|(_, value)| value.clone()).collect())),
                _ => None,
            };
            for other in others.iter().map(Json::from).chain(listed) {
                if (other.kind() == value.kind() && value.kind() != "number")
                    || (document.null && other.kind() == "null")
                {
                    continue;
                }
                let result = (document.read)(&tree.with(&place, other.clone()).print());
                let context = format!("{} {} as {other:?}: {result:?}", document.name, path(&place));
                if is_list_of_facts(document, value, &other) {
                    continue;
                }
                let why = result.expect_err(&context);
                assert!(why.path.starts_with(&path(&place)) && why.line > 0, "{context}");
            }
        }
    }
}

/// Facts, unlike policies, may give the values of an object as a list, in order.
fn is_list_of_facts(document: &Document, value: &Json, other: &Json) -> bool {
    document.null && value.kind() == "object" && other.kind() == "list"
}

/// Puts the empty text in the place of each text: no id, label, kind, instant or constant is empty.
#[test]
fn an_empty_text_is_refused_everywhere() {
    for document in &DOCUMENTS {
        let tree = Json::read(document.text);
        for place in tree.places().into_iter().filter(|place| tree.at(place).kind() == "text") {
            let text = tree.with(&place, Json::Plain(json!(""))).print();
            let refused = match document.name {
                "policy" => Policy::from_json(&text).is_err(),
                _ => (document.read)(&text).is_err_and(|why| why.path == path(&place)),
            };
            assert!(refused, "{} {}", document.name, path(&place));
        }
    }
}

#[test]
fn activities_given_singly_and_folded_are_refused() {
    let (Value::Object(mut one), Value::Object(other)) =
        (serde_json::from_str(FOLDED).unwrap(), serde_json::from_str::<Value>(CUSTOMER).unwrap())
    else {
        panic!("customers are objects")
    };
    one.insert("activities".to_owned(), other["activities"].clone());
    let error = serde_json::from_value::<Customer>(one.into()).unwrap_err().to_string();
    assert_eq!(error, "`activities` and `folded` are two forms of the same facts; give one of them");
}
