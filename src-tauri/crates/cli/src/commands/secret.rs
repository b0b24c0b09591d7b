//! Runs `secret`: tokens in the system's keyring. The value comes from standard input, and is never shown.

use std::io::{self, IsTerminal as _, Read as _};

use postonce_connectors::Secrets;
use postonce_engine::error::Problem;
use secrecy::SecretString;
use serde_json::json;

use crate::args::{Args, Secret, SecretAct};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

/// The most bytes of a secret; a token has some hundred.
const VALUE_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn secret(args: &Args, asked: &Secret, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let secrets = Secrets::of(&workspace);
    let (name, message) = match &asked.act {
        SecretAct::Set { name } => {
            secrets.set(name, &value(output)?).map_err(Problem::from)?;
            (name, words::SECRET_KEPT)
        }
        SecretAct::Delete { name } => {
            let was_there = secrets.delete(name).map_err(Problem::from)?;
            (name, if was_there { words::SECRET_DELETED } else { words::SECRET_WAS_NOT })
        }
    };
    if output.json {
        output.document(&json!({ "secret": name }));
    }
    output.say(format!("{} {name}", output.word(message)));
    Ok(Status::Done)
}

fn value(output: &Output) -> Result<SecretString, Failure> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(output.word(words::SECRET_PROMPT)).map_err(Failure::usage)?.into());
    }
    let mut value = String::new();
    io::stdin().take(VALUE_BYTES_MAX).read_to_string(&mut value).map_err(Failure::usage)?;
    Ok(value.into())
}
