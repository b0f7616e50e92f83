//! Problems of meaning: all together, each with its code, its path and a sentence; and the limits.

use std::collections::BTreeSet;

use customer_pool::{Policy, PolicyError};
use serde_json::{Value, json};

/// Every code, with a path at which the broken document has it and a part of the sentence.
const CODES: [(&str, &str, &str); 54] = [
    ("calendar.zone_unknown", "$.calendars.bad.zone", "`Mars/Olympus`"),
    ("calendar.no_working_days", "$.calendars.empty.working_days", "at least one"),
    ("calendar.weekday_twice", "$.calendars.bad.working_days[1]", "`mon` is listed twice"),
    ("calendar.too_many_blocks", "$.calendars.bad.blocks.tue", "17 blocks"),
    ("calendar.block_empty", "$.calendars.bad.blocks.mon[0]", "from `09:00` to `09:00` is empty"),
    ("calendar.block_reversed", "$.calendars.bad.blocks.mon[1]", "ends before it begins"),
    ("calendar.block_overlap", "$.calendars.bad.blocks.mon[3]", "overlaps the one from `13:00` to `15:00`"),
    ("calendar.too_many_dates", "$.calendars.bad.off", "4097 dates are more than 4096"),
    ("calendar.date_twice", "$.calendars.bad.on[1]", "`2026-02-14` is listed twice"),
    ("calendar.valid_missing", "$.calendars.empty.valid", "needs the range of dates"),
    ("calendar.valid_reversed", "$.calendars.bad.valid", "before it begins on `2026-12-31`"),
    ("condition.too_deep", "$.groups[0].triggers[0].when.any[1]DEEP", "at most 32 deep"),
    ("condition.empty", "$.groups[0].triggers[0].when.any[0].all", "write `always`"),
    ("condition.undeclared_attribute", "$.groups[0].triggers[0].when.any[2].present", "add it to `attributes`"),
    ("condition.wrong_type", "$.groups[0].triggers[0].when.any[3].is_true", "`tier` is no bool"),
    ("condition.unknown_word", "$.groups[0].triggers[0].when.any[4].in.of[1]", "`gone` is no value of `lifecycle`"),
    ("condition.bad_constant", "$.groups[0].triggers[0].when.any[5].at_least.value", "write a decimal such as"),
    ("condition.undeclared_figure", "$.claims.quotas[0].steps[0].when.present", "add it to `figures`"),
    ("condition.wrong_subject", "$.claims.quotas[0].when.present", "`rep.tag` is no fact about the customer"),
    ("policy.capacity_sum", "$.claims.capacities[1].weights", "give it the `weights` of `c`"),
    ("policy.contradictory_checks", "$.claims.checks.assign.remove[0]", "`quota` is added and removed"),
    ("policy.cooldown_cause", "$.claims.cooldowns[0].after.departed", "causes that do are released, undone"),
    ("policy.cooldown_per", "$.claims.cooldowns[0].per", "is a quiet period"),
    ("policy.no_longest_lock", "$.claims.lock_caps", "give `longest_lock`"),
    ("policy.no_lottery_seed", "$.pools[0].hand_out.lottery", "give `lottery_seed`"),
    ("policy.no_parent", "$.pools[0].escalate_after", "give a `parent`"),
    ("policy.no_tiers", "$.claims.qualifications[0].requires", "list `tiers`"),
    ("policy.quota_way", "$.claims.quotas[0].ways[0]", "`restore` uses no quota"),
    ("policy.clock_skew", "$.clock_skew_s", "at most 86400 s"),
    ("policy.duplicate_id", "$.pools[1].id", "rename one"),
    ("policy.empty", "$.groups[0].triggers[0].warnings[0].audience", "nobody"),
    ("policy.freeze_window", "$.freeze_windows[0]", "exchange `from` and `to`"),
    ("policy.pool_cycle", "$.pools[2].parent", "go round in a circle"),
    ("policy.revision", "$.revision", "at most 9007199254740991"),
    ("policy.too_many", "$.groups[0].triggers[0].warnings", "33 warning stages are too many"),
    ("policy.unknown_calendar", "$.groups[0].triggers[0].calendar", "calendar `bad` is not in `calendars`"),
    ("policy.unknown_pool", "$.routing.fallback", "pool `nowhere` is not in `pools`; add it there"),
    ("policy.zero", "$.groups[0].triggers[0].qualifying.per_day", "remove `per_day`"),
    ("scoring.criterion", "$.scoring.key_accounts.scorecard.criteria[0].attribute", "bands need a number"),
    ("scoring.engagement", "$.scoring.engagement", "a half-life of 0"),
    ("scoring.shares", "$.scoring.key_accounts", "`960` and `950`"),
    ("scoring.no_floor", "$.scoring.tiers.ladder", "write `always`"),
    ("scoring.pace", "$.scoring.priority.pace", "above 1000000"),
    ("scoring.periods", "$.scoring.tiers.periods", "at least one period"),
    ("scoring.share", "$.scoring.tiers.band", "above 1000 per mille"),
    ("scoring.weights", "$.scoring.priority", "make 1000 together, not `900`"),
    ("span.calendar_without_blocks", "$.claims.minimum_interval", "give it blocks, or count working days"),
    ("span.invalid", "$.groups[0].triggers[0].base", "outside 1 to 36500"),
    ("span.months", "$.grace", "use days"),
    ("trigger.anchor_attribute", "$.groups[0].triggers[0].anchor.attribute", "not declared as a `date`"),
    ("trigger.no_max_hold", "$.groups[0].triggers[0].max_hold", "add `max_hold`"),
    ("trigger.notify_in_all_of", "$.groups[0].triggers[0].mode", "a group of its own"),
    ("trigger.notify_with_action", "$.groups[0].triggers[0].action", "remove `action`"),
    ("trigger.notify_with_pool", "$.groups[0].triggers[0].pool", "remove `pool`"),
];

/// The one that the broken document cannot show without hiding another path's meaning is listed apart.
const WARNINGS_OF_NOTIFY: (&str, &str, &str) =
    ("trigger.notify_with_warnings", "$.groups[0].triggers[0].warnings", "would never be sent");

/// What needs tiers, which the broken document cannot have.
const UNKNOWN_TIER: (&str, &str, &str) =
    ("policy.unknown_tier", "$.claims.capacities[1].weights.vip", "tier `vip` is not in `tiers`");

fn deep(depth: usize) -> Value {
    (0..depth).fold(json!("always"), |inner, _| json!({ "not": inner }))
}

/// A document that has every problem there is.
fn broken() -> Value {
    let day = |i: i64| (chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Days::new(i as u64)).to_string();
    let stage = |i: usize| json!({ "id": format!("s{i}"), "before": { "days": 1 }, "audience": if i == 0 { vec![] } else { vec!["owner"] } });
    let plain = |zone: &str| json!({ "zone": zone, "working_days": ["mon"], "valid": { "from": "2024-01-01", "to": "2030-12-31" } });
    json!({
        "format": 1, "id": "broken", "revision": 9_007_199_254_740_992_u64, "clock_skew_s": 86_401,
        "default_calendar": "plain",
        "attributes": { "spend": "decimal" },
        "calendars": {
            "plain": plain("UTC"),
            "empty": { "zone": "UTC" },
            "bad": {
                "zone": "Mars/Olympus", "working_days": ["mon", "mon"],
                "blocks": {
                    "mon": [["09:00", "09:00"], ["12:00", "11:00"], ["13:00", "15:00"], ["14:00", "16:00"]],
                    "tue": (0..17).map(|i| [format!("{i:02}:00"), format!("{i:02}:30")]).collect::<Vec<_>>(),
                },
                "off": (0..4_097).map(day).collect::<Vec<_>>(),
                "on": ["2026-02-14", "2026-02-14"],
                "valid": { "from": "2026-12-31", "to": "2026-01-01" },
            },
        },
        "pools": [
            { "id": "a", "hand_out": { "lottery": { "days": 1 } }, "escalate_after": { "days": 1 } }, { "id": "a" }, { "id": "b", "parent": "c" }, { "id": "c", "parent": "b" },
        ],
        "routing": { "fallback": "nowhere" },
        "grace": { "months": 1 },
        "claims": {
            "minimum_interval": { "working_hours": 8 },
            "combine_capacities": "sum",
            "cooldowns": [{ "id": "a", "per": "everybody", "after": { "departed": { "days": 1 } } }],
            "qualifications": [{ "id": "t", "requires": "tier" }],
            "quotas": [{
                "id": "q", "limit": 1, "window": "day", "ways": ["restore"], "when": { "present": "rep.tag" },
                "steps": [{ "when": { "present": "rep.figure.unheard_of" }, "add": 1 }],
            }],
            "capacities": [
                { "id": "c", "scope": "everybody", "cap": 1 },
                { "id": "d", "scope": "everybody", "cap": 1, "weights": { "vip": 2 } },
            ],
            "lock_caps": [{ "id": "l", "scope": "everybody", "cap": 1 }],
            "checks": { "assign": { "add": ["quota"], "remove": ["quota"] } },
        },
        "scoring": {
            "tiers": { "ladder": [{ "tier": "vip", "when": { "present": "score.clv" } }], "band": 1_001, "periods": 0, "period": "month" },
            "purchase_type_share": 1_001,
            "engagement": { "half_life_hours": 0, "half": 1 },
            "key_accounts": {
                "a_share": 960,
                "scorecard": { "cut": 1, "criteria": [{ "attribute": "strategic", "weight": 1_000, "points": { "flag": 1 } }] },
            },
            "priority": { "value": 900, "pace": 1_000_001, "starves_after": { "days": 30 } },
        },
        "freeze_windows": [{ "id": "f", "from": "2026-02-02T00:00:00", "to": "2026-02-01T00:00:00" }],
        "groups": [{ "id": "g", "all_of": true, "triggers": [{
            "id": "t",
            "when": { "any": [
                { "all": [] },
                deep(40),
                { "present": "attribute.unheard_of" },
                { "is_true": "tier" },
                { "in": { "fact": "lifecycle", "of": ["new", "gone"] } },
                { "at_least": { "fact": "attribute.spend", "value": "much" } },
            ] },
            "anchor": { "attribute": "spend" },
            "base": { "days": 0 },
            "calendar": { "named": "bad" },
            "max_hold_pauses": true,
            "mode": "notify_only",
            "action": "review",
            "pool": "a",
            "qualifying": { "per_day": 0 },
            "warnings": (0..33).map(stage).collect::<Vec<_>>(),
        }] }],
    })
}

fn problems(document: &Value) -> Vec<(String, String, String)> {
    let problems = match Policy::from_json(&document.to_string()) {
        Err(PolicyError::Problems(problems)) => problems,
        other => panic!("{other:?}"),
    };
    assert_eq!(problems.to_string().lines().count(), problems.len());
    problems.iter().map(|p| (p.code().to_owned(), p.path().to_owned(), p.message().to_owned())).collect()
}

/// One document with every code there is: all of them are found at once, at their places, in words.
#[test]
fn every_problem_of_a_document_is_reported_together() {
    let found = problems(&broken());
    for (code, path, words) in CODES.into_iter().chain([WARNINGS_OF_NOTIFY]) {
        let path = path.replace("DEEP", &".not".repeat(31));
        let there = found.iter().any(|(c, p, message)| c == code && *p == path && message.contains(words));
        assert!(there, "{code} at {path} ({words}) is not in {found:#?}");
    }
    let known: BTreeSet<&str> = CODES.iter().map(|(code, ..)| *code).chain([WARNINGS_OF_NOTIFY.0]).collect();
    let codes: BTreeSet<&str> = found.iter().map(|(code, ..)| &**code).collect();
    assert_eq!(codes, known);
}

/// The broken document with a list of tiers knows which tier is none of them, and which is higher.
#[test]
fn a_weight_of_an_unknown_tier_is_a_problem_where_tiers_are_listed() {
    let mut document = broken();
    document["tiers"] = json!(["normal"]);
    let found = problems(&document);
    let (code, path, words) = UNKNOWN_TIER;
    assert!(found.iter().any(|(c, p, message)| c == code && p == path && message.contains(words)), "{found:#?}");
    assert!(!found.iter().any(|(c, ..)| c == "policy.no_tiers"), "{found:#?}");
}

/// A table of tiers that goes the other way than the list, and one whose cut times the band is no decimal.
const TIER_ORDER: (&str, &str, &str) = ("scoring.tier_order", "$.scoring.tiers.ladder[1].tier", "the best tier first");
const SCORECARD: (&str, &str, &str) = ("scoring.scorecard", "$.scoring.key_accounts.scorecard", "make 1000 together");
const CUT: (&str, &str, &str) = ("scoring.cut", "$.scoring.tiers.ladder[0].when", "out of range");
/// A problem of a table that the checks before it do not know: there is none, and it would be told.
const TIERS: &str = "scoring.tiers";

#[test]
fn tables_of_tiers_are_held_to_the_list_and_to_what_decimals_hold() {
    let document = |tiers: Value, cut: &str| {
        let day =
            json!({ "zone": "UTC", "working_days": ["mon"], "valid": { "from": "2024-01-01", "to": "2030-12-31" } });
        let best = json!({ "tier": "vip", "when": { "at_least": { "fact": "score.clv", "value": cut } } });
        json!({
            "format": 1, "id": "p", "revision": 1, "default_calendar": "c", "calendars": { "c": day }, "tiers": tiers,
            "pools": [{ "id": "a" }], "routing": { "fallback": "a" },
            "scoring": { "tiers": {
                "ladder": [best, { "tier": "normal", "when": "always" }], "band": 800, "periods": 1, "period": "month",
            } },
        })
    };
    let sound = document(json!(["normal", "vip"]), "1000").to_string();
    Policy::from_json(&sound).unwrap_or_else(|error| panic!("{error}"));
    let mut light = document(json!([]), "1");
    light["attributes"] = json!({ "strategic": "bool" });
    let criterion = json!({ "attribute": "strategic", "weight": 999, "points": { "flag": 1 } });
    light["scoring"]["key_accounts"] = json!({ "scorecard": { "cut": 1, "criteria": [criterion] } });
    for ((code, path, words), document) in [
        (SCORECARD, light),
        (TIER_ORDER, document(json!(["vip", "normal"]), "1000")),
        (
            ("policy.unknown_tier", "$.scoring.tiers.ladder[0].tier", "`vip` is not in"),
            document(json!(["normal"]), "1"),
        ),
        (CUT, document(json!([]), "79228162514264337593543950335")),
    ] {
        let found = problems(&document);
        let there = found.iter().any(|(c, p, message)| c == code && p == path && message.contains(words));
        assert!(there && found.len() == 1, "{found:#?}");
    }
}

/// The table above is complete: it has every code that stands in the sources of the checks.
#[test]
fn the_table_of_codes_is_complete() {
    let mut written = BTreeSet::new();
    let files = [
        "policy/assemble.rs",
        "policy/assembly.rs",
        "policy/claim_rules.rs",
        "policy/triggers.rs",
        "policy/slots.rs",
        "policy/score_rules.rs",
        "condition/compile.rs",
        "time/check.rs",
    ];
    for file in files {
        let source = std::fs::read_to_string(format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a source");
        for word in source.split('"') {
            let named = word.split_once('.').is_some_and(|(area, name)| {
                ["calendar", "condition", "policy", "scoring", "span", "trigger"].contains(&area)
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                    && !name.is_empty()
            });
            if named {
                written.insert(word.to_owned());
            }
        }
    }
    let apart = [&WARNINGS_OF_NOTIFY, &UNKNOWN_TIER, &TIER_ORDER, &CUT, &SCORECARD];
    let mut table: BTreeSet<String> = CODES.iter().chain(apart).map(|(code, ..)| (*code).to_owned()).collect();
    table.insert(TIERS.to_owned());
    table.extend(OF_SMALL.map(str::to_owned));
    assert_eq!(written, table);
}

/// What a document with calendars and routing cannot have; `small.rs` shows each.
const OF_SMALL: [&str; 3] = ["policy.no_calendar", "policy.no_routing", "span.without_calendar"];

/// Makes the part of a document that has so many of something.
type Build<'a> = &'a dyn Fn(usize) -> Value;

/// One more of everything that is limited than may be, each in a document of its own.
#[test]
fn what_is_limited_is_refused_one_above_its_limit_and_taken_at_it() {
    let ids = |n: usize, more: Value| -> Vec<Value> {
        let with = |i: usize| {
            let mut entry = more.clone();
            entry["id"] = json!(format!("x{i}"));
            entry
        };
        (0..n).map(with).collect()
    };
    let map = |n: usize, value: Value| -> Value { (0..n).map(|i| (format!("x{i}"), value.clone())).collect() };
    let calendar =
        json!({ "zone": "UTC", "working_days": ["mon"], "valid": { "from": "2024-01-01", "to": "2030-12-31" } });
    let trigger = json!({ "when": "always", "base": { "days": 1 } });
    let notify = json!({ "when": "always", "base": { "days": 1 }, "mode": "notify_only" });
    let window = json!({ "from": "2026-02-01T00:00:00", "to": "2026-02-02T00:00:00" });
    let kinds = |n: usize| -> Value { (0..n).map(|i| (format!("custom.x{i}"), json!({ "days": 1 }))).collect() };
    let cases: [(usize, &str, Build<'_>); 15] = [
        (64, "$.calendars", &|n| map(n, calendar.clone())),
        (1_024, "$.attributes", &|n| map(n, json!("bool"))),
        (4_096, "$.pools", &|n| json!(ids(n, json!({})))),
        (
            1_024,
            "$.routing.rules",
            &|n| json!({ "fallback": "x0", "rules": vec![json!({ "when": "always", "pool": "x0" }); n] }),
        ),
        (256, "$.tiers", &|n| (0..n).map(|i| format!("x{i}")).collect()),
        (256, "$.figures", &|n| (0..n).map(|i| format!("x{i}")).collect()),
        (1_024, "$.pools[0].members", &|n| json!([{ "id": "x0", "members": vec!["everybody"; n] }])),
        (256, "$.claims.quiet_periods", &|n| json!({ "quiet_periods": ids(n, json!({ "span": { "days": 1 } })) })),
        (
            64,
            "$.claims.lock_caps[0].steps",
            &|n| json!({ "lock_caps": [{ "id": "l", "scope": "everybody", "cap": 1, "steps": vec![json!({ "when": "always", "add": 1 }); n] }] }),
        ),
        (
            256,
            "$.claims.capacities[0].weights",
            &|n| json!({ "capacities": [{ "id": "l", "scope": "everybody", "cap": 1, "weights": map(n, json!(1)) }] }),
        ),
        (256, "$.holds", &|n| (0..n).map(|i| format!("custom.x{i}")).collect()),
        (256, "$.freeze_windows", &|n| json!(ids(n, window.clone()))),
        (512, "$.groups[0].triggers", &|n| json!([{ "id": "g", "triggers": ids(n, trigger.clone()) }])),
        (64, "$.groups[0].triggers", &|n| json!([{ "id": "g", "triggers": ids(n, notify.clone()) }])),
        (
            4_096,
            "$.groups",
            &|n| json!([{ "id": "g", "triggers": [{ "id": "t", "when": "always", "base": { "days": 1 }, "renewals": kinds(n) }] }]),
        ),
    ];
    for (limit, path, build) in cases {
        let at = |n: usize| {
            let mut document = json!({
                "format": 1, "id": "limits", "revision": 1, "default_calendar": "x0",
                "calendars": { "x0": calendar.clone() }, "pools": [{ "id": "x0" }], "routing": { "fallback": "x0" },
                "longest_lock": { "days": 1 },
            });
            document[path.trim_start_matches("$.").split(['.', '[']).next().unwrap()] = build(n);
            document
        };
        Policy::from_json(&at(limit).to_string()).unwrap_or_else(|error| panic!("{path} with {limit}: {error}"));
        let found = problems(&at(limit + 1));
        let named = |(code, p, message): &(String, String, String)| {
            code == "policy.too_many" && p.starts_with(path) && message.contains("too many")
        };
        assert!(found.iter().any(named), "{path} with {limit} + 1: {found:?}");
    }
    let large = format!("{}{}", " ".repeat(1 << 20), "{}");
    assert_eq!(Policy::from_json(&large).err(), Some(PolicyError::TooLarge((1 << 20) + 2)));
}
