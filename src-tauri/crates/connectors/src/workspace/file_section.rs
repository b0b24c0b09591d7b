//! Holds `[source]` of files as a window shows and changes it.

use std::collections::BTreeMap;

use super::edit::{Change, Value};
use super::source::{FILLED, LEAVE_OUT};
use crate::source::guess::{Degree, Guess};
use crate::source::table::{
    CellTest, Field, FileKind, FileSettings, HeadRule, HiddenRows, IdRule, MergedCells, RuleEffect, Sign, WorkbookRules,
};

/// Holds `[source]` of kind `csv` or `xlsx`. An empty text is a key that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileSection {
    /// Whether the files are workbooks.
    pub is_workbook: bool,
    /// A file, a folder or a glob.
    pub path: String,
    /// The name of the sheet.
    pub sheet: String,
    /// `fill` or `empty`.
    pub merged_cells: String,
    /// `read` or `leave out`.
    pub hidden_rows: String,
    /// The name of the encoding.
    pub encoding: String,
    /// The delimiter, one character.
    pub delimiter: String,
    /// The decimal separator, `.` or `,`.
    pub decimal_separator: String,
    /// The format of days, as chrono writes it.
    pub date_format: String,
    /// The line of the titles, 0 for none; `None` where they are looked for.
    pub head: Option<u32>,
    /// The sign of what is owed, `positive` or `negative`.
    pub sign: String,
    /// The currency of amounts that name none, where it is not the organisation's.
    pub currency: String,
    /// Whether the id is made of the content; no column gives it then.
    pub is_id_content: bool,
    /// Whether the rows of one id are the lines of one claim.
    pub gathers_claims: bool,
    /// The title of each record field's column; the columns of an id of several parts stand one to a line.
    pub columns: BTreeMap<String, String>,
    /// The columns that are known to say nothing of the records.
    pub ignored_columns: Vec<String>,
    /// The rules by which rows count.
    pub rules: Vec<RuleSection>,
}

/// Holds one line of `[source.include]` or `[source.exclude]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSection {
    /// The column.
    pub column: String,
    /// Whether rows that pass count, or do not.
    pub is_include: bool,
    /// The values that pass; none means any content.
    pub values: Vec<String>,
}

impl FileSection {
    pub(super) fn of(settings: &FileSettings) -> Self {
        let rules = match &settings.kind {
            FileKind::Csv => WorkbookRules::default(),
            FileKind::Workbook(rules) => rules.clone(),
        };
        let merged_cells = match rules.merged_cells {
            MergedCells::Ask => "",
            MergedCells::Fill => "fill",
            MergedCells::Empty => "empty",
        };
        let hidden_rows = match rules.hidden_rows {
            HiddenRows::Ask => "",
            HiddenRows::Read => "read",
            HiddenRows::LeaveOut => LEAVE_OUT,
        };
        Self {
            is_workbook: matches!(settings.kind, FileKind::Workbook(_)),
            path: settings.path.clone(),
            sheet: rules.sheet.unwrap_or_default(),
            merged_cells: merged_cells.to_owned(),
            hidden_rows: hidden_rows.to_owned(),
            encoding: settings.charset.name().to_owned(),
            delimiter: char::from(settings.delimiter).to_string(),
            decimal_separator: settings.decimal_separator.mark().to_string(),
            date_format: settings.date_format.clone(),
            head: match settings.head {
                HeadRule::Found => None,
                HeadRule::None => Some(0),
                HeadRule::AtLine(line) => u32::try_from(line).ok(),
            },
            sign: sign(settings.sign).to_owned(),
            currency: if settings.is_currency_said { settings.currency.code().to_owned() } else { String::new() },
            is_id_content: settings.id == IdRule::Content,
            gathers_claims: settings.gathers_claims,
            columns: titles(settings),
            ignored_columns: settings.ignored_columns.clone(),
            rules: settings.row_rules.iter().map(RuleSection::of).collect(),
        }
    }

    /// Returns the section that a guess proposes for the files at this path.
    pub fn of_guess(guess: &Guess, path: String) -> Self {
        // Nobody was asked about the sign of amounts of which none is negative.
        let is_sign_seen = guess.sign.degree == Degree::Likely;
        let columns = guess.columns.iter().map(|it| (it.field.name().to_owned(), it.column.clone())).collect();
        Self {
            is_workbook: guess.is_workbook,
            path,
            sheet: guess.sheet.clone().filter(|_| guess.sheets.len() > 1).unwrap_or_default(),
            encoding: guess.charset.value.name().to_owned(),
            delimiter: char::from(guess.delimiter).to_string(),
            decimal_separator: guess.decimal_separator.value.mark().to_string(),
            date_format: guess.date_format.value.clone(),
            sign: if is_sign_seen { sign(guess.sign.value).to_owned() } else { String::new() },
            columns,
            ..Self::default()
        }
    }

    /// Returns the changes that write this section.
    pub(super) fn changes(&self) -> Vec<Change> {
        let key = |name: &str, value: Option<Value>| Change::of(&["source", name], value);
        let text = |name: &str, text: &str| {
            let text = text.trim_end_matches(['\r', '\n']);
            key(name, (!text.is_empty()).then(|| Value::Text(text.to_owned())))
        };
        let is_csv = !self.is_workbook;
        let of_csv = |value: &str| if is_csv { value.to_owned() } else { String::new() };
        let of_workbook = |value: &str| if is_csv { String::new() } else { value.to_owned() };
        let mut changes = vec![
            text("kind", if is_csv { "csv" } else { "xlsx" }),
            text("path", &self.path),
            text("sheet", &of_workbook(&self.sheet)),
            text("merged_cells", &of_workbook(&self.merged_cells)),
            text("hidden_rows", &of_workbook(&self.hidden_rows)),
            text("encoding", &of_csv(&self.encoding)),
            text("delimiter", &of_csv(&self.delimiter)),
            text("decimal_separator", &self.decimal_separator),
            text("date_format", &self.date_format),
            key("head", self.head.map(Value::Number)),
            text("sign", &self.sign),
            text("currency", &self.currency),
            text("id", if self.is_id_content { "content" } else { "" }),
            key(
                "ignored_columns",
                Some(Value::Texts(self.ignored_columns.clone())).filter(|_| !self.ignored_columns.is_empty()),
            ),
            key("url", None),
            key("secret", None),
        ];
        let claims = self.columns.get(Field::Id.name()).filter(|_| self.gathers_claims && !self.is_id_content);
        changes.push(key("group_by", claims.filter(|title| !title.trim().is_empty()).map(|title| column(title))));
        self.columns_changes(&mut changes);
        self.rule_changes("include", true, &mut changes);
        self.rule_changes("exclude", false, &mut changes);
        changes
    }

    fn columns_changes(&self, changes: &mut Vec<Change>) {
        let is_meant = |field: &str| !(self.is_id_content && field == Field::Id.name());
        let titles: BTreeMap<_, _> =
            self.columns.iter().filter(|(field, title)| !title.trim().is_empty() && is_meant(field)).collect();
        let kept = titles.keys().map(|field| (*field).clone()).collect();
        changes.push(Change::Retain(vec!["source".to_owned(), "columns".to_owned()], kept));
        // Columns are written in the order of the fields; an unknown one is left for the reader to report.
        let known = Field::ALL.iter().map(|field| field.name());
        let unknown = titles.keys().map(|field| field.as_str()).filter(|name| known.clone().all(|it| it != *name));
        for field in known.clone().chain(unknown) {
            if let Some(title) = titles.get(&field.to_owned()) {
                changes.push(Change::of(&["source", "columns", field], Some(column(title))));
            }
        }
    }

    fn rule_changes(&self, table: &str, is_include: bool, changes: &mut Vec<Change>) {
        let path = || vec!["source".to_owned(), table.to_owned()];
        let rules: Vec<&RuleSection> = self.rules.iter().filter(|rule| rule.is_include == is_include).collect();
        if rules.is_empty() {
            changes.push(Change::Remove(path()));
            return;
        }
        changes.push(Change::Retain(path(), rules.iter().map(|rule| rule.column.clone()).collect()));
        for rule in rules {
            let value = match rule.values.as_slice() {
                [] => Value::Text(FILLED.to_owned()),
                values => Value::Texts(values.to_vec()),
            };
            changes.push(Change::of(&["source", table, &rule.column], Some(value)));
        }
    }
}

impl RuleSection {
    fn of(rule: &crate::source::table::RowRule) -> Self {
        Self {
            column: rule.column.clone(),
            is_include: rule.effect == RuleEffect::Include,
            values: match &rule.test {
                CellTest::Filled => Vec::new(),
                CellTest::OneOf(values) => values.clone(),
            },
        }
    }
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Unsaid => "",
        Sign::Positive => "positive",
        Sign::Negative => "negative",
    }
}

/// Returns the title of each field's column.
fn titles(settings: &FileSettings) -> BTreeMap<String, String> {
    let id = match &settings.id {
        IdRule::Columns(columns) => Some((Field::Id, columns.join("\n"))),
        IdRule::Content => None,
    };
    let others = settings.columns.iter().map(|(field, title)| (*field, title.clone()));
    others.chain(id).map(|(field, title)| (field.name().to_owned(), title)).collect()
}

/// Returns the value that names a column, or several of them.
fn column(titles: &str) -> Value {
    let titles: Vec<String> =
        titles.lines().map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()).collect();
    match <[String; 1]>::try_from(titles) {
        Ok([title]) => Value::Text(title),
        Err(titles) => Value::Texts(titles),
    }
}
