//! Carries the settings of the workspace in use, and the wish to change one part of them.

use postonce_connectors::workspace::{Change, ScheduleSection, Sections, Value};
use postonce_connectors::{Workspace, WorkspaceError};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::SecretSide;
use super::setup::{AccountingForm, AccountingKind, OrganisationForm, PostingForm, ScheduleForm, SourceForm};

/// The settings, each part as it can be changed.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    path: String,
    practice: bool,
    organisation: OrganisationForm,
    accounting: AccountingForm,
    source: SourceForm,
    posting: PostingForm,
    schedule: Option<ScheduleForm>,
    wait_for_lock_seconds: u32,
    second_approval: bool,
    /// The next scheduled times.
    next_runs: Vec<String>,
    kinds: Vec<AccountingKind>,
}

impl Settings {
    /// Returns the settings of this workspace, with these next runs.
    pub(crate) fn of(workspace: &Workspace, next_runs: Vec<String>) -> Result<Self, WorkspaceError> {
        let sections = Sections::of(workspace)?;
        Ok(Self {
            path: workspace.dir().display().to_string(),
            practice: workspace.is_practice(),
            organisation: sections.organisation.into(),
            accounting: sections.accounting.into(),
            source: sections.source.into(),
            posting: sections.posting.into(),
            schedule: sections.schedule.map(ScheduleForm::from),
            wait_for_lock_seconds: sections.wait_for_lock_seconds,
            second_approval: sections.second_approval,
            next_runs,
            kinds: super::setup::kinds(),
        })
    }
}

/// One part of the settings, with its new values.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "part", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "a person wishes one thing at a time")]
pub(crate) enum SettingsWish {
    Organisation { name: String, currency: String, time_zone: String },
    Accounting { accounting: AccountingForm },
    Source { source: SourceForm },
    Posting { posting: PostingForm },
    Schedule { schedule: Option<ScheduleForm> },
    Waiting { seconds: u32 },
    Approval { second: bool },
}

impl SettingsWish {
    /// Returns the sides whose secrets are saved with this part.
    pub(crate) fn sides(&self) -> &'static [SecretSide] {
        match self {
            Self::Accounting { .. } => &[SecretSide::Accounting],
            Self::Source { .. } => &[SecretSide::Platform],
            _ => &[],
        }
    }

    /// Returns the changes that bring this part into the workspace.
    pub(crate) fn changes(&self, workspace: &Workspace) -> Vec<Change> {
        use postonce_connectors::workspace::{AccountingSection, OrganisationSection, PostingSection, SourceSection};
        match self {
            // The id stays: the references of everything that was exported begin with it.
            Self::Organisation { name, currency, time_zone } => {
                let id = workspace.organisation().as_str().to_owned();
                let [name, currency, time_zone] = [name, currency, time_zone].map(Clone::clone);
                OrganisationSection { id, name, currency, time_zone }.changes()
            }
            Self::Accounting { accounting } => AccountingSection::from(accounting).changes(workspace),
            Self::Source { source } => SourceSection::from(source).changes(),
            Self::Posting { posting } => PostingSection::from(posting).changes(),
            Self::Schedule { schedule } => {
                ScheduleSection::changes(schedule.clone().map(ScheduleSection::from).as_ref())
            }
            Self::Waiting { seconds } => {
                vec![Change::of(&["sync", "wait_for_lock_seconds"], Some(Value::Number(*seconds)))]
            }
            Self::Approval { second } => {
                vec![Change::of(&["re_export", "second_approval"], Some(Value::Flag(*second)))]
            }
        }
    }
}

/// A way in which somebody is told, that failed.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Undelivered {
    outlet: String,
    detail: String,
}

impl From<postonce_connectors::notify::Undelivered> for Undelivered {
    fn from(undelivered: postonce_connectors::notify::Undelivered) -> Self {
        Self { outlet: undelivered.outlet.to_owned(), detail: undelivered.detail }
    }
}
