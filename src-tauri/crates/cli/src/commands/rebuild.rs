//! Runs `rebuild`: a new ledger from the accounting system, by reference.

use postonce_engine::{Engine, RebuildEnd, Rebuilt};
use serde_json::json;

use super::actor;
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, phrases};

pub(crate) async fn rebuild(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let parts = postonce_connectors::parts_anew(&workspace)?;
    let (rebuilt_at, lock) = (parts.ledger.path().to_owned(), parts.settings.file_lock.clone());
    let engine = Engine::new(parts);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    output.note(output.word(phrases::REBUILDING));
    let end = engine.rebuild(actor()).await;
    // The new ledger is closed before it takes the other's place.
    drop(engine);
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    let RebuildEnd { rebuilt, refused } = end?;
    let Some(rebuilt) = rebuilt else {
        let problem = refused.error.unwrap_or_else(|| Failure::internal("the rebuild ended without a word").problem);
        return Err(Failure { problem, lock: refused.lock.map(Box::new) });
    };
    postonce_engine::put_in_place(
        &rebuilt_at,
        &workspace.ledger_path(),
        &lock,
        &postonce_connectors::SystemClock::start(),
    )?;
    print(rebuilt, output);
    Ok(if rebuilt.in_doubt > 0 { Status::Attention } else { Status::Done })
}

fn print(rebuilt: Rebuilt, output: &Output) {
    if output.json {
        output.document(&json!({ "rebuilt": rebuilt }));
        return;
    }
    let row = |phrase: phrases::Phrase, count: u64| vec![output.word(phrase).to_owned(), count.to_string()];
    output.say(output.word(phrases::REBUILT));
    output.table(&[
        row(phrases::READ, rebuilt.records),
        row(phrases::EXPORTED, rebuilt.exported),
        row(phrases::IN_DOUBT, rebuilt.in_doubt),
        row(phrases::WITHOUT_RECORD, rebuilt.without_record),
    ]);
}
