//! Runs `restore`: puts a backup in the place of the ledger.

use std::path::Path;

use postonce_connectors::{SystemClock, UuidIds};
use postonce_engine::RestoreAsk;
use postonce_engine::error::Problem;
use serde_json::json;

use super::{LAST, actor};
use crate::args::{Args, Restore};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn restore(args: &Args, asked: &Restore, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let (name, id, typed) = (workspace.organisation_name(), workspace.organisation().as_str(), asked.confirm.trim());
    if typed != name && typed != id {
        return Err(Problem::confirmation_differs(name, typed).into());
    }
    let newest = asked.backup == Path::new(LAST);
    let ask =
        RestoreAsk { backup: (!newest).then(|| asked.backup.clone()), reason: asked.reason.clone(), actor: actor() };
    workspace.close_to_others();
    let signer = postonce_connectors::signer(&workspace);
    let (clock, ids) = (SystemClock::start(), UuidIds);
    let backup = postonce_engine::restore(&workspace.ledger_path(), ask, signer, &clock, &ids).await?;
    if output.json {
        output.document(&json!({ "restored": backup }));
    }
    output.say(format!("{} {}", output.word(words::RESTORED), output.call(&["rebuild"])));
    Ok(Status::Done)
}
