//! Runs `accept`: a person's word that a changed or vanished record may stay as it is.

use serde_json::json;

use super::{actor, engine};
use crate::args::{Accept, Args};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn accept(args: &Args, asked: &Accept, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    engine.accept(&asked.id, &asked.reason, &actor()).await?;
    if output.json {
        output.document(&json!({ "accepted": asked.id }));
    } else {
        output.say(format!("{}: {}", output.word(words::ACCEPTED), asked.id));
    }
    Ok(Status::Done)
}
