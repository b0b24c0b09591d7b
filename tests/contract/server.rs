//! Tests a server that is down, says no, or says nonsense: the sentence, the exit status, and no voucher that is not reported.

use postonce_tests::CliRig;
use serde_json::{Value, json};

/// Syncs against a server that answers calls of `path` with this fault.
fn sync_with(kind: &str, path: &str, more: Value) -> (CliRig, postonce_tests::CommandOutput) {
    let rig = CliRig::practice(60, "");
    let mut fault = json!({ "kind": kind, "paths": [path] });
    if let (Value::Object(fault), Value::Object(more)) = (&mut fault, more) {
        fault.extend(more);
    }
    rig.set_faults(&json!({ "faults": [fault] }));
    let said = rig.sync();
    (rig, said)
}

#[test]
fn a_server_that_is_down_is_named_by_address_with_exit_5() {
    let mut rig = CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\n");
    rig.stop_sandbox();
    let sync = rig.sync();
    assert_eq!((sync.status, &sync.last()["error"]["code"]), (Some(5), &json!("accounting_unreachable")), "{sync:?}");
    assert!(sync.words.contains(rig.url()), "{}", sync.words);
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["connection"]), (Some(5), &Value::Null), "{status:?}");
    assert_eq!(status.last()["records"]["posted"], 0, "the figures of the ledger are still shown");
}

#[test]
fn a_connection_without_a_clear_answer_stops_before_sending() {
    for (kind, status, code) in [
        ("unauthorized", 1, "accounting_unauthorized"),
        ("forbidden", 1, "accounting_unauthorized"),
        ("not_found", 1, "accounting_unexpected"),
        ("html", 1, "accounting_unexpected"),
        ("redirect", 1, "accounting_unexpected"),
        ("huge_body", 1, "accounting_unexpected"),
        ("error_500_before_commit", 1, "accounting_unexpected"),
    ] {
        let (rig, said) = sync_with(kind, "me", json!({}));
        assert_eq!((said.status, &said.last()["error"]["code"]), (Some(status), &json!(code)), "{kind}: {said:?}");
        assert_eq!(rig.stats()["vouchers"], 0, "{kind}");
    }
}

#[test]
fn a_refused_request_sends_nothing_and_loses_nothing() {
    for kind in ["unauthorized", "forbidden"] {
        let (rig, said) = sync_with(kind, "vouchers", json!({}));
        assert_eq!((said.status, &said.last()["outcome"]), (Some(1), &json!("failed")), "{kind}: {said:?}");
        assert_eq!(said.last()["counts"]["in_doubt"], 0, "{kind}: a refusal is no doubt");
        rig.set_faults(&json!({ "faults": [] }));
        assert_eq!(rig.sync().count("posted"), 60, "{kind}");
    }
}

#[test]
fn an_unclear_answer_leaves_doubt_that_the_run_settles() {
    for kind in [
        "html",
        "redirect",
        "huge_body",
        "body_cut_short",
        "cut_after_commit",
        "error_500_after_commit",
        "result_missing",
    ] {
        let (rig, said) = sync_with(kind, "vouchers", json!({ "remaining": 1 }));
        assert_eq!((said.status, said.count("posted"), said.count("in_doubt")), (Some(0), 60, 0), "{kind}: {said:?}");
        assert_eq!(rig.sync().count("posted"), 0, "{kind}");
        let stats = rig.stats();
        assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(60), &json!(0)), "{kind}");
    }
}

#[test]
fn doubt_that_a_run_cannot_settle_is_settled_by_the_next() {
    for kind in ["html", "redirect"] {
        let (rig, said) = sync_with(kind, "vouchers", json!({ "remaining": 2 }));
        assert_eq!((said.status, said.count("in_doubt")), (Some(4), 60), "{kind}: {said:?}");
        assert_eq!(rig.run(&["attention"]).last()["items"][0]["state"], "in_doubt", "{kind}");
        let second = rig.sync();
        assert_eq!((second.status, second.count("posted")), (Some(0), 60), "{kind}: {}", second.words);
        assert_eq!(rig.stats()["vouchers"], 60, "{kind}");
    }
}

#[test]
fn a_server_that_asks_to_wait_is_waited_for() {
    for kind in ["status_429", "status_503"] {
        let (rig, said) = sync_with(kind, "vouchers", json!({ "remaining": 1, "retry_after_seconds": 1 }));
        assert_eq!((said.status, said.count("posted")), (Some(0), 60), "{kind}: {}", said.words);
        assert_eq!(rig.stats()["duplicates"], 0);
    }
}

#[test]
fn a_refused_voucher_waits_for_a_person_and_the_others_go() {
    let (rig, said) = sync_with("refuse", "vouchers", json!({ "remaining": 1 }));
    assert_eq!((said.status, said.count("posted"), said.count("refused")), (Some(4), 59, 1), "{said:?}");
    let attention = rig.run(&["attention"]);
    assert_eq!(attention.last()["items"][0]["state"], "refused");
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted"), second.count("skipped")), (Some(0), 1, 59), "tried again");
}

#[test]
fn a_server_that_makes_no_sense_leaves_few_records_in_doubt() {
    let rig = CliRig::practice(3_000, "");
    rig.set_faults(&json!({ "faults": [{ "kind": "error_500_before_commit" }] }));
    let said = rig.sync();
    assert_eq!((said.status, &said.last()["error"]["code"]), (Some(1), &json!("accounting_unreliable")), "{said:?}");
    assert!(said.count("in_doubt") < 1_500, "{said:?}");
    rig.set_faults(&json!({ "faults": [] }));
    assert_eq!(rig.sync().count("posted"), 3_000);
    assert_eq!(rig.stats()["vouchers"], 3_000);
}

#[test]
fn a_held_lock_names_its_holder_and_how_far_it_is() {
    let rig = CliRig::practice(20, "");
    let ask = json!({ "holder": { "user": "ola", "host": "HLF-PC-12", "run_id": "r1" }, "operation": "sync", "ttl_seconds": 60 });
    rig.call(reqwest::Method::POST, "v1/locks/export", Some(&ask));
    let said = rig.sync();
    assert_eq!((said.status, &said.last()["error"]["code"]), (Some(3), &json!("lock_held")), "{said:?}");
    assert_eq!(said.last()["error"]["lock"]["holder"]["host"], "HLF-PC-12");
    assert!(said.words.contains("HLF-PC-12"), "{}", said.words);
    assert_eq!(rig.stats()["vouchers"], 0);
}

#[test]
fn each_protection_is_named_and_posted_to_once() {
    for (switches, protection) in [
        (json!({}), "enforced"),
        (json!({ "unique_references": "off" }), "fenced"),
        (json!({ "unique_references": "off", "checks_fence": "off" }), "observed"),
        (json!({ "unique_references": "off", "checks_fence": "off", "drafts": "on" }), "staged"),
    ] {
        let rig = CliRig::practice(20, "");
        let mut settings = switches;
        settings["faults"] = json!([]);
        rig.set_faults(&settings);
        assert_eq!(rig.run(&["status"]).last()["protection"], protection);
        let said = rig.sync();
        assert_eq!((said.status, said.count("posted")), (Some(0), 20), "{protection}: {said:?}");
        let again = rig.sync();
        assert_eq!((again.count("posted"), again.count("skipped")), (0, 20), "{protection}");
        let stats = rig.stats();
        assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(20), &json!(0)), "{protection}");
    }
}
