//! Checks before anything is sent that a record is still the record it was: same books, same references, same ids; and
//! that the source still has it. A change of the former would export again what was exported, a loss nothing at all.
//!
//! Invariants: nothing is sent while a question is open; an answer is a person's word with a reason, and holds for
//! exactly what was asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::calls::RunError;
use crate::domain::Topic;
use crate::error::Problem;
use crate::export::planning::Tally;
use crate::ledger::{Ledger, LedgerError, LostRecords, MovedRecords, OtherExpenses, Pin, Reading, SharedIds};
use crate::parts::Parts;
use crate::ports::{Clock, Connection};

/// The number of records at most that go without a question although they equal exported ones under other ids: a
/// handful of people do take the same bus for the same fare, and are paid for it under two approvals.
pub(crate) const LOOK_ALIKES_SENT_MAX: u64 = 5;
/// The number of new records at least that have day and amount of exported ones which have left the source, and are most
/// of what is new, where no exported id is in the source any more.
const MOVED_MIN: u64 = 5;
/// The number of unexported records at least that a source may not lose without a question, if it keeps others.
const LOST_MIN: u64 = 5;
/// The number of ids at most that may stand on rows of other content while the file is still believed; those rows are
/// held, each by itself.
const SHARED_IDS_MAX: u64 = 5;
/// The share of all ids, one in so many, from which on shared ones mean that the column has no ids.
const SHARED_IDS_SHARE: u64 = 10;

/// Names the questions that a person may be asked. A rebuild sends nothing, and its ledger is gone if it stops: nobody
/// could answer there. The next sync asks before it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Everything,
    /// Only what contradicts the ledger that stood here before, where it can be answered.
    CarriedPins,
}

/// The books, as they are pinned and asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PinnedBooks {
    pub(crate) address: String,
    pub(crate) organisation: String,
}

impl PinnedBooks {
    pub(crate) fn of(connection: &Connection) -> Self {
        Self { address: connection.address.clone(), organisation: connection.organisation_id.clone() }
    }
}

/// Stops for a person's word, unless it was given on exactly this; the question then stands in the ledger.
pub(crate) async fn ask_person(
    ledger: &Ledger,
    clock: &dyn Clock,
    topic: Topic,
    about: Value,
    problem: Problem,
) -> Result<(), Problem> {
    let asked = about.clone();
    if ledger.read(move |tx| tx.is_answered(topic, &asked)).await? {
        return Ok(());
    }
    let (now, kept) = (clock.now(), problem.clone());
    ledger.write(move |tx| tx.ask_person(topic, &about, &kept, now)).await?;
    Err(problem)
}

/// Withdraws the question of a topic, if one is open: what it was about is as it was.
pub(crate) async fn nothing_to_ask(ledger: &Ledger, clock: &dyn Clock, topic: Topic) -> Result<(), Problem> {
    if ledger.read(move |tx| tx.asks(topic)).await? {
        let now = clock.now();
        ledger.write(move |tx| tx.withdraw_question(topic, now)).await?;
    }
    Ok(())
}

/// Checks that these are the books of this workspace, at their address: those that it last sent to, and those that a
/// person confirmed in its file.
pub(crate) async fn check_books(parts: &Parts, connection: &Connection, asks: Asks) -> Result<(), Problem> {
    let Parts { ledger, clock, settings, .. } = parts;
    let found = PinnedBooks::of(connection);
    let pinned = ledger.read(|tx| tx.pinned::<PinnedBooks>(Pin::Books)).await?;
    let stated = settings.books.as_ref().filter(|_| asks == Asks::Everything).map(|books| PinnedBooks {
        address: books.address.clone().unwrap_or_else(|| found.address.clone()),
        organisation: books.organisation.clone(),
    });
    for expected in pinned.iter().chain(&stated).filter(|expected| **expected != found) {
        let problem = Problem::books_differ(
            &expected.organisation,
            &expected.address,
            format!("{} ({})", connection.organisation_name, found.organisation),
            &found.address,
        );
        ask_person(ledger, clock.as_ref(), Topic::Books, json!({ "expected": expected, "found": found }), problem)
            .await?;
    }
    nothing_to_ask(ledger, clock.as_ref(), Topic::Books).await?;
    if pinned.is_none() && ledger.read(|tx| tx.has_exported()).await? {
        // The ledger is older than its pins.
        let now = clock.now();
        ledger.write(move |tx| tx.pin(Pin::Books, &found, now)).await?;
    }
    Ok(())
}

/// Checks that ids are read from where those of the exported records were. A question about that stays open until the
/// reading has been checked as well ([`check_lost`]): it is the same topic.
pub(crate) async fn check_source(parts: &Parts) -> Result<(), Problem> {
    let Parts { ledger, clock, settings, .. } = parts;
    let now_read = settings.source.ids.clone();
    match ledger.read(|tx| tx.pinned::<BTreeMap<String, String>>(Pin::Source)).await? {
        Some(before) if before != now_read && !before.is_empty() => {
            let problem = Problem::source_ids_moved(shown(&before, &now_read), shown(&now_read, &before));
            let about = json!({ "after": now_read, "before": before });
            ask_person(ledger, clock.as_ref(), Topic::Source, about, problem).await?;
        }
        Some(_) => {}
        None => {
            if ledger.read(|tx| tx.has_exported()).await? {
                let now = clock.now();
                ledger.write(move |tx| tx.pin(Pin::Source, &now_read, now)).await?;
            }
        }
    }
    Ok(())
}

/// Returns the values in which one place of ids differs from another: `Nr`, or `id = Nr, line = Linje`.
fn shown(these: &BTreeMap<String, String>, others: &BTreeMap<String, String>) -> String {
    let differing: Vec<_> = these.iter().filter(|(key, value)| others.get(*key) != Some(value)).collect();
    match differing.as_slice() {
        [] => "–".to_owned(),
        [(_, value)] => (*value).clone(),
        several => several.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", "),
    }
}

/// Checks, before a reading counts, that the source has not lost what waits to be exported. The records of another month
/// leave no gap: only what is not exported yet is missed.
pub(crate) async fn check_lost(ledger: &Ledger, clock: &dyn Clock, reading: Reading) -> Result<(), Problem> {
    let found = ledger.read(move |tx| tx.lost_records(reading)).await?;
    if found.is_most() {
        let about = json!({ "lost": found.lost, "records": found.digest.text(), "what": "lost" });
        let problem = Problem::source_lost(found.lost, found.unexported, &found.first);
        ask_person(ledger, clock, Topic::Source, about, problem).await?;
    }
    nothing_to_ask(ledger, clock, Topic::Source).await
}

/// Checks, before a reading counts, that ids name one expense each: no exported record's stands for another expense,
/// and no column that has no ids is taken for one that does. Each answer is for one file, and its contents.
pub(crate) async fn check_ids(ledger: &Ledger, clock: &dyn Clock, reading: Reading) -> Result<(), Problem> {
    let found = ledger.read(move |tx| Ok((tx.other_expenses(reading)?, tx.shared_ids(reading)?)));
    let (others, shared): (Vec<OtherExpenses>, Option<SharedIds>) = found.await?;
    for anew in others.into_iter().filter(OtherExpenses::begin_anew) {
        let OtherExpenses { file, perhaps, first, digest, .. } = anew;
        let about =
            json!({ "file": file, "first": first, "ids": perhaps, "records": digest.text(), "what": "begin_anew" });
        let problem = Problem::ids_begin_anew(&file, perhaps, &first);
        ask_person(ledger, clock, Topic::Ids, about, problem).await?;
    }
    if let Some(SharedIds { shared, ids, file, first, digest }) = shared.filter(SharedIds::are_none) {
        let about = json!({ "file": file, "first": first, "ids": shared, "records": digest.text(), "what": "shared" });
        let problem = Problem::ids_shared(&file, shared, ids, &first);
        ask_person(ledger, clock, Topic::Ids, about, problem).await?;
    }
    nothing_to_ask(ledger, clock, Topic::Ids).await
}

impl LostRecords {
    /// Says whether so much is lost that a person must know the reason.
    fn is_most(&self) -> bool {
        let most = self.lost >= LOST_MIN && self.lost * 2 > self.unexported;
        most || (self.reads_nothing && self.lost > 0)
    }
}

impl OtherExpenses {
    /// Says whether most exported ids of the file stand for other expenses. One record that somebody corrected, or a
    /// few among many, are changes.
    fn begin_anew(&self) -> bool {
        let enough = self.surely >= 1 || self.perhaps >= 2;
        enough && self.perhaps > self.same
    }
}

impl SharedIds {
    /// Says whether these are no ids at all.
    fn are_none(&self) -> bool {
        self.shared > SHARED_IDS_MAX && self.shared * SHARED_IDS_SHARE > self.ids
    }
}

impl MovedRecords {
    /// Says whether they are most of what is new.
    fn are_most(&self) -> bool {
        self.count >= MOVED_MIN && self.count * 2 > self.all
    }
}

/// Checks that a plan does not send once more, under other ids, what was exported.
pub(crate) async fn check_look_alikes(parts: &Parts, reading: Reading, tally: &Tally) -> Result<(), Problem> {
    let Parts { ledger, clock, .. } = parts;
    let twins = &tally.twins;
    // An exported record that left the source while its like came may have got another id.
    let too_many = twins.count > LOOK_ALIKES_SENT_MAX || twins.gone > 0;
    let Some((first, exported)) = twins.first.as_ref().filter(|_| too_many) else {
        return check_moved(parts, reading, tally).await;
    };
    let about = json!({ "count": twins.count, "records": twins.digest.text() });
    let problem = Problem::look_alikes_many(twins.count, tally.send, first, exported);
    ask_person(ledger, clock.as_ref(), Topic::LookAlikes, about, problem).await
}

/// Checks that a source whose exported ids are all gone does not bring the same expenses under other ids, and other texts.
async fn check_moved(parts: &Parts, reading: Reading, tally: &Tally) -> Result<(), Problem> {
    let Parts { ledger, clock, .. } = parts;
    let moved = ledger.read(move |tx| {
        if !tx.has_exported()? || tx.reads_exported(reading)? {
            return Ok(MovedRecords::default());
        }
        tx.moved(reading)
    });
    let moved: MovedRecords = moved.await?;
    let are_most = moved.are_most();
    let Some((first, exported)) = moved.first.filter(|_| are_most) else {
        return nothing_to_ask(ledger, clock.as_ref(), Topic::LookAlikes).await;
    };
    let about = json!({ "count": moved.count, "records": moved.digest.text(), "what": "moved" });
    let problem = Problem::records_moved(moved.count, tally.send, first, exported);
    ask_person(ledger, clock.as_ref(), Topic::LookAlikes, about, problem).await
}

/// Pins what the workspace exports from and into, right before it sends for the first time, or after a person's word
/// for the first time.
pub(crate) async fn pin(parts: &Parts, connection: &Connection) -> Result<(), RunError> {
    let (books, source) = (PinnedBooks::of(connection), parts.settings.source.ids.clone());
    let (prefix, now) = (parts.settings.organisation.as_str().to_owned(), parts.clock.now());
    let pinned = parts.ledger.write(move |tx| -> Result<(), LedgerError> {
        tx.pin(Pin::Books, &books, now)?;
        tx.pin(Pin::Prefix, &prefix, now)?;
        tx.pin(Pin::Source, &source, now)
    });
    Ok(pinned.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn person_is_asked_about_a_loss_of_most_or_of_all() {
        for (lost, unexported, reads_nothing, is_most) in [
            (0, 0, true, false),
            (1, 9, true, true),
            (1, 1, false, false),
            (LOST_MIN - 1, LOST_MIN - 1, false, false),
            (LOST_MIN, LOST_MIN, false, true),
            (LOST_MIN, 2 * LOST_MIN - 1, false, true),
            (LOST_MIN, 2 * LOST_MIN, false, false),
            (0, 9, false, false),
        ] {
            let lost = LostRecords { lost, unexported, reads_nothing, ..LostRecords::default() };
            assert_eq!(lost.is_most(), is_most, "{lost:?}");
        }
    }

    #[test]
    fn ids_begin_anew_if_more_are_others_than_are_the_same() {
        for (surely, perhaps, same, anew) in [
            (0, 1, 0, false),
            (1, 1, 0, true),
            (0, 2, 0, true),
            (0, 2, 1, true),
            (0, 2, 2, false),
            (2, 2, 3, false),
            (1, 0, 0, false),
        ] {
            let (file, first, digest) = (String::new(), String::new(), crate::domain::SetDigest::default());
            let others = OtherExpenses { file, surely, perhaps, same, first, digest };
            assert_eq!(others.begin_anew(), anew, "{others:?}");
        }
    }

    #[test]
    fn ids_that_many_rows_share_are_none() {
        for (shared, ids, are_none) in [
            (SHARED_IDS_MAX, SHARED_IDS_MAX, false),
            (SHARED_IDS_MAX + 1, SHARED_IDS_MAX + 1, true),
            (10, 10 * SHARED_IDS_SHARE, false),
            (10, 10 * SHARED_IDS_SHARE - 1, true),
        ] {
            let (file, first, digest) = (String::new(), String::new(), crate::domain::SetDigest::default());
            assert_eq!(SharedIds { shared, ids, file, first, digest }.are_none(), are_none, "{shared} of {ids}");
        }
    }

    #[test]
    fn records_moved_if_they_are_most_of_what_is_new() {
        for (count, all, are_most) in [
            (MOVED_MIN - 1, MOVED_MIN - 1, false),
            (MOVED_MIN, MOVED_MIN, true),
            (MOVED_MIN, 2 * MOVED_MIN - 1, true),
            (MOVED_MIN, 2 * MOVED_MIN, false),
            (100, 500, false),
        ] {
            let moved = MovedRecords { count, all, ..MovedRecords::default() };
            assert_eq!(moved.are_most(), are_most, "{count} of {all}");
        }
    }

    #[test]
    fn place_of_ids_is_shown_by_what_differs() {
        let place = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let (one, both) = (place(&[("id", "Nr")]), place(&[("id", "Ref"), ("line", "Linje")]));
        assert_eq!(shown(&one, &both), "Nr");
        assert_eq!(shown(&both, &one), "id = Ref, line = Linje");
        assert_eq!(shown(&one, &one), "–");
    }
}
