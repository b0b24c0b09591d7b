//! Asks whose books these are: user, company, currency, journal. The answers hold for one connection.

use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use postonce_words::Language;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fault::{Fault, unfit};
use super::rpc::{Call, Rpc};

/// The models of analytic accounts and their lines.
const ANALYTIC_MODELS: [&str; 2] = ["analytic_account.account", "analytic_account.line"];

/// Holds the facts that every call of a run needs.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// The user's preferences, without which Tryton's record rules hide everything, with our company.
    pub(super) context: Map<String, Value>,
    pub(super) user_name: String,
    pub(super) language: Language,
    pub(super) company: i64,
    pub(super) company_name: String,
    /// The code of the currency that the company keeps its books in.
    pub(super) currency: String,
    /// `None` if the company has no journal with that code.
    pub(super) journal: Option<i64>,
    /// The module of analytic accounts is there, and the user may read them.
    pub(super) has_analytic: bool,
}

#[derive(Debug, Deserialize)]
struct CompanyBody {
    id: i64,
    rec_name: String,
    #[serde(rename = "party.")]
    party: PartyBody,
    #[serde(rename = "currency.")]
    currency: CurrencyBody,
}

#[derive(Debug, Deserialize)]
struct PartyBody {
    code: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct CurrencyBody {
    code: String,
}

#[derive(Debug, Deserialize)]
struct IdBody {
    id: i64,
}

/// Asks the server for the facts.
pub(super) async fn facts(rpc: &Rpc, company: Option<&str>, journal: &str) -> Result<Facts, CallError> {
    let peer = rpc.peer();
    let whole = |fault: Fault| fault.whole(peer);
    let preferences = "model.res.user.get_preferences";
    let context: Map<String, Value> = rpc.call(&Call::read(preferences, json!([true, {}]))).await.map_err(whole)?;
    let shown: Map<String, Value> = rpc.call(&Call::read(preferences, json!([false, {}]))).await.map_err(whole)?;
    let text = |name: &str| shown.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let user_name = text("name").unwrap_or(rpc.user()).to_owned();
    let language = Language::of_tag(context.get("language").and_then(Value::as_str).unwrap_or_default());

    let fields = ["rec_name", "party.code", "party.name", "currency.code"];
    let params = json!([[], 0, null, null, fields, context]);
    let companies: Vec<CompanyBody> = rpc
        .call(&Call::read("model.company.company.search_read", params))
        .await
        .map_err(|fault| no_module(rpc, fault))?;
    let mine = choose(rpc, companies, company)?;

    let mut context = context;
    context.insert("company".to_owned(), mine.id.into());
    let params = json!([[["code", "=", journal]], 0, 2, null, ["id"], context]);
    let journals: Vec<IdBody> = rpc
        .call(&Call::read("model.account.journal.search_read", params))
        .await
        .map_err(|fault| no_module(rpc, fault))?;
    let has_analytic = has_analytic(rpc, &context).await.map_err(whole)?;
    Ok(Facts {
        has_analytic,
        context,
        user_name,
        language,
        company: mine.id,
        company_name: mine.rec_name,
        currency: mine.currency.code,
        journal: journals.first().map(|journal| journal.id),
    })
}

/// Says whether lines have analytic accounts there that the user may read.
async fn has_analytic(rpc: &Rpc, context: &Map<String, Value>) -> Result<bool, Fault> {
    let params = json!([["analytic_lines"], context]);
    let fields: Value = rpc.call(&Call::read("model.account.move.line.fields_get", params)).await?;
    if fields.get("analytic_lines").is_none() {
        return Ok(false);
    }
    let models = ANALYTIC_MODELS;
    let params = json!([models, context]);
    let access: Value = rpc.call(&Call::read("model.ir.model.access.get_access", params)).await?;
    let may_read = |model: &str| {
        let read = &access[model]["read"];
        read.as_bool().unwrap_or(false) || read.as_i64().is_some_and(|count| count > 0)
    };
    Ok(models.into_iter().all(may_read))
}

/// Chooses the company that the workspace names, or the only one.
fn choose(rpc: &Rpc, mut companies: Vec<CompanyBody>, named: Option<&str>) -> Result<CompanyBody, CallError> {
    let seen: Vec<String> = companies.iter().map(|company| company.rec_name.clone()).collect();
    if let Some(named) = named {
        companies.retain(|company| {
            let party = &company.party;
            [party.code.as_deref(), party.name.as_deref(), Some(company.rec_name.as_str())].contains(&Some(named))
        });
    }
    match companies.pop() {
        Some(only) if companies.is_empty() => Ok(only),
        _ => Err(unfit(Problem::setup_company(
            rpc.peer().address(),
            named.unwrap_or("–"),
            if seen.is_empty() { "–".to_owned() } else { seen.join(", ") },
        ))),
    }
}

/// Makes the problem of a module that is not activated: the server does not know its model, and says so with a
/// `KeyError`.
fn no_module(rpc: &Rpc, fault: Fault) -> CallError {
    match fault {
        Fault::Call(CallError::Unknown(problem))
            if problem
                .params
                .get("detail")
                .is_some_and(|detail| detail.contains("'account.") || detail.contains("'company.")) =>
        {
            unfit(Problem::setup_module_missing(rpc.peer().address(), "account"))
        }
        fault => fault.whole(rpc.peer()),
    }
}

impl Facts {
    /// Returns the context of a call, which is its last argument.
    pub(super) fn context(&self) -> Value {
        Value::Object(self.context.clone())
    }

    /// Returns the journal, or the problem that it is missing.
    pub(super) fn journal(&self, rpc: &Rpc, code: &str) -> Result<i64, CallError> {
        self.journal.ok_or_else(|| unfit(journal_missing(rpc, code)))
    }
}

/// Makes the problem that there is no journal with this code.
pub(super) fn journal_missing(rpc: &Rpc, code: &str) -> Problem {
    Problem::setup_journal_missing(rpc.peer().address(), code)
}
