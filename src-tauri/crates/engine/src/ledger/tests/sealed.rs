//! Asks what must hold of files, of the ledger directly.

use crate::domain::{Act, AttemptState, FileSeal, Generation, SealedFile};
use crate::ports::{FileOrder, RenderedFile};
use crate::views::FileState;

use super::*;

fn order(number: u32, first_voucher: u32) -> FileOrder {
    FileOrder { number, label: format!("1970-{number:04}"), first_voucher, made_at: NOW }
}

fn filed(run: i64, key: &str, position: u64, order: FileOrder) -> ClaimAsk {
    let rendered = RenderedFile {
        file_name: format!("hlf-{}.csv", order.label),
        format: "gbat10".into(),
        bytes: format!("the bytes of {}", order.number).into_bytes(),
    };
    let file = Some(NewFile::new(order, &rendered));
    ClaimAsk { body: rendered.bytes, file, ..ask(run, key, position) }
}

async fn claim_file(rig: &LedgerRig, position: u64, order: FileOrder) -> Result<ClaimedRequest, LedgerError> {
    let run = rig.run;
    rig.ledger
        .write(move |tx| {
            if position > 1 {
                plan_row(tx, run, position)?;
            }
            tx.claim(filed(run, &format!("key-{position}"), position, order))
        })
        .await
}

fn handed_over(request: &ClaimedRequest) -> Settlement {
    Settlement::HandedOver(request.file().map(SealedFile::seal).expect("it is a file"))
}

async fn withdraw(rig: &LedgerRig) -> Result<(), LedgerError> {
    let actor = Actor { user: "kari".into(), host: "pc".into() };
    rig.ledger.write(move |tx| tx.withdraw_file(1, "it was never imported", &actor, "kari", NOW)).await
}

#[tokio::test]
async fn file_is_sealed_by_its_number_and_its_very_bytes() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("nobody claimed it");
    let seal = request.file().map(SealedFile::seal).expect("it is a file");
    let other = FileSeal { digest: crate::domain::FileDigest::of(b"other bytes"), ..seal };
    assert!(settle(&rig, &request, Settlement::HandedOver(other)).await.is_err());
    settle(&rig, &request, Settlement::HandedOver(seal)).await.expect("these are the bytes");
    let counts = rig.ledger.counts().await.expect("readable");
    assert_eq!((counts.handed_over, counts.posted, counts.in_doubt, counts.attention()), (1, 0, 0, 0));
    let file = rig.ledger.sealed_file("1970-0001").await.expect("readable").expect("it is there");
    assert_eq!((file.state, file.waiting, file.vouchers), (FileState::Sealed, 1, 1));
    let attempt = request.members()[0].attempt_id();
    let label = |attempt| rig.ledger.read(move |tx| tx.file_of_attempt(attempt));
    assert_eq!(label(attempt).await.expect("readable").as_deref(), Some("1970-0001"));
    assert_eq!(label(attempt + 1).await.expect("readable"), None);
    let bytes = rig.ledger.sealed_bytes(1).await.expect("readable");
    assert_eq!(bytes.as_deref(), Some(b"the bytes of 1".as_slice()));
    let open = rig.ledger.read(|tx| Ok((tx.open_attempts()?, tx.open_requests(0, 8)?.len()))).await;
    assert_eq!(open.expect("readable"), (0, 0), "nothing of it is in doubt");
}

#[tokio::test]
async fn record_in_a_file_enters_no_other_file_for_ever() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("nobody claimed it");
    settle(&rig, &request, handed_over(&request)).await.expect("it was open");
    assert!(claim_file(&rig, 2, order(2, 2)).await.is_err());
    settle(&rig, &request, acknowledged()).await.expect("it was seen in the books");
    assert!(claim_file(&rig, 2, order(2, 2)).await.is_err());
    let counts = rig.ledger.counts().await.expect("readable");
    assert_eq!((counts.handed_over, counts.posted), (0, 1));
}

#[tokio::test]
async fn number_of_a_file_goes_on_from_the_last_without_a_gap() {
    let rig = rig().await;
    for (number, first_voucher) in [(2, 1), (7, 1)] {
        assert!(claim_file(&rig, 1, order(number, first_voucher)).await.is_err(), "{number}");
    }
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("the first");
    let next = rig.ledger.read(|tx| tx.next_file()).await.expect("readable");
    assert_eq!((next.number, next.first_voucher), (2, 2));
    settle(&rig, &request, Settlement::NotSent).await.expect("nothing of it lies anywhere");
    let next = rig.ledger.read(|tx| tx.next_file()).await.expect("readable");
    assert_eq!((next.number, next.first_voucher), (1, 1), "it gave its number back");
    claim_file(&rig, 2, order(1, 1)).await.expect("the first");
}

#[tokio::test]
async fn file_under_way_is_followed_by_none() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("the first");
    let problem = rig.ledger.read(|tx| tx.unfinished_file()).await.expect("readable").expect("it is under way");
    assert_eq!(problem.code, ErrorCode::FileUnfinished);
    settle(&rig, &request, Settlement::Unknown(Problem::file_folder_full("/srv"))).await.expect("it was open");
    let problem = rig.ledger.read(|tx| tx.unfinished_file()).await.expect("readable").expect("it is under way");
    assert_eq!(problem.code, ErrorCode::FileFolderFull);
    let second = rig.ledger.write(|tx| {
        tx.execute_all(
            "INSERT INTO request (key, keyed_at, run_number, fence, body_hash) VALUES ('k', 't', 1, 1, zeroblob(32));
             INSERT INTO sealed_file (number, label, file_name, format, request_id, run_number, digest, predecessor, bytes,
                                      vouchers, first_voucher, sums, state, rendered_at)
             SELECT 2, 'b', 'b', 'f', 2, 1, zeroblob(32), digest, 1, 1, 2, '[]', 'rendered', 't' FROM sealed_file;",
        )
    });
    assert!(second.await.is_err());
}

#[tokio::test]
async fn record_that_is_handed_over_is_never_simply_sent_again() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("nobody claimed it");
    settle(&rig, &request, handed_over(&request)).await.expect("it was open");
    for settlement in [Settlement::NotSent, Settlement::Unknown(Problem::interrupted())] {
        assert!(settle(&rig, &request, settlement).await.is_err());
    }
    for sql in ["UPDATE sealed_file SET state = 'void'", "DELETE FROM sealed_file", "UPDATE sealed_file SET number = 2"]
    {
        assert!(rig.ledger.write(move |tx| tx.execute_all(sql)).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn record_of_a_withdrawn_file_goes_under_the_next_generation() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("nobody claimed it");
    settle(&rig, &request, handed_over(&request)).await.expect("it was open");
    withdraw(&rig).await.expect("all of it waits");
    assert_eq!(rig.ledger.counts().await.expect("readable").eligible, 1);
    assert!(claim_file(&rig, 2, order(2, 2)).await.is_err(), "the first generation is never sent again");
    let run = rig.run;
    let second = rig.ledger.write(move |tx| {
        plan_row(tx, run, 2)?;
        let mut ask = filed(run, "key-2", 2, order(2, 2));
        let generation = Generation::FIRST.next();
        ask.members[0] =
            ClaimMember { generation, reference: Reference::from_stored("hlf:A#2"), ..ask.members[0].clone() };
        tx.claim(ask)
    });
    let second = second.await.expect("a person asked for it");
    let (first, file) = (request.file().expect("a file"), second.file().expect("a file"));
    assert_eq!((file.number, file.predecessor), (2, Some(first.digest)));
    settle(&rig, &second, handed_over(&second)).await.expect("it was open");
    let story = rig.ledger.record("A").await.expect("readable").expect("it is there");
    let states: Vec<AttemptState> = story.attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(states, [AttemptState::Withdrawn, AttemptState::HandedOver]);
    assert!(story.audit.iter().all(|entry| entry.act != Act::ReExportClaimed));
    assert_eq!(story.state, RecordState::HandedOver);
}

#[tokio::test]
async fn file_of_which_a_record_is_in_the_books_stays() {
    let rig = rig().await;
    let request = claim_file(&rig, 1, order(1, 1)).await.expect("nobody claimed it");
    settle(&rig, &request, handed_over(&request)).await.expect("it was open");
    settle(&rig, &request, acknowledged()).await.expect("it was seen in the books");
    assert!(withdraw(&rig).await.is_err());
}
