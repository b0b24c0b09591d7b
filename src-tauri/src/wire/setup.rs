//! Carries the parts of a workspace as the window fills them in: for a first start, and for the settings.

use std::collections::HashMap;

use postonce_connectors::workspace::{
    AccountingSection, FileSection, OrganisationSection, PostingSection, RuleSection, ScheduleSection, SourceSection,
};
use postonce_connectors::{self as connectors, Guess};
use postonce_engine::error::{self, ErrorCode};
use postonce_engine::{StatedBooks, ports};
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
        Id, Date, Amount, Payee, Category, Text, ApprovedAt, Currency, Department, Project, Version, PayeeName, AmountBack,
        Side, VatCode, VatAmount, Rate, OwnAmount, ClaimTotal, ClaimText, Receipts,
    }
}

mirrored! {
    /// How well a file shows what was guessed from it.
    Degree of connectors::Degree { Unknown, Likely, Proved, }
}

mirrored! {
    /// A question that a file leaves open.
    QuestionKind of connectors::QuestionKind {
        MarkUnclear, MarksMixed, OrderUnclear, OrdersMixed, YearUnclear, DaysMixed, DaysAreNumbers, SeveralDates, SeveralAmounts,
        MostlyNegative, DebitAndCredit, SideColumn, SeveralCurrencies, CurrencyOfOthers, NoId, SeveralIds, IdCountsRows,
        IdOfGroup, IdRepeated, IdIsAccount, IdShortened, NotAllApproved, ApprovalEmpty, PayeeByName, EncodingLikely,
        HeadBelow, SeveralSheets, RowsHidden, CellsMerged, OneOfFiles,
    }
}

/// The column that gives a field.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct ColumnChoice {
    field: SourceField,
    title: String,
}

/// A rule by which rows count, or do not; no values mean any content.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct RowRule {
    column: String,
    include: bool,
    values: Vec<String>,
}

/// The members of `[source]`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "a form has one")]
pub(crate) enum SourceForm {
    /// Files; an empty text is a key that is not there.
    Files {
        workbook: bool,
        path: String,
        sheet: String,
        merged_cells: String,
        hidden_rows: String,
        encoding: String,
        delimiter: String,
        decimal_separator: String,
        date_format: String,
        head: Option<u32>,
        sign: String,
        currency: String,
        id_from_content: bool,
        gathers_claims: bool,
        columns: Vec<ColumnChoice>,
        ignored_columns: Vec<String>,
        rules: Vec<RowRule>,
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
    pub(crate) books: Option<BooksForm>,
    pub(crate) source: SourceForm,
    pub(crate) posting: PostingForm,
}

/// The books, as the accounting system named them and a person confirmed.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BooksForm {
    organisation: String,
    name: String,
    address: String,
}

impl From<&BooksForm> for StatedBooks {
    fn from(form: &BooksForm) -> Self {
        Self {
            organisation: form.organisation.clone(),
            name: Some(form.name.clone()),
            address: Some(form.address.clone()),
        }
    }
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
#[serde(rename_all = "camelCase")]
pub(crate) struct Tested {
    connection: Connection,
    /// The missing parts of its set-up, each with its remedy.
    missing: Vec<Problem>,
    /// The short name with which references of these books begin already.
    prefix_in_use: Option<String>,
}

impl Tested {
    /// Returns the answer. A workspace that is not there yet has no accounts of its own, so that nothing is missing of
    /// them.
    pub(crate) fn of(tested: connectors::Tested, base: Base) -> Self {
        let connectors::Tested { connection, missing, prefix_in_use } = tested;
        let is_account = |problem: &error::Problem| {
            matches!(
                problem.code,
                ErrorCode::SetupAccountMissing
                    | ErrorCode::SetupAccountUnfit
                    | ErrorCode::SetupVatMissing
                    | ErrorCode::SetupVatUnfit
                    | ErrorCode::SetupDimensionMissing
            )
        };
        let meant = missing.into_iter().filter(|problem| base == Base::Current || !is_account(problem));
        Self { connection: connection.into(), missing: meant.map(Problem::from).collect(), prefix_in_use }
    }
}

/// A guess of a file's format.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SourceGuess {
    source: SourceForm,
    /// The name of the file that was looked at.
    file: String,
    /// The visible sheets that have a table, of a workbook.
    sheets: Vec<String>,
    /// Every column of the file.
    titles: Vec<FileColumn>,
    columns: Vec<ColumnGuess>,
    degrees: FormatDegrees,
    questions: Vec<SourceQuestion>,
}

/// A column of a file: its name for the workspace, its title, and the first cell that is filled.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FileColumn {
    name: String,
    title: String,
    example: Option<String>,
    /// The different cells, where they are few.
    values: Vec<String>,
}

/// The degree of one column's guess.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ColumnGuess {
    field: SourceField,
    degree: Degree,
}

/// The degrees of the other guesses.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FormatDegrees {
    encoding: Degree,
    decimal_separator: Degree,
    date_format: Degree,
    sign: Degree,
}

/// A question, with the parameters of its sentence.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SourceQuestion {
    kind: QuestionKind,
    params: HashMap<String, String>,
}

/// One row of a source as it will be read, beside the cells that it is read from.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum SampleRow {
    /// A record.
    Record {
        file: String,
        line: u32,
        id: String,
        date: String,
        payee: String,
        category: String,
        text: String,
        amount: Sum,
        written: WrittenCells,
    },
    /// A row that would be held back, with the reason.
    Flaw { file: String, line: u32, glimpse: String, reason: Reason },
    /// A row that does not count, with the rule.
    LeftOut { file: String, line: u32, glimpse: String, reason: Reason },
}

/// Cells as they stand in the file; an empty text where no column gives the field.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct WrittenCells {
    id: String,
    date: String,
    amount: String,
    currency: String,
}

mirrored! {
    /// A kind of remark on what is read.
    RemarkKind of connectors::RemarkKind {
        OrderUnproven, MostlyNegative, Garbled, CurrencyUnnamed, StatesUnnamed, RowsNotCounted,
        SheetsNotRead,
    }
}

/// Something that a sync or a dry run found worth a look in what it read.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceRemark {
    file: String,
    line: u32,
    remark: RemarkKind,
    column: String,
    text: String,
}

impl SourceRemark {
    /// Returns it, unless its kind is none that the window knows.
    pub(crate) fn of(remark: ports::SourceRemark) -> Option<Self> {
        let kind = *connectors::RemarkKind::ALL.iter().find(|kind| kind.name() == remark.kind)?;
        let ports::SourceRemark { file, line, column, text, .. } = remark;
        Some(Self { file, line: count(line), remark: kind.into(), column, text })
    }
}

/// Something that was found while a source was read.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum SourceFinding {
    /// A row that would be held back.
    Held { file: String, line: u32, glimpse: String, reason: Reason },
    /// A row that does not count.
    LeftOut { file: String, line: u32, glimpse: String, reason: Reason },
    /// Something worth a look.
    Remark { file: String, line: u32, remark: RemarkKind, column: String, text: String },
}

/// The content of a source, as far as it is shown.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourcePreview {
    rows: Vec<SampleRow>,
    /// The reasons why nothing of it would be sent.
    stops: Vec<Problem>,
    findings: Vec<SourceFinding>,
    findings_left_out: u32,
    records: u32,
    held: u32,
    left_out: u32,
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
            SourceForm::Files {
                workbook,
                path,
                sheet,
                merged_cells,
                hidden_rows,
                encoding,
                delimiter,
                decimal_separator,
                date_format,
                head,
                sign,
                currency,
                id_from_content,
                gathers_claims,
                columns,
                ignored_columns,
                rules,
            } => Self::Files(FileSection {
                is_workbook: workbook,
                path,
                sheet,
                merged_cells,
                hidden_rows,
                encoding,
                delimiter,
                decimal_separator,
                date_format,
                head,
                sign,
                currency,
                is_id_content: id_from_content,
                gathers_claims,
                columns: columns.into_iter().map(|choice| (choice.field.name().to_owned(), choice.title)).collect(),
                ignored_columns,
                rules: rules.into_iter().map(RuleSection::from).collect(),
            }),
        }
    }
}

impl From<RowRule> for RuleSection {
    fn from(RowRule { column, include, values }: RowRule) -> Self {
        Self { column, is_include: include, values }
    }
}

impl From<RuleSection> for RowRule {
    fn from(RuleSection { column, is_include, values }: RuleSection) -> Self {
        Self { column, include: is_include, values }
    }
}

impl From<SourceSection> for SourceForm {
    fn from(section: SourceSection) -> Self {
        match section {
            SourceSection::Platform { url } => Self::Platform { url },
            SourceSection::Files(files) => {
                let titled = |field: &connectors::Field| {
                    let title = files.columns.get(field.name())?.clone();
                    Some(ColumnChoice { field: (*field).into(), title })
                };
                Self::Files {
                    columns: connectors::Field::ALL.iter().filter_map(titled).collect(),
                    workbook: files.is_workbook,
                    path: files.path,
                    sheet: files.sheet,
                    merged_cells: files.merged_cells,
                    hidden_rows: files.hidden_rows,
                    encoding: files.encoding,
                    delimiter: files.delimiter,
                    decimal_separator: files.decimal_separator,
                    date_format: files.date_format,
                    head: files.head,
                    sign: files.sign,
                    currency: files.currency,
                    ignored_columns: files.ignored_columns,
                    id_from_content: files.is_id_content,
                    gathers_claims: files.gathers_claims,
                    rules: each(files.rules),
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
    /// Returns the guess of the files that a workspace names by this path.
    pub(crate) fn of(guess: Guess, path: String) -> Self {
        let degrees = FormatDegrees {
            encoding: guess.charset.degree.into(),
            decimal_separator: guess.decimal_separator.degree.into(),
            date_format: guess.date_format.degree.into(),
            sign: guess.sign.degree.into(),
        };
        let file = guess.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            file,
            columns: guess
                .columns
                .iter()
                .map(|it| ColumnGuess { field: it.field.into(), degree: it.degree.into() })
                .collect(),
            degrees,
            questions: guess.questions.iter().map(SourceQuestion::from).collect(),
            titles: guess.file_columns.iter().map(FileColumn::from).collect(),
            sheets: guess.sheets.clone(),
            source: SourceSection::Files(FileSection::of_guess(&guess, path)).into(),
        }
    }
}

impl From<&connectors::FileColumn> for FileColumn {
    fn from(column: &connectors::FileColumn) -> Self {
        let connectors::FileColumn { name, title, example, values } = column.clone();
        Self { name, title, example, values }
    }
}

impl From<&connectors::Question> for SourceQuestion {
    fn from(question: &connectors::Question) -> Self {
        let params = question.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { kind: question.kind.into(), params }
    }
}

impl From<connectors::PreviewRow> for SampleRow {
    fn from(connectors::PreviewRow { row, written }: connectors::PreviewRow) -> Self {
        match row {
            ports::Row::Record(record, place) => Self::Record {
                file: place.file,
                line: count(place.line),
                id: record.id.to_string(),
                date: record.date.to_string(),
                payee: record.payee.name,
                category: record.category,
                text: record.text,
                amount: Sum::new(record.amount.currency().code().to_owned(), record.amount.to_decimal()),
                written: written.into(),
            },
            ports::Row::Flaw(flaw) => Self::Flaw {
                line: count(flaw.place.line),
                reason: HoldCode::with_params(&flaw.reason),
                file: flaw.place.file,
                glimpse: flaw.glimpse,
            },
            ports::Row::LeftOut(flaw) => Self::LeftOut {
                line: count(flaw.place.line),
                reason: HoldCode::with_params(&flaw.reason),
                file: flaw.place.file,
                glimpse: flaw.glimpse,
            },
        }
    }
}

impl From<connectors::WrittenCells> for WrittenCells {
    fn from(connectors::WrittenCells { id, date, amount, currency }: connectors::WrittenCells) -> Self {
        Self { id, date, amount, currency }
    }
}

impl From<connectors::Preview> for SourcePreview {
    fn from(preview: connectors::Preview) -> Self {
        let (mut stops, mut findings) = (Vec::new(), Vec::new());
        for finding in preview.findings {
            match finding {
                connectors::Finding::Stops(problem) => stops.push(problem.into()),
                connectors::Finding::Held(flaw) => findings.push(SourceFinding::Held {
                    line: count(flaw.place.line),
                    reason: HoldCode::with_params(&flaw.reason),
                    file: flaw.place.file,
                    glimpse: flaw.glimpse,
                }),
                connectors::Finding::LeftOut(flaw) => findings.push(SourceFinding::LeftOut {
                    line: count(flaw.place.line),
                    reason: HoldCode::with_params(&flaw.reason),
                    file: flaw.place.file,
                    glimpse: flaw.glimpse,
                }),
                connectors::Finding::Remark(remark) => findings.push(SourceFinding::Remark {
                    file: remark.file,
                    line: count(remark.line),
                    remark: remark.kind.into(),
                    column: remark.column,
                    text: remark.text,
                }),
            }
        }
        Self {
            rows: each(preview.rows),
            stops,
            findings,
            findings_left_out: count(preview.findings_left_out),
            records: count(preview.records),
            held: count(preview.held),
            left_out: count(preview.left_out),
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
