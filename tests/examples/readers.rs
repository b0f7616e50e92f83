//! The readers of `examples/pool/`: whatever bytes come, in whatever pieces, they end, name true places, and keep what
//! is good.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use customer_pool::attribute::AttributeType;
use customer_pool::id::Label;
use customer_pool::model::Customer;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

#[allow(dead_code, reason = "the example uses more of it")]
#[path = "../../examples/pool/read.rs"]
pub(crate) mod read;

use read::{BadInput, BadLine, Row};

fn attributes() -> BTreeMap<Label, AttributeType> {
    AttributeType::ALL.iter().map(|kind| (kind.as_str().parse().unwrap(), *kind)).collect()
}

/// What a reader gave: customers with their lines, and bad places with whether reading went on behind them.
#[derive(Debug, PartialEq)]
struct Found {
    good: Vec<(u64, Customer)>,
    bad: Vec<(BadLine, bool)>,
}

fn found(input: impl BufRead) -> Found {
    let mut found = Found { good: Vec::new(), bad: Vec::new() };
    for row in read::read_customers(input, &attributes()) {
        match row {
            Ok(Row { line, value }) => found.good.push((line, value)),
            Err(BadInput::Row(bad, _)) => found.bad.push((bad, true)),
            Err(BadInput::Rest(bad)) => found.bad.push((bad, false)),
            Err(BadInput::Io(error)) => panic!("memory cannot fail: {error}"),
        }
    }
    found
}

/// Gives a few bytes at a time, as a pipe may.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(room.len()).min(self.0.len());
        let (now, later) = self.0.split_at(n);
        room[..n].copy_from_slice(now);
        self.0 = later;
        Ok(n)
    }
}

/// Rows of which some are wrong, each on one line, with whether it is good.
fn rows() -> impl Strategy<Value = Vec<(String, bool)>> {
    let row = prop_oneof![
        4 => "[a-z{}\\[\\],\\\\\"é]{1,8}".prop_map(|id| {
            let id = serde_json::to_string(&id).unwrap();
            (format!(r#"{{"id":{id},"place":{{"owned":{{"owner":"r","start":"2026-03-02T07:00:00Z"}}}},"tags":["x"]}}"#), true)
        }),
        1 => Just((r#"{"id":"x","place":{"lost":[]}}"#.to_owned(), false)),
        1 => Just((r#"{"id":"x","tags":["]","{"]}"#.to_owned(), false)),
        1 => Just(("{nonsense}".to_owned(), false)),
    ];
    prop::collection::vec(row, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_failure_persistence(FileFailurePersistence::WithSource("proptest-regressions")))]

    /// The same rows as an array and as NDJSON, in pieces of any size: the same good customers, and as many bad rows
    /// as are wrong, each on its line.
    #[test]
    fn arrays_and_lines_say_the_same(rows in rows(), piece in 1_usize..40) {
        let lines: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
        let objects = lines.join("\n");
        let array = format!("[{}]", lines.join(",\n"));
        let from_array = found(BufReader::new(Trickle(array.as_bytes(), piece)));
        let wrong: Vec<u64> = (1..).zip(&rows).filter(|(_, (_, good))| !good).map(|(line, _)| line).collect();
        prop_assert_eq!(from_array.bad.iter().map(|(bad, _)| bad.line).collect::<Vec<_>>(), wrong);
        prop_assert!(from_array.bad.iter().all(|(_, goes_on)| *goes_on));
        prop_assert_eq!(from_array.good.len() + from_array.bad.len(), rows.len());
        let from_lines = found(BufReader::new(Trickle(objects.as_bytes(), piece)));
        prop_assert_eq!(&from_lines.good, &from_array.good);
        prop_assert_eq!(from_lines.bad.len(), from_array.bad.len());
    }

    /// An input that is cut anywhere gives the rows before the cut and nothing else: the customers are the first ones
    /// of the whole.
    #[test]
    fn a_cut_loses_only_what_is_behind_it(rows in rows(), cut in any::<prop::sample::Index>(), array in any::<bool>()) {
        let lines: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
        let text = if array { format!("[{}]", lines.join(",\n")) } else { lines.join("\n") };
        let whole = found(text.as_bytes());
        let part = found(&text.as_bytes()[..cut.index(text.len())]);
        prop_assert!(whole.good.starts_with(&part.good));
    }

    /// Bytes of every kind, CSV and JSON among them: reading ends, and every place named lies in the input.
    #[test]
    fn any_bytes_are_survived(
        head in prop_oneof![
            Just(""), Just("["), Just("{"), Just("[{\"id\":"), Just("\u{FEFF}id,owner,since\n"),
            Just("id,owner,since,call,tags,attribute.decimal,attribute.bool,hold,paused_from\n"),
        ],
        tail in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[\\[\\]{},:\"a-c\\\\\n\r ;.0-9T-]{0,200}".prop_map(String::into_bytes),
        ],
        piece in 1_usize..9,
    ) {
        let bytes = [head.as_bytes(), &tail].concat();
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let at_once = found(bytes.as_slice());
        for (bad, _) in &at_once.bad {
            prop_assert!((1..=lines).contains(&bad.line) && bad.column >= 1, "{bad}");
            let length = bytes.split(|byte| *byte == b'\n').nth(bad.line as usize - 1).map_or(0, <[u8]>::len);
            prop_assert!(bad.column <= length as u64 + 1, "{bad} on a line of {length}");
        }
        prop_assert_eq!(found(BufReader::new(Trickle(&bytes, piece))), at_once);
    }
}
