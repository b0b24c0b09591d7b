//! Runs `postonce`, the command line: the engine for schedulers, scripts and servers. Its output with `--json` and its
//! exit status are a promise (`src-tauri/docs/interfaces.md`).

mod args;
mod bar;
mod commands;
mod failure;
mod holder;
mod json;
mod log;
mod output;
mod terminal;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::usage(&error),
    };
    start_log(args.verbose);
    let output = Output::new(args.json, args.language(), args.program());
    let status = match run(&args, &output) {
        Ok(status) => status.into(),
        Err(failure) => output.failure(&failure, args.command.advice()),
    };
    output.end(status)
}

fn run(args: &Args, output: &Output) -> Result<Status, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let status = runtime.block_on(async {
        match &args.command {
            Command::Init(init) => commands::init::init(args, init, output),
            Command::Sync(sync) => commands::sync::sync(args, sync, output).await,
            Command::Schedule => commands::schedule::schedule(args, output).await,
            Command::Status => commands::status::status(args, output).await,
            Command::History(history) => commands::history::history(args, history, output).await,
            Command::Run(run) => commands::history::run(args, run, output).await,
            Command::Record(record) => commands::record::record(args, record, output).await,
            Command::Period(asked) => commands::period::period(args, asked, output).await,
            Command::Attention => commands::attention::attention(args, output).await,
            Command::ReExport(asked) => commands::re_export::re_export(args, asked, output).await,
            Command::Approve(asked) => commands::re_export::approve(args, asked, output).await,
            Command::Decline(asked) => commands::re_export::decline(args, asked, output).await,
            Command::Resolve(asked) => commands::resolve::resolve(args, asked, output).await,
            Command::BreakLock(asked) => commands::break_lock::break_lock(args, asked, output).await,
            Command::Audit(asked) => commands::audit::audit(args, asked, output).await,
            Command::Accept(asked) => commands::accept::accept(args, asked, output).await,
            Command::Confirm(asked) => commands::confirm::confirm(args, asked, output).await,
            Command::SetAside(asked) => commands::confirm::set_aside(args, asked, output).await,
            Command::Compare(asked) => commands::compare::compare(args, asked, output).await,
            Command::Certificate(asked) => commands::report::certificate(args, asked, output).await,
            Command::Rebuild(asked) => commands::rebuild::rebuild(args, asked, output).await,
            Command::Source(asked) => commands::source::source(args, asked, output).await,
            Command::Secret(secret) => commands::secret::secret(args, secret, output),
            Command::Sandbox(sandbox) => commands::sandbox::sandbox(args, sandbox, output).await,
        }
    });
    // A keyring that hangs must not hold the process.
    runtime.shutdown_background();
    status
}

/// The exit status of a command that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Done,
    /// A person stopped it before its end.
    Stopped,
    /// It is done, but something waits for a person.
    Attention,
    /// It failed, and said so in its own document; the exit status of the error.
    Failed(u8),
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => 0,
            Status::Stopped => 1,
            Status::Attention => 4,
            Status::Failed(status) => status,
        }
    }
}

fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info,postonce=debug",
        _ => "debug,postonce=trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("POSTONCE_LOG").unwrap_or_else(|_| level.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| log::Harmless(std::io::stderr()))
        .with_target(false)
        .init();
}
