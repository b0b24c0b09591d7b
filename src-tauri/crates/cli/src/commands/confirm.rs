//! Runs `confirm`, `set-aside` and `book-on`: a person's word on what a sync asked, on what left the source, and on what
//! lies in a closed period.

use postonce_engine::Engine;
use postonce_engine::domain::Topic;
use serde_json::json;

use super::{actor, engine};
use crate::args::{Args, BookOn, Confirm, Confirmed, SetAside};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn confirm(args: &Args, asked: &Confirm, output: &Output) -> Result<Status, Failure> {
    let topic = match asked.what {
        Confirmed::Books => Topic::Books,
        Confirmed::Prefix => Topic::Prefix,
        Confirmed::Source => Topic::Source,
        Confirmed::Ids => Topic::Ids,
        Confirmed::LookAlikes => Topic::LookAlikes,
        Confirmed::Record => Topic::LookAlikeId,
    };
    if let Some(id) = asked.id.as_deref().filter(|_| topic != Topic::LookAlikeId) {
        return Err(Failure::usage(format!("ID {id:?}: only `confirm record` takes one")));
    }
    let engine = engine(&args.open_workspace(output)?)?;
    match &asked.id {
        Some(id) => engine.confirm_record(id, &asked.reason, &actor()).await?,
        None => engine.confirm(topic, &asked.reason, &actor()).await?,
    }
    if output.json {
        output.document(&json!({ "confirmed": topic, "record_id": asked.id }));
    } else {
        output.say(output.word(words::CONFIRMED));
    }
    Ok(Status::Done)
}

pub(crate) async fn set_aside(args: &Args, asked: &SetAside, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    if asked.receipts {
        return set_receipts_aside(&engine, asked, output).await;
    }
    engine.set_aside(&asked.ids, &asked.reason, &actor()).await?;
    if output.json {
        output.document(&json!({ "set_aside": asked.ids }));
    } else {
        output.say(format!("{}: {}", output.word(words::SET_ASIDE), asked.ids.join(", ")));
    }
    Ok(Status::Done)
}

pub(crate) async fn book_on(args: &Args, asked: &BookOn, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    let ids = engine.choose_other_day(&asked.ids, asked.day, &asked.reason, &actor()).await?;
    if output.json {
        output.document(&json!({ "book_on": asked.day, "records": ids }));
    } else {
        output.say(format!("{} {}: {}", output.word(words::BOOK_ON), output.day(asked.day), ids.join(", ")));
    }
    Ok(Status::Done)
}

async fn set_receipts_aside(engine: &Engine, asked: &SetAside, output: &Output) -> Result<Status, Failure> {
    let mut all = Vec::new();
    for id in &asked.ids {
        let names = engine.set_receipts_aside(id, &asked.reason, &actor()).await?;
        all.push(json!({ "record_id": id, "receipts": names }));
        if !output.json {
            output.say(format!("{}: {id}: {}", output.word(words::SET_ASIDE), names.join(", ")));
        }
    }
    if output.json {
        output.document(&json!({ "set_aside": all }));
    }
    Ok(Status::Done)
}
