//! Tries a workspace out before it is one: is the accounting system reached, what does the source hold, what would a
//! sync do.
//!
//! Invariant: nothing is written beside the workspace, and nothing is sent that the accounting system keeps. Files that
//! are needed for a moment are kept in a folder of their own, which is gone afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use postonce_engine::domain::{Period, Reference};
use postonce_engine::error::Problem;
use postonce_engine::ports::{AccountingSystem, CallError, Clock, Connection, IdSource, Source};
use postonce_engine::views::PlanSummary;
use postonce_engine::{Engine, Ledger, Parts};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::secrets::AuditKey;
use crate::source::files::Preview;
use crate::source::survey::{self, Survey};
use crate::{Secrets, SourceSettings, SystemClock, UuidIds, Workspace};

/// Maps names to secrets that were typed and are not kept yet.
pub type TypedSecrets = BTreeMap<String, SecretString>;

/// Holds the answers of an accounting system that was tried out.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The system, as it presents itself.
    pub connection: Connection,
    /// Everything that is missing in its set-up, each with the remedy.
    pub missing: Vec<Problem>,
    /// The organisation id with which references of these books begin already; `None` if none was seen.
    pub prefix_in_use: Option<String>,
}

/// Returns the prefix that the books keep, or that their oldest references have.
async fn prefix_in_use(
    accounting: &dyn AccountingSystem,
    connection: &Connection,
) -> Result<Option<String>, CallError> {
    let kept = if connection.keeps_scheme { accounting.scheme().await? } else { None };
    if let Some(prefix) = kept.and_then(|scheme| scheme.prefixes.into_iter().next()) {
        return Ok(Some(prefix));
    }
    let Some(page) = accounting.references(None).await? else { return Ok(None) };
    Ok(page.references.iter().find_map(Reference::prefix).map(|prefix| prefix.as_str().to_owned()))
}

/// Tries a workspace out. Making one may wait for the keyring, if a secret was not typed: not for an async thread.
pub struct Trial {
    workspace: Workspace,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Trial {
    /// Makes a trial of this workspace, whether it is written anywhere or not.
    pub fn of(workspace: Workspace, typed: TypedSecrets) -> Self {
        let secrets = Secrets::of(&workspace).with_held(typed);
        Self { workspace, secrets, clock: Arc::new(SystemClock::start()), ids: Arc::new(UuidIds) }
    }

    /// Asks the accounting system who we are and what protects, what is missing in its set-up for the accounts of the
    /// workspace, and which prefix references have there.
    ///
    /// # Errors
    /// Fails when there is no secret, or the system is not reached or does not accept us.
    pub async fn connect(self) -> Result<Tested, Problem> {
        let rules = self.workspace.settings().posting;
        let accounting = self.blocking(|it| crate::accounting(&it.workspace, &it.secrets, &it.clock, &it.ids)).await?;
        let connection = accounting.connect().await.map_err(|error| error.problem())?;
        let missing = accounting.check(&rules).await.map_err(|error| error.problem())?;
        let prefix_in_use = prefix_in_use(accounting.as_ref(), &connection).await.map_err(|error| error.problem())?;
        Ok(Tested { connection, missing, prefix_in_use })
    }

    /// Returns the first rows of the source as they will be read, up to a number, and everything that is found in it.
    /// A reason not to read the files is a finding.
    ///
    /// # Errors
    /// Fails when a platform cannot be read.
    pub async fn preview(self, rows_max: usize) -> Result<Preview, Problem> {
        if let SourceSettings::Files(settings) = self.workspace.source() {
            let settings = settings.clone();
            return self.blocking(move |it| Ok(Preview::of(&settings, it.clock.as_ref(), rows_max))).await;
        }
        Ok(Preview::of_rows(survey::first_rows(self.source().await?.as_ref(), rows_max).await?))
    }

    /// Surveys the source.
    ///
    /// # Errors
    /// Fails when the source cannot be read to its end.
    pub async fn survey(self) -> Result<Survey, Problem> {
        survey::survey(self.source().await?.as_ref()).await
    }

    /// Returns the plan of a first sync, with a ledger that is empty and gone afterwards. The accounting system is not
    /// asked.
    ///
    /// # Errors
    /// Fails when the source cannot be read, or a secret cannot be had.
    pub async fn plan(self) -> Result<PlanSummary, Problem> {
        let (parts, folder) = self.blocking(Self::parts).await?;
        let engine = Engine::new(parts);
        let plan = engine.plan(Period::EVERYTHING).await;
        drop(engine);
        // Records are personal: a log line says if they stay.
        if let Err(error) = folder.close() {
            tracing::warn!("a folder for a dry run is left behind: {error}");
        }
        plan
    }

    fn parts(&self) -> Result<(Parts, TempDir), Problem> {
        let folder = tempfile::tempdir().map_err(Problem::internal)?;
        let ledger = folder.path().join("ledger.sqlite");
        let mut settings = self.workspace.settings();
        settings.file_lock = Ledger::lock_file(&ledger);
        let parts = Parts {
            ledger: Ledger::open(&ledger, self.clock.as_ref(), self.ids.as_ref())?,
            source: crate::source(&self.workspace, &self.secrets, &self.clock)?,
            accounting: crate::accounting(&self.workspace, &self.secrets, &self.clock, &self.ids)?,
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            signer: Arc::new(AuditKey::new(Secrets::of(&self.workspace))),
            settings,
        };
        Ok((parts, folder))
    }

    async fn source(self) -> Result<Arc<dyn Source>, Problem> {
        self.blocking(|it| crate::source(&it.workspace, &it.secrets, &it.clock)).await
    }

    async fn blocking<T: Send + 'static>(
        self,
        act: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = tokio::task::spawn_blocking(move || act(&self)).await;
        done.unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}

#[cfg(test)]
mod tests;
