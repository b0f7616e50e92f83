//! From text to a draft.

use super::limit::MAX_DOCUMENT_BYTES;
use super::{PolicyDraft, PolicyError, ShapeError};

pub(super) fn parse(text: &str) -> Result<PolicyDraft, PolicyError> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(PolicyError::TooLarge(text.len()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let draft = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        shape(if path == "." { "$".to_owned() } else { format!("$.{path}") }, error.inner())
    })?;
    deserializer.end().map_err(|error| shape("$".to_owned(), &error))?;
    Ok(draft)
}

fn shape(path: String, error: &serde_json::Error) -> PolicyError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    // A custom error raised below another one carries its place twice.
    let message = message.replace(&place, "");
    PolicyError::Shape(ShapeError { line, column, path, message })
}
