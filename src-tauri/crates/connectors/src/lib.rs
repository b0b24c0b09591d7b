//! Connects Postonce to the outside world: the workspace file, secrets, sources of records, accounting systems.
//!
//! Everything here implements a port of the engine ([`postonce_engine::ports`]) or makes a part of the engine;
//! [`parts`] puts it together.

mod accounting;
mod books;
#[cfg(test)]
mod fuzz;
mod http;
mod loopback;
mod machine;
pub mod network;
pub mod notify;
mod secrets;
mod source;
mod text;
mod trial;
pub mod workspace;

use std::path::Path;
use std::sync::Arc;

use postonce_engine::error::Problem;
use postonce_engine::ports::{AccountingSystem, Clock, IdSource, Signer, Source};
use postonce_engine::{Ledger, LedgerError, Parts};

pub use books::books_file;
pub use machine::{SystemClock, UuidIds, actor, keep_files_private};
pub use secrets::{KeyringError, SecretError, Secrets};
pub use source::files::{Preview, PreviewRow, WrittenCells};
pub use source::guess::{ColumnGuess, Degree, FileColumn, Guess, Question, QuestionKind, Sure, guess, path_in};
pub use source::survey::{CategoryFound, Survey};
pub use source::table::{
    CellTest, Charset, Column, DecimalSeparator, Field, FileError, FileKind, FileSettings, Finding, HeadRule,
    HiddenRows, IdRule, MergedCells, Remark, RemarkKind, RowRule, RuleEffect, Sign, WorkbookRules,
};
pub use trial::{Tested, Trial, TypedSecrets};
pub use workspace::privacy::OpenToOthers;
pub use workspace::{
    AccountingSettings, OdooSettings, OpenSettings, PracticeTemplate, Remote, SourceSettings, TrytonSettings,
    VoucherFileSettings, Workspace, WorkspaceError,
};

use accounting::file::{Handing, VoucherFolder};
use accounting::odoo::Odoo;
use accounting::open::{Open, Windows};
use accounting::tryton::Tryton;
use http::{Http, Limits, Side};
use network::Ways;
use secrets::AuditKey;
use source::files::Files;
use source::platform::Platform;

/// Makes all parts that an engine needs for a workspace. Opens the ledger and fetches the secrets, and may therefore
/// wait for the keyring: not for an async thread. Nothing is sent.
///
/// # Errors
/// Fails when a secret cannot be had, or the ledger cannot be opened.
pub fn parts(workspace: &Workspace) -> Result<Parts, Problem> {
    check_place(workspace)?;
    parts_over(workspace, Ledger::open)
}

/// Makes the same parts over a new, empty ledger beside the workspace's own, for a rebuild.
///
/// # Errors
/// Fails when a secret cannot be had, or the new ledger cannot be made.
pub fn parts_anew(workspace: &Workspace) -> Result<Parts, Problem> {
    check_place(workspace)?;
    parts_over(workspace, Ledger::begin_anew)
}

/// Makes the same parts over the ledger as it stands, which may be one that this user may only read.
///
/// # Errors
/// Fails when a secret cannot be had, or the ledger cannot be read.
pub fn parts_to_look(workspace: &Workspace) -> Result<Parts, Problem> {
    parts_over(workspace, Ledger::open_to_look)
}

/// Returns the key that seals the audit trail of a workspace. It may wait for the keyring when it is used.
pub fn signer(workspace: &Workspace) -> Arc<dyn Signer> {
    Arc::new(AuditKey::new(Secrets::of(workspace)))
}

/// Refuses a folder in which a ledger is not safe from other writers.
fn check_place(workspace: &Workspace) -> Result<(), Problem> {
    match workspace.unsafe_place() {
        Some(found) => Err(Problem::ledger_place_unsafe(workspace.dir().display(), found)),
        None => Ok(()),
    }
}

fn parts_over(
    workspace: &Workspace,
    open: impl FnOnce(&Path, &dyn Clock, &dyn IdSource) -> Result<Ledger, LedgerError>,
) -> Result<Parts, Problem> {
    workspace.close_to_others();
    workspace.obey()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let ids: Arc<dyn IdSource> = Arc::new(UuidIds);
    let secrets = Secrets::of(workspace);
    let accounting = accounting(workspace, &secrets, &clock, &ids)?;
    let source = source(workspace, &secrets, &clock)?;
    Ok(Parts {
        ledger: open(&workspace.ledger_path(), clock.as_ref(), ids.as_ref())?,
        source,
        accounting,
        clock,
        ids,
        signer: Arc::new(AuditKey::new(secrets)),
        settings: workspace.settings(),
    })
}

fn accounting(
    workspace: &Workspace,
    secrets: &Secrets,
    clock: &Arc<dyn Clock>,
    ids: &Arc<dyn IdSource>,
) -> Result<Arc<dyn AccountingSystem>, Problem> {
    // A workspace on trial has not been opened, and was never held against the rules.
    workspace.obey()?;
    match workspace.accounting() {
        AccountingSettings::Open(settings) => {
            let http = http(workspace, Side::Accounting, &settings.remote, secrets)?;
            let windows = Windows { settle: settings.settle_window, search_lag: settings.search_lag };
            Ok(Arc::new(Open::new(http, windows, Arc::clone(clock), Arc::clone(ids))))
        }
        AccountingSettings::Tryton(settings) => {
            let Remote { url, secret } = &settings.remote;
            let password = secrets.get(secret)?;
            let http = Http::without_token(Side::Accounting, url, &password, Limits::STANDARD);
            let http = http.by(Ways::of(workspace, secrets)?);
            let (organisation, clock, ids) = (workspace.organisation(), Arc::clone(clock), Arc::clone(ids));
            Ok(Arc::new(Tryton::new(http, settings, password, organisation, clock, ids)))
        }
        AccountingSettings::Odoo(settings) => {
            let http = http(workspace, Side::Accounting, &settings.remote, secrets)?;
            let (clock, ids) = (Arc::clone(clock), Arc::clone(ids));
            Ok(Arc::new(Odoo::new(http, settings, workspace.organisation(), clock, ids)?))
        }
        AccountingSettings::File(settings) => {
            let of = Handing {
                organisation: workspace.organisation(),
                name: workspace.organisation_name(),
                currency: workspace.currency(),
                time_zone: workspace.time_zone(),
            };
            Ok(Arc::new(VoucherFolder::new(settings, &of, Arc::clone(clock), Arc::clone(ids))?))
        }
    }
}

fn source(workspace: &Workspace, secrets: &Secrets, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Source>, Problem> {
    workspace.obey()?;
    Ok(match workspace.source() {
        SourceSettings::Files(settings) => Arc::new(Files::new(settings.as_ref().clone(), Arc::clone(clock))),
        SourceSettings::Platform(remote) => {
            let http = http(workspace, Side::Platform, remote, secrets)?;
            Arc::new(Platform::new(http, Arc::clone(clock), workspace.currency()))
        }
    })
}

fn http(workspace: &Workspace, side: Side, remote: &Remote, secrets: &Secrets) -> Result<Http, Problem> {
    let token = secrets.get(&remote.secret)?;
    Ok(Http::new(side, &remote.url, &token, Limits::STANDARD)?.by(Ways::of(workspace, secrets)?))
}
