//! Runs many worlds on all cores, or one aloud: `postonce-simulation [--seeds N] [--from SEED] [--seed S] [--protection
//! P] [--lock L] [--edges true]`.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use postonce_engine::domain::Protection;
use postonce_simulation::{Ask, Figures, LockKind, Planted, WorldResult, live};

/// The most failures that are shown; after these, one more says nothing new.
const FAILURES_SHOWN_MAX: usize = 20;
const SEEDS_DEFAULT: u64 = 1_000;

#[derive(Debug, Default)]
struct Asked {
    seeds: Option<u64>,
    from: u64,
    one: Option<u64>,
    protection: Option<Protection>,
    lock: Option<LockKind>,
    edges: bool,
    planted: Planted,
}

impl Asked {
    fn world(&self, seed: u64, aloud: bool) -> Ask {
        let Self { protection, lock, edges, planted, .. } = *self;
        Ask { seed, protection, lock, edges, planted, aloud }
    }
}

fn main() -> ExitCode {
    let asked = match read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(trouble) => {
            eprintln!(
                "{trouble}\n[--seeds N] [--from SEED] [--seed SEED] [--protection P] [--lock own|rows] \
                 [--edges true|false] [--planted BUG]"
            );
            return ExitCode::from(2);
        }
    };
    let failed = match asked.one {
        Some(seed) => one(&asked, seed),
        None => many(&asked),
    };
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked::default();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: not a number"));
        match name.as_str() {
            "--seeds" => asked.seeds = Some(number()?),
            "--from" => asked.from = number()?,
            "--seed" => asked.one = Some(number()?),
            "--protection" => {
                let protection =
                    Protection::from_text(&value).ok_or_else(|| format!("no protection is named {value}"))?;
                asked.protection = Some(protection);
            }
            "--lock" => {
                asked.lock = Some(LockKind::from_text(&value).ok_or_else(|| format!("no lock is named {value}"))?);
            }
            "--edges" => {
                asked.edges = value.parse().map_err(|_| format!("{name} {value}: neither true nor false"))?;
            }
            "--planted" => {
                let found = Planted::ALL.iter().find(|planted| planted.name() == value);
                asked.planted = *found.ok_or_else(|| format!("no planted bug is named {value}"))?;
            }
            _ => return Err(format!("does not know {name}")),
        }
    }
    Ok(asked)
}

fn one(asked: &Asked, seed: u64) -> bool {
    let lived = live(asked.world(seed, true));
    println!("\nseed {seed}, {}, lock {}, trace {:016x}", lived.protection, lived.lock, lived.trace);
    log(&lived.figures);
    tell_broken(asked, &lived);
    !lived.broken.is_empty()
}

fn many(asked: &Asked) -> bool {
    let seeds = asked.seeds.unwrap_or(SEEDS_DEFAULT);
    let next = AtomicU64::new(0);
    let (figures, failures) = (Mutex::new(Figures::default()), Mutex::new(Vec::<WorldResult>::new()));
    let start = clock();
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds {
                        return;
                    }
                    if number > 0 && number.is_multiple_of(1_000) {
                        let failed = failures.lock().expect("no worker panics while it holds it").len();
                        eprintln!("{number} of {seeds} seeds, {:.0} s, {failed} failed", start().as_secs_f64());
                    }
                    let seed = asked.from + number;
                    let lived = live(asked.world(seed, false));
                    figures.lock().expect("no worker panics while it holds it").merge(&lived.figures);
                    if !lived.broken.is_empty() {
                        eprintln!("seed {seed} ({}) failed", lived.protection);
                        failures.lock().expect("no worker panics while it holds it").push(lived);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("the workers have ended");
    failures.sort_by_key(|lived| lived.seed);
    log(&figures.into_inner().expect("the workers have ended"));
    for lived in failures.iter().take(FAILURES_SHOWN_MAX) {
        tell_broken(asked, lived);
    }
    let time = start();
    println!(
        "\n{seeds} seeds from {} in {:.1} s on {workers} cores: {} failed",
        asked.from,
        time.as_secs_f64(),
        failures.len()
    );
    !failures.is_empty()
}

fn log(figures: &Figures) {
    for (kind, count) in &figures.counts {
        println!("{count:>12}  {kind}");
    }
}

fn tell_broken(asked: &Asked, lived: &WorldResult) {
    for broken in &lived.broken {
        println!("\nseed {} ({}): promise {} broken: {}", lived.seed, lived.protection, broken.promise, broken.what);
    }
    if !lived.broken.is_empty() {
        let protection = asked.protection.map(|protection| format!(" --protection {protection}")).unwrap_or_default();
        let lock = asked.lock.map(|lock| format!(" --lock {lock}")).unwrap_or_default();
        let edges = if asked.edges { " --edges true" } else { "" };
        println!("  replay: cargo xtask simulate --seed {}{protection}{lock}{edges}", lived.seed);
    }
}

/// Returns the real time, for the figures alone.
#[expect(clippy::disallowed_methods, reason = "how long the whole took, for the person who waits; no world sees it")]
fn clock() -> impl Fn() -> Duration + Sync {
    let start = std::time::Instant::now();
    move || start.elapsed()
}
