//! Runs `audit verify` and `audit export`.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use postonce_engine::domain::{FindingKind, WitnessState};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{AuditFinding, AuditVerdict, Engine, Ledger};
use postonce_reports::{ReportError, TrailFormat, write_trail};
use serde_json::json;

use super::report::{language, part_file, put_in_place, unwritable};
use super::{actor, ledger};
use crate::args::{Args, Audit, AuditAct};
use crate::failure::Failure;
use crate::output::Output;
use crate::phrases::{self, Phrase};
use crate::{Status, json};

pub(crate) async fn audit(args: &Args, asked: &Audit, output: &Output) -> Result<Status, Failure> {
    match &asked.act {
        AuditAct::Verify => verify(args, output).await,
        AuditAct::Export { file, force } => export(args, file, *force, output).await,
    }
}

async fn verify(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    let verdict = engine.verify_audit(actor()).await;
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    let verdict = verdict?;
    if output.json {
        output.document(&json::verdict(&verdict));
    } else {
        print(&verdict, output);
    }
    Ok(match verdict {
        changed if changed.is_changed() => Status::Failed(ErrorCode::AuditBroken.exit_status()),
        whole if whole.findings.is_empty() => Status::Done,
        _ => Status::Attention,
    })
}

fn print(verdict: &AuditVerdict, output: &Output) {
    output.say(output.word(match verdict {
        changed if changed.is_changed() => phrases::TRAIL_CHANGED,
        whole if whole.findings.is_empty() => phrases::TRAIL_WHOLE,
        _ => phrases::TRAIL_TO_EXPLAIN,
    }));
    for finding in &verdict.findings {
        output.say(sentence(finding, output));
    }
    if verdict.findings_left_out > 0 {
        output.say(format!("{}: {}", output.word(phrases::MORE), verdict.findings_left_out));
    }
    let seals =
        format!("{} ({} {})", verdict.heads_checked, verdict.signed_heads_checked, output.word(phrases::SIGNED));
    let row = |phrase, text: String| vec![output.word(phrase).to_owned(), text];
    output.table(&[
        row(phrases::ENTRIES, verdict.entries.to_string()),
        row(phrases::VOUCHED, verdict.vouched_up_to.to_string()),
        row(phrases::SEALS, seals),
        row(phrases::WITNESS, output.word(witness(verdict.witness)).to_owned()),
        row(phrases::NEWEST_HASH, verdict.head.clone()),
    ]);
    if verdict.heads_checked > 0 && verdict.signed_heads_checked == 0 && verdict.own_key.is_none() {
        output.say(output.word(phrases::NO_KEY));
    }
}

/// Returns a finding as a line: `Entry 9–14, 2026-11-02T09:14:03.000Z (kari, HLF-PC-12, resolved): …`
fn sentence(finding: &AuditFinding, output: &Output) -> String {
    let detail = |name: &str| finding.detail.get(name).filter(|text| !text.is_empty());
    let last = detail("last").filter(|last| **last != finding.entry.to_string());
    let entries = match (detail("first"), last) {
        (Some(first), Some(last)) => format!("{first}–{last}"),
        (Some(first), None) => first.clone(),
        (None, Some(last)) => format!("{}–{last}", finding.entry),
        (None, None) => finding.entry.to_string(),
    };
    let noun = if finding.kind == FindingKind::SealsMissing { phrases::SEAL } else { phrases::ENTRY };
    let by: Vec<&str> = ["user", "host", "act"].iter().filter_map(|name| detail(name)).map(String::as_str).collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    let at = finding.at.as_ref().map(|at| format!(", {at}")).unwrap_or_default();
    let sound = detail("sound_up_to")
        .map(|entry| format!(" {}: {entry}.", output.word(phrases::SOUND_UP_TO)))
        .unwrap_or_default();
    let line = format!("  {} {entries}{at}{by}: {}{sound}", output.word(noun), output.word(kind(finding.kind)));
    // A person who edited the file may have written anything, also characters that control a terminal.
    line.chars().filter(|character| !character.is_control()).collect()
}

fn kind(kind: FindingKind) -> Phrase {
    match kind {
        FindingKind::ContentChanged => phrases::CONTENT_CHANGED,
        FindingKind::LinkBroken => phrases::LINK_BROKEN,
        FindingKind::EntriesMissing => phrases::ENTRIES_MISSING,
        FindingKind::NumberWrong => phrases::NUMBER_WRONG,
        FindingKind::CutOff => phrases::CUT_OFF,
        FindingKind::SealDiffers => phrases::SEAL_DIFFERS,
        FindingKind::SignatureWrong => phrases::SIGNATURE_WRONG,
        FindingKind::SealsMissing => phrases::SEALS_MISSING,
        FindingKind::KeyChanged => phrases::KEY_CHANGED,
        FindingKind::SignatureMissing => phrases::SIGNATURE_MISSING,
        FindingKind::WitnessAhead => phrases::WITNESS_AHEAD,
        FindingKind::WitnessDiffers => phrases::WITNESS_DIFFERS,
        FindingKind::WitnessSignatureWrong => phrases::WITNESS_SIGNATURE_WRONG,
        FindingKind::WitnessMissing => phrases::WITNESS_MISSING,
    }
}

fn witness(state: WitnessState) -> Phrase {
    match state {
        WitnessState::Matches => phrases::WITNESS_IS_SAME,
        WitnessState::Ahead => phrases::WITNESS_AHEAD,
        WitnessState::Differs => phrases::WITNESS_DIFFERS,
        WitnessState::Missing => phrases::WITNESS_IS_NONE,
        WitnessState::NotOffered => phrases::WITNESS_NOT_OFFERED,
        WitnessState::Unreachable => phrases::WITNESS_NOT_ASKED,
    }
}

async fn export(args: &Args, path: &Path, force: bool, output: &Output) -> Result<Status, Failure> {
    let Some(format) = TrailFormat::of(path) else {
        let sentence = Problem::new(ErrorCode::ReportFormatUnknown).with("path", path.display());
        return Err(sentence.with("allowed", TrailFormat::ENDINGS).into());
    };
    if !force && path.exists() {
        return Err(Problem::new(ErrorCode::ReportExists).with("path", path.display()).into());
    }
    let ledger = ledger(&args.open_workspace()?)?;
    let part = part_file(path);
    let written = write_to(&part, path, &ledger, format, output).await;
    let written = match written {
        Ok(entries) => put_in_place(&part, path, force).map(|()| entries),
        Err(failure) => Err(failure),
    };
    let entries = written.inspect_err(|_| {
        // Half a trail is none.
        let _ = fs::remove_file(&part);
    })?;
    if output.json {
        output.document(&json!({ "written": path, "entries": entries }));
    }
    output.note(format!("{} {} ({entries})", output.word(phrases::REPORT_WRITTEN), path.display()));
    Ok(Status::Done)
}

async fn write_to(
    part: &Path,
    path: &Path,
    ledger: &Ledger,
    format: TrailFormat,
    output: &Output,
) -> Result<u64, Failure> {
    let mut out = BufWriter::new(File::create(part).map_err(|error| unwritable(path, &error))?);
    let entries = match write_trail(ledger, format, language(output), &mut out).await {
        Ok(entries) => entries,
        Err(ReportError::Ledger(error)) => return Err(error.into()),
        Err(error) => return Err(unwritable(path, &error)),
    };
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|error| unwritable(path, &error))?;
    Ok(entries)
}
