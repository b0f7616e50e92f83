//! What can be wrong with a policy.

use core::fmt;

use crate::condition::{Compiler, Condition, Test};
use crate::wire::getters;

/// A semantic problem of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: &'static str,
    path: String,
    message: String,
}

impl Problem {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    getters! {
        /// The JSON path of the place in the document: `$.groups[0].triggers[1].base`.
        path: &str,
        /// What is wrong there, and what to do.
        message: &str,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.message, self.code)
    }
}

/// Every semantic problem of a policy, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Problem { code, path: path.into(), message: message.into() });
    }

    /// A condition, compiled. What is wrong with it is noted at its place under this path.
    pub(super) fn test(&mut self, compiler: &mut Compiler<'_>, condition: &Condition, path: &str) -> Test {
        let mut found = Vec::new();
        let test = compiler.compile(condition, &mut found);
        for problem in found {
            self.add(format!("{path}{}", problem.path), problem.code, problem.message);
        }
        test
    }

    /// The problems.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// Where a text stops being a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) path: String,
    pub(super) message: String,
}

impl ShapeError {
    getters! {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 at the start of a line.
        column: usize,
        /// The JSON path of the place.
        path: &str,
        /// What is wrong there.
        message: &str,
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}: {}", self.line, self.column, self.path, self.message)
    }
}

/// Why a text or a draft is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The document is larger than [`MAX_DOCUMENT_BYTES`](super::MAX_DOCUMENT_BYTES).
    #[error("the document has {0} bytes; a policy may have {max}", max = super::MAX_DOCUMENT_BYTES)]
    TooLarge(usize),
    /// The text is not of the document's shape.
    #[error("{0}")]
    Shape(ShapeError),
    /// The document has problems of meaning: all of them.
    #[error("{0}")]
    Problems(Problems),
}
