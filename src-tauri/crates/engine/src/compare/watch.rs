//! What every sync looks at before it ends: whether all that was ever exported in its period still stands as it was
//! acknowledged, and whether a draft came late.
//!
//! A request that was given up may take effect minutes later, and a network may repeat one. Where vouchers are staged, what comes
//! of that is a draft under a reference whose voucher is in the books already: it is surplus, whoever made it, and is discarded.
//! The draft that was committed is no draft any more, so none is discarded that anybody still counts on.
//!
//! Invariant: watching sends nothing that makes a voucher, and settles nothing.

use std::collections::{HashMap, HashSet};

use tokio_util::sync::CancellationToken;

use super::both_ways::{alarm, is_young, lag};
use super::call::{Caller, CompareError};
use super::judge::{Verdict, judge};
use crate::domain::{Actor, DraftId, FoundVoucher, Period, Protection, Reference};
use crate::export::Parts;
use crate::ledger::Compared;
use crate::lock::Permit;
use crate::ports::{Connection, LOOK_UP_MAX};

/// Looks up whatever is posted in the period: raises an alarm where a voucher is not as it was acknowledged, clears it where it is
/// well again, and discards drafts beside a voucher that is well.
pub(crate) async fn watch(
    parts: &Parts,
    connection: &Connection,
    permit: &Permit,
    period: Period,
    actor: &Actor,
    stop: &CancellationToken,
) -> Result<(), CompareError> {
    let caller = Caller { clock: parts.clock.as_ref(), permit, stop };
    let mut after = None;
    loop {
        let page = parts.ledger.read(move |book| book.posted_in(period, after, LOOK_UP_MAX)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.date, last.attempt_id));
        let references: Vec<Reference> = page.iter().map(|posted| posted.reference.clone()).collect();
        let found = caller.ask(|| parts.accounting.look_up(&references)).await?;
        let mut vouchers: HashMap<Reference, Vec<FoundVoucher>> = HashMap::new();
        for voucher in found.vouchers.into_iter().filter(|voucher| voucher.reverses.is_none()) {
            vouchers.entry(voucher.reference.clone()).or_default().push(voucher);
        }
        let mut well = HashSet::new();
        let judged: Vec<(Compared, Vec<FoundVoucher>, Verdict)> = page
            .into_iter()
            .map(|posted| {
                let found = vouchers.remove(&posted.reference).unwrap_or_default();
                let verdict = judge(&posted, &found, is_young(&posted, parts, permit, lag(connection)));
                if verdict == Verdict::Well {
                    well.insert(posted.reference.clone());
                }
                (posted, found, verdict)
            })
            .collect();
        let (now, actor, user) = (parts.clock.now(), actor.clone(), connection.user_id.clone());
        let written = parts.ledger.write(move |book| {
            for (posted, found, verdict) in &judged {
                match verdict {
                    Verdict::Differs(kind) => alarm(book, now, (&actor, &user), posted, *kind, found)?,
                    Verdict::Well | Verdict::Reversed => _ = book.clear_alarm(posted.attempt_id, now)?,
                    Verdict::Waiting => {}
                }
            }
            Ok(())
        });
        written.await?;
        if connection.capabilities.protection == Protection::Staged {
            let late = found.drafts.into_iter().filter(|draft| well.contains(&draft.reference));
            discard(parts, &caller, late.map(|draft| draft.draft_id)).await?;
        }
    }
}

/// Whatever is not gone then stays harmless, and is looked at again by the next sync.
async fn discard(parts: &Parts, caller: &Caller<'_>, late: impl Iterator<Item = DraftId>) -> Result<(), CompareError> {
    for draft in late {
        caller.ask(|| parts.accounting.discard_draft(caller.permit, &draft)).await?;
    }
    Ok(())
}
