//! Messages: the catalogues agree with the code, with each other and with the glossary; what they say is committed
//! in `docs/samples.md` and `docs/reasons.md` for a reader to judge. `ACCEPT=1` writes both anew.

#[path = "messages/bits.rs"]
mod bits;
#[path = "messages/catalogues.rs"]
mod catalogues;
#[path = "messages/claims.rs"]
mod claims;
#[path = "messages/moves.rs"]
mod moves;
#[path = "messages/outcomes.rs"]
mod outcomes;
#[path = "messages/rendered.rs"]
mod rendered;

use std::path::Path;

/// Compares a generated document with the committed one, or with `ACCEPT=1` writes it.
fn hold_to(path: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ACCEPT").is_some_and(|value| value == "1") {
        std::fs::write(&path, generated).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (is, was)) in generated.lines().zip(committed.lines()).enumerate() {
        assert_eq!(is, was, "{}:{}; ACCEPT=1 writes it anew", path.display(), number + 1);
    }
    assert_eq!(generated, committed, "{}; ACCEPT=1 writes it anew", path.display());
}
