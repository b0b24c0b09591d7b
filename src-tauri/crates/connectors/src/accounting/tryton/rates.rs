//! Looks up currencies, and the rates that the books themselves have of them. Tryton counts each currency in a unit of
//! its own; a rate that nobody has written is missing.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use postonce_engine::domain::{Currency, Money};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::json;

use super::facts::Facts;
use super::fault::Fault;
use super::posting::MoveBody;
use super::rpc::{Call, Rpc};
use super::wire::{self, TrytonDecimal};
use super::words::Obstacle;

/// Remembers currencies and rates.
#[derive(Default)]
pub(super) struct Rates {
    ids: HashMap<String, i64>,
    /// The rate of a currency on a day; `None` if there is none.
    rates: HashMap<(String, NaiveDate), Option<Decimal>>,
}

#[derive(Deserialize)]
struct CurrencyBody {
    id: i64,
    code: String,
}

#[derive(Deserialize)]
struct RateBody {
    rate: TrytonDecimal,
}

impl Rates {
    /// Learns the currencies of the moves that are in a foreign one, and the rates of those that come without.
    pub(super) async fn learn(&mut self, rpc: &Rpc, facts: &Facts, moves: &[MoveBody]) -> Result<(), Fault> {
        let foreign = || moves.iter().filter(|posting| posting.currency != facts.currency);
        let codes: BTreeSet<&str> = foreign().map(|posting| posting.currency.as_str()).collect();
        let codes: Vec<&str> = codes.into_iter().filter(|code| !self.ids.contains_key(*code)).collect();
        if !codes.is_empty() {
            let params = json!([[["code", "in", codes]], 0, null, null, ["code"], facts.context()]);
            let found: Vec<CurrencyBody> = rpc.call(&Call::read("model.currency.currency.search_read", params)).await?;
            self.ids.extend(found.into_iter().map(|currency| (currency.code, currency.id)));
        }
        for posting in foreign().filter(|posting| posting.own_currency.is_none()) {
            for code in [&posting.currency, &facts.currency] {
                self.learn_rate(rpc, facts, code, posting.date).await?;
            }
        }
        Ok(())
    }

    async fn learn_rate(&mut self, rpc: &Rpc, facts: &Facts, code: &str, date: NaiveDate) -> Result<(), Fault> {
        if self.rates.contains_key(&(code.to_owned(), date)) {
            return Ok(());
        }
        let domain = json!([["currency.code", "=", code], ["date", "<=", wire::date(date)]]);
        let params = json!([domain, 0, 1, [["date", "DESC"]], ["rate"], facts.context()]);
        let found: Vec<RateBody> = rpc.call(&Call::read("model.currency.currency.rate.search_read", params)).await?;
        let rate = found.first().map(|found| found.rate.0).filter(|rate| !rate.is_zero());
        self.rates.insert((code.to_owned(), date), rate);
        Ok(())
    }

    /// Returns the id of a currency.
    pub(super) fn id(&self, code: &str) -> Option<i64> {
        self.ids.get(code).copied()
    }

    /// Returns the worth of an amount by the rates of the books on that day.
    pub(super) fn worth(&self, amount: Money, own: Currency, date: NaiveDate) -> Result<Money, Obstacle> {
        let code = amount.currency().code();
        let missing = || Obstacle::RateMissing { currency: code.to_owned(), date };
        let rate = |code: &str| self.rates.get(&(code.to_owned(), date)).copied().flatten().ok_or_else(missing);
        let (foreign, home) = (rate(code)?, rate(own.code())?);
        let exact = amount.to_decimal().parse::<Decimal>().ok();
        let exact = exact.and_then(|amount| amount.checked_mul(home)?.checked_div(foreign));
        let minor = exact.and_then(|exact| exact.checked_mul(Decimal::from(10_i64.pow(own.exponent().into()))));
        let rounded = minor.map(|minor| minor.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
        rounded.and_then(|minor| minor.to_i64()).map(|minor| Money::from_minor(minor, own)).ok_or_else(missing)
    }
}
