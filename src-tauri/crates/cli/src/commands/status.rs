//! Runs `status`: connection, protection, lock, last run, next run, counts.

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::domain::Protection;
use postonce_engine::ports::Connection;
use postonce_engine::views::{LedgerFile, LockFacts, RecordCounts, RunSummary};
use postonce_engine::{Engine, error::Problem};
use serde_json::json;

use super::{actor, outcome, sums};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, catalogue, holder, json, phrases};

/// The facts that are known, whether or not the accounting system answers.
struct StatusFacts {
    name: String,
    practice: bool,
    connection: Result<Connection, Problem>,
    /// The missing parts of the accounting system's set-up.
    missing: Vec<Problem>,
    lock: Option<LockFacts>,
    last: Option<RunSummary>,
    next: Option<DateTime<Utc>>,
    records: RecordCounts,
    ledger: LedgerFile,
}

pub(crate) async fn status(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    let connection = engine.connect().await;
    let missing = if connection.is_ok() { engine.check().await? } else { Vec::new() };
    let lock = if connection.is_ok() { engine.lock(&actor()).await? } else { None };
    let found = StatusFacts {
        name: workspace.organisation_name().to_owned(),
        practice: workspace.is_practice(),
        connection,
        missing,
        lock,
        last: engine.ledger().runs(1, None).await?.pop(),
        next: engine.next_run().await?,
        records: engine.counts().await?,
        ledger: engine.ledger().file()?,
    };
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    if output.json {
        document(&found, output);
    } else {
        print(&found, output);
    }
    match found.connection {
        Err(problem) => {
            output.note(catalogue::error(output.language, &problem));
            Ok(Status::Failed(problem.code.exit_status()))
        }
        Ok(_) if found.records.attention() > 0 || !found.missing.is_empty() => Ok(Status::Attention),
        Ok(_) => Ok(Status::Done),
    }
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
        "error": found.connection.as_ref().err().map(|problem| json::failure(output.language, problem, None)),
        "protection": found.connection.as_ref().ok().map(|connection| connection.capabilities.protection),
        "missing": found.missing.iter().map(|problem| json::failure(output.language, problem, None)).collect::<Vec<_>>(),
        "lock": found.lock, "last_run": found.last.as_ref().map(|run| json::run(output.language, run)),
        "next_run": found.next.map(json::instant),
        "records": json::records(&found.records),
        "ledger": {
            "path": found.ledger.path, "bytes": found.ledger.bytes,
            "last_backup_at": found.ledger.last_backup_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        },
    }));
}

fn print(found: &StatusFacts, output: &Output) {
    let mut rows = Vec::new();
    let mut row = |phrase, text: String| rows.push(vec![output.word(phrase).to_owned(), text]);
    if found.practice {
        output.note(output.word(phrases::PRACTICE));
    }
    row(phrases::ORGANISATION, found.name.clone());
    if let Ok(connection) = &found.connection {
        row(phrases::ACCOUNTING, format!("{} ({})", connection.organisation_name, connection.address));
        row(phrases::SIGNED_IN, format!("{} ({})", connection.user_name, connection.user_id));
        row(phrases::PROTECTION, output.word(protection(connection.capabilities.protection)).to_owned());
        let held = found.lock.as_ref().map(|facts| holder::sentence(output.language, facts));
        row(phrases::LOCK, held.unwrap_or_else(|| output.word(phrases::FREE).to_owned()));
    }
    let last = found.last.as_ref().map(|run| {
        let started = run.started_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M");
        format!("{started}, {}, {}", output.word(outcome(run.outcome)), sums(&run.posted))
    });
    let backup =
        found.ledger.last_backup_at.map(|at| at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string());
    row(phrases::BACKUP, backup.unwrap_or_else(|| output.word(phrases::NEVER).to_owned()));
    row(phrases::LAST_RUN, last.unwrap_or_else(|| output.word(phrases::NEVER).to_owned()));
    if let Some(next) = found.next {
        row(phrases::NEXT_RUN, next.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string());
    }
    let records = found.records;
    for (phrase, count) in [
        (phrases::EXPORTED, records.posted),
        (phrases::WAITS, records.eligible),
        (phrases::SENDS, records.sending),
        (phrases::IN_DOUBT, records.in_doubt),
        (phrases::REFUSED, records.refused),
        (phrases::HELD, records.held),
        (phrases::VANISHED, records.vanished),
        (phrases::CHANGED, records.changed),
    ] {
        row(phrase, count.to_string());
    }
    output.table(&rows);
    if !found.missing.is_empty() {
        output.note(output.word(phrases::SETUP_MISSING));
        for problem in &found.missing {
            output.note(format!("– {}", catalogue::error(output.language, problem)));
        }
    }
}

fn protection(protection: Protection) -> phrases::Phrase {
    match protection {
        Protection::Enforced => phrases::ENFORCED,
        Protection::Fenced => phrases::FENCED,
        Protection::Staged => phrases::STAGED,
        Protection::Observed => phrases::OBSERVED,
    }
}
