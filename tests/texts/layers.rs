//! Nothing in `src/` knows anything above it: every `crate::` path, in `use` and inline, leads to the same layer or
//! to one below.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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

/// Beside the layers: `docs` holds no code, and the crate root only names the rooms.
const APART: &[&str] = &["docs", "lib"];

fn layer_of(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

/// A piece of a source.
pub(crate) enum Piece<'a> {
    Comment,
    /// A text, or a character that could be taken for the start of one or for a brace.
    Text(&'a str),
    /// A character of the code.
    Code(&'a str),
}

/// The pieces of a source, one after the other.
pub(crate) fn pieces<'a>(source: &'a str) -> impl Iterator<Item = Piece<'a>> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let raw = || ["r#\"", "br#\""].into_iter().find(|raw| rest.starts_with(raw));
        let quoted = || ["'\"'", "'\\\"'", "'{'", "'}'"].into_iter().find(|quoted| rest.starts_with(quoted));
        let (length, piece): (usize, fn(&'a str) -> Piece<'a>) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), |_| Piece::Comment)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |at| at + 2), |_| Piece::Comment)
        } else if let Some(raw) = raw() {
            (rest[raw.len()..].find("\"#").map_or(rest.len(), |at| raw.len() + at + 2), Piece::Text)
        } else if first == '"' {
            (text_length(rest), Piece::Text)
        } else if let Some(quoted) = quoted() {
            (quoted.len(), Piece::Text)
        } else {
            (first.len_utf8(), Piece::Code)
        };
        let (this, after) = rest.split_at(length);
        rest = after;
        Some(piece(this))
    })
}

/// The code without its comments. Texts stay: serde attributes name paths in them.
fn without_comments(source: &str) -> String {
    let kept = pieces(source).map(|piece| match piece {
        Piece::Comment => "",
        Piece::Text(piece) | Piece::Code(piece) => piece,
    });
    kept.collect()
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

/// The first names after each `crate::`; all of them where a group of names follows.
fn paths(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` is the same crate, `other_crate::` is not.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let path = &code[at + "crate::".len()..];
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

/// The name at the start of a path.
pub(crate) fn name(path: &str) -> String {
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
    for target in paths(&without_comments(source)) {
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

/// The sources hold to the layers; read from the files themselves.
#[test]
fn nothing_knows_what_is_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let roots = root_names(&std::fs::read_to_string(root.join("lib.rs")).expect("lib.rs"));
    let files = crate::support::files(&root, "rs");
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
        read += paths(&without_comments(&source)).len();
        let wrong = violations(room, &source, &roots);
        found.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", relative.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read > 100, "only {read} paths were read");
}

/// Names that two public types may share, with why.
const SHARED_NAMES: &[(&str, &str)] = &[];

/// The public types and traits that a source declares: after `pub`, and first in an entry of a macro that makes them.
fn declared(source: &str) -> BTreeSet<String> {
    let code = without_comments(source);
    let mut found = BTreeSet::new();
    for keyword in ["pub struct ", "pub enum ", "pub trait "] {
        found.extend(code.split(keyword).skip(1).map(name));
    }
    let mut in_macro = false;
    for line in code.lines() {
        let starts = |c: char| line.starts_with(c);
        if !starts(' ') && !line.is_empty() {
            in_macro = ["! {", "! { serde"].iter().any(|end| line.trim_end().ends_with(end))
                && !["macro_rules", "words!"].iter().any(|apart| line.starts_with(apart));
        }
        let Some(entry) = line.strip_prefix("    ").filter(|entry| in_macro && entry.starts_with(char::is_uppercase))
        else {
            continue;
        };
        let name = name(entry);
        let after = entry[name.len()..].trim_end();
        if matches!(after, "" | ";" | " {") || ["<'a> {", "<'a>, ", ", \""].iter().any(|start| after.starts_with(start))
        {
            found.insert(name);
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Goal: a public name says which type it is, wherever it stands. Method: every declaration in the sources.
#[test]
fn no_public_name_stands_for_two_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = crate::support::files(&root, "rs");
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for file in files {
        let relative = file.strip_prefix(&root).expect("a file below src").display().to_string();
        for name in declared(&std::fs::read_to_string(&file).expect("a source")) {
            places.entry(name).or_default().push(relative.clone());
        }
    }
    assert!(places.len() > 400, "only {} names were found", places.len());
    for name in ["Policy", "CustomerId", "ActivityKind", "PoolDraft", "ClosedCause", "Locks", "PoolStore"] {
        assert!(places.contains_key(name), "`{name}` was not found");
    }
    let planted = declared(
        "pub(crate) struct No;\npub struct A<T>(T);\ndocument! {\n    /// A part.\n    B\n    required {}\n}\n",
    );
    assert_eq!(planted.iter().map(String::as_str).collect::<Vec<_>>(), ["A", "B"]);
    places.retain(|name, files| files.len() > 1 && !SHARED_NAMES.iter().any(|(shared, _)| shared == name));
    assert!(places.is_empty(), "{places:#?}");
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
