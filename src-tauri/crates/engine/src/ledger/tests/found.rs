//! Asks what a voucher that was found in the books leaves behind in the ledger.

use super::*;

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
    Settlement::Posted { acknowledgement, found: true }
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
