//! Carries the parts of a workspace as the window fills them in: for a first start, and for the settings.

use std::collections::HashMap;

use postonce_connectors::workspace::{
    AccountingSection, CsvSection, OrganisationSection, PostingSection, ScheduleSection, SourceSection,
};
use postonce_connectors::{self as connectors, Guess};
use postonce_engine::error::{self, ErrorCode};
use postonce_engine::ports;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::secret::SecretKind;
use super::{Connection, HoldCode, Problem, Reason, Sum, count, each, mirrored};

/// The workspace under a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Base {
    /// A workspace that is not there yet.
    Fresh,
    /// The workspace in use.
    Current,
}

/// The members of `[organisation]`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganisationForm {
    id: String,
    name: String,
    currency: String,
    time_zone: String,
}

/// The members of `[accounting]`; the secret is never among them.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct AccountingForm {
    kind: String,
    fields: HashMap<String, String>,
}

mirrored! {
    /// A field of a record that a column can give.
    SourceField of connectors::Field {
        Id, Date, Amount, Payee, Category, Text, ApprovedAt, Currency, Department, Project, Version, PayeeName,
    }
}

mirrored! {
    /// The certainty of a guess.
    Confidence of connectors::Confidence { Unsure, Likely, Sure, }
}

/// The column that gives a field.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct ColumnChoice {
    field: SourceField,
    title: String,
}

/// The members of `[source]`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum SourceForm {
    /// Files.
    Csv {
        path: String,
        encoding: String,
        delimiter: String,
        decimal_separator: String,
        date_format: String,
        columns: Vec<ColumnChoice>,
    },
    /// The organisation's platform.
    Platform { url: String },
}

/// A category and its account; an empty account is none.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct CategoryAccount {
    category: String,
    account: String,
}

/// The members of `[posting]`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostingForm {
    payable_account: String,
    default_account: String,
    categories: Vec<CategoryAccount>,
}

/// The members of `[schedule]`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleForm {
    cron: String,
    catch_up: bool,
}

/// A whole workspace that is not there yet.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SetupForm {
    pub(crate) folder: String,
    pub(crate) organisation: OrganisationForm,
    pub(crate) accounting: AccountingForm,
    pub(crate) source: SourceForm,
    pub(crate) posting: PostingForm,
}

/// A kind of accounting system, with the fields that it needs.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AccountingKind {
    name: &'static str,
    fields: Vec<KindField>,
    secret: SecretKind,
}

/// A field that a kind of accounting system needs.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct KindField {
    key: &'static str,
    required: bool,
}

/// Returns each kind that this version can use.
pub(crate) fn kinds() -> Vec<AccountingKind> {
    connectors::workspace::ACCOUNTING_KINDS.iter().map(AccountingKind::from).collect()
}

impl OrganisationForm {
    /// Removes the template's own id and name, which are nobody's.
    pub(crate) fn unnamed(self) -> Self {
        Self { id: String::new(), name: String::new(), ..self }
    }
}

impl ScheduleForm {
    /// Returns its five fields.
    pub(crate) fn cron(&self) -> &str {
        self.cron.trim()
    }
}

/// The values with which a first start begins.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SetupStart {
    /// The folder for the workspace.
    pub(crate) folder: String,
    /// The values that stand there until a person changes them.
    pub(crate) organisation: OrganisationForm,
    pub(crate) kinds: Vec<AccountingKind>,
    pub(crate) recent: Vec<RecentWorkspace>,
}

/// A workspace that was in use.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RecentWorkspace {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) practice: bool,
}

/// An accounting system that answered.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Tested {
    connection: Connection,
    /// The missing parts of its set-up, each with its remedy.
    missing: Vec<Problem>,
}

impl Tested {
    /// Returns the answer. A workspace that is not there yet has no accounts of its own, so that nothing is missing of
    /// them.
    pub(crate) fn of(connection: ports::Connection, missing: Vec<error::Problem>, base: Base) -> Self {
        let is_account = |problem: &error::Problem| {
            matches!(problem.code, ErrorCode::SetupAccountMissing | ErrorCode::SetupAccountUnfit)
        };
        let meant = missing.into_iter().filter(|problem| base == Base::Current || !is_account(problem));
        Self { connection: connection.into(), missing: meant.map(Problem::from).collect() }
    }
}

/// A guess of a file's format.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SourceGuess {
    source: SourceForm,
    /// Every column of the file.
    titles: Vec<String>,
    columns: Vec<ColumnGuess>,
}

/// The certainty of one column's guess.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ColumnGuess {
    field: SourceField,
    confidence: Confidence,
}

/// One row of a source as it will be read.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum SampleRow {
    /// A record.
    Record { line: u32, id: String, date: String, payee: String, category: String, text: String, amount: Sum },
    /// A row that would be held back, with the reason.
    Flaw { line: u32, glimpse: String, reason: Reason },
}

/// The content of a source.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Survey {
    records: u32,
    flaws: u32,
    sums: Vec<Sum>,
    from: Option<String>,
    to: Option<String>,
    categories: Vec<CategoryFound>,
    has_more_categories: bool,
}

/// A category of a source.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CategoryFound {
    category: String,
    records: u32,
    sums: Vec<Sum>,
}

impl From<&OrganisationForm> for OrganisationSection {
    fn from(form: &OrganisationForm) -> Self {
        let OrganisationForm { id, name, currency, time_zone } = form.clone();
        Self { id, name, currency, time_zone }
    }
}

impl From<OrganisationSection> for OrganisationForm {
    fn from(section: OrganisationSection) -> Self {
        let OrganisationSection { id, name, currency, time_zone } = section;
        Self { id, name, currency, time_zone }
    }
}

impl From<&AccountingForm> for AccountingSection {
    fn from(form: &AccountingForm) -> Self {
        Self { kind: form.kind.clone(), fields: form.fields.clone().into_iter().collect() }
    }
}

impl From<AccountingSection> for AccountingForm {
    fn from(section: AccountingSection) -> Self {
        Self { kind: section.kind, fields: section.fields.into_iter().collect() }
    }
}

impl From<&SourceForm> for SourceSection {
    fn from(form: &SourceForm) -> Self {
        match form.clone() {
            SourceForm::Platform { url } => Self::Platform { url },
            SourceForm::Csv { path, encoding, delimiter, decimal_separator, date_format, columns } => {
                let column = |choice: ColumnChoice| (choice.field.name().to_owned(), choice.title);
                let columns = columns.into_iter().map(column).collect();
                Self::Csv(CsvSection { path, encoding, delimiter, decimal_separator, date_format, columns })
            }
        }
    }
}

impl From<SourceSection> for SourceForm {
    fn from(section: SourceSection) -> Self {
        match section {
            SourceSection::Platform { url } => Self::Platform { url },
            SourceSection::Csv(csv) => {
                let titled = |field: &connectors::Field| {
                    let title = csv.columns.get(field.name())?.clone();
                    Some(ColumnChoice { field: (*field).into(), title })
                };
                Self::Csv {
                    columns: connectors::Field::ALL.iter().filter_map(titled).collect(),
                    path: csv.path,
                    encoding: csv.encoding,
                    delimiter: csv.delimiter,
                    decimal_separator: csv.decimal_separator,
                    date_format: csv.date_format,
                }
            }
        }
    }
}

impl SourceField {
    fn name(self) -> &'static str {
        let is_this = |field: &&connectors::Field| Self::from(**field) == self;
        connectors::Field::ALL.iter().find(is_this).map_or("", |field| field.name())
    }
}

impl From<&PostingForm> for PostingSection {
    fn from(form: &PostingForm) -> Self {
        let PostingForm { payable_account, default_account, categories } = form.clone();
        let categories = categories.into_iter().map(|each| (each.category, each.account)).collect();
        Self { payable_account, default_account: Some(default_account), categories }
    }
}

impl From<PostingSection> for PostingForm {
    fn from(section: PostingSection) -> Self {
        let entry = |(category, account)| CategoryAccount { category, account };
        Self {
            payable_account: section.payable_account,
            default_account: section.default_account.unwrap_or_default(),
            categories: section.categories.into_iter().map(entry).collect(),
        }
    }
}

impl From<ScheduleForm> for ScheduleSection {
    fn from(form: ScheduleForm) -> Self {
        Self { cron: form.cron, catch_up: form.catch_up }
    }
}

impl From<ScheduleSection> for ScheduleForm {
    fn from(section: ScheduleSection) -> Self {
        Self { cron: section.cron, catch_up: section.catch_up }
    }
}

impl From<&'static connectors::workspace::AccountingKind> for AccountingKind {
    fn from(kind: &'static connectors::workspace::AccountingKind) -> Self {
        let field =
            |field: &connectors::workspace::KindField| KindField { key: field.key, required: field.is_required };
        Self { name: kind.name, fields: kind.fields.iter().map(field).collect(), secret: kind.secret.into() }
    }
}

impl SourceGuess {
    /// Returns the guess of the file that a workspace names by this path.
    pub(crate) fn of(guess: Guess, path: String) -> Self {
        let choice =
            |column: &connectors::ColumnGuess| ColumnChoice { field: column.field.into(), title: column.title.clone() };
        let sure = |column: &connectors::ColumnGuess| ColumnGuess {
            field: column.field.into(),
            confidence: column.confidence.into(),
        };
        Self {
            columns: guess.columns.iter().map(sure).collect(),
            source: SourceForm::Csv {
                path,
                encoding: guess.encoding.name().to_owned(),
                delimiter: char::from(guess.delimiter).to_string(),
                decimal_separator: match guess.decimal_separator {
                    connectors::DecimalSeparator::Point => ".".to_owned(),
                    connectors::DecimalSeparator::Comma => ",".to_owned(),
                },
                date_format: guess.date_format,
                columns: guess.columns.iter().map(choice).collect(),
            },
            titles: guess.titles,
        }
    }
}

impl From<ports::Row> for SampleRow {
    fn from(row: ports::Row) -> Self {
        match row {
            ports::Row::Record(record, place) => Self::Record {
                line: count(place.line),
                id: record.id.to_string(),
                date: record.date.to_string(),
                payee: record.payee.name,
                category: record.category,
                text: record.text,
                amount: Sum::new(record.amount.currency().code().to_owned(), record.amount.to_decimal()),
            },
            ports::Row::Flaw(flaw) | ports::Row::LeftOut(flaw) => Self::Flaw {
                line: count(flaw.place.line),
                glimpse: flaw.glimpse,
                reason: HoldCode::with_params(&flaw.reason),
            },
        }
    }
}

impl From<connectors::Survey> for Survey {
    fn from(survey: connectors::Survey) -> Self {
        Self {
            records: count(survey.records),
            flaws: count(survey.flaws),
            sums: each(survey.sums),
            from: survey.days.map(|(first, _)| first.to_string()),
            to: survey.days.map(|(_, last)| last.to_string()),
            categories: each(survey.categories),
            has_more_categories: survey.has_more_categories,
        }
    }
}

impl From<connectors::CategoryFound> for CategoryFound {
    fn from(found: connectors::CategoryFound) -> Self {
        Self { category: found.category, records: count(found.records), sums: each(found.sums) }
    }
}
