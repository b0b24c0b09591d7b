//! Does a run, and does a verification, find an old ledger, a copy of one, or an accounting side out of reach?

use std::sync::atomic::Ordering;

use super::engine_rig::{EngineRig, Manner, kari};
use crate::domain::{Act, Actor, FindingKind, WitnessState};
use crate::error::ErrorCode;
use crate::lock::FileLock;
use crate::ports::Witness;
use crate::{AuditFilter, AuditVerdict};

fn kinds(verdict: &AuditVerdict) -> Vec<FindingKind> {
    // The rows that entries cover are asked about in `rows.rs`.
    verdict.findings.iter().filter(|one| !one.detail.contains_key("table")).map(|finding| finding.kind).collect()
}

#[tokio::test]
async fn run_leaves_a_signed_witness_and_gives_the_lease_back() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    let kept = rig.books.kept().expect("a witness");
    assert_eq!((kept.entries, &kept.written_by), (2, &kari()));
    assert!(kept.public_key.is_some() && kept.signature.is_some());
    assert_eq!(rig.books.leases_out.load(Ordering::Relaxed), 0);
    let acts = rig.ledger().audit_page(&AuditFilter::default(), None, 10).await.expect("entries");
    let acts: Vec<_> = acts.iter().map(|entry| (entry.act, entry.accounting_user.as_deref())).collect();
    assert_eq!(acts, [(Act::SyncEnded, Some("api-7")), (Act::SyncStarted, Some("api-7"))]);
}

#[tokio::test]
async fn witness_vouches_for_the_entries_that_it_saw() {
    let rig = EngineRig::new(None);
    assert!(rig.sync().await.error.is_none());
    rig.acts(3).await;
    let verdict = rig.verdict().await;
    assert_eq!((verdict.witness, verdict.vouched_up_to, verdict.entries), (WitnessState::Matches, 2, 5));
    // Findings that are too many to list are findings.
    let mut crowded = verdict;
    assert!(!crowded.is_changed());
    crowded.findings_left_out = 1;
    assert!(crowded.is_changed());
}

#[tokio::test]
async fn trail_is_sealed_anew_if_the_key_came_after_its_last_entry() {
    let rig = EngineRig::new(Some(1));
    rig.key.is_locked.store(true, Ordering::Relaxed);
    assert!(rig.sync().await.error.is_none());
    let kept = rig.books.kept().expect("a witness");
    assert_eq!((kept.entries, kept.public_key), (2, rig.key.signature(&[]).map(|signature| signature.public_key)));
    let newest = rig.ledger().audit_seals(0, 100).await.expect("seals").pop().expect("a seal");
    assert_eq!((newest.entries, newest.signature.is_some()), (2, true));
}

#[tokio::test]
async fn copy_that_was_faster_is_noticed_when_the_witness_is_refused() {
    let rig = EngineRig::new(Some(1));
    rig.books.treats_witnesses(Manner::Overtaken);
    let end = rig.sync().await;
    assert_eq!(end.error.map(|problem| problem.code), Some(ErrorCode::LedgerForked));
}

#[tokio::test]
async fn copy_used_first_goes_on_and_the_other_is_refused() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    let (first, second) = rig.copied();
    assert!(second.sync().await.error.is_none(), "nobody can tell yet");
    let problem = first.refusal().await;
    assert_eq!(problem.code, ErrorCode::LedgerRolledBack);
    let params = ["ours", "theirs", "user", "host"].map(|name| problem.params[name].as_str());
    assert_eq!(params, ["2", "4", "kari", "HLF-PC-12"]);
    assert_eq!(first.books.leases_out.load(Ordering::Relaxed), 0, "the lease is given back");
    assert_eq!(kinds(&first.verdict().await), [FindingKind::WitnessAhead]);
    assert!(second.sync().await.error.is_none(), "the other goes on");
}

#[tokio::test]
async fn copy_that_went_on_by_itself_is_a_fork() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    let (first, second) = rig.copied();
    first.acts(5).await;
    assert!(second.sync().await.error.is_none());
    let problem = first.refusal().await;
    assert_eq!((problem.code, problem.params["theirs"].as_str()), (ErrorCode::LedgerForked, "4"));
    assert_eq!(kinds(&first.verdict().await), [FindingKind::WitnessDiffers]);
}

#[tokio::test]
async fn trail_that_no_longer_fits_its_seal_stops_the_next_run() {
    for edit in [
        "UPDATE audit SET hash = randomblob(32) WHERE entry = 2",
        "DELETE FROM audit WHERE entry = 2",
        "UPDATE audit_head SET head = randomblob(32)",
        "UPDATE audit_head SET signature = 'aa'",
    ] {
        let rig = EngineRig::new(Some(1));
        assert!(rig.sync().await.error.is_none());
        rig.edit(edit);
        rig.books.treats_witnesses(Manner::NotOffered);
        let problem = rig.refusal().await;
        assert_eq!((problem.code, problem.code.exit_status()), (ErrorCode::AuditBroken, 6), "{edit}");
        assert_eq!(problem.params["entries"], "2");
    }
}

#[tokio::test]
async fn nothing_is_sent_without_the_witness() {
    let rig = EngineRig::new(None);
    assert!(rig.sync().await.error.is_none());
    rig.books.treats_witnesses(Manner::OutOfReach);
    assert_eq!(rig.refusal().await.code, ErrorCode::AccountingUnreachable);
    assert_eq!(rig.books.leases_out.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn verification_works_without_the_accounting_side_and_says_so() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    for (manner, state) in
        [(Manner::OutOfReach, WitnessState::Unreachable), (Manner::NotOffered, WitnessState::NotOffered)]
    {
        rig.books.treats_witnesses(manner);
        let verdict = rig.verdict().await;
        assert_eq!((verdict.witness, kinds(&verdict)), (state, vec![]));
    }
}

#[tokio::test]
async fn witness_that_is_gone_is_reported_and_stops_nothing() {
    let rig = EngineRig::new(Some(1));
    let verdict = rig.verdict().await;
    assert_eq!((verdict.witness, kinds(&verdict)), (WitnessState::Missing, vec![]), "none was ever left");
    assert!(rig.sync().await.error.is_none());
    *rig.books.kept.lock().expect("no test panics with it") = None;
    let verdict = rig.verdict().await;
    assert_eq!((verdict.witness, kinds(&verdict)), (WitnessState::Missing, vec![FindingKind::WitnessMissing]));
    assert!(!verdict.is_changed());
    assert!(rig.sync().await.error.is_none());
    assert_eq!(kinds(&rig.verdict().await), []);
}

#[tokio::test]
async fn witness_with_a_wrong_signature_is_reported() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    let kept = rig.books.kept().expect("a witness");
    let odd = Witness { signature: Some("00".repeat(64)), ..kept };
    *rig.books.kept.lock().expect("no test panics with it") = Some(odd);
    let verdict = rig.verdict().await;
    assert_eq!((verdict.witness, kinds(&verdict)), (WitnessState::Matches, vec![FindingKind::WitnessSignatureWrong]));
}

#[tokio::test]
async fn head_that_could_not_be_left_is_left_after_the_next_run() {
    let rig = EngineRig::new(Some(1));
    rig.books.treats_witnesses(Manner::NotOffered);
    assert!(rig.sync().await.error.is_none());
    assert_eq!(rig.books.kept(), None);
    rig.books.treats_witnesses(Manner::Keeps);
    assert!(rig.sync().await.error.is_none());
    assert_eq!(rig.books.kept().map(|kept| kept.entries), Some(4));
}

#[tokio::test]
async fn verification_waits_for_no_run() {
    let rig = EngineRig::new(None);
    let held = FileLock::try_take(&rig.file_lock()).expect("nobody has it");
    let problem = rig.engine.verify_audit(kari()).await.expect_err("a run is on");
    assert_eq!(problem.code, ErrorCode::LockHeldHere);
    drop(held);
    assert_eq!(rig.verdict().await.findings, []);
}

#[tokio::test]
async fn backup_on_request_is_a_ledger_and_its_entry_comes_after_it() {
    let rig = EngineRig::new(Some(1));
    assert!(rig.sync().await.error.is_none());
    let held = FileLock::try_take(&rig.file_lock()).expect("nobody has it");
    assert_eq!(rig.engine.back_up(kari()).await.expect_err("a run is on").code, ErrorCode::RunIsOn);
    drop(held);
    let before = rig.verdict().await.entries;
    let first = rig.engine.back_up(kari()).await.expect("there is space");
    let second = rig.engine.back_up(kari()).await.expect("several a day");
    assert_ne!(first, second);
    assert!(first.exists() && second.exists());
    assert!(rig.ledger().file().expect("it is there").last_backup_at.is_some());
    let made = AuditFilter { act: Some(Act::BackupMade), ..AuditFilter::default() };
    let made = rig.ledger().audit_page(&made, None, 9).await.expect("a page");
    let files: Vec<_> = made.iter().map(|entry| entry.detail["file"].as_str().expect("its name").to_owned()).collect();
    let name = |path: &std::path::Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    assert_eq!(files, [name(&second), name(&first)]);
    assert_eq!((rig.verdict().await.entries, rig.verdict().await.findings), (before + 3, vec![]));
    assert_eq!(rig.ledger().audit_actors(9).await.expect("names"), ["kari"]);
}

#[tokio::test]
async fn entries_are_found_by_what_a_person_asks_for() {
    let rig = EngineRig::new(None);
    rig.acts(12).await;
    rig.engine.verify_audit(Actor { user: "ola".into(), host: "pc".into() }).await.expect("well");
    let page = async |filter: AuditFilter, before, limit| {
        let page = rig.ledger().audit_page(&filter, before, limit).await.expect("a page");
        page.iter().map(|entry| entry.entry).collect::<Vec<_>>()
    };
    let all = AuditFilter::default;
    assert_eq!(page(all(), None, 3).await, [13, 12, 11]);
    assert_eq!(page(all(), Some(11), 2).await, [10, 9]);
    assert_eq!(page(AuditFilter { act: Some(Act::Verified), ..all() }, None, 9).await, [13]);
    assert_eq!(page(AuditFilter { actor: Some("ola".into()), ..all() }, None, 9).await, [13]);
    assert_eq!(page(AuditFilter { actor: Some("api-7".into()), ..all() }, None, 9).await, [8, 2]);
    assert_eq!(page(AuditFilter { record_id: Some("PM-2026-00417".into()), ..all() }, None, 9).await, [9, 3]);
    assert_eq!(page(AuditFilter { text: Some("Fiken".into()), ..all() }, None, 9).await, [9, 3]);
    assert_eq!(
        page(AuditFilter { text: Some("_".into()), ..all() }, None, 9).await,
        [13],
        "no wildcard; `signed_heads…`"
    );
    assert_eq!(page(AuditFilter { text: Some("100%".into()), ..all() }, None, 9).await, [0; 0]);
    let third = rig.ledger().audit_page(&all(), Some(4), 1).await.expect("a page").remove(0);
    let of_that_second =
        AuditFilter { from: Some(third.at), to: Some(third.at + chrono::TimeDelta::seconds(1)), ..all() };
    assert_eq!(page(of_that_second, None, 9).await, [3]);
    let of_run = rig.ledger().audit_entries_of_run(&crate::domain::RunId::new("run-4"), 10).await.expect("entries");
    assert_eq!(of_run.iter().map(|entry| entry.entry).collect::<Vec<_>>(), [5]);
}
