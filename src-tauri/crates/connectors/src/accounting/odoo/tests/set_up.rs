//! Tests connecting, and the check of what is missing before anything can be posted.

use std::collections::HashMap as Categories;

use postonce_engine::domain::{Account, PostingRules};
use postonce_engine::error::ErrorCode;

use super::*;

fn rules() -> PostingRules {
    let categories = Categories::from([("travel".to_owned(), Account("7140".into()))]);
    PostingRules::of_accounts(Account("2930".into()), Some(Account("7790".into())), categories)
}

fn fields(names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), json!({"type": "char"}))).collect::<serde_json::Map<_, _>>().into()
}

/// Starts a server on which nothing but an account is missing.
async fn nearly_ready() -> (MockServer, Server, Odoo) {
    let (listening, server, odoo) = odoo().await;
    let entry = [&moves::FIELDS[..], &["journal_id", "move_type", "line_ids", "company_id"]].concat();
    let line = [&moves::LINE_FIELDS[..], &["name", "debit", "credit"]].concat();
    server.says("account.move/fields_get", ok(fields(&entry)));
    server.says("account.move.line/fields_get", ok(fields(&line)));
    for model in ["account.move", "account.move.line", "account.account", "res.partner", "ir.filters", "ir.attachment"]
    {
        server.says(&format!("{model}/has_access"), ok(json!(true)));
    }
    (listening, server, odoo)
}

async fn missing(odoo: &Odoo) -> Vec<ErrorCode> {
    odoo.check(&rules()).await.expect("an answer").into_iter().map(|problem| problem.code).collect()
}

#[tokio::test]
async fn connection_says_who_we_are_and_how_strongly_it_protects() {
    let (_listening, _server, odoo) = odoo().await;
    let connection = odoo.connect().await.expect("it is there");
    assert_eq!((connection.organisation_id.as_str(), connection.organisation_name.as_str()), ("books/1", "HLF"));
    assert_eq!((connection.user_id.as_str(), connection.user_name.as_str()), ("kari", "Kari"));
    assert_eq!(connection.capabilities.protection, Protection::Staged);
}

#[tokio::test]
async fn check_reports_all_that_is_missing_at_once() {
    let (_listening, server, odoo) = nearly_ready().await;
    assert_eq!(missing(&odoo).await, [ErrorCode::SetupAccountMissing]);
    server.says("account.move/has_access", vec![(200, json!(true)), (200, json!(false))]);
    server.says("res.company/read", ok(company("9999-12-31")));
    let missing = odoo.check(&rules()).await.expect("an answer");
    assert_eq!(params(&missing[0])["rights"], "create, write, unlink");
    let codes: Vec<ErrorCode> = missing.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [ErrorCode::SetupRightMissing, ErrorCode::SetupAccountMissing, ErrorCode::SetupPeriodMissing]);
    assert_eq!(params(&missing[1])["account"], "7140");
}

#[tokio::test]
async fn check_names_a_missing_field_journal_and_company() {
    let (_listening, server, odoo) = nearly_ready().await;
    server.says(
        "account.move.line/fields_get",
        ok(fields(&["move_id", "account_id", "balance", "partner_id", "name", "debit"])),
    );
    assert!(missing(&odoo).await.contains(&ErrorCode::SetupFieldMissing));
    server.says(
        "account.journal/search_read",
        ok(json!([{"id": 3, "code": "POST", "type": "sale", "currency_id": false}])),
    );
    assert!(missing(&odoo).await.contains(&ErrorCode::SetupJournalUnfit));
    server.says("account.journal/search_read", ok(json!([])));
    assert!(missing(&odoo).await.contains(&ErrorCode::SetupJournalMissing));
    server.says("res.company/read", ok(json!([{"id": 2, "name": "Another", "currency_id": [14, "NOK"]}])));
    assert!(missing(&odoo).await.contains(&ErrorCode::SetupCompany));
}

#[tokio::test]
async fn check_reports_a_missing_module_and_a_refused_key() {
    let (_listening, server, odoo) = odoo().await;
    let no_model = (404, error("werkzeug.exceptions.NotFound", "the model 'account.move' does not exist"));
    server.says("account.move/fields_get", vec![no_model]);
    assert_eq!(missing(&odoo).await, [ErrorCode::SetupModuleMissing]);
    server.says("account.move/fields_get", vec![(401, error("werkzeug.exceptions.Unauthorized", "Invalid apikey"))]);
    let error = odoo.check(&rules()).await.expect_err("refused");
    assert_eq!(error.problem().code, ErrorCode::AccountingUnauthorized);
    assert!(!error.problem().to_string().contains("\"key\""));
}

#[tokio::test]
async fn server_that_is_no_odoo_19_is_refused_with_nothing_in_doubt() {
    let listening = MockServer::start().await;
    let page = ResponseTemplate::new(404).set_body_raw("<!DOCTYPE html>", "text/html; charset=utf-8");
    Mock::given(wiremock::matchers::any()).respond_with(page).mount(&listening).await;
    let error = connector(&listening).connect().await.expect_err("no Odoo");
    assert!(matches!(error, CallError::Refused { .. }), "{error}");
}
