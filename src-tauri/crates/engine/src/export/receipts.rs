//! Attaches the receipts that records name to their vouchers: to a staged draft before it is committed, and to what is in
//! the books at the end of a run, where what drafts took with them is seen again.
//!
//! Invariants:
//! - nothing here settles an attempt or sends a voucher: a receipt that fails stays with its cause, and is tried again by
//!   the next run;
//! - a receipt leaves only once the ledger has it as sent, by its hash; what may have left is looked for on the voucher,
//!   and sent again only when that no longer can come to stand beside it.
//!
//! Memory is bounded by a page of receipts: their bytes lie in files.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::calls::{CallFailure, Caller, RunError};
use crate::domain::{FileDigest, Receipt};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{AttachTo, FetchedBytes, LedgerError, OpenReceipt, ReceiptSettlement, StagedDraft};
use crate::ports::{FoundAttachment, ReceiptFile};

/// The attempts whose receipts are worked on before the next ones are read.
const PAGE_ATTEMPTS: usize = 50;

/// The decision for a receipt.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// It stands on the voucher, under this id.
    Stands(String),
    /// It may still arrive: so long.
    Wait(Duration),
    /// It is not there, and what was sent of it will not be.
    Make,
}

/// The outcome of a receipt's turn.
type Turn = Result<(ReceiptSettlement, Option<Duration>), RunError>;

/// Decides for a receipt of this digest. `age`: the time since it was last sent, if it may have arrived.
fn decide(digest: FileDigest, found: &[FoundAttachment], age: Option<Duration>, arrives_within: Duration) -> Step {
    if let Some(there) = found.iter().find(|there| there.digest == digest) {
        return Step::Stands(there.id.clone());
    }
    match age.and_then(|age| arrives_within.checked_sub(age)) {
        Some(left) if !left.is_zero() => Step::Wait(left),
        _ => Step::Make,
    }
}

/// Attaches every receipt of a posted voucher that is not attached yet. What may still arrive of an earlier sending is
/// waited for once.
pub(crate) async fn attach_receipts(run: &Run<'_>, caller: &Caller) -> Result<(), RunError> {
    let Some(arrives_within) = run.capabilities.attachments else { return Ok(()) };
    let attaching = Attaching { run, caller, arrives_within };
    let attached = async {
        if let Some(left) = attaching.pass().await? {
            caller.postpone(left);
            caller.wait_for_turn(run.permit).await?;
            attaching.pass().await?;
        }
        Ok(())
    };
    match attached.await {
        // The vouchers are in the books: what is missing on them is listed, and tried again by the next run.
        Err(RunError::Problem(problem)) => {
            tracing::warn!(%problem, "not every receipt was attached");
            Ok(())
        }
        ended => ended,
    }
}

/// Attaches the receipts of drafts that are to be committed next, as far as that goes: what fails here is tried again on
/// the voucher, and keeps no draft from being committed.
pub(crate) async fn attach_to_drafts(run: &Run<'_>, caller: &Caller, drafts: &[(usize, StagedDraft)]) {
    let Some(arrives_within) = run.capabilities.attachments else { return };
    let attaching = Attaching { run, caller, arrives_within };
    let staged: Vec<StagedDraft> = drafts.iter().map(|(_, draft)| draft.clone()).collect();
    let read = run.ledger.read(move |tx| {
        let receipts =
            staged.iter().map(|draft| tx.planned_receipts(draft)).collect::<Result<Vec<_>, LedgerError>>()?;
        Ok(receipts.into_iter().flatten().collect::<Vec<_>>())
    });
    let attached = async { attaching.turns(read.await?, &HashMap::new()).await };
    if let Err(error) = attached.await {
        tracing::warn!(%error, "receipts were not attached to drafts; the vouchers get them");
    }
}

struct Attaching<'a> {
    run: &'a Run<'a>,
    caller: &'a Caller,
    arrives_within: Duration,
}

impl Attaching<'_> {
    /// Works on all receipts once; returns how long the last of those in doubt may still take to arrive.
    async fn pass(&self) -> Result<Option<Duration>, RunError> {
        let (mut after, mut left) = (0, None);
        loop {
            let page = self.run.ledger.read(move |tx| tx.open_receipts(after, PAGE_ATTEMPTS)).await?;
            let Some(last) = page.last() else { return Ok(left) };
            after = last.attempt_id;
            let found = self.look_up(&page).await?;
            left = left.max(self.turns(page, &found).await?);
        }
    }

    /// Looks at the vouchers of the receipts that may stand there.
    async fn look_up(&self, page: &[OpenReceipt]) -> Result<HashMap<String, Vec<FoundAttachment>>, RunError> {
        let vouchers = page.iter().filter(|open| open.sent.is_some()).filter_map(|open| match &open.to {
            AttachTo::Voucher(voucher) => Some(voucher.clone()),
            AttachTo::Draft(_) => None,
        });
        let mut vouchers: Vec<String> = vouchers.collect();
        vouchers.dedup();
        let mut found: HashMap<String, Vec<FoundAttachment>> = HashMap::new();
        if vouchers.is_empty() {
            return Ok(found);
        }
        let asked = || self.caller.accounting.attachments(&vouchers);
        for attachment in self.caller.ask(self.run.permit, asked).await? {
            found.entry(attachment.voucher_id.clone()).or_default().push(attachment);
        }
        Ok(found)
    }

    /// Gives each receipt its turn, those of a voucher one after the other, several vouchers at once.
    async fn turns(
        &self,
        page: Vec<OpenReceipt>,
        found: &HashMap<String, Vec<FoundAttachment>>,
    ) -> Result<Option<Duration>, RunError> {
        if page.is_empty() {
            return Ok(None);
        }
        let (look, number) = (self.run.permit.look(), self.run.number);
        let earlier = self.run.ledger.read(move |tx| tx.earlier_runs(Some(number))).await?;
        let mut vouchers = page.chunk_by(|one, next| one.attempt_id == next.attempt_id);
        let mut under_way: FuturesUnordered<Pin<Box<dyn Future<Output = _> + Send + '_>>> = FuturesUnordered::new();
        let mut left = None;
        loop {
            while under_way.len() < self.run.slots.max(1)
                && let Some(receipts) = vouchers.next()
            {
                let there = match receipts.first().map(|first| &first.to) {
                    Some(AttachTo::Voucher(voucher)) => found.get(voucher).cloned().unwrap_or_default(),
                    _ => Vec::new(),
                };
                let age = |open: &OpenReceipt| open.sent.map(|(at, fence)| look.age(at, fence, earlier));
                let aged = receipts.iter().map(|open| (open.clone(), age(open))).collect();
                under_way.push(Box::pin(self.of_one_voucher(aged, there)));
            }
            match under_way.next().await {
                Some(done) => left = left.max(done?),
                None => return Ok(left),
            }
        }
    }

    async fn of_one_voucher(
        &self,
        receipts: Vec<(OpenReceipt, Option<Duration>)>,
        mut there: Vec<FoundAttachment>,
    ) -> Result<Option<Duration>, RunError> {
        let mut left = None;
        for (open, age) in receipts {
            left = left.max(self.turn(&open, &mut there, age).await?);
        }
        Ok(left)
    }

    async fn turn(
        &self,
        open: &OpenReceipt,
        there: &mut Vec<FoundAttachment>,
        age: Option<Duration>,
    ) -> Result<Option<Duration>, RunError> {
        if self.caller.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let (settlement, left) = self.settled(open, there, age).await?;
        // The attachment of a draft is seen again on the voucher, by its hash.
        let is_to_be_seen = matches!(open.to, AttachTo::Draft(_));
        match &settlement {
            ReceiptSettlement::Attached { digest, attachment_id } => {
                let voucher_id = String::new();
                there.push(FoundAttachment { voucher_id, digest: *digest, id: attachment_id.clone() });
                if is_to_be_seen {
                    return Ok(left);
                }
            }
            ReceiptSettlement::Failed(_) | ReceiptSettlement::InDoubt(_) => {}
        }
        let (receipt, at) = (open.receipt_id, self.run.moment());
        self.run.ledger.write(move |tx| tx.settle_receipt(receipt, &settlement, at)).await?;
        Ok(left)
    }

    /// Finds out what becomes of a receipt, and sends it if that is due. `age`: the time since it was last sent, if it may
    /// have arrived.
    async fn settled(&self, open: &OpenReceipt, there: &[FoundAttachment], age: Option<Duration>) -> Turn {
        // A receipt that was sent from here is known by its hash, also when its source has lost it meanwhile.
        if let Some(digest) = open.digest.filter(|_| age.is_some()) {
            match decide(digest, there, age, self.arrives_within) {
                Step::Stands(attachment_id) => {
                    return Ok((ReceiptSettlement::Attached { digest, attachment_id }, None));
                }
                Step::Wait(left) => return Ok((in_doubt(&open.receipt), Some(left))),
                Step::Make => {}
            }
        }
        let fetched = match self.run.source.receipt(&open.receipt).await {
            Ok(fetched) => fetched,
            Err(problem) => return Ok((ReceiptSettlement::Failed(problem), None)),
        };
        match decide(fetched.digest, there, age.filter(|_| open.digest.is_none()), self.arrives_within) {
            Step::Stands(attachment_id) => {
                Ok((ReceiptSettlement::Attached { digest: fetched.digest, attachment_id }, None))
            }
            Step::Wait(left) => Ok((in_doubt(&open.receipt), Some(left))),
            Step::Make => self.make(open, &fetched).await,
        }
    }

    /// Sends a receipt, which the ledger has as sent before.
    async fn make(&self, open: &OpenReceipt, fetched: &ReceiptFile) -> Turn {
        let ReceiptFile { digest, bytes, media_type, .. } = *fetched;
        let (noted, fence, at) = (open.clone(), self.run.permit.fence(), self.run.moment());
        let bytes = FetchedBytes { digest, bytes, media_type };
        let claimed = self.run.ledger.write(move |tx| tx.send_receipt(&noted, bytes, fence, at)).await?;
        let Some(claimed) = claimed else { return Ok((in_doubt(&open.receipt), None)) };
        let (permit, accounting) = (self.run.permit, &self.caller.accounting);
        let sent = self.caller.patiently(permit, || accounting.attach(permit, &claimed, &fetched.file)).await;
        let refused = |problem: &Problem| {
            let detail = problem.params.get("detail").map_or(problem.code.as_str(), String::as_str);
            ReceiptSettlement::Failed(Problem::receipt_refused(&open.receipt.place, detail))
        };
        match sent {
            Ok((id, _)) if !id.trim().is_empty() => {
                Ok((ReceiptSettlement::Attached { digest, attachment_id: id }, None))
            }
            Ok(_) | Err(CallFailure::Unknown(_)) => Ok((in_doubt(&open.receipt), Some(self.arrives_within))),
            Err(CallFailure::Refused { problem, doubt: None, .. }) => Ok((refused(&problem), None)),
            Err(CallFailure::Refused { .. } | CallFailure::Unprocessed { doubt: Some(_), .. }) => {
                Ok((in_doubt(&open.receipt), Some(self.arrives_within)))
            }
            Err(CallFailure::Unprocessed { halt, doubt: None }) => {
                // Nothing of it left, or was taken in: it is as it was before.
                let problem = halt.problem().unwrap_or_else(Problem::interrupted);
                let (receipt, at, settlement) = (claimed.receipt_id(), self.run.moment(), refused(&problem));
                self.run.ledger.write(move |tx| tx.settle_receipt(receipt, &settlement, at)).await?;
                Err(halt)
            }
        }
    }
}

fn in_doubt(receipt: &Receipt) -> ReceiptSettlement {
    ReceiptSettlement::InDoubt(Problem::receipt_in_doubt(&receipt.place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_is_sent_again_only_when_none_can_arrive() {
        let digest = |byte: u8| FileDigest::from_bytes(&[byte; 32]).expect("32 bytes");
        let there = [FoundAttachment { voucher_id: "V-1".into(), digest: digest(1), id: "A-1".into() }];
        let minute = Duration::from_secs(60);
        let seconds = |count| Some(Duration::from_secs(count));
        for (of, age, arrives_within, expected) in [
            (1, seconds(0), minute, Step::Stands("A-1".into())),
            (1, None, minute, Step::Stands("A-1".into())),
            (2, None, minute, Step::Make),
            (2, seconds(59), minute, Step::Wait(Duration::from_secs(1))),
            (2, seconds(60), minute, Step::Make),
            (2, seconds(0), Duration::ZERO, Step::Make),
        ] {
            assert_eq!(decide(digest(of), &there, age, arrives_within), expected, "{of} {age:?}");
        }
    }
}
