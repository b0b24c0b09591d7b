//! Runs `compare`: ledger against accounting system, both ways.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use indicatif::ProgressBar;
use postonce_connectors::books_file;
use postonce_engine::domain::{DifferenceKind, Period};
use postonce_engine::error::Problem;
use postonce_engine::views::{Comparison, Difference};
use postonce_engine::{
    CompareAsk, CompareEnd, ComparePhase, CompareProgress, Engine, Ledger, ReadBack, ReadBackAsk, ReadBackEnd,
};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use postonce_reports::{comparison_json, difference_json, difference_words, figures, verdict};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::attention::{part_names, part_of_voucher};
use super::files::reading_failure;
use super::report::Paper;
use super::{actor, sync};
use crate::args::{Args, Compare};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

const PAGE_DIFFERENCES: u32 = 1_000;
/// The most differences that are named on a terminal.
const NAMED_MAX: usize = 200;

pub(crate) async fn compare(args: &Args, asked: &Compare, output: &Output) -> Result<Status, Failure> {
    if let Some(books) = &asked.file {
        return read_back(args, asked, books, output).await;
    }
    let period = Period::new(asked.from, asked.to).map_err(Problem::from)?;
    let workspace = args.open_workspace(output)?;
    // A file that cannot be written is reported before the accounting system is asked for thousands of vouchers.
    let paper = asked.out.as_deref().map(|path| Paper::check(path, asked.force)).transpose()?;
    with_open_workspace(workspace, async |OpenWorkspace { workspace, engine, .. }| {
        let comparison = match run(engine, period, output).await {
            CompareEnd { comparison: Some(comparison), .. } => comparison,
            CompareEnd { error: Some(problem), lock, .. } => return Err(Failure { problem, lock: lock.map(Box::new) }),
            CompareEnd { .. } => {
                if output.json {
                    output.document(&json!({ "stopped": true }));
                }
                output.note(output.word(words::COMPARE_STOPPED));
                return Ok(Status::Stopped);
            }
        };
        if let Some(paper) = paper {
            paper.write(workspace, engine.ledger(), &comparison, None, output).await?;
        }
        if output.json {
            document(engine.ledger(), &comparison, None, output).await?;
        } else {
            print(engine.ledger(), &comparison, output).await?;
        }
        Ok(if comparison.is_equal() { Status::Done } else { Status::Attention })
    })
    .await
}

/// Reads the books back from a file, and draws the consequences.
async fn read_back(args: &Args, asked: &Compare, books: &Path, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let paper = asked.out.as_deref().map(|path| Paper::check(path, asked.force)).transpose()?;
    with_open_workspace(workspace, async |OpenWorkspace { workspace, engine, .. }| {
        let ask = ReadBackAsk { books: books_file(workspace, books), actor: actor() };
        let read = match engine.read_back(ask).await {
            ReadBackEnd { read: Some(read), .. } => read,
            end => return Err(reading_failure(end)),
        };
        let comparison = &read.comparison;
        if let Some(paper) = paper {
            paper.write(workspace, engine.ledger(), comparison, None, output).await?;
        }
        if output.json {
            document(engine.ledger(), comparison, Some(&read), output).await?;
        } else {
            tell_read(engine.ledger(), &read, output).await?;
        }
        let overdue = engine.overdue_files().await?;
        let is_well = comparison.differences == 0 && overdue.is_empty();
        Ok(if is_well { Status::Done } else { Status::Attention })
    })
    .await
}

async fn tell_read(ledger: &Ledger, read: &ReadBack, output: &Output) -> Result<(), Failure> {
    let row = |message, count: u64| vec![output.word(message).to_owned(), output.count(count)];
    let mut rows = vec![
        row(words::BOOKS_VOUCHERS, read.facts.vouchers),
        row(words::BOOKS_EXPORTED, read.exported),
        row(words::BOOKS_WAITING, read.waiting),
    ];
    rows.extend((read.absent > 0).then(|| row(words::BOOKS_ABSENT, read.absent)));
    output.table(&rows);
    for difference in
        ledger.differences(read.comparison.comparison_id, 0, PAGE_DIFFERENCES).await?.iter().take(NAMED_MAX)
    {
        output.say(format!("  {}", line(difference, output)));
        if difference.kind == DifferenceKind::Several {
            let name = difference.record_id.as_deref().unwrap_or(&difference.reference);
            let standing = difference.sides.accounting.iter();
            let vouchers: Vec<&str> = standing.map(|voucher| voucher.acknowledgement.voucher_id.as_str()).collect();
            output.say(format!("    {}", words::imported_twice(output.language, name, &vouchers.join(", "))));
        }
    }
    Ok(())
}

async fn run(engine: &Arc<Engine>, period: Period, output: &Output) -> CompareEnd {
    let stop = CancellationToken::new();
    let (asked_to_stop, word) = (stop.clone(), output.word(words::COMPARE_STOPPING));
    let stopper = tokio::spawn(async move {
        sync::asked_to_stop().await;
        let _ = writeln!(io::stderr(), "{word}");
        asked_to_stop.cancel();
    });
    let bar = if output.shows_progress() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let show = |progress: CompareProgress| {
        let phase = match progress.phase {
            ComparePhase::Ledger => words::COMPARE_LEDGER,
            ComparePhase::Accounting => words::COMPARE_ACCOUNTING,
            ComparePhase::Drafts => words::COMPARE_DRAFTS,
        };
        let total = progress.total.map(|total| format!("/{total}")).unwrap_or_default();
        bar.set_message(format!("{} {}{total}", output.word(phase), progress.processed));
        bar.tick();
    };
    let end = engine.compare(CompareAsk { period, actor: actor() }, show, stop).await;
    bar.finish_and_clear();
    stopper.abort();
    end
}

async fn document(
    ledger: &Ledger,
    comparison: &Comparison,
    read: Option<&ReadBack>,
    output: &Output,
) -> Result<(), Failure> {
    let mut differences: Vec<Value> = Vec::new();
    let mut after = 0;
    loop {
        let page = ledger.differences(comparison.comparison_id, after, PAGE_DIFFERENCES).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        differences.extend(page.iter().map(difference_json));
    }
    let mut document = comparison_json(comparison);
    if let Value::Object(members) = &mut document {
        members.insert("differences".to_owned(), json!(differences));
        if let Some(read) = read {
            members.insert("books".to_owned(), json!(read.facts));
            members.insert("exported".to_owned(), json!(read.exported));
            members.insert("still_waiting".to_owned(), json!(read.waiting));
            members.insert("proven_absent".to_owned(), json!(read.absent));
            members.insert("exported_by".to_owned(), json!(read.run_id));
        }
    }
    output.document(&document);
    Ok(())
}

async fn print(ledger: &Ledger, comparison: &Comparison, output: &Output) -> Result<(), Failure> {
    let mut rows = vec![
        vec![String::new(), output.word(words::LEDGER).to_owned(), output.word(words::ACCOUNTING).to_owned()],
        vec![
            output.word(words::VOUCHERS).to_owned(),
            output.count(comparison.ledger_vouchers),
            output.count(comparison.accounting_vouchers),
        ],
    ];
    for sum in &comparison.sums {
        let name = format!("{} {}", output.word(words::TOTAL), sum.currency);
        let amount = |decimal: &str| figures::amount(decimal, output.language);
        rows.push(vec![name, amount(&sum.ledger), amount(&sum.accounting)]);
    }
    output.table(&rows);
    output.say(verdict(comparison, output.language));
    if let Some(unseen) = comparison.unseen.as_ref().filter(|unseen| !unseen.is_empty()) {
        let parts: Vec<&str> = unseen.iter().map(|part| output.word(part_of_voucher(*part))).collect();
        output.say(format!("{}: {}", output.word(words::UNSEEN), parts.join(", ")));
    }
    for difference in ledger.differences(comparison.comparison_id, 0, PAGE_DIFFERENCES).await?.iter().take(NAMED_MAX) {
        output.say(format!("  {}", line(difference, output)));
    }
    if comparison.differences > NAMED_MAX as u64 {
        output.say(format!("  … {}", output.word(words::MORE)));
    }
    Ok(())
}

fn line(difference: &Difference, output: &Output) -> String {
    let what = difference_words(difference.kind, output.language);
    let name = difference.record_id.as_deref().unwrap_or(&difference.reference);
    let ours = difference.sides.ledger.as_ref().map(|side| {
        let voucher = side.voucher_id.as_deref().unwrap_or("–");
        let amount = output.amount(&side.currency, &side.amount);
        format!("{}: {voucher}, {}, {}", output.word(words::LEDGER), output.day(side.date), amount)
    });
    let theirs = difference.sides.accounting.iter().map(|voucher| {
        let id = &voucher.acknowledgement.voucher_id;
        let parts = part_names(&voucher.differs, output);
        let differs = if parts.is_empty() { String::new() } else { format!(", {parts}") };
        let name = output.word(words::ACCOUNTING);
        let amount = output.amount(&voucher.currency, &voucher.total);
        format!("{name}: {id}, {}, {amount}{differs}", output.day(voucher.date))
    });
    let sides: Vec<String> = ours.into_iter().chain(theirs).collect();
    format!("{what}: {name} ({})", sides.join("; "))
}
