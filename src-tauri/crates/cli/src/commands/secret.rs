//! Runs `secret`: tokens in the system's keyring. The value comes from standard input, and is never shown.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Read as _};
use std::sync::Arc;

use postonce_connectors::{Secrets, Workspace, actor};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{Engine, SettingChange};
use secrecy::SecretString;
use serde_json::json;

use crate::args::{Args, Secret, SecretAct};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

/// The most bytes of a secret; a token has some hundred.
const VALUE_BYTES_MAX: u64 = 64 * 1024;

pub(crate) async fn secret(args: &Args, asked: &Secret, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let secrets = Arc::new(Secrets::of(&workspace));
    let (SecretAct::Set { name } | SecretAct::Delete { name }) = &asked.act;
    check_name(&workspace, name, output)?;
    let message = match &asked.act {
        SecretAct::Set { name } => {
            let held = BTreeMap::from([(name.clone(), value(output)?)]);
            let change = SettingChange { key: key(name), before: None, after: Some(HIDDEN.to_owned()) };
            secrets.keep(held, enter(&workspace, change, output)).await?;
            words::SECRET_KEPT
        }
        SecretAct::Delete { name } => {
            let was_there = secrets.delete(name).map_err(Problem::from)?;
            if was_there {
                let change = SettingChange { key: key(name), before: Some(HIDDEN.to_owned()), after: None };
                enter(&workspace, change, output).await?;
            }
            if was_there { words::SECRET_DELETED } else { words::SECRET_WAS_NOT }
        }
    };
    if output.json {
        output.document(&json!({ "secret": name }));
    }
    output.say(format!("{} {name}", output.word(message)));
    Ok(Status::Done)
}

/// Stands in the trail for a secret that is there.
const HIDDEN: &str = "…";

fn key(name: &str) -> String {
    format!("secret {name}")
}

/// Refuses a name that this workspace has no use for: a token under a name with a slip in it is missed in the night. The
/// key that signs the trail is nobody's to replace.
fn check_name(workspace: &Workspace, name: &str, output: &Output) -> Result<(), Failure> {
    let names = workspace.secret_names();
    if names.contains(&name) && !Secrets::is_reserved(name) {
        return Ok(());
    }
    Err(Failure::usage(words::secret_unknown(output.language, name, &names.join(", "))))
}

/// Enters in the audit trail that a secret was changed, if there is a ledger. A workspace that cannot be opened yet, since
/// it lacks another secret, has its entry when that one is set.
async fn enter(workspace: &Workspace, change: SettingChange, output: &Output) -> Result<(), Problem> {
    if !workspace.ledger_path().exists() {
        return Ok(());
    }
    let of = workspace.clone();
    let parts =
        tokio::task::spawn_blocking(move || postonce_connectors::parts(&of)).await.map_err(Problem::internal)?;
    let engine = match parts {
        Ok(parts) => Engine::new(parts),
        Err(problem) if matches!(problem.code, ErrorCode::SecretMissing | ErrorCode::KeyringUnavailable) => {
            output.trouble(&problem);
            return Ok(());
        }
        Err(problem) => return Err(problem),
    };
    let still = engine.hold_still()?;
    engine.settings_changed(&still, &workspace.settings(), vec![change], &actor()).await
}

fn value(output: &Output) -> Result<SecretString, Failure> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(output.word(words::SECRET_PROMPT)).map_err(Failure::usage)?.into());
    }
    let mut value = String::new();
    io::stdin().take(VALUE_BYTES_MAX).read_to_string(&mut value).map_err(Failure::usage)?;
    Ok(value.into())
}
