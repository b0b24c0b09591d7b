//! Runs `postonce`, the command line: the engine for schedulers, scripts and servers. Its output with `--json` and its
//! exit status are a promise (`src-tauri/docs/interfaces.md`).

mod args;
mod bar;
mod calendar;
mod commands;
mod failure;
mod help;
mod holder;
mod json;
mod log;
mod output;
mod terminal;
mod units;
mod watchdog;
mod words;

use std::process::ExitCode;

use clap::FromArgMatches as _;
use postonce_connectors::keep_files_private;

use args::{Args, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    keep_files_private();
    let language = args::language_asked(std::env::args_os());
    let parsed = help::command(language).try_get_matches().and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => return help::report(&error, language),
    };
    let output = Output::new(args.json, args.language(), args.program()).quiet_if(args.quiet);
    let done = log::start(args.verbose, args.log_file.as_deref()).and_then(|()| run(&args, &output));
    let problem = done.as_ref().err().map(|failure| &failure.problem);
    let status = match &done {
        Ok(status) => (*status).into(),
        Err(failure) => output.failure(failure, args.command.advice()),
    };
    log::ended(args.command.name(), status, problem);
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
            Command::BookOn(asked) => commands::confirm::book_on(args, asked, output).await,
            Command::Files(asked) => commands::files::files(args, asked, output).await,
            Command::Compare(asked) => commands::compare::compare(args, asked, output).await,
            Command::Certificate(asked) => commands::report::certificate(args, asked, output).await,
            Command::Rebuild(asked) => commands::rebuild::rebuild(args, asked, output).await,
            Command::Source(asked) => commands::source::source(args, asked, output).await,
            Command::Secret(secret) => commands::secret::secret(args, secret, output).await,
            Command::Backup => commands::backup::backup(args, output).await,
            Command::Restore(asked) => commands::restore::restore(args, asked, output).await,
            Command::Forget(asked) => commands::forget::forget(args, asked, output).await,
            Command::Service(asked) => commands::service::service(args, asked, output),
            Command::Config(_) => commands::config::check(args, output),
            Command::Support(asked) => commands::support::support(args, asked, output).await,
            Command::Notify(_) => commands::notify::test(args, output).await,
            Command::Completions { shell } => Ok(commands::pages::completions(*shell, output)),
            Command::Man { folder } => commands::pages::man(folder, output),
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
