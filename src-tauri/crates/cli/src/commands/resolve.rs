//! Runs `resolve`: a person's word on a record in doubt.

use postonce_engine::{Resolution, ResolveAsk, SyncEnd};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use serde_json::json;

use super::actor;
use crate::args::{Args, Resolve};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn resolve(args: &Args, asked: &Resolve, output: &Output) -> Result<Status, Failure> {
    let resolution = match &asked.posted {
        Some(voucher_id) => Resolution::Posted { voucher_id: voucher_id.clone() },
        None => Resolution::NotPosted,
    };
    let ask = ResolveAsk { record_id: asked.id.clone(), resolution, reason: asked.reason.clone(), actor: actor() };
    let resolve = async |open: &OpenWorkspace| open.engine.resolve(ask).await;
    let SyncEnd { error, lock, .. } = with_open_workspace(args.open_workspace(output)?, resolve).await?;
    if let Some(problem) = error {
        return Err(Failure { problem, lock: lock.map(Box::new) });
    }
    let said = if asked.posted.is_some() { words::RESOLVED_POSTED } else { words::RESOLVED_NOT_POSTED };
    if output.json {
        output.document(&json!({ "resolved": asked.id, "voucher_id": asked.posted }));
    } else {
        output.say(output.word(said));
    }
    Ok(Status::Done)
}
