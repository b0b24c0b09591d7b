//! Keeps the rows of an accounting system that has no lock: one unique code, a text, and the server's time if it tells
//! it.
//!
//! Nobody grants anything here. A grant is the belief of a machine: it is noted when its lease says so, and judged at
//! that moment against the beliefs of all others (promise 4).

use std::time::Duration;

use postonce_engine::ports::{Created, LeaseAsk, RowId, UniqueRow};
use serde_json::Value;

use super::lock::{Ended, Grant};
use super::{Books, CLOCK_TOLERANCE, MARGIN_PARTS_OF_LIFE};

/// The one row that the lease wants.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    id: u64,
    text: String,
    written_at: Duration,
}

/// Returns the part of a row's text by which a grant is known.
pub(crate) fn nonce_of(text: &str) -> Option<String> {
    let text: Value = serde_json::from_str(text).ok()?;
    Some(text.get("nonce")?.as_str()?.to_owned())
}

impl Books {
    pub(crate) fn create_row(&mut self, now: Duration, text: &str) -> Created {
        if self.row.is_some() {
            return Created::Taken;
        }
        self.row_ids += 1;
        self.row = Some(Row { id: self.row_ids, text: text.to_owned(), written_at: now });
        Created::Made(RowId::new(self.row_ids.to_string()))
    }

    pub(crate) fn read_row(&self, now: Duration) -> Option<UniqueRow> {
        let row = self.row.as_ref()?;
        let server_time = |moment| self.rules.tells_time.then(|| self.there(moment));
        Some(UniqueRow {
            id: RowId::new(row.id.to_string()),
            text: row.text.clone(),
            written_at: server_time(row.written_at),
            now: server_time(now),
        })
    }

    pub(crate) fn update_row(&mut self, now: Duration, id: &RowId, text: &str) -> bool {
        let Some(row) = self.row.as_mut().filter(|row| row.id.to_string() == id.as_str()) else { return false };
        text.clone_into(&mut row.text);
        row.written_at = now;
        true
    }

    /// Deletes a row. The holder of a row that is broken on purpose cannot know yet, and is excused for believing a
    /// while.
    pub(crate) fn delete_row(&mut self, now: Duration, id: &RowId, breaking: bool) -> bool {
        let Some(row) = self.row.take_if(|row| row.id.to_string() == id.as_str()) else { return false };
        if let Some(nonce) = nonce_of(&row.text).filter(|_| breaking) {
            self.broken_nonces.insert(nonce.clone(), now);
            if let Some(grant) = self.grants.iter_mut().rev().find(|grant| grant.token == nonce) {
                grant.ended.get_or_insert((Ended::Broken, now));
            }
        }
        true
    }

    /// Throws the row of this grant away, as a person would.
    pub(super) fn break_row(&mut self, now: Duration, token: &str) {
        self.row.take_if(|row| nonce_of(&row.text).as_deref() == Some(token));
        self.broken_nonces.insert(token.to_owned(), now);
    }

    /// Notes that a machine believes from now on to hold the lease; it has asked for it at `asked`.
    pub(crate) fn note_grant(&mut self, now: Duration, asked: Duration, token: &str, number: u64, ask: &LeaseAsk) {
        let holder = ask.holder.run_id.as_str();
        let believes_until = |grant: &Grant| grant.expires_at.saturating_sub(grant.life / MARGIN_PARTS_OF_LIFE);
        let believes = |grant: &&Grant| grant.ended.is_none() && now + CLOCK_TOLERANCE < believes_until(grant);
        if let Some(other) = self.grants.iter().find(believes) {
            let until = believes_until(other);
            let what = format!("{holder} holds the lease, and {} does until {until:?}", other.holder.run_id);
            self.breaks(4, what);
        }
        if self.grants.iter().any(|other| other.number == number) {
            self.breaks(4, format!("the number {number} is granted twice"));
        }
        let followed = self.grants.iter().rposition(|other| other.number + 1 == number);
        // A machine that slept over its own grant learns of one that has run out, and that nobody follows.
        let was_alive = |other: &Grant| other.granted_at < other.expires_at;
        if followed.is_some_and(|place| self.grants.iter().skip(place + 1).any(was_alive)) {
            self.breaks(4, format!("{number} follows a grant after which there was another one"));
        }
        let fence = self.grants.len() as u64 + 1;
        let mut grant = Grant::new(now, token.to_owned(), fence, ask);
        grant.number = number;
        grant.expires_at = asked + ask.life;
        grant.ended = self.broken_nonces.get(token).map(|at| (Ended::Broken, *at));
        self.grants.push(grant);
    }

    /// Notes that its renewal was answered; it was asked for at `asked`.
    pub(crate) fn note_renewal(&mut self, asked: Duration, token: &str) {
        if let Some(grant) = self.grants.iter_mut().rev().find(|grant| grant.token == token) {
            grant.expires_at = asked + grant.life;
        }
    }

    /// Notes that it is about to be given back: from now on nobody believes in it.
    pub(crate) fn note_release(&mut self, now: Duration, token: &str) {
        if let Some(grant) = self.grants.iter_mut().rev().find(|grant| grant.token == token) {
            grant.ended.get_or_insert((Ended::Released, now));
        }
    }
}
