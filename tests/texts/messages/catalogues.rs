//! The catalogues as data.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::ReasonCode;
use customer_pool::condition::Fact;
use customer_pool::decision::{Class, Denial};
use customer_pool::ledger::EventKind;
use customer_pool::messages::{Language, message, template};
use customer_pool::model::{ActivityKind, Cause, ClosedCause, FreezeKind, HoldKind, Score, WayIn};
use customer_pool::moves::Refusal;
use customer_pool::sweep::ExecutionCode;

const ENGLISH: &str = include_str!("../../../src/messages/en.txt");
const CHINESE: &str = include_str!("../../../src/messages/zh_cn.txt");

/// The glossary: one English word per idea, the Chinese beside it, and words of other products that stand for it.
const GLOSSARY: &[(&str, &str, &[&str])] = &[
    ("qualifying activity", "有效跟进", &["valid follow-up", "contact record"]),
    ("maximum hold", "最长保护期", &[]),
    ("pool", "公海", &["open sea", "high seas", "shark tank", "queue", "private sea"]),
    ("pools", "公海", &[]),
    ("owner", "负责人", &["follower", "holder"]),
    ("rep", "销售", &["agent", "seller", "salesperson"]),
    ("claimed", "领取", &["pick", "receive", "choose", "fetch"]),
    ("released", "退回", &["return", "give up"]),
    ("reclaim", "回收", &["recycle", "retake", "recover"]),
    ("reclaimed", "回收", &["force recycle", "undo recycle"]),
    ("protection", "保护期", &["customer guarantee", "guarantee"]),
    ("base", "默认", &[]),
    ("renewal", "更新", &[]),
    ("due", "到期", &["expiry", "expires", "expired"]),
    ("lock", "锁定", &["protect", "protects"]),
    ("locked", "锁定", &[]),
    ("hold", "业务占用", &["exemption"]),
    ("business document", "业务占用", &[]),
    ("extension", "延期", &["delay"]),
    ("paused", "暂停计时", &[]),
    ("pause", "暂停计时", &[]),
    ("warning", "提醒", &["alarm"]),
    ("review", "复核", &[]),
    ("tier", "客户级别", &["level", "rank"]),
    ("deal", "成交", &["order won"]),
    ("admission", "入池审核", &[]),
    ("working day", "工作日", &[]),
    ("working days", "工作日", &[]),
    ("claim", "领取", &[]),
    ("claims", "领取", &[]),
    ("quota", "领取频次上限", &["rate limit"]),
    ("quiet period", "静默期", &[]),
    ("minimum interval", "连续领取间隔", &[]),
    ("taken back", "收回", &["force recycle"]),
    ("transferred", "转移", &["handed over"]),
    ("departed", "离职", &["resigned"]),
    ("holding capacity", "保有量", &["stock"]),
    ("cooldown", "冷却期", &["freeze"]),
    // Ideas that no message speaks of yet; their synonyms are refused all the same.
    ("previous owner", "前负责人", &["ex-owner"]),
    ("assign", "分配", &["distribute"]),
    ("allocate", "自动分配", &["dispatch"]),
    ("transfer", "转移", &["hand over"]),
    ("key account", "大客户", &["vip"]),
    ("duplicate", "撞单", &["collision"]),
    ("mask", "脱敏", &["encrypt"]),
];

/// Uses of a listed word that mean something else: a freeze window of reclaim is no cooldown, the longest protection no
/// hold.
const OTHER_MEANINGS: &[&str] = &["freeze window", "maximum hold"];

fn entries(catalogue: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = catalogue.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("`{line}` is no entry"))).collect()
}

fn parameters(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').expect("a closed parameter").0).collect()
}

/// Whether the text has these words, as words.
fn has_words(text: &str, words: &str) -> bool {
    let bounded = |at: Option<char>| at.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    text.match_indices(words)
        .any(|(at, found)| bounded(text[..at].chars().next_back()) && bounded(text[at + found.len()..].chars().next()))
}

/// English text without its parameters, whose names are no words of the message.
fn prose(text: &str) -> String {
    let mut prose = text.to_lowercase();
    for name in parameters(text) {
        prose = prose.replace(&format!("{{{name}}}"), "…");
    }
    prose
}

#[test]
fn both_catalogues_have_the_same_keys_and_parameters() {
    let (english, chinese) = (entries(ENGLISH), entries(CHINESE));
    let keys: Vec<_> = english.iter().map(|(key, _)| key).collect();
    assert_eq!(keys, chinese.iter().map(|(key, _)| key).collect::<Vec<_>>(), "keys in the same order");
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "no key twice");
    for ((key, english), (_, chinese)) in english.iter().zip(&chinese) {
        assert!(!english.trim().is_empty() && !chinese.trim().is_empty(), "{key}");
        assert_eq!(parameters(english), parameters(chinese), "{key}");
        assert!(!chinese.is_ascii() || key.starts_with("condition."), "{key} is not in Chinese");
        assert!(english.is_ascii(), "{key} is not in English");
    }
}

/// Every reason code has its text in every language, and every text that is no reason code's is asked for in the code.
#[test]
fn every_code_has_a_text_and_every_text_a_use() {
    let english: BTreeMap<_, _> = entries(ENGLISH).into_iter().collect();
    for code in ReasonCode::ALL {
        assert!(english.contains_key(code.as_str()), "{code}");
        for language in Language::ALL {
            assert_ne!(template(*code, *language), code.as_str());
        }
    }
    let mut known: BTreeSet<String> = ReasonCode::ALL.iter().map(ToString::to_string).collect();
    known.extend(ActivityKind::KNOWN.iter().map(|kind| format!("activity.{kind}")));
    known.extend(HoldKind::KNOWN.iter().map(|kind| format!("document.{kind}")));
    known.extend(FreezeKind::ALL.iter().map(|kind| format!("freeze.{kind}")));
    known.extend(Denial::CODES.iter().map(|code| format!("denial.{code}")));
    known.extend(Cause::ALL.iter().map(|cause| format!("cause.{cause}")));
    known.extend(ClosedCause::ALL.iter().map(|cause| format!("closed.{cause}")));
    known.extend(WayIn::ALL.iter().map(|way_in| format!("way_in.{way_in}")));
    known.extend(EventKind::MOVES.iter().map(|event| format!("event.{event}")));
    known.extend(Refusal::CODES.iter().map(|code| format!("refusal.{code}")));
    known.extend(ExecutionCode::CODES.iter().map(|code| format!("outcome.{code}")));
    known.extend(Fact::NAMED.iter().map(|fact| format!("fact.{fact}")));
    known.extend(Score::ALL.iter().map(|score| format!("fact.score.{score}")));
    known.extend(["owner", "manager", "pool_admins"].map(|role| format!("audience.{role}")));
    known.extend(["value.true", "value.false"].map(str::to_owned));
    for unit in ["minutes", "hours", "days", "working_days", "working_hours", "months"] {
        known.extend(["one", "many"].map(|number| format!("span.{unit}.{number}")));
    }
    for key in &known {
        assert!(english.contains_key(key.as_str()), "{key} has no text");
    }
    let code = [
        include_str!("../../../src/messages/claim.rs"),
        include_str!("../../../src/messages/conditions.rs"),
        include_str!("../../../src/messages/lines.rs"),
        include_str!("../../../src/messages/moves.rs"),
        include_str!("../../../src/messages/sentence.rs"),
        include_str!("../../../src/messages/words.rs"),
        include_str!("../../../src/plan/outcome.rs"),
        include_str!("../../../src/service/attempt.rs"),
        include_str!("../../../src/service/error.rs"),
    ]
    .concat();
    for key in english.keys().filter(|key| !known.contains(**key)) {
        assert!(code.contains(&format!("\"{key}\"")), "nothing asks for {key}");
    }
}

/// Messages use the glossary's words: where the English has one, the Chinese has its counterpart; neither a synonym.
#[test]
fn messages_use_the_words_of_the_glossary() {
    let chinese: BTreeMap<_, _> = entries(CHINESE).into_iter().collect();
    for (key, english) in entries(ENGLISH) {
        let english = prose(english);
        let meant = OTHER_MEANINGS.iter().fold(english.clone(), |text, other| text.replace(other, "…"));
        for (word, counterpart, avoid) in GLOSSARY {
            for synonym in *avoid {
                assert!(!has_words(&meant, synonym), "{key}: `{synonym}` instead of `{word}`");
            }
            let text = if word.contains(' ') { &english } else { &meant };
            if has_words(text, word) {
                assert!(chinese[key].contains(counterpart), "{key}: `{word}` without `{counterpart}`");
            }
        }
        for synonym in
            ["过期", "续期", "豁免", "业务员", "私有", "公共池", "客户池", "跟单", "警告", "加锁", "回收站", "保护单"]
        {
            assert!(!chinese[key].contains(synonym), "{key}: `{synonym}` is no word of the glossary");
        }
    }
}

#[test]
fn languages_print_what_they_parse() {
    for language in Language::ALL {
        assert_eq!(language.to_string().parse(), Ok(*language));
        let json = serde_json::to_string(language).unwrap();
        assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), *language);
    }
    assert!("zh".parse::<Language>().unwrap_err().to_string().contains("`zh`"));
}

#[test]
fn a_parameter_that_is_not_given_stays_visible() {
    let text = message(ReasonCode::Due, &[("trigger", "silent")], Language::English);
    assert_eq!(text, "due since {due} by trigger `silent`, bound for pool `{pool}`");
}

/// Whether time alone ends what a code says: of all its samples, none, or only those with an end.
fn time_helps(code: &str, ends: &[(&'static str, bool)]) -> &'static str {
    let of_code: Vec<bool> = ends.iter().filter(|(known, _)| *known == code).map(|(_, ends)| *ends).collect();
    assert!(!of_code.is_empty(), "no sample has {code}");
    match (of_code.contains(&true), of_code.contains(&false)) {
        // Which lock ends first stands in the ledger, not in the refusal.
        _ if code == "lock.cap" => "where a lock has an end",
        (true, false) => "yes",
        (true, true) => "where it has an end",
        (false, _) => "no",
    }
}

/// `docs/reasons.md` is what the code says.
#[test]
fn the_list_of_reasons_is_current() {
    let mut text = String::from(
        "# Reason codes\n\n\
         Why a decision is as it is. The list is in the order of precedence: of several codes of one decision the first\n\
         explains most; a sentence about a decision puts the reason of its verdict first and keeps this order for the\n\
         rest. Codes are stable, and so is the bit of each, which stands for it in columns; texts are data\n\
         (`src/messages/en.txt`, `src/messages/zh_cn.txt`) and may be improved. A code with a [class](claims.md#classes)\n\
         can leave an answer undetermined. Generated by `tests/texts/messages.rs`.\n\n\
         | bit | code | class | meaning | English | 中文 |\n| ---: | --- | --- | --- | --- | --- |\n",
    );
    for code in ReasonCode::ALL {
        let [english, chinese] = [Language::English, Language::Chinese].map(|language| template(*code, language));
        let (bit, class) = (code.bit(), code.class().map_or("", Class::as_str));
        text.push_str(&format!("| {bit} | `{code}` | {class} | {} | {english} | {chinese} |\n", code.meaning()));
    }
    text.push_str(
        "\n# Denials\n\n\
         Why a rep may not have a customer. The list is in the order of the checks, which is the order of disclosure; an\n\
         answer lists every denial with its numbers. Where time helps, the numbers say until when; an answer has a\n\
         `retry_at` where it helps against every denial.\n\n\
         | | code | class | time helps | meaning | English | 中文 |\n| ---: | --- | --- | --- | --- | --- | --- |\n",
    );
    let policies = super::rendered::policies();
    let answers: Vec<_> = super::claims::samples().iter().map(|sample| sample.answer(&policies)).collect();
    let found = answers.iter().flat_map(|it| it.denials().iter().chain(it.warnings()).chain(it.bypassed()));
    let ends: Vec<_> = found.map(|denial| (denial.code(), denial.lifts_at().is_some())).collect();
    let texts = [ENGLISH, CHINESE].map(|catalogue| entries(catalogue).into_iter().collect::<BTreeMap<_, _>>());
    for (place, (code, meaning)) in Denial::CODES.iter().zip(Denial::MEANINGS).enumerate() {
        let key = format!("denial.{code}");
        let [english, chinese] = [0, 1].map(|language: usize| texts[language][key.as_str()]);
        let (class, time) = (Denial::CLASSES[place], time_helps(code, &ends));
        text.push_str(&format!(
            "| {} | `{code}` | {class} | {time} | {meaning} | {english} | {chinese} |\n",
            place + 1
        ));
    }
    text.push_str(
        "\n# Refusals of commands\n\n\
         Why a command moves nothing, beside the denials above. An answer lists every refusal with its numbers, in this\n\
         order, and has a `retry_at` where time helps against all of them.\n\n\
         | | code | class | time helps | English | 中文 |\n| ---: | --- | --- | --- | --- | --- |\n",
    );
    let ends: Vec<_> = super::moves::refusals().iter().map(|it| (it.code(), it.lifts_at().is_some())).collect();
    for (place, code) in Refusal::CODES.iter().enumerate() {
        let key = format!("refusal.{code}");
        let [english, chinese] = [0, 1].map(|language: usize| texts[language][key.as_str()]);
        let (class, time) = (Refusal::CLASSES[place], time_helps(code, &ends));
        text.push_str(&format!("| {} | `{code}` | {class} | {time} | {english} | {chinese} |\n", place + 1));
    }
    text.push_str(
        "\n# Reclaims that are not executed\n\n\
         What an outcome says of a reclaim that was commanded and not executed; it has a `retry_at` where the reclaim only\n\
         waits for time.\n\n\
         | | code | class | English | 中文 |\n| ---: | --- | --- | --- | --- |\n",
    );
    for (place, code) in ExecutionCode::CODES.iter().enumerate() {
        let key = format!("outcome.{code}");
        let [english, chinese] = [0, 1].map(|language: usize| texts[language][key.as_str()]);
        let class = ExecutionCode::CLASSES[place];
        text.push_str(&format!("| {} | `{code}` | {class} | {english} | {chinese} |\n", place + 1));
    }
    crate::support::hold_to("docs/reasons.md", &text);
}
