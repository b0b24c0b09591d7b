//! Finds ids that do not name one expense each: an exported record's that stands for another expense now, since ids
//! begin anew, and ids that several expenses of one reading share.

use rusqlite::named_params;

use crate::domain::SetDigest;
use crate::ledger::run::observe::Reading;
use crate::ledger::values::number;
use crate::ledger::{LedgerError, LedgerTx};

/// The records of a file whose ids were exported, and stand for other expenses now.
#[derive(Debug, Clone)]
pub(crate) struct OtherExpenses {
    pub(crate) file: String,
    /// Those of which the day and two of payee, amount and text differ.
    pub(crate) surely: u64,
    /// Those of which the day and something else differ.
    pub(crate) perhaps: u64,
    /// The exported records of the file that are what they were.
    pub(crate) same: u64,
    /// The first of them.
    pub(crate) first: String,
    /// All of them together, as they stand there now.
    pub(crate) digest: SetDigest,
}

/// The ids of a reading that several rows of other content share.
#[derive(Debug, Clone)]
pub(crate) struct SharedIds {
    /// The number of such ids.
    pub(crate) shared: u64,
    /// The number of ids.
    pub(crate) ids: u64,
    pub(crate) file: String,
    /// The first of them.
    pub(crate) first: String,
    /// All of them together, with every content that they have.
    pub(crate) digest: SetDigest,
}

impl LedgerTx<'_> {
    /// Returns the files of an unfinished reading in which exported ids stand for other expenses.
    pub(crate) fn other_expenses(&self, reading: Reading) -> Result<Vec<OtherExpenses>, LedgerError> {
        let mut found: Vec<OtherExpenses> = Vec::new();
        self.each(include_str!("other_expenses.sql"), named_params! { ":reading": reading.0 }, |row| {
            let (file, id): (String, String) = (self.get(row, "file")?, self.get(row, "record_id")?);
            if found.last().is_none_or(|last| last.file != file) {
                let first = id.clone();
                let digest = SetDigest::default();
                found.push(OtherExpenses { file, surely: 0, perhaps: 0, same: 0, first, digest });
            }
            if let Some(of_file) = found.last_mut() {
                of_file.perhaps += 1;
                of_file.surely += u64::from(self.get::<i64>(row, "differs")? >= 2);
                of_file.digest.add(&id, &self.get::<Vec<u8>>(row, "content_hash")?);
            }
            Ok(())
        })?;
        for other in &mut found {
            let of_file = named_params! { ":reading": reading.0, ":file": other.file };
            let same = self.row(include_str!("same_expenses.sql"), of_file, |row| self.get(row, "same"))?;
            other.same = number("same", same.unwrap_or(0))?;
        }
        Ok(found)
    }

    /// Returns the ids of an unfinished reading that rows of other content share; `None` if none do.
    pub(crate) fn shared_ids(&self, reading: Reading) -> Result<Option<SharedIds>, LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        let mut found: Option<SharedIds> = None;
        let mut newest = None;
        self.each(include_str!("shared_ids.sql"), this, |row| {
            let id: String = self.get(row, "record_id")?;
            let shared = match &mut found {
                Some(shared) => shared,
                none => none.insert(SharedIds {
                    shared: 0,
                    ids: 0,
                    file: self.get(row, "file")?,
                    first: id.clone(),
                    digest: SetDigest::default(),
                }),
            };
            shared.shared += u64::from(newest.as_ref() != Some(&id));
            shared.digest.add(&id, &self.get::<Option<Vec<u8>>>(row, "content_hash")?.unwrap_or_default());
            newest = Some(id);
            Ok(())
        })?;
        if let Some(shared) = &mut found {
            let ids = self.row(include_str!("ids_of_reading.sql"), this, |row| self.get(row, "ids"))?;
            shared.ids = number("ids", ids.unwrap_or(0))?;
        }
        Ok(found)
    }
}
