//! Runs `forget`: blanks what old records say of people.

use postonce_engine::ForgetAsk;
use serde_json::json;

use super::{actor, engine};
use crate::args::{Args, Forget};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn forget(args: &Args, asked: &Forget, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    let Some(reason) = &asked.reason else {
        let records = engine.due_to_be_forgotten(asked.before).await?;
        if output.json {
            output.document(&json!({ "would_be_forgotten": records }));
        }
        output.say(words::forgets(output.language, records));
        return Ok(Status::Done);
    };
    let ask = ForgetAsk { before: asked.before, reason: reason.clone(), actor: actor() };
    let forgotten = engine.forget(ask).await?;
    if output.json {
        output.document(&json!({
            "forgotten": forgotten.records, "copies": forgotten.copies, "left": forgotten.left,
        }));
    }
    output.say(words::forgotten(output.language, forgotten.records, forgotten.copies));
    if forgotten.left.is_empty() {
        return Ok(Status::Done);
    }
    output.note(output.word(words::FORGET_LEFT));
    for copy in &forgotten.left {
        output.note(format!("– {}", copy.display()));
    }
    Ok(Status::Attention)
}
