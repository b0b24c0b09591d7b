//! Is it missed that entries or signatures were taken away, or a ledger replaced, where somebody else remembers them?

use std::sync::atomic::Ordering;

use serde_json::json;

use super::engine_rig::{EngineRig, Manner, kari};
use crate::audit::AuditVerdict;
use crate::domain::{Act, Actor, FindingKind, MemoryState};
use crate::error::ErrorCode;
use crate::ledger::AuditAct;
use crate::ports::{LedgerWitness, Witness};
use crate::verbs::{OldLedger, RebuildAsk};

/// Makes a ledger that is sealed with a key; its machine remembers the newest head, or does not.
async fn synced(remembers: bool, keeps_history: bool) -> EngineRig {
    let rig = EngineRig::new(Some(1));
    *rig.key.memory.lock().expect("no test panics with it") = remembers.then(Vec::new);
    *rig.books.history.lock().expect("no test panics with it") = keeps_history.then(Vec::new);
    assert!(rig.sync().await.error.is_none());
    rig
}

/// Takes away every seal, and puts an unsigned witness in the place of the signed one: the token alone suffices.
fn take_signatures_away(rig: &EngineRig) {
    rig.edit("DELETE FROM audit_head");
    let kept = rig.books.kept().expect("a witness");
    let unsigned = Witness { public_key: None, signature: None, ..kept };
    *rig.books.kept.lock().expect("no test panics with it") = Some(unsigned);
}

fn has(verdict: &AuditVerdict, kind: FindingKind) -> bool {
    verdict.findings.iter().any(|finding| finding.kind == kind)
}

#[tokio::test]
async fn every_entry_is_signed_in_the_moment_it_is_written() {
    let rig = synced(true, false).await;
    rig.acts(1).await;
    let seals = rig.ledger().audit_seals(0, 100).await.expect("seals");
    let sealed: Vec<_> = seals.iter().map(|seal| (seal.entries, seal.signature.is_some())).collect();
    assert_eq!(sealed, [(1, true), (2, true), (3, true)]);
    let remembered = rig.key.memory.lock().expect("no test panics with it").clone().expect("a memory");
    assert_eq!(remembered.iter().map(|head| head.entries).collect::<Vec<_>>(), [3]);
    assert_eq!(rig.verdict().await.vouched_up_to, 3);
}

#[tokio::test]
async fn entries_taken_away_after_the_last_run_are_missed() {
    for remembers in [true, false] {
        let rig = synced(remembers, false).await;
        rig.acts(3).await;
        rig.edit("DELETE FROM audit WHERE entry > 2; DELETE FROM row_digest WHERE entry > 2");
        assert!(has(&rig.verdict().await, FindingKind::CutOff), "their seals are there");
        rig.edit("DELETE FROM audit_head WHERE entries > 2");
        let verdict = rig.verdict().await;
        assert_eq!(has(&verdict, FindingKind::MemoryDiffers), remembers, "{verdict:?}");
        assert_eq!(verdict.is_changed(), remembers);
        let state = if remembers { MemoryState::Kept } else { MemoryState::NotOffered };
        assert_eq!(verdict.machine_memory, state, "and it is said whether a machine remembers");
    }
}

#[tokio::test]
async fn trail_once_signed_is_never_whole_without_signatures() {
    for (remembers, keeps_history) in [(true, false), (false, true)] {
        let rig = synced(remembers, keeps_history).await;
        take_signatures_away(&rig);
        let verdict = rig.verdict().await;
        assert!(has(&verdict, FindingKind::SignaturesRemoved) && verdict.is_changed(), "{verdict:?}");
    }
    // If nobody remembers, the machine's key alone makes it a question.
    let rig = synced(false, false).await;
    take_signatures_away(&rig);
    let verdict = rig.verdict().await;
    assert!(has(&verdict, FindingKind::SignatureMissing), "{verdict:?}");
    assert_eq!(verdict.witness_history, MemoryState::NotOffered, "what is weaker is said");
}

#[tokio::test]
async fn history_that_goes_round_in_circles_vouches_for_nothing() {
    let rig = synced(false, true).await;
    assert_eq!(rig.verdict().await.witness_history, MemoryState::Kept);
    rig.books.history_circles.store(true, Ordering::Relaxed);
    assert_eq!(rig.verdict().await.witness_history, MemoryState::Unreachable);
}

#[tokio::test]
async fn witness_replaced_by_another_is_contradicted_by_those_before() {
    let rig = synced(false, true).await;
    assert!(rig.sync().await.error.is_none());
    assert!(rig.sync().await.error.is_none());
    let earlier = rig.books.history.lock().expect("no test panics with it").clone().expect("a history");
    assert_eq!(earlier.len(), 3);
    assert!(rig.verdict().await.findings.is_empty());
    for place in 0..earlier.len() {
        let mut other = earlier.clone();
        other[place].head = "ab".repeat(32);
        *rig.books.history.lock().expect("no test panics with it") = Some(other);
        let asked_before = rig.books.history_pages.load(Ordering::Relaxed);
        let verdict = rig.verdict().await;
        assert!(has(&verdict, FindingKind::HistoryDiffers) && verdict.is_changed(), "{place}: {verdict:?}");
        assert_eq!(rig.books.history_pages.load(Ordering::Relaxed) - asked_before, 3, "each page once");
    }
}

fn other(ledger_id: &str, entries: u64, by: Actor, written_at: &str) -> LedgerWitness {
    let witness = Witness { entries, head: "cd".repeat(32), public_key: None, signature: None, written_by: by };
    LedgerWitness { ledger_id: ledger_id.to_owned(), witness, written_at: Some(written_at.to_owned()) }
}

#[tokio::test]
async fn ledger_that_ended_before_this_one_began_wants_an_explanation() {
    let (before, after) = ("1969-12-31T23:00:00.000Z", "1970-01-02T00:00:00.000Z");
    let began = synced(false, false).await.ledger().audit_page(&crate::AuditFilter::default(), None, 10).await;
    let began =
        began.expect("entries").last().expect("the first").at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let ola = Actor { user: "ola".into(), host: "HLF-PC-07".into() };
    for (witness, asks) in [
        (other("old", 7, kari(), before), true),
        (other("beside", 7, kari(), after), false),
        (other("at once", 7, kari(), &began), false),
        (other("olas", 7, ola, before), false),
    ] {
        let rig = synced(false, false).await;
        *rig.books.others.lock().expect("no test panics with it") = Some(vec![witness.clone()]);
        let verdict = rig.verdict().await;
        assert_eq!(has(&verdict, FindingKind::OtherLedger), asks, "{witness:?}");
        assert!(!verdict.is_changed());
        assert_eq!(verdict.other_ledgers.len(), 1, "each is shown");
        assert_eq!(verdict.witness_list, MemoryState::Kept);
    }
}

#[tokio::test]
async fn rebuild_over_a_sound_ledger_names_it_and_the_reason() {
    let rig = synced(true, false).await;
    let path = rig.ledger().path();
    let wish = |reason, is_confirmed| RebuildAsk::new(kari(), path, OldLedger::at(path), reason, is_confirmed);
    assert_eq!(wish(None, false).expect_err("unasked").code, ErrorCode::LedgerIsSound);
    assert_eq!(wish(None, true).expect_err("no reason").code, ErrorCode::ReasonTooShort);
    let ask = wish(Some("The old one is too old"), true).expect("a reason, and a confirmation");
    // The rig keeps one witness for every ledger.
    rig.books.treats_witnesses(Manner::NotOffered);
    let anew = rig.anew();
    let end = anew.rebuild_until(ask, tokio_util::sync::CancellationToken::new()).await.expect("the books can be read");
    assert!(end.rebuilt.is_some(), "{end:?}");
    let entries = anew.ledger().audit_page(&crate::AuditFilter::default(), None, 10).await.expect("entries");
    let rebuilt = entries.iter().find(|entry| entry.act == Act::Rebuilt).expect("an entry");
    assert_eq!(rebuilt.reason.as_deref(), Some("The old one is too old"));
    let OldLedger::Sound(old) = OldLedger::at(path) else { panic!("it can be read") };
    assert_eq!(rebuilt.detail["replaces"], json!(old));
    assert!(old.seal.is_some() && old.entries == 2);
    // The machine remembers the old one, and the entry explains it.
    let verdict = anew.verify_audit(kari()).await.expect("the ledger can be read");
    assert!(verdict.findings.iter().all(|finding| finding.kind != FindingKind::OtherLedger), "{verdict:?}");
}

#[tokio::test]
async fn ledger_that_is_gone_or_damaged_is_rebuilt_without_a_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    assert_eq!(OldLedger::at(&path), OldLedger::Gone);
    std::fs::write(&path, "no ledger").expect("writable");
    assert_eq!(OldLedger::at(&path), OldLedger::Unreadable);
    assert!(RebuildAsk::new(kari(), &path, OldLedger::at(&path), None, false).is_ok());
}

#[tokio::test]
async fn replaced_ledger_that_had_more_entries_than_named_is_found() {
    let rig = synced(false, false).await;
    let now = rig.clock_now();
    let rebuilt = rig.ledger().write(move |tx| {
        let replaces = json!({ "ledger_id": "old", "entries": 7, "head": "cd".repeat(32) });
        tx.audit(&AuditAct::new(now, &kari(), Act::Rebuilt).detail(json!({ "replaces": replaces })))
    });
    rebuilt.await.expect("an entry");
    for (entries, is_found) in [(7, false), (8, true)] {
        let witness = other("old", entries, kari(), "1969-12-31T23:00:00.000Z");
        *rig.books.others.lock().expect("no test panics with it") = Some(vec![witness]);
        let verdict = rig.verdict().await;
        assert_eq!(
            (has(&verdict, FindingKind::ReplacedAhead), verdict.is_changed()),
            (is_found, is_found),
            "{verdict:?}"
        );
        assert!(!has(&verdict, FindingKind::OtherLedger), "the entry names it");
    }
}
