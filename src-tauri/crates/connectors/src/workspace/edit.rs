//! Makes changes to `workspace.toml` that a person asks for in the window: their comments and their order stay as they
//! are.
//!
//! Invariants: a new text is read by the very reader that opens workspaces, before it replaces anything; the file is
//! replaced as a whole or not at all; a file that somebody else changed meanwhile is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use super::{FILE_BYTES_MAX, FILE_NAME, Policy, Workspace, WorkspaceError, read, unreadable};

/// The mark that some editors put in front of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A value as `workspace.toml` knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `"…"`
    Text(String),
    /// A whole number.
    Number(u32),
    /// `true` or `false`
    Flag(bool),
    /// `["…", "…"]`
    Texts(Vec<String>),
}

/// Describes one change. A path is the names of the tables, then the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Gives the key this value; the key and its tables are made if they are not there.
    Set(Vec<String>, Value),
    /// Removes the key, or the table.
    Remove(Vec<String>),
    /// Removes all other keys than these from the table.
    Retain(Vec<String>, Vec<String>),
}

impl Change {
    /// Gives the key this value, or removes it if there is none.
    pub fn of(path: &[&str], value: Option<Value>) -> Self {
        let path = owned(path);
        match value {
            Some(value) => Self::Set(path, value),
            None => Self::Remove(path),
        }
    }

    /// Gives the key this text.
    pub fn text(path: &[&str], text: &str) -> Self {
        Self::Set(owned(path), Value::Text(text.to_owned()))
    }
}

/// Describes a value that changed: as text, and nothing if there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// The key with its tables: `sync.wait_for_lock_seconds`.
    pub key: String,
    /// The value before the change.
    pub before: Option<String>,
    /// The value now.
    pub after: Option<String>,
}

/// Holds a workspace file that was replaced.
#[derive(Debug)]
pub struct WorkspaceEdit {
    /// The workspace as it is now.
    pub workspace: Workspace,
    /// The values that changed.
    pub changed: Vec<ValueChange>,
    before: Workspace,
}

impl WorkspaceEdit {
    /// Puts the file back as it was, for a change that could not be entered in the audit trail.
    ///
    /// # Errors
    /// Fails when the file cannot be written, or was changed once more.
    pub fn take_back(self) -> Result<(), WorkspaceError> {
        self.workspace.replace(&self.before.text)
    }
}

impl Workspace {
    /// Returns the workspace as it would be with these changes. Nothing is written.
    ///
    /// # Errors
    /// Fails when one of the changes makes it invalid.
    pub fn with(&self, changes: &[Change]) -> Result<Self, WorkspaceError> {
        Self::imagined(&self.dir, &self.edited_text(changes)?)
    }

    /// Makes a workspace of this text in that folder, which need not exist. Nothing is written.
    ///
    /// # Errors
    /// Fails when the text is not valid.
    pub fn imagined(dir: &Path, text: &str) -> Result<Self, WorkspaceError> {
        let dir = std::path::absolute(dir).map_err(|source| unreadable(dir, source))?;
        let path = dir.join(FILE_NAME);
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(unreadable(&path, io::ErrorKind::FileTooLarge.into()));
        }
        let content = read::content(&path, &dir, text.trim_start_matches(BYTE_ORDER_MARK))?;
        Ok(Self { dir, text: text.to_owned(), content, policy: Policy::of_machine()? })
    }

    /// Makes these changes in the file.
    ///
    /// # Errors
    /// Fails when one of them makes the workspace invalid, the file was changed since this workspace was opened, or it
    /// cannot be written. The file is then as it was.
    pub fn edit(&self, changes: &[Change]) -> Result<WorkspaceEdit, WorkspaceError> {
        let workspace = self.with(changes)?;
        let changed = differences(&self.values()?, &workspace.values()?);
        if !changed.is_empty() {
            self.replace(&workspace.text)?;
        }
        Ok(WorkspaceEdit { workspace, changed, before: self.clone() })
    }

    /// Returns the text of the file as it was opened.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns each key with its value, as text.
    pub(crate) fn values(&self) -> Result<BTreeMap<Vec<String>, String>, WorkspaceError> {
        let document = self.document(&self.text)?;
        let mut values = BTreeMap::new();
        flatten(document.as_table(), &mut Vec::new(), &mut values);
        Ok(values)
    }

    fn path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }

    fn edited_text(&self, changes: &[Change]) -> Result<String, WorkspaceError> {
        let mut document = self.document(&self.text)?;
        for change in changes {
            apply(document.as_table_mut(), change).map_err(|key| self.no_table(key))?;
        }
        let mut text = document.to_string();
        // The parser makes every line end the shorter one.
        if self.text.contains('\n') && self.text.matches('\n').count() == self.text.matches("\r\n").count() {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        let mark = self.text.starts_with(BYTE_ORDER_MARK).then_some(BYTE_ORDER_MARK);
        Ok(mark.into_iter().chain(text.chars()).collect())
    }

    fn document(&self, text: &str) -> Result<DocumentMut, WorkspaceError> {
        text.trim_start_matches(BYTE_ORDER_MARK).parse().map_err(|error: toml_edit::TomlError| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            WorkspaceError::Syntax {
                path: self.path(),
                line: 1 + before.matches('\n').count() as u64,
                detail: error.message().replace('\n', ", "),
            }
        })
    }

    fn no_table(&self, key: String) -> WorkspaceError {
        let allowed = format!("[{key}]");
        WorkspaceError::Value { path: self.path(), line: 1, key, found: "…".to_owned(), allowed }
    }

    /// Replaces the file as a whole, unless it is not what this workspace was opened from.
    fn replace(&self, text: &str) -> Result<(), WorkspaceError> {
        // If the folder holds a link, this is the file itself.
        let path = fs::canonicalize(self.path()).map_err(|source| unreadable(&self.path(), source))?;
        let unreadable_here = |source| unreadable(&path, source);
        let folder = path.parent().unwrap_or(&self.dir);
        let mut fresh = NamedTempFile::new_in(folder).map_err(unreadable_here)?;
        fresh.write_all(text.as_bytes()).map_err(unreadable_here)?;
        let before = fs::metadata(&path).map_err(unreadable_here)?;
        fs::set_permissions(fresh.path(), before.permissions()).map_err(unreadable_here)?;
        fresh.as_file().sync_all().map_err(unreadable_here)?;
        if fs::read(&path).map_err(unreadable_here)? != self.text.as_bytes() {
            return Err(WorkspaceError::ChangedMeanwhile(path));
        }
        fresh.persist(&path).map_err(|error| unreadable_here(error.error))?;
        // The new name is on the disk as well, if the operating system lets a folder be asked for that.
        #[cfg(unix)]
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unreadable_here)?;
        Ok(())
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|&name| name.to_owned()).collect()
}

/// Makes one change. Fails with the name of a value that stands where a table must be.
fn apply(root: &mut Table, change: &Change) -> Result<(), String> {
    match change {
        Change::Set(path, new) => {
            let Some((key, tables)) = path.split_last() else { return Ok(()) };
            set(table_in(root, tables)?, key, new);
        }
        Change::Remove(path) => {
            let Some((key, tables)) = path.split_last() else { return Ok(()) };
            if let Some(table) = existing(root, tables) {
                table.remove(key);
            }
        }
        Change::Retain(path, keys) => {
            if let Some(table) = existing(root, path) {
                let others: Vec<String> =
                    table.iter().map(|(key, _)| key.to_owned()).filter(|key| !keys.contains(key)).collect();
                for key in others {
                    table.remove(&key);
                }
            }
        }
    }
    Ok(())
}

/// Sets a value; its comment and the spaces around it stay.
fn set(table: &mut dyn TableLike, key: &str, new: &Value) {
    let mut item = match new {
        Value::Text(text) => value(text),
        Value::Number(number) => value(i64::from(*number)),
        Value::Flag(flag) => value(*flag),
        Value::Texts(texts) => value(texts.iter().collect::<toml_edit::Array>()),
    };
    if let Some(before) = table.get_mut(key) {
        if let (Some(before), Some(after)) = (before.as_value(), item.as_value_mut()) {
            if plain(before) == plain(after) {
                return;
            }
            *after.decor_mut() = before.decor().clone();
        }
        *before = item;
    } else {
        table.insert(key, item);
    }
}

fn existing<'a>(root: &'a mut Table, tables: &[String]) -> Option<&'a mut dyn TableLike> {
    let mut table: &mut dyn TableLike = root;
    for name in tables {
        table = table.get_mut(name)?.as_table_like_mut()?;
    }
    Some(table)
}

fn table_in<'a>(root: &'a mut Table, tables: &[String]) -> Result<&'a mut dyn TableLike, String> {
    let mut table: &mut dyn TableLike = root;
    for name in tables {
        if !table.contains_key(name) {
            table.insert(name, Item::Table(Table::new()));
        }
        let item = table.get_mut(name).ok_or_else(|| name.clone())?;
        table = item.as_table_like_mut().ok_or_else(|| name.clone())?;
    }
    Ok(table)
}

fn flatten(table: &dyn TableLike, path: &mut Vec<String>, values: &mut BTreeMap<Vec<String>, String>) {
    for (key, item) in table.iter() {
        path.push(key.to_owned());
        if let Some(table) = item.as_table_like() {
            flatten(table, path, values);
        } else if let Some(value) = item.as_value() {
            values.insert(path.clone(), plain(value));
        }
        path.pop();
    }
}

/// Returns the value as text: without quotes, if it is quoted, and others unchanged.
fn plain(value: &toml_edit::Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.clone().decorated("", "").to_string(),
    }
}

fn differences(before: &BTreeMap<Vec<String>, String>, after: &BTreeMap<Vec<String>, String>) -> Vec<ValueChange> {
    let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| ValueChange { key: key.join("."), before: before.get(key).cloned(), after: after.get(key).cloned() })
        .collect()
}

#[cfg(test)]
mod tests;
