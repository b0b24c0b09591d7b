//! Keeps the newest head of each ledger's audit trail in the place, and how references are made for these books.

use postonce_engine::domain::Refusal;
use postonce_engine::error::Problem;
use postonce_engine::ports::{CallError, LedgerWitness, ReferenceScheme, Witness, WitnessSeen};
use serde::de::DeserializeOwned;

use super::OWN;
use super::place::{Place, PlaceError};

fn folder() -> String {
    format!("{OWN}/witnesses")
}

fn name_of(ledger_id: &str) -> String {
    let plain: String = ledger_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("{}/{plain}.json", folder())
}

fn scheme_name() -> String {
    format!("{OWN}/references.json")
}

async fn read_json<T: DeserializeOwned>(place: &dyn Place, name: &str) -> Result<Option<T>, PlaceError> {
    let Some(bytes) = place.read(name).await? else { return Ok(None) };
    match serde_json::from_slice(&bytes) {
        Ok(read) => Ok(Some(read)),
        Err(error) => Err(PlaceError::No(Problem::file_folder_failed(place.address(), format!("{name}: {error}")))),
    }
}

/// Writes a file of ours whole: it is never half there.
async fn write_json<T: serde::Serialize + Sync>(place: &dyn Place, name: &str, value: &T) -> Result<(), PlaceError> {
    for folder in [OWN.to_owned(), folder()] {
        place.make_folder(&folder).await?;
    }
    let bytes = serde_json::to_vec(value).expect("plain values with text keys always make JSON");
    place.replace(name, bytes).await
}

pub(super) async fn read(place: &dyn Place, ledger_id: &str) -> Result<WitnessSeen, PlaceError> {
    Ok(read_json(place, &name_of(ledger_id)).await?.map_or(WitnessSeen::None, WitnessSeen::Kept))
}

/// Leaves a witness, unless a newer or another one stands there. Only the holder of the lock may call this.
pub(super) async fn leave(place: &dyn Place, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
    let name = name_of(ledger_id);
    let kept: Option<Witness> = read_json(place, &name).await.map_err(PlaceError::before)?;
    let is_ahead = |kept: &Witness| {
        kept.entries > witness.entries || (kept.entries == witness.entries && kept.head != witness.head)
    };
    if kept.as_ref().is_some_and(is_ahead) {
        let problem = Problem::accounting_refused(place.address(), "409", "witness-ahead");
        let refusal = Refusal::new("witness-ahead", String::new());
        return Err(CallError::Refused { problem, refusal, too_large: false });
    }
    write_json(place, &name, witness).await.map_err(PlaceError::after)
}

pub(super) async fn all(place: &dyn Place) -> Result<Vec<LedgerWitness>, PlaceError> {
    let mut witnesses = Vec::new();
    for name in place.list(&folder()).await? {
        let Some(ledger_id) = name.strip_suffix(".json").map(str::to_owned) else { continue };
        if let Some(witness) = read_json(place, &format!("{}/{name}", folder())).await? {
            witnesses.push(LedgerWitness { ledger_id, witness, written_at: None });
        }
    }
    Ok(witnesses)
}

pub(super) async fn scheme(place: &dyn Place) -> Result<Option<ReferenceScheme>, PlaceError> {
    read_json(place, &scheme_name()).await
}

/// Keeps how references are made, unless somebody kept what this lacks. Only the holder of the lock may call this.
pub(super) async fn keep_scheme(place: &dyn Place, scheme: &ReferenceScheme) -> Result<bool, PlaceError> {
    let kept = self::scheme(place).await?.unwrap_or_default();
    let has_all =
        kept.prefixes.is_subset(&scheme.prefixes) && kept.rules.iter().all(|rule| scheme.rules.contains(rule));
    if has_all {
        write_json(place, &scheme_name(), scheme).await?;
    }
    Ok(has_all)
}
