//! Runs `files`: the voucher files that were handed over, their bytes, and the withdrawal of one that was never imported.

use std::io::Write as _;
use std::path::Path;

use postonce_connectors::books_file;
use postonce_engine::error::Problem;
use postonce_engine::views::{FileState, HandedOverFile};
use postonce_engine::{ReadBackEnd, WithdrawAsk};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use postonce_words::Message;
use serde_json::{Value, json};

use super::{actor, ledger};
use crate::args::{Args, Files, FilesCommand};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json as wire, words};

/// The number of files read from the ledger at once.
const PAGE_FILES: u32 = 1_000;

pub(crate) async fn files(args: &Args, asked: &Files, output: &Output) -> Result<Status, Failure> {
    match &asked.command {
        None => list(args, output).await,
        Some(FilesCommand::Save { file, to, force }) => save(args, file, to, *force, output).await,
        Some(FilesCommand::Withdraw { file, books, reason, confirm }) => {
            withdraw(args, (file, books, reason, confirm), output).await
        }
    }
}

async fn list(args: &Args, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let (mut files, mut before) = (Vec::new(), None);
    loop {
        let page = ledger.sealed_files(PAGE_FILES, before).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        files.extend(page);
    }
    if output.json {
        output.document(&json!({ "files": files.iter().map(document).collect::<Vec<_>>() }));
    } else if files.is_empty() {
        output.say(output.word(words::NO_FILES));
    }
    files.iter().for_each(|file| output.say(line(file, output)));
    Ok(Status::Done)
}

/// Returns a file as a document has it.
pub(crate) fn document(file: &HandedOverFile) -> Value {
    json!({
        "number": file.number, "file": file.label, "name": file.file_name, "format": file.format, "state": file.state,
        "sha256": file.sha256, "predecessor": file.predecessor, "bytes": file.bytes, "vouchers": file.vouchers,
        "waiting": file.waiting, "posted": file.posted,
        "sums": file.sums.iter().map(|sum| json!({ "currency": sum.currency, "amount": sum.amount })).collect::<Vec<_>>(),
        "run_id": file.run_id, "made_at": wire::instant(file.rendered_at),
        "handed_over_at": file.sealed_at.map(wire::instant), "withdrawn_at": file.withdrawn_at.map(wire::instant),
        "reason": file.reason,
    })
}

/// Returns a file in a line for people.
pub(crate) fn line(file: &HandedOverFile, output: &Output) -> String {
    let at = file.sealed_at.unwrap_or(file.rendered_at);
    format!(
        "{}  {}  {}  {} {}, {} {}, {}: {}",
        file.label,
        output.moment(at),
        file.file_name,
        output.count(file.vouchers),
        output.word(words::VOUCHERS),
        output.count(file.waiting),
        output.word(words::FILE_WAIT),
        output.word(state(file.state)),
        output.sums(&file.sums),
    )
}

fn state(state: FileState) -> Message {
    match state {
        FileState::Rendered => words::FILE_RENDERED,
        FileState::Sealed => words::FILE_SEALED,
        FileState::Withdrawn => words::WITHDRAWN,
    }
}

/// Writes the very bytes of a file, as they were handed over.
async fn save(args: &Args, file: &str, to: &Path, force: bool, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let missing = || Problem::file_not_found(file);
    let found = ledger.sealed_file(file).await?.ok_or_else(missing)?;
    let bytes = ledger.sealed_bytes(found.number).await?.ok_or_else(missing)?;
    if to.exists() && !force {
        return Err(Problem::report_exists(to.display()).into());
    }
    let unwritable = |error: std::io::Error| Problem::report_unwritable(to.display(), error);
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut whole = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    whole.write_all(&bytes).and_then(|()| whole.as_file().sync_all()).map_err(unwritable)?;
    whole.persist(to).map_err(|error| unwritable(error.error))?;
    if output.json {
        output.document(&json!({ "written": to, "file": found.label, "sha256": found.sha256 }));
    }
    output.say(format!("{} {}", output.word(words::REPORT_WRITTEN), to.display()));
    Ok(Status::Done)
}

async fn withdraw(
    args: &Args,
    (file, books, reason, confirm): (&str, &Path, &str, &str),
    output: &Output,
) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    with_open_workspace(workspace, async |OpenWorkspace { workspace, engine, .. }| {
        let ask = WithdrawAsk {
            file: file.to_owned(),
            books: books_file(workspace, books),
            reason: reason.to_owned(),
            confirm: confirm.to_owned(),
            actor: actor(),
        };
        match engine.withdraw_file(ask).await {
            ReadBackEnd { withdrawn: Some(file), .. } => {
                if output.json {
                    output.document(&json!({ "withdrawn": document(&file) }));
                }
                output.say(line(&file, output));
                Ok(Status::Done)
            }
            end => Err(reading_failure(end)),
        }
    })
    .await
}

/// Returns the failure of a reading that did not come to an end.
pub(crate) fn reading_failure(end: ReadBackEnd) -> Failure {
    let problem = end.error.unwrap_or_else(|| Problem::internal("the reading ended without a word"));
    Failure { problem, lock: end.lock.map(Box::new) }
}
