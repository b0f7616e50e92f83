//! The pages keep what they promise: their policies load, their links lead somewhere, and their lists are complete.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use customer_pool::condition::Fact;
use customer_pool::decision::Denial;
use customer_pool::model::Score;
use customer_pool::moves::Refusal;
use customer_pool::{Policy, ReasonCode};

use crate::support::files;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page: those of folders, and those at the root.
fn pages() -> Vec<PathBuf> {
    let mut pages = ["README.md", "README.zh-CN.md", "CHANGELOG.md"].map(|page| root().join(page)).to_vec();
    for folder in ["docs", "examples/policies", "tests"] {
        pages.extend(files(&root().join(folder), "md"));
    }
    assert!(pages.len() >= 10, "only {} pages", pages.len());
    pages
}

/// The fenced blocks of a page: what stands after the fence, and the text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

/// The text outside fenced blocks, without what stands in backticks.
fn prose(page: &str) -> String {
    let mut outside = true;
    let mut prose = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            outside = !outside;
        } else if outside {
            for (i, part) in line.split('`').enumerate() {
                prose.push_str(if i % 2 == 0 { part } else { "code" });
            }
            prose.push('\n');
        }
    }
    prose
}

/// Every policy shown loads, and every other JSON shown is JSON; by loading them all.
#[test]
fn the_json_on_the_pages_is_right() {
    let mut policies = 0;
    for path in pages() {
        for (info, text) in blocks(&read(&path)) {
            let place = format!("{}: {text}", path.display());
            match info {
                "json policy" => {
                    Policy::from_json(&text).unwrap_or_else(|error| panic!("{error}\n{place}"));
                    policies += 1;
                }
                "json" => {
                    let json = serde_json::from_str::<serde_json::Value>(&text);
                    json.unwrap_or_else(|error| panic!("{error}\n{place}"));
                }
                "rust" | "rust,ignore" | "sh" | "sql" | "text" => {}
                other => panic!("`{other}` is no kind of block that this test knows\n{place}"),
            }
        }
    }
    assert!(policies >= 2, "only {policies} policies are shown");
}

/// The README shows the file that its code reads; byte by byte.
#[test]
fn the_first_policy_is_the_file() {
    let readme = read(&root().join("README.md"));
    let shown = blocks(&readme).into_iter().find(|(info, _)| *info == "json policy").expect("a policy").1;
    assert_eq!(shown, read(&root().join("docs/first-policy.json")));
}

/// Goal: a reader sees a program at a glance. Method: lines of each program of the README, and what they parse at run time.
#[test]
fn the_programs_of_the_readme_are_short() {
    let readme = read(&root().join("README.md"));
    let programs: Vec<_> =
        blocks(&readme).into_iter().filter(|(info, _)| *info == "rust").map(|(_, text)| text).collect();
    let lines = |text: &String| text.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines(&programs[0]) <= 25, "the first program has {} lines", lines(&programs[0]));
    let all: usize = programs.iter().map(lines).sum();
    assert!(all <= 80, "all programs have {all} lines");
    for program in &programs {
        assert!(
            !program.contains("\".parse()") && !program.contains("\".replace("),
            "a literal that is not checked:\n{program}"
        );
    }
}

/// The Chinese README shows the same commands, policy and code as the English one, and has as many parts and rows; by
/// comparing them.
#[test]
fn the_chinese_readme_says_the_same() {
    let [english, chinese] = ["README.md", "README.zh-CN.md"].map(|page| read(&root().join(page)));
    assert_eq!(blocks(&chinese), blocks(&english));
    for mark in ["\n## ", "\n- ", "\n| "] {
        assert_eq!(chinese.matches(mark).count(), english.matches(mark).count(), "{mark:?}");
    }
    let targets = |page: &str| -> BTreeSet<String> {
        let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.filter(|target| !target.starts_with("README")).map(str::to_owned).collect()
    };
    assert_eq!(targets(&chinese), targets(&english));
}

/// Every link that names no other site leads to a file; by looking for it.
#[test]
fn every_link_leads_to_a_file() {
    let mut links = 0;
    for path in pages() {
        let text = prose(&read(&path));
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let defined = text.split("]: ").skip(1).filter_map(|rest| rest.split_whitespace().next());
        for target in inline.chain(defined) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.starts_with("https://") {
                continue;
            }
            let there = path.parent().expect("a folder").join(file);
            assert!(there.exists(), "{}: `{target}` leads nowhere", path.display());
            links += 1;
        }
        // A short link such as `[time.md]` needs its definition.
        for short in text.split('[').skip(1).filter_map(|rest| rest.split_once(']')) {
            let (label, after) = short;
            if label.ends_with(".md") && !after.starts_with(['(', ':', '[']) {
                assert!(text.contains(&format!("\n[{label}]: ")), "{}: `[{label}]` leads nowhere", path.display());
            }
        }
    }
    assert!(links >= 20, "only {links} links were found");
}

/// The texts in `sources` that are problem codes of these families.
fn codes(sources: &[&str], quote: char) -> BTreeSet<String> {
    let families = ["policy.", "trigger.", "span.", "condition.", "calendar.", "scoring."];
    let is_code = |text: &&str| {
        families.iter().any(|family| text.starts_with(family))
            && text.split_once('.').is_some_and(|(_, code)| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    sources.iter().flat_map(|source| source.split(quote)).filter(is_code).map(str::to_owned).collect()
}

/// The page of the policy document lists exactly the problem codes of the code; read from both.
#[test]
fn every_problem_code_is_described() {
    let mut sources = vec![root().join("src/time/check.rs")];
    sources.extend(["src/policy", "src/condition"].iter().flat_map(|room| files(&root().join(room), "rs")));
    let sources: Vec<String> = sources.iter().map(|path| read(path)).collect();
    let made = codes(&sources.iter().map(String::as_str).collect::<Vec<_>>(), '"');
    assert!(made.len() > 25, "only {} codes were found", made.len());
    let page = read(&root().join("docs/policy.md"));
    let (_, table) = page.split_once("## Problems").expect("the table");
    // `policy.md` is a link.
    assert_eq!(codes(&[table], '`'), made);
}

/// Every reason code stands in the specification, and every fact in the page of the policy document.
#[test]
fn every_reason_code_and_every_fact_is_described() {
    let pages = files(&root().join("docs/spec"), "md");
    let spec: String = pages.iter().map(|path| read(path)).collect();
    for code in ReasonCode::ALL {
        assert!(spec.contains(&format!("`{code}`")), "`{code}` is not in docs/spec");
    }
    for code in Denial::CODES {
        assert!(spec.contains(&format!("`{code}`")), "`{code}` is not in docs/spec");
    }
    for code in Refusal::CODES {
        assert!(spec.contains(&format!("`{code}`")), "`{code}` is not in docs/spec");
    }
    let page = read(&root().join("docs/policy.md"));
    for fact in Fact::NAMED {
        assert!(page.contains(&format!("`{fact}`")), "`{fact}` is not in docs/policy.md");
    }
    for score in Score::ALL {
        assert!(page.contains(&format!("`score.{score}`")), "`score.{score}` is not in docs/policy.md");
    }
}

/// Every key of a part of the document stands in a policy shown on its page; the keys are read from the declarations.
#[test]
fn every_key_has_an_example() {
    let sources = files(&root().join("src"), "rs");
    let mut keys = BTreeSet::new();
    for source in sources {
        for part in read(&source).split("\ndocument! {\n").skip(1) {
            let declared = part.lines().take_while(|line| *line != "}");
            for line in declared.filter_map(|line| line.strip_prefix("        ")) {
                if let Some((key, _)) = line.split_once([',', ':']).filter(|_| !line.starts_with('/')) {
                    keys.insert(key.to_owned());
                }
            }
        }
    }
    assert!(keys.len() >= 45, "only {} keys were found: {keys:?}", keys.len());
    let page = read(&root().join("docs/policy.md"));
    let shown: String =
        blocks(&page).into_iter().filter(|(info, _)| *info == "json policy").map(|block| block.1).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !shown.contains(&format!("\"{key}\":"))).collect();
    assert!(missing.is_empty(), "without an example: {missing:?}");
}
