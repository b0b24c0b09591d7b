//! Keeps the files in which vouchers are handed over.
//!
//! Invariant: a file is rendered once, and its bytes are kept for ever. A record is in one of them at most, but for files
//! that were withdrawn. Numbers have no gaps; only a file that provably never lay anywhere gives its number back.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};
use serde_json::json;

use crate::domain::{Act, Actor, CurrencySums, FileDigest, FileSeal, RunId, SealedFile};
use crate::error::Problem;
use crate::ledger::run::claim::{ClaimMember, Claimed, NewFile};
use crate::ledger::values::{from_json, from_json_option, instant, instant_option, number, signed, stamp, word};
use crate::ledger::{AuditAct, Ledger, LedgerError, LedgerTx};
use crate::views::{FileState, HandedOverFile, Reason, Sum};

/// The number of entries that one page may have.
const PAGE_MAX: u32 = 1_000;

/// The numbers that the next file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextFile {
    pub(crate) number: u32,
    pub(crate) first_voucher: u32,
}

impl Ledger {
    /// Returns the files that were made, newest first, those before `before` if it is given: `limit` at most (and never
    /// over 1,000).
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn sealed_files(&self, limit: u32, before: Option<u32>) -> Result<Vec<HandedOverFile>, LedgerError> {
        self.read(move |tx| {
            tx.rows(
                include_str!("files.sql"),
                named_params! {
                    ":before": before, ":number": None::<u32>, ":label": None::<&str>, ":limit": limit.min(PAGE_MAX),
                },
                |row| tx.file_row(row),
            )
        })
        .await
    }

    /// Returns one file by its number as people read it, or by the number alone; `None` if there is none.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn sealed_file(&self, name: &str) -> Result<Option<HandedOverFile>, LedgerError> {
        let name = name.to_owned();
        self.read(move |tx| tx.file_named(&name)).await
    }

    /// Returns the files that were delivered before a moment and of which not everything was seen in the books, oldest
    /// first.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn overdue_files(&self, before: DateTime<Utc>) -> Result<Vec<HandedOverFile>, LedgerError> {
        self.read(move |tx| tx.overdue_files(before)).await
    }

    /// Returns the bytes of a file, exactly as it was delivered; `None` if there is none of that number.
    ///
    /// # Errors
    /// If the ledger cannot be read, or the bytes are not those that were kept.
    pub async fn sealed_bytes(&self, number: u32) -> Result<Option<Vec<u8>>, LedgerError> {
        self.read(move |tx| {
            let found = tx.row(
                "SELECT body, digest FROM sealed_file JOIN request USING (request_id)
                 WHERE number = :number AND state <> 'void'",
                named_params! { ":number": number },
                |row| Ok((tx.get::<Option<Vec<u8>>>(row, "body")?, tx.get::<Vec<u8>>(row, "digest")?)),
            )?;
            let Some((bytes, digest)) = found else { return Ok(None) };
            let bytes = bytes.unwrap_or_default();
            if FileDigest::of(&bytes).as_bytes() == digest {
                Ok(Some(bytes))
            } else {
                Err(LedgerError::Impossible { what: "sealed_file.digest", found: format!("other bytes of {number}") })
            }
        })
        .await
    }
}

impl LedgerTx<'_> {
    /// Returns the numbers of the next file.
    pub(crate) fn next_file(&self) -> Result<NextFile, LedgerError> {
        let found = self.row(
            "SELECT coalesce(max(number), 0) + 1 AS number, coalesce(max(first_voucher + vouchers), 1) AS first_voucher
             FROM sealed_file WHERE state <> 'void'",
            [],
            |row| Ok(NextFile { number: self.get(row, "number")?, first_voucher: self.get(row, "first_voucher")? }),
        )?;
        Ok(found.unwrap_or(NextFile { number: 1, first_voucher: 1 }))
    }

    /// Returns the reason why a file is not delivered yet, if one is under way: nothing follows it before.
    pub(crate) fn unfinished_file(&self) -> Result<Option<Problem>, LedgerError> {
        let found = self.row(include_str!("unfinished_file.sql"), [], |row| {
            let reason: Option<Reason> = from_json_option("attempt.reason", self.get(row, "reason")?)?;
            Ok((self.get::<String>(row, "file_name")?, reason))
        })?;
        Ok(found.map(|(file, reason)| match reason {
            Some(Reason::InDoubt(problem)) => problem,
            _ => Problem::file_unfinished(file),
        }))
    }

    /// Says whether a claim follows one whose file was withdrawn, with no wish of a person's for it.
    pub(in crate::ledger) fn follows_withdrawn(&self, member: &ClaimMember) -> Result<bool, LedgerError> {
        if self.open_re_export(member.record_id.as_str())?.is_some_and(|wish| wish.generation == member.generation) {
            return Ok(false);
        }
        let found = self.row(
            "SELECT 1 AS one FROM attempt
             WHERE record_id = :record AND generation = :generation AND state = 'withdrawn'",
            named_params! { ":record": member.record_id.as_str(), ":generation": member.generation.number() - 1 },
            |row| self.get::<i64>(row, "one"),
        )?;
        Ok(found.is_some())
    }

    /// Keeps a file, before anything of it lies anywhere.
    pub(in crate::ledger) fn keep_file(
        &self,
        run: i64,
        request: i64,
        file: &NewFile,
        bytes: &[u8],
        members: &[Claimed],
        now: DateTime<Utc>,
    ) -> Result<SealedFile, LedgerError> {
        let digest = FileDigest::of(bytes);
        let predecessor =
            self.row("SELECT digest FROM sealed_file WHERE state <> 'void' ORDER BY number DESC LIMIT 1", [], |row| {
                self.get::<Vec<u8>>(row, "digest")
            })?;
        self.execute(
            include_str!("keep_file.sql"),
            named_params! {
                ":number": file.order.number, ":label": file.order.label, ":file_name": file.file_name,
                ":format": file.format, ":request": request, ":run": run, ":digest": digest.as_bytes(),
                ":predecessor": predecessor, ":bytes": signed(bytes.len() as u64),
                ":vouchers": signed(members.len() as u64), ":first": file.order.first_voucher,
                ":sums": crate::ledger::values::json(&sums_of(members)), ":now": stamp(now),
            },
        )?;
        Ok(SealedFile {
            number: file.order.number,
            label: file.order.label.clone(),
            file_name: file.file_name.clone(),
            digest,
            predecessor: predecessor.as_deref().and_then(FileDigest::from_bytes),
            ledger_id: self.ledger_id()?,
        })
    }

    /// Returns the file that a request is; `None` for any other request.
    pub(in crate::ledger) fn file_of_request(&self, request: i64) -> Result<Option<SealedFile>, LedgerError> {
        let ledger_id = self.ledger_id()?;
        self.row(
            "SELECT number, label, file_name, digest, predecessor FROM sealed_file
             WHERE request_id = :request AND state <> 'void'",
            named_params! { ":request": request },
            |row| {
                let digest: Vec<u8> = self.get(row, "digest")?;
                let predecessor: Option<Vec<u8>> = self.get(row, "predecessor")?;
                Ok(SealedFile {
                    number: self.get(row, "number")?,
                    label: self.get(row, "label")?,
                    file_name: self.get(row, "file_name")?,
                    digest: digest_of(&digest)?,
                    predecessor: predecessor.as_deref().map(digest_of).transpose()?,
                    ledger_id: ledger_id.clone(),
                })
            },
        )
    }

    /// Returns the number of an attempt's file, as people read it.
    pub(crate) fn file_of_attempt(&self, attempt: i64) -> Result<Option<String>, LedgerError> {
        self.row(
            "SELECT label FROM sealed_file WHERE state <> 'void'
                 AND request_id = (SELECT request_id FROM attempt WHERE attempt_id = :attempt)",
            named_params! { ":attempt": attempt },
            |row| self.get(row, "label"),
        )
    }

    /// Seals the file of an attempt: it lies where it is fetched from. The first of its members does it for all.
    pub(in crate::ledger) fn seal_file(
        &self,
        run: i64,
        attempt: i64,
        seal: FileSeal,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let is_first = self.execute(
            "UPDATE sealed_file SET state = 'sealed', sealed_at = :now, sealed_run = :run
             WHERE request_id = (SELECT request_id FROM attempt WHERE attempt_id = :attempt)
                 AND number = :number AND digest = :digest AND state = 'rendered'",
            named_params! {
                ":now": stamp(now), ":run": run, ":attempt": attempt, ":number": seal.number,
                ":digest": seal.digest.as_bytes(),
            },
        )? == 1;
        if !is_first {
            return Ok(());
        }
        let file = self.file_named(&seal.number.to_string())?;
        let file = file.ok_or(LedgerError::Impossible { what: "sealed_file", found: seal.number.to_string() })?;
        let (run_id, (actor, user)) = (self.run_id_of(run)?, self.maker_of(run)?);
        let act = AuditAct::new(now, &actor, Act::FileSealed).accounting_user(&user).run(&run_id).detail(json!({
            "file": file.label, "name": file.file_name, "sha256": file.sha256, "bytes": file.bytes,
            "vouchers": file.vouchers, "predecessor": file.predecessor,
        }));
        self.audit(&act).map(drop)
    }

    /// Seals the file of an attempt that the books have, if it was not known to be delivered.
    pub(crate) fn seal_file_seen(&self, run: i64, attempt: i64, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute(
            "UPDATE sealed_file SET state = 'sealed', sealed_at = :now, sealed_run = :run
             WHERE request_id = (SELECT request_id FROM attempt WHERE attempt_id = :attempt) AND state = 'rendered'",
            named_params! { ":now": stamp(now), ":run": run, ":attempt": attempt },
        )
        .map(drop)
    }

    /// Returns the files that were delivered before a moment and of which not everything was seen in the books, oldest
    /// first.
    pub(crate) fn overdue_files(&self, before: DateTime<Utc>) -> Result<Vec<HandedOverFile>, LedgerError> {
        let numbers =
            self.rows(include_str!("overdue_files.sql"), named_params! { ":before": stamp(before) }, |row| {
                self.get::<u32>(row, "number")
            })?;
        let files = numbers.into_iter().map(|number| self.file_named(&number.to_string()));
        files.filter_map(Result::transpose).collect()
    }

    /// Gives the number of a file back of which nothing lies anywhere, and nothing may: once no claim of it is left.
    pub(in crate::ledger) fn void_file(&self, attempt: i64) -> Result<(), LedgerError> {
        self.execute(include_str!("void_file.sql"), named_params! { ":attempt": attempt }).map(drop)
    }

    /// Withdraws a file of which nothing was imported: its records go again, under the next generation.
    pub(crate) fn withdraw_file(
        &self,
        file: u32,
        reason: &str,
        actor: &Actor,
        accounting_user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "sealed_file",
            "UPDATE sealed_file SET state = 'withdrawn', withdrawn_at = :now, reason = :reason, actor_user = :user,
                 actor_host = :host
             WHERE number = :number AND state = 'sealed'",
            named_params! {
                ":now": stamp(now), ":reason": reason, ":user": actor.user, ":host": actor.host, ":number": file,
            },
        )?;
        self.execute(include_str!("withdraw_attempts.sql"), named_params! { ":number": file, ":now": stamp(now) })?;
        let kept = self.file_named(&file.to_string())?;
        let kept = kept.ok_or(LedgerError::Impossible { what: "sealed_file", found: file.to_string() })?;
        let act = AuditAct::new(now, actor, Act::FileWithdrawn).accounting_user(accounting_user).reason(reason).detail(
            json!({ "file": kept.label, "name": kept.file_name, "sha256": kept.sha256, "vouchers": kept.vouchers }),
        );
        self.audit(&act).map(drop)
    }

    /// Returns one file by its label, or by its number.
    pub(crate) fn file_named(&self, name: &str) -> Result<Option<HandedOverFile>, LedgerError> {
        let asked: Option<u32> = name.parse().ok();
        self.row(
            include_str!("files.sql"),
            named_params! { ":before": None::<u32>, ":number": asked, ":label": name, ":limit": 1 },
            |row| self.file_row(row),
        )
    }

    fn file_row(&self, row: &Row<'_>) -> Result<HandedOverFile, LedgerError> {
        let digest: Vec<u8> = self.get(row, "digest")?;
        let predecessor: Option<Vec<u8>> = self.get(row, "predecessor")?;
        let sums: Vec<(String, String)> = from_json("sealed_file.sums", &self.get::<String>(row, "sums")?)?;
        Ok(HandedOverFile {
            number: self.get(row, "number")?,
            label: self.get(row, "label")?,
            file_name: self.get(row, "file_name")?,
            format: self.get(row, "format")?,
            state: word("sealed_file.state", &self.get::<String>(row, "state")?, FileState::from_text)?,
            sha256: digest_of(&digest)?.to_string(),
            predecessor: predecessor.as_deref().map(digest_of).transpose()?.map(|digest| digest.to_string()),
            bytes: number("sealed_file.bytes", self.get(row, "bytes")?)?,
            vouchers: number("sealed_file.vouchers", self.get(row, "vouchers")?)?,
            waiting: number("waiting", self.get(row, "waiting")?)?,
            posted: number("posted", self.get(row, "posted")?)?,
            sums: sums.into_iter().map(|(currency, amount)| Sum { currency, amount }).collect(),
            run_id: RunId::new(self.get::<String>(row, "run_id")?),
            rendered_at: instant("sealed_file.rendered_at", &self.get::<String>(row, "rendered_at")?)?,
            sealed_at: instant_option("sealed_file.sealed_at", self.get(row, "sealed_at")?)?,
            withdrawn_at: instant_option("sealed_file.withdrawn_at", self.get(row, "withdrawn_at")?)?,
            reason: self.get(row, "reason")?,
        })
    }
}

fn digest_of(bytes: &[u8]) -> Result<FileDigest, LedgerError> {
    FileDigest::from_bytes(bytes)
        .ok_or(LedgerError::Impossible { what: "sealed_file.digest", found: format!("{} bytes", bytes.len()) })
}

/// Returns the sums of amounts, by currency, as decimals.
fn sums_of(members: &[Claimed]) -> Vec<(String, String)> {
    let mut sums = CurrencySums::default();
    members.iter().for_each(|claimed| sums.add(claimed.amount()));
    sums.decimals().collect()
}
