//! Runs `config check`: what can be said of a workspace before anything is asked over a network.

use postonce_connectors::Secrets;
use postonce_engine::error::Problem;
use serde_json::json;

use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) fn check(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let secrets = Secrets::of(&workspace);
    let found =
        workspace.secret_names().into_iter().map(|name| (name, secrets.get(name).map(drop).map_err(Problem::from)));
    let found: Vec<(&str, Result<(), Problem>)> = found.collect();
    if output.json {
        let names = found.iter().map(|(name, found)| json!({ "name": name, "found": found.is_ok() }));
        output.document(&json!({
            "workspace": workspace.file_path(), "practice": workspace.is_practice(),
            "schedule": workspace.schedule().map(ToString::to_string), "secrets": names.collect::<Vec<_>>(),
        }));
    }
    output.say(format!("{} {}", output.word(words::CONFIG_READ), workspace.file_path().display()));
    for problem in found.iter().filter_map(|(_, found)| found.as_ref().err()) {
        output.trouble(problem);
    }
    Ok(if found.iter().all(|(_, found)| found.is_ok()) { Status::Done } else { Status::Attention })
}
