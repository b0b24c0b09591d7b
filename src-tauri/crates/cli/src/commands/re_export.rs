//! Runs `re-export`, `approve` and `decline`: one record once more, by a person's reason.

use std::sync::Arc;

use postonce_engine::domain::VoucherState;
use postonce_engine::views::ReExportPreview;
use postonce_engine::{Engine, ReExportAsk, ReExportStep};
use postonce_practice::{OpenWorkspace, with_open_workspace};
use postonce_words::Message;
use serde_json::json;

use super::{actor, engine, sync};
use crate::args::{Approve, Args, Decline, ReExport as Asked};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, words};

pub(crate) async fn re_export(args: &Args, asked: &Asked, output: &Output) -> Result<Status, Failure> {
    with_open_workspace(args.open_workspace(output)?, async |open| ask(&open.engine, asked, output).await).await
}

async fn ask(engine: &Arc<Engine>, asked: &Asked, output: &Output) -> Result<Status, Failure> {
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
        ReExportStep::Runs(syncing) => sync::follow(engine, &syncing, output).await,
        ReExportStep::Waits(waits) => {
            if output.json {
                output.document(&json!({ "waiting": json::waiting(&waits) }));
            } else {
                let approve = approval(&asked.id, output);
                output.say(format!("{} {approve}", output.word(words::WAITS_FOR_APPROVAL)));
            }
            Ok(Status::Attention)
        }
    }
}

/// Returns the command line with which another person approves the re-export of a record.
pub(super) fn approval(id: &str, output: &Output) -> String {
    // An id may begin as an option does.
    output.call(&["approve", &format!("--confirm={id}"), "--", id])
}

pub(crate) async fn approve(args: &Args, asked: &Approve, output: &Output) -> Result<Status, Failure> {
    with_open_workspace(args.open_workspace(output)?, async |OpenWorkspace { engine, .. }| {
        let syncing = engine.approve_re_export(&asked.id, &asked.confirm, None, actor()).await?;
        sync::follow(engine, &syncing, output).await
    })
    .await
}

pub(crate) async fn decline(args: &Args, asked: &Decline, output: &Output) -> Result<Status, Failure> {
    let engine = engine(&args.open_workspace(output)?)?;
    engine.withdraw_re_export(&asked.id, &asked.reason, actor()).await?;
    if output.json {
        output.document(&json!({ "declined": asked.id }));
    } else {
        output.say(output.word(words::DECLINED));
    }
    Ok(Status::Done)
}

fn tell_preview(preview: &ReExportPreview, output: &Output) {
    let earlier = &preview.earlier;
    let when = output.moment(earlier.settled_at);
    let number = earlier.voucher_number.as_deref().unwrap_or("–");
    let by = format!("{}, {} @ {}", when, earlier.actor.user, earlier.actor.host);
    let row = |message: Message, text: String| format!("{}: {text}", output.word(message));
    output.note(row(words::EXPORTED_BEFORE, format!("{number} ({}), {by}", earlier.voucher_id)));
    if preview.present.is_empty() {
        output.note(row(words::STANDS_NOW, output.word(words::NOTHING_STANDS).to_owned()));
    }
    for voucher in &preview.present {
        let state = match voucher.state {
            VoucherState::Posted => words::EXPORTED,
            VoucherState::Voided => words::REVERSED,
        };
        let text = format!(
            "{} {} {}, {}",
            voucher.acknowledgement.voucher_id,
            output.day(voucher.date),
            output.amount(&voucher.currency, &voucher.total),
            output.word(state)
        );
        output.note(row(words::STANDS_NOW, text));
    }
    output.note(row(words::WILL_BE_MADE, format!("{} {}", preview.reference, output.money(&preview.amount))));
}
