//! Seals the trail at the end of a run: its head is signed, kept, and left with the accounting side.

use super::witness::against;
use crate::domain::Actor;
use crate::error::Problem;
use crate::ledger::{AuditTip, Ledger, LedgerError, LedgerTx, StoredHead};
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
    let Some(sealed) = keep_head(ledger, signer.as_ref()).await? else { return Ok(()) };
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

/// Returns the head in the ledger; `None` while the trail is empty. An entry is sealed when it is written; those from
/// before that was so, and those of a time without a key, are sealed now.
async fn keep_head(ledger: &Ledger, signer: &dyn Signer) -> Result<Option<Sealed>, LedgerError> {
    let own_key = signer.public_key().await;
    for may_seal in [true, false] {
        let (ledger_id, tip, newest) =
            ledger.read(|tx| Ok((tx.ledger_id()?, tx.audit_tip()?, tx.newest_audit_head()?))).await?;
        let is_kept = |head: &StoredHead| {
            let key = head.signature.as_ref().map(|signature| &signature.public_key);
            u64::try_from(head.entries) == Ok(tip.entries)
                && head.fits()
                && (own_key.is_none() || key == own_key.as_ref())
        };
        match newest.filter(|head| is_kept(head) || !may_seal) {
            _ if tip.entries == 0 => return Ok(None),
            Some(StoredHead { head_id, signature, .. }) => {
                return Ok(Some(Sealed { head_id, ledger_id, tip, signature }));
            }
            None => {
                let anew = |tx: &LedgerTx<'_>| {
                    tx.seal_anew();
                    Ok(())
                };
                ledger.write(anew).await?;
            }
        }
    }
    Ok(None)
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
