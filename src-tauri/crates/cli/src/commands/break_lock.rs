//! Runs `break-lock`: takes the lock from its holder, with a reason.

use postonce_engine::BreakAsk;
use serde_json::json;

use super::{actor, engine};
use crate::args::{Args, BreakLock};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, holder, words};

pub(crate) async fn break_lock(args: &Args, asked: &BreakLock, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    let ask = BreakAsk { confirm: asked.confirm.clone(), reason: asked.reason.clone(), actor: actor() };
    let was = engine.break_lock(ask).await?;
    if output.json {
        output.document(&json!({ "broken": was }));
    }
    output.note(holder::sentence(output.reader(), &was));
    output.say(output.word(words::LOCK_BROKEN));
    Ok(Status::Done)
}
