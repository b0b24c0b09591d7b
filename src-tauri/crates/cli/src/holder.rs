//! Describes the holder of the lock in words, for a person who was refused, waits, or asks.

use postonce_engine::ports::LockProgress;
use postonce_engine::views::{LockFacts, Whose};
use postonce_reports::figures;
use postonce_reports::sentences::Reader;
use postonce_words::{Language, Message};

use crate::words;

/// Returns one sentence with everything that is known, and one for each conclusion.
pub(crate) fn sentence<'a>(reader: impl Into<Reader<'a>>, facts: &LockFacts) -> String {
    let reader = reader.into();
    let language = reader.language;
    let mut sentences = vec![who(reader, facts)];
    match facts.whose {
        Whose::Other => {}
        Whose::MineElsewhere => sentences.push(words::LOCK_MINE_ELSEWHERE.text(language).to_owned()),
        Whose::MineHere => sentences.push(words::LOCK_MINE_HERE.text(language).to_owned()),
    }
    if facts.looks_dead {
        sentences.push(words::holder_looks_dead(language, &duration(language, facts.free_in_seconds)));
    }
    sentences.join(" ")
}

fn who(reader: Reader<'_>, facts: &LockFacts) -> String {
    let language = reader.language;
    let lock = &facts.lock;
    let since = figures::moment(lock.acquired_at, reader.zone, language);
    let progress = lock.progress.filter(|progress| progress.total > 0);
    let far = progress.map(|progress| far(language, &lock.operation, progress));
    let left = facts.eta_seconds.map(|seconds| words::about_left(language, &duration(language, seconds)));
    words::holder_works(
        language,
        facts.holder_name(),
        operation(&lock.operation).text(language),
        &lock.holder.host,
        &format!("{}{}", far.unwrap_or_default(), left.unwrap_or_default()),
        &since,
        &duration(language, facts.silent_seconds),
    )
}

/// Returns how far the holder is; an operation that only reads sends nothing.
fn far(language: Language, operation: &str, LockProgress { processed, total }: LockProgress) -> String {
    match operation {
        "sync" | "re-export" => words::far_sent(language, processed, total),
        _ => words::far_done(language, processed, total),
    }
}

/// Names the operation that the holder gave; an operation of a later version gets a general word.
fn operation(operation: &str) -> Message {
    match operation {
        "sync" => words::DOES_SYNC,
        "re-export" => words::DOES_RE_EXPORT,
        "compare" => words::DOES_COMPARE,
        "rebuild" => words::DOES_REBUILD,
        "resolve" => words::DOES_RESOLVE,
        _ => words::DOES_SOMETHING,
    }
}

/// Writes seconds under a minute, minutes under two hours, then hours.
pub(crate) fn duration(language: Language, seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds.div_ceil(60)),
        _ => words::hours(language, seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use postonce_engine::domain::{Actor, RunId};
    use postonce_engine::ports::{LockHolder, LockInfo};

    use super::*;

    /// Returns facts whose holder was last heard from at the epoch, with a minute's lease.
    fn facts(operation: &str, seconds_later: i64) -> LockFacts {
        let at = |seconds: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let lock = LockInfo {
            holder: LockHolder {
                user: "kari".to_owned(),
                name: None,
                host: "PC-12".to_owned(),
                run_id: RunId::new("r"),
            },
            operation: operation.to_owned(),
            acquired_at: at(0),
            renewed_at: at(0),
            expires_at: at(60),
            progress: Some(LockProgress { processed: 40, total: 100 }),
            seen_at: Some(at(seconds_later)),
        };
        LockFacts::of(lock, &Actor { user: "ola".to_owned(), host: "PC-07".to_owned() }, at(0))
    }

    #[test]
    fn the_progress_says_sent_for_an_operation_that_sends() {
        for (operation, en, nb) in [
            ("sync", "kari is syncing on PC-12: 40 of 100 sent", "kari synkroniserer på PC-12: 40 av 100 er sendt"),
            ("re-export", "40 of 100 sent", "kari eksporterer et utlegg på nytt på PC-12: 40 av 100 er sendt"),
            ("compare", "kari is comparing on PC-12: 40 of 100 done", "40 av 100 er unnagjort"),
            ("rebuild", "40 of 100 done", "40 av 100 er unnagjort"),
        ] {
            let facts = facts(operation, 1);
            assert!(sentence(Language::English, &facts).contains(en), "{}", sentence(Language::English, &facts));
            assert!(sentence(Language::Bokmal, &facts).contains(nb), "{}", sentence(Language::Bokmal, &facts));
        }
    }

    #[test]
    fn a_silent_program_looks_dead_and_its_lock_frees_itself() {
        let silent = facts("sync", 50);
        assert!(
            sentence(Language::English, &silent).ends_with("That program looks dead; the lock frees itself in 10 s.")
        );
        assert!(sentence(Language::Bokmal, &silent).ends_with("låsen blir fri av seg selv om 10 s."));
    }
}
