//! Guesses how a file of records is to be read, from the whole file: its encoding and marks, the row of titles, the form
//! of its days and amounts, and the column of each field. A person sees the guess with the rows as they will be read,
//! is asked what the file does not prove, and can change each part.
//!
//! Invariants: a guess decides nothing; it fills in a form, and the file is then read by the reader of this folder, with
//! the settings that the person has seen. Nothing is called proved that the file leaves open.

mod census;
mod choose;
mod days;
mod encoding;
mod head;
mod question;
mod words;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use postonce_engine::domain::Currency;

use super::csv::{CsvDocument, declared_delimiter};
use super::files::paths;
use super::table::titles::Title;
use super::table::{
    Charset, Column, DecimalSeparator, Document, Field, FileError, FileKind, FileSettings, HeadRule, HiddenRows,
    IdRule, Line, MergedCells, Sign, WorkbookRules,
};
use super::workbook::{WorkbookDocument, WorkbookFacts, is_workbook};
use census::Table;
use choose::Choice;
use days::Style;
pub use question::{Question, QuestionKind};

/// Describes how a file is to be read, as far as it shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The file that was looked at.
    pub file: PathBuf,
    /// Whether it is a workbook.
    pub is_workbook: bool,
    /// The sheet that was looked at, of a workbook.
    pub sheet: Option<String>,
    /// The visible sheets that have a table, of a workbook.
    pub sheets: Vec<String>,
    /// The encoding.
    pub charset: Sure<Charset>,
    /// The mark between two cells.
    pub delimiter: u8,
    /// The mark between whole and fraction of an amount.
    pub decimal_separator: Sure<DecimalSeparator>,
    /// The format of days, as chrono writes it.
    pub date_format: Sure<String>,
    /// The sign of an amount that is owed.
    pub sign: Sure<Sign>,
    /// The line of the titles.
    pub head_line: u64,
    /// The columns of the file, in their order.
    pub file_columns: Vec<FileColumn>,
    /// The columns that seem to give a field; a field that no column seems to give is not there.
    pub columns: Vec<ColumnGuess>,
    /// The questions that the file leaves open, the gravest first.
    pub questions: Vec<Question>,
}

/// A value, and how well the file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sure<T> {
    /// The value.
    pub value: T,
    /// The degree.
    pub degree: Degree,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name for a workspace: the title, or its place as `#3` where the title is empty or stands there twice.
    pub name: Column,
    /// The title as it stands there.
    pub title: String,
    /// The first cell that is filled.
    pub example: Option<String>,
    /// The different cells, where they are few, as those of a state are.
    pub values: Vec<String>,
}

/// A column, taken for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnGuess {
    /// The field.
    pub field: Field,
    /// The column.
    pub column: Column,
    /// The degree of the guess.
    pub degree: Degree,
}

/// The degree of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// There is nothing better.
    Unknown,
    /// Much speaks for it, and it is shown and asked for.
    Likely,
    /// The file leaves no other reading.
    Proved,
}

/// Guesses how the files at this path are to be read: a file, or the last one of a folder or glob. Reads all of it, and
/// may therefore block.
///
/// # Errors
/// Fails when the file cannot be read, is neither text nor a workbook, or has no row of titles.
pub fn guess(path: &Path, sheet: Option<&str>) -> Result<Guess, FileError> {
    let (file, count) = file_among(path)?;
    let mut guess = if is_workbook(&file) { of_workbook(&file, sheet)? } else { of_text(&file)? };
    if count > 1 {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        guess.questions.push(Question::one_of_files(name, count));
    }
    Ok(guess)
}

/// Returns the file that is looked at, and the number of files that are meant.
fn file_among(path: &Path) -> Result<(PathBuf, usize), FileError> {
    if path.is_file() {
        return Ok((path.to_owned(), 1));
    }
    let of = |kind| {
        let settings = settings(Charset::UTF_8, b';');
        paths(&FileSettings { path: path.to_string_lossy().into_owned(), kind, ..settings })
    };
    // A folder of workbooks alone is one of workbooks.
    let files = of(FileKind::Csv).or_else(|_| of(FileKind::Workbook(WorkbookRules::default())))?;
    let last = files.last().cloned().ok_or_else(|| FileError::Missing(path.to_owned()))?;
    Ok((last, files.len()))
}

fn of_workbook(path: &Path, named: Option<&str>) -> Result<Guess, FileError> {
    let facts = WorkbookFacts::of(path, named)?;
    let rules = WorkbookRules {
        sheet: Some(facts.sheet.clone()),
        merged_cells: MergedCells::Empty,
        hidden_rows: HiddenRows::Read,
    };
    let mut guess = of_document(&WorkbookDocument::new(path.to_owned(), &rules), b',')?;
    let others: Vec<&str> = facts.sheets.iter().map(String::as_str).filter(|sheet| *sheet != facts.sheet).collect();
    if !others.is_empty() && named.is_none() {
        guess.questions.push(Question::several_sheets(&facts.sheet, others.join(", ")));
    }
    let hidden =
        facts.hidden.iter().fold(0_u64, |all, (first, last)| all.saturating_add(last - first).saturating_add(1));
    if let Some((first, _)) = facts.hidden.first() {
        guess.questions.push(Question::rows_hidden(&facts.sheet, hidden, first));
    }
    if let Some(first) = facts.merged.iter().min() {
        guess.questions.push(Question::cells_merged(&facts.sheet, facts.merged.len(), first));
    }
    guess.is_workbook = true;
    guess.sheet = Some(facts.sheet);
    guess.sheets = facts.sheets;
    Ok(guess)
}

fn of_text(path: &Path) -> Result<Guess, FileError> {
    let found = text_encoding(path)?;
    let beginning = head::beginning(path, found.charset)?;
    let delimiter =
        beginning.lines().next().and_then(declared_delimiter).unwrap_or_else(|| head::delimiter(&beginning));
    let settings = settings(found.charset, delimiter);
    let document = CsvDocument::new(path.to_owned(), &settings);
    let mut guess = of_document(&document, delimiter)?;
    guess.charset = Sure { value: found.charset, degree: found.degree };
    if let (Degree::Likely, Some(example)) = (found.degree, found.example) {
        guess.questions.push(Question::encoding_likely(found.charset.name(), example));
    }
    Ok(guess)
}

fn text_encoding(path: &Path) -> Result<encoding::Found, FileError> {
    let file = File::open(path).map_err(|source| FileError::opening(path, source))?;
    encoding::guess(file).map_err(|source| FileError::opening(path, source))
}

/// Returns settings under which a file can be split into lines of cells; no field has a column yet.
fn settings(charset: Charset, delimiter: u8) -> FileSettings {
    FileSettings {
        dir: PathBuf::new(),
        path: String::new(),
        kind: FileKind::Csv,
        charset,
        delimiter,
        decimal_separator: DecimalSeparator::Comma,
        date_format: "%d.%m.%Y".to_owned(),
        columns: BTreeMap::new(),
        id: IdRule::Content,
        dimensions: BTreeMap::new(),
        gathers_claims: false,
        head: HeadRule::Found,
        sign: Sign::Positive,
        row_rules: Vec::new(),
        ignored_columns: Vec::new(),
        ends_with_line_end: false,
        settle: std::time::Duration::ZERO,
        acknowledges: false,
        currency: Currency::from_code("NOK").expect("a code of the list"),
        own_currency: Currency::from_code("NOK").expect("a code of the list"),
        is_currency_said: false,
        time_zone: chrono_tz::UTC,
    }
}

/// Guesses from the lines of a file, whatever kind of file it is.
fn of_document(document: &dyn Document, delimiter: u8) -> Result<Guess, FileError> {
    let head = head::find(document)?;
    let names = names(&head.titles);
    let mut table = Table::new(names.len());
    let (mut lines, mut line) = (document.lines()?, Line::default());
    while lines.next(&mut line)? {
        if line.number > head.line && head::filled(&line) > 1 && line.cells != head.titles.cells {
            table.add(&line);
        }
    }
    let columns: Vec<choose::Column<'_>> = names
        .iter()
        .zip(&table.columns)
        .enumerate()
        .map(|(at, (name, census))| choose::Column {
            name: name.clone(),
            title: Title::of(head.titles.cell(at)),
            census,
        })
        .collect();
    let mut choice = Choice::of(&columns, &table);
    let mut questions = Vec::new();
    let decimal_separator = decimal_separator(&choice, delimiter, &mut questions);
    let date_format = date_format(&choice, &mut questions);
    let sign = sign(&choice, &mut questions);
    questions.append(&mut choice.questions);
    if head.is_below {
        questions.push(Question::head_below(
            head.line,
            crate::text::bounded(&head.first_line, crate::text::GLIMPSE_CHARS_MAX),
        ));
    }
    let example = |at: usize| table.columns[at].first.as_ref().map(|example| example.text.clone());
    let values = |at: usize| {
        let census = &table.columns[at];
        let few = census.few_values().filter(|_| census.repeated.cells > 0 && !census.is_money()).into_iter().flatten();
        few.map(|(_, shown, _)| shown.to_owned()).collect()
    };
    let file_columns = names.iter().enumerate().map(|(at, name)| FileColumn {
        name: name.clone(),
        title: head.titles.cell(at).trim().to_owned(),
        example: example(at),
        values: values(at),
    });
    Ok(Guess {
        file: document.path().to_owned(),
        is_workbook: false,
        sheet: None,
        sheets: Vec::new(),
        charset: Sure { value: Charset::UTF_8, degree: Degree::Proved },
        delimiter,
        decimal_separator,
        date_format,
        sign,
        head_line: head.line,
        file_columns: file_columns.collect(),
        columns: choice.columns(),
        questions,
    })
}

/// Returns the name of each column: its title, or its place where the title is empty or stands there twice.
fn names(titles: &Line) -> Vec<Column> {
    let seen: Vec<String> = titles.cells.iter().map(|title| super::table::key::seen(title).into_owned()).collect();
    let is_one = |title: &String| !title.is_empty() && seen.iter().filter(|other| *other == title).count() == 1;
    seen.iter()
        .enumerate()
        .map(|(at, title)| if is_one(title) { title.clone() } else { format!("#{}", at + 1) })
        .collect()
}

fn decimal_separator(choice: &Choice<'_>, delimiter: u8, questions: &mut Vec<Question>) -> Sure<DecimalSeparator> {
    use DecimalSeparator::{Comma, Point};

    // A comma between cells leaves the point to the amounts.
    let usual = if delimiter == b',' { Point } else { Comma };
    let Some((column, census)) = choice.census(Field::Amount) else {
        return Sure { value: usual, degree: Degree::Unknown };
    };
    match (&census.commas.first, &census.points.first, &census.either_mark.first) {
        (Some(comma), Some(point), _) => {
            questions.push(Question::marks_mixed(&column.name, &comma.text, comma.line, &point.text, point.line));
            let value = if census.commas.cells >= census.points.cells { Comma } else { Point };
            Sure { value, degree: Degree::Unknown }
        }
        (Some(_), None, _) => Sure { value: Comma, degree: Degree::Proved },
        (None, Some(_), _) => Sure { value: Point, degree: Degree::Proved },
        (None, None, Some(either)) => {
            questions.push(Question::mark_unclear(&column.name, &either.text, either.line));
            Sure { value: usual, degree: Degree::Unknown }
        }
        (None, None, None) => Sure { value: usual, degree: Degree::Likely },
    }
}

fn date_format(choice: &Choice<'_>, questions: &mut Vec<Question>) -> Sure<String> {
    let sure = |format: &str, degree| Sure { value: format.to_owned(), degree };
    let Some((column, census)) = choice.census(Field::Date) else { return sure("%d.%m.%Y", Degree::Unknown) };
    // A stored day is read whatever the format is.
    let styles: Vec<_> = census.day_styles().filter(|(style, _)| **style != Style::Stored).collect();
    if styles.is_empty() && census.days().is_some() {
        return sure(&Style::Stored.format(false), Degree::Proved);
    }
    let Some((style, days)) = styles.iter().copied().max_by_key(|(_, days)| days.cells) else {
        if let Some(found) = &census.first {
            questions.push(Question::days_are_numbers(&column.name, &found.text, found.line));
        }
        return sure(&Style::Serial.format(false), Degree::Likely);
    };
    let name = &column.name;
    let (is_month_first, degree) = match (&days.day_first.first, &days.month_first.first, &days.either.first) {
        (Some(day), Some(month), _) => {
            questions.push(Question::orders_mixed(name, &day.text, day.line, &month.text, month.line));
            (days.month_first.cells > days.day_first.cells, Degree::Unknown)
        }
        (None, Some(_), _) => (true, Degree::Proved),
        (Some(_), None, _) => (false, Degree::Proved),
        (None, None, Some(either)) => {
            questions.push(Question::order_unclear(name, &either.text, either.line));
            (false, Degree::Likely)
        }
        (None, None, None) => (false, Degree::Proved),
    };
    let (mut degree, mut format) = (degree, style.format(is_month_first));
    if let Style::Numbers { has_short_year: true, mark } = style {
        // Two digits may be the year as well.
        degree = degree.min(Degree::Likely);
        if let Some(found) = days.first.as_ref().filter(|_| days.year_leads == days.cells) {
            questions.push(Question::year_unclear(name, &found.text, found.line));
            if days.year_ends < days.cells {
                format = format!("%y{mark}%m{mark}%d");
            }
        }
    }
    let examples = styles.iter().filter_map(|(_, days)| days.first.as_ref());
    if let [one, other, ..] = examples.collect::<Vec<_>>().as_slice() {
        questions.push(Question::days_mixed(name, &one.text, one.line, &other.text, other.line));
        degree = degree.min(Degree::Likely);
    }
    Sure { value: format, degree }
}

fn sign(choice: &Choice<'_>, questions: &mut Vec<Question>) -> Sure<Sign> {
    let is_said_elsewhere = choice.census(Field::Side).is_some() || choice.census(Field::AmountBack).is_some();
    let Some((column, census)) = choice.census(Field::Amount) else {
        return Sure { value: Sign::Positive, degree: Degree::Unknown };
    };
    match &census.negative.first {
        None => Sure { value: Sign::Positive, degree: Degree::Proved },
        Some(found) if !is_said_elsewhere && census.negative.cells >= census.positive.cells => {
            let (negative, positive) = (census.negative.cells, census.positive.cells);
            questions.push(Question::mostly_negative(&column.name, &found.text, found.line, negative, positive));
            Sure { value: Sign::Negative, degree: Degree::Likely }
        }
        Some(_) => Sure { value: Sign::Positive, degree: Degree::Likely },
    }
}

/// Returns the path of a file as a workspace in `dir` names it: its name alone, if it stands in that folder.
pub fn path_in(dir: &Path, file: &Path) -> String {
    let inside: Option<PathBuf> = file.strip_prefix(dir).ok().map(Path::to_owned);
    inside.as_deref().unwrap_or(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
