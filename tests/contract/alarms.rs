//! Tests the promise record by record: a record that was exported has one voucher that stands, or it waits for a person with
//! a next step that works. Counted in the sandbox's own books.

use postonce_tests::CliRig;
use reqwest::Method;
use serde_json::{Value, json};

use super::two_ledgers::{REASON, TwoLedgers, assert_clear, id_of, standing, waits};

const ROWS: &str = "A;05.10.2026;412,00;PM-0001;Reise;Bodø;NOK\nB;06.10.2026;99,50;PM-0002;Reise;Narvik;NOK\n";
const CORRECTED: &str = "A;05.10.2026;421,00;PM-0001;Reise;Bodø;NOK\nB;06.10.2026;99,50;PM-0002;Reise;Narvik;NOK\n";
const PROTECTIONS: [&str; 4] = ["enforced", "fenced", "staged", "observed"];

fn exported(protection: &str) -> TwoLedgers {
    let both = TwoLedgers::over(protection, ROWS);
    let said = both.rig.sync();
    assert_eq!((said.status, said.count("posted")), (Some(0), 2), "{protection}: {said:?}");
    both
}

fn close(rig: &CliRig, through: &Value) {
    rig.admin(Method::PUT, "closed-through", Some(&json!({ "date": through })));
}

fn void(rig: &CliRig, id: &str) {
    let voucher = standing(rig, id).remove(0);
    rig.admin(Method::POST, &format!("vouchers/{}/void", id_of(&voucher)), None);
}

#[test]
fn a_reversed_voucher_without_a_successor_stays_an_alarm() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        let rig = &both.rig;
        close(rig, &json!("2026-10-31"));
        let again = ["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"];
        assert_eq!(rig.run(&again).count("refused"), 1, "{protection}");
        assert_eq!(standing(rig, "A").len(), 0, "{protection}: the counter-voucher is made, the new one refused");
        for _ in 0..2 {
            let sync = rig.sync();
            assert_eq!(sync.status, Some(4), "{protection}: {sync:?}");
            let item = waits(&rig.run(&["attention"]));
            assert_eq!((&item["state"], &item["record_id"]), (&json!("vanished"), &json!("A")), "{protection}");
            assert_eq!(item["vanished"]["reversed_by_us"], true, "{protection}");
            assert!(item["vanished"]["refusal"].is_string(), "{protection}: and the reason is named: {item}");
            assert_ne!(rig.run(&["compare"]).status, Some(0), "{protection}: nor are both sides equal");
        }
        close(rig, &Value::Null);
        let said = rig.run(&again);
        assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{protection}: the next step works: {said:?}");
        both.only("A");
        assert_eq!(rig.sync().status, Some(0), "{protection}");
        assert_clear(&rig.run(&["attention"]));
        assert_eq!(rig.run(&["compare"]).status, Some(0), "{protection}");
    }
}

/// A workspace may leave out the look at what was exported before: a record that was exported twice is looked at anyway.
#[test]
fn surplus_beside_a_re_export_is_seen_without_comparing() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        let said = both.rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
        assert_eq!(said.count("posted"), 1, "{protection}: {said:?}");
        assert_eq!(standing(&both.rig, "A").len(), 2, "{protection}: nobody reversed the first");
        let file = both.other_path().join("workspace.toml");
        let settings = std::fs::read_to_string(&file).expect("readable");
        std::fs::write(&file, settings + "\n[sync]\ncompare_after_run = false\n").expect("writable");
        for _ in 0..2 {
            let said = both.other(&["sync"]);
            assert_eq!((said.status, said.count("posted")), (Some(4), 0), "{protection}: {said:?}");
            let item = waits(&both.other(&["attention"]));
            let shown = (&item["record_id"], &item["vanished"]["kind"]);
            assert_eq!(shown, (&json!("A"), &json!("several")), "{protection}: {item}");
        }
    }
}

#[test]
fn a_second_voucher_that_stands_is_an_alarm_until_one_goes() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        let rig = &both.rig;
        let first = both.only("A");
        let said = rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
        assert_eq!(said.count("posted"), 1, "{protection}: {said:?}");
        assert_eq!(rig.sync().status, Some(4), "{protection}");
        let item = waits(&rig.run(&["attention"]));
        assert_eq!(item["vanished"]["kind"], "several", "{protection}: {item}");
        rig.admin(Method::POST, &format!("vouchers/{}/void", id_of(&first)), None);
        assert_eq!(rig.sync().status, Some(0), "{protection}: the one that was named is gone");
        both.only("A");
        assert_clear(&rig.run(&["attention"]));
    }
}

#[test]
fn a_voucher_found_in_the_books_is_never_counted_as_posted() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("posted"), said.count("found")), (Some(0), 0, 2), "{protection}: {said:?}");
        assert_eq!(said.last()["sums"], json!([]), "{protection}");
        let run = said.last()["run_id"].as_str().expect("an id").to_owned();
        let shown = both.other(&["run", &run]);
        assert_eq!(shown.last()["certificate"], Value::Null, "{protection}: nothing was made");
        assert_eq!(shown.last()["counts"]["found"], 2, "{protection}");
        let first = &shown.last()["records"][0];
        assert_eq!(first["made_by"], "Kari Nordmann", "{protection}: who booked it is said, {first}");
        assert!(first["made_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{protection}: and when, {first}");
        assert_eq!(both.rig.stats()["vouchers"], 2, "{protection}");
    }
}

#[test]
fn a_found_voucher_that_is_voided_is_an_alarm_in_the_same_run() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        void(&both.rig, "A");
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("posted")), (Some(4), 0), "{protection}: {said:?}");
        assert_eq!(waits(&both.other(&["attention"]))["record_id"], "A", "{protection}");
        let voided = both.rig.admin(Method::GET, "vouchers?reference=hlf:A", None)["vouchers"][0].clone();
        let word = ["resolve", "A", "--posted", id_of(&voided), "--reason", REASON];
        let said = both.other(&word);
        assert_eq!(said.status, Some(0), "{protection}: {said:?}");
        let item = waits(&both.other(&["attention"]));
        assert_eq!(item["vanished"]["kind"], "reversed", "{protection}: {item}");
        let said = both.other(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
        assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{protection}: {said:?}");
        both.only("A");
    }
}

#[test]
fn a_correction_elsewhere_is_taken_over_and_nothing_waits() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        assert_eq!(both.other(&["sync"]).count("found"), 2, "{protection}");
        both.rows(CORRECTED);
        both.rig.sync();
        both.correct("A");
        let corrected = both.only("A");
        both.other_rows(CORRECTED);
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("posted")), (Some(0), 0), "{protection}: {said:?}");
        assert_clear(&both.other(&["attention"]));
        let story = both.other(&["record", "A"]).last().clone();
        let newest = story["attempts"].as_array().and_then(|attempts| attempts.last()).expect("an attempt").clone();
        assert_eq!(
            (&story["state"], &newest["voucher_id"]),
            (&json!("posted"), &corrected["voucher_id"]),
            "{protection}"
        );
        assert_eq!(both.only("A"), corrected, "{protection}");
    }
}

#[test]
fn a_correction_elsewhere_that_is_not_here_shows_as_changed() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        assert_eq!(both.other(&["sync"]).count("found"), 2, "{protection}");
        both.rows(CORRECTED);
        both.rig.sync();
        both.correct("A");
        let corrected = both.only("A");
        assert_eq!(both.other(&["sync"]).status, Some(4), "{protection}");
        let item = waits(&both.other(&["attention"]));
        assert_eq!(
            (&item["state"], &item["voucher_id"]),
            (&json!("changed"), &corrected["voucher_id"]),
            "{protection}"
        );
        assert_eq!(item["changed"]["exported"]["amount"], "421.00", "{protection}: what stands there: {item}");
        assert_eq!(item["changed"]["differs"], json!(["amount"]), "{protection}");
        let said = both.other(&["accept", "A", "--reason", REASON]);
        assert_eq!(said.status, Some(0), "{protection}: {said:?}");
        assert_eq!(both.other(&["sync"]).status, Some(0), "{protection}");
        assert_eq!(both.only("A"), corrected, "{protection}");
    }
}

#[test]
fn a_correction_that_is_reversed_again_is_an_alarm() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        assert_eq!(both.other(&["sync"]).count("found"), 2, "{protection}");
        both.correct("A");
        void(&both.rig, "A");
        assert_eq!(both.other(&["sync"]).status, Some(4), "{protection}");
        assert_eq!(waits(&both.other(&["attention"]))["vanished"]["kind"], "reversed", "{protection}");
        let said = both.other(&["re-export", "A", "--reason", REASON, "--confirm", "A"]);
        assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{protection}: {said:?}");
        both.only("A");
    }
}

#[test]
fn a_fresh_ledger_takes_over_a_correction_of_somebody_else() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        both.rows(CORRECTED);
        both.rig.sync();
        both.correct("A");
        let corrected = both.only("A");
        both.other_rows(CORRECTED);
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("posted"), said.count("found")), (Some(0), 0, 2), "{protection}: {said:?}");
        assert_clear(&both.other(&["attention"]));
        assert_eq!(both.only("A"), corrected, "{protection}");
    }
}

#[test]
fn a_fresh_ledger_with_other_content_waits_with_a_way_out() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        both.rows(CORRECTED);
        both.rig.sync();
        both.correct("A");
        let corrected = both.only("A");
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("posted")), (Some(4), 0), "{protection}: {said:?}");
        let item = waits(&both.other(&["attention"]));
        assert_eq!((&item["state"], &item["record_id"]), (&json!("in_doubt"), &json!("A")), "{protection}: {item}");
        let said = both.other(&["resolve", "A", "--posted", id_of(&corrected), "--reason", REASON]);
        assert_eq!(said.status, Some(0), "{protection}: {said:?}");
        let item = waits(&both.other(&["attention"]));
        assert_eq!(item["vanished"]["kind"], "other_content", "{protection}: it says what differs: {item}");
        assert_eq!(both.other(&["accept", "A", "--reason", REASON]).status, Some(0), "{protection}");
        assert_eq!(both.other(&["sync"]).status, Some(0), "{protection}");
        assert_eq!(both.only("A"), corrected, "{protection}");
    }
}

#[test]
fn a_re_export_of_what_another_exported_again_is_refused_first() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        assert_eq!(both.other(&["sync"]).count("found"), 2, "{protection}");
        both.correct("A");
        let corrected = both.only("A");
        let again = ["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"];
        let said = both.other(&again);
        assert_eq!((said.status, said.code()), (Some(1), "exported_elsewhere"), "{protection}: {said:?}");
        assert_eq!(both.only("A"), corrected, "{protection}");
        assert_eq!(both.other(&["sync"]).status, Some(0), "{protection}");
        let said = both.other(&again);
        assert_eq!((said.status, said.count("posted")), (Some(0), 1), "{protection}: {said:?}");
        both.only("A");
    }
}

#[test]
fn a_re_export_passes_the_holds_like_everything_that_is_sent() {
    let year = ROWS.replace("05.10.2026", "05.10.0202");
    let twice = format!("{ROWS}A;05.10.2026;500,00;PM-0001;Reise;Bodø;NOK\n");
    for rows in [year.as_str(), twice.as_str()] {
        let both = exported("enforced");
        both.rows(rows);
        both.rig.sync();
        let said = both.rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"]);
        assert_eq!((said.status, said.code()), (Some(1), "record_held"), "{said:?}");
        let one = both.only("A");
        assert_eq!(one["date"], "2026-10-05", "and its voucher stands: {one}");
    }
}

#[test]
fn a_voucher_of_other_sign_or_payee_is_not_the_records() {
    for protection in ["fenced", "staged", "observed"] {
        for (amount, party, differs) in [("-412.00", "PM-0001", "sign"), ("412.00", "PM-0099", "payee")] {
            let both = TwoLedgers::over(protection, ROWS);
            let opposite =
                if let Some(plain) = amount.strip_prefix('-') { plain.to_owned() } else { format!("-{amount}") };
            let by_hand = json!({
                "reference": "hlf:A", "date": "2026-10-05", "currency": "NOK", "text": "Bodø",
                "lines": [{ "account": "7790", "amount": amount }, { "account": "2930", "amount": opposite, "party": party }],
            });
            both.rig.admin(Method::POST, "vouchers", Some(&by_hand));
            let said = both.rig.sync();
            assert_eq!((said.count("posted"), said.count("in_doubt")), (1, 1), "{protection} {differs}: {said:?}");
            let item = waits(&both.rig.run(&["attention"]));
            assert_eq!(item["evidence"][0]["differs"], json!([differs]), "{protection}: {item}");
        }
    }
}

#[test]
fn a_rebuilt_ledger_knows_what_changed_since_the_export() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        for (part, changed) in [("amount", "421,00"), ("text", "Bodø tur/retur"), ("payee_id", "PM-0007")] {
            let was = match part {
                "amount" => "412,00",
                "text" => "Bodø",
                _ => "PM-0001",
            };
            both.other_rows(&ROWS.replacen(was, changed, 1));
            let rebuilt = both.other(&["rebuild"]);
            assert_eq!(rebuilt.status, Some(0), "{protection} {part}: {rebuilt:?}");
            let item = waits(&both.other(&["attention"]));
            assert_eq!(item["state"], "changed", "{protection} {part}: {item}");
            assert_eq!(item["changed"]["differs"], json!([part]), "{protection}: {item}");
            for file in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
                let _ = std::fs::remove_file(both.other_path().join(file));
            }
        }
        assert_eq!(both.rig.stats()["vouchers"], 2, "{protection}");
    }
}

#[test]
fn account_rules_that_differ_are_one_sentence_and_send_nothing() {
    for protection in PROTECTIONS {
        let both = exported(protection);
        let file = both.other_path().join("workspace.toml");
        let text = std::fs::read_to_string(&file).expect("it is there");
        std::fs::write(&file, text.replace("\"7790\"", "\"7140\"")).expect("writable");
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.code()), (Some(1), "accounts_differ"), "{protection}: {said:?}");
        let detail = &said.last()["error"]["detail"];
        assert!(detail["there"].to_string().contains("7790"), "{protection}: {detail}");
        assert_eq!((said.count("refused"), said.count("in_doubt")), (0, 0), "{protection}: {said:?}");
        assert_clear(&both.other(&["attention"]));
        std::fs::write(&file, text).expect("writable");
        let said = both.other(&["sync"]);
        assert_eq!((said.status, said.count("found")), (Some(0), 2), "{protection}: {said:?}");
        assert_eq!(both.rig.stats()["vouchers"], 2, "{protection}");
    }
}

#[test]
fn a_comparison_says_which_parts_it_could_not_see() {
    let both = exported("enforced");
    let compared = both.rig.run(&["compare"]);
    assert_eq!((compared.status, &compared.last()["unseen"]), (Some(0), &json!([])), "{compared:?}");
}

#[test]
fn a_voucher_that_a_search_need_not_show_is_not_gone() {
    let both = TwoLedgers::over("enforced", ROWS);
    let rig = &both.rig;
    rig.set_faults(&json!({ "lookup_lag_ms": 600_000, "faults": [] }));
    let said = rig.sync();
    assert_eq!((said.status, said.count("posted")), (Some(0), 2), "{said:?}");
    assert_eq!(rig.sync().status, Some(0), "nothing is gone");
    assert_clear(&rig.run(&["attention"]));
    for reverse in [None, Some("--reverse")] {
        let mut again = vec!["re-export", "A", "--reason", REASON, "--confirm", "A"];
        again.extend(reverse);
        let said = rig.run(&again);
        assert_eq!((said.status, said.code()), (Some(1), "re_export_too_early"), "{said:?}");
    }
    assert_eq!(rig.stats()["vouchers"], 2, "and nothing stands there twice");
}
