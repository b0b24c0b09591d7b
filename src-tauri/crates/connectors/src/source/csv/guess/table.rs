//! Reads the beginning of a file as rows and columns.

use csv::{ReaderBuilder, StringRecord};

use super::content::{is_amount, is_date};

/// The characters that may stand between two fields, the most likely first.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// The largest number of rows that are looked at.
const ROWS_MAX: usize = 1_000;

/// Holds the beginning of a file.
pub(super) struct Table {
    pub(super) delimiter: u8,
    pub(super) titles: Vec<String>,
    pub(super) rows: Vec<StringRecord>,
}

impl Table {
    /// Splits the text by the delimiter that makes the most rows as wide as the first one; of equals, by the one that
    /// makes the widest rows.
    pub(super) fn of(text: &str) -> Self {
        let tables = DELIMITERS.map(|delimiter| Self::split(text, delimiter));
        let best = tables.into_iter().rev().max_by_key(|table| {
            let width = table.titles.len();
            let alike = table.rows.iter().filter(|row| row.len() == width).count();
            // A single column is as wide everywhere, and says nothing.
            if width < 2 { (0, 0) } else { ((alike + 1) * 100 / (table.rows.len() + 1), width) }
        });
        best.expect("there are delimiters")
    }

    fn split(text: &str, delimiter: u8) -> Self {
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        let mut rows = reader.records().map_while(Result::ok).take(ROWS_MAX + 1);
        let titles = rows.next().map(|row| row.iter().map(|title| title.trim().to_owned()).collect());
        let is_filled = |row: &StringRecord| row.iter().any(|field| !field.trim().is_empty());
        Self { delimiter, titles: titles.unwrap_or_default(), rows: rows.filter(is_filled).collect() }
    }

    /// Says whether the first row names columns, and is no row of content or the heading of a report.
    pub(super) fn has_titles(&self) -> bool {
        let named = self.titles.iter().filter(|title| !title.is_empty());
        named.clone().count() >= 2 && !named.into_iter().any(|title| is_date(title) || is_amount(title))
    }

    pub(super) fn column(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row.get(at).unwrap_or_default().trim())
    }

    pub(super) fn first_line(&self) -> String {
        self.titles.join(&char::from(self.delimiter).to_string())
    }
}
