//! Agrees with the books on the references: all that export into them begin alike, and look for a record in every form
//! that its reference ever had.
//!
//! Invariant: an engine that does not know its own prefix to be in use there sends nothing while another is, and nothing
//! into books of others' vouchers whose organisation has another name, before a person has said that it is right.

use std::collections::BTreeSet;

use serde_json::json;

use super::identity::{Asks, ask_person, nothing_to_ask};
use super::walls::AcquiredLocks;
use crate::calls::{Caller, Cursors, PAGES_MAX, RunError};
use crate::domain::{ReferenceForms, ReferenceRules, Topic};
use crate::error::Problem;
use crate::ledger::Pin;
use crate::lock::Permit;
use crate::parts::Parts;
use crate::ports::ReferenceScheme;

/// The times that the scheme is read, since somebody else has written it, or may have, meanwhile.
const ROUNDS_MAX: usize = 5;

/// The references of these books, as a look through all of them shows.
#[derive(Default)]
struct Listed {
    /// Another prefix, of the oldest such reference.
    other: Option<String>,
    /// The longest of our own, in characters; 0 if there is none.
    longest: usize,
    /// True if there is no reference at all: nobody has exported into these books.
    is_empty: bool,
}

/// Agrees with the books, under the permit, and keeps there what is agreed; returns the forms in which references of
/// this workspace stand there. What somebody else may still be sending is waited for before it is concluded that the
/// books have no other references, and before anything is kept there.
pub(crate) async fn agree(
    parts: &Parts,
    locks: &AcquiredLocks,
    permit: &Permit,
    caller: &Caller,
    asks: Asks,
) -> Result<ReferenceForms, RunError> {
    let Parts { ledger, clock, accounting, settings, .. } = parts;
    let connection = &locks.connection;
    let (own, current) = (settings.organisation.as_str(), connection.capabilities.reference_rules);
    let known = ledger.read(|tx| {
        let prefix = tx.pinned::<String>(Pin::Prefix)?.or(tx.prefix_in_use()?);
        Ok((prefix, tx.kept_rules()?, tx.has_exported()?))
    });
    let (ours_before, mut rules, has_exported) = known.await?;
    let mut listed: Option<Listed> = None;
    let mut has_waited = false;
    for _ in 0..ROUNDS_MAX {
        let kept = if connection.keeps_scheme { caller.ask(permit, || accounting.scheme()).await? } else { None };
        let mut others: BTreeSet<String> = ours_before.iter().filter(|before| *before != own).cloned().collect();
        match &kept {
            Some(scheme) if scheme.prefixes.contains(own) => {}
            Some(scheme) if !scheme.prefixes.is_empty() => others.extend(scheme.prefixes.iter().cloned()),
            _ if has_exported => {}
            // Nobody has kept a scheme there. An exporter from before there were any may have left its references.
            _ => {
                if listed.is_none() {
                    locks.wait_for_others(caller).await?;
                    has_waited = true;
                    listed = Some(list(parts, permit, caller, &connection.address).await?);
                }
                others.extend(listed.iter().filter_map(|listed| listed.other.clone()));
            }
        }
        let contradicts_pin = ours_before.as_ref().is_some_and(|before| before != own);
        let is_unlike = others.is_empty()
            && ours_before.is_none()
            && !kept.as_ref().is_some_and(|scheme| scheme.prefixes.contains(own))
            && listed.as_ref().is_none_or(|listed| listed.longest == 0 && !listed.is_empty)
            && settings.books.is_none()
            && !settings.organisation.may_stand_for(&connection.organisation_id, &connection.organisation_name);
        let (books, id) = (&connection.organisation_name, &connection.organisation_id);
        let question = if is_unlike {
            Some((json!({ "organisation": id, "prefix": own }), Problem::books_unlike_name(own, books, id)))
        } else if others.is_empty() {
            None
        } else {
            let names = others.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            Some((json!({ "others": others, "prefix": own }), Problem::prefix_differs(own, names, books)))
        };
        let is_unasked = question.is_some() && asks == Asks::CarriedPins && !contradicts_pin;
        let answered = match question {
            None => nothing_to_ask(ledger, clock.as_ref(), Topic::Prefix).await,
            Some(_) if is_unasked => Ok(()),
            Some((about, problem)) => ask_person(ledger, clock.as_ref(), Topic::Prefix, about, problem).await,
        };
        answered.map_err(RunError::Problem)?;
        let mut scheme = kept.clone().unwrap_or_default();
        scheme.prefixes.extend(others);
        scheme.prefixes.insert(own.to_owned());
        let seen_longer = listed.as_ref().map(|listed| listed.longest).filter(|longest| *longest > current.length_max);
        let inferred = seen_longer.map(|length_max| ReferenceRules { length_max, ..current });
        for each in rules.iter().copied().chain(inferred).chain([current]) {
            scheme.add(each);
        }
        rules.clone_from(&scheme.rules);
        // Nothing is kept that nobody was asked about: the next sync would not ask either.
        if connection.keeps_scheme && !is_unasked && kept.as_ref() != Some(&scheme) {
            if !has_waited {
                locks.wait_for_others(caller).await?;
                has_waited = true;
                continue;
            }
            let is_kept = caller.ask(permit, || accounting.keep_scheme(permit, &scheme)).await?;
            if !is_kept {
                continue;
            }
        }
        let (kept_rules, now) = (rules.clone(), clock.now());
        ledger.write(move |tx| tx.pin(Pin::Rules, &kept_rules, now)).await?;
        return Ok(ReferenceForms::new(current, rules));
    }
    Err(RunError::Problem(Problem::accounting_unexpected(&connection.address, 200, "reference scheme")))
}

/// Looks through the references of books that keep no scheme, for a ledger that has none of its own yet.
async fn list(parts: &Parts, permit: &Permit, caller: &Caller, address: &str) -> Result<Listed, RunError> {
    let own = parts.settings.organisation.as_str();
    let (mut listed, mut cursor, mut is_empty) = (Listed::default(), None::<String>, true);
    let mut cursors = Cursors::new(caller.clock.as_ref(), PAGES_MAX);
    loop {
        if caller.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let page = caller.ask(permit, || parts.accounting.references(cursor.as_deref())).await?;
        let Some(page) = page else { return Ok(listed) };
        is_empty &= page.references.is_empty();
        for reference in &page.references {
            match reference.prefix() {
                Some(prefix) if prefix.as_str() == own => {
                    listed.longest = listed.longest.max(reference.as_str().chars().count());
                }
                Some(prefix) if listed.other.is_none() => listed.other = Some(prefix.as_str().to_owned()),
                Some(_) | None => {}
            }
        }
        cursors.follow(page.next.as_deref()).map_err(|endless| endless.of(address))?;
        if page.next.is_none() {
            return Ok(Listed { is_empty, ..listed });
        }
        cursor = page.next;
    }
}

impl ReferenceScheme {
    fn add(&mut self, rules: ReferenceRules) {
        if !self.rules.contains(&rules) {
            self.rules.push(rules);
        }
    }
}
