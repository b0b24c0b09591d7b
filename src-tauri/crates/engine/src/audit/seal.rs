//! Seals the trail at the end of a run: its head is signed, kept, and left with the accounting side.

use chrono::{DateTime, Utc};

use super::witness::against;
use crate::domain::Actor;
use crate::domain::audit_chain::head_bytes;
use crate::error::Problem;
use crate::ledger::{AuditTip, Ledger, LedgerError};
use crate::lock::Permit;
use crate::parts::Parts;
use crate::ports::{AccountingSystem, CallError, Signature, Signer, Witness, WitnessSeen};

/// A head in the ledger.
struct Sealed {
    head_id: i64,
    ledger_id: String,
    tip: AuditTip,
    signature: Option<Signature>,
}

/// Signs the head, keeps it, and leaves it with the accounting side. It is called when the run is closed in the ledger
/// and before the lease is given back.
///
/// An accounting side that cannot be reached is no error: the head is in the ledger, and the next run leaves a newer
/// one.
///
/// # Errors
/// `ledger_rolled_back` or `ledger_forked` if the accounting side knows another trail of this ledger; else the ledger's
/// own error.
pub(crate) async fn seal(parts: &Parts, permit: &Permit, actor: &Actor) -> Result<(), Problem> {
    let Parts { ledger, accounting, signer, clock, .. } = parts;
    let (accounting, now) = (accounting.as_ref(), clock.now());
    let Some(sealed) = keep_head(ledger, signer.as_ref(), now).await? else { return Ok(()) };
    if permit.check().is_err() {
        tracing::warn!("the lease is lost: the audit head is left with the accounting system by the next run");
        return Ok(());
    }
    let kept = match accounting.witness(&sealed.ledger_id).await {
        Ok(WitnessSeen::NotOffered) => return Ok(()),
        Ok(WitnessSeen::Kept(witness)) => Some(witness),
        Ok(WitnessSeen::None) => None,
        Err(error) => {
            put_off(&error);
            return Ok(());
        }
    };
    if let Some(kept) = &kept {
        against(ledger, kept).await??;
    }
    let witness = Witness {
        entries: sealed.tip.entries,
        head: sealed.tip.head.to_string(),
        public_key: sealed.signature.as_ref().map(|signature| signature.public_key.clone()),
        signature: sealed.signature.map(|signature| signature.signature),
        written_by: actor.clone(),
    };
    match accounting.leave_witness(permit, &sealed.ledger_id, &witness).await {
        Ok(()) => {
            let head_id = sealed.head_id;
            Ok(ledger.write(move |tx| tx.audit_head_left(head_id, now)).await?)
        }
        Err(CallError::Refused { problem, .. }) => refused(ledger, accounting, &sealed.ledger_id, problem).await,
        Err(error) => {
            put_off(&error);
            Ok(())
        }
    }
}

/// Returns the head in the ledger, and makes it unless the same one stands there; `None` while the trail is empty.
async fn keep_head(ledger: &Ledger, signer: &dyn Signer, now: DateTime<Utc>) -> Result<Option<Sealed>, LedgerError> {
    let (ledger_id, tip, newest) =
        ledger.read(|tx| Ok((tx.ledger_id()?, tx.audit_tip()?, tx.newest_audit_head()?))).await?;
    if tip.entries == 0 {
        return Ok(None);
    }
    let signature = signer.sign(&head_bytes(&ledger_id, tip.entries, &tip.head)).await;
    let is_kept = |head: &crate::ledger::StoredHead| {
        u64::try_from(head.entries) == Ok(tip.entries) && head.fits() && head.signature == signature
    };
    let head_id = match newest.filter(is_kept) {
        Some(newest) => newest.head_id,
        None => {
            let signature = signature.clone();
            ledger.write(move |tx| tx.add_audit_head(tip.entries, &tip.head, signature.as_ref(), now)).await?
        }
    };
    Ok(Some(Sealed { head_id, ledger_id, tip, signature }))
}

/// Finds out which head the accounting side keeps when it refused ours: a newer one or another one.
async fn refused(
    ledger: &Ledger,
    accounting: &dyn AccountingSystem,
    ledger_id: &str,
    refusal: Problem,
) -> Result<(), Problem> {
    match accounting.witness(ledger_id).await {
        Ok(WitnessSeen::Kept(kept)) => against(ledger, &kept).await??,
        Ok(WitnessSeen::None | WitnessSeen::NotOffered) => {}
        Err(error) => put_off(&error),
    }
    tracing::warn!(%refusal, "the accounting system does not take the audit head");
    Ok(())
}

fn put_off(error: &CallError) {
    tracing::warn!(%error, "the audit head could not be left with the accounting system; the next run leaves a newer one");
}
