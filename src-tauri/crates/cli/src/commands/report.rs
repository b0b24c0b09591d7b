//! Writes reports: `certificate`, and the `--out` of `compare`.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use postonce_connectors::{SystemClock, Workspace};
use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::Clock as _;
use postonce_engine::views::{Comparison, RunSummary};
use postonce_reports::{Format, Report, ReportError};
use serde_json::json;

use super::ledger;
use crate::args::{Args, Certificate, Language};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, phrases};

pub(crate) async fn certificate(args: &Args, asked: &Certificate, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let paper = Paper::check(&asked.file, asked.force)?;
    let ledger = ledger(&workspace)?;
    let id = RunId::new(asked.run.as_str());
    let run = ledger.run(&id).await?.ok_or_else(|| Problem::new(ErrorCode::RunNotFound).with("id", &id))?;
    let comparison =
        ledger.certificate(&id).await?.ok_or_else(|| Problem::new(ErrorCode::CertificateMissing).with("id", &id))?;
    paper.write(&workspace, &ledger, &comparison, Some(run), output).await?;
    if output.json {
        output
            .document(&json!({ "written": asked.file, "certificate": postonce_reports::comparison_json(&comparison) }));
    }
    Ok(if comparison.is_equal() { Status::Done } else { Status::Attention })
}

/// Returns the language of a report, which is the command's.
pub(super) fn language(output: &Output) -> postonce_reports::Language {
    match output.language {
        Language::En => postonce_reports::Language::En,
        Language::Nb => postonce_reports::Language::Nb,
    }
}

/// A file that a report is to be written to.
pub(super) struct Paper {
    path: PathBuf,
    format: Format,
    force: bool,
}

impl Paper {
    /// Checks that the file can be written, before any work is done for it.
    pub(super) fn check(path: &Path, force: bool) -> Result<Self, Failure> {
        let Some(format) = Format::of(path) else {
            let problem = Problem::new(ErrorCode::ReportFormatUnknown).with("path", path.display());
            return Err(problem.with("allowed", Format::ENDINGS).into());
        };
        if !force && path.exists() {
            return Err(Problem::new(ErrorCode::ReportExists).with("path", path.display()).into());
        }
        Ok(Self { path: path.to_owned(), format, force })
    }

    /// Writes the report into a part file first, so that no half report ever stands in its place.
    pub(super) async fn write(
        &self,
        workspace: &Workspace,
        ledger: &Ledger,
        comparison: &Comparison,
        run: Option<RunSummary>,
        output: &Output,
    ) -> Result<(), Failure> {
        let papers = ledger.papers(run.as_ref().map(|run| &run.run_id)).await?;
        let report = Report {
            comparison: comparison.clone(),
            run,
            papers,
            organisation_name: workspace.organisation_name().to_owned(),
            time_zone: workspace.time_zone(),
            language: language(output),
            made_at: SystemClock::start().now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let part = part_file(&self.path);
        let written = self.write_to(&part, ledger, &report).await;
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written?;
        output.note(format!("{} {}", output.word(phrases::REPORT_WRITTEN), self.path.display()));
        Ok(())
    }

    async fn write_to(&self, part: &Path, ledger: &Ledger, report: &Report) -> Result<(), Failure> {
        let unwritable = |error: &dyn std::fmt::Display| unwritable(&self.path, error);
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(part);
        let mut out = BufWriter::new(file.map_err(|error| unwritable(&error))?);
        match postonce_reports::write(ledger, report, self.format, &mut out).await {
            Ok(()) => {}
            Err(ReportError::Ledger(error)) => return Err(error.into()),
            Err(error) => return Err(unwritable(&error)),
        }
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|error| unwritable(&error))?;
        drop(out);
        put_in_place(part, &self.path, self.force)
    }
}

/// Returns the path of a file's part, which is written before it takes the file's place.
pub(super) fn part_file(path: &Path) -> PathBuf {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    PathBuf::from(part)
}

/// Moves a complete part into its place; an existing file is replaced only by force.
pub(super) fn put_in_place(part: &Path, path: &Path, force: bool) -> Result<(), Failure> {
    if force {
        return fs::rename(part, path).map_err(|error| unwritable(path, &error));
    }
    // A link fails when a file appeared there meanwhile; a file system without links gets the rename.
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part).map_err(|error| unwritable(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Problem::new(ErrorCode::ReportExists).with("path", path.display()).into())
        }
        Err(_) => fs::rename(part, path).map_err(|error| unwritable(path, &error)),
    }
}

pub(super) fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Problem::new(ErrorCode::ReportUnwritable).with("path", path.display()).with("detail", error).into()
}
