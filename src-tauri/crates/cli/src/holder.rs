//! Describes the holder of the lock in words, for a person who was refused, waits, or asks.

use postonce_engine::ports::LockProgress;
use postonce_engine::views::{LockFacts, Whose};

use crate::args::{Command, Language};
use crate::phrases::{self, Phrase};

/// Returns one sentence with everything that is known, and one for each conclusion.
pub(crate) fn sentence(language: Language, facts: &LockFacts) -> String {
    let mut sentences = vec![who(language, facts)];
    match facts.whose {
        Whose::Other => {}
        Whose::MineElsewhere => sentences.push(phrases::LOCK_MINE_ELSEWHERE.text(language).to_owned()),
        Whose::MineHere => sentences.push(phrases::LOCK_MINE_HERE.text(language).to_owned()),
    }
    if facts.looks_dead {
        let seconds = duration(language, facts.free_in_seconds);
        sentences.push(match language {
            Language::En => format!("That program looks dead; the lock frees itself in {seconds}."),
            Language::Nb => {
                format!("Programmet der ser ut til å ha stoppet opp; låsen blir fri av seg selv om {seconds}.")
            }
        });
    }
    sentences.join(" ")
}

/// Returns what a refused person can do; `sync` alone offers to wait.
pub(crate) fn advice(command: &Command) -> Phrase {
    match command {
        Command::Sync(_) => phrases::LOCK_NOTHING_SENT,
        // The approval itself is kept before the lock is asked for.
        Command::Approve(_) => phrases::JOINED_NOTHING,
        _ => phrases::LOCK_NOTHING_CHANGED,
    }
}

fn who(language: Language, facts: &LockFacts) -> String {
    let (lock, name) = (&facts.lock, facts.holder_name());
    let (host, doing) = (&lock.holder.host, operation(language, &lock.operation));
    let since = lock.acquired_at.with_timezone(&chrono::Local).format("%H:%M");
    let heard = duration(language, facts.silent_seconds);
    let progress = lock.progress.filter(|progress| progress.total > 0);
    let far = progress.map(|progress| far(language, &lock.operation, progress));
    let left = facts.eta_seconds.map(|seconds| match language {
        Language::En => format!(", about {} left", duration(language, seconds)),
        Language::Nb => format!(", om lag {} igjen", duration(language, seconds)),
    });
    let (far, left) = (far.unwrap_or_default(), left.unwrap_or_default());
    match language {
        Language::En => {
            format!("{name} is {doing} on {host}{far}{left}. Started {since}, last heard from {heard} ago.")
        }
        Language::Nb => {
            format!("{name} {doing} på {host}{far}{left}. Startet kl. {since}, sist hørt fra for {heard} siden.")
        }
    }
}

/// Returns how far the holder is; an operation that only reads sends nothing.
fn far(language: Language, operation: &str, LockProgress { processed, total }: LockProgress) -> String {
    let sends = matches!(operation, "sync" | "re-export");
    match (language, sends) {
        (Language::En, true) => format!(": {processed} of {total} sent"),
        (Language::En, false) => format!(": {processed} of {total} done"),
        (Language::Nb, true) => format!(": {processed} av {total} er sendt"),
        (Language::Nb, false) => format!(": {processed} av {total} er unnagjort"),
    }
}

/// Names the operation that the holder gave; an operation of a later version gets a general word.
fn operation(language: Language, operation: &str) -> &'static str {
    let (en, nb) = match operation {
        "sync" => ("syncing", "synkroniserer"),
        "re-export" => ("re-exporting a record", "eksporterer et utlegg på nytt"),
        "compare" => ("comparing", "avstemmer"),
        "rebuild" => ("rebuilding the ledger", "bygger opp eksportjournalen på nytt"),
        "resolve" => ("deciding on a record in doubt", "avgjør et uavklart utlegg"),
        _ => ("at work", "er i gang"),
    };
    match language {
        Language::En => en,
        Language::Nb => nb,
    }
}

/// Writes seconds under a minute, minutes under two hours, then hours.
pub(crate) fn duration(language: Language, seconds: u64) -> String {
    match (seconds, language) {
        (0..60, _) => format!("{seconds} s"),
        (60..7_200, _) => format!("{} min", seconds.div_ceil(60)),
        (_, Language::En) => format!("{} h", seconds.div_ceil(3_600)),
        (_, Language::Nb) => format!("{} t", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use clap::Parser as _;
    use postonce_engine::domain::{Actor, RunId};
    use postonce_engine::ports::{LockHolder, LockInfo};

    use super::*;
    use crate::args::Args;

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
            assert!(sentence(Language::En, &facts).contains(en), "{}", sentence(Language::En, &facts));
            assert!(sentence(Language::Nb, &facts).contains(nb), "{}", sentence(Language::Nb, &facts));
        }
    }

    #[test]
    fn a_silent_program_looks_dead_and_its_lock_frees_itself() {
        let silent = facts("sync", 50);
        assert!(sentence(Language::En, &silent).ends_with("That program looks dead; the lock frees itself in 10 s."));
        assert!(sentence(Language::Nb, &silent).ends_with("låsen blir fri av seg selv om 10 s."));
    }

    #[test]
    fn advice_offers_to_wait_where_the_command_can_wait() {
        let advised = |line: &[&str]| {
            let args = Args::try_parse_from(line).expect("the line is a command");
            advice(&args.command).text(Language::En)
        };
        assert!(advised(&["postonce", "sync"]).contains("--wait"));
        assert!(advised(&["postonce", "compare"]).starts_with("Nothing was changed."));
        assert!(advised(&["postonce", "rebuild"]).starts_with("Nothing was changed."));
        assert_eq!(advised(&["postonce", "approve", "A", "--confirm", "A"]), "Nothing was sent.");
    }
}
