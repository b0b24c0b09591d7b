//! Runs `rebuild`: a new ledger from the accounting system, by reference.

use postonce_engine::Rebuilt;
use postonce_practice::RebuildWish;
use postonce_words::Message;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::actor;
use crate::args::{Args, Rebuild};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn rebuild(args: &Args, asked: &Rebuild, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let begun = || output.note(output.word(words::REBUILDING));
    let wish = RebuildWish { actor: actor(), reason: asked.reason.clone(), confirm: asked.confirm.clone() };
    let rebuilt = postonce_practice::rebuild(&workspace, wish, CancellationToken::new(), begun).await?;
    print(rebuilt, output);
    Ok(if rebuilt.in_doubt > 0 { Status::Attention } else { Status::Done })
}

fn print(rebuilt: Rebuilt, output: &Output) {
    if output.json {
        output.document(&json!({ "rebuilt": rebuilt }));
        return;
    }
    let row = |message: Message, count: u64| vec![output.word(message).to_owned(), output.count(count)];
    output.say(output.word(words::REBUILT));
    output.table(&[
        row(words::READ, rebuilt.records),
        row(words::EXPORTED, rebuilt.exported),
        row(words::IN_DOUBT, rebuilt.in_doubt),
        row(words::WITHOUT_RECORD, rebuilt.without_record),
    ]);
}
