//! Reads `[source]`: where the records come from, and how their files are written.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono_tz::Tz;
use postonce_engine::domain::Currency;

use super::remote::remote;
use super::toml_file::Section;
use super::{DAY_SECONDS, SourceSettings, WorkspaceError};
use crate::source::table::{
    CellTest, Charset, Column, DecimalSeparator, Field, FileKind, FileSettings, HeadRule, HiddenRows, IdRule,
    MergedCells, RowRule, RuleEffect, Sign, WorkbookRules, date_format_is_valid,
};

/// The keys of a source of files.
pub(super) const FILE_KEYS: &[&str] = &[
    "kind",
    "path",
    "sheet",
    "merged_cells",
    "hidden_rows",
    "encoding",
    "delimiter",
    "decimal_separator",
    "date_format",
    "head",
    "sign",
    "currency",
    "id",
    "group_by",
    "dimensions",
    "columns",
    "ignored_columns",
    "include",
    "exclude",
    "ends_with_line_end",
    "settle_seconds",
    "acknowledge",
];
/// The seconds for which a file of a folder or glob must have been left alone, unless the workspace says otherwise.
const SETTLE_SECONDS: u64 = 2;
/// The value of `[source.include]` and `[source.exclude]` that means any content.
pub(super) const FILLED: &str = "not empty";

/// The value of `hidden_rows` by which they do not count.
pub(super) const LEAVE_OUT: &str = "leave out";

pub(super) fn source(
    root: &Section<'_>,
    dir: &Path,
    currency: Currency,
    time_zone: Tz,
    is_practice: bool,
) -> Result<SourceSettings, WorkspaceError> {
    let section = root.open_section("source")?.ok_or_else(|| root.missing("source"))?;
    let kind = section.text("kind")?;
    match kind.as_ref().map(|kind| kind.value) {
        Some("platform") => {
            section.refuse_unknown(&["kind", "url", "secret"])?;
            Ok(SourceSettings::Platform(remote(&section, is_practice)?))
        }
        Some("csv" | "xlsx") | None => {
            section.refuse_unknown(FILE_KEYS)?;
            section.required_text("kind")?;
            Ok(SourceSettings::Files(Box::new(files(&section, dir, currency, time_zone)?)))
        }
        Some(_) => Err(section.unavailable(&section.required_text("kind")?, "csv, xlsx, platform")),
    }
}

fn files(section: &Section<'_>, dir: &Path, home: Currency, time_zone: Tz) -> Result<FileSettings, WorkspaceError> {
    let said = currency(section)?;
    let path = section.required_text("path")?;
    let mut row_rules = rules(section, "include", RuleEffect::Include)?;
    row_rules.extend(rules(section, "exclude", RuleEffect::Exclude)?);
    let (id, columns) = columns(section)?;
    let gathers_claims = !section.columns("group_by")?.is_empty();
    Ok(FileSettings {
        dir: dir.to_owned(),
        path: path.value.to_owned(),
        kind: file_kind(section)?,
        charset: charset(section)?,
        delimiter: delimiter(section)?,
        decimal_separator: decimal_separator(section)?,
        date_format: date_format(section)?,
        columns,
        dimensions: dimensions(section)?,
        id,
        gathers_claims,
        head: head(section)?,
        sign: sign(section)?,
        row_rules,
        ignored_columns: section
            .texts("ignored_columns")?
            .into_iter()
            .map(|title| title.value.trim().to_owned())
            .collect(),
        ends_with_line_end: section.boolean("ends_with_line_end", true)?,
        settle: Duration::from_secs(section.number("settle_seconds", 0..=DAY_SECONDS, SETTLE_SECONDS)?),
        acknowledges: section.boolean("acknowledge", false)?,
        currency: said.unwrap_or(home),
        own_currency: home,
        is_currency_said: said.is_some(),
        time_zone,
    })
}

fn file_kind(section: &Section<'_>) -> Result<FileKind, WorkspaceError> {
    let rules = WorkbookRules {
        sheet: section.text("sheet")?.map(|sheet| sheet.value.trim().to_owned()).filter(|sheet| !sheet.is_empty()),
        merged_cells: merged_cells(section)?,
        hidden_rows: hidden_rows(section)?,
    };
    Ok(if section.required_text("kind")?.value == "xlsx" { FileKind::Workbook(rules) } else { FileKind::Csv })
}

fn merged_cells(section: &Section<'_>) -> Result<MergedCells, WorkspaceError> {
    let Some(text) = section.text("merged_cells")? else { return Ok(MergedCells::Ask) };
    match text.value {
        "fill" => Ok(MergedCells::Fill),
        "empty" => Ok(MergedCells::Empty),
        _ => Err(section.invalid("merged_cells", &text, "\"fill\" | \"empty\"")),
    }
}

fn hidden_rows(section: &Section<'_>) -> Result<HiddenRows, WorkspaceError> {
    let Some(text) = section.text("hidden_rows")? else { return Ok(HiddenRows::Ask) };
    match text.value {
        "read" => Ok(HiddenRows::Read),
        LEAVE_OUT => Ok(HiddenRows::LeaveOut),
        _ => Err(section.invalid("hidden_rows", &text, "\"read\" | \"leave out\"")),
    }
}

fn charset(section: &Section<'_>) -> Result<Charset, WorkspaceError> {
    let Some(label) = section.text("encoding")? else { return Ok(Charset::UTF_8) };
    let charset = Charset::for_label(label.value);
    charset.ok_or_else(|| section.invalid("encoding", &label, "UTF-8, windows-1252, UTF-16LE, macintosh, cp850 …"))
}

fn delimiter(section: &Section<'_>) -> Result<u8, WorkspaceError> {
    let Some(text) = section.text("delimiter")? else { return Ok(b',') };
    match text.value.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => Ok(*byte),
        _ => Err(section.invalid("delimiter", &text, "\";\" | \",\" | \"\\t\" …")),
    }
}

fn decimal_separator(section: &Section<'_>) -> Result<DecimalSeparator, WorkspaceError> {
    let Some(text) = section.text("decimal_separator")? else { return Ok(DecimalSeparator::Point) };
    match text.value {
        "." => Ok(DecimalSeparator::Point),
        "," => Ok(DecimalSeparator::Comma),
        _ => Err(section.invalid("decimal_separator", &text, "\".\" | \",\"")),
    }
}

fn date_format(section: &Section<'_>) -> Result<String, WorkspaceError> {
    let Some(text) = section.text("date_format")? else { return Ok("%Y-%m-%d".to_owned()) };
    if date_format_is_valid(text.value) {
        return Ok(text.value.to_owned());
    }
    Err(section.invalid("date_format", &text, "\"%d.%m.%Y\", \"%Y-%m-%d\", \"spreadsheet-1900\" …"))
}

/// Returns the place of the titles: a line, or 0 for none.
fn head(section: &Section<'_>) -> Result<HeadRule, WorkspaceError> {
    Ok(match section.optional_number("head", 0..=100_000)? {
        None => HeadRule::Found,
        Some(0) => HeadRule::None,
        Some(line) => HeadRule::AtLine(line),
    })
}

fn currency(section: &Section<'_>) -> Result<Option<Currency>, WorkspaceError> {
    let Some(text) = section.text("currency")? else { return Ok(None) };
    let code = text.value.trim().to_ascii_uppercase();
    Currency::from_code(&code).map(Some).ok_or_else(|| section.invalid("currency", &text, "NOK, EUR, …"))
}

fn sign(section: &Section<'_>) -> Result<Sign, WorkspaceError> {
    let Some(text) = section.text("sign")? else { return Ok(Sign::Unsaid) };
    match text.value {
        "positive" => Ok(Sign::Positive),
        "negative" => Ok(Sign::Negative),
        _ => Err(section.invalid("sign", &text, "\"positive\" | \"negative\"")),
    }
}

/// Reads the column of each field, and the rule of the id.
fn columns(source: &Section<'_>) -> Result<(IdRule, BTreeMap<Field, Column>), WorkspaceError> {
    let known: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let section = source.section("columns", &known)?.ok_or_else(|| source.missing("columns"))?;
    let id = id(source, &section)?;
    let gathers_claims = !source.columns("group_by")?.is_empty();
    for field in [Field::ClaimTotal, Field::ClaimText] {
        if !gathers_claims && section.text(field.name())?.is_some() {
            return Err(section.unfit(field.name(), "[source] group_by = \"…\""));
        }
    }
    let mut columns = BTreeMap::new();
    for field in Field::ALL.iter().copied().filter(|field| *field != Field::Id) {
        match section.columns(field.name())?.as_slice() {
            [] if field.is_required() => return Err(section.missing(field.name())),
            [] => {}
            [column] => {
                columns.insert(field, column.value.clone());
            }
            [_, second, ..] => return Err(section.invalid(field.name(), &second.as_ref(), "\"…\"")),
        }
    }
    Ok((id, columns))
}

/// Reads the columns of the dimensions beside department and project.
fn dimensions(source: &Section<'_>) -> Result<BTreeMap<String, Column>, WorkspaceError> {
    let Some(section) = source.open_section("dimensions")? else { return Ok(BTreeMap::new()) };
    let mut dimensions = BTreeMap::new();
    for name in section.keys() {
        match section.columns(name)?.as_slice() {
            [column] => drop(dimensions.insert(name.trim().to_owned(), column.value.clone())),
            [] => return Err(section.missing(name)),
            [_, second, ..] => return Err(section.invalid(name, &second.as_ref(), "\"…\"")),
        }
    }
    Ok(dimensions)
}

/// Reads the rule of the id. Where rows are gathered, the claim's id is the record's.
fn id(source: &Section<'_>, columns: &Section<'_>) -> Result<IdRule, WorkspaceError> {
    let named = columns.columns("id")?;
    let claims = source.columns("group_by")?;
    if !claims.is_empty() {
        if source.text("id")?.is_some() {
            return Err(source.unfit("id", "group_by = –"));
        }
        let claims: Vec<Column> = claims.into_iter().map(|column| column.value).collect();
        let is_other = !named.is_empty() && named.iter().map(|column| &column.value).ne(&claims);
        return if is_other { Err(columns.unfit("id", "= group_by")) } else { Ok(IdRule::Columns(claims)) };
    }
    match (source.text("id")?, named.first()) {
        (Some(rule), None) if rule.value == "content" => Ok(IdRule::Content),
        (Some(rule), _) => Err(source.invalid("id", &rule, "\"content\", columns.id = –")),
        (None, None) => Err(columns.missing("id")),
        (None, Some(_)) => Ok(IdRule::Columns(named.into_iter().map(|column| column.value).collect())),
    }
}

fn rules(source: &Section<'_>, key: &str, effect: RuleEffect) -> Result<Vec<RowRule>, WorkspaceError> {
    let Some(section) = source.open_section(key)? else { return Ok(Vec::new()) };
    let mut rules = Vec::new();
    for column in section.keys() {
        let values: Vec<String> = section.texts(column)?.into_iter().map(|value| value.value.to_owned()).collect();
        let test = match values.as_slice() {
            [] => return Err(section.missing(column)),
            [value] if value == FILLED => CellTest::Filled,
            _ => CellTest::OneOf(values),
        };
        rules.push(RowRule { column: column.trim().to_owned(), test, effect });
    }
    Ok(rules)
}
