//! Runs `sandbox`: the practice platform and accounting system, until interrupted.

use std::net::{Ipv4Addr, SocketAddr};

use postonce_practice::{self as practice, Options};
use serde_json::json;

use super::sync::asked_to_stop;
use crate::args::{Args, Sandbox};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

/// The sandbox's port when neither the command nor the workspace names one.
const PORT_DEFAULT: u16 = 4010;

pub(crate) async fn sandbox(args: &Args, asked: &Sandbox, output: &Output) -> Result<Status, Failure> {
    let sandbox = practice::start(options(args, asked, output)?).await?;
    if output.json {
        output.document(&json!({ "url": sandbox.url(), "port": sandbox.address().port() }));
    }
    output.say(format!("{} {}", output.word(words::LISTENING), sandbox.url()));
    output.say(output.word(words::TOKENS));
    asked_to_stop().await;
    sandbox.stop().await;
    Ok(Status::Done)
}

/// Returns the sandbox of a practice workspace; in another workspace one that keeps books for the organisation there.
fn options(args: &Args, asked: &Sandbox, output: &Output) -> Result<Options, Failure> {
    let plain = || Options { address: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT_DEFAULT)), ..Options::default() };
    let mut options = match args.workspace_if_any(output)? {
        Some(workspace) if workspace.is_practice() => practice::options(&workspace),
        Some(workspace) => Options { organisation: practice::organisation(&workspace), ..plain() },
        None => plain(),
    };
    if let Some(port) = asked.port {
        options.address.set_port(port);
    }
    options.store = asked.store.clone().or(options.store);
    options.faults.clone_from(&asked.faults);
    options.records.clone_from(&asked.records);
    Ok(options)
}
