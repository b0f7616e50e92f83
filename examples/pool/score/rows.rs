//! Tables: CSV with a header, of which some columns are read. A row that is wrong is named, and the others are read.

use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr;

use crate::input::open;
use crate::{Exit, Stop, tell};

/// A table, and what its rows deserve as an exit code.
pub struct Table {
    file: String,
    columns: HashMap<String, usize>,
    rows: Vec<(u64, csv::StringRecord)>,
    pub exit: Exit,
}

/// A row: its cells.
pub struct Row<'t> {
    table: &'t Table,
    cells: &'t csv::StringRecord,
}

impl Table {
    pub fn read(file: &Path) -> Result<Self, Stop> {
        let name = file.display().to_string();
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(open(file, None)?);
        let unreadable = |error: csv::Error| {
            tell(format_args!("{name}: {error}"));
            Stop::Told(Exit::FileUnreadable)
        };
        let header = reader.headers().map_err(unreadable)?.clone();
        let columns = header.iter().enumerate().map(|(at, column)| (column.to_lowercase(), at)).collect();
        let mut table = Self { file: name.clone(), columns, rows: Vec::new(), exit: Exit::Fine };
        for row in reader.records() {
            match row {
                Ok(cells) => table.rows.push((cells.position().map_or(0, csv::Position::line), cells)),
                Err(error) if error.is_io_error() => return Err(unreadable(error)),
                Err(error) => {
                    tell(format_args!("{name}: {error}"));
                    table.exit = Exit::RowsRefused;
                }
            }
        }
        Ok(table)
    }

    /// The first of these columns that the table has.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.columns.get(*name).copied())
    }

    /// The same, or the file is refused.
    pub fn needs(&self, names: &[&str]) -> Result<usize, Stop> {
        self.column(names).ok_or_else(|| {
            tell(format_args!("{}:1: no column `{}`", self.file, names.join("` or `")));
            Stop::Told(Exit::FileUnreadable)
        })
    }

    /// What each row comes to; those that are wrong are named and left out.
    pub fn each<T>(&mut self, mut read: impl FnMut(&Row<'_>) -> Result<T, String>) -> Vec<T> {
        let mut good = Vec::with_capacity(self.rows.len());
        let mut wrong = false;
        for (line, cells) in &self.rows {
            match read(&Row { table: self, cells }) {
                Ok(value) => good.push(value),
                Err(what) => {
                    tell(format_args!("{}:{line}: {what}", self.file));
                    wrong = true;
                }
            }
        }
        if wrong {
            self.exit = Exit::RowsRefused;
        }
        good
    }
}

impl Row<'_> {
    /// The cell; none where it is empty.
    pub fn text(&self, column: usize) -> Option<&str> {
        self.cells.get(column).filter(|text| !text.is_empty())
    }

    /// The value of a cell; none where it is empty.
    pub fn optional<T: FromStr<Err: std::fmt::Display>>(&self, column: usize) -> Result<Option<T>, String> {
        self.text(column).map(str::parse).transpose().map_err(|error| format!("{}: {error}", self.name(column)))
    }

    /// The value of a cell that must be there.
    pub fn value<T: FromStr<Err: std::fmt::Display>>(&self, column: usize) -> Result<T, String> {
        self.optional(column)?.ok_or_else(|| format!("{}: it is empty", self.name(column)))
    }

    fn name(&self, column: usize) -> &str {
        let known = self.table.columns.iter().find(|(_, at)| **at == column);
        known.map_or("a column", |(name, _)| name)
    }
}
