//! Holds the witness, which the accounting side keeps of the trail, against the ledger.

use tokio_util::sync::CancellationToken;

use super::signature::is_by_its_key;
use crate::calls::{Caller, Patience, RunError};
use crate::domain::audit_chain::{ChainHash, head_bytes};
use crate::error::Problem;
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::parts::Parts;
use crate::ports::{Witness, WitnessSeen};

/// The relation of a witness to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The ledger has the entry that the witness names.
    Fits,
    /// The witness has seen more entries than the ledger has.
    Ahead { ours: u64 },
    /// The ledger has another entry in that place.
    Differs,
}

/// Checks before a run sends anything that this is the ledger that was last used. It is called with the lease in hand,
/// so that nobody leaves another witness in between.
///
/// A witness that is missing, although one was left, stops nothing: the accounting side may have been restored; `audit
/// verify` reports it.
///
/// # Errors
/// [`Problem::ledger_rolled_back`], [`Problem::ledger_forked`], [`Problem::audit_broken`]; or the reason why the
/// witness cannot be had: from a ledger that may be an old copy nothing is sent.
pub(crate) async fn check_newest(parts: &Parts) -> Result<(), Problem> {
    let ledger = &parts.ledger;
    let path = ledger.path().display().to_string();
    let (ledger_id, was_witnessed, broken) =
        ledger.read(move |tx| Ok((tx.ledger_id()?, tx.was_witnessed()?, broken_at_newest_head(tx, &path)?))).await?;
    if let Some(problem) = broken {
        return Err(problem);
    }
    match ask(parts, &ledger_id).await.map_err(RunError::into_problem)? {
        WitnessSeen::Kept(witness) => against(ledger, &witness).await?,
        WitnessSeen::None => {
            if was_witnessed {
                tracing::warn!(
                    "the accounting system no longer knows this ledger's witness; the next one is left after this run"
                );
            }
            Ok(())
        }
        WitnessSeen::NotOffered => Ok(()),
    }
}

/// Checks a witness at hand in the same way; the outer error is the ledger's.
pub(crate) async fn against(ledger: &Ledger, witness: &Witness) -> Result<Result<(), Problem>, LedgerError> {
    let seen = witness.clone();
    let fit = ledger.read(move |tx| fit(tx, tx.audit_tip()?.entries, &seen)).await?;
    let (path, theirs, by) = (ledger.path().display(), witness.entries, &witness.written_by);
    Ok(match fit {
        Fit::Fits => Ok(()),
        Fit::Ahead { ours } => Err(Problem::ledger_rolled_back(path, ours, theirs, &by.user, &by.host)),
        Fit::Differs => Err(Problem::ledger_forked(path, theirs, &by.user, &by.host)),
    })
}

/// Compares a witness with a ledger of so many entries.
pub(crate) fn fit(tx: &LedgerTx<'_>, ours: u64, witness: &Witness) -> Result<Fit, LedgerError> {
    if witness.entries > ours {
        return Ok(Fit::Ahead { ours });
    }
    let (theirs, here) = (ChainHash::from_hex(&witness.head), tx.audit_hash_at(witness.entries)?);
    Ok(if here.is_some() && theirs == here { Fit::Fits } else { Fit::Differs })
}

/// Looks at the trail at the start of each run, cheaply: the newest head is still in the trail, and its signature
/// holds.
fn broken_at_newest_head(tx: &LedgerTx<'_>, path: &str) -> Result<Option<Problem>, LedgerError> {
    let Some(newest) = tx.newest_audit_head()? else { return Ok(None) };
    let ledger_id = tx.ledger_id()?;
    let is_signed_so = match (&newest.signature, &newest.head, u64::try_from(newest.entries)) {
        (Some(signature), Some(head), Ok(entries)) => is_by_its_key(signature, &head_bytes(&ledger_id, entries, head)),
        (Some(_), ..) => false,
        (None, ..) => true,
    };
    let problem = Problem::audit_broken(path, newest.entries, &newest.made_at);
    Ok((!newest.fits() || !is_signed_so).then_some(problem))
}

/// Asks for the witness, and again if the answer was lost on the way: to ask changes nothing.
pub(crate) async fn ask(parts: &Parts, ledger_id: &str) -> Result<WitnessSeen, RunError> {
    let Parts { accounting, clock, .. } = parts;
    let caller = Caller::new(accounting.clone(), clock.clone(), CancellationToken::new(), Patience::WITNESS);
    caller.ask(None, || accounting.witness(ledger_id)).await
}
