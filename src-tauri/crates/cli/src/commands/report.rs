//! Writes reports: `certificate`, and the `--out` of `compare`.

use std::path::Path;

use postonce_connectors::{SystemClock, Workspace};
use postonce_engine::Ledger;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_engine::views::{Comparison, RunSummary};
use postonce_reports::{Format, Overwrite, Place, Report};
use serde_json::json;

use super::{ledger, run_id};
use crate::args::{Args, Certificate};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, words};

pub(crate) async fn certificate(args: &Args, asked: &Certificate, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let paper = Paper::check(&asked.file, asked.force)?;
    let ledger = ledger(&workspace)?;
    let id = run_id(&ledger, &asked.run).await?;
    let run = ledger.run(&id).await?.ok_or_else(|| Problem::run_not_found(&id))?;
    let comparison = ledger.certificate(&id).await?.ok_or_else(|| Problem::certificate_missing(&id))?;
    paper.write(&workspace, &ledger, &comparison, Some(run), output).await?;
    if output.json {
        output
            .document(&json!({ "written": asked.file, "certificate": postonce_reports::comparison_json(&comparison) }));
    }
    Ok(if comparison.is_equal() { Status::Done } else { Status::Attention })
}

/// A file that a report is to be written to.
pub(super) struct Paper {
    place: Place,
    format: Format,
}

impl Paper {
    /// Checks that the file can be written, before any work is done for it.
    pub(super) fn check(path: &Path, force: bool) -> Result<Self, Failure> {
        let Some(format) = Format::of(path) else {
            return Err(Problem::report_format_unknown(path.display(), Format::ENDINGS).into());
        };
        Ok(Self { place: free_place(path, force)?, format })
    }

    /// Writes the report.
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
            accounts: Vec::new(),
            comparison: comparison.clone(),
            run,
            papers,
            organisation_name: workspace.organisation_name().to_owned(),
            time_zone: workspace.time_zone(),
            language: output.language,
            made_at: SystemClock::start().now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let written = self.place.write(async |out| postonce_reports::write(ledger, &report, self.format, out).await);
        written.await.map_err(|error| error.problem(self.place.path()))?;
        output.note(format!("{} {}", output.word(words::REPORT_WRITTEN), self.place.path().display()));
        Ok(())
    }
}

/// Returns the place of a file. A file that stands there is refused now, before any work is done, unless it is
/// replaced by force.
pub(super) fn free_place(path: &Path, force: bool) -> Result<Place, Failure> {
    let place = Place::new(path, if force { Overwrite::Allow } else { Overwrite::Refuse });
    place.check().map_err(|error| error.problem(path))?;
    Ok(place)
}
