use super::*;
use crate::domain::{Acknowledgement, Found, Refusal};
use crate::error::ErrorCode;
use crate::ledger::tests::claim_with_content;

fn acknowledgement(voucher_id: &str) -> Acknowledgement {
    Acknowledgement { voucher_id: voucher_id.into(), number: None }
}

/// Returns the voucher of record A, on this account.
fn there(claimed: &Claimed, voucher_id: &str, account: &str) -> FoundVoucher {
    let shown = serde_json::json!({ "text": "Travel", "lines": [
        { "account": account, "amount": "412.00" }, { "account": "2400", "amount": "-412.00", "party": "PM-0031" },
    ] });
    FoundVoucher {
        reference: claimed.reference().clone(),
        acknowledgement: acknowledgement(voucher_id),
        date: claimed.date(),
        currency: "NOK".into(),
        total: "412.00".into(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        created_by: None,
        state: VoucherState::Posted,
        reversed_by: None,
        reverses: None,
        shown: serde_json::from_value(shown).expect("a content"),
        differs: Vec::new(),
    }
}

fn looked_up(vouchers: Vec<FoundVoucher>) -> LookUpResult {
    LookUpResult::new(Found { vouchers, drafts: Vec::new() })
}

fn posted(voucher_id: &str, found: bool) -> Settlement {
    Settlement::Posted { acknowledgement: acknowledgement(voucher_id), found, made: None }
}

#[test]
fn id_that_hides_or_turns_characters_is_not_plain() {
    for id in ["V-90211", "2026/11/0042", "Bilag 7", "Å-1", "BNK1/2026/00001"] {
        assert!(is_plain(id), "{id}");
    }
    for id in ["V-1\u{202e}", "V\u{200b}-1", "<b>V-1</b>", "V-1&amp;", " V-1", "V\u{ad}1", "\u{feff}V-1"] {
        assert!(!is_plain(id), "{id:?}");
    }
    assert_eq!(plain("V\u{200b}-1"), "V\\u{200b}-1");
}

#[tokio::test]
async fn acknowledgement_is_held_against_what_stands_there() {
    let claimed = claim_with_content().await;
    let (same, other) = (there(&claimed, "V-1", "7140"), there(&claimed, "V-1", "7130"));
    let elsewhere = there(&claimed, "V-9", "7140");
    let stands = |found, vouchers: &[FoundVoucher]| {
        matches!(judge(&claimed, &posted("V-1", found), &looked_up(vouchers.to_vec())), Verdict::Stands)
    };
    for found in [false, true] {
        assert!(stands(found, &[]), "a search may lag behind");
        assert!(stands(found, std::slice::from_ref(&same)));
        assert!(
            stands(found, std::slice::from_ref(&other)) != found,
            "what was there before has to be what would be sent"
        );
        let verdict = judge(&claimed, &posted("V-1", found), &looked_up(vec![elsewhere.clone()]));
        let Verdict::Doubt(problem) = verdict else { panic!("another voucher stands there") };
        assert_eq!(problem.code, ErrorCode::AcknowledgementDiffers);
        let verdict = judge(&claimed, &posted("V\u{200b}-1", found), &looked_up(Vec::new()));
        let Verdict::Doubt(problem) = verdict else { panic!("nobody can type that id") };
        assert_eq!(problem.code, ErrorCode::AcknowledgementUnverified);
    }
    let refused = Settlement::Refused { refusal: Refusal::new("reference-taken", ""), voucher_id: Some("V-1".into()) };
    assert!(matches!(judge(&claimed, &refused, &looked_up(Vec::new())), Verdict::Stands));
    assert!(matches!(judge(&claimed, &refused, &looked_up(vec![same])), Verdict::Elsewhere(_)));
}

#[tokio::test]
async fn accounts_are_the_cause_if_nothing_else_differs() {
    let claimed = claim_with_content().await;
    let other = there(&claimed, "V-1", "7130");
    let accounts = |vouchers: &[FoundVoucher]| accounts_of(&claimed.expected(), vouchers);
    let pair = Some(("2400, 7140".to_owned(), "7130, 2400".to_owned()));
    assert_eq!(accounts(std::slice::from_ref(&other)), pair);
    assert_eq!(accounts(&[there(&claimed, "V-1", "7140")]), None, "nothing differs");
    assert_eq!(accounts(&[other.clone(), other.clone()]), None, "two of them");
    let voided = FoundVoucher { state: VoucherState::Voided, ..other.clone() };
    assert_eq!(accounts(&[voided]), None);
    let larger = FoundVoucher { total: "413.00".into(), ..other.clone() };
    assert_eq!(accounts(&[larger]), None, "its sum differs, too");

    let members = [claimed.clone(), claimed.clone(), claimed.clone()];
    let each = |index: usize| (index, vec![other.clone()]);
    let cause = |elsewhere: &[(usize, Vec<FoundVoucher>)]| accounts_differ(&members, elsewhere).map(|found| found.code);
    assert_eq!(cause(&[each(0), each(2)]), Some(ErrorCode::AccountsDiffer));
    assert_eq!(cause(&[each(0), each(1), each(2)]), Some(ErrorCode::AccountsDiffer));
    assert_eq!(cause(&[each(0)]), None, "one is no rule");
    assert_eq!(cause(&[each(0), each(1), (2, vec![there(&claimed, "V-1", "7140")])]), None, "one has another cause");
    assert_eq!(cause(&[]), None);
}

#[tokio::test]
async fn voucher_that_was_found_is_the_one_or_a_persons_case() {
    let claimed = claim_with_content().await;
    let member = claimed.member(claimed.generation(), claimed.reference().clone());
    let same = there(&claimed, "V-1", "7140");
    assert_eq!(found(&member, std::slice::from_ref(&same)), Settlement::found(&same));
    let voided = FoundVoucher { state: VoucherState::Voided, ..same.clone() };
    for vouchers in [vec![voided], vec![there(&claimed, "V-1", "7130")], vec![same.clone(), same], Vec::new()] {
        assert!(matches!(found(&member, &vouchers), Settlement::Unclear(_)), "{vouchers:?}");
    }
}
