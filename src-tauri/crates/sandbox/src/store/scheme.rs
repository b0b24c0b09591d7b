//! Keeps the way in which references are made in these books. It only ever grows.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::settings::{read_setting, write_setting};
use super::writes::{fence_of, require_fence};
use super::{Failure, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

const NAME: &str = "reference_scheme";

/// The prefixes and rules of references. What a rule says is the clients' own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Scheme {
    pub(crate) prefixes: BTreeSet<String>,
    pub(crate) rules: Vec<Value>,
}

impl Scheme {
    fn has_all_of(&self, other: &Self) -> bool {
        self.prefixes.is_superset(&other.prefixes) && other.rules.iter().all(|rules| self.rules.contains(rules))
    }
}

/// Returns the scheme that is kept.
pub(crate) fn scheme(connection: &Connection) -> Result<Option<Scheme>, Failure> {
    let kept = read_setting(connection, NAME)?;
    Ok(kept.map(|text| serde_json::from_str(&text).expect("only a scheme was ever written there")))
}

/// Keeps a scheme that has all of the one that is kept; `409` otherwise.
pub(crate) fn put_scheme(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    token: &str,
    switches: Switches,
    new: &Scheme,
) -> Result<(), Failure> {
    require_fence(tx, token, switches)?;
    if let Some(kept) = scheme(tx)?
        && !new.has_all_of(&kept)
    {
        return Err(Problem::new(Kind::SchemeAhead, "The stored scheme has entries that this one lacks.").into());
    }
    let text = serde_json::to_string(new).expect("a scheme is plain data with string keys");
    write_setting(tx, NAME, Some(&text))?;
    let fence = fence_of(tx, token)?.map(|(fence, _)| fence);
    record(tx, now, "reference_scheme_written", fence, caller, &json!({"prefixes": new.prefixes}))
}
