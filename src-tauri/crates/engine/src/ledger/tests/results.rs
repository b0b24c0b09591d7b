//! Asks which exports the source has still to hear of.

use super::*;

/// Returns the references that are due behind an attempt.
async fn due(rig: &LedgerRig, after: i64) -> Vec<String> {
    let due = rig.ledger.read(move |tx| tx.results_due(after, 8)).await.expect("readable");
    due.into_iter().map(|due| due.result.reference).collect()
}

#[tokio::test]
async fn result_is_due_from_the_settlement_until_it_is_taken() {
    let rig = rig().await;
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    settle(&rig, &request, Settlement::Unknown(Problem::interrupted())).await.expect("it was open");
    assert_eq!(due(&rig, 0).await, [""; 0], "nobody knows yet");
    settle(&rig, &request, acknowledged()).await.expect("it was open");
    assert_eq!(due(&rig, 0).await, ["hlf:A"]);
    let found = rig.ledger.read(|tx| tx.results_due(0, 8)).await.expect("readable").remove(0);
    assert_eq!((found.result.voucher.voucher_id.as_str(), found.result.run_id.as_str()), ("V-1", "run-1"));
    assert_eq!(due(&rig, found.attempt_id).await, [""; 0], "it is the last");
    assert_eq!(rig.ledger.read(|tx| tx.count_unreported()).await.expect("readable"), 1);
    for _ in 0..2 {
        let taken = [found.attempt_id];
        rig.ledger.write(move |tx| tx.mark_reported(&taken, NOW)).await.expect("it may come twice");
    }
    assert_eq!(due(&rig, 0).await, [""; 0]);
    assert_eq!(rig.ledger.read(|tx| tx.count_unreported()).await.expect("readable"), 0);
}

#[tokio::test]
async fn nothing_is_due_to_a_source_that_takes_no_results() {
    let rig = rig().await;
    let begin = |name: &str, takes_results| RunStart {
        run_id: RunId::new(name),
        trigger: Trigger::Manual,
        actor: Actor { user: "kari".into(), host: "pc".into() },
        period: Period::EVERYTHING,
        organisation: "hlf".into(),
        protection: Protection::Enforced,
        fence: 2,
        accounting_user: "kari".into(),
        settings: serde_json::json!({}),
        started_at: NOW,
        learning: Learning { takes_results, locks_records: None },
        takes_attachments: true,
    };
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    let (without, unsaid) = (begin("run-2", Some(false)), begin("run-3", None));
    let claimed = request.members()[0].clone();
    rig.ledger
        .write(move |tx| {
            tx.begin_run(&without)?;
            // It is as the run before had it.
            let run = tx.begin_run(&unsaid)?;
            tx.settle_recovered(run, &claimed, &acknowledged(), AT)
        })
        .await
        .expect("it was open");
    assert_eq!(due(&rig, 0).await, [""; 0]);
}
