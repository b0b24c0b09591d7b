//! Looks up the company's set-up: accounts and periods by their codes and dates, parties by theirs. The set-up is kept
//! for a run, and asked for anew after a refusal, since somebody may have mended it meanwhile.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use postonce_engine::domain::{Currency, Money};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::analytic::Dimensions;
use super::facts::Facts;
use super::fault::Fault;
use super::posting::{LineIds, MoveBody, TrytonIds};
use super::rates::Rates;
use super::rpc::{Call, LastLook, Rpc};
use super::taxes::{self, TaxBody};
use super::wire::TrytonDate;
use super::words::Obstacle;

/// The largest number of codes in one search.
const CODES_MAX: usize = 500;

/// Remembers the set-up.
#[derive(Default)]
pub(super) struct Books {
    known: Mutex<SetUpCache>,
}

#[derive(Default)]
struct SetUpCache {
    accounts: HashMap<String, Vec<AccountBody>>,
    periods: Option<Vec<PeriodBody>>,
    parties: HashMap<String, i64>,
    taxes: HashMap<String, Vec<TaxBody>>,
    dimensions: Option<Dimensions>,
    rates: Rates,
}

#[derive(Debug, Clone, Deserialize)]
struct AccountBody {
    id: i64,
    code: String,
    party_required: bool,
    closed: bool,
    /// `None` for a heading, which takes no lines.
    r#type: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
struct PeriodBody {
    id: i64,
    name: String,
    state: String,
    start_date: TrytonDate,
    end_date: TrytonDate,
}

#[derive(Debug, Clone, Deserialize)]
struct PartyBody {
    id: i64,
    code: String,
}

impl Books {
    /// Forgets everything.
    pub(super) async fn forget(&self) {
        *self.known.lock().await = SetUpCache::default();
    }

    /// Returns Tryton's ids for these postings, or the obstacle of each. Parties that are missing are made if `create`
    /// says so; that is no voucher, and a code belongs to one party only.
    pub(super) async fn resolve(
        &self,
        rpc: &Rpc,
        facts: &Facts,
        moves: &[MoveBody],
        create: bool,
        last_look: LastLook<'_>,
    ) -> Result<Vec<Result<TrytonIds, Obstacle>>, Fault> {
        let mut known = self.known.lock().await;
        let accounts = moves.iter().flat_map(|posting| &posting.lines).map(|line| line.account.as_str());
        known.learn_accounts(rpc, facts, accounts).await?;
        known.learn_periods(rpc, facts).await?;
        let lines = || moves.iter().flat_map(|posting| &posting.lines);
        known.learn_taxes(rpc, facts, lines().filter_map(|line| line.vat_code.as_deref())).await?;
        known.rates.learn(rpc, facts, moves).await?;
        if lines().any(|line| !line.analytic.is_empty()) {
            known.learn_dimensions(rpc, facts).await?;
        }
        let wanted: Vec<(String, Option<String>)> = known.parties_wanted(moves);
        known.learn_parties(rpc, facts, wanted, create, last_look).await?;
        Ok(moves.iter().map(|posting| known.resolve(facts, posting)).collect())
    }

    /// Returns the obstacles to posting to this account on this day, for the check of the set-up.
    pub(super) async fn obstacle(
        &self,
        rpc: &Rpc,
        facts: &Facts,
        account: &str,
        date: NaiveDate,
    ) -> Result<[Option<Obstacle>; 2], Fault> {
        let mut known = self.known.lock().await;
        known.learn_accounts(rpc, facts, std::iter::once(account)).await?;
        known.learn_periods(rpc, facts).await?;
        Ok([known.account(account).err(), known.period(date).err()])
    }
}

impl Books {
    /// Returns the obstacles to a line with this VAT code, for the check of the set-up.
    pub(super) async fn vat_obstacle(&self, rpc: &Rpc, facts: &Facts, code: &str) -> Result<Option<Obstacle>, Fault> {
        let mut known = self.known.lock().await;
        known.learn_taxes(rpc, facts, std::iter::once(code)).await?;
        Ok(taxes::choose(known.taxes.get(code).map_or(&[], Vec::as_slice), code, None).err())
    }

    /// Says whether there is a dimension of this name.
    pub(super) async fn has_dimension(&self, rpc: &Rpc, facts: &Facts, name: &str) -> Result<bool, Fault> {
        let mut known = self.known.lock().await;
        known.learn_dimensions(rpc, facts).await?;
        Ok(known.dimensions.as_ref().is_some_and(|dimensions| dimensions.has_root(name)))
    }
}

impl SetUpCache {
    async fn learn_taxes<'a>(
        &mut self,
        rpc: &Rpc,
        facts: &Facts,
        codes: impl Iterator<Item = &'a str>,
    ) -> Result<(), Fault> {
        let missing: BTreeSet<&str> = codes.filter(|code| !self.taxes.contains_key(*code)).collect();
        let missing: Vec<&str> = missing.into_iter().collect();
        for codes in missing.chunks(CODES_MAX) {
            let domain = json!([
                ["company", "=", facts.company],
                ["parent", "=", null],
                ["OR", ["group", "=", null], ["group.kind", "in", ["purchase", "both"]]],
                ["OR", ["name", "in", codes], ["description", "in", codes]]
            ]);
            let params = json!([domain, 0, null, null, taxes::FIELDS, facts.context()]);
            let found: Vec<TaxBody> = rpc.call(&Call::read("model.account.tax.search_read", params)).await?;
            let of = |code: &str| found.iter().filter(|tax| tax.is_called(code)).cloned().collect();
            self.taxes.extend(codes.iter().map(|&code| (code.to_owned(), of(code))));
        }
        Ok(())
    }

    async fn learn_dimensions(&mut self, rpc: &Rpc, facts: &Facts) -> Result<(), Fault> {
        if self.dimensions.is_none() {
            self.dimensions = Some(Dimensions::read(rpc, facts).await?);
        }
        Ok(())
    }

    async fn learn_accounts<'a>(
        &mut self,
        rpc: &Rpc,
        facts: &Facts,
        codes: impl Iterator<Item = &'a str>,
    ) -> Result<(), Fault> {
        let missing: BTreeSet<&str> = codes.filter(|code| !self.accounts.contains_key(*code)).collect();
        let missing: Vec<&str> = missing.into_iter().collect();
        for codes in missing.chunks(CODES_MAX) {
            let domain = json!([["company", "=", facts.company], ["code", "in", codes]]);
            let fields = ["code", "party_required", "closed", "type"];
            let params = json!([domain, 0, null, null, fields, facts.context()]);
            let found: Vec<AccountBody> = rpc.call(&Call::read("model.account.account.search_read", params)).await?;
            self.accounts.extend(codes.iter().map(|&code| (code.to_owned(), Vec::new())));
            for account in found {
                self.accounts.entry(account.code.clone()).or_default().push(account);
            }
        }
        Ok(())
    }

    async fn learn_periods(&mut self, rpc: &Rpc, facts: &Facts) -> Result<(), Fault> {
        if self.periods.is_none() {
            let domain = json!([["company", "=", facts.company], ["type", "=", "standard"]]);
            let params = json!([domain, 0, null, null, ["name", "state", "start_date", "end_date"], facts.context()]);
            self.periods = Some(rpc.call(&Call::read("model.account.period.search_read", params)).await?);
        }
        Ok(())
    }

    /// Returns the payees of lines whose account wants a party, each once.
    fn parties_wanted(&self, moves: &[MoveBody]) -> Vec<(String, Option<String>)> {
        let lines = moves.iter().flat_map(|posting| &posting.lines);
        let wanted = lines.filter(|line| self.account(&line.account).is_ok_and(|account| account.party_required));
        let wanted: HashMap<&String, &Option<String>> =
            wanted.filter_map(|line| Some((line.party.as_ref()?, &line.party_name))).collect();
        let unknown = wanted.into_iter().filter(|(code, _)| !self.parties.contains_key(*code));
        unknown.map(|(code, name)| (code.clone(), name.clone())).collect()
    }

    async fn learn_parties(
        &mut self,
        rpc: &Rpc,
        facts: &Facts,
        mut wanted: Vec<(String, Option<String>)>,
        create: bool,
        last_look: LastLook<'_>,
    ) -> Result<(), Fault> {
        self.find_parties(rpc, facts, &wanted).await?;
        wanted.retain(|(code, _)| !self.parties.contains_key(code));
        if wanted.is_empty() || !create {
            return Ok(());
        }
        wanted.sort();
        for some in wanted.chunks(CODES_MAX) {
            if !make_parties(rpc, facts, some, last_look).await? {
                // One party at fault must not hold the others. A party that is still missing after that is reported as
                // missing.
                for one in some {
                    make_parties(rpc, facts, std::slice::from_ref(one), last_look).await?;
                }
            }
            self.find_parties(rpc, facts, some).await?;
        }
        Ok(())
    }

    async fn find_parties(
        &mut self,
        rpc: &Rpc,
        facts: &Facts,
        wanted: &[(String, Option<String>)],
    ) -> Result<(), Fault> {
        for some in wanted.chunks(CODES_MAX) {
            let codes: Vec<&str> = some.iter().map(|(code, _)| code.as_str()).collect();
            // A party that is out of use, or was merged into another, still is the payee.
            let domain = json!([["code", "in", codes], ["active", "in", [true, false]]]);
            let params = json!([domain, 0, null, null, ["code"], facts.context()]);
            let found: Vec<PartyBody> = rpc.call(&Call::read("model.party.party.search_read", params)).await?;
            self.parties.extend(found.into_iter().map(|party| (party.code, party.id)));
        }
        Ok(())
    }

    fn resolve(&self, facts: &Facts, posting: &MoveBody) -> Result<TrytonIds, Obstacle> {
        let unfit = |currency: &str| Obstacle::Currency { posting: currency.to_owned(), books: facts.currency.clone() };
        if let Some(other) = posting.own_currency.as_ref().filter(|own| **own != facts.currency) {
            return Err(unfit(other));
        }
        let second_currency = match posting.currency == facts.currency {
            true => None,
            false => Some(self.rates.id(&posting.currency).ok_or_else(|| unfit(&posting.currency))?),
        };
        let own = if second_currency.is_some() { self.own_amounts(facts, posting)? } else { Vec::new() };
        let period = self.period(posting.date)?.id;
        let lines = posting.lines.iter().enumerate().map(|(place, line)| {
            let own = own.get(place).copied();
            let account = self.account(&line.account)?;
            let tax = line.vat_code.as_deref().map(|code| {
                let taxes = self.taxes.get(code).map_or(&[][..], Vec::as_slice);
                taxes::choose(taxes, code, Some(posting.date))
            });
            let tax = tax.transpose()?;
            // A tax is counted in the company's currency, and nobody said how it is divided in another one.
            if let Some(code) = line.vat_code.clone().filter(|_| own.is_some()) {
                return Err(Obstacle::VatForeign { code });
            }
            let none = Dimensions::default();
            let analytic = self.dimensions.as_ref().unwrap_or(&none).accounts(&line.analytic)?;
            if !account.party_required {
                return Ok(LineIds { account: account.id, party: None, tax, analytic, own });
            }
            let unnamed = || Obstacle::PartyUnnamed { account: line.account.clone() };
            let party = line.party.as_ref().ok_or_else(unnamed)?;
            let missing = || Obstacle::PartyMissing { party: party.clone() };
            let party = Some(*self.parties.get(party).ok_or_else(missing)?);
            Ok(LineIds { account: account.id, party, tax, analytic, own })
        });
        Ok(TrytonIds { period, second_currency, lines: lines.collect::<Result<_, _>>()? })
    }

    /// Returns the amounts of a posting in a foreign currency in the company's: as the posting says, or by the rates of
    /// the books. What rounding leaves over goes to the last line, the debt.
    fn own_amounts(&self, facts: &Facts, posting: &MoveBody) -> Result<Vec<Money>, Obstacle> {
        let unfit = || Obstacle::Currency { posting: posting.currency.clone(), books: facts.currency.clone() };
        let own = Currency::from_code(&facts.currency).ok_or_else(unfit)?;
        let (mut sum, count): (i64, usize) = (0, posting.lines.len());
        let amounts = posting.lines.iter().enumerate().map(|(place, line)| {
            let amount = match &line.own {
                Some(text) => taxes::money(text, &facts.currency).ok_or_else(unfit)?,
                None if place + 1 == count => Money::from_minor(-sum, own),
                None => {
                    let amount = taxes::money(&line.amount, &posting.currency).ok_or_else(unfit)?;
                    self.rates.worth(amount, own, posting.date)?
                }
            };
            sum += amount.minor();
            Ok(amount)
        });
        amounts.collect()
    }

    fn account(&self, code: &str) -> Result<&AccountBody, Obstacle> {
        match self.accounts.get(code).map(Vec::as_slice) {
            Some([only]) if only.closed || only.r#type.is_none() => {
                Err(Obstacle::AccountUnfit { account: code.to_owned() })
            }
            Some([only]) => Ok(only),
            None | Some([]) => Err(Obstacle::AccountMissing { account: code.to_owned() }),
            Some(_) => Err(Obstacle::AccountAmbiguous { account: code.to_owned() }),
        }
    }

    fn period(&self, date: NaiveDate) -> Result<&PeriodBody, Obstacle> {
        let periods = self.periods.as_deref().unwrap_or_default();
        let period = periods.iter().find(|period| period.start_date.0 <= date && date <= period.end_date.0);
        match period {
            None => Err(Obstacle::PeriodMissing { date }),
            Some(period) if period.state != "open" => {
                let open = periods.iter().filter(|period| period.state == "open").map(|period| period.start_date.0);
                let next_open = open.filter(|start| date < *start).min();
                Err(Obstacle::PeriodClosed { date, period: period.name.clone(), next_open })
            }
            Some(period) => Ok(period),
        }
    }
}

impl Books {
    /// Returns the open period of a day.
    pub(super) async fn period(
        &self,
        rpc: &Rpc,
        facts: &Facts,
        date: NaiveDate,
    ) -> Result<Result<i64, Obstacle>, Fault> {
        let mut known = self.known.lock().await;
        known.learn_periods(rpc, facts).await?;
        Ok(known.period(date).map(|period| period.id))
    }
}

/// Makes parties in one call, all of them or none; returns `false` for none, as when somebody else has made one of them
/// meanwhile.
async fn make_parties(
    rpc: &Rpc,
    facts: &Facts,
    wanted: &[(String, Option<String>)],
    last_look: LastLook<'_>,
) -> Result<bool, Fault> {
    let party = |(code, name): &(String, Option<String>)| json!({"code": code, "name": name.as_ref().unwrap_or(code), "addresses": []});
    let parties: Vec<Value> = wanted.iter().map(party).collect();
    let call = Call::write("model.party.party.create", json!([parties, facts.context()]), last_look);
    match rpc.call::<Vec<i64>>(&call).await {
        Ok(_) => Ok(true),
        Err(Fault::No(exception)) => {
            tracing::warn!(detail = exception.detail, "parties were not made");
            Ok(false)
        }
        Err(fault) => Err(fault),
    }
}
