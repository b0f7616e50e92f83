//! The committed corpus of every fuzz target, through the same functions.

#[path = "../fuzz/targets/common.rs"]
mod common;

/// Calls `run` with each file; a panic names it.
fn each(target: &str, run: fn(&[u8])) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for file in std::fs::read_dir(&folder).expect("a corpus") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.is_empty(), "{} is empty", path.display());
        if let Err(panic) = std::panic::catch_unwind(|| run(&bytes)) {
            eprintln!("with {}", path.display());
            std::panic::resume_unwind(panic);
        }
        count += 1;
    }
    assert!(count >= 10, "{count} files in {folder}");
}

#[test]
fn the_corpus_of_policies_runs() {
    each("policy", common::policy);
}

#[test]
fn the_corpus_of_customers_runs() {
    each("customers", common::customers);
}
