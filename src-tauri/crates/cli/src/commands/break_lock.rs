//! Runs `break-lock`: takes the lock from its holder, with a reason.

use postonce_engine::{BreakAsk, Engine};
use serde_json::json;

use super::actor;
use crate::args::{Args, BreakLock};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, holder, phrases};

pub(crate) async fn break_lock(args: &Args, asked: &BreakLock, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let ask = BreakAsk { confirm: asked.confirm.clone(), reason: asked.reason.clone(), actor: actor() };
    let was = engine.break_lock(ask).await?;
    if output.json {
        output.document(&json!({ "broken": was }));
    }
    output.note(holder::sentence(output.language, &was));
    output.say(output.word(phrases::LOCK_BROKEN));
    Ok(Status::Done)
}
