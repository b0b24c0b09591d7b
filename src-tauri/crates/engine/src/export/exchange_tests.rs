use super::*;
use crate::ledger::tests::request_of;

fn acknowledgement(voucher_id: &str) -> Acknowledgement {
    Acknowledgement { voucher_id: voucher_id.into(), number: None }
}

fn settled(outcome: RequestOutcome) -> Vec<Settlement> {
    let RequestOutcome::Each(settlements) = outcome else { panic!("it is divided") };
    settlements.into_iter().map(|settlement| settlement.expect("each member has one")).collect()
}

#[tokio::test]
async fn refusal_of_a_whole_request_settles_its_only_member() {
    let no = || Problem::accounting_refused("http://a", 422, "No such account");
    for (problem, too_large, kind) in [
        (no(), false, "refused"),
        (no(), true, "too-large"),
        (Problem::accounting_busy("http://a", 413), true, "too-large"),
    ] {
        let (outcome, halt) = refused(&request_of(1).await, problem.clone(), too_large, None);
        let [Settlement::Refused { refusal, voucher_id: None }] = &settled(outcome)[..] else { panic!("{problem:?}") };
        assert_eq!((refusal.kind.as_str(), halt.is_none()), (kind, true), "{problem:?}");

        let (outcome, halt) = refused(&request_of(2).await, problem, too_large, None);
        assert!(matches!((outcome, halt), (RequestOutcome::Divide, None)), "the one at fault is looked for");
    }
}

#[tokio::test]
async fn refusal_for_another_reason_than_the_content_ends_the_run() {
    for members in [1, 2] {
        let problem = Problem::accounting_unauthorized("http://a", 401, None);
        let (outcome, halt) = refused(&request_of(members).await, problem, false, None);
        assert_eq!(settled(outcome), vec![Settlement::NotSent; members]);
        assert!(halt.is_some());
    }
}

#[tokio::test]
async fn refusal_says_nothing_of_an_earlier_sending() {
    let doubt = Problem::interrupted();
    for too_large in [false, true] {
        let no = Problem::accounting_refused("http://a", 422, "No such account");
        let (outcome, halt) = refused(&request_of(2).await, no, too_large, Some(doubt.clone()));
        assert_eq!(settled(outcome), vec![Settlement::Unknown(doubt.clone()); 2]);
        assert!(halt.is_none());
    }
}

#[tokio::test]
async fn voucher_that_stood_there_is_found_unless_it_was_sent_before() {
    let request = request_of(1).await;
    for repeated in [false, true] {
        let found = |found| vec![Settlement::Posted { acknowledgement: acknowledgement("V-1"), found, made: None }];
        let exists = Answer { results: vec![Some(VoucherResult::Exists(acknowledgement("V-1")))] };
        assert_eq!(settled(posted_each(&request, exists, repeated)), found(!repeated));
        let staged = Answer { results: vec![Some(StageResult::Exists(acknowledgement("V-1")))] };
        assert_eq!(settled(staged_each(&request, staged, repeated)), found(!repeated));
        let created = Answer { results: vec![Some(VoucherResult::Created(acknowledgement("V-1")))] };
        assert_eq!(settled(posted_each(&request, created, repeated)), found(false));
    }
}

#[tokio::test]
async fn answer_without_a_result_or_an_id_is_no_success() {
    let request = request_of(3).await;
    let nameless = Some(VoucherResult::Created(acknowledgement(" ")));
    let answer = Answer { results: vec![nameless, None] };
    assert_eq!(settled(posted_each(&request, answer, false)), vec![Settlement::Unknown(Problem::result_missing()); 3]);
}
