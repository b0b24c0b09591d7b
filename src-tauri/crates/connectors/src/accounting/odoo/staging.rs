//! Stages drafts: makes them in one call, reads them back, and compares them with what was asked before anybody posts
//! them.
//!
//! Invariants:
//! - a posting is staged only where its draft, as Odoo shows it afterwards, has its reference, date, accounts, contacts
//!   and amounts to the last decimal (Odoo rounds what has too many, without a word);
//! - one posting that is refused never holds the others: what a call of many refuses is tried in smaller ones;
//! - an entry of the reference that is not ours to touch, posted or withdrawn by a person, is reported and left alone.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use chrono::NaiveDate;
use postonce_engine::domain::{Currency, DraftId, Money, Refusal, StageResult};
use postonce_engine::ports::CallError;

use super::Odoo;
use super::analytic::Dimensions;
use super::body::{EntryBody, LineBody};
use super::books::{self, Account, Books, Contacts};
use super::client::{Fault, Lease, nothing_written};
use super::load::{self, LoadOutcome};
use super::moves::{self, Entry, EntryLine, Standing};
use super::rates::Rates;
use super::taxes::Taxes;
use super::to_make::{EntryToMake, ForeignAmount, LineToMake};
use super::words::Obstacle;

/// Tries of one posting that the database aborts for another transaction's sake.
const TRIES_MAX: u32 = 3;
/// The pause before the second try; it grows with each try.
const PAUSE: Duration = Duration::from_millis(150);
/// Rounds of making: the second for a draft of other content that stood in the way and was discarded.
const ROUNDS_MAX: u32 = 2;

/// The result of each posting so far.
type Results = Vec<Option<StageResult>>;

/// Stages postings; returns one entry for each, in order.
pub(super) async fn stage(odoo: &Odoo, lease: &impl Lease, entries: &[EntryBody]) -> Result<Results, CallError> {
    let books = odoo.books().await.map_err(nothing_written)?;
    let mut ground = Ground::survey(odoo, &books, entries).await.map_err(|fault| nothing_written(fault.into()))?;
    if odoo.create_parties {
        ground.make_contacts(odoo, lease, &books, entries).await?;
    }
    let mut results: Results = vec![None; entries.len()];
    let mut asked: HashMap<usize, EntryToMake> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        match ground.asked(&books, entry) {
            Ok(entry) => _ = asked.insert(index, entry),
            Err(obstacle) => results[index] = Some(refused(obstacle.refusal(books.language()))),
        }
    }
    let mut open: Vec<usize> = (0..entries.len()).filter(|index| asked.contains_key(index)).collect();
    for round in 1..=ROUNDS_MAX {
        if open.is_empty() {
            break;
        }
        let made = make(odoo, lease, &books, &asked, &open, &mut results).await?;
        open = compare(odoo, lease, &books, &asked, &made, &mut results, round).await?;
    }
    Ok(results)
}

/// Holds what is looked up before anything is made.
struct Ground {
    locked_to: Option<NaiveDate>,
    accounts: HashMap<String, Account>,
    contacts: Contacts,
    taxes: Taxes,
    rates: Rates,
    dimensions: Dimensions,
}

impl Ground {
    async fn survey(odoo: &Odoo, books: &Books, entries: &[EntryBody]) -> Result<Self, Fault> {
        let lines = || entries.iter().flat_map(|entry| &entry.lines);
        let codes: HashSet<&str> = lines().map(|line| line.account.as_str()).collect();
        let parties: HashSet<&str> = lines().filter_map(|line| line.party.as_deref()).collect();
        let vat_codes: HashSet<&str> = lines().filter_map(|line| line.vat_code.as_deref()).collect();
        let mut taxes = Taxes::named(&odoo.client, books, &vat_codes).await?;
        let currency = Currency::from_code(&books.currency);
        let gross = |line: &LineBody| Money::from_decimal(&line.amount, currency?).ok();
        let own_lines =
            || entries.iter().filter(|entry| entry.currency == books.currency).flat_map(|entry| &entry.lines);
        let computed = own_lines().filter_map(|line| Some((line.vat_code.as_deref()?, gross(line)?)));
        taxes.compute(&odoo.client, books, computed).await?;
        let foreign = || entries.iter().filter(|entry| entry.currency != books.currency);
        let currencies: HashSet<&str> = foreign().map(|entry| entry.currency.as_str()).collect();
        let without_rate = foreign().filter(|entry| entry.own_currency.is_none());
        let wanted: HashSet<(&str, NaiveDate)> =
            without_rate.map(|entry| (entry.currency.as_str(), entry.date)).collect();
        let rates = Rates::named(&odoo.client, books, &currencies, &wanted).await?;
        let names: HashSet<&str> = lines().flat_map(|line| line.dimensions.keys()).map(String::as_str).collect();
        let values: HashSet<&str> = lines().flat_map(|line| line.dimensions.values()).map(String::as_str).collect();
        Ok(Self {
            taxes,
            rates,
            dimensions: Dimensions::named(&odoo.client, books, &names, &values).await?,
            locked_to: books::locked_to(&odoo.client, books).await?,
            accounts: books::accounts(&odoo.client, &odoo.known, books, &codes).await?,
            contacts: books::contacts(&odoo.client, books, &parties).await?,
        })
    }

    /// Makes the contacts that lines want and that are not there. One that Odoo will not make is missing afterwards, and
    /// so is one whose reference a person has changed since it was made: nothing that is there is touched.
    async fn make_contacts(
        &mut self,
        odoo: &Odoo,
        lease: &impl Lease,
        books: &Books,
        entries: &[EntryBody],
    ) -> Result<(), CallError> {
        let wants_contact = |line: &&LineBody| self.accounts.get(&line.account).is_some_and(|it| it.wants_contact);
        let lines = entries.iter().flat_map(|entry| &entry.lines).filter(wants_contact);
        let named = lines.filter_map(|line| Some((line.party.as_deref()?, line.party_name.as_deref())));
        let missing: BTreeMap<&str, Option<&str>> =
            named.filter(|(party, _)| !self.contacts.contains_key(*party)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let wanted: Vec<(&str, &str)> = missing.iter().map(|(party, name)| (*party, name.unwrap_or(party))).collect();
        load::load_contacts(&odoo.client, lease, books, &wanted)
            .await
            .map_err(|fault| nothing_written(fault.into()))?;
        let made = books::contacts(&odoo.client, books, &missing.into_keys().collect()).await;
        self.contacts.extend(made.map_err(|fault| nothing_written(fault.into()))?);
        Ok(())
    }

    /// Returns the entry in Odoo's ids, or the obstacle that keeps it from being one.
    fn asked(&self, books: &Books, entry: &EntryBody) -> Result<EntryToMake, Obstacle> {
        let unfit = |currency: &str| Obstacle::Currency { posting: currency.to_owned(), books: books.currency.clone() };
        if let Some(other) = entry.own_currency.as_ref().filter(|own| **own != books.currency) {
            return Err(unfit(other));
        }
        let own = Currency::from_code(&books.currency).ok_or_else(|| unfit(&entry.currency))?;
        let foreign = match entry.currency == books.currency {
            true => None,
            false => Some(self.rates.id(&entry.currency).ok_or_else(|| unfit(&entry.currency))?),
        };
        if let Some(closed) = closed(self.locked_to, entry.date) {
            return Err(closed);
        }
        let asked = entry.lines.iter().map(|line| self.asked_line(&entry.currency, line));
        let asked = asked.collect::<Result<Vec<_>, _>>()?;
        let lines = match foreign {
            Some(currency) => self.in_both_currencies(entry, asked, currency, own)?,
            None => asked,
        };
        // The payable line has the text of the voucher alone.
        let text = entry.lines.last().map_or("", |line| line.text.as_str());
        let mut divided = Vec::with_capacity(entry.lines.len());
        for (body, line) in entry.lines.iter().zip(lines) {
            match &body.vat_code {
                // A tax is counted in the company's currency, and nobody said how it is divided in another one.
                Some(code) if line.foreign.is_some() => return Err(Obstacle::VatForeign { code: code.clone() }),
                Some(code) => divided.extend(self.taxes.divide(code, &line, text)?),
                None => divided.push(line),
            }
        }
        Ok(EntryToMake { reference: entry.reference.clone(), date: entry.date, reverses: None, lines: divided })
    }

    /// Returns the lines of a posting in a foreign currency with their amounts in both: as the posting says, or by the
    /// rate of the books. What rounding leaves over goes to the last line, the debt.
    fn in_both_currencies(
        &self,
        entry: &EntryBody,
        lines: Vec<LineToMake>,
        currency: i64,
        own: Currency,
    ) -> Result<Vec<LineToMake>, Obstacle> {
        let mut sum: i64 = 0;
        let count = lines.len();
        let both = entry.lines.iter().zip(lines).enumerate().map(|(place, (body, line))| {
            let amount = match &body.own {
                Some(text) => Money::from_decimal(text, own).map_err(|_| Obstacle::Amount { amount: text.clone() })?,
                None if place + 1 == count => Money::from_minor(-sum, own),
                None => self.rates.worth(line.amount, own, entry.date)?,
            };
            sum += amount.minor();
            let foreign = Some(ForeignAmount { currency, amount: line.amount });
            Ok(LineToMake { amount, foreign, ..line })
        });
        both.collect()
    }

    fn asked_line(&self, currency: &str, line: &LineBody) -> Result<LineToMake, Obstacle> {
        let account = self.accounts.get(&line.account);
        let account = account.ok_or_else(|| Obstacle::AccountMissing { account: line.account.clone() })?;
        let contact = match line.party.as_ref().map(|party| (party, self.contacts.get(party))) {
            Some((_, Some(Some(id)))) => Some(*id),
            Some((party, Some(None))) if account.wants_contact => {
                return Err(Obstacle::PartyAmbiguous { party: party.clone() });
            }
            Some((party, None)) if account.wants_contact => {
                return Err(Obstacle::PartyMissing { party: party.clone(), account: line.account.clone() });
            }
            None | Some(_) => None,
        };
        let amount = Currency::from_code(currency)
            .and_then(|currency| Money::from_decimal(&line.amount, currency).ok())
            .ok_or_else(|| Obstacle::Amount { amount: line.amount.clone() })?;
        let analytic = self.dimensions.distribution(&line.dimensions)?;
        Ok(LineToMake { analytic, ..LineToMake::plain(account.id, contact, line.text.clone(), amount) })
    }
}

/// Returns the obstacle if nothing may be posted on that day.
pub(super) fn closed(locked_to: Option<NaiveDate>, date: NaiveDate) -> Option<Obstacle> {
    let locked_to = locked_to.filter(|locked_to| date <= *locked_to)?;
    Some(Obstacle::PeriodClosed { date, locked_to })
}

fn refused(refusal: Refusal) -> StageResult {
    StageResult::Refused { refusal, voucher_id: None }
}

/// Makes the open entries, in one call where that works. Returns the id of each that is there now; a refused one has
/// its result. One that was not reached, because a call was not understood, has neither.
async fn make(
    odoo: &Odoo,
    lease: &impl Lease,
    books: &Books,
    asked: &HashMap<usize, EntryToMake>,
    open: &[usize],
    results: &mut Results,
) -> Result<Vec<(usize, i64)>, CallError> {
    let mut made = Vec::new();
    let mut groups: VecDeque<(Vec<usize>, u32)> = VecDeque::from([(open.to_vec(), 1)]);
    while let Some((group, tries)) = groups.pop_front() {
        let entries: Vec<&EntryToMake> = group.iter().map(|index| &asked[index]).collect();
        let loaded = match load::load(&odoo.client, lease, books, &entries).await {
            Ok(loaded) => loaded,
            // The entries that were made before it are not forgotten for its sake.
            Err(fault) if made.is_empty() && results.iter().all(Option::is_none) => return Err(fault.into()),
            Err(fault) => {
                tracing::warn!(?fault, "a part of a request was not staged");
                break;
            }
        };
        match loaded {
            LoadOutcome::Ids(ids) => made.extend(group.into_iter().zip(ids)),
            LoadOutcome::Nothing { was_aborted: true, .. } if tries < TRIES_MAX => {
                tokio::time::sleep(PAUSE * tries).await;
                groups.push_front((group, tries + 1));
            }
            LoadOutcome::Nothing { refusal, .. } if group.len() == 1 => results[group[0]] = Some(refused(refusal)),
            LoadOutcome::Nothing { named, .. } => {
                for part in parts(&group, |index| named.contains(&index)) {
                    groups.push_back((part, 1));
                }
            }
        }
    }
    Ok(made)
}

/// Divides a group into smaller ones: those that are named alone, the others together; halves if that would be no help.
fn parts(group: &[usize], is_named: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let (named, others): (Vec<_>, Vec<_>) = group.iter().enumerate().partition(|(place, _)| is_named(*place));
    if named.is_empty() || named.len() > group.len() / 2 {
        let (left, right) = group.split_at(group.len() / 2);
        return vec![left.to_vec(), right.to_vec()];
    }
    let alone = named.into_iter().map(|(_, &index)| vec![index]);
    let together: Vec<usize> = others.into_iter().map(|(_, &index)| index).collect();
    std::iter::once(together).chain(alone).collect()
}

/// Reads the drafts back, and settles those that are as they were asked. Returns the indices of those whose draft had
/// other content, and is gone now: they are made once more, or are refused when they come back different again.
async fn compare(
    odoo: &Odoo,
    lease: &impl Lease,
    books: &Books,
    asked: &HashMap<usize, EntryToMake>,
    made: &[(usize, i64)],
    results: &mut Results,
    round: u32,
) -> Result<Vec<usize>, CallError> {
    if made.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = made.iter().map(|(_, id)| *id).collect();
    let entries = moves::by_id(&odoo.client, books, &ids).await?;
    let lines = moves::lines(&odoo.client, books, &ids).await?;
    let reversed = moves::reversals(&odoo.client, books, entries.values()).await?;
    let mut differing = Vec::new();
    for &(index, id) in made {
        let (Some(entry), asked) = (entries.get(&id), &asked[&index]) else { continue };
        let same = is_as_asked(books, asked, entry, lines.get(&id).map_or(&[][..], Vec::as_slice));
        results[index] = match entry.standing() {
            Standing::Draft if same => DraftId::new(id.to_string()).map(StageResult::Staged),
            Standing::Posted if same && !reversed.contains_key(&id) => {
                Some(StageResult::Exists(entry.acknowledgement()))
            }
            Standing::Draft => {
                differing.push((index, id));
                None
            }
            Standing::Posted | Standing::Withdrawn => {
                let voucher = entry.acknowledgement().voucher_id;
                let taken = Obstacle::ReferenceTaken { voucher: voucher.clone() };
                Some(StageResult::Refused { refusal: taken.refusal(books.language()), voucher_id: Some(voucher) })
            }
        };
    }
    if differing.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = differing.iter().map(|(_, id)| *id).collect();
    load::unlink(&odoo.client, lease, books, &ids).await?;
    if round == ROUNDS_MAX {
        for (index, id) in &differing {
            let found = entries.get(id).map(Entry::total).unwrap_or_default().to_owned();
            let rounded = Obstacle::Rounded { asked: debit(&asked[index]), found };
            results[*index] = Some(refused(rounded.refusal(books.language())));
        }
        return Ok(Vec::new());
    }
    Ok(differing.into_iter().map(|(index, _)| index).collect())
}

fn ids(ids: &[i64]) -> Vec<i64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}

/// Says whether each line has the analytic accounts that were asked for. Odoo may have rules for the others.
fn has_analytic(asked: &EntryToMake, lines: &[EntryLine]) -> bool {
    let mut left: Vec<&EntryLine> = lines.iter().collect();
    asked.lines.iter().filter(|line| line.analytic.is_some()).all(|wanted| {
        let is_it = |line: &&EntryLine| {
            let amount = Money::from_decimal(&line.balance.0, wanted.amount.currency());
            line.account_id.as_ref().is_some_and(|account| account.0 == wanted.account)
                && amount.is_ok_and(|amount| amount == wanted.amount)
                && line.analytic() == wanted.analytic.as_ref()
        };
        left.iter().position(is_it).map(|place| left.swap_remove(place)).is_some()
    })
}

/// Returns the sum of the debit lines, as it was asked for.
fn debit(asked: &EntryToMake) -> String {
    let debits = asked.lines.iter().filter(|line| line.amount.minor() > 0);
    let minor = debits.map(|line| line.amount.minor()).sum();
    let currency = asked.lines.first().map(|line| line.amount.currency());
    currency.map(|currency| Money::from_minor(minor, currency).to_decimal()).unwrap_or_default()
}

/// Says whether an entry is what was asked for, line by line.
pub(super) fn is_as_asked(books: &Books, asked: &EntryToMake, entry: &Entry, lines: &[EntryLine]) -> bool {
    let Some(currency) = Currency::from_code(&books.currency) else { return false };
    let seen = lines.iter().map(|line| {
        let amount = Money::from_decimal(&line.balance.0, currency).ok()?;
        let account = line.account_id.as_ref()?.0;
        let contact = line.partner_id.as_ref().map(|contact| contact.0);
        let foreign = line.foreign(books).map(|foreign| (foreign.currency, foreign.amount.minor()));
        Some((account, contact, amount.minor(), ids(&line.tax_ids), line.share(), foreign))
    });
    let Some(mut seen) = seen.collect::<Option<Vec<_>>>() else { return false };
    let wanted = asked.lines.iter();
    let mut wanted: Vec<_> = wanted
        .map(|line| {
            let foreign = line.foreign.map(|foreign| (foreign.currency, foreign.amount.minor()));
            (line.account, line.contact, line.amount.minor(), ids(&line.tax.taxes), line.tax.share, foreign)
        })
        .collect();
    seen.sort_unstable();
    wanted.sort_unstable();
    seen == wanted
        && has_analytic(asked, lines)
        && entry.reference() == asked.reference
        && entry.date() == Some(asked.date)
        && entry.currency() == books.currency
        && entry.reverses() == asked.reverses
}
