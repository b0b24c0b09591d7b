//! Is an entry found that was changed, removed, inserted or moved, without the rest of the chain being made anew?

use rusqlite::types::Value as Sql;
use rusqlite::{Connection as Raw, params};

use super::engine_rig::{EngineRig, not_offered};
use crate::audit::AuditVerdict;
use crate::audit::walk::walk;
use crate::domain::FindingKind;
use crate::domain::audit_chain::COLUMNS;

const ENTRIES: i64 = 12;

/// Makes a trail of twelve entries of every shape, with no seal and no witness: the chain alone must find every change.
async fn trail() -> EngineRig {
    let rig = EngineRig::new(None);
    rig.acts(12).await;
    rig
}

async fn look(rig: &EngineRig) -> AuditVerdict {
    rig.ledger().read(|tx| walk(tx, not_offered())).await.expect("the ledger can be read")
}

fn value(raw: &Raw, column: &str, entry: i64) -> Sql {
    raw.query_row(&format!("SELECT {column} FROM audit WHERE entry = ?1"), [entry], |row| row.get(0)).expect("a value")
}

fn at_of(raw: &Raw, entry: i64) -> String {
    raw.query_row("SELECT at FROM audit WHERE entry = ?1", [entry], |row| row.get(0)).expect("a time")
}

/// Writes the bytes into the column in the type it has; the number of the entry may be changed so, too.
fn write(raw: &Raw, column: &str, entry: i64, bytes: &[u8], type_of: &str) {
    let sql = match type_of {
        "text" => format!("UPDATE audit SET {column} = CAST(?1 AS TEXT) WHERE entry = ?2"),
        _ => format!("UPDATE audit SET {column} = ?1 WHERE entry = ?2"),
    };
    let changed = match type_of {
        "integer" => {
            let number = i64::from_be_bytes(bytes.try_into().expect("eight bytes"));
            raw.execute(&sql, params![number, entry])
        }
        _ => raw.execute(&sql, params![bytes, entry]),
    };
    assert_eq!(changed.expect("an edit"), 1);
}

#[tokio::test]
async fn flip_of_any_byte_of_any_column_of_any_entry_is_found() {
    let rig = trail().await;
    assert_eq!(look(&rig).await.findings, []);
    let raw = rig.raw();
    let mut flips = 0;
    for entry in 1..=ENTRIES {
        let at = at_of(&raw, entry);
        for column in COLUMNS.iter().chain(&["hash"]) {
            let (type_of, bytes): (String, Vec<u8>) = raw
                .query_row(
                    &format!("SELECT typeof({column}), CAST({column} AS BLOB) FROM audit WHERE entry = ?1"),
                    [entry],
                    |row| Ok((row.get(0)?, row.get::<_, Option<Vec<u8>>>(1)?.unwrap_or_default())),
                )
                .expect("a column");
            let bytes = match value(&raw, column, entry) {
                Sql::Integer(number) => number.to_be_bytes().to_vec(),
                _ => bytes,
            };
            for place in 0..bytes.len() {
                // Each time another bit is flipped; in a number up to twelve, a bit by which it meets no other entry.
                let mask = match (*column, place) {
                    ("entry", 0) => 0xc0,
                    ("entry", _) => 0x40,
                    _ => 1 << (place % 8),
                };
                let mut flipped = bytes.clone();
                flipped[place] ^= mask;
                write(&raw, column, entry, &flipped, &type_of);
                let findings = look(&rig).await.findings;
                let now = if *column == "entry" {
                    i64::from_be_bytes(flipped.as_slice().try_into().expect("eight bytes"))
                } else {
                    entry
                };
                // The finding names the entry by its number, or, if the number itself was flipped, by the one that
                // stands there now.
                let is_named = findings.iter().any(|finding| {
                    [entry, now].contains(&finding.entry) && (*column == "at" || finding.at.as_ref() == Some(&at))
                });
                assert!(is_named, "entry {entry}, {column}, byte {place} ^ {mask:#x}: {findings:?}");
                write(&raw, column, now, &bytes, &type_of);
                flips += 1;
            }
        }
    }
    assert!(flips > 1_500, "{flips}");
    assert_eq!(look(&rig).await.findings, [], "every flip was undone");
}

#[tokio::test]
async fn value_taken_away_or_put_where_there_was_none_is_found() {
    let rig = trail().await;
    let raw = rig.raw();
    for entry in 1..=ENTRIES {
        for column in
            ["accounting_user", "record_id", "generation", "run_id", "voucher_id", "earlier_voucher_id", "reason"]
        {
            let before = value(&raw, column, entry);
            let other = match (&before, column) {
                (Sql::Null, "generation") => Sql::Integer(1),
                (Sql::Null, _) => Sql::Text(String::new()),
                _ => Sql::Null,
            };
            let sql = format!("UPDATE audit SET {column} = ?1 WHERE entry = ?2");
            raw.execute(&sql, params![other, entry]).expect("an edit");
            let findings = look(&rig).await.findings;
            let kinds: Vec<_> = findings.iter().map(|finding| (finding.kind, finding.entry)).collect();
            assert_eq!(kinds, [(FindingKind::ContentChanged, entry)], "{column}");
            assert_eq!(findings[0].at, Some(at_of(&raw, entry)));
            raw.execute(&sql, params![before, entry]).expect("an edit");
        }
    }
}

fn kinds(verdict: &AuditVerdict) -> Vec<(FindingKind, i64)> {
    verdict.findings.iter().map(|finding| (finding.kind, finding.entry)).collect()
}

#[tokio::test]
async fn entry_deleted_in_the_middle_or_at_the_beginning_is_found() {
    for (gone, last) in [(1, 1), (5, 7), (11, 11)] {
        let rig = trail().await;
        rig.edit(&format!("DELETE FROM audit WHERE entry BETWEEN {gone} AND {last}"));
        let verdict = look(&rig).await;
        let next = (FindingKind::LinkBroken, last + 1);
        assert_eq!(kinds(&verdict), [(FindingKind::EntriesMissing, gone), next]);
        assert_eq!(verdict.findings[0].at, Some(at_of(&rig.raw(), last + 1)), "the next sign of life");
        assert_eq!(verdict.findings[0].detail["last"], last.to_string());
    }
}

#[tokio::test]
async fn entry_deleted_and_the_rest_renumbered_is_found() {
    let rig = trail().await;
    rig.edit("DELETE FROM audit WHERE entry = 5; UPDATE audit SET entry = entry - 1 WHERE entry > 5;");
    let verdict = look(&rig).await;
    assert_eq!(kinds(&verdict)[..2], [(FindingKind::ContentChanged, 5), (FindingKind::LinkBroken, 5)]);
    assert!(verdict.is_changed());
}

#[tokio::test]
async fn two_entries_swapped_are_found() {
    // The entries are swapped whole, with their hashes; then their content alone.
    for columns in ["at, actor_user, act, record_id, reason, detail, previous, hash", "at, record_id, reason, detail"] {
        let rig = trail().await;
        let raw = rig.raw();
        raw.execute_batch(
            "CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE entry IN (3, 9); DROP INDEX IF EXISTS x;",
        )
        .expect("a copy");
        if columns.contains("hash") {
            // `hash` is unique: the first goes out of the way.
            raw.execute("UPDATE audit SET hash = zeroblob(32) WHERE entry = 3", []).expect("an edit");
        }
        for (entry, other) in [(9, 3), (3, 9)] {
            let sql = format!(
                "UPDATE audit SET ({columns}) = (SELECT {columns} FROM kept WHERE entry = {other}) WHERE entry = {entry}"
            );
            raw.execute(&sql, []).expect("an edit");
        }
        let verdict = look(&rig).await;
        for entry in [3, 9] {
            let finding = verdict.findings.iter().find(|finding| finding.entry == entry);
            let finding = finding.expect("both are named");
            assert_eq!((finding.kind, finding.at.clone()), (FindingKind::ContentChanged, Some(at_of(&raw, entry))));
        }
    }
}

#[tokio::test]
async fn entry_inserted_is_found() {
    let rig = trail().await;
    rig.edit(
        "UPDATE audit SET entry = -entry WHERE entry > 5; UPDATE audit SET entry = 1 - entry WHERE entry < 0;
         INSERT INTO audit (entry, at, actor_user, actor_host, act, detail, previous, hash)
         SELECT 6, '1970-01-01T00:00:06.500Z', 'ola', 'pc', 'settings_changed', '{}', hash, randomblob(32)
         FROM audit WHERE entry = 5;",
    );
    let verdict = look(&rig).await;
    assert_eq!(kinds(&verdict)[..2], [(FindingKind::ContentChanged, 6), (FindingKind::ContentChanged, 7)]);
    assert_eq!(verdict.findings[0].at.as_deref(), Some("1970-01-01T00:00:06.500Z"));
    assert_eq!(verdict.findings[0].detail["user"], "ola");
}

#[tokio::test]
async fn another_ledgers_entries_do_not_pass_for_this_ones() {
    let rig = trail().await;
    rig.edit("UPDATE ledger SET ledger_id = 'another'");
    let verdict = look(&rig).await;
    let changed = verdict.findings.iter().filter(|finding| finding.kind == FindingKind::ContentChanged);
    assert_eq!(changed.count(), 12);
}

#[tokio::test]
async fn many_findings_are_counted_and_some_are_listed() {
    let rig = EngineRig::new(None);
    rig.acts(AuditVerdict::FINDINGS_MAX + 7).await;
    rig.edit("UPDATE audit SET actor_user = 'ola'");
    let verdict = look(&rig).await;
    assert_eq!((verdict.findings.len(), verdict.findings_left_out), (AuditVerdict::FINDINGS_MAX, 7));
}
