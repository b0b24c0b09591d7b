//! Looks up dimensions: a dimension is a root of analytic accounts, its value an account under it by code or name. The
//! module `analytic_account` need not be there.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::json;

use super::facts::Facts;
use super::fault::Fault;
use super::rpc::{Call, Rpc};
use super::words::Obstacle;

#[derive(Debug, Clone, Deserialize)]
struct AccountBody {
    id: i64,
    name: String,
    code: Option<String>,
    r#type: String,
    root: Option<i64>,
}

/// Holds the roots and accounts of the company.
#[derive(Debug, Clone, Default)]
pub(super) struct Dimensions {
    /// The roots by name in lower case.
    roots: HashMap<String, Vec<i64>>,
    accounts: Vec<AccountBody>,
}

impl Dimensions {
    /// Reads the roots and accounts; none without the module.
    pub(super) async fn read(rpc: &Rpc, facts: &Facts) -> Result<Self, Fault> {
        if !facts.has_analytic {
            return Ok(Self::default());
        }
        let domain = json!([["company", "=", facts.company], ["type", "in", ["root", "normal"]]]);
        let params = json!([domain, 0, null, null, ["name", "code", "type", "root"], facts.context()]);
        let all: Vec<AccountBody> = rpc.call(&Call::read("model.analytic_account.account.search_read", params)).await?;
        let (roots, accounts): (Vec<_>, Vec<_>) = all.into_iter().partition(|account| account.r#type == "root");
        let mut by_name: HashMap<String, Vec<i64>> = HashMap::new();
        for root in roots {
            by_name.entry(root.name.to_lowercase()).or_default().push(root.id);
        }
        Ok(Self { roots: by_name, accounts })
    }

    /// Says whether there is one root of this name.
    pub(super) fn has_root(&self, name: &str) -> bool {
        self.roots.get(&name.to_lowercase()).is_some_and(|roots| roots.len() == 1)
    }

    /// Returns the account of each dimension of a line.
    pub(super) fn accounts(&self, dimensions: &BTreeMap<String, String>) -> Result<Vec<i64>, Obstacle> {
        let named = dimensions.iter().filter(|(_, value)| !value.trim().is_empty());
        named.map(|(name, value)| self.account(name, value)).collect()
    }

    fn account(&self, name: &str, value: &str) -> Result<i64, Obstacle> {
        let (dimension, value) = (name.to_owned(), value.to_owned());
        let Some(&[root]) = self.roots.get(&name.to_lowercase()).map(Vec::as_slice) else {
            return Err(Obstacle::DimensionMissing { dimension, value });
        };
        let of_root = || self.accounts.iter().filter(|account| account.root == Some(root));
        let mut found: Vec<i64> =
            of_root().filter(|account| account.code.as_ref() == Some(&value)).map(|account| account.id).collect();
        if found.is_empty() {
            found = of_root().filter(|account| account.name == value).map(|account| account.id).collect();
        }
        match found.as_slice() {
            [] => Err(Obstacle::ValueMissing { dimension, value }),
            [only] => Ok(*only),
            _ => Err(Obstacle::ValueAmbiguous { dimension, value }),
        }
    }
}
