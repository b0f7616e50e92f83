//! The elements of a JSON array, cut apart before any is parsed, so that a wrong one does not end the array.

use std::io::{self, BufRead};

use super::{BadInput, BadLine, Fact, MAX_ROW_BYTES, Row, fill, parse};

/// Reads an array element by element.
pub struct Elements<R> {
    input: R,
    line: u64,
    column: u64,
    text: Vec<u8>,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before `[`.
    Array,
    /// Before the first element or `]`.
    First,
    /// Before an element.
    Element,
    /// Behind an element: before `,` or `]`.
    Comma,
    /// Behind `]`.
    Behind,
    /// Nothing more is read.
    End,
}

impl<R: BufRead> Elements<R> {
    /// Reads on from the beginning of line `line`.
    pub fn new(input: R, line: u64) -> Self {
        Self { input, line, column: 1, text: Vec::new(), at: At::Array }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(fill(&mut self.input)?.first().copied())
    }

    fn take(&mut self, byte: u8) {
        self.input.consume(1);
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
    }

    fn peek_black(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(white @ (b' ' | b'\t' | b'\r' | b'\n')) => self.take(white),
                other => return Ok(other),
            }
        }
    }

    fn rest(&self, message: &str) -> BadInput {
        BadInput::Rest(BadLine { line: self.line, column: self.column, message: message.to_owned() })
    }

    /// Goes to the first byte of the next element; `false` at the end of the array.
    fn find_element(&mut self) -> Result<bool, BadInput> {
        loop {
            match (self.at, self.peek_black()?) {
                (At::Array, Some(b'[')) => self.step(b'[', At::First),
                (At::Comma, Some(b',')) => self.step(b',', At::Element),
                (At::First | At::Comma, Some(b']')) => self.step(b']', At::Behind),
                (At::Behind, None) => return Ok(false),
                (At::Behind, Some(_)) => return Err(self.rest("there is more behind the array")),
                (At::First | At::Element, Some(byte)) if !matches!(byte, b',' | b']' | b'}') => return Ok(true),
                (At::Comma, Some(_)) => return Err(self.rest("expected `,` or `]` behind an element of the array")),
                (_, None) => return Err(self.rest("the array does not end")),
                _ => return Err(self.rest("expected an element of the array")),
            }
        }
    }

    fn step(&mut self, byte: u8, to: At) {
        self.take(byte);
        self.at = to;
    }

    /// Takes the bytes of one element into `text`: up to a comma or bracket that is not inside it. `false` when they
    /// are too many; the rest of it is skipped then.
    fn take_element(&mut self) -> Result<bool, BadInput> {
        self.text.clear();
        let (mut depth, mut in_text, mut escaped, mut fits) = (0_u64, false, false, true);
        loop {
            let Some(byte) = self.peek()? else { return Err(self.rest("the array does not end")) };
            if in_text {
                in_text = escaped || byte != b'"';
                escaped = byte == b'\\' && !escaped;
            } else {
                match byte {
                    b',' | b']' | b'}' if depth == 0 => break,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    b'"' => in_text = true,
                    _ => {}
                }
            }
            fits = fits && self.text.len() < MAX_ROW_BYTES;
            if fits {
                self.text.push(byte);
            }
            self.take(byte);
        }
        self.at = At::Comma;
        Ok(fits)
    }

    fn element<T: Fact>(&mut self) -> Result<Option<Row<T>>, BadInput> {
        if self.at == At::End || !self.find_element()? {
            return Ok(None);
        }
        let (line, column) = (self.line, self.column);
        if self.take_element()? {
            return parse(self.text.trim_ascii_end(), line, column).map(Some);
        }
        let message = format!("the row is longer than {MAX_ROW_BYTES} bytes");
        Err(BadInput::Row(BadLine { line, column, message }, None))
    }

    /// The next element, or what is wrong with it.
    pub fn next_row<T: Fact>(&mut self) -> Option<Result<Row<T>, BadInput>> {
        let element = self.element();
        if !matches!(element, Ok(Some(_)) | Err(BadInput::Row(..))) {
            self.at = At::End;
        }
        element.transpose()
    }
}
