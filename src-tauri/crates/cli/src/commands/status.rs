//! Runs `status`: connection, protection, lock, last run, next run, counts.

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_connectors::network::{self, Route};
use postonce_connectors::{OpenToOthers, SourceSettings, Workspace};
use postonce_engine::domain::{MemoryState, Protection};
use postonce_engine::error::Problem;
use postonce_engine::ports::Connection;
use postonce_engine::views::{LedgerFile, LockFacts, RecordCounts, RunSummary, Unattended};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use postonce_words::Message;
use serde_json::json;

use super::{actor, outcome};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, holder, json, words};

/// The way to a server; `None` where there is none.
type Way = Option<Result<Route, Problem>>;

/// The facts that are known, whether or not the accounting system answers.
struct StatusFacts {
    name: String,
    practice: bool,
    connection: Result<Connection, Problem>,
    /// The missing parts of the accounting system's set-up.
    missing: Vec<Problem>,
    /// Whether the accounting system keeps every witness of the ledger.
    witnesses: MemoryState,
    lock: Option<LockFacts>,
    last: Option<RunSummary>,
    next: Option<DateTime<Utc>>,
    records: RecordCounts,
    /// True if a record names a receipt.
    names_receipts: bool,
    /// The exports of which the source has not heard yet.
    unreported: u64,
    ledger: LedgerFile,
    unattended: Unattended,
    open_to_others: Vec<OpenToOthers>,
    /// The way to the accounting system, and to the platform if there is one.
    /// The ways to the accounting system and to the platform, where each is a server.
    routes: (Way, Way),
    workspace: Workspace,
}

impl StatusFacts {
    /// Says whether records name receipts that the accounting system does not take.
    fn has_no_place_for_receipts(&self) -> bool {
        let takes_none = |connection: &Connection| connection.capabilities.attachments.is_none();
        self.names_receipts && self.connection.as_ref().is_ok_and(takes_none)
    }
}

pub(crate) async fn status(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    // Before anything is opened: to open it closes it to others.
    let open_to_others = workspace.close_to_others();
    let mut found = with_open_workspace(workspace, facts).await?;
    found.open_to_others = open_to_others;
    if output.json {
        document(&found, output);
    } else {
        print(&found, output);
    }
    let waits = found.records.attention() > 0 || !found.missing.is_empty() || found.unattended.needs_a_person();
    match found.connection {
        Err(problem) => {
            output.trouble(&problem);
            Ok(Status::Failed(problem.code.exit_status()))
        }
        Ok(_) if waits => Ok(Status::Attention),
        Ok(_) => Ok(Status::Done),
    }
}

async fn facts(OpenWorkspace { workspace, engine, .. }: &OpenWorkspace) -> Result<StatusFacts, Failure> {
    let connection = engine.connect().await;
    let missing = if connection.is_ok() { engine.check().await? } else { Vec::new() };
    let witnesses = if connection.is_ok() { engine.witness_history().await } else { MemoryState::Unreachable };
    let lock = if connection.is_ok() { engine.lock(&actor()).await? } else { None };
    Ok(StatusFacts {
        name: workspace.organisation_name().to_owned(),
        practice: workspace.is_practice(),
        connection,
        missing,
        witnesses,
        lock,
        last: engine.ledger().runs(1, None).await?.pop(),
        next: engine.next_run().await?,
        records: engine.counts().await?,
        names_receipts: engine.ledger().names_receipts().await?,
        unreported: engine.unreported().await?,
        ledger: engine.ledger().file()?,
        unattended: engine.unattended().await?,
        open_to_others: Vec::new(),
        routes: routes(workspace).await,
        workspace: workspace.clone(),
    })
}

async fn routes(workspace: &Workspace) -> (Way, Way) {
    let accounting = match workspace.accounting().remote() {
        Some(remote) => Some(network::route(workspace, &remote.url).await),
        None => None,
    };
    let platform = match workspace.source() {
        SourceSettings::Platform(remote) => Some(network::route(workspace, &remote.url).await),
        SourceSettings::Files(_) => None,
    };
    (accounting, platform)
}

fn document(found: &StatusFacts, output: &Output) {
    let connection = found.connection.as_ref().ok().map(|connection| {
        json!({
            "url": connection.address,
            "organisation": { "id": connection.organisation_id, "name": connection.organisation_name },
            "user": { "id": connection.user_id, "name": connection.user_name },
        })
    });
    output.document(&json!({
        "organisation": found.name, "practice": found.practice, "connection": connection,
        "error": found.connection.as_ref().err().map(|problem| json::failure(output.reader(), problem, None)),
        "protection": found.connection.as_ref().ok().map(|connection| connection.capabilities.protection),
        "search_lag_seconds": found.connection.as_ref().ok().map(|found| found.capabilities.search_lag.as_secs_f64()),
        "waits_after_others_seconds":
            found.connection.as_ref().ok().map(|found| found.capabilities.waits_after_others().as_secs_f64()),
        "keeps_references": found.connection.as_ref().ok().map(|connection| connection.keeps_scheme),
        "takes_attachments": found.connection.as_ref().ok().map(|found| found.capabilities.attachments.is_some()),
        "witness_history": found.witnesses,
        "missing": found.missing.iter().map(|problem| json::failure(output.reader(), problem, None)).collect::<Vec<_>>(),
        "lock": found.lock, "last_run": found.last.as_ref().map(|run| json::run(output.reader(), run)),
        "next_run": found.next.map(json::instant),
        "last_success_at": found.unattended.last_success_at.map(json::instant),
        "scheduled_failure": found.unattended.failed.as_ref().map(|run| json::run(output.reader(), run)),
        "unserved_since": found.unattended.unserved_since.map(json::instant),
        "records": json::records(&found.records), "not_told": found.unreported,
        "ledger": {
            "path": found.ledger.path, "bytes": found.ledger.bytes,
            "last_backup_at": found.ledger.last_backup_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        },
        "open_to_others": found.open_to_others.iter().map(|open| json!({
            "path": open.path, "mode": format!("{:03o}", open.mode), "closed": open.closed,
        })).collect::<Vec<_>>(),
        "network": {
            "accounting": found.routes.0.as_ref().and_then(|way| way.as_ref().ok()), "platform": found.routes.1.as_ref().and_then(|way| way.as_ref().ok()),
            "ca_file": network::ca_file(&found.workspace),
        },
        "policy": {
            "places": found.workspace.policy().places(), "rules": found.workspace.policy().rules().collect::<Vec<_>>(),
        },
    }));
}

fn print(found: &StatusFacts, output: &Output) {
    let mut rows = Vec::new();
    let mut row = |message, text: String| rows.push(vec![output.word(message).to_owned(), text]);
    if found.practice {
        output.note(output.word(words::PRACTICE));
    }
    row(words::ORGANISATION, found.name.clone());
    if let Ok(connection) = &found.connection {
        row(words::ACCOUNTING, format!("{} ({})", connection.organisation_name, connection.address));
        row(words::SIGNED_IN, format!("{} ({})", connection.user_name, connection.user_id));
        row(words::PROTECTION, output.word(protection(connection.capabilities.protection)).to_owned());
        let waits = connection.capabilities.waits_after_others();
        if !waits.is_zero() {
            row(words::WAITS_AFTER_OTHERS, words::waits_after_others(output.language, waits.as_secs().max(1)));
        }
        let held = found.lock.as_ref().map(|facts| holder::sentence(output.reader(), facts));
        row(words::LOCK, held.unwrap_or_else(|| output.word(words::FREE).to_owned()));
    }
    if let Some(Ok(route)) = &found.routes.0 {
        row(words::PROXY, proxy(route, &found.workspace, output));
    }
    let policy = found.workspace.policy();
    if !policy.places().is_empty() {
        let rules = policy.rules().collect::<Vec<_>>().join(", ");
        row(words::POLICY, format!("{rules} ({})", policy.places().join(", ")));
    }
    let last = found.last.as_ref().map(|run| {
        let started = output.moment(run.started_at);
        format!("{started}, {}, {}", output.word(outcome(run.outcome)), output.sums(&run.posted))
    });
    let backup = found.ledger.last_backup_at.map(|at| output.moment(at));
    row(words::BACKUP, backup.unwrap_or_else(|| output.word(words::NEVER).to_owned()));
    let success = found.unattended.last_success_at.map(|at| output.moment(at));
    row(words::LAST_SUCCESS, success.unwrap_or_else(|| output.word(words::NEVER).to_owned()));
    row(words::LAST_RUN, last.unwrap_or_else(|| output.word(words::NEVER).to_owned()));
    if let Some(next) = found.next {
        row(words::NEXT_RUN, output.moment(next));
    }
    let records = found.records;
    for (message, count) in [
        (words::EXPORTED, records.posted),
        (words::HANDED_OVER, records.handed_over),
        (words::WAITS, records.eligible),
        (words::SENDS, records.sending),
        (words::IN_DOUBT, records.in_doubt),
        (words::REFUSED, records.refused),
        (words::HELD, records.held),
        (words::VANISHED, records.vanished),
        (words::CHANGED, records.changed),
        (words::GONE, records.gone),
        (words::ASKED, records.questions),
        (words::FILES_OVERDUE, records.files_overdue),
        (words::APPROVAL_WANTED, records.approvals),
        (words::RECEIPT_MISSING, records.receipts),
    ] {
        row(message, output.count(count));
    }
    output.table(&rows);
    if found.connection.as_ref().is_ok_and(|connection| !connection.keeps_scheme) {
        output.note(output.word(words::NO_SCHEME));
    }
    if found.has_no_place_for_receipts() {
        output.note(output.word(words::NO_ATTACHMENTS));
    }
    if found.witnesses == MemoryState::NotOffered {
        output.note(output.word(words::NO_WITNESS_HISTORY));
    }
    if found.unreported > 0 {
        output.note(words::unreported(output.language, found.unreported));
    }
    tell_open(&found.open_to_others, output);
    tell_unattended(&found.unattended, output);
    if !found.missing.is_empty() {
        output.note(output.word(words::SETUP_MISSING));
        for problem in &found.missing {
            output.note(format!("– {}", output.error(problem)));
        }
    }
}

/// Returns the proxy, and whose word it is.
fn proxy(route: &Route, workspace: &Workspace, output: &Output) -> String {
    let Some(proxy) = &route.proxy else { return output.word(words::NO_PROXY).to_owned() };
    let word = match route.chosen_by {
        _ if workspace.policy().rules().any(|rule| rule == "network") => words::BY_POLICY,
        "system" => words::BY_SYSTEM,
        "pac" => words::BY_SCRIPT,
        _ => words::BY_WORKSPACE,
    };
    words::proxy_of(output.language, proxy, output.word(word))
}

/// Says what the schedule was not served with.
fn tell_unattended(unattended: &Unattended, output: &Output) {
    if let Some(run) = &unattended.failed {
        output.note(words::night_failed(output.language, &output.moment(run.started_at)));
        match &run.error {
            Some(problem) => output.note(format!("– {}", output.error(problem))),
            None => output.note(format!("– {}", output.word(outcome(run.outcome)))),
        }
    }
    if let Some(since) = unattended.unserved_since {
        output.note(words::time_unserved(output.language, &output.moment(since)));
    }
}

fn tell_open(open: &[OpenToOthers], output: &Output) {
    let (closed, open): (Vec<_>, Vec<_>) = open.iter().partition(|open| open.closed);
    for (paths, sentence) in [
        (&closed, words::were_open(output.language, closed.len())),
        (&open, words::are_open(output.language, open.len())),
    ] {
        if !paths.is_empty() {
            output.note(sentence);
        }
        for open in paths {
            output.note(format!("– {} ({:03o})", open.path.display(), open.mode));
        }
    }
}

fn protection(protection: Protection) -> Message {
    match protection {
        Protection::Enforced => words::ENFORCED,
        Protection::Fenced => words::FENCED,
        Protection::Staged => words::STAGED,
        Protection::Observed => words::OBSERVED,
    }
}
