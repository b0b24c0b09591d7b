//! Runs `history` and `run`: what was exported, when, by whom, with which acknowledgement.

use std::io;

use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use postonce_engine::views::{RunItem, RunSummary};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::{ledger, outcome, result, run_id};
use crate::args::{Args, History, Run};
use crate::failure::Failure;
use crate::output::{Output, document_text};
use crate::terminal::{harmless, padded};
use crate::{Status, json, words};

/// The number of a run's rows read from the ledger at once.
const PAGE_ROWS: u32 = 1_000;

pub(crate) async fn history(args: &Args, asked: &History, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let before = asked.before.as_deref().map(RunId::new);
    if let Some(before) = &before {
        find(&ledger, before).await?;
    }
    let runs = ledger.runs(asked.limit, before.as_ref()).await?;
    if output.json {
        let runs: Vec<Value> = runs.iter().map(|run| json::run(output.reader(), run)).collect();
        output.document(&json!({ "runs": runs }));
    } else if runs.is_empty() {
        output.say(output.word(words::NO_RUNS));
    } else {
        runs.iter().for_each(|run| tell(run, output));
    }
    Ok(Status::Done)
}

/// Prints a run in lines that fit a narrow terminal: its id, by which `run` shows it, on the first of them.
fn tell(run: &RunSummary, output: &Output) {
    let counts = run.counts;
    let count = |message, count: u64| format!("{} {}", output.word(message), output.count(count));
    let happened = output.word(outcome(run.outcome));
    output.paragraph(&format!("{}  {}  {happened}", run.run_id, output.moment(run.started_at)), "");
    let mut parts = vec![run.actor.user.clone(), count(words::EXPORTED, counts.posted)];
    for (message, number) in [
        (words::HANDED_OVER, counts.handed_over),
        (words::ALREADY, counts.skipped),
        (words::REFUSED, counts.refused),
        (words::HELD, counts.held),
        (words::IN_DOUBT, counts.in_doubt),
    ] {
        parts.extend((number > 0).then(|| count(message, number)));
    }
    parts.extend(
        (!run.posted.is_empty()).then(|| format!("{} {}", output.word(words::TOTAL), output.sums(&run.posted))),
    );
    output.paragraph(&parts.join(", "), "    ");
}

pub(crate) async fn run(args: &Args, asked: &Run, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let run = find(&ledger, &run_id(&ledger, &asked.run).await?).await?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let listed = if output.json {
        print_document(&ledger, &run, output, &mut out).await
    } else {
        print_table(&ledger, &run, output, &mut out).await
    };
    // The rest in it was not taken, and is not tried once more.
    let _ = out.into_parts();
    match listed {
        Ok(()) => {}
        Err(Print::Lost(error)) => output.keep(Err(error)),
        Err(Print::Failed(failure)) => return Err(failure),
    }
    Ok(Status::Done)
}

async fn find(ledger: &Ledger, run: &RunId) -> Result<RunSummary, Failure> {
    let found = ledger.run(run).await?;
    found.ok_or_else(|| Problem::run_not_found(run).into())
}

enum Print {
    /// Standard output takes no more.
    Lost(io::Error),
    Failed(Failure),
}

impl From<io::Error> for Print {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
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
    let head = document_text(&json::run(output.reader(), run));
    // The object stays open for its last member, which is written row by row.
    let certificate = ledger.certificate(&run.run_id).await.map_err(Failure::from)?;
    let certificate = document_text(&certificate.as_ref().map(postonce_reports::comparison_json));
    write!(out, "{},\"certificate\":{certificate},\"records\":[", head.strip_suffix('}').unwrap_or(&head))?;
    let mut separator = "";
    each_item(ledger, run, |item| {
        write!(out, "{separator}{}", document_text(&json::item(output.reader(), item)))?;
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
    let mut line = |line: &str| writeln!(out, "{}", harmless(line));
    line(&format!(
        "{} {}, {}, {}",
        word(words::RUN),
        run.run_id,
        word(outcome(run.outcome)),
        output.sums(&run.posted)
    ))?;
    if let Some(listed) = &run.error {
        line(&output.error(listed))?;
    }
    if let Some(certificate) = ledger.certificate(&run.run_id).await.map_err(Failure::from)? {
        let verdict = postonce_reports::verdict(&certificate, output.language);
        line(&format!("{}: {verdict}", word(words::CERTIFICATE)))?;
    }
    let head = [words::RECORD, words::RESULT, words::AMOUNT, words::REFERENCE, words::VOUCHER, words::REASON];
    line(&columns(head.map(word)))?;
    each_item(ledger, run, |item| line(&columns(cells(item, output).each_ref().map(String::as_str)))).await?;
    Ok(out.flush()?)
}

/// Returns the line of a row: the rows are never all in memory, so their columns have a width from the beginning.
fn columns(cells: [&str; 6]) -> String {
    let [record, result, amount, reference, voucher, reason] = cells;
    let line = [
        padded(record, 18),
        padded(result, 26),
        format!("{}{amount}", padded("", 17usize.saturating_sub(amount.width()))),
        padded(reference, 24),
        padded(voucher, 18),
        reason.to_owned(),
    ];
    line.join(" ").trim_end().to_owned()
}

fn cells(item: &RunItem, output: &Output) -> [String; 6] {
    let place = || item.place.as_ref().map(|place| format!("{} {}", output.word(words::LINE), place.line));
    let voucher = match (&item.voucher_number, &item.voucher_id) {
        (Some(number), Some(id)) => format!("{number} ({id})"),
        (None, Some(id)) => id.clone(),
        _ => String::new(),
    };
    let reason = match (&item.reason, &item.earlier_run_id) {
        (Some(reason), _) => output.reason(reason),
        (None, Some(run)) => format!("{} {run}", output.word(words::RUN).to_lowercase()),
        (None, None) => String::new(),
    };
    [
        item.record_id.clone().or_else(place).unwrap_or_default(),
        output.word(result(item.result)).to_owned(),
        item.amount.as_ref().map(|amount| output.money(amount)).unwrap_or_default(),
        item.reference.clone().unwrap_or_default(),
        voucher,
        reason,
    ]
}
