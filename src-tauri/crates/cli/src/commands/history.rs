//! Runs `history` and `run`: what was exported, when, by whom, with which acknowledgement.

use std::io;

use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use postonce_engine::views::{RunItem, RunSummary};
use postonce_reports::sentences;
use serde_json::{Value, json};

use super::{ledger, money, outcome, result, sums};
use crate::args::{Args, History, Run};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, words};

/// The number of a run's rows read from the ledger at once.
const PAGE_ROWS: u32 = 1_000;

pub(crate) async fn history(args: &Args, asked: &History, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace()?)?;
    let before = asked.before.as_deref().map(RunId::new);
    if let Some(before) = &before {
        find(&ledger, before).await?;
    }
    let runs = ledger.runs(asked.limit, before.as_ref()).await?;
    if output.json {
        let runs: Vec<Value> = runs.iter().map(|run| json::run(output.language, run)).collect();
        output.document(&json!({ "runs": runs }));
    } else if runs.is_empty() {
        output.say(output.word(words::NO_RUNS));
    } else {
        let head = [
            words::RUN,
            words::STARTED,
            words::BY,
            words::OUTCOME,
            words::EXPORTED,
            words::ALREADY,
            words::REFUSED,
            words::HELD,
            words::IN_DOUBT,
            words::TOTAL,
        ];
        let mut rows = vec![head.iter().map(|message| output.word(*message).to_owned()).collect()];
        rows.extend(runs.iter().map(|run| row(run, output)));
        output.table(&rows);
    }
    Ok(Status::Done)
}

fn row(run: &RunSummary, output: &Output) -> Vec<String> {
    vec![
        run.run_id.to_string(),
        run.started_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string(),
        run.actor.user.clone(),
        output.word(outcome(run.outcome)).to_owned(),
        run.counts.posted.to_string(),
        run.counts.skipped.to_string(),
        run.counts.refused.to_string(),
        run.counts.held.to_string(),
        run.counts.in_doubt.to_string(),
        sums(&run.posted),
    ]
}

pub(crate) async fn run(args: &Args, asked: &Run, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace()?)?;
    let run = find(&ledger, &RunId::new(asked.run.as_str())).await?;
    // A closed pipe is no failure of the command.
    let mut out = io::BufWriter::new(io::stdout().lock());
    let listed = if output.json {
        print_document(&ledger, &run, output, &mut out).await
    } else {
        print_table(&ledger, &run, output, &mut out).await
    };
    match listed {
        Ok(()) | Err(Print::Gone) => Ok(Status::Done),
        Err(Print::Failed(failure)) => Err(failure),
    }
}

async fn find(ledger: &Ledger, run: &RunId) -> Result<RunSummary, Failure> {
    let found = ledger.run(run).await?;
    found.ok_or_else(|| Problem::run_not_found(run).into())
}

enum Print {
    /// The pipe is closed: nobody reads any more.
    Gone,
    Failed(Failure),
}

impl From<io::Error> for Print {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl From<Failure> for Print {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Reads the rows of a run, page by page: never all of them in memory.
async fn each_item<F>(ledger: &Ledger, run: &RunSummary, mut act: F) -> Result<(), Print>
where
    F: FnMut(&RunItem) -> io::Result<()>,
{
    let mut after = 0;
    loop {
        let page = ledger.run_items(&run.run_id, after, PAGE_ROWS, None).await.map_err(Failure::from)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        page.iter().try_for_each(&mut act)?;
    }
}

async fn print_document(
    ledger: &Ledger,
    run: &RunSummary,
    output: &Output,
    out: &mut impl io::Write,
) -> Result<(), Print> {
    let head = json::run(output.language, run).to_string();
    // The object stays open for its last member, which is written row by row.
    let certificate = ledger.certificate(&run.run_id).await.map_err(Failure::from)?;
    let certificate = json!(certificate.as_ref().map(postonce_reports::comparison_json));
    write!(out, "{},\"certificate\":{certificate},\"records\":[", head.strip_suffix('}').unwrap_or(&head))?;
    let mut separator = "";
    each_item(ledger, run, |item| {
        write!(out, "{separator}{}", json::item(output.language, item))?;
        separator = ",";
        Ok(())
    })
    .await?;
    writeln!(out, "]}}")?;
    Ok(out.flush()?)
}

async fn print_table(
    ledger: &Ledger,
    run: &RunSummary,
    output: &Output,
    out: &mut impl io::Write,
) -> Result<(), Print> {
    let word = |message| output.word(message);
    writeln!(out, "{} {}, {}, {}", word(words::RUN), run.run_id, word(outcome(run.outcome)), sums(&run.posted))?;
    if let Some(listed) = &run.error {
        writeln!(out, "{}", sentences::error(output.language, listed))?;
    }
    if let Some(certificate) = ledger.certificate(&run.run_id).await.map_err(Failure::from)? {
        let verdict = postonce_reports::verdict(&certificate, output.language);
        writeln!(out, "{}: {verdict}", word(words::CERTIFICATE))?;
    }
    let line = |cells: [&str; 6]| {
        let [record, result, amount, reference, voucher, reason] = cells;
        format!("{record:<18} {result:<26} {amount:>16}  {reference:<24} {voucher:<18} {reason}")
    };
    let head = [words::RECORD, words::RESULT, words::AMOUNT, words::REFERENCE, words::VOUCHER, words::REASON];
    writeln!(out, "{}", line(head.map(word)).trim_end())?;
    each_item(ledger, run, |item| {
        writeln!(out, "{}", line(cells(item, output).each_ref().map(String::as_str)).trim_end())
    })
    .await?;
    Ok(out.flush()?)
}

fn cells(item: &RunItem, output: &Output) -> [String; 6] {
    let place = || item.place.as_ref().map(|place| format!("{} {}", output.word(words::LINE), place.line));
    let voucher = match (&item.voucher_number, &item.voucher_id) {
        (Some(number), Some(id)) => format!("{number} ({id})"),
        (None, Some(id)) => id.clone(),
        _ => String::new(),
    };
    let reason = match (&item.reason, &item.earlier_run_id) {
        (Some(reason), _) => sentences::reason(output.language, reason),
        (None, Some(run)) => format!("{} {run}", output.word(words::RUN).to_lowercase()),
        (None, None) => String::new(),
    };
    [
        item.record_id.clone().or_else(place).unwrap_or_default(),
        output.word(result(item.result)).to_owned(),
        item.amount.as_ref().map(money).unwrap_or_default(),
        item.reference.clone().unwrap_or_default(),
        voucher,
        reason,
    ]
}
