//! Looks up currencies, and the rates that the books themselves have of them. Odoo takes 1 for a rate that nobody has
//! written; here such a rate is missing.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use postonce_engine::domain::{Currency, Money};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal as Number, RoundingStrategy};
use serde::Deserialize;
use serde_json::json;

use super::books::Books;
use super::client::{Client, Fault};
use super::value::Decimal;
use super::words::Obstacle;

/// Holds the currencies that a request names, and the rates that it wants of the books.
#[derive(Debug, Default)]
pub(super) struct Rates {
    ids: HashMap<String, i64>,
    rates: HashMap<(String, NaiveDate), Number>,
}

#[derive(Deserialize)]
struct CurrencyRow {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct RateRow {
    /// So much of the company's currency for one of it.
    inverse_company_rate: Decimal,
}

impl Rates {
    /// Looks up these currencies, and for those days the newest rate that was written for them.
    pub(super) async fn named(
        client: &Client,
        books: &Books,
        codes: &HashSet<&str>,
        wanted: &HashSet<(&str, NaiveDate)>,
    ) -> Result<Self, Fault> {
        if codes.is_empty() {
            return Ok(Self::default());
        }
        let body = json!({"domain": [["name", "in", codes]], "fields": ["name"], "context": books.context()});
        let rows: Vec<CurrencyRow> = client.ask("res.currency", "search_read", &body).await?;
        let ids: HashMap<String, i64> = rows.into_iter().map(|row| (row.name, row.id)).collect();
        let mut rates = HashMap::new();
        for (code, date) in wanted {
            let Some(id) = ids.get(*code) else { continue };
            let body = json!({"domain": [["currency_id", "=", id], ["name", "<=", date],
                                         ["company_id", "in", [false, books.company]]],
                              "fields": ["inverse_company_rate"], "order": "name desc, company_id desc", "limit": 1,
                              "context": books.context()});
            let rows: Vec<RateRow> = client.ask("res.currency.rate", "search_read", &body).await?;
            if let Some(rate) = rows.first().and_then(|row| row.inverse_company_rate.0.parse::<Number>().ok()) {
                rates.insert(((*code).to_owned(), *date), rate);
            }
        }
        Ok(Self { ids, rates })
    }

    /// Returns the id of a currency that is in use.
    pub(super) fn id(&self, code: &str) -> Option<i64> {
        self.ids.get(code).copied()
    }

    /// Returns the worth of an amount by the rate of the books on that day.
    pub(super) fn worth(&self, amount: Money, own: Currency, date: NaiveDate) -> Result<Money, Obstacle> {
        let code = amount.currency().code();
        let missing = || Obstacle::RateMissing { currency: code.to_owned(), date };
        let rate = self.rates.get(&(code.to_owned(), date)).ok_or_else(missing)?;
        let exact = amount.to_decimal().parse::<Number>().ok().and_then(|amount| amount.checked_mul(*rate));
        let minor = exact.and_then(|exact| exact.checked_mul(Number::from(10_i64.pow(own.exponent().into()))));
        let minor =
            minor.and_then(|minor| minor.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64());
        minor.map(|minor| Money::from_minor(minor, own)).ok_or_else(missing)
    }
}
