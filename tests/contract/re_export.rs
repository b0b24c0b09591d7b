//! Tests a forced re-export and a person's decision, over the real command line and the real sandbox.

use postonce_tests::{CliRig, command_output, wait_for};
use reqwest::Method;
use serde_json::{Value, json};

use super::two_ledgers::{TwoLedgers, id_of, standing};

const CSV: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n\
                   A;05.10.2026;412,00;PM-0001;Reise;Bodø;NOK\n\
                   B;06.10.2026;99,50;PM-0002;Reise;Narvik;NOK\n";
const REASON: &str = "voucher lost in a restored backup";

fn synced() -> CliRig {
    let rig = CliRig::over_csv(CSV.as_bytes());
    assert_eq!(rig.sync().count("posted"), 2);
    rig
}

fn record(rig: &CliRig, id: &str) -> Value {
    rig.run(&["record", id]).last().clone()
}

fn vouchers(rig: &CliRig, reference: &str) -> Vec<Value> {
    let reference = reference.replace('#', "%23");
    let found = rig.admin(Method::GET, &format!("vouchers?reference={reference}"), None);
    found["vouchers"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_record_goes_once_more_and_its_reason_is_in_the_trail() {
    let rig = synced();
    let earlier = vouchers(&rig, "hlf:A")[0]["voucher_id"].clone();
    rig.admin(Method::DELETE, &format!("vouchers/{}", earlier.as_str().expect("a text")), None);
    let said = rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
    assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{said:?}");
    assert_eq!(said.last()["trigger"], "re-export");
    assert!(said.words.contains(earlier.as_str().expect("a text")), "the earlier voucher is shown: {}", said.words);
    let anew = vouchers(&rig, "hlf:A#2");
    assert_eq!(anew.len(), 1, "{anew:?}");
    let trail = rig.run(&["record", "A"]).last()["audit"].clone();
    let acts: Vec<&str> = trail.as_array().expect("a list").iter().filter_map(|entry| entry["act"].as_str()).collect();
    let expected = ["alarm_raised", "re_export_requested", "re_export_claimed", "re_export_settled"];
    assert_eq!(acts, expected, "{trail}");
    assert_eq!(trail[3]["reason"], REASON);
    assert_eq!((&trail[3]["voucher_id"], &trail[3]["earlier_voucher_id"]), (&anew[0]["voucher_id"], &earlier));
    let again = rig.sync();
    assert_eq!((again.count("posted"), again.count("skipped")), (0, 2), "an ordinary sync sends neither");
    assert_eq!(rig.stats()["vouchers"], 2);
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

/// A ledger that does not know of the deleted vouchers looks so far behind the first, and no further.
#[test]
fn re_export_that_no_other_ledger_would_find_is_refused() {
    for protection in ["enforced", "fenced", "staged", "observed"] {
        let both = TwoLedgers::over(protection, "A;05.10.2026;412,00;PM-0001;Reise;Bodø;NOK\n");
        assert_eq!(both.rig.sync().count("posted"), 1);
        // A search need not show at once what was acknowledged.
        let again = || {
            wait_for("the search to have caught up", || {
                let said = both.rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
                (said.code() != "re_export_too_early").then_some(said)
            })
        };
        let delete = || both.rig.admin(Method::DELETE, &format!("vouchers/{}", id_of(&both.only("A"))), None);
        for generation in 2..=3 {
            delete();
            let said = again();
            assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{protection} {generation}: {said:?}");
        }
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("found")), (Some(0), 1), "{protection}: {said:?}");
        delete();
        let said = again();
        assert_eq!((said.status, said.code()), (Some(1), "re_export_out_of_reach"), "{protection}: {said:?}");
        assert_eq!(standing(&both.rig, "A").len(), 0, "{protection}: nothing was sent");
    }
}

#[test]
fn a_re_export_needs_reason_confirmation_and_earlier_export() {
    let rig = CliRig::over_csv(CSV.as_bytes());
    let early = rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
    assert_eq!((early.status, early.code()), (Some(1), "record_not_found"));
    rig.sync();
    for (arguments, status, expected) in [
        (["re-export", "A", "--reason", "because", "--confirm", "A"], 2, "reason_too_short"),
        (["re-export", "A", "--reason", REASON, "--confirm", "B"], 2, "confirmation_differs"),
        (["re-export", "X", "--reason", REASON, "--confirm", "X"], 1, "record_not_found"),
    ] {
        let said = rig.run(&arguments);
        assert_eq!((said.status, said.code()), (Some(status), expected), "{said:?}");
    }
    assert_eq!(rig.stats()["vouchers"], 2);
}

#[test]
fn the_earlier_voucher_is_reversed_first_on_request_and_once() {
    let rig = synced();
    let again = |confirm: &str| rig.run(&["re-export", "A", "--reason", REASON, "--confirm", confirm, "--reverse"]);
    assert_eq!(again("A").status, Some(0));
    let first = vouchers(&rig, "hlf:A");
    assert!(first[0]["reversed_by"].is_string(), "{first:?}");
    assert_eq!(vouchers(&rig, "hlf:A#1r").len(), 1);
    let story = record(&rig, "A");
    let reversed = story["audit"].as_array().expect("a list").iter().find(|entry| entry["act"] == "reversal_settled");
    let counter = reversed.map(|entry| entry["voucher_id"].clone());
    assert_eq!(counter, Some(first[0]["reversed_by"].clone()), "the record names its counter-voucher: {story}");
    assert_eq!(again("A").status, Some(0), "the second voucher may be replaced as well");
    assert_eq!(vouchers(&rig, "hlf:A#2r").len(), 1);
    assert_eq!(vouchers(&rig, "hlf:A#3").len(), 1);
    assert_eq!(vouchers(&rig, "hlf:A#1r").len(), 1, "a voucher is reversed at most once");
    assert_eq!(rig.run(&["compare"]).status, Some(0), "a voucher that we reversed ourselves is no difference");
}

#[test]
fn a_re_export_whose_answer_is_lost_leaves_one_voucher_not_two() {
    let rig = synced();
    rig.set_faults(&json!({ "faults": [{ "kind": "cut_after_commit", "remaining": 1 }] }));
    rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"]);
    rig.sync();
    assert_eq!(vouchers(&rig, "hlf:A#2").len(), 1);
    assert_eq!(record(&rig, "A")["state"], "posted");
    assert_eq!(rig.stats()["duplicates"], 0);
}

#[test]
fn administrators_never_approve_their_own_re_export() {
    let rig = synced();
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    std::fs::write(&file, text + "\n[re_export]\nsecond_approval = true\n").expect("writable");
    let asked = rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"]);
    assert_eq!(asked.status, Some(4), "{asked:?}");
    assert_eq!(asked.last()["waiting"]["record_id"], "A");
    assert_eq!(rig.stats()["vouchers"], 2);
    let attention = rig.run(&["attention"]);
    assert_eq!((attention.status, &attention.last()["approvals"][0]), (Some(4), &asked.last()["waiting"]));
    assert_eq!(rig.run(&["status"]).last()["records"]["approvals"], 1);
    let own = rig.run(&["approve", "A", "--confirm", "A"]);
    assert_eq!((own.status, own.code()), (Some(1), "approval_by_same"));
    rig.sync();
    let mut ola = rig.command(&["approve", "A", "--confirm", "A"]);
    ola.env("POSTONCE_SECRET_ACCOUNTING_TOKEN", "practice-token-ola");
    let approved = command_output(ola);
    assert_eq!((approved.status, approved.count("posted")), (Some(0), 1), "{approved:?}");
    assert_eq!(vouchers(&rig, "hlf:A#2").len(), 1);
    let twice = rig.run(&["approve", "A", "--confirm", "A"]);
    assert_eq!(twice.code(), "approval_not_asked");
    let declined = rig.run(&["re-export", "B", "--reason", REASON, "--confirm", "B"]);
    assert_eq!(declined.status, Some(4));
    assert_eq!(rig.run(&["decline", "B", "--reason", "the voucher was found again"]).status, Some(0));
    assert_eq!(rig.run(&["approve", "B", "--confirm", "B"]).code(), "approval_not_asked");
    let attention = rig.run(&["attention"]);
    assert_eq!((attention.status, &attention.last()["approvals"]), (Some(0), &json!([])), "nobody is waited for");
    assert_eq!(rig.stats()["vouchers"], 4, "with the counter-voucher");
}

/// Returns a rig with a record in doubt: a voucher made by hand stands under its reference.
fn in_doubt() -> CliRig {
    let rig = CliRig::over_csv(CSV.as_bytes());
    let plain = json!({ "unique_references": false, "checks_fence": false, "idempotency_keys": false, "faults": [] });
    rig.set_faults(&plain);
    let by_hand = json!({
        "reference": "hlf:A", "date": "2026-10-05", "currency": "NOK", "text": "by hand",
        "lines": [{ "account": "7790", "amount": "1.00" }, { "account": "2930", "amount": "-1.00", "party": "PM-0001" }],
    });
    rig.admin(Method::POST, "vouchers", Some(&by_hand));
    let said = rig.sync();
    assert_eq!((said.count("posted"), said.count("in_doubt")), (1, 1), "{said:?}");
    rig
}

#[test]
fn a_record_with_other_content_in_the_books_waits_unsent() {
    let rig = in_doubt();
    rig.sync();
    assert_eq!(vouchers(&rig, "hlf:A").len(), 1);
    let waits = rig.run(&["attention"]);
    assert_eq!(waits.status, Some(4));
    let words = waits.last().to_string();
    assert!(words.contains("in_doubt") && words.contains("hlf:A"), "{words}");
}

#[test]
fn a_persons_word_is_taken_unless_the_books_say_otherwise() {
    let rig = in_doubt();
    let voucher = vouchers(&rig, "hlf:A")[0]["voucher_id"].as_str().expect("a text").to_owned();
    let said = rig.run(&["resolve", "A", "--not-posted", "--reason", REASON]);
    assert_eq!((said.status, said.code()), (Some(1), "resolution_contradicted"), "{said:?}");
    let said = rig.run(&["resolve", "A", "--posted", "V-1", "--reason", REASON]);
    assert_eq!(said.code(), "resolution_contradicted");
    let said = rig.run(&["resolve", "A", "--posted", &voucher, "--reason", "so"]);
    assert_eq!((said.status, said.code()), (Some(2), "reason_too_short"));
    let said = rig.run(&["resolve", "A", "--posted", &voucher, "--reason", REASON]);
    assert_eq!(said.status, Some(0), "{said:?}");
    let story = record(&rig, "A");
    assert_eq!(story["vanished"]["kind"], "other_content", "it is not what was approved: {story}");
    assert_eq!(rig.run(&["resolve", "A", "--not-posted", "--reason", REASON]).code(), "not_in_doubt");
    assert_eq!(rig.sync().count("posted"), 0);
}

#[test]
fn a_record_that_a_person_finds_missing_is_sent_next() {
    let rig = in_doubt();
    let voucher = vouchers(&rig, "hlf:A")[0]["voucher_id"].as_str().expect("a text").to_owned();
    rig.admin(Method::DELETE, &format!("vouchers/{voucher}"), None);
    assert_eq!(rig.sync().count("posted"), 0, "a voucher that was seen there and is gone is a case for a person");
    let said = rig.run(&["resolve", "A", "--not-posted", "--reason", REASON]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(rig.sync().count("posted"), 1);
    assert_eq!(vouchers(&rig, "hlf:A").len(), 1);
}
