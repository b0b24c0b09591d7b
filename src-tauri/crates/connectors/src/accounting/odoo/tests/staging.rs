//! Tests that drafts are made in one call, read back and compared.

use super::*;
use crate::accounting::odoo::staging::stage;

/// Sets the answers of a server on which these entries stand afterwards.
fn standing(server: &Server, entries: Vec<Value>, amount: f64) {
    let lines: Vec<Value> =
        entries.iter().flat_map(|entry| lines(entry["id"].as_i64().expect("an id"), amount)).collect();
    server.says("account.move/search_read", ok(entries.into()));
    server.says("account.move.line/search_read", ok(lines.into()));
}

fn made(ids: &[i64]) -> ScriptedAnswer {
    (200, json!({"ids": ids, "messages": [], "nextrow": 0}))
}

fn not_made(messages: Value) -> ScriptedAnswer {
    (200, json!({"ids": false, "messages": messages, "nextrow": 0}))
}

#[tokio::test]
async fn request_is_one_call_under_external_ids_and_is_read_back() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/load", vec![made(&[101, 102])]);
    standing(&server, vec![entry(101, "hlf:A", "draft"), entry(102, "hlf:B", "draft")], 412.0);
    let results = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A"), drawn("hlf:B")]).await.expect("staged");
    assert_eq!(shown(results), ["draft 101", "draft 102"]);
    let loads = server.asked("account.move/load");
    assert_eq!(loads.len(), 1);
    assert_eq!(
        loads[0]["context"],
        json!({"lang": "en_US", "allowed_company_ids": [1], "mode": "update", "noupdate": true})
    );
    let rows = loads[0]["data"].as_array().expect("rows");
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[0].as_array().expect("cells")[1..],
        [
            json!("hlf:A"),
            json!("7"),
            json!("2026-10-28"),
            json!("entry"),
            json!(""),
            json!("51"),
            json!(""),
            json!("Taxi"),
            json!("412.00"),
            json!("0"),
        ]
    );
    assert_eq!(
        rows[1].as_array().expect("cells")[5..],
        [json!(""), json!("53"), json!("9"), json!("Taxi"), json!("0"), json!("412.00"),]
    );
    let ids: Vec<&str> = [0, 2].iter().filter_map(|row| rows[*row][0].as_str()).collect();
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.starts_with("postonce.entry_")), "{ids:?}");
}

#[tokio::test]
async fn payees_are_made_and_one_at_fault_does_not_hold_the_others() {
    let (_listening, server, mut odoo) = odoo().await;
    let drawn = |reference: &str| {
        let mut entry = drawn(reference);
        entry.lines[1].account = "2400".to_owned();
        entry
    };
    let found = (200, json!([{"id": 9, "ref": "PM-0031"}]));
    let mut other = drawn("hlf:B");
    other.lines[1].party = Some("PM-9999".to_owned());
    // Unasked, nobody is made.
    server.says("res.partner/search_read", vec![(200, json!([]))]);
    let refused = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A"), other.clone()]).await.expect("it answers");
    assert_eq!(shown(refused), ["unknown-party", "unknown-party"]);
    assert_eq!(server.asked("res.partner/load").len(), 0);
    odoo.create_parties = true;
    server.says("res.partner/search_read", vec![(200, json!([])), found]);
    let at_fault = || not_made(json!([{"type": "error", "message": "One of them will not do."}]));
    server.says("res.partner/load", vec![at_fault(), made(&[9]), at_fault()]);
    server.says("account.move/load", vec![made(&[101])]);
    let mut there = lines(101, 412.0);
    there[1]["account_id"] = json!([54, "…"]);
    server.says("account.move/search_read", ok(json!([entry(101, "hlf:A", "draft")])));
    server.says("account.move.line/search_read", ok(there.into()));
    let results = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A"), other]).await.expect("it answers");
    assert_eq!(shown(results), ["draft 101", "unknown-party"]);
    let loads = server.asked("res.partner/load");
    assert_eq!(
        loads.iter().map(|load| load["data"].as_array().map(Vec::len)).collect::<Vec<_>>(),
        [Some(2), Some(1), Some(1)]
    );
    assert_eq!(loads[1]["data"][0].as_array().expect("cells")[1..], [json!("PM-0031"), json!("Kari Nordmann")]);
    assert_eq!(loads[0]["context"]["noupdate"], json!(true), "a contact that is there is not touched");
}

#[tokio::test]
async fn staging_reports_an_entry_that_is_there_already_as_it_is() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/load", vec![made(&[101, 102, 103, 104])]);
    let reset = with(entry(103, "hlf:C", "draft"), json!({"posted_before": true}));
    let elsewhen = with(entry(104, "hlf:D", "posted"), json!({"date": "2026-11-01"}));
    standing(&server, vec![entry(101, "hlf:A", "posted"), entry(102, "hlf:B", "cancel"), reset, elsewhen], 412.0);
    let asked = ["hlf:A", "hlf:B", "hlf:C", "hlf:D"].map(drawn);
    let results = stage(&odoo, &TestLease::yes(), &asked).await.expect("staged");
    let expected = ["voucher 101", "reference-conflict 102", "reference-conflict 103", "reference-conflict 104"];
    assert_eq!(shown(results), expected);
    assert!(server.asked("account.move/unlink").is_empty());
}

#[tokio::test]
async fn draft_with_another_amount_is_deleted_and_refused() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/load", vec![made(&[101])]);
    server.says("account.move/unlink", ok(json!(true)));
    standing(&server, vec![entry(101, "hlf:A", "draft")], 412.01);
    let results = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A")]).await.expect("staged");
    assert_eq!(shown(results), ["bad-amount"]);
    // Once for the draft that may have stood there before, and once for the one that was made in its place.
    assert_eq!(server.asked("account.move/unlink").len(), 2);
    assert_eq!(server.asked("account.move/load").len(), 2);
}

#[tokio::test]
async fn staging_holds_no_posting_for_one_that_is_refused() {
    let (_listening, server, odoo) = odoo().await;
    let bad = json!([{"record": 1, "type": "error", "message": "Not this one"}]);
    server.says("account.move/load", vec![not_made(bad.clone()), made(&[101, 103]), not_made(bad)]);
    standing(&server, vec![entry(101, "hlf:A", "draft"), entry(103, "hlf:C", "draft")], 412.0);
    let results = stage(&odoo, &TestLease::yes(), &["hlf:A", "hlf:B", "hlf:C"].map(drawn)).await.expect("staged");
    assert_eq!(shown(results), ["draft 101", "refused", "draft 103"]);
}

#[tokio::test]
async fn staging_tries_again_after_an_abort_by_the_database() {
    let (_listening, server, odoo) = odoo().await;
    let aborted =
        json!([{"record": 0, "type": "error", "message": "could not serialize access due to concurrent update\n"}]);
    server.says("account.move/load", vec![not_made(aborted), made(&[101])]);
    standing(&server, vec![entry(101, "hlf:A", "draft")], 412.0);
    let results = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A")]).await.expect("staged");
    assert_eq!(shown(results), ["draft 101"]);
}

#[tokio::test]
async fn posting_that_cannot_be_posted_is_refused_before_it_is_sent() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/load", vec![made(&[101])]);
    let mut cases = ["hlf:currency", "hlf:account", "hlf:party"].map(drawn);
    cases[0].currency = "SEK".into();
    cases[1].lines[0].account = "9999".into();
    cases[2].lines[1].account = "2400".into();
    cases[2].lines[1].party = Some("PM-0099".into());
    let results = stage(&odoo, &TestLease::yes(), &cases).await.expect("staged");
    assert_eq!(shown(results), ["bad-currency", "unknown-account", "unknown-party"]);
    server.says("res.company/read", ok(company("2026-10-28")));
    let results = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A")]).await.expect("staged");
    assert_eq!(shown(results), ["closed-period"]);
    assert!(server.asked("account.move/load").is_empty());
}

#[tokio::test]
async fn staging_makes_nothing_without_the_lease_and_leaves_no_doubt() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.move/load", vec![made(&[101])]);
    assert_eq!(stage(&odoo, &TestLease::no(), &[drawn("hlf:A")]).await, Err(CallError::LeaseLost));
    assert!(server.asked("account.move/load").is_empty());
    server.says("res.partner/search_read", vec![(502, json!("bad gateway"))]);
    let error = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A")]).await.expect_err("no answer");
    assert!(matches!(error, CallError::NotSent(_)), "{error}");
}

#[tokio::test]
async fn load_that_is_not_understood_is_unknown() {
    for odd in
        [json!({"ids": [101, 102], "messages": []}), json!({"ids": [], "messages": []}), json!({"ids": true}), json!(7)]
    {
        let (_listening, server, odoo) = odoo().await;
        server.says("account.move/load", vec![(200, odd.clone())]);
        let error = stage(&odoo, &TestLease::yes(), &[drawn("hlf:A")]).await.expect_err("odd");
        assert!(matches!(error, CallError::Unknown(_)), "{odd}: {error}");
    }
}

#[tokio::test]
async fn vat_code_is_odoos_tax_and_an_unknown_one_is_refused() {
    let (_listening, server, odoo) = odoo().await;
    let tax = json!({"id": 3, "name": "H25", "invoice_label": "25 %", "amount_type": "percent"});
    server.says("account.tax/search_read", ok(json!([tax])));
    let share = json!({"name": "H25", "amount": 82.4, "account_id": 60, "tax_repartition_line_id": 8, "tag_ids": [2]});
    server.says("account.tax/compute_all", ok(json!({"base_tags": [1], "taxes": [share]})));
    server.says("account.move/load", vec![made(&[101])]);
    server.says("account.move/search_read", ok(json!([entry(101, "hlf:A", "draft")])));
    let line = |changes: Value| {
        let plain =
            json!({"id": 1, "move_id": [101, "…"], "account_id": [51, "…"], "balance": 329.6, "partner_id": false});
        with(plain, changes)
    };
    let there = json!([
        line(json!({"tax_ids": [3]})),
        line(
            json!({"account_id": [60, "…"], "balance": 82.4, "tax_line_id": [3, "H25"], "tax_repartition_line_id": [8, "…"]})
        ),
        line(json!({"account_id": [53, "…"], "balance": -412.0, "partner_id": [9, "…"]})),
    ]);
    server.says("account.move.line/search_read", ok(there));
    let mut asked = ["hlf:A", "hlf:X"].map(drawn);
    for (posting, code) in asked.iter_mut().zip(["H25", "X99"]) {
        posting.lines[0].vat_code = Some(code.to_owned());
    }
    let results = stage(&odoo, &TestLease::yes(), &asked).await.expect("staged");
    assert_eq!(shown(results), ["draft 101", "unknown-vat-code"]);
    let computed = &server.asked("account.tax/compute_all")[0];
    assert_eq!(
        (&computed["ids"], &computed["price_unit"], &computed["context"]["force_price_include"]),
        (&json!([3]), &json!(412.0), &json!(true))
    );
    let rows = server.asked("account.move/load")[0]["data"].as_array().expect("rows").clone();
    let cells: Vec<(Value, Value, Value, Value)> =
        rows.iter().map(|row| (row[9].clone(), row[10].clone(), row[11].clone(), row[13].clone())).collect();
    let cell =
        |debit: &str, credit: &str, taxes: &str, share: &str| (json!(debit), json!(credit), json!(taxes), json!(share));
    assert_eq!(cells, [cell("329.60", "0", "3", ""), cell("82.40", "0", "", "8"), cell("0", "412.00", "", "")]);
}

#[tokio::test]
async fn dimension_becomes_an_analytic_account_of_its_plan() {
    let (_listening, server, odoo) = odoo().await;
    server.says("account.analytic.plan/search_read", ok(json!([{"id": 4, "name": "Grant"}])));
    let accounts = json!([{"id": 12, "name": "Grant one", "code": "G-1", "root_plan_id": [4, "Grant"]}]);
    server.says("account.analytic.account/search_read", ok(accounts));
    server.says("account.move/load", vec![made(&[101])]);
    standing(&server, vec![entry(101, "hlf:A", "draft")], 412.0);
    let mut there = lines(101, 412.0);
    there[0]["analytic_distribution"] = json!({"12": 100.0});
    server.says("account.move.line/search_read", ok(there.into()));
    let mut asked = ["hlf:A", "hlf:value", "hlf:plan"].map(drawn);
    for (posting, (name, value)) in
        asked.iter_mut().zip([("grant", "Grant one"), ("grant", "G-9"), ("Avdeling", "Nord")])
    {
        posting.lines[0].dimensions.insert(name.to_owned(), value.to_owned());
    }
    let results = stage(&odoo, &TestLease::yes(), &asked).await.expect("staged");
    assert_eq!(shown(results), ["draft 101", "unknown-dimension", "unknown-dimension"]);
    assert_eq!(server.asked("account.move/load")[0]["data"][0][15], json!("{\"12\":100}"));
    // A draft in which somebody has changed it is not taken for ours.
    let mut moved = lines(101, 412.0);
    moved[0]["analytic_distribution"] = json!({"13": 100.0});
    server.says("account.move.line/search_read", ok(moved.into()));
    server.says("account.move/unlink", ok(json!(true)));
    let results = stage(&odoo, &TestLease::yes(), &asked[..1]).await.expect("staged");
    assert_eq!(shown(results), ["bad-amount"]);
}
