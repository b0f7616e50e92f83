//! Canonical JSON (RFC 8785) of a policy document, and its digest.

use core::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::PolicyDraft;

/// The document as RFC 8785 writes it. It holds no number but whole ones, and decimals are texts, so that only the
/// order of keys and the escapes of texts are at stake.
pub(super) fn canonical(draft: &PolicyDraft) -> String {
    let mut text = String::new();
    // A draft has only text keys and no floats: nothing in it can fail to become a value.
    let value = serde_json::to_value(draft).unwrap_or(Value::Null);
    write_value(&value, &mut text);
    text
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(&Value::String(key.clone()), out);
                out.push(':');
                if let Some(value) = map.get(key) {
                    write_value(value, out);
                }
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(value, out);
            }
            out.push(']');
        }
        // `serde_json` escapes texts as RFC 8785 asks.
        plain => out.push_str(&plain.to_string()),
    }
}

/// The SHA-256 of the canonical document.
pub(super) fn digest(canonical: &str) -> [u8; 32] {
    Sha256::digest(canonical.as_bytes()).into()
}

/// Hexadecimal digits in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
