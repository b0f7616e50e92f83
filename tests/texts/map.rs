//! `tests/README.md` is a map: it names every test file, and nothing that is not there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::files;

/// The names in backticks.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Goal: no test file is without a place in the map, and no row names a module that is gone. Method: the row of the
/// module names each file of its folder; `lesson_*` names every file that begins so.
#[test]
fn the_map_of_tests_names_every_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let map = std::fs::read_to_string(root.join("README.md")).expect("the map");
    let row = |binary: &str, module: &str| {
        let section = map.split("\n## ").find(|section| section.lines().next() == Some(binary))?;
        section.lines().find(|line| line.starts_with(&format!("| `{module}` |")))
    };
    let (mut missing, mut modules) = (Vec::new(), BTreeSet::new());
    for file in files(&root, "rs") {
        let path = file.strip_prefix(&root).expect("it lies there").with_extension("");
        let parts: Vec<&str> = path.iter().map(|part| part.to_str().expect("a name")).collect();
        let (binary, module, inner) = match parts[..] {
            ["arbitrary_precision" | "support", ..] | ["workloads", "mod"] | [_, "main"] => continue,
            [binary] if map.contains(&format!("\n## {binary}\n")) => continue,
            [binary, module, .., inner] if inner != "mod" => (binary, module, Some(inner)),
            [binary, module, ..] => (binary, module, None),
            _ => ("", "", None),
        };
        modules.insert(format!("{binary} {module}"));
        let is_named = row(binary, module).is_some_and(|row| {
            inner.is_none_or(|inner| {
                let fits =
                    |name: &&str| name.strip_suffix('*').map_or(*name == inner, |start| inner.starts_with(start));
                named(row).iter().skip(1).any(fits)
            })
        });
        if !is_named {
            missing.push(path);
        }
    }
    assert!(missing.is_empty(), "tests/README.md does not name {missing:?}");
    assert!(modules.len() > 30, "only {modules:?}");
    for section in map.split("\n## ").skip(1) {
        let binary = section.lines().next().expect("a heading");
        for line in section.lines().filter(|line| line.starts_with("| `")) {
            let module = named(line)[0];
            assert!(modules.contains(&format!("{binary} {module}")), "no module `{module}` in tests/{binary}/");
        }
    }
}
