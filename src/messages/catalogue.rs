//! Texts by key. A catalogue is a short file that is searched line by line: messages are for people, who read slower.

use super::Language;
use crate::decision::ReasonCode;

/// The text of a reason code in a language: a clause without a full stop, its parameters in braces.
#[must_use]
pub fn template(code: ReasonCode, language: Language) -> &'static str {
    text(language, code.as_str()).unwrap_or_else(|| code.as_str())
}

/// The text of a reason code with its parameters filled in; one that is not given stays in its braces.
///
/// [`parameters`](super::parameters) gives those of a decision.
///
/// ```
/// use customer_pool::ReasonCode;
/// use customer_pool::messages::{Language, message};
/// let parameters = [("stage", "soon")];
/// assert_eq!(message(ReasonCode::Warning, &parameters, Language::English), "warning `soon` is in force");
/// assert_eq!(message(ReasonCode::Warning, &parameters, Language::Chinese), "提前提醒“soon”已生效");
/// ```
#[must_use]
pub fn message(code: ReasonCode, parameters: &[(&str, &str)], language: Language) -> String {
    fill(template(code, language), parameters)
}

/// The text of a key, filled in. The tests hold that every key is in every catalogue; otherwise it would stand for
/// itself.
pub(super) fn say(language: Language, key: &str, parameters: &[(&str, &str)]) -> String {
    fill(text(language, key).unwrap_or(key), parameters)
}

pub(super) fn text(language: Language, key: &str) -> Option<&'static str> {
    language.catalogue().lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
}

fn fill(template: &str, parameters: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, opened)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = opened.split_once('}').unwrap_or((opened, ""));
        match parameters.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_are_not_filled_in_again() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("{c}", &[("a", "x")]), "{c}");
    }
}
