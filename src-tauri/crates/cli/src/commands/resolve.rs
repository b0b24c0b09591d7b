//! Runs `resolve`: a person's word on a record in doubt.

use postonce_engine::{Engine, Resolution, ResolveAsk, SyncEnd};
use serde_json::json;

use super::actor;
use crate::args::{Args, Resolve};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, phrases};

pub(crate) async fn resolve(args: &Args, asked: &Resolve, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    let resolution = match &asked.posted {
        Some(voucher_id) => Resolution::Posted { voucher_id: voucher_id.clone() },
        None => Resolution::NotPosted,
    };
    let ask = ResolveAsk { record_id: asked.id.clone(), resolution, reason: asked.reason.clone(), actor: actor() };
    let end = engine.resolve(ask).await;
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    let SyncEnd { error, lock, .. } = end?;
    if let Some(problem) = error {
        return Err(Failure { problem, lock: lock.map(Box::new) });
    }
    let said = if asked.posted.is_some() { phrases::RESOLVED_POSTED } else { phrases::RESOLVED_NOT_POSTED };
    if output.json {
        output.document(&json!({ "resolved": asked.id, "voucher_id": asked.posted }));
    } else {
        output.say(output.word(said));
    }
    Ok(Status::Done)
}
