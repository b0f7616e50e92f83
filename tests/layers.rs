//! Nothing in `src/` knows anything above it: every `crate::` path, in `use` and inline, leads to the same layer or
//! to one below.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the lowest layer up, as in `docs/architecture.md`. Rooms of one layer do not know each other.
const LAYERS: &[&[&str]] = &[
    &["wire", "id"],
    &["digest"],
    &["time"],
    &["attribute"],
    &["model"],
    &["condition"],
    &["decision"],
    &["events"],
    &["hold", "route"],
    &["reclaim", "claim", "score"],
    &["moves"],
    &["policy"],
    &["record", "columns", "sweep"],
    &["messages"],
    &["ledger"],
    &["plan"],
    &["store"],
    &["service"],
    &["conformance", "strategies"],
];

/// Rooms whose files are in layers too: none uses, by way of others or not, a file that uses it.
const WITHOUT_CIRCLES: &[&str] = &["reclaim"];

/// Beside the layers: `docs` holds no code, and the crate root only names the rooms.
const APART: &[&str] = &["docs", "lib"];

fn layer_of(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

/// The code without its comments. Texts stay: serde attributes name paths in them.
fn without_comments(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            rest = &rest[end..];
            continue;
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
            rest = &rest[end..];
            continue;
        } else if let Some(raw) = ["r#\"", "br#\""].iter().find(|raw| rest.starts_with(**raw)) {
            rest[raw.len()..].find("\"#").map_or(rest.len(), |at| raw.len() + at + 2)
        } else if first == '"' {
            text_length(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\\"'") {
            4
        } else {
            first.len_utf8()
        };
        code.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    code
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// The first names after each `crate::`, or another such beginning; all of them where a group of names follows.
fn paths(code: &str, beginning: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(beginning) {
        // `$crate::` is the same crate, `other_crate::` is not.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let path = &code[at + beginning.len()..];
        // A macro by its name, or by a name given to a macro: macros lie at the root and in no room.
        let named = name(path);
        if path.starts_with('$') || path[named.len()..].starts_with('!') {
            continue;
        }
        match path.strip_prefix('{') {
            None => names.push(named),
            Some(group) => {
                let mut depth = 0;
                let mut start = true;
                for (i, c) in group.char_indices() {
                    match c {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && !c.is_whitespace() => {
                            names.push(name(&group[i..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn name(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Which room each name that the crate root re-exports comes from.
fn root_names(lib: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for line in without_comments(lib).split(';') {
        let Some((room, list)) = line.trim().strip_prefix("pub use ").and_then(|path| path.split_once("::")) else {
            continue;
        };
        for item in list.trim_matches(['{', '}']).split(',') {
            names.insert(name(item.trim()), room.to_owned());
        }
    }
    names
}

/// What is wrong with the paths of a room's source.
fn violations(room: &str, source: &str, roots: &BTreeMap<String, String>) -> Vec<String> {
    let Some(own) = layer_of(room) else { return vec![format!("`{room}` is in no layer")] };
    let mut found = Vec::new();
    for target in paths(&without_comments(source), "crate::") {
        let target = roots.get(&target).unwrap_or(&target);
        match layer_of(target) {
            _ if target == room => {}
            None => found.push(format!("`{room}` names `crate::{target}`, which is in no layer")),
            Some(layer) if layer >= own => found.push(format!("`{room}` knows `{target}`, which is not below it")),
            Some(_) => {}
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The files of a room that each of its files uses, by `super::`, `crate::` or a name that its `mod.rs` re-exports.
fn uses(room: &str, sources: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let of_mod = sources.get("mod").map(|code| without_comments(code)).unwrap_or_default();
    let mut exported = BTreeMap::new();
    for file in sources.keys() {
        for name in paths(&of_mod, &format!("use {file}::")) {
            exported.insert(name, file.clone());
        }
    }
    let beginnings = ["super::".to_owned(), format!("crate::{room}::")];
    let used = |code: &str| -> BTreeSet<String> {
        let code = without_comments(code);
        let names = beginnings.iter().flat_map(|beginning| paths(&code, beginning));
        let file = |name: String| exported.get(&name).cloned().or_else(|| sources.contains_key(&name).then_some(name));
        names.filter_map(file).collect()
    };
    sources.iter().filter(|(file, _)| *file != "mod").map(|(file, code)| (file.clone(), used(code))).collect()
}

/// The files that use themselves by way of others.
fn in_circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut left = uses.clone();
    // Whatever uses nothing that is left is in no circle.
    while let Some(file) = left.iter().find(|(_, used)| !used.iter().any(|used| left.contains_key(used))) {
        let file = file.0.clone();
        left.remove(&file);
    }
    left.into_keys().collect()
}

/// No circles of files inside a room; read from the files themselves.
#[test]
fn no_file_of_a_room_uses_one_that_uses_it() {
    for room in WITHOUT_CIRCLES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        let mut files = Vec::new();
        sources(&root, &mut files);
        let name = |file: &Path| file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let read = |file: PathBuf| (name(&file), std::fs::read_to_string(&file).expect("a source"));
        let uses = uses(room, &files.into_iter().map(read).collect());
        assert!(uses.values().map(BTreeSet::len).sum::<usize>() > uses.len(), "the files use each other: {uses:?}");
        assert_eq!(in_circles(&uses), [""; 0], "{room}: these files, or files between them, are in a circle");
    }
}

/// Planted circles are found: of two files, of three, by a name that `mod.rs` re-exports, and by a path of the crate.
#[test]
fn planted_circles_are_found() {
    let room = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(file, code)| ((*file).to_owned(), (*code).to_owned()));
        in_circles(&uses("room", &files.collect()))
    };
    assert_eq!(room(&[("a", "use super::b::B;"), ("b", "use super::{c::C, a::A};"), ("c", "")]), ["a", "b"]);
    assert_eq!(room(&[("a", "super::b::f()"), ("b", "use super::c::C;"), ("c", "crate::room::a::A")]), ["a", "b", "c"]);
    assert_eq!(room(&[("mod", "pub use b::{X, B};"), ("a", "use super::B;"), ("b", "use super::a::A;")]), ["a", "b"]);
    assert_eq!(
        room(&[("mod", "pub use b::B;"), ("a", "use super::B;"), ("b", "// super::a\nuse crate::other::a;")]),
        [""; 0]
    );
}

/// The sources hold to the layers; read from the files themselves.
#[test]
fn nothing_knows_what_is_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let roots = root_names(&std::fs::read_to_string(root.join("lib.rs")).expect("lib.rs"));
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "{} files: the sources lie elsewhere", files.len());
    let mut found = Vec::new();
    let mut read = 0;
    for file in files {
        let relative = file.strip_prefix(&root).expect("a file below src");
        let first = relative.iter().next().and_then(|part| part.to_str()).expect("a name");
        let room = first.strip_suffix(".rs").unwrap_or(first);
        if APART.contains(&room) {
            continue;
        }
        let source = std::fs::read_to_string(&file).expect("a source");
        read += paths(&without_comments(&source), "crate::").len();
        let wrong = violations(room, &source, &roots);
        found.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", relative.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read > 100, "only {read} paths were read");
}

/// The layers are those of the architecture page; compared as text.
#[test]
fn the_page_shows_the_same_layers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let line: Vec<_> = LAYERS.iter().map(|layer| layer.join(", ")).collect();
    assert!(page.contains(&line.join(" → ")), "{} is not in docs/architecture.md", line.join(" → "));
}

/// Planted upward paths of every shape are found, and what only looks like one is not.
#[test]
fn planted_violations_are_found() {
    let roots = root_names("pub use decision::{Decision, Verdict};\npub use policy::Policy;\n");
    for wrong in [
        "use crate::policy::Policy;",
        "use crate::{id::Label, reclaim::{Rules, Trigger}, time::Span};",
        "use crate::{\n    id::Label,\n    record,\n};",
        "fn f(x: crate::policy::Policy) {}",
        "fn f() -> crate::Policy {}",
        "fn f() -> crate::Verdict {}",
        "#[serde(with = \"crate::record::wire\")] struct X;",
        "let c = '\"'; use crate::policy::Policy; let d = '\"';",
        "let url = \"https://example.org\"; use crate::policy::Policy;",
        "let x = r#\"a \" // b\"#; use crate::policy::Policy;",
        "use crate::nowhere::X;",
    ] {
        assert_eq!(violations("model", wrong, &roots).len(), 1, "{wrong}");
    }
    for right in [
        "/// See [`Policy`](crate::Policy).\nuse crate::id::Label;",
        "//! crate::policy\nuse crate::{id::{Label, RepId}, time::Span};",
        "/* crate::policy */ fn f() -> crate::model::Customer {}",
        "use other_crate::policy::Policy;",
        "let text = \"a \\\" // b\"; use crate::time::Span; // crate::policy",
    ] {
        assert_eq!(violations("model", right, &roots), [""; 0], "{right}");
    }
    assert_eq!(violations("hold", "use crate::route::Routes;", &roots).len(), 1, "rooms of one layer are apart");
    assert_eq!(violations("somewhere", "", &roots).len(), 1, "a new room needs a layer");
}
