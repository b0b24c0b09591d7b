//! Looks up dimensions: a dimension is an analytic plan of its name, its value an account of the plan by code or name.
//! A line has one account of each plan, wholly.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Number, Value, json};

use super::books::Books;
use super::client::{Client, Fault, Kind};
use super::value::{Maybe, RecordLink};
use super::words::Obstacle;

/// The model of a plan.
pub(super) const PLANS: &str = "account.analytic.plan";
/// The model of its accounts.
pub(super) const ACCOUNTS: &str = "account.analytic.account";
/// The whole, in the shares of a distribution: hundredths of a per cent.
const WHOLE: i64 = 10_000;

/// Holds the analytic accounts of a line: each set of ids, sorted and joined, with its share in hundredths of a per cent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Distribution(BTreeMap<String, i64>);

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = BTreeMap::<String, Number>::deserialize(deserializer)?;
        let shares = read.into_iter().map(|(ids, per_cent)| {
            let per_cent: Decimal = per_cent.to_string().parse().map_err(de::Error::custom)?;
            let share = (per_cent * Decimal::ONE_HUNDRED).round().to_i64();
            Ok((sorted(&ids), share.ok_or_else(|| de::Error::custom("a share"))?))
        });
        shares.collect::<Result<_, _>>().map(Self)
    }
}

fn sorted(ids: &str) -> String {
    let mut ids: Vec<i64> = ids.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    ids.sort_unstable();
    joined(&ids)
}

fn joined(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

impl Distribution {
    /// Returns the distribution that has each of these accounts wholly; `None` without any.
    fn whole(mut ids: Vec<i64>) -> Option<Self> {
        ids.sort_unstable();
        (!ids.is_empty()).then(|| Self(BTreeMap::from([(joined(&ids), WHOLE)])))
    }

    /// Returns the ids of all accounts.
    pub(super) fn accounts(&self) -> impl Iterator<Item = i64> {
        self.0.keys().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok())
    }

    /// Returns it as Odoo imports it.
    pub(super) fn json(&self) -> String {
        let per_cent = |share: i64| -> Value {
            serde_json::from_str(&Decimal::new(share, 2).normalize().to_string()).unwrap_or_default()
        };
        let members: Map<String, Value> = self.0.iter().map(|(ids, share)| (ids.clone(), per_cent(*share))).collect();
        Value::Object(members).to_string()
    }
}

#[derive(Debug, Deserialize)]
struct PlanRow {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct AccountRow {
    id: i64,
    name: String,
    code: Maybe<String>,
    root_plan_id: Maybe<RecordLink>,
}

/// Holds the plans and accounts that a request names.
#[derive(Debug, Default)]
pub(super) struct Dimensions {
    /// The plans by name in lower case.
    plans: HashMap<String, Vec<i64>>,
    accounts: Vec<AccountRow>,
}

impl Dimensions {
    /// Looks up the plans with these names, and their accounts with these values.
    pub(super) async fn named(
        client: &Client,
        books: &Books,
        names: &HashSet<&str>,
        values: &HashSet<&str>,
    ) -> Result<Self, Fault> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let body = json!({"domain": [["parent_id", "=", false]], "fields": ["name"], "context": books.context()});
        let rows: Vec<PlanRow> = match client.ask(PLANS, "search_read", &body).await {
            // Who may not read plans has none: each record that has a dimension is refused, and the others are sent.
            Err(Fault::Refused { kind: Kind::Access, .. }) => return Ok(Self::default()),
            rows => rows?,
        };
        let mut plans: HashMap<String, Vec<i64>> = HashMap::new();
        let wanted: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        for row in rows {
            let name = row.name.to_lowercase();
            if wanted.contains(&name) {
                plans.entry(name).or_default().push(row.id);
            }
        }
        let ids: Vec<i64> = plans.values().flatten().copied().collect();
        let accounts = if ids.is_empty() || values.is_empty() {
            Vec::new()
        } else {
            let body = json!({"domain": [["root_plan_id", "in", ids], ["company_id", "in", [false, books.company]],
                                         "|", ["code", "in", values], ["name", "in", values]],
                              "fields": ["name", "code", "root_plan_id"], "context": books.context()});
            client.ask(ACCOUNTS, "search_read", &body).await?
        };
        Ok(Self { plans, accounts })
    }

    /// Says whether there is one plan of this name.
    pub(super) fn has_plan(&self, name: &str) -> bool {
        self.plans.get(&name.to_lowercase()).is_some_and(|plans| plans.len() == 1)
    }

    /// Returns the distribution of a line; `None` if it has no dimensions.
    pub(super) fn distribution(&self, dimensions: &BTreeMap<String, String>) -> Result<Option<Distribution>, Obstacle> {
        let ids = dimensions.iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| {
            let plan = match self.plans.get(&name.to_lowercase()).map(Vec::as_slice) {
                Some([plan]) => *plan,
                _ => return Err(Obstacle::DimensionMissing { dimension: name.clone(), value: value.clone() }),
            };
            let of_plan = |row: &&AccountRow| row.root_plan_id.as_ref().is_some_and(|root| root.0 == plan);
            let of_plan: Vec<&AccountRow> = self.accounts.iter().filter(of_plan).collect();
            let has_code = |row: &&&AccountRow| row.code.as_ref() == Some(value);
            let ids = |rows: Vec<&&AccountRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
            let by_code = ids(of_plan.iter().filter(has_code).collect());
            let by_name = || ids(of_plan.iter().filter(|row| row.name == *value).collect());
            match (if by_code.is_empty() { by_name() } else { by_code }).as_slice() {
                [] => Err(Obstacle::ValueMissing { dimension: name.clone(), value: value.clone() }),
                [only] => Ok(*only),
                _ => Err(Obstacle::ValueAmbiguous { dimension: name.clone(), value: value.clone() }),
            }
        });
        Ok(Distribution::whole(ids.collect::<Result<_, _>>()?))
    }
}

/// Maps each account to its plan in lower case and its names.
pub(super) type AccountNames = HashMap<i64, (String, Vec<String>)>;

/// Returns plan and names of these accounts, those out of use included.
pub(super) async fn names(client: &Client, books: &Books, ids: &BTreeSet<i64>) -> Result<AccountNames, Fault> {
    if ids.is_empty() {
        return Ok(AccountNames::new());
    }
    let mut context = books.context();
    context["active_test"] = false.into();
    let body = json!({"domain": [["id", "in", ids]], "fields": ["name", "code", "root_plan_id"], "context": context});
    let rows: Vec<AccountRow> = client.ask(ACCOUNTS, "search_read", &body).await?;
    let named = rows.into_iter().filter_map(|row| {
        let plan = row.root_plan_id.is()?.1.to_lowercase();
        Some((row.id, (plan, row.code.is().into_iter().chain([row.name]).collect())))
    });
    Ok(named.collect())
}
