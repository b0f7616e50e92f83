//! Lines of a limited length.

use std::io::{self, BufRead};

use super::{BadInput, BadLine, MAX_ROW_BYTES, fill};

/// The lines of an input.
pub struct Lines<R> {
    input: R,
    line: u64,
    text: Vec<u8>,
    broken: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads on from the beginning of line `line`.
    pub fn new(input: R, line: u64) -> Self {
        Self { input, line, text: Vec::new(), broken: false }
    }

    /// The next line that is not blank, without its end, and its number.
    pub fn next_line(&mut self) -> Option<Result<(&[u8], u64), BadInput>> {
        loop {
            if self.broken {
                return None;
            }
            let line = self.line;
            match self.take_line() {
                Err(error) => {
                    self.broken = true;
                    return Some(Err(error.into()));
                }
                Ok(None) => return None,
                Ok(Some(false)) => {
                    let message = format!("the row is longer than {MAX_ROW_BYTES} bytes");
                    let bad = BadLine { line, column: MAX_ROW_BYTES as u64 + 1, message };
                    return Some(Err(BadInput::Row(bad, None)));
                }
                Ok(Some(true)) if self.text.trim_ascii().is_empty() => {}
                Ok(Some(true)) => return Some(Ok((self.text.trim_ascii_end(), line))),
            }
        }
    }

    /// Reads one line into `text`; `false` when it did not fit, in which case it is skipped to its end.
    fn take_line(&mut self) -> io::Result<Option<bool>> {
        self.text.clear();
        let (mut fits, mut any) = (true, false);
        loop {
            let buffer = fill(&mut self.input)?;
            if buffer.is_empty() {
                return Ok(any.then_some(fits));
            }
            any = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            fits = fits && self.text.len() + part.len() <= MAX_ROW_BYTES;
            if fits {
                self.text.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                self.line += 1;
                return Ok(Some(fits));
            }
        }
    }
}
