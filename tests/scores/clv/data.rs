//! The real data and reference answers, read in place.

use customer_pool::score::clv::{FitTerms, Summaries, Summary};

use crate::support::shared_text;

/// A file of `clv/` in the shared data, if it is there.
pub fn text(name: &str) -> Option<String> {
    shared_text(&format!("clv/{name}"))
}

/// A table: its rows as maps from column to text.
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub struct Row<'t> {
    table: &'t Table,
    cells: &'t [String],
}

impl Table {
    pub fn read(name: &str) -> Option<Self> {
        let text = text(name)?;
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let columns = lines.next().unwrap();
        Some(Self { columns, rows: lines.collect() })
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { table: self, cells })
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}

impl Row<'_> {
    pub fn text(&self, column: &str) -> &str {
        let at = self.table.columns.iter().position(|name| name == column);
        &self.cells[at.unwrap_or_else(|| panic!("no column {column}"))]
    }

    pub fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap()
    }

    pub fn repeats(&self) -> u32 {
        self.text("x").parse().unwrap()
    }

    /// `x`, `t_x`, `T`.
    pub fn summary(&self) -> Summary {
        Summary::new(self.repeats(), self.number("t_x"), self.number("T")).unwrap()
    }
}

/// The customers of a table of summaries.
pub fn summaries(name: &str) -> Option<Summaries> {
    Some(Table::read(name)?.rows().map(|row| row.summary()).collect())
}

/// A JSON file of reference answers.
pub fn json(name: &str) -> Option<serde_json::Value> {
    Some(serde_json::from_str(&text(name)?).unwrap())
}

pub fn terms() -> FitTerms {
    FitTerms::new("week".parse().unwrap(), "1997-09-30".parse().unwrap())
}

pub fn relative(found: f64, expected: f64) -> f64 {
    (found - expected).abs() / expected.abs()
}

#[track_caller]
pub fn assert_close(found: f64, expected: f64, bound: f64) {
    assert!(relative(found, expected) <= bound, "{found:e} instead of {expected:e}: {:e}", relative(found, expected));
}

/// As the reference has it to 1e-10: relative, where it is a normal number; below that not negative, and as small.
#[track_caller]
pub fn assert_reference(found: f64, expected: &str, what: &str) -> f64 {
    let number: f64 = expected.parse().unwrap();
    assert!(found.is_finite() && found >= 0.0, "{what}: {found}");
    if number.is_normal() {
        assert!(relative(found, number) <= 1e-10, "{what}: {found:e} instead of {expected}");
        return relative(found, number);
    }
    assert!(found <= f64::MIN_POSITIVE, "{what}: {found:e} instead of {expected}");
    0.0
}

/// The logarithm of a decimal that may be far below the least number.
pub fn ln_of(decimal: &str) -> f64 {
    let (digits, exponent) = decimal.split_once('e').unwrap_or((decimal, "0"));
    digits.parse::<f64>().unwrap().ln() + exponent.parse::<f64>().unwrap() * core::f64::consts::LN_10
}
