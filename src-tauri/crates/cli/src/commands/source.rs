//! Runs `source check`: what a reading of the records finds, without a ledger and without the network.

use std::path::{Path, PathBuf};

use postonce_connectors::workspace::{FileSection, SourceSection, plain};
use postonce_connectors::{
    FileSettings, Finding, Preview, Question, RemarkKind, SourceSettings, SystemClock, Workspace, guess,
};
use postonce_engine::error::Problem;
use postonce_engine::views::Reason;
use postonce_reports::sentences;
use serde_json::{Value, json};

use crate::args::{Args, SourceAct, SourceArgs};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json as documents, words};

/// The findings of a check.
struct Checked {
    path: String,
    /// The questions of a file that no workspace describes.
    questions: Vec<Question>,
    preview: Preview,
    /// The reason why nothing could be read.
    stop: Option<Problem>,
}

pub(crate) async fn source(args: &Args, asked: &SourceArgs, output: &Output) -> Result<Status, Failure> {
    let SourceAct::Check { file } = &asked.act;
    let workspace = args.workspace_if_any(output)?;
    let checked = match (workspace, file) {
        (Some(workspace), file) => of_workspace(&workspace, file.clone()).await?,
        (None, Some(file)) => blocking(file.clone(), |file| Ok(of_guess(&file)?)).await?,
        // There is nothing to check: the failure says where the workspace was looked for.
        (None, None) => {
            return Err(args.open_workspace(output).err().unwrap_or_else(|| Failure::usage("source check")));
        }
    };
    if output.json {
        output.document(&document(&checked, output));
    } else {
        print(&checked, output);
    }
    Ok(if is_open(&checked) { Status::Attention } else { Status::Done })
}

async fn blocking<I: Send + 'static, T: Send + 'static>(
    input: I,
    act: impl FnOnce(I) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(move || act(input)).await;
    done.unwrap_or_else(|error| Err(Failure::internal(error)))
}

/// Checks the files that a workspace names, or one other file by the same settings.
async fn of_workspace(workspace: &Workspace, file: Option<PathBuf>) -> Result<Checked, Failure> {
    let SourceSettings::Files(settings) = workspace.source() else {
        return Err(Failure::usage("source check: source.kind = \"platform\""));
    };
    let file = file.map(std::path::absolute).transpose().map_err(Failure::internal)?;
    let settings = settings.as_ref().clone();
    blocking((settings, file), |(settings, file)| {
        let settings = file.map_or_else(|| settings.clone(), |file| settings.for_file(&file));
        Ok(read(&settings, Vec::new()))
    })
    .await
}

/// Checks a file by what it shows itself.
fn of_guess(file: &Path) -> Result<Checked, Problem> {
    let file = std::path::absolute(file).map_err(Problem::internal)?;
    let found = match guess(&file, None) {
        Ok(found) => found,
        Err(error) => {
            let (path, stop) = (file.display().to_string(), Some(error.into()));
            return Ok(Checked { path, questions: Vec::new(), preview: Preview::default(), stop });
        }
    };
    let folder = file.parent().unwrap_or(Path::new("/")).to_owned();
    let section = SourceSection::Files(FileSection::of_guess(&found, file.to_string_lossy().into_owned()));
    let workspace = Workspace::imagined(&folder, &plain()).and_then(|it| it.with(&section.changes()));
    let settings = workspace.map(|workspace| match workspace.source() {
        SourceSettings::Files(settings) => Some(settings.as_ref().clone()),
        SourceSettings::Platform(_) => None,
    });
    let missing = missing(&found.columns);
    let stop = match settings {
        Ok(Some(settings)) => return Ok(read(&settings, found.questions)),
        Err(error) if missing.is_empty() => error.into(),
        // A field that every record needs has no column: the question says which, and nothing can be read yet.
        Ok(None) | Err(_) => Problem::source_column_missing(file.display(), missing, "–"),
    };
    let (path, questions) = (file.display().to_string(), found.questions);
    Ok(Checked { path, questions, preview: Preview::default(), stop: Some(stop) })
}

fn missing(columns: &[postonce_connectors::ColumnGuess]) -> String {
    let is_missing =
        |field: &postonce_connectors::Field| field.is_required() && columns.iter().all(|column| column.field != *field);
    let names = postonce_connectors::Field::ALL.into_iter().filter(is_missing).map(|field| field.name());
    names.collect::<Vec<_>>().join(", ")
}

fn read(settings: &FileSettings, questions: Vec<Question>) -> Checked {
    let preview = Preview::of(settings, &SystemClock::start(), 0);
    Checked { path: settings.dir.join(&settings.path).display().to_string(), questions, preview, stop: None }
}

/// Says whether something has more than one reading, or none. A row that a rule leaves out has one, and so has a day
/// that nothing contradicts: the workspace says how it is meant.
fn is_open(checked: &Checked) -> bool {
    let is_open = |finding: &Finding| match finding {
        Finding::Stops(_) | Finding::Held(_) => true,
        Finding::LeftOut(_) => false,
        Finding::Remark(remark) => remark.kind != RemarkKind::OrderUnproven,
    };
    let Checked { questions, preview, stop, .. } = checked;
    stop.is_some() || !questions.is_empty() || preview.held > 0 || preview.findings.iter().any(is_open)
}

fn document(checked: &Checked, output: &Output) -> Value {
    let Checked { path, questions, preview, stop } = checked;
    let stopped = stop.iter().map(|problem| finding(&Finding::Stops(problem.clone()), output));
    let questions = questions.iter().map(|question| {
        json!({
            "kind": "question", "file": null, "line": null, "code": question.kind.name(),
            "message": sentences::question(output.reader(), question.kind.name(), &params(question)), "detail": question.params,
            "glimpse": null,
        })
    });
    let findings = preview.findings.iter().map(|it| finding(it, output));
    json!({
        "path": path, "one_reading": !is_open(checked),
        "counts": { "records": preview.records, "held": preview.held, "left_out": preview.left_out },
        "findings": stopped.chain(questions).chain(findings).collect::<Vec<_>>(),
        "findings_left_out": preview.findings_left_out,
    })
}

fn params(question: &Question) -> std::collections::BTreeMap<String, String> {
    question.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn finding(finding: &Finding, output: &Output) -> Value {
    match finding {
        Finding::Stops(problem) => {
            let mut value = documents::failure(output.reader(), problem, None);
            let line = problem.params.get("line").and_then(|line| line.parse::<u64>().ok());
            value["kind"] = json!("stops");
            value["file"] = json!(problem.params.get("path"));
            value["line"] = json!(line);
            value["glimpse"] = Value::Null;
            value
        }
        Finding::Held(flaw) | Finding::LeftOut(flaw) => {
            let kind = if matches!(finding, Finding::Held(_)) { "held" } else { "left_out" };
            let reason = Reason::Held(flaw.reason.clone());
            json!({
                "kind": kind, "file": flaw.place.file, "line": flaw.place.line, "code": flaw.reason.code(),
                "message": output.reason(&reason), "detail": flaw.reason, "glimpse": flaw.glimpse,
            })
        }
        Finding::Remark(remark) => json!({
            "kind": "remark", "file": remark.file, "line": remark.line, "code": remark.kind.name(),
            "message": sentences::remark(output.reader(), remark.kind.name(), &remark.column, &remark.text),
            "detail": { "column": remark.column, "text": remark.text }, "glimpse": null,
        }),
    }
}

fn print(checked: &Checked, output: &Output) {
    let Checked { questions, preview, stop, .. } = checked;
    let reader = output.reader();
    if let Some(problem) = stop {
        output.say(output.error(problem));
    }
    for question in questions {
        output.say(sentences::question(reader, question.kind.name(), &params(question)));
    }
    for found in &preview.findings {
        match found {
            Finding::Stops(problem) => output.say(output.error(problem)),
            Finding::Held(flaw) | Finding::LeftOut(flaw) => {
                let sentence = output.reason(&Reason::Held(flaw.reason.clone()));
                output.say(format!("{}:{}: {sentence}", flaw.place.file, flaw.place.line));
                output.say(format!("    {}", flaw.glimpse));
            }
            Finding::Remark(remark) => {
                let sentence = sentences::remark(reader, remark.kind.name(), &remark.column, &remark.text);
                output.say(format!("{}:{}: {sentence}", remark.file, remark.line));
            }
        }
    }
    if preview.findings_left_out > 0 {
        output.say(format!("{}: {}", output.word(words::MORE), preview.findings_left_out));
    }
    output.say(words::source_checked(output.language, preview.records, preview.held, preview.left_out));
    output.say(output.word(if is_open(checked) { words::SOURCE_OPEN } else { words::SOURCE_ONE_READING }));
}
