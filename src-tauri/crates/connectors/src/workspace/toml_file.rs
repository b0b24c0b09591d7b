//! Reads `workspace.toml` as tables that know where they stand, so that each mistake is reported with its key and line.
//!
//! Invariant: a table is entered with the list of its keys; a key beyond that list is an error before any value is
//! read.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::WorkspaceError;

/// Holds the file while it is read.
pub(super) struct TomlFile<'a> {
    /// The path, for errors.
    path: &'a Path,
    text: &'a str,
}

/// Holds a value and its line.
pub(super) struct ValueAtLine<T> {
    pub(super) value: T,
    pub(super) line: u64,
}

impl ValueAtLine<String> {
    pub(super) fn as_ref(&self) -> ValueAtLine<&str> {
        ValueAtLine { value: &self.value, line: self.line }
    }
}

/// Holds one table of the file.
pub(super) struct Section<'a> {
    file: &'a TomlFile<'a>,
    /// The table's name in front of its keys: `source.columns.`, or nothing for the whole file.
    prefix: String,
    table: &'a DeTable<'a>,
}

impl<'a> TomlFile<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text }
    }

    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'a>>, WorkspaceError> {
        DeTable::parse(self.text).map_err(|error| WorkspaceError::Syntax {
            path: self.path.to_owned(),
            line: self.line(error.span().map_or(0, |span| span.start)),
            detail: error.message().replace('\n', ", "),
        })
    }

    fn line(&self, offset: usize) -> u64 {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64
    }
}

impl<'a> Section<'a> {
    /// Returns the whole file as a table, whose tables are `known`.
    pub(super) fn root(file: &'a TomlFile<'a>, table: &'a DeTable<'a>, known: &[&str]) -> Result<Self, WorkspaceError> {
        let root = Self { file, prefix: String::new(), table };
        root.refuse_unknown(known)?;
        Ok(root)
    }

    /// Returns a table in this one, whose keys are `known`.
    pub(super) fn section(&self, key: &str, known: &[&str]) -> Result<Option<Self>, WorkspaceError> {
        let section = self.open_section(key)?;
        if let Some(section) = &section {
            section.refuse_unknown(known)?;
        }
        Ok(section)
    }

    /// Returns a table whose keys are free, or are checked by [`Self::refuse_unknown`] once they are known.
    pub(super) fn open_section(&self, key: &str) -> Result<Option<Self>, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.wrong(key, value, format!("[{}{key}]", self.prefix)));
        };
        Ok(Some(Self { file: self.file, prefix: format!("{}{key}.", self.prefix), table }))
    }

    /// Returns the tables of a list of tables (`[[posting.rules]]`), in their order, whose keys are `known`.
    pub(super) fn list(&self, key: &str, known: &[&str]) -> Result<Vec<Self>, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(Vec::new()) };
        let wrong = |value| self.wrong(key, value, format!("[[{}{key}]]", self.prefix));
        let Some(array) = value.get_ref().as_array() else { return Err(wrong(value)) };
        let mut sections = Vec::new();
        for (index, element) in array.iter().enumerate() {
            let DeValue::Table(table) = element.get_ref() else { return Err(wrong(element)) };
            let section = Self { file: self.file, prefix: format!("{}{key}[{}].", self.prefix, index + 1), table };
            section.refuse_unknown(known)?;
            sections.push(section);
        }
        Ok(sections)
    }

    pub(super) fn refuse_unknown(&self, known: &[&str]) -> Result<(), WorkspaceError> {
        let unknown = self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown else { return Ok(()) };
        Err(WorkspaceError::UnknownKey {
            path: self.file.path.to_owned(),
            line: self.file.line(key.span().start),
            key: format!("{}{}", self.prefix, key.get_ref()),
            nearest: crate::text::nearest(key.get_ref(), known.iter().copied()).to_owned(),
        })
    }

    /// Makes the error for a key that must be there.
    pub(super) fn missing(&self, key: &str) -> WorkspaceError {
        WorkspaceError::KeyMissing { path: self.file.path.to_owned(), key: format!("{}{key}", self.prefix) }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<ValueAtLine<&'a str>>, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let Some(text) = value.get_ref().as_str() else { return Err(self.wrong(key, value, "\"…\"")) };
        Ok(Some(ValueAtLine { value: text, line: self.file.line(value.span().start) }))
    }

    pub(super) fn required_text(&self, key: &str) -> Result<ValueAtLine<&'a str>, WorkspaceError> {
        let found = self.text(key)?.ok_or_else(|| self.missing(key))?;
        if found.value.trim().is_empty() {
            return Err(self.invalid(key, &found, "\"…\""));
        }
        Ok(found)
    }

    /// Returns a whole number within bounds, or `default` if the key is missing.
    pub(super) fn number(&self, key: &str, allowed: RangeInclusive<u64>, default: u64) -> Result<u64, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(default) };
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok())
            .filter(|number| allowed.contains(number));
        number.ok_or_else(|| self.wrong(key, value, format!("{}–{}", allowed.start(), allowed.end())))
    }

    /// Returns a whole number within bounds, if the key is there.
    pub(super) fn optional_number(
        &self,
        key: &str,
        allowed: RangeInclusive<u64>,
    ) -> Result<Option<u64>, WorkspaceError> {
        if self.table.contains_key(key) { self.number(key, allowed, 0).map(Some) } else { Ok(None) }
    }

    /// Returns the texts of a key that has one or a list of them; none if the key is missing.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<ValueAtLine<&'a str>>, WorkspaceError> {
        self.each(key, |value| value.as_str(), "[\"…\"]")
    }

    /// Returns the columns of a key that has one or a list of them, each by its title, or by its place as a number.
    pub(super) fn columns(&self, key: &str) -> Result<Vec<ValueAtLine<String>>, WorkspaceError> {
        let column = |value: &DeValue<'a>| match (value.as_str(), value.as_integer()) {
            (Some(title), _) => Some(title.trim().to_owned()).filter(|title| !title.is_empty()),
            (None, Some(place)) => {
                let place = u64::from_str_radix(place.as_str(), place.radix()).ok();
                place.filter(|place| (1..=10_000).contains(place)).map(|place| format!("#{place}"))
            }
            (None, None) => None,
        };
        self.each(key, column, "\"…\"")
    }

    fn each<T>(
        &self,
        key: &str,
        read: impl Fn(&'a DeValue<'a>) -> Option<T>,
        allowed: &str,
    ) -> Result<Vec<ValueAtLine<T>>, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(Vec::new()) };
        let values: Vec<&'a Spanned<DeValue<'a>>> = match value.get_ref().as_array() {
            Some(list) => list.iter().collect(),
            None => vec![value],
        };
        let mut read_values = Vec::new();
        for value in values {
            let Some(read) = read(value.get_ref()) else { return Err(self.wrong(key, value, allowed)) };
            read_values.push(ValueAtLine { value: read, line: self.file.line(value.span().start) });
        }
        if read_values.is_empty() { Err(self.wrong(key, value, allowed)) } else { Ok(read_values) }
    }

    pub(super) fn boolean(&self, key: &str, default: bool) -> Result<bool, WorkspaceError> {
        let Some(value) = self.table.get(key) else { return Ok(default) };
        value.get_ref().as_bool().ok_or_else(|| self.wrong(key, value, "true | false"))
    }

    /// Returns the keys of a table whose keys are free.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// Makes the error for a text that is not one of those allowed.
    pub(super) fn invalid(&self, key: &str, found: &ValueAtLine<&str>, allowed: impl Display) -> WorkspaceError {
        WorkspaceError::Value {
            path: self.file.path.to_owned(),
            line: found.line,
            key: format!("{}{key}", self.prefix),
            found: crate::text::bounded(found.value, crate::text::GLIMPSE_CHARS_MAX),
            allowed: allowed.to_string(),
        }
    }

    /// Makes the error for a value that does not go with another one.
    pub(super) fn unfit(&self, key: &str, allowed: impl Display) -> WorkspaceError {
        self.table.get(key).map_or_else(|| self.missing(key), |value| self.wrong(key, value, allowed))
    }

    /// Makes the error for a kind that this version does not have.
    pub(super) fn unavailable(&self, found: &ValueAtLine<&str>, available: &str) -> WorkspaceError {
        WorkspaceError::KindUnavailable {
            path: self.file.path.to_owned(),
            line: found.line,
            kind: found.value.to_owned(),
            available: available.to_owned(),
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, allowed: impl Display) -> WorkspaceError {
        let span = value.span();
        let text = self.file.text.get(span.clone()).unwrap_or_default();
        let found = ValueAtLine { value: text, line: self.file.line(span.start) };
        self.invalid(key, &found, allowed)
    }
}
