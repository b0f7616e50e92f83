//! Segments: tables over classes, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RfmScore;
use crate::id::Label;
use crate::wire::getters;

/// What a table reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axes {
    /// Recency, and the half-up rounded mean of frequency and monetary value.
    #[default]
    RecencyAndMean,
    /// Recency and frequency.
    RecencyAndFrequency,
    /// All three.
    All,
}

impl Axes {
    const fn len(self) -> usize {
        match self {
            Self::RecencyAndMean | Self::RecencyAndFrequency => 2,
            Self::All => 3,
        }
    }

    /// The columns that a table reads, with their numbers of classes; 0 where the column has no cuts.
    fn columns(self, score: &RfmScore) -> impl Iterator<Item = (&'static str, u8)> {
        let read = if self == Self::RecencyAndFrequency { 2 } else { 3 };
        ["recency", "frequency", "monetary value"].into_iter().zip(score.out_of()).take(read)
    }

    /// The cell of a score: two axes leave the third at 0.
    fn cell(self, score: &RfmScore) -> Option<[u8; 3]> {
        let (r, f) = (score.recency()?, score.frequency()?);
        Some(match self {
            Self::RecencyAndMean => {
                let sum = u16::from(f).saturating_add(u16::from(score.monetary()?)).saturating_add(1);
                [r, u8::try_from(sum.checked_div(2)?).ok()?, 0]
            }
            Self::RecencyAndFrequency => [r, f, 0],
            Self::All => [r, f, score.monetary()?],
        })
    }
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentsError {
    /// The text is no table.
    #[error("{0}")]
    Shape(String),
    /// There are fewer than 2 classes, or more than 9.
    #[error("{0} classes are not from 2 to 9")]
    Classes(u8),
    /// A cell is none of the table's axes and classes.
    #[error("`{cell}` of `{segment}` is no cell: it needs one digit from 1 to {classes} for each of {axes} axes")]
    Cell {
        /// The segment.
        segment: Label,
        /// The cell as written.
        cell: String,
        /// The classes.
        classes: u8,
        /// How many axes there are.
        axes: usize,
    },
    /// A range is empty or outside the classes.
    #[error("the range from {from} to {to} of `{segment}` is empty or not within 1 to {classes}")]
    Range {
        /// The segment.
        segment: Label,
        /// Its first class.
        from: u8,
        /// Its last class.
        to: u8,
        /// The classes.
        classes: u8,
    },
    /// A segment has ranges for another number of axes than the table.
    #[error("`{segment}` has {found} ranges, the table {axes} axes")]
    Ranges {
        /// The segment.
        segment: Label,
        /// How many ranges it has.
        found: usize,
        /// How many axes there are.
        axes: usize,
    },
    /// A cell belongs to two segments, and no order is declared.
    #[error("cell `{cell}` is in `{first}` and in `{second}`; correct one, or declare `first_match`")]
    Twice {
        /// The cell.
        cell: String,
        /// The first segment.
        first: Label,
        /// The second.
        second: Label,
    },
    /// Cells belong to nobody.
    #[error("cell `{cell}`, and {others} more, are in no segment; list them, or name a `rest`")]
    Uncovered {
        /// The first of them.
        cell: String,
        /// How many more there are.
        others: usize,
    },
    /// A segment has no cell left: those before it take all of them.
    #[error("`{0}` has no cell of its own")]
    Empty(Label),
    /// Two segments have one id.
    #[error("two segments are called `{0}`")]
    Name(Label),
}

/// Scores with another number of classes than a table of segments was made for. Their classes mean something else: the best of
/// 4 classes is the second best of 5.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the segment table `{table}` is for {of_table} classes, and {column} has {of_scores}")]
pub struct ClassesMismatch {
    table: String,
    column: &'static str,
    of_table: u8,
    of_scores: u8,
}

impl ClassesMismatch {
    getters! {
        /// How many classes the table is for.
        of_table: u8,
        /// How many classes the scores have.
        of_scores: u8,
    }
}

/// A segment of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    id: Label,
    name: String,
}

impl Segment {
    getters! {
        /// Its id, for conditions and reports.
        id: &Label,
        /// Its name, for people.
        name: &str,
    }
}

/// A table of segments in which every cell has exactly one: checked when it is read.
///
/// ```
/// use customer_pool::score::rfm::{Segments, SegmentsError};
/// let text = r#"{"name": "two", "version": 1, "classes": 2, "axes": "recency_and_frequency", "segments": [
///     {"id": "good", "name": "Good", "cells": ["22", "21"]}, {"id": "bad", "name": "Bad", "cells": ["11"]}
/// ]}"#;
/// assert_eq!(Segments::from_json(text), Err(SegmentsError::Uncovered { cell: "12".to_owned(), others: 0 }));
/// assert!(Segments::from_json(&text.replace("\"11\"", "\"11\", \"12\"")).is_ok());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments {
    name: String,
    version: u32,
    classes: u8,
    axes: Axes,
    segments: Vec<Segment>,
    cells: BTreeMap<[u8; 3], usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    name: Label,
    version: u32,
    classes: u8,
    axes: Axes,
    segments: Vec<SegmentWire>,
    /// Cells that are listed nowhere.
    #[serde(default)]
    rest: Option<Label>,
    /// The first segment that has a cell keeps it.
    #[serde(default)]
    first_match: bool,
    /// Where the table comes from; nothing reads it.
    #[serde(default, rename = "source")]
    _source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentWire {
    id: Label,
    name: String,
    #[serde(default)]
    cells: Vec<String>,
    /// A range of classes for each axis, both ends included; several boxes of them.
    #[serde(default)]
    ranges: Vec<Vec<(u8, u8)>>,
}

/// Every cell of so many axes and classes, in order.
fn all_cells(axes: usize, classes: u8) -> Vec<[u8; 3]> {
    let last = if axes == 3 { 1..=classes } else { 0..=0 };
    (1..=classes)
        .flat_map(|r| (1..=classes).map(move |f| (r, f)))
        .flat_map(|(r, f)| last.clone().map(move |m| [r, f, m]))
        .collect()
}

fn text(cell: [u8; 3]) -> String {
    cell.iter().filter(|class| **class > 0).map(ToString::to_string).collect()
}

impl SegmentWire {
    /// The cells that it asks for.
    fn asked(&self, axes: Axes, classes: u8) -> Result<Vec<[u8; 3]>, SegmentsError> {
        let mut cells = Vec::new();
        for cell in &self.cells {
            let digits: Option<Vec<u8>> =
                cell.chars().map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())).collect();
            let digits = digits.filter(|all| all.len() == axes.len() && all.iter().all(|c| (1..=classes).contains(c)));
            let padded = digits.and_then(|digits| match *digits {
                [r, f] => Some([r, f, 0]),
                [r, f, m] => Some([r, f, m]),
                _ => None,
            });
            let refused =
                || SegmentsError::Cell { segment: self.id.clone(), cell: cell.clone(), classes, axes: axes.len() };
            cells.push(padded.ok_or_else(refused)?);
        }
        for ranges in &self.ranges {
            if ranges.len() != axes.len() {
                let (segment, found) = (self.id.clone(), ranges.len());
                return Err(SegmentsError::Ranges { segment, found, axes: axes.len() });
            }
            for &(from, to) in ranges {
                if from < 1 || to > classes || from > to {
                    return Err(SegmentsError::Range { segment: self.id.clone(), from, to, classes });
                }
            }
            let within =
                |cell: &[u8; 3]| ranges.iter().zip(cell).all(|((from, to), class)| (from..=to).contains(&class));
            cells.extend(all_cells(axes.len(), classes).into_iter().filter(within));
        }
        Ok(cells)
    }
}

impl Segments {
    /// Reads a table.
    ///
    /// # Errors
    /// What is wrong with it: the first thing.
    pub fn from_json(text: &str) -> Result<Self, SegmentsError> {
        let wire: Wire = serde_json::from_str(text).map_err(|error| SegmentsError::Shape(error.to_string()))?;
        Self::checked(wire)
    }

    fn checked(wire: Wire) -> Result<Self, SegmentsError> {
        let (axes, classes) = (wire.axes, wire.classes);
        if !(2..=9).contains(&classes) {
            return Err(SegmentsError::Classes(classes));
        }
        let mut cells: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        let mut segments: Vec<Segment> = Vec::new();
        for (place, segment) in wire.segments.iter().enumerate() {
            if segments.iter().any(|known| known.id == segment.id) {
                return Err(SegmentsError::Name(segment.id.clone()));
            }
            let mut own = 0_usize;
            for cell in segment.asked(axes, classes)? {
                match cells.get(&cell) {
                    None => {
                        cells.insert(cell, place);
                        own = own.saturating_add(1);
                    }
                    Some(_) if wire.first_match => {}
                    Some(first) => {
                        let first = wire.segments.get(*first).map_or_else(|| segment.id.clone(), |one| one.id.clone());
                        let (cell, second) = (self::text(cell), segment.id.clone());
                        return Err(SegmentsError::Twice { cell, first, second });
                    }
                }
            }
            if own == 0 && wire.rest.as_ref() != Some(&segment.id) {
                return Err(SegmentsError::Empty(segment.id.clone()));
            }
            segments.push(Segment { id: segment.id.clone(), name: segment.name.clone() });
        }
        let rest = wire.rest.as_ref().and_then(|rest| segments.iter().position(|known| known.id == *rest));
        let mut uncovered = Vec::new();
        for cell in all_cells(axes.len(), classes) {
            match rest {
                _ if cells.contains_key(&cell) => {}
                Some(rest) => {
                    cells.insert(cell, rest);
                }
                None => uncovered.push(cell),
            }
        }
        if let Some(first) = uncovered.first() {
            let others = uncovered.len().saturating_sub(1);
            return Err(SegmentsError::Uncovered { cell: self::text(*first), others });
        }
        Ok(Self { name: wire.name.to_string(), version: wire.version, classes, axes, segments, cells })
    }

    /// A table that ships with the crate; a test reads every one.
    fn shipped(text: &str) -> Self {
        Self::from_json(text).unwrap_or_default()
    }

    /// The default: recency against the mean of frequency and monetary value, 25 cells, 11 segments.
    #[must_use]
    pub fn grid25() -> Self {
        Self::shipped(include_str!("tables/grid25.json"))
    }

    /// Recency against frequency, 10 segments.
    #[must_use]
    pub fn recency_frequency() -> Self {
        Self::shipped(include_str!("tables/recency_frequency.json"))
    }

    /// All 125 codes one by one, 11 segments.
    #[must_use]
    pub fn codes125() -> Self {
        Self::shipped(include_str!("tables/codes125.json"))
    }

    /// Three classes of each, 6 segments.
    #[must_use]
    pub fn thirds() -> Self {
        Self::shipped(include_str!("tables/thirds.json"))
    }

    /// The segment of a score. `None` where a class that the table reads is missing.
    ///
    /// ```
    /// use customer_pool::score::rfm::{Rfm, RfmInputs, Segments};
    /// let one = RfmInputs { recency: Some(3), frequency: Some(1), monetary: Some("9.50".parse()?) };
    /// let quarters = Rfm::fit(&[one], 4, chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day"))?;
    /// let refused = Segments::grid25().of(&quarters.score(&one)).expect_err("4 classes are not 5").to_string();
    /// assert_eq!(refused, "the segment table `grid25` is for 5 classes, and recency has 4");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A column that the table reads has another number of classes than the table.
    pub fn of(&self, score: &RfmScore) -> Result<Option<&Segment>, ClassesMismatch> {
        let other = self.axes.columns(score).find(|(_, classes)| *classes > 0 && *classes != self.classes);
        if let Some((column, of_scores)) = other {
            return Err(ClassesMismatch { table: self.name.clone(), column, of_table: self.classes, of_scores });
        }
        let place = self.axes.cell(score).and_then(|cell| self.cells.get(&cell));
        Ok(place.and_then(|place| self.segments.get(*place)))
    }

    getters! {
        /// The name of the table.
        name: &str,
        /// Its version.
        version: u32,
        /// How many classes each axis has: scores must have as many.
        classes: u8,
        /// What it reads.
        axes: Axes,
        /// The segments in the order of the table.
        segments: &[Segment],
    }

    /// Every cell with its segment, in order: `11`, `12`, …
    pub fn cells(&self) -> impl Iterator<Item = (String, &Segment)> {
        self.cells.iter().filter_map(|(cell, segment)| Some((text(*cell), self.segments.get(*segment)?)))
    }
}
