//! Inside a room no two files know each other, not even by a detour: each can be read after those that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::layers::{Piece, name, pieces};

/// The circles that are natural. A fit of NBD is the limit of every other fit, and begins like them; equal summaries are
/// grouped as they are read; cuts are of a population, and a population is cut.
const NATURAL: &[&[&str]] = &[
    &["score::clv::fit", "score::clv::nbd"],
    &["score::clv::grouping", "score::clv::summary"],
    &["score::rfm::cuts", "score::rfm::population"],
];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Colons,
    Open,
    Close,
    Comma,
    Other(char),
}

/// The tokens of a source without its comments and texts.
fn tokens(source: &str) -> Vec<Token> {
    // What is left out parts what stands around it.
    let code: String = pieces(source).map(|piece| if let Piece::Code(code) = piece { code } else { " " }).collect();
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(first) = rest.chars().next() {
        let (length, token) = if first.is_alphabetic() || first == '_' {
            let name = name(rest);
            (name.len(), Some(Token::Name(name)))
        } else if rest.starts_with("::") {
            (2, Some(Token::Colons))
        } else {
            let token = match first {
                '{' => Some(Token::Open),
                '}' => Some(Token::Close),
                ',' => Some(Token::Comma),
                c if c.is_whitespace() => None,
                c => Some(Token::Other(c)),
            };
            (first.len_utf8(), token)
        };
        found.extend(token);
        rest = &rest[length..];
    }
    found
}

fn is_name(token: Option<&Token>, name: &str) -> bool {
    matches!(token, Some(Token::Name(found)) if found == name)
}

/// The paths that a source names, from the crate's root on. `module` is the path of its own module.
fn paths(source: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    // The modules written inside the file, with the depth of braces at which each ends.
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        match &tokens[at] {
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth.saturating_sub(1);
                if inner.last().is_some_and(|(_, ends)| *ends == depth) {
                    inner.pop();
                }
            }
            Token::Name(name) if name == "mod" && tokens.get(at + 2) == Some(&Token::Open) => {
                if let Some(Token::Name(name)) = tokens.get(at + 1) {
                    inner.push((name.clone(), depth));
                }
            }
            Token::Name(name)
                if ["crate", "super", "self"].contains(&name.as_str())
                    && tokens.get(at + 1) == Some(&Token::Colons)
                    && before != Some(&Token::Colons)
                    && before != Some(&Token::Other('$')) =>
            {
                let mut own: Vec<String> = module.to_vec();
                own.extend(inner.iter().map(|(name, _)| name.clone()));
                at = group(&tokens, at, &own, &[], &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path, or a group of them, after `prefix`; where the next token stands.
fn group(tokens: &[Token], mut at: usize, own: &[String], prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at) {
            Some(Token::Name(name)) => {
                match name.as_str() {
                    "crate" if path.is_empty() => {}
                    "self" if path.is_empty() => path = own.to_vec(),
                    "super" if path.is_empty() => path = own[..own.len().saturating_sub(1)].to_vec(),
                    "super" => {
                        path.pop();
                    }
                    "self" => {}
                    _ => path.push(name.clone()),
                }
                at += 1;
                if tokens.get(at) == Some(&Token::Colons) {
                    at += 1;
                    continue;
                }
            }
            Some(Token::Open) => {
                at += 1;
                while tokens.get(at).is_some_and(|token| *token != Token::Close) {
                    at = group(tokens, at, own, &path, found);
                    while is_name(tokens.get(at), "as")
                        || matches!(tokens.get(at), Some(Token::Name(_) | Token::Other(_)))
                    {
                        at += 1;
                    }
                    if tokens.get(at) == Some(&Token::Comma) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            // A glob, or generics: what stands before it is what is named.
            _ => {}
        }
        found.push(path);
        return at;
    }
}

struct Sources {
    /// The text of every module that is a file, by its path from the crate's root.
    modules: BTreeMap<Vec<String>, String>,
    /// Where the names come from that a folder's own module gives out.
    given: BTreeMap<Vec<String>, Vec<String>>,
}

impl Sources {
    fn new(modules: BTreeMap<Vec<String>, String>) -> Self {
        let mut given = BTreeMap::new();
        for (module, source) in &modules {
            if !is_folder(&modules, module) {
                continue;
            }
            let tokens = tokens(source);
            for at in 0..tokens.len() {
                if !is_name(tokens.get(at), "use") {
                    continue;
                }
                let mut named = Vec::new();
                let relative = !["crate", "super", "self"].iter().any(|first| is_name(tokens.get(at + 1), first));
                let prefix = if relative { module.clone() } else { Vec::new() };
                group(&tokens, at + 1, module, &prefix, &mut named);
                for path in named {
                    if let Some(last) = path.last() {
                        let mut name = module.clone();
                        name.push(last.clone());
                        if name != path {
                            given.insert(name, path);
                        }
                    }
                }
            }
        }
        Self { modules, given }
    }

    /// The file that a path leads to, through what folders give out.
    fn file_of(&self, path: &[String]) -> Option<&Vec<String>> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let shortened = (1..=path.len()).find_map(|length| {
                let target = self.given.get(&path[..length])?;
                Some(target.iter().chain(&path[length..]).cloned().collect::<Vec<_>>())
            });
            match shortened {
                Some(further) => path = further,
                None => break,
            }
        }
        (1..=path.len()).rev().find_map(|length| self.modules.get_key_value(&path[..length])).map(|(module, _)| module)
    }

    /// Which files of its own room each file names. The module of a folder is apart: it says what there is.
    fn edges(&self) -> BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> {
        let mut edges = BTreeMap::new();
        for (module, source) in &self.modules {
            if is_folder(&self.modules, module) {
                continue;
            }
            let named = paths(source, module)
                .iter()
                .filter_map(|path| self.file_of(path))
                .filter(|target| *target != module && target.first() == module.first())
                .filter(|target| !is_folder(&self.modules, target))
                .collect();
            edges.insert(module, named);
        }
        edges
    }

    /// The largest sets of files of which each leads to each.
    fn circles(&self) -> Vec<Vec<String>> {
        let edges = self.edges();
        let reached: BTreeMap<_, _> = edges.keys().map(|from| (*from, reach(&edges, from))).collect();
        let mut circles = BTreeSet::new();
        for (from, to) in &reached {
            let circle: Vec<String> = to
                .iter()
                .filter(|other| reached.get(*other).is_some_and(|back| back.contains(from)))
                .map(|module| module.join("::"))
                .collect();
            if to.contains(from) {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }
}

fn is_folder(modules: &BTreeMap<Vec<String>, String>, module: &[String]) -> bool {
    modules.keys().any(|other| other.len() > module.len() && other.starts_with(module))
}

fn reach<'a>(
    edges: &BTreeMap<&'a Vec<String>, BTreeSet<&'a Vec<String>>>,
    from: &'a Vec<String>,
) -> BTreeSet<&'a Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<_> = edges.get(from).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(edges.get(next).into_iter().flatten().copied());
        }
    }
    reached
}

/// The sources below a folder, by the path of the module that each is.
fn read(root: &Path) -> BTreeMap<Vec<String>, String> {
    let module = |path: &Path| {
        let relative = path.strip_prefix(root).expect("below src").with_extension("");
        let mut module: Vec<String> = relative.iter().map(|part| part.to_str().expect("a name").to_owned()).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        module
    };
    let read = |path: PathBuf| (module(&path), std::fs::read_to_string(&path).expect("a source"));
    crate::support::files(root, "rs").into_iter().map(read).collect()
}

#[test]
fn files_of_a_room_form_no_circles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = Sources::new(read(&root));
    let edges: usize = sources.edges().values().map(BTreeSet::len).sum();
    assert!(edges > 300, "only {edges} paths between files were understood");
    let circles: Vec<_> = sources.circles().into_iter().map(|circle| circle.join(" ")).collect();
    let natural: Vec<_> = NATURAL.iter().map(|circle| circle.join(" ")).collect();
    assert_eq!(circles, natural, "{circles:#?}");
}

fn planted(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let modules = files
        .iter()
        .map(|(module, source)| (module.split("::").map(str::to_owned).collect::<Vec<_>>(), (*source).to_owned()));
    Sources::new(modules.collect()).circles()
}

/// Planted circles of every shape are found, also those that go through what a folder gives out.
#[test]
fn planted_circles_are_found() {
    for (a, b) in [
        ("use super::b::B;", "use super::a::A;"),
        ("use super::{b::B, c};", "fn f(a: &crate::room::a::A) {}"),
        ("use crate::room::{c::C, b::{self, B}};", "use super::a;"),
        ("fn f() -> super::b::B {}", "use super::A;"),
        ("use super::B as Other;", "use crate::room::{A, c::C};"),
        ("mod inner { use super::super::b::B; }", "use super::a::*;"),
    ] {
        let files = [
            ("room", "mod a; mod b; mod c; pub use a::A; pub(crate) use self::b::{B, D};"),
            ("room::a", a),
            ("room::b", b),
            ("room::c", ""),
        ];
        assert_eq!(planted(&files), [["room::a", "room::b"]], "{a} {b}");
    }
    let detour =
        [("room", ""), ("room::a", "use super::b;"), ("room::b", "use super::c::C;"), ("room::c", "use super::a::A;")];
    assert_eq!(planted(&detour), [["room::a", "room::b", "room::c"]]);
    for (a, b) in [
        ("use super::b::B;", "use super::C; // super::a"),
        ("use super::b::B;", "mod tests { use super::*; }"),
        ("use super::b::B;", "let text = \"super::a::A\";"),
        ("use other::b::B; use super::b::B;", "use crate::elsewhere::a::A;"),
    ] {
        let files = [("room", "pub use c::C;"), ("room::a", a), ("room::b", b), ("room::c", "")];
        assert_eq!(planted(&files), [[""; 0]; 0], "{a} {b}");
    }
}
