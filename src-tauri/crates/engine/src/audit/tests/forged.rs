//! Is a chain that was made anew as a whole, or cut off without a trace in it, found by the seals and the witness?

use rusqlite::{Connection as Raw, params};

use super::engine_rig::{EngineRig, Key, Manner};
use crate::audit::AuditVerdict;
use crate::domain::audit_chain::{COLUMNS, ChainHash, Value, entry_hash, head_bytes};
use crate::domain::{FindingKind, WitnessState};

/// Makes two runs with other acts before, between and behind: 17 entries, sealed at 5, 6, 7, 12, 13, 14 and 17, and left
/// with the accounting side at 7 and 14.
async fn sealed(key: Option<u8>) -> EngineRig {
    let rig = EngineRig::new(key);
    rig.acts(5).await;
    assert!(rig.sync().await.error.is_none());
    rig.acts(5).await;
    assert!(rig.sync().await.error.is_none());
    rig.acts(3).await;
    rig
}

fn kinds(verdict: &AuditVerdict) -> Vec<(FindingKind, i64)> {
    // The rows that entries cover are asked about in `rows.rs`.
    let of_trail = verdict.findings.iter().filter(|finding| !finding.detail.contains_key("table"));
    of_trail.map(|finding| (finding.kind, finding.entry)).collect()
}

fn ledger_id(raw: &Raw) -> String {
    raw.query_row("SELECT ledger_id FROM ledger", [], |row| row.get(0)).expect("an id")
}

/// Makes every link and hash anew, as a reader of `docs/audit-trail.md` can.
fn recompute(raw: &Raw) {
    let (id, mut previous) = (ledger_id(raw), ChainHash::NONE);
    let entries: i64 = raw.query_row("SELECT max(entry) FROM audit", [], |row| row.get(0)).expect("a number");
    // `hash` is unique: old ones go out of the way.
    raw.execute("UPDATE audit SET hash = randomblob(32)", []).expect("an edit");
    for entry in 1..=entries {
        let values: [Value; COLUMNS.len()] = std::array::from_fn(|place| {
            let sql = format!("SELECT {} FROM audit WHERE entry = ?1", COLUMNS[place]);
            let value = raw.query_row(&sql, [entry], |row| row.get::<_, rusqlite::types::Value>(0)).expect("a value");
            match value {
                _ if COLUMNS[place] == "previous" => Value::Blob(previous.as_bytes().to_vec()),
                rusqlite::types::Value::Null => Value::Null,
                rusqlite::types::Value::Integer(number) => Value::Integer(number),
                rusqlite::types::Value::Text(text) => Value::text(text),
                rusqlite::types::Value::Blob(bytes) => Value::Blob(bytes),
                rusqlite::types::Value::Real(number) => Value::Real(number.to_bits()),
            }
        });
        let hash = entry_hash(&id, &values);
        let (before, now) = (previous.as_bytes().as_slice(), hash.as_bytes().as_slice());
        raw.execute("UPDATE audit SET previous = ?1, hash = ?2 WHERE entry = ?3", params![before, now, entry])
            .expect("an edit");
        previous = hash;
    }
}

/// Makes every head anew over the chain as it is now, signed with that key if one is given.
fn seal_anew(raw: &Raw, key: Option<&Key>) {
    let id = ledger_id(raw);
    let mut heads = raw.prepare("SELECT head_id, entries FROM audit_head").expect("heads");
    let heads: Vec<(i64, i64)> = heads
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("heads")
        .map(|row| row.expect("a head"))
        .collect();
    for (head_id, entries) in heads {
        let hash: Vec<u8> =
            raw.query_row("SELECT hash FROM audit WHERE entry = ?1", [entries], |row| row.get(0)).expect("an entry");
        let head = ChainHash::from_bytes(&hash).expect("32 bytes");
        let number = u64::try_from(entries).expect("a number");
        let signature = key.and_then(|key| key.signature(&head_bytes(&id, number, &head)));
        raw.execute("UPDATE audit_head SET head = ?1 WHERE head_id = ?2", params![hash, head_id]).expect("an edit");
        if let Some(signature) = signature {
            let sql = "UPDATE audit_head SET public_key = ?1, signature = ?2 WHERE head_id = ?3";
            raw.execute(sql, params![signature.public_key, signature.signature, head_id]).expect("an edit");
        }
    }
}

/// Changes entry 9, and makes the whole chain anew over it.
async fn remade(key: Option<u8>) -> EngineRig {
    let rig = sealed(key).await;
    rig.edit("UPDATE audit SET actor_user = 'ola' WHERE entry = 9");
    recompute(&rig.raw());
    rig
}

#[tokio::test]
async fn whole_trail_is_well_and_says_who_looked() {
    let rig = sealed(Some(1)).await;
    let verdict = rig.verdict().await;
    assert_eq!(verdict.findings, []);
    let counts = (verdict.entries, verdict.heads_checked, verdict.signed_heads_checked, verdict.vouched_up_to);
    assert_eq!((counts, verdict.witness), ((17, 7, 7, 17), WitnessState::Matches));
    assert_eq!((verdict.signed_by.len(), verdict.own_key.as_ref()), (1, verdict.signed_by.first()));
    let again = rig.verdict().await;
    assert_eq!((again.findings, again.entries), (vec![], 18), "the first look is an entry itself");
}

#[tokio::test]
async fn chain_made_anew_does_not_fit_its_seals() {
    for key in [None, Some(1)] {
        let rig = remade(key).await;
        let verdict = rig.verdict().await;
        assert_eq!(kinds(&verdict), [(FindingKind::SealDiffers, 12), (FindingKind::WitnessDiffers, 14)]);
        let finding = verdict.findings.iter().find(|one| one.kind == FindingKind::SealDiffers).expect("it is");
        assert_eq!(finding.detail["sound_up_to"], "7", "so the change is in 8 to 12");
        assert_eq!(finding.detail["last"], "17");
        assert_eq!(finding.at.as_ref().map(|at| at.starts_with("1970-01-01T00:00:")), Some(true));
        assert_eq!(verdict.witness, WitnessState::Differs);
        let entries: i64 = rig.raw().query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).expect("a count");
        assert_eq!(entries, 17, "nothing is written to a trail that is not whole");
    }
}

#[tokio::test]
async fn seals_rewritten_without_the_key_have_wrong_signatures() {
    let rig = remade(Some(1)).await;
    seal_anew(&rig.raw(), None);
    rig.books.treats_witnesses(Manner::NotOffered);
    let verdict = rig.verdict().await;
    assert_eq!(kinds(&verdict), [(FindingKind::SignatureWrong, 12)]);
    assert!(verdict.is_changed());
}

#[tokio::test]
async fn seals_forged_with_another_key_fail_by_key_and_by_witness() {
    let rig = remade(Some(1)).await;
    seal_anew(&rig.raw(), Some(&Key::new(2)));
    let verdict = rig.verdict().await;
    assert_eq!(kinds(&verdict), [(FindingKind::KeyChanged, 17), (FindingKind::WitnessDiffers, 14)]);
    assert!(verdict.findings[0].at.is_some() && verdict.is_changed());
    rig.books.treats_witnesses(Manner::NotOffered);
    assert_eq!(kinds(&rig.verdict().await), [(FindingKind::KeyChanged, 17)], "then the key alone tells");
}

#[tokio::test]
async fn one_seal_forged_with_another_key_is_found() {
    let rig = sealed(Some(1)).await;
    let raw = rig.raw();
    seal_anew(&raw, Some(&Key::new(2)));
    raw.execute_batch("DELETE FROM audit_head WHERE head_id = 1").expect("an edit");
    let verdict = rig.verdict().await;
    assert_eq!(kinds(&verdict), [(FindingKind::SealsMissing, 0), (FindingKind::KeyChanged, 17)]);
}

#[tokio::test]
async fn signatures_taken_away_are_missed() {
    let rig = remade(Some(1)).await;
    let raw = rig.raw();
    seal_anew(&raw, None);
    raw.execute_batch("UPDATE audit_head SET public_key = NULL, signature = NULL").expect("an edit");
    rig.books.treats_witnesses(Manner::NotOffered);
    assert_eq!(kinds(&rig.verdict().await), [(FindingKind::SignatureMissing, 17)]);
}

#[tokio::test]
async fn last_ten_cut_off_are_missed_by_seal_and_witness() {
    let rig = sealed(Some(1)).await;
    rig.edit("DELETE FROM audit WHERE entry > 7");
    let verdict = rig.verdict().await;
    assert_eq!(kinds(&verdict), [(FindingKind::CutOff, 8), (FindingKind::WitnessAhead, 8)]);
    let cut = verdict.findings.iter().find(|one| one.kind == FindingKind::CutOff).expect("it is");
    assert_eq!((cut.detail["last"].as_str(), cut.at.is_some()), ("17", true));
    assert_eq!((verdict.witness, verdict.entries), (WitnessState::Ahead, 7));
    // The seals went with them: only somebody else can know.
    rig.edit("DELETE FROM audit_head WHERE entries > 7");
    assert_eq!(kinds(&rig.verdict().await), [(FindingKind::WitnessAhead, 8)]);
}

#[tokio::test]
async fn trail_that_was_emptied_is_missed() {
    let rig = sealed(None).await;
    rig.edit("DELETE FROM audit");
    let verdict = rig.verdict().await;
    assert_eq!(kinds(&verdict), [(FindingKind::CutOff, 1), (FindingKind::WitnessAhead, 1)]);
}

#[tokio::test]
async fn every_byte_of_every_seal_counts() {
    let rig = sealed(Some(1)).await;
    let raw = rig.raw();
    for head_id in [1, 2] {
        for (column, bytes) in [("head", 32), ("public_key", 64), ("signature", 128)] {
            for place in 0..bytes {
                let kept: Vec<u8> = raw
                    .query_row(
                        &format!("SELECT CAST({column} AS BLOB) FROM audit_head WHERE head_id = ?1"),
                        [head_id],
                        |row| row.get(0),
                    )
                    .expect("a seal");
                let mut flipped = kept.clone();
                // A digit stays no digit, or becomes another one.
                flipped[place] ^= 0x01;
                let sql = if column == "head" {
                    format!("UPDATE audit_head SET {column} = ?1 WHERE head_id = ?2")
                } else {
                    format!("UPDATE audit_head SET {column} = CAST(?1 AS TEXT) WHERE head_id = ?2")
                };
                raw.execute(&sql, params![flipped, head_id]).expect("an edit");
                let verdict = rig.verdict().await;
                assert!(verdict.is_changed(), "{column} byte {place}: {verdict:?}");
                raw.execute(&sql, params![kept, head_id]).expect("an edit");
            }
        }
    }
    assert!(!rig.verdict().await.is_changed());
}
