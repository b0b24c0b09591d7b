//! Who holds the lock, in words: for whoever was refused, waits, or asks.

use postonce_engine::views::{LockFacts, Whose};

use crate::args::Language;
use crate::phrases;

/// One sentence with everything that is known, and one for each conclusion.
pub(crate) fn sentence(language: Language, facts: &LockFacts) -> String {
    let mut told = vec![who(language, facts)];
    match facts.whose {
        Whose::Other => {}
        Whose::MineElsewhere => told.push(phrases::LOCK_MINE_ELSEWHERE.text(language).to_owned()),
        Whose::MineHere => told.push(phrases::LOCK_MINE_HERE.text(language).to_owned()),
    }
    if facts.looks_dead {
        let seconds = duration(language, facts.free_in_seconds);
        told.push(match language {
            Language::En => format!("It looks dead, and is free by itself in {seconds}."),
            Language::Nb => format!("Den ser død ut, og blir fri av seg selv om {seconds}."),
        });
    }
    told.join(" ")
}

fn who(language: Language, facts: &LockFacts) -> String {
    let (lock, name) = (&facts.lock, facts.holder_name());
    let (host, operation) = (&lock.holder.host, operation(language, &lock.operation));
    let since = lock.acquired_at.with_timezone(&chrono::Local).format("%H:%M");
    let heard = duration(language, facts.silent_seconds);
    let progress = lock.progress.filter(|progress| progress.total > 0);
    let far = progress.map(|progress| match language {
        Language::En => format!(": {} of {} sent", progress.processed, progress.total),
        Language::Nb => format!(": {} av {} er sendt", progress.processed, progress.total),
    });
    let left = facts.eta_seconds.map(|seconds| match language {
        Language::En => format!(", about {} left", duration(language, seconds)),
        Language::Nb => format!(", om lag {} igjen", duration(language, seconds)),
    });
    let (far, left) = (far.unwrap_or_default(), left.unwrap_or_default());
    match language {
        Language::En => {
            format!("{name} is {operation} on {host}{far}{left}. Started {since}, last heard from {heard} ago.")
        }
        Language::Nb => {
            format!("{name} {operation} på {host}{far}{left}. Startet kl. {since}, sist hørt fra for {heard} siden.")
        }
    }
}

/// What the accounting side was told that it is for; an operation of a later version goes by a general word.
fn operation(language: Language, operation: &str) -> &'static str {
    let (en, nb) = match operation {
        "sync" => ("syncing", "synkroniserer"),
        "re-export" => ("re-exporting a record", "eksporterer en post på nytt"),
        "compare" => ("comparing", "avstemmer"),
        "rebuild" => ("rebuilding the ledger", "bygger opp eksportjournalen på nytt"),
        "resolve" => ("deciding on a record in doubt", "avgjør en uavklart post"),
        _ => ("at work", "er i gang"),
    };
    match language {
        Language::En => en,
        Language::Nb => nb,
    }
}

/// Seconds under a minute, minutes under two hours, then hours.
pub(crate) fn duration(language: Language, seconds: u64) -> String {
    match (seconds, language) {
        (0..60, _) => format!("{seconds} s"),
        (60..7_200, _) => format!("{} min", seconds.div_ceil(60)),
        (_, Language::En) => format!("{} h", seconds.div_ceil(3_600)),
        (_, Language::Nb) => format!("{} t", seconds.div_ceil(3_600)),
    }
}
