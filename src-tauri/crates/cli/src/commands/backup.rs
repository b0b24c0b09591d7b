//! Runs `backup`: a whole, checked copy of the ledger, now.

use serde_json::json;

use super::{actor, engine};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn backup(args: &Args, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    let made = engine.back_up(actor()).await?;
    if output.json {
        output.document(&json!({ "backup": made }));
    }
    output.say(format!("{} {}", output.word(words::REPORT_WRITTEN), made.display()));
    Ok(Status::Done)
}
