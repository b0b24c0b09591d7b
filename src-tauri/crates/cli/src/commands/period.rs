//! Runs `period`: one month in a sentence, as the last reading and the ledger have it.

use postonce_engine::views::MonthState;
use postonce_reports::figures;

use super::{ledger, state};
use crate::args::{Args, Period};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, words};

pub(crate) async fn period(args: &Args, asked: &Period, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace(output)?)?;
    let month = ledger.month_state(asked.month).await?;
    if output.json {
        output.document(&json::month(&month));
    } else {
        print(&month, output);
    }
    Ok(if month.is_closed() { Status::Done } else { Status::Attention })
}

fn print(month: &MonthState, output: &Output) {
    let name = figures::month(month.month, output.language);
    let Some(read_at) = month.read_at else {
        output.say(words::month_unread(output.language, &name));
        return;
    };
    let counts = [
        (month.approved(), words::MONTH_APPROVED),
        (month.in_books(), words::MONTH_IN_BOOKS),
        (month.open(), words::MONTH_OPEN),
    ];
    let counts = counts.map(|(count, word)| format!("{} {}", output.count(count), output.word(word)));
    output.say(format!("{name}: {}.", counts.join(", ")));
    let rows: Vec<Vec<String>> = month
        .figures
        .iter()
        .map(|figures| {
            vec![
                format!("  {}", output.word(state(figures.state))),
                output.count(figures.records),
                output.money(&figures.sum),
            ]
        })
        .collect();
    output.table(&rows);
    if month.undated > 0 {
        output.say(format!("  {}: {}", output.word(words::MONTH_UNDATED), month.undated));
    }
    output.say(format!("  {}: {}", output.word(words::MONTH_READ), output.moment(read_at)));
}
