//! Tests servers that are wrong about their own books: what they say is looked up before it is believed.

use postonce_tests::{CliRig, Fault, Lie, Proxy};
use reqwest::Method;
use serde_json::{Value, json};

use super::two_ledgers::{TwoLedgers, waits};

const ROWS: usize = 6;
/// A write of vouchers, as its first line has it.
const WRITE: &str = "POST /v1/vouchers HTTP";
const LOOK_UP: &str = "POST /v1/vouchers/lookup";

fn rows() -> String {
    (1..=ROWS).map(|n| format!("R{n}a;0{n}.10.2026;{n}00,00;PM-000{n};Reise;Tur {n};NOK\n")).collect()
}

/// Returns two ledgers over a server of that protection, whose answers pass the proxy.
fn behind_proxy(protection: &str, per_request: usize) -> (TwoLedgers, Proxy) {
    let both = TwoLedgers::over(protection, &rows());
    let proxy = Proxy::before(both.rig.url());
    for folder in [both.rig.path(), both.other_path()] {
        let file = folder.join("workspace.toml");
        let text = std::fs::read_to_string(&file)
            .expect("it is there")
            .replace(both.rig.url().trim_end_matches('/'), &proxy.url());
        std::fs::write(file, format!("{text}\n[sync]\nvouchers_per_request = {per_request}\n")).expect("writable");
    }
    (both, proxy)
}

fn lie(proxy: &Proxy, text: &str, lie: Lie) {
    proxy.nth(text, 0, usize::MAX, Fault::Lie(lie));
}

/// Has the server say that its look-ups may lag, so that one that shows nothing is no contradiction.
fn may_lag(both: &TwoLedgers) {
    both.rig.set_faults(&json!({ "stated_lookup_lag_ms": 600_000, "faults": [] }));
}

/// Makes sure that each record has the voucher that stands under its reference.
fn assert_own_vouchers(rig: &CliRig) {
    for n in 1..=ROWS {
        let story = rig.run(&["record", &format!("R{n}a")]).last().clone();
        let found = rig.admin(Method::GET, &format!("vouchers?reference=hlf:R{n}a"), None);
        let newest = story["attempts"].as_array().and_then(|attempts| attempts.last()).expect("an attempt").clone();
        assert!(newest["voucher_id"].is_string(), "R{n}a: {story}");
        assert_eq!(newest["voucher_id"], found["vouchers"][0]["voucher_id"], "R{n}a: {story}");
    }
}

/// Returns the codes of the reasons for which records are in doubt.
fn reasons(rig: &CliRig) -> Vec<String> {
    let items = rig.run(&["attention"]).last()["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| Some(item["reason_code"]["in_doubt"]["code"].as_str()?.to_owned())).collect()
}

#[test]
fn acknowledgements_that_are_exchanged_are_put_right() {
    for protection in ["enforced", "fenced", "observed"] {
        let (both, proxy) = behind_proxy(protection, 100);
        lie(&proxy, WRITE, Lie::Swapped);
        let said = both.rig.sync();
        assert_eq!((said.status, said.count("posted")), (Some(0), ROWS as u64), "{protection}: {said:?}");
        assert_own_vouchers(&both.rig);
        assert_eq!(both.rig.stats()["vouchers"], ROWS, "{protection}");
    }
}

#[test]
fn one_voucher_id_for_every_record_is_believed_of_none_wrongly() {
    for protection in ["enforced", "fenced", "observed"] {
        let (both, proxy) = behind_proxy(protection, 1);
        lie(&proxy, WRITE, Lie::OneId);
        let said = both.rig.sync();
        assert_eq!(said.count("posted"), ROWS as u64, "{protection}: {said:?}");
        assert_own_vouchers(&both.rig);
        assert_eq!(both.rig.stats()["vouchers"], ROWS, "{protection}");
    }
}

#[test]
fn an_acknowledgement_is_one_records_others_are_in_doubt() {
    let (both, proxy) = behind_proxy("enforced", 1);
    may_lag(&both);
    lie(&proxy, WRITE, Lie::OneId);
    lie(&proxy, LOOK_UP, Lie::NothingYet);
    let said = both.rig.sync();
    assert_ne!(said.status, Some(0), "{said:?}");
    assert_eq!((said.count("posted"), said.count("in_doubt")), (1, ROWS as u64 - 1), "{said:?}");
    assert_eq!(reasons(&both.rig), vec!["acknowledgement_taken"; ROWS - 1]);
    proxy.calm();
    let said = both.rig.sync();
    assert_eq!(said.count("in_doubt"), 0, "the books put it right: {said:?}");
    assert_eq!(both.rig.stats()["vouchers"], ROWS);
}

#[test]
fn an_id_with_a_hidden_sign_is_looked_up_first() {
    let (both, proxy) = behind_proxy("enforced", 100);
    lie(&proxy, WRITE, Lie::HiddenSign);
    assert_eq!(both.rig.sync().count("posted"), ROWS as u64);
    assert_own_vouchers(&both.rig);
    let (both, proxy) = behind_proxy("enforced", 100);
    may_lag(&both);
    lie(&proxy, WRITE, Lie::HiddenSign);
    lie(&proxy, LOOK_UP, Lie::NothingYet);
    let said = both.rig.sync();
    assert_eq!((said.count("posted"), said.count("in_doubt")), (0, ROWS as u64), "{said:?}");
    assert_eq!(reasons(&both.rig), vec!["acknowledgement_unverified"; ROWS]);
}

#[test]
fn a_voucher_of_another_record_is_never_reversed() {
    let (both, proxy) = behind_proxy("enforced", 100);
    may_lag(&both);
    lie(&proxy, WRITE, Lie::Swapped);
    proxy.nth(LOOK_UP, 0, usize::MAX, Fault::Lie(Lie::NothingYet));
    assert_eq!(both.rig.sync().count("posted"), ROWS as u64);
    proxy.calm();
    let again = ["re-export", "R1a", "--reason", "it was the wrong month", "--confirm", "R1a", "--reverse"];
    let said = both.rig.run(&again);
    assert_eq!((said.status, said.code()), (Some(1), "acknowledgement_differs"), "{said:?}");
    assert_eq!(both.rig.stats()["vouchers"], ROWS, "no counter-voucher was made, and nothing sent");
}

#[test]
fn references_that_come_back_in_capitals_make_no_second_voucher() {
    for protection in ["fenced", "observed"] {
        let (both, proxy) = behind_proxy(protection, 100);
        assert_eq!(both.rig.sync().count("posted"), ROWS as u64, "{protection}");
        lie(&proxy, LOOK_UP, Lie::Capitals);
        let said = both.other(&["sync"]);
        assert_eq!((said.count("posted"), said.code()), (0, "accounting_unexpected"), "{protection}: {said:?}");
        assert_eq!(both.rig.stats()["vouchers"], ROWS, "{protection}");
        proxy.calm();
        assert_eq!(both.other(&["sync"]).count("found"), ROWS as u64, "{protection}");
    }
}

#[test]
fn a_server_without_content_goes_on_and_the_unseen_is_said() {
    for protection in ["enforced", "fenced", "staged", "observed"] {
        let (both, proxy) = behind_proxy(protection, 100);
        lie(&proxy, "/v1/vouchers", Lie::NoContent);
        let said = both.rig.sync();
        assert_eq!((said.status, said.count("posted")), (Some(0), ROWS as u64), "{protection}: {said:?}");
        let compared = both.rig.run(&["compare"]);
        let unseen = json!(["sign", "account", "payee", "text"]);
        assert_eq!((compared.status, &compared.last()["unseen"]), (Some(0), &unseen), "{protection}: {compared:?}");
        let found = both.other(&["sync"]);
        assert_eq!((found.status, found.count("found")), (Some(0), ROWS as u64), "{protection}: {found:?}");
    }
}

#[test]
fn a_conflict_of_unseen_content_has_a_way_out() {
    let (both, proxy) = behind_proxy("enforced", 100);
    assert_eq!(both.rig.sync().count("posted"), ROWS as u64);
    lie(&proxy, LOOK_UP, Lie::NoContent);
    both.other_rows(&rows().replace("100,00", "101,00"));
    let said = both.other(&["sync"]);
    assert_eq!((said.status, said.count("in_doubt")), (Some(4), 1), "{said:?}");
    let item: Value = waits(&both.other(&["attention"]));
    let voucher = item["evidence"][0]["acknowledgement"]["voucher_id"].as_str().expect("an id").to_owned();
    let said = both.other(&["resolve", "R1a", "--posted", &voucher, "--reason", "it is this one"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(both.rig.stats()["vouchers"], ROWS);
}
