//! Fuzz targets: whatever comes from outside is turned over at random, and the promise is held against what comes of it:
//! no panic, bounded time and memory, and what is not understood counts for nothing.
//!
//! They run on the stable toolchain, as tests: seeds from `tests/fuzz/corpus`, changed at random, for a second or two each.
//! `cargo xtask fuzz --seconds N` runs them longer. What fails is kept in the corpus, where it is tried first from then on.

mod files;
mod mutate;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use mutate::Random;
pub(crate) use server::Canned;

/// How long each target runs where nobody says.
const SECONDS: u64 = 2;
/// One input may take so long at most, on a machine that is busy.
const INPUT_SECONDS_MAX: u64 = 5;
/// Bytes of an input at most.
pub(crate) const INPUT_BYTES_MAX: usize = 64 * 1024;
/// Memory of the whole process at most, in KiB: an input of 64 KiB makes no gigabyte.
const RESIDENT_KIB_MAX: u64 = 1024 * 1024;

/// A target: its seeds, its randomness, and how long it has.
pub(crate) struct Target {
    name: &'static str,
    corpus: Vec<Vec<u8>>,
    random: Random,
    started: boot_time::Instant,
    length: Duration,
    tried: usize,
    last: boot_time::Instant,
}

#[expect(clippy::disallowed_methods, reason = "how long an input takes in the real world is the question")]
fn now() -> boot_time::Instant {
    boot_time::Instant::now()
}

impl Target {
    /// The target of that name, with everything in its folder of the corpus.
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = corpus().join(name);
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&folder).expect("each target has seeds").flatten().map(|entry| entry.path()).collect();
        entries.sort();
        let corpus: Vec<Vec<u8>> = entries.iter().map(|path| fs::read(path).expect("readable")).collect();
        assert!(!corpus.is_empty(), "{name} has no seeds");
        let number = |variable: &str| std::env::var(variable).ok().and_then(|text| text.parse().ok());
        let seed = number("POSTONCE_FUZZ_SEED").unwrap_or_else(mutate::any_seed);
        let length = Duration::from_secs(number("POSTONCE_FUZZ_SECONDS").unwrap_or(SECONDS));
        eprintln!("fuzz {name}: POSTONCE_FUZZ_SEED={seed}, {} seeds", corpus.len());
        let started = now();
        Self { name, corpus, random: Random::new(seed), started, length, tried: 0, last: started }
    }

    /// The next input: each seed as it is, then seeds changed at random; `None` when the time is over.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let at = now();
        let took = at.duration_since(self.last);
        assert!(took < Duration::from_secs(INPUT_SECONDS_MAX), "{}: one input took {took:?}", self.name);
        self.last = at;
        let input = match self.corpus.get(self.tried) {
            Some(seed) => seed.clone(),
            None if at.duration_since(self.started) > self.length => {
                eprintln!("fuzz {}: {} inputs", self.name, self.tried);
                assert_memory_is_bounded();
                return None;
            }
            None => mutate::changed(&mut self.random, &self.corpus),
        };
        self.tried += 1;
        // A panic ends the test with this on its standard error.
        LAST.with(|last| last.borrow_mut().clone_from(&input));
        Some(input)
    }

    /// For what an input decides besides its bytes.
    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.random
    }
}

thread_local! {
    static LAST: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

impl Drop for Target {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let path = std::env::temp_dir().join(format!("postonce-fuzz-{}", self.name));
            let kept = LAST.with(|last| fs::write(&path, &*last.borrow()));
            eprintln!(
                "fuzz {}: the input is in {} ({kept:?}); keep it in tests/fuzz/corpus",
                self.name,
                path.display()
            );
        }
    }
}

fn corpus() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.join(Path::new("../../../tests/fuzz/corpus"))
}

/// Linux alone says how much memory the process ever had.
fn assert_memory_is_bounded() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    assert!(peak.is_none_or(|kib| kib < RESIDENT_KIB_MAX), "{peak:?} KiB");
}
