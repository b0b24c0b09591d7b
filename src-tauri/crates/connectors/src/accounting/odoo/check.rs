//! Checks the set-up and reports all that is missing before the first voucher can be posted, at once.

use std::collections::{BTreeMap, HashSet};

use chrono::Days;
use postonce_engine::domain::PostingRules;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::CallError;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Odoo;
use super::analytic::{self, Dimensions};
use super::books;
use super::client::{Fault, Kind};
use super::moves::{self, LINE_FIELDS};
use super::taxes::{self, Taxes};
use super::words::Obstacle;

/// The models that Postonce works with, and the rights that it needs on each.
const RIGHTS: [(&str, &[&str]); 6] = [
    ("account.move", &["read", "create", "write", "unlink"]),
    ("account.move.line", &["read", "create", "write", "unlink"]),
    ("account.account", &["read"]),
    ("res.partner", &["read"]),
    ("ir.filters", &["read", "create"]),
    ("ir.attachment", &["read", "create", "write", "unlink"]),
];
/// Fields of an entry that are written and not read back by that name.
const WRITTEN: [&str; 4] = ["journal_id", "move_type", "line_ids", "company_id"];
/// The same for the fields of a line.
const WRITTEN_LINES: [&str; 3] = ["name", "debit", "credit"];

/// Returns a problem for each thing that is missing.
pub(super) async fn check(odoo: &Odoo, rules: &PostingRules) -> Result<Vec<Problem>, CallError> {
    let client = &odoo.client;
    let url = client.peer().address();
    // Without the module there is nothing else to ask for. Its fields come first: one that is not there is a failure of
    // the server later on, which proves nothing.
    let entry: Vec<&str> = moves::FIELDS.into_iter().chain(WRITTEN).collect();
    let line: Vec<&str> = LINE_FIELDS.into_iter().chain(WRITTEN_LINES).collect();
    let mut missing = Vec::new();
    for (model, fields) in [(moves::MODEL, entry), (moves::LINES, line)] {
        match fields_of(odoo, model, &fields).await {
            Ok(there) => {
                let lacking = fields.iter().filter(|field| !there.contains_key(**field));
                missing.extend(lacking.map(|field| Problem::setup_field_missing(url, model, field)));
            }
            Err(Fault::Refused { kind: Kind::SetUp, .. }) => {
                return Ok(vec![Problem::setup_module_missing(url, "account")]);
            }
            Err(Fault::Refused { kind: Kind::Access, error }) if error.refusal.kind == "AccessError" => {
                return Ok(vec![Problem::setup_right_missing(url, model, "read")]);
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    odoo.known.forget();
    let books = match odoo.books().await {
        Ok(books) => books,
        // A problem that is in the way of everything else is reported alone.
        Err(CallError::Refused { problem, .. }) if is_set_up(&problem) => {
            missing.push(problem);
            return Ok(missing);
        }
        Err(error) => return Err(error),
    };
    let of_vat: Option<(&str, &[&str])> = (!rules.computed_vat_codes().is_empty()).then_some((taxes::MODEL, &["read"]));
    let of_plans = [(analytic::PLANS, &["read"][..]), (analytic::ACCOUNTS, &["read"][..])];
    let of_plans = of_plans.into_iter().filter(|_| rules.booked_dimensions().next().is_some());
    let of_contacts = odoo.create_parties.then_some(("res.partner", &["create"][..]));
    for (model, rights) in RIGHTS.into_iter().chain(of_vat).chain(of_plans).chain(of_contacts) {
        let mut withheld = Vec::new();
        for right in rights {
            let body = json!({"operation": right, "context": books.context()});
            let has: bool = client.ask(model, "has_access", &body).await?;
            if !has {
                withheld.push(*right);
            }
        }
        if !withheld.is_empty() {
            missing.push(Problem::setup_right_missing(url, model, withheld.join(", ")));
        }
    }
    let codes: HashSet<&str> = rules.accounts().map(|account| account.0.as_str()).collect();
    let there = books::accounts(client, &odoo.known, &books, &codes).await?;
    let mut lacking: Vec<&str> = codes.into_iter().filter(|code| !there.contains_key(*code)).collect();
    lacking.sort_unstable();
    missing.extend(lacking.into_iter().map(|code| Problem::setup_account_missing(url, code)));
    let computed = rules.computed_vat_codes();
    let taxes = Taxes::named(client, &books, &computed.iter().map(String::as_str).collect()).await?;
    missing.extend(computed.iter().filter_map(|code| match taxes.id(code) {
        Ok(_) => None,
        Err(Obstacle::VatMissing { .. }) => Some(Problem::setup_vat_missing(url, code)),
        Err(_) => Some(Problem::setup_vat_unfit(url, code)),
    }));
    let names: HashSet<&str> = rules.booked_dimensions().collect();
    let dimensions = Dimensions::named(client, &books, &names, &HashSet::new()).await?;
    let lacking = rules.booked_dimensions().filter(|name| !dimensions.has_plan(name));
    missing.extend(lacking.map(|name| Problem::setup_dimension_missing(url, name)));
    // A day of grace, since today is another day elsewhere.
    let today = odoo.clock.now().date_naive();
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    if books::locked_to(client, &books).await?.is_some_and(|locked| locked >= yesterday) {
        missing.push(Problem::setup_period_missing(url, today));
    }
    Ok(missing)
}

async fn fields_of(odoo: &Odoo, model: &str, fields: &[&str]) -> Result<BTreeMap<String, IgnoredAny>, Fault> {
    odoo.client.ask(model, "fields_get", &json!({"allfields": fields, "attributes": ["type"]})).await
}

fn is_set_up(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::SetupCompany | ErrorCode::SetupJournalMissing | ErrorCode::SetupJournalUnfit)
}
