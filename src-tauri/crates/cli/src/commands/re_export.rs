//! Runs `re-export`, `approve` and `decline`: one record once more, by a person's reason.

use std::sync::Arc;

use postonce_engine::domain::VoucherState;
use postonce_engine::views::ReExportPreview;
use postonce_engine::{Engine, ReExportAsk, ReExportStep};
use serde_json::json;

use super::{actor, money, sync};
use crate::args::{Approve, Args, Decline, ReExport as Asked};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, phrases};

pub(crate) async fn re_export(args: &Args, asked: &Asked, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    let status = ask(args, &engine, asked, output).await;
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    status
}

async fn ask(args: &Args, engine: &Arc<Engine>, asked: &Asked, output: &Output) -> Result<Status, Failure> {
    // The present content of the accounting system is shown before anything is done, also when all options were given.
    let preview = engine.re_export_preview(&asked.id).await?;
    tell_preview(&preview, output);
    let ask = ReExportAsk {
        record_id: asked.id.clone(),
        confirm: asked.confirm.clone(),
        seen: Some(preview.reference),
        reason: asked.reason.clone(),
        reverse: asked.reverse,
        actor: actor(),
    };
    match engine.re_export(ask).await? {
        ReExportStep::Runs(syncing) => sync::follow(args, engine, &syncing, output).await,
        ReExportStep::Waits(waits) => {
            if output.json {
                output.document(&json!({ "waiting": json::waiting(&waits) }));
            } else {
                output.say(output.word(phrases::WAITS_FOR_APPROVAL));
            }
            Ok(Status::Attention)
        }
    }
}

pub(crate) async fn approve(args: &Args, asked: &Approve, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace()?;
    let engine = Engine::new(postonce_connectors::parts(&workspace)?);
    let sandbox = postonce_practice::sandbox(&workspace).await?;
    let status = match engine.approve_re_export(&asked.id, &asked.confirm, None, actor()).await {
        Ok(syncing) => sync::follow(args, &engine, &syncing, output).await,
        Err(problem) => Err(problem.into()),
    };
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    status
}

pub(crate) async fn decline(args: &Args, asked: &Decline, output: &Output) -> Result<Status, Failure> {
    let engine = Engine::new(postonce_connectors::parts(&args.open_workspace()?)?);
    engine.withdraw_re_export(&asked.id, &asked.reason, actor()).await?;
    if output.json {
        output.document(&json!({ "declined": asked.id }));
    } else {
        output.say(output.word(phrases::DECLINED));
    }
    Ok(Status::Done)
}

fn tell_preview(preview: &ReExportPreview, output: &Output) {
    let earlier = &preview.earlier;
    let when = earlier.settled_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M");
    let number = earlier.voucher_number.as_deref().unwrap_or("–");
    let by = format!("{}, {} @ {}", when, earlier.actor.user, earlier.actor.host);
    let row = |phrase: phrases::Phrase, text: String| format!("{}: {text}", output.word(phrase));
    output.note(row(phrases::EXPORTED_BEFORE, format!("{number} ({}), {by}", earlier.voucher_id)));
    if preview.present.is_empty() {
        output.note(row(phrases::STANDS_NOW, output.word(phrases::NOTHING_STANDS).to_owned()));
    }
    for voucher in &preview.present {
        let state = match voucher.state {
            VoucherState::Posted => phrases::EXPORTED,
            VoucherState::Voided => phrases::REVERSED,
        };
        let text = format!(
            "{} {} {} {}, {}",
            voucher.acknowledgement.voucher_id,
            voucher.date,
            voucher.currency,
            voucher.total,
            output.word(state)
        );
        output.note(row(phrases::STANDS_NOW, text));
    }
    output.note(row(phrases::WILL_BE_MADE, format!("{} {}", preview.reference, money(&preview.amount))));
}
