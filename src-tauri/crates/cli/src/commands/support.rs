//! Runs `support`: what somebody who is asked for help has to know, and nothing about people.

use std::io::Write as _;
use std::path::Path;

use postonce_connectors::{AccountingSettings, SourceSettings, Workspace};
use postonce_engine::views::RunSummary;
use serde_json::{Value, json};

use super::ledger;
use super::report::free_place;
use crate::args::{Args, Support};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json as documents, words};

/// The number of runs that are shown.
const RUNS: u32 = 20;
/// The bytes of the log's end that are shown.
const LOG_BYTES_MAX: u64 = 64 * 1024;

pub(crate) async fn support(args: &Args, asked: &Support, output: &Output) -> Result<Status, Failure> {
    let place = asked.out.as_deref().map(|path| free_place(path, asked.force)).transpose()?;
    let workspace = args.open_workspace(output)?;
    let document = json!({
        "program": env!("CARGO_PKG_VERSION"), "system": std::env::consts::OS, "architecture": std::env::consts::ARCH,
        "workspace": kinds(&workspace), "ledger": state(&workspace).await,
        "log": args.log_file.as_deref().map(log_end),
    });
    if output.json {
        output.document(&document);
    } else {
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.lines().for_each(|line| output.say(line));
    }
    if let (Some(place), Some(path)) = (place, asked.out.as_deref()) {
        let written = place.write(async |out| Ok(writeln!(out, "{document}")?)).await;
        written.map_err(|error| error.problem(path))?;
        output.note(format!("{} {}", output.word(words::REPORT_WRITTEN), path.display()));
    }
    Ok(Status::Done)
}

/// Returns what kinds of systems it connects; no address, and no name.
fn kinds(workspace: &Workspace) -> Value {
    let source = match workspace.source() {
        SourceSettings::Files(_) => "files",
        SourceSettings::Platform(_) => "platform",
    };
    let accounting = match workspace.accounting() {
        AccountingSettings::Open(_) => "open",
        AccountingSettings::Tryton(_) => "tryton",
        AccountingSettings::Odoo(_) => "odoo",
        AccountingSettings::File(_) => "file",
    };
    json!({
        "practice": workspace.is_practice(), "source": source, "accounting": accounting,
        "schedule": workspace.schedule().map(ToString::to_string), "time_zone": workspace.time_zone().name(),
    })
}

/// Returns the counts and the newest runs, or the reason why the ledger cannot be read.
async fn state(workspace: &Workspace) -> Value {
    let read = async {
        let ledger = ledger(workspace)?;
        let (file, counts) = (ledger.file()?, ledger.counts().await?);
        let runs: Vec<Value> = ledger.runs(RUNS, None).await?.iter().map(run).collect();
        Ok::<_, Failure>(json!({ "bytes": file.bytes, "records": documents::records(&counts), "runs": runs }))
    };
    read.await.unwrap_or_else(|failure| json!({ "error": failure.problem.code }))
}

/// Returns a run without those who ran it, and with the code of its error alone.
fn run(run: &RunSummary) -> Value {
    json!({
        "run_id": run.run_id, "trigger": run.trigger, "started_at": documents::instant(run.started_at),
        "finished_at": run.finished_at.map(documents::instant), "outcome": run.outcome,
        "error": run.error.as_ref().map(|problem| problem.code), "counts": documents::counts(&run.counts),
    })
}

/// Returns the last lines of a log that this program wrote.
fn log_end(path: &Path) -> Value {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let read = std::fs::File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES_MAX)))?;
        let mut bytes = Vec::new();
        file.take(LOG_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect::<Vec<_>>())
    });
    read.map_or(Value::Null, |lines| json!(lines))
}
