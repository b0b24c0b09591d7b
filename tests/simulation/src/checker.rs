//! Checks every run and the end of the world. The books' own journal is the measure, never the ledger.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use postonce_engine::domain::{Outcome, RecordId};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::views::{AttentionItem, RecordState};
use postonce_engine::{AuditVerdict, SyncEnd};
use rusqlite::Connection;

use crate::machine::Body;
use crate::process::Process;
use crate::world::World;

/// The errors that a run may report in a world full of bad luck. Every other one is a fault of the program.
const EXPLAINED: &[ErrorCode] = &[
    ErrorCode::AccountingUnreachable,
    ErrorCode::AccountingBusy,
    ErrorCode::AccountingUnreliable,
    ErrorCode::AccountingRefused,
    ErrorCode::PlatformUnreachable,
    ErrorCode::LeaseLost,
    ErrorCode::LockHeld,
    ErrorCode::LockHeldHere,
    // A platform that takes back most of what waits is asked about.
    ErrorCode::SourceLost,
    // A person who asks for something impossible may get these.
    ErrorCode::NotExported,
    ErrorCode::NotInDoubt,
    ErrorCode::RecordHeld,
    ErrorCode::RecordInDoubt,
    ErrorCode::ResolutionContradicted,
    ErrorCode::ResolutionTooEarly,
    ErrorCode::ReversalFailed,
    ErrorCode::ApprovalNotAsked,
    ErrorCode::ReExportOvertaken,
    ErrorCode::ReExportTooEarly,
    ErrorCode::ReExportOutOfReach,
    ErrorCode::ExportedElsewhere,
    // The accounting system lost the count of its fences: nothing is sent until they have grown again.
    ErrorCode::FenceWentBack,
];
/// The questions with which a run may end, which a person answers.
const QUESTIONS: &[ErrorCode] = &[
    ErrorCode::PrefixDiffers,
    ErrorCode::BooksUnlikeName,
    ErrorCode::IdsBeginAnew,
    ErrorCode::LookAlikesMany,
    ErrorCode::SourceLost,
];
/// The further errors that may come once a ledger was restored from an old copy, or copied.
const EXPLAINED_BY_COPIES: &[ErrorCode] =
    &[ErrorCode::LedgerRolledBack, ErrorCode::LedgerForked, ErrorCode::LedgerMissing];

/// Checks a run that has ended by itself.
pub(crate) fn run_ended(process: &Arc<Process>, end: &SyncEnd) {
    let world = &process.world;
    let outcome = end.run.as_ref().and_then(|run| run.outcome);
    let code = end.error.as_ref().map(|problem| problem.code);
    let counts = end.run.as_ref().map(|run| run.counts).unwrap_or_default();
    world.log(format_args!("{} ends: {outcome:?} {code:?} {counts:?}", process.name));
    world.count(match outcome {
        Some(Outcome::Completed) => "runs completed",
        Some(Outcome::Stopped) => "runs stopped",
        Some(Outcome::LeaseLost) => "runs that lost the lease",
        Some(Outcome::Failed) => "runs failed",
        Some(Outcome::Interrupted) => "runs interrupted",
        None => "runs that never began",
    });
    if let Some(problem) = &end.error {
        is_explained_by_the_world(process, problem);
    }
    process.body.completed.store(outcome == Some(Outcome::Completed), Ordering::Relaxed);
    let read = process.take_read();
    if outcome == Some(Outcome::Completed) {
        if read.broke_off {
            world.breaks(2, format!("{} completed, although the source broke off", process.name));
        }
        process.body.has_seen(read.records);
    }
    if world.is_calm() && outcome != Some(Outcome::Completed) && code != Some(ErrorCode::LockHeldHere) {
        world.count("runs that failed although all was well");
    }
}

/// Checks a person's act that was not done.
pub(crate) fn act_refused(process: &Arc<Process>, problem: &Problem) {
    process.world.log(format_args!("{}: {}", process.name, problem.code.as_str()));
    process.world.count("acts of a person that were refused");
    is_explained_by_the_world(process, problem);
}

fn is_explained_by_the_world(process: &Arc<Process>, problem: &Problem) {
    let world = &process.world;
    if EXPLAINED_BY_COPIES.contains(&problem.code) {
        process.body.out_of_date.store(true, Ordering::Relaxed);
        world.count("old or copied ledgers noticed");
        if world.has_copies() {
            return;
        }
    }
    if QUESTIONS.contains(&problem.code) {
        world.count("questions");
        process.body.is_asked.store(true, Ordering::Relaxed);
    } else if problem.code == ErrorCode::SearchLagLonger && world.names_lag(seconds(problem)) {
        world.count("vouchers deleted before any look-up showed them");
    } else if !EXPLAINED.contains(&problem.code) {
        let detail = problem.params.get("detail").map_or("", String::as_str);
        world.breaks(0, format!("{} ends with {}: {detail}", process.name, problem.code.as_str()));
    }
}

fn seconds(problem: &Problem) -> u64 {
    problem.params.get("measured").and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Checks promise 5: the trail is as it was written, and says of every run and of everything that a person did who,
/// when and why.
pub(crate) fn trail_holds(process: &Arc<Process>, verdict: Result<AuditVerdict, Problem>) {
    let world = &process.world;
    match verdict {
        Ok(verdict) if verdict.is_changed() => {
            world.breaks(5, format!("the trail of {} does not hold: {:?}", process.body.name, verdict.findings));
        }
        Ok(verdict) => world.log(format_args!("the trail of {} holds: {} entries", process.body.name, verdict.entries)),
        Err(problem) => return act_refused(process, &problem),
    }
    for (what, sql) in UNEXPLAINED {
        let ask = |connection: &Connection| connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0));
        match process.body.look(ask) {
            None | Some(Ok(None)) => {}
            Some(Ok(Some(missing))) => {
                world.breaks(5, format!("{}: {what} without an entry in the trail: {missing}", process.body.name));
            }
            Some(Err(error)) => world.breaks(0, format!("{what}: {error}")),
        }
    }
}

/// The acts that must have left an entry, each with the query that finds those without one.
const UNEXPLAINED: [(&str, &str); 4] = [
    (
        "a run",
        "SELECT group_concat(run_id) FROM run r WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.run_id = r.run_id)",
    ),
    (
        "a re-export that was asked for",
        "SELECT group_concat(record_id) FROM re_export r WHERE NOT EXISTS (SELECT 1 FROM audit a
         WHERE a.act = 're_export_requested' AND a.record_id = r.record_id AND a.generation = r.generation)",
    ),
    (
        "a later generation that was claimed",
        "SELECT group_concat(reference) FROM attempt t WHERE generation > 1 AND found = 0 AND NOT EXISTS (
         SELECT 1 FROM audit a WHERE a.act = 're_export_claimed' AND a.record_id = t.record_id
         AND a.generation = t.generation AND length(trim(a.reason)) >= 10)
         AND NOT EXISTS (SELECT 1 FROM request q WHERE q.request_id = t.request_id AND q.kind = 'found')",
    ),
    (
        "a counter-voucher",
        "SELECT group_concat(voucher_id) FROM reversal r WHERE NOT EXISTS (SELECT 1 FROM audit a
         WHERE a.act = 'reversal_claimed' AND a.run_id = (SELECT run_id FROM run WHERE run.run_number = r.run_number))",
    ),
];

/// Checks promise 3: every record that a ledger shows as posted has an acknowledgement that the books really gave for
/// that reference; and no ledger shows two vouchers for a record and generation.
pub(crate) fn ledger_tells_the_truth(world: &World, body: &Body) {
    let read = |connection: &Connection| -> rusqlite::Result<Vec<(String, String, i64, String)>> {
        let sql = "SELECT reference, voucher_id, generation, record_id FROM attempt WHERE state = 'posted' ORDER BY attempt_id";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect()
    };
    let posted = match body.look(read) {
        None => return,
        // A file that was copied without its log has no tables; that was noticed when it was opened.
        Some(Err(error)) if world.has_copies() && error.to_string().starts_with("no such table") => return,
        Some(Ok(posted)) => posted,
        Some(Err(error)) => return world.breaks(0, format!("the ledger of {} cannot be read: {error}", body.name)),
    };
    let mut seen = BTreeSet::new();
    for (reference, voucher_id, generation, record_id) in posted {
        if !world.books().acknowledged(&reference, &voucher_id) {
            let what = format!("{} shows {reference} as posted by {voucher_id}, which the books never said", body.name);
            world.breaks(3, what);
        }
        if !seen.insert((record_id, generation)) {
            world.breaks(1, format!("the ledger of {} has two vouchers for {reference}", body.name));
        }
    }
}

/// Checks the ledger's state of each record of the platform, at the end.
pub(crate) fn nothing_is_lost(world: &World, body: &Body, attention: &[AttentionItem]) {
    let sql = "SELECT record_id, state FROM record_state";
    let Some(Ok(states)) = body.look(|connection| pairs::<String>(connection, sql)) else {
        return world.breaks(2, format!("{} has no ledger at the end", body.name));
    };
    let state = |id: &str| states.iter().find(|(of, _)| of == id).map(|(_, state)| state.clone());
    let waits = |id: &str| attention.iter().any(|item| item.record_id.as_deref() == Some(id) && is_explained(item));
    let left_out = body.look(left_out).and_then(Result::ok).unwrap_or_default();
    let platform = world.platform();
    let seen = body.seen();
    let is_known = |id: &str| seen.contains(id);
    for entry in platform.entries.iter().filter(|entry| entry.present || is_known(entry.record.id.as_str())) {
        let id = entry.record.id.as_str();
        let is_left_out = left_out.contains(id);
        // Of a record with nothing to pay there is nothing to export, and nothing to wait for.
        if is_left_out && !entry.record.amount.is_zero() {
            world.breaks(
                2,
                format!("{} leaves {id} out, of which {} is to be paid", body.name, entry.record.amount.to_decimal()),
            );
        }
        let state = state(id);
        let is_settled = matches!(state.as_deref(), Some("posted" | "set_aside"));
        if !is_settled && !waits(id) && !is_left_out {
            let what = format!("{} says of {id}: {state:?}, and it waits for nobody", body.name);
            world.breaks(2, what);
        }
    }
}

/// Returns the records that the newest whole reading left out.
fn left_out(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let sql = "SELECT record_id FROM left_out
               WHERE record_id IS NOT NULL AND reading_id = (SELECT latest_reading FROM ledger)";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Checks the rule that an exported record has exactly one live voucher, or stands on the list of what waits. A voucher
/// that a person left standing, when asking for another one, counts for nothing.
pub(crate) fn one_voucher_lives(world: &World, body: &Body, attention: &[AttentionItem]) {
    let sql = "SELECT record_id FROM record_state WHERE state = 'posted'";
    let exported = body.look(|connection| {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    let Some(Ok(exported)) = exported else { return };
    for id in exported {
        if attention.iter().any(|item| item.record_id.as_deref() == Some(id.as_str())) {
            continue;
        }
        let Ok(record_id) = RecordId::new(id.clone()) else { continue };
        if world.has_accepted(&id) {
            continue;
        }
        let trouble = world.books().trouble_of_exported(&record_id, &world.options);
        if let Some(trouble) = trouble {
            let what = format!("{} shows {id} as exported, and {trouble}", body.name);
            world.breaks(1, what);
        }
    }
}

fn is_explained(item: &AttentionItem) -> bool {
    item.reason.is_some() || matches!(item.state, RecordState::Changed | RecordState::Vanished | RecordState::Gone)
}

/// A record, with a note about it.
type RecordNote<T> = (String, T);

/// Returns the records that a ledger shows as posted, with the newest generation; and those in doubt, with their
/// references.
pub(crate) fn posted_and_in_doubt(body: &Body) -> (Vec<RecordNote<u32>>, Vec<RecordNote<String>>) {
    let posted = "SELECT record_id, max(generation) FROM attempt WHERE state = 'posted' GROUP BY record_id ORDER BY 1";
    let in_doubt =
        "SELECT record_id, reference FROM attempt WHERE state IN ('unknown', 'staged', 'claimed') ORDER BY attempt_id";
    let seen = body.look(|connection| Ok((pairs(connection, posted)?, pairs(connection, in_doubt)?)));
    seen.and_then(Result::ok).unwrap_or_default()
}

fn pairs<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<RecordNote<T>>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Returns a picture of a ledger; two pictures are equal when nothing changed between them.
pub(crate) fn picture(body: &Body) -> String {
    let sql =
        "SELECT group_concat(record_id || state, ' ') FROM (SELECT record_id, state FROM record_state ORDER BY seq)";
    let read = body.look(|connection| connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0)));
    read.and_then(Result::ok).flatten().unwrap_or_default()
}
