//! Holds the parts of `workspace.toml` as a window shows and changes them: the values, and the changes that write them.

use std::collections::BTreeMap;

use postonce_engine::StatedBooks;

use super::edit::{Change, Value};
use super::file_section::FileSection;
use super::source::FILE_KEYS;
use super::{SourceSettings, Workspace, WorkspaceError};

/// The name for the accounting system's secret, if the workspace has none yet.
const ACCOUNTING_SECRET: &str = "accounting-token";
/// The same for the platform's secret.
const PLATFORM_SECRET: &str = "platform-token";

/// Holds every part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    /// The organisation whose books are kept.
    pub organisation: OrganisationSection,
    /// The source of the records.
    pub source: SourceSection,
    /// The accounting system that the vouchers go to.
    pub accounting: AccountingSection,
    /// The accounts that are posted to.
    pub posting: PostingSection,
    /// The times of a sync that nobody asks for.
    pub schedule: Option<ScheduleSection>,
    /// The time that a run waits for somebody else's to end.
    pub wait_for_lock_seconds: u32,
    /// Whether a forced re-export waits for a second administrator.
    pub second_approval: bool,
}

/// Holds `[organisation]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationSection {
    /// The id, the scope of the lock and of the references.
    pub id: String,
    /// The name, for people.
    pub name: String,
    /// The currency of records that name none.
    pub currency: String,
    /// The time zone in which days and schedules are meant.
    pub time_zone: String,
}

/// Holds `[source]`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a workspace has one")]
pub enum SourceSection {
    /// Files.
    Files(FileSection),
    /// The organisation's platform, at this address.
    Platform {
        /// The address.
        url: String,
    },
}

/// Holds `[accounting]` without the name of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountingSection {
    /// The kind.
    pub kind: String,
    /// The other keys of the section; an empty text is a key that is not there.
    pub fields: BTreeMap<String, String>,
}

/// Holds `[posting]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingSection {
    /// The account of the debt to the payees.
    pub payable_account: String,
    /// The account of a category that is not listed.
    pub default_account: Option<String>,
    /// Each category and its expense account. An empty account is a category that is not listed.
    pub categories: Vec<(String, String)>,
}

/// Holds `[schedule]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleSection {
    /// The five fields of cron.
    pub cron: String,
    /// Whether one run makes up for what was missed.
    pub catch_up: bool,
}

impl Sections {
    /// Returns the parts of an opened workspace.
    ///
    /// # Errors
    /// Never fails for one that was opened: its text was read before.
    pub fn of(workspace: &Workspace) -> Result<Self, WorkspaceError> {
        let values = workspace.values()?;
        let mut fields: BTreeMap<String, String> = values
            .iter()
            .filter(|(path, _)| path.len() == 2 && path[0] == "accounting" && path[1] != "secret")
            .map(|(path, value)| (path[1].clone(), value.clone()))
            .collect();
        let settings = workspace.settings();
        Ok(Self {
            organisation: OrganisationSection {
                id: workspace.organisation().as_str().to_owned(),
                name: workspace.organisation_name().to_owned(),
                currency: workspace.currency().code().to_owned(),
                time_zone: workspace.time_zone().name().to_owned(),
            },
            source: SourceSection::of(workspace.source()),
            accounting: AccountingSection { kind: fields.remove("kind").unwrap_or_default(), fields },
            posting: PostingSection::of(&settings.posting),
            schedule: settings
                .schedule
                .map(|schedule| ScheduleSection { cron: schedule.cron().to_owned(), catch_up: schedule.catch_up() }),
            wait_for_lock_seconds: u32::try_from(settings.wait_for_lock.as_secs()).unwrap_or(u32::MAX),
            second_approval: settings.re_export_needs_approval,
        })
    }
}

impl OrganisationSection {
    /// Returns the changes that write this section.
    pub fn changes(&self) -> Vec<Change> {
        [("id", &self.id), ("name", &self.name), ("currency", &self.currency), ("time_zone", &self.time_zone)]
            .map(|(key, text)| Change::text(&["organisation", key], text.trim()))
            .into()
    }
}

impl SourceSection {
    fn of(settings: &SourceSettings) -> Self {
        match settings {
            SourceSettings::Platform(remote) => Self::Platform { url: remote.url.to_string() },
            SourceSettings::Files(files) => Self::Files(FileSection::of(files)),
        }
    }

    /// Returns the changes that write this section; the keys of the other kind go.
    pub fn changes(&self) -> Vec<Change> {
        match self {
            Self::Platform { url } => {
                let mut changes = vec![
                    Change::text(&["source", "kind"], "platform"),
                    Change::text(&["source", "url"], url.trim()),
                    Change::text(&["source", "secret"], PLATFORM_SECRET),
                ];
                let others = FILE_KEYS.iter().filter(|name| **name != "kind");
                changes.extend(others.map(|name| Change::of(&["source", name], None)));
                changes
            }
            Self::Files(files) => files.changes(),
        }
    }
}

impl AccountingSection {
    /// Returns the changes that write this section. The secret keeps the name that it has in `workspace`, if it has
    /// one.
    pub fn changes(&self, workspace: &Workspace) -> Vec<Change> {
        let mut kept: Vec<String> = vec!["kind".to_owned(), "secret".to_owned(), "books".to_owned()];
        let filled = self.fields.iter().filter(|(_, text)| !text.trim().is_empty());
        kept.extend(filled.clone().map(|(key, _)| key.clone()));
        let mut changes = vec![
            Change::Retain(vec!["accounting".to_owned()], kept),
            Change::text(&["accounting", "kind"], &self.kind),
        ];
        for (key, text) in filled {
            let value = match text.trim() {
                "true" => Value::Flag(true),
                "false" => Value::Flag(false),
                // A key of seconds is the only whole number of the section; any other value may look like one and be
                // meant as a name.
                number if key.ends_with("_seconds") => {
                    number.parse().map_or_else(|_| Value::Text(number.to_owned()), Value::Number)
                }
                text => Value::Text(text.to_owned()),
            };
            changes.push(Change::of(&["accounting", key], Some(value)));
        }
        let secret = workspace.secret_names().first().map_or(ACCOUNTING_SECRET, |name| name);
        changes.push(Change::text(&["accounting", "secret"], secret));
        changes
    }
}

/// Returns the changes that keep the books which a person confirmed.
pub fn books_changes(books: &StatedBooks) -> Vec<Change> {
    let texts = [
        ("organisation", Some(&books.organisation)),
        ("name", books.name.as_ref()),
        ("address", books.address.as_ref()),
    ];
    texts
        .map(|(key, text)| Change::of(&["accounting", "books", key], text.map(|text| Value::Text(text.clone()))))
        .into()
}

impl PostingSection {
    fn of(rules: &postonce_engine::domain::PostingRules) -> Self {
        let mut categories: Vec<_> =
            rules.categories.iter().map(|(category, account)| (category.clone(), account.0.clone())).collect();
        categories.sort();
        Self {
            payable_account: rules.payable_account.0.clone(),
            default_account: rules.default_account.as_ref().map(|account| account.0.clone()),
            categories,
        }
    }

    /// Returns the changes that write this section.
    pub fn changes(&self) -> Vec<Change> {
        let table = || vec!["posting".to_owned(), "categories".to_owned()];
        let listed = || self.categories.iter().filter(|(_, account)| !account.trim().is_empty());
        let default = self.default_account.as_deref().map(str::trim).filter(|account| !account.is_empty());
        let mut changes = vec![
            Change::text(&["posting", "payable_account"], self.payable_account.trim()),
            Change::of(&["posting", "default_account"], default.map(|account| Value::Text(account.to_owned()))),
            Change::Retain(table(), listed().map(|(category, _)| category.clone()).collect()),
        ];
        changes.extend(
            listed().map(|(category, account)| Change::text(&["posting", "categories", category], account.trim())),
        );
        changes
    }
}

impl ScheduleSection {
    /// Returns the changes that write this section; `None` removes the schedule.
    pub fn changes(schedule: Option<&Self>) -> Vec<Change> {
        let Some(schedule) = schedule else { return vec![Change::Remove(vec!["schedule".to_owned()])] };
        vec![
            Change::text(&["schedule", "cron"], schedule.cron.trim()),
            Change::of(&["schedule", "catch_up"], Some(Value::Flag(schedule.catch_up))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{ACCOUNTING_KINDS, RuleSection, WorkspaceEdit, plain};
    use super::*;

    fn fresh() -> Workspace {
        Workspace::imagined(Path::new("/w"), &plain()).expect("the template is valid")
    }

    /// Returns the sections of a file that was written by these changes.
    fn written(changes: impl FnOnce(&Workspace) -> Vec<Change>) -> Result<Sections, WorkspaceError> {
        let dir = tempfile::tempdir().expect("a folder");
        let workspace = Workspace::create(dir.path(), &plain()).expect("the template is valid");
        let WorkspaceEdit { workspace, .. } = workspace.edit(&changes(&workspace))?;
        assert!(workspace.text().contains("# what is owed to the payees"), "{}", workspace.text());
        Sections::of(&Workspace::open(workspace.dir())?)
    }

    #[test]
    fn section_is_read_as_it_was_written() {
        let sections = Sections::of(&fresh()).expect("it is valid");
        let organisation = OrganisationSection { name: "Ås \"lag\"".to_owned(), ..sections.organisation };
        let posting = PostingSection {
            payable_account: "2400".to_owned(),
            default_account: Some("7790".to_owned()),
            categories: vec![("Gaver, små".to_owned(), "7700".to_owned()), ("Kurs".to_owned(), String::new())],
        };
        let schedule = Some(ScheduleSection { cron: "0 * * * *".to_owned(), catch_up: false });
        let after = written(|_| {
            let mut changes = organisation.changes();
            changes.extend(posting.changes());
            changes.extend(ScheduleSection::changes(schedule.as_ref()));
            changes
        });
        let after = after.expect("it is valid");
        assert_eq!((after.organisation, after.schedule), (organisation, schedule));
        assert_eq!(after.posting, PostingSection { categories: posting.categories[..1].to_vec(), ..posting });
        assert_eq!(written(|_| ScheduleSection::changes(None)).expect("it is valid").schedule, None);
    }

    fn rule(column: &str, is_include: bool, values: &[&str]) -> RuleSection {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        RuleSection { column: column.to_owned(), is_include, values }
    }

    #[test]
    fn source_of_one_kind_leaves_nothing_of_the_other() {
        let columns = |fields: &[&str]| {
            fields.iter().map(|field| ((*field).to_owned(), format!("Kolonne {field}"))).collect::<BTreeMap<_, _>>()
        };
        let csv = SourceSection::Files(FileSection {
            path: "/data/utlegg.csv".to_owned(),
            encoding: "windows-1252".to_owned(),
            delimiter: "\t".to_owned(),
            decimal_separator: ".".to_owned(),
            date_format: "%d/%m/%Y".to_owned(),
            gathers_claims: true,
            columns: columns(&["id", "date", "amount", "payee", "category", "text", "project"]),
            ..FileSection::default()
        });
        let workbook = SourceSection::Files(FileSection {
            is_workbook: true,
            path: "/data/*.xlsx".to_owned(),
            sheet: "Utlegg mars".to_owned(),
            merged_cells: "fill".to_owned(),
            hidden_rows: "leave out".to_owned(),
            encoding: "UTF-8".to_owned(),
            delimiter: ",".to_owned(),
            decimal_separator: ",".to_owned(),
            date_format: "%d.%m.%Y".to_owned(),
            head: Some(3),
            sign: "negative".to_owned(),
            currency: "EUR".to_owned(),
            is_id_content: true,
            gathers_claims: false,
            columns: columns(&["date", "amount", "payee", "category", "text"]),
            ignored_columns: vec!["Land".to_owned(), "Netto".to_owned()],
            rules: vec![
                rule("Godkjent \"dato\"", true, &[]),
                rule("Status", true, &["Approved", "Godkjent"]),
                rule("Type", false, &["Kort"]),
            ],
        });
        let platform = SourceSection::Platform { url: "https://platform.example.org/".to_owned() };
        for source in [&csv, &workbook, &platform] {
            let after = written(|_| {
                let mut changes = csv.changes();
                changes.extend(workbook.changes());
                changes.extend(platform.changes());
                changes.extend(source.changes());
                changes
            });
            assert_eq!(&after.expect("it is valid").source, source);
        }
    }

    #[test]
    fn kind_of_accounting_system_is_one_that_the_reader_takes() {
        for kind in ACCOUNTING_KINDS {
            let sample = |key: &str| match key {
                "url" => "https://books.example.org/",
                seconds if seconds.ends_with("_seconds") => "7",
                _ => "ours",
            };
            let fields = kind.fields.iter().map(|field| (field.key.to_owned(), sample(field.key).to_owned())).collect();
            let section = AccountingSection { kind: kind.name.to_owned(), fields };
            let after = written(|workspace| section.changes(workspace)).expect("the reader takes it");
            assert_eq!(after.accounting, section);
            for missing in kind.fields.iter().filter(|field| field.is_required) {
                let mut section = section.clone();
                section.fields.insert(missing.key.to_owned(), "  ".to_owned());
                assert!(written(|workspace| section.changes(workspace)).is_err(), "{} {}", kind.name, missing.key);
            }
        }
    }
}
