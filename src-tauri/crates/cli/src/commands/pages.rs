//! Runs `completions` and `man`: both are made from the arguments themselves, and so never say anything else.

use std::path::Path;

use clap::CommandFactory as _;
use postonce_engine::error::Problem;

use crate::Status;
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn completions(shell: clap_complete::Shell, output: &Output) -> Status {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "postonce", &mut text);
    output.raw(&text);
    Status::Done
}

pub(crate) fn man(folder: &Path, output: &Output) -> Result<Status, Failure> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Args::command(), folder));
    written.map_err(|error| Problem::report_unwritable(folder.display(), error))?;
    output.say(folder.display().to_string());
    Ok(Status::Done)
}
