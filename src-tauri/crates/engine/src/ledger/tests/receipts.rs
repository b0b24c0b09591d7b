//! Are receipts planned with the claim, settled once, and no part of what makes a record another one?

use super::*;
use crate::domain::{Act, FileDigest, MediaType, Receipt, ReceiptState};
use crate::ledger::{FetchedBytes, OpenReceipt, ReceiptSettlement};

/// Makes a ledger whose record names two receipts, and has a voucher in the books; returns its receipts.
async fn posted() -> (LedgerRig, Vec<OpenReceipt>) {
    let rig = rig().await;
    let run = rig.run;
    let open = rig.ledger.write(move |tx| {
        let (before, reading) = (tx.candidate_of("A")?.expect("it was read"), tx.begin_reading(NOW)?);
        let mut record = crate::domain::record::tests::record("A");
        record.receipts.extend(["a.pdf", "b.pdf"].into_iter().filter_map(|place| Receipt::new(place, None)));
        tx.observe(reading, &Row::Record(Box::new(record.clone()), before.place), NOW)?;
        tx.finish_reading(reading, NOW)?;
        let seen = tx.candidate_of("A")?.expect("it was read");
        assert_eq!(before.record.content_hash(), record.content_hash(), "receipts change no fingerprint");
        assert_eq!(seen.record.receipts, record.receipts);
        let request = tx.claim(ask(run, "key-1", 1))?;
        assert_eq!(tx.open_receipts(0, 10)?, [], "there is no voucher yet");
        let acknowledgement = Acknowledgement { voucher_id: "V-1".into(), number: None };
        let posted = Settlement::Posted { acknowledgement, found: false, made: None };
        tx.settle(run, &request.members()[0], &posted, AT)?;
        tx.open_receipts(0, 10)
    });
    let open = open.await.expect("a voucher");
    (rig, open)
}

fn fetched() -> FetchedBytes {
    let digest = FileDigest::from_bytes(&[7; 32]).expect("32 bytes");
    FetchedBytes { digest, bytes: 9, media_type: MediaType::Pdf }
}

async fn states(rig: &LedgerRig) -> Vec<ReceiptState> {
    let story = rig.ledger.record("A").await.expect("readable").expect("a record");
    story.attempts[0].receipts.iter().map(|receipt| receipt.state).collect()
}

#[tokio::test]
async fn receipts_are_planned_with_the_claim_and_settled_once() {
    let (rig, open) = posted().await;
    assert_eq!(open.iter().map(|one| one.receipt.place.as_str()).collect::<Vec<_>>(), ["a.pdf", "b.pdf"]);
    let (first, id) = (open[0].clone(), open[0].receipt_id);
    let sent = rig.ledger.write(move |tx| tx.send_receipt(&first, fetched(), 1, AT)).await.expect("written");
    assert_eq!(sent.map(|sent| sent.digest()), Some(fetched().digest));
    assert_eq!(states(&rig).await, [ReceiptState::Sent, ReceiptState::Planned]);
    let attached = || ReceiptSettlement::Attached { digest: fetched().digest, attachment_id: "A-1".to_owned() };
    let again = ReceiptSettlement::Failed(Problem::receipt_missing("a.pdf"));
    rig.ledger.write(move |tx| tx.settle_receipt(id, &attached(), AT)).await.expect("written");
    rig.ledger.write(move |tx| tx.settle_receipt(id, &again, AT)).await.expect("it changes nothing");
    assert_eq!(states(&rig).await, [ReceiptState::Attached, ReceiptState::Planned]);
    let broken =
        rig.ledger.write(move |tx| tx.execute_all("UPDATE receipt SET state = 'planned' WHERE state = 'attached'"));
    assert!(broken.await.is_err(), "a receipt that is settled stays so");
    let deleted = rig.ledger.write(move |tx| tx.execute_all("DELETE FROM receipt")).await;
    assert!(deleted.is_err(), "a receipt is never deleted");
}

#[tokio::test]
async fn receipts_that_are_set_aside_have_a_reason_and_an_entry() {
    let (rig, open) = posted().await;
    let late = open[1].clone();
    let kari = Actor { user: "kari".into(), host: "pc".into() };
    let names = rig.ledger.write(move |tx| tx.set_receipts_aside("A", "The hotel has none", &kari, NOW));
    assert_eq!(names.await.expect("written"), ["a.pdf", "b.pdf"]);
    assert_eq!(states(&rig).await, [ReceiptState::SetAside, ReceiptState::SetAside]);
    let sent = rig.ledger.write(move |tx| tx.send_receipt(&late, fetched(), 1, AT)).await.expect("readable");
    assert_eq!(sent, None, "nobody sends it after that");
    let story = rig.ledger.record("A").await.expect("readable").expect("a record");
    let acts: Vec<_> = story.audit.iter().map(|entry| (entry.act, entry.reason.as_deref())).collect();
    assert_eq!(acts, [(Act::ReceiptSetAside, Some("The hotel has none"))]);
}
