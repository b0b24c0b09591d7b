//! Checks the set-up and reports all that is missing before the first voucher can be posted, at once.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use postonce_engine::domain::PostingRules;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::CallError;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::Link;
use super::books::Books;
use super::facts;
use super::fault::Fault;
use super::rpc::Call;
use super::wire::TrytonDate;
use super::words::Obstacle;

/// The models that Postonce works with, and the rights that it needs on each.
const RIGHTS: [(&str, &[Right]); 6] = [
    ("account.move", &[Right::Read, Right::Create, Right::Write, Right::Delete]),
    ("account.move.line", &[Right::Read, Right::Create]),
    ("account.account", &[Right::Read]),
    ("account.period", &[Right::Read]),
    ("account.journal", &[Right::Read]),
    ("party.party", &[Right::Read, Right::Create, Right::Write, Right::Delete]),
];

#[derive(Debug, Clone, Copy)]
enum Right {
    Read,
    Create,
    Write,
    Delete,
}

/// Holds the rights on a model. Tryton gives each as `true` if nobody is kept out, and as a number if it has counted
/// the user's groups.
#[derive(Debug, Deserialize)]
struct Access {
    read: Value,
    create: Value,
    write: Value,
    delete: Value,
}

impl Right {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    fn is_given(self, access: &Access) -> bool {
        let answer = match self {
            Self::Read => &access.read,
            Self::Create => &access.create,
            Self::Write => &access.write,
            Self::Delete => &access.delete,
        };
        answer.as_bool().unwrap_or(false) || answer.as_i64().is_some_and(|count| count > 0)
    }
}

/// Returns a problem for each thing that is missing.
pub(super) async fn check(
    link: &Link,
    books: &Books,
    journal: &str,
    rules: &PostingRules,
) -> Result<Vec<Problem>, CallError> {
    let rpc = &link.rpc;
    let whole = |fault: Fault| fault.whole(rpc.peer());
    let url = rpc.peer().address();
    let facts = match link.facts().await {
        // A problem that is in the way of everything else is reported alone.
        Err(CallError::Refused { problem, .. })
            if matches!(problem.code, ErrorCode::SetupCompany | ErrorCode::SetupModuleMissing) =>
        {
            return Ok(vec![problem]);
        }
        facts => facts?,
    };
    let mut missing = Vec::new();
    if facts.journal.is_none() {
        missing.push(facts::journal_missing(rpc, journal));
    }
    let models: Vec<&str> = RIGHTS.iter().map(|(model, _)| *model).collect();
    let params = json!([models, facts.context()]);
    let access: BTreeMap<String, Access> =
        rpc.call(&Call::read("model.ir.model.access.get_access", params)).await.map_err(whole)?;
    for (model, rights) in RIGHTS {
        let withheld = |right: &&Right| !access.get(model).is_some_and(|access| right.is_given(access));
        let withheld: Vec<&str> = rights.iter().filter(withheld).map(|right| right.name()).collect();
        if !withheld.is_empty() {
            missing.push(Problem::setup_right_missing(url, model, withheld.join(", ")));
        }
    }
    books.forget().await;
    let today: TrytonDate =
        rpc.call(&Call::read("model.ir.date.today", json!([facts.context()]))).await.map_err(whole)?;
    let accounts: BTreeSet<&str> = rules.accounts().map(|account| account.0.as_str()).collect();
    let mut period = None;
    for code in accounts {
        let [account, today] = books.obstacle(rpc, &facts, code, today.0).await.map_err(whole)?;
        missing.extend(account.and_then(|obstacle| account_problem(&obstacle, url)));
        period = today;
    }
    for code in rules.computed_vat_codes() {
        missing.extend(match books.vat_obstacle(rpc, &facts, &code).await.map_err(whole)? {
            None => None,
            Some(Obstacle::VatMissing { .. }) => Some(Problem::setup_vat_missing(url, &code)),
            Some(_) => Some(Problem::setup_vat_unfit(url, &code)),
        });
    }
    for name in rules.booked_dimensions() {
        if !books.has_dimension(rpc, &facts, name).await.map_err(whole)? {
            missing.push(Problem::setup_dimension_missing(url, name));
        }
    }
    missing.extend(period.and_then(|obstacle| period_problem(&obstacle, url)));
    Ok(missing)
}

fn account_problem(obstacle: &Obstacle, url: &str) -> Option<Problem> {
    match obstacle {
        Obstacle::AccountMissing { account } => Some(Problem::setup_account_missing(url, account)),
        Obstacle::AccountUnfit { account } | Obstacle::AccountAmbiguous { account } => {
            Some(Problem::setup_account_unfit(url, account))
        }
        _ => None,
    }
}

/// Makes the problem of today's period. Older records can be posted without that period, but the next ones will need
/// it.
fn period_problem(obstacle: &Obstacle, url: &str) -> Option<Problem> {
    let of = |date: &NaiveDate| Problem::setup_period_missing(url, date);
    match obstacle {
        Obstacle::PeriodMissing { date } | Obstacle::PeriodClosed { date, .. } => Some(of(date)),
        _ => None,
    }
}
