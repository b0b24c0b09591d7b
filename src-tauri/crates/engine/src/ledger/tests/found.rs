//! Asks what a voucher that was found in the books leaves behind in the ledger.

use super::*;
use crate::domain::{AlarmKind, FoundVoucher, ShownContent, VoucherState};
use crate::views::Asker;

/// Returns the second generation of record A, as somebody else exported it.
fn exported_elsewhere(settlement: Settlement) -> TakenOver {
    let record = crate::domain::record::tests::record("A");
    let member = ClaimMember {
        position: 0,
        generation: Generation::FIRST.next(),
        reference: Reference::from_stored("hlf:A#2"),
        content: record.content_hash(),
        date: record.date,
        amount: record.amount,
        record_id: record.id,
        sent: None,
    };
    TakenOver { member, settlement }
}

fn next_run(name: &str, fence: u64) -> RunStart {
    RunStart {
        run_id: RunId::new(name),
        trigger: Trigger::Manual,
        actor: Actor { user: "kari".into(), host: "pc".into() },
        period: Period::EVERYTHING,
        organisation: "hlf".into(),
        protection: Protection::Observed,
        fence,
        accounting_user: "kari".into(),
        settings: serde_json::json!({}),
        started_at: NOW,
        learning: Learning { takes_results: Some(true), locks_records: None },
        takes_attachments: true,
    }
}

/// Claims record A under fence 1, and begins a run under fence 3: fence 2 was somebody else's.
async fn behind_somebody_else(rig: &LedgerRig) -> (i64, Claimed) {
    let request = claim(rig, "key-1", 1).await.expect("nobody claimed it");
    let start = next_run("run-2", 3);
    let run = rig.ledger.write(move |tx| tx.begin_run(&start)).await.expect("a run begins");
    (run, request.members()[0].clone())
}

fn as_voucher(voucher_id: &str) -> Settlement {
    let acknowledgement = Acknowledgement { voucher_id: voucher_id.into(), number: None };
    Settlement::Posted { acknowledgement, found: true, made: None }
}

#[tokio::test]
async fn voucher_that_was_found_proves_no_wait_for_others() {
    let rig = rig().await;
    let (run, claimed) = behind_somebody_else(&rig).await;
    let taken = exported_elsewhere(as_voucher("V-2"));
    rig.ledger
        .write(move |tx| {
            tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
            tx.take_over(run, claimed.attempt_id, &taken, AT)
        })
        .await
        .expect("it is taken over");
    assert!(rig.ledger.read(|tx| tx.follows_others(4)).await.expect("it is read"), "fence 2 may still write");

    let rig = super::rig().await;
    let (run, claimed) = behind_somebody_else(&rig).await;
    let settlement = Settlement::TakenOver(Box::new(exported_elsewhere(as_voucher("V-2"))));
    let settled = rig.ledger.write(move |tx| tx.settle_recovered(run, &claimed, &settlement, AT)).await;
    settled.expect("it is taken over");
    assert!(rig.ledger.read(|tx| tx.follows_others(4)).await.expect("it is read"), "nor did this one wait");
}

#[tokio::test]
async fn voucher_found_again_in_a_later_run_is_taken_over_again() {
    let rig = rig().await;
    let (run, claimed) = behind_somebody_else(&rig).await;
    let (doubtful, well) = (exported_elsewhere(Settlement::Unclear(Vec::new())), exported_elsewhere(as_voucher("V-2")));
    let start = next_run("run-3", 4);
    rig.ledger
        .write(move |tx| {
            tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
            tx.take_over(run, claimed.attempt_id, &doubtful, AT)?;
            let open = tx.open_record("A")?.expect("it is in doubt");
            tx.settle_recovered(run, &open.claimed, &Settlement::NotSent, AT)?;
            let later = tx.begin_run(&start)?;
            tx.take_over(later, claimed.attempt_id, &well, AT)
        })
        .await
        .expect("each run has its own word on it");
    assert_eq!(rig.ledger.counts().await.expect("readable").in_doubt, 0);
}

fn seen(voucher_id: &str, state: VoucherState) -> FoundVoucher {
    let record = crate::domain::record::tests::record("A");
    FoundVoucher {
        reference: Reference::from_stored("hlf:A"),
        acknowledgement: Acknowledgement { voucher_id: voucher_id.into(), number: None },
        date: record.date,
        currency: "NOK".into(),
        total: "412.00".into(),
        created_at: NOW,
        created_by: None,
        state,
        reversed_by: None,
        reverses: None,
        shown: ShownContent::default(),
        differs: Vec::new(),
    }
}

/// The voucher V-1 of record A is reversed from here.
const REVERSED: &str = "
    INSERT INTO re_export (re_export_id, record_id, generation, earlier_attempt, reason, reverse, requested_user,
        requested_host, requested_accounting, requested_at, needs_approval, withdrawn_at)
    VALUES (1, 'A', 2, 1, 'it was booked twice', 1, 'kari', 'pc', 'api-7', 't', 0, 't');
    INSERT INTO reversal (re_export_id, attempt_id, voucher_id, reference, key, date, reason, run_number, state, claimed_at,
        settled_at, counter_voucher_id)
    VALUES (1, 1, 'V-1', 'hlf:A/counter', 'k', '2026-11-01', 'it was booked twice', 1, 'posted', 't', 't', 'C-1');";

#[tokio::test]
async fn alarm_stays_open_while_an_earlier_voucher_stands() {
    let (stands, voided) = (VoucherState::Posted, VoucherState::Voided);
    for (kind, there, is_reversed, stays) in [
        (AlarmKind::Gone, vec![], false, false),
        (AlarmKind::Reversed, vec![seen("V-1", voided)], false, false),
        (AlarmKind::Several, vec![seen("V-1", stands), seen("V-3", stands)], false, true),
        (AlarmKind::Several, vec![seen("V-1", stands), seen("V-3", stands)], true, true),
        (AlarmKind::Several, vec![seen("V-1", stands)], true, false),
        (AlarmKind::OtherContent, vec![seen("V-1", stands)], false, true),
        (AlarmKind::OtherContent, vec![seen("V-1", stands)], true, false),
        (AlarmKind::OtherContent, vec![seen("V-1", voided), seen("V-3", stands)], true, true),
    ] {
        let rig = rig().await;
        let (run, claimed) = behind_somebody_else(&rig).await;
        let taken = exported_elsewhere(as_voucher("V-2"));
        let case = format!("{kind:?} {is_reversed} {there:?}");
        rig.ledger
            .write(move |tx| {
                tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
                tx.raise_alarm(claimed.attempt_id, kind, &there, NOW)?;
                tx.execute_all(if is_reversed { REVERSED } else { "" })?;
                tx.take_over(run, claimed.attempt_id, &taken, AT)
            })
            .await
            .expect("it is taken over");
        let open = rig.ledger.read(|tx| tx.open_alarm("A")).await.expect("readable");
        assert_eq!(open.is_some(), stays, "{case}");
    }
}

#[tokio::test]
async fn voucher_that_is_anothers_leaves_an_entry() {
    let rig = rig().await;
    let (run, claimed) = behind_somebody_else(&rig).await;
    rig.ledger
        .write(move |tx| {
            tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
            let holder = tx.holder_of_voucher("V-1", 0)?.expect("it has one");
            tx.disown(run, &holder, &claimed, AT)
        })
        .await
        .expect("it is taken from it");
    let connection = Connection::open(rig.ledger.path()).expect("the file is there");
    let entry: (String, String, String, String) = connection
        .query_row("SELECT record_id, voucher_id, actor_user, detail FROM audit WHERE act = 'disowned'", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .expect("the trail says so");
    assert_eq!((entry.0.as_str(), entry.1.as_str(), entry.2.as_str()), ("A", "V-1", "kari"));
    assert!(entry.3.contains("\"stands_under\":\"hlf:A\""), "{}", entry.3);
}

#[tokio::test]
async fn counter_voucher_leads_to_its_record_and_run() {
    let rig = rig().await;
    let (_, claimed) = behind_somebody_else(&rig).await;
    rig.ledger
        .write(move |tx| {
            tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
            tx.execute_all(REVERSED)
        })
        .await
        .expect("it is reversed");
    for (text, count) in [("C-1", 1), ("C-", 1), ("C-2", 0)] {
        let asked = RecordFilter { text: Some(text.into()), ..RecordFilter::default() };
        assert_eq!(rig.ledger.records(&asked, None, 10).await.expect("readable").len(), count, "{text}");
        let asked = RunFilter { text: Some(text.into()), ..RunFilter::default() };
        assert_eq!(rig.ledger.search_runs(&asked, 10, None).await.expect("readable").len(), count, "{text}");
    }
}

#[tokio::test]
async fn wish_is_answered_by_the_voucher_that_stands_for_it() {
    // The wish is for the second voucher of record A; others made the second, or the third, or none.
    let (answered, overtaken) = ("re_export_claimed", "re_export_withdrawn");
    for (generation, act) in [(2, answered), (3, overtaken)] {
        let rig = rig().await;
        let (run, claimed) = behind_somebody_else(&rig).await;
        let mut taken = exported_elsewhere(as_voucher("V-2"));
        taken.member.generation = Generation::new(generation).expect("a generation");
        taken.member.reference = Reference::from_stored(format!("hlf:A#{generation}"));
        rig.ledger
            .write(move |tx| {
                tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
                let earlier = tx.exported("A")?.expect("it is posted");
                tx.request_re_export(&wish(), &earlier)?;
                assert!(tx.open_re_export("A")?.is_some(), "asked for, and not answered");
                tx.take_over(run, claimed.attempt_id, &taken, AT)
            })
            .await
            .expect("it is taken over");
        assert_eq!(rig.ledger.read(|tx| tx.open_re_export("A")).await.expect("readable"), None, "{generation}");
        let acts = rig
            .ledger
            .read(|tx| tx.rows("SELECT act FROM audit", [], |row| tx.get::<String>(row, "act")))
            .await
            .expect("readable");
        assert!(acts.iter().any(|found| found == act), "{generation}: {acts:?}");
    }
}

#[tokio::test]
async fn wish_for_a_later_voucher_stays() {
    let rig = rig().await;
    let (run, claimed) = behind_somebody_else(&rig).await;
    let taken = exported_elsewhere(as_voucher("V-2"));
    let later = rig
        .ledger
        .write(move |tx| {
            tx.settle_recovered(1, &claimed, &acknowledged(), AT)?;
            let mut earlier = tx.exported("A")?.expect("it is posted");
            earlier.generation = earlier.generation.next();
            tx.request_re_export(&wish(), &earlier)?;
            tx.take_over(run, claimed.attempt_id, &taken, AT)?;
            tx.open_re_export("A")
        })
        .await
        .expect("it is taken over");
    assert_eq!(later.map(|open| open.generation), Generation::new(3));
}

fn wish() -> ReExportWish {
    let actor = Actor { user: "kari".into(), host: "pc".into() };
    ReExportWish {
        record_id: crate::domain::record::tests::record("A").id,
        generation: Generation::FIRST.next(),
        reason: "the voucher was deleted".into(),
        reverse: false,
        needs_approval: false,
        asker: Asker { actor, accounting_user: "api-7".into() },
        now: NOW,
    }
}
