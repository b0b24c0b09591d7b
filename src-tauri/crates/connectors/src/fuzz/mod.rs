//! Holds the fuzz targets. Input from outside is changed at random, and the promise is checked each time: no panic,
//! bounded time and memory, and an input that is not understood counts for nothing.
//!
//! They run on the stable toolchain, as tests: seeds from `tests/fuzz/corpus`, changed at random, for a second or two
//! each. `cargo xtask fuzz --seconds N` runs them longer. An input that fails is kept in the corpus, and tried first
//! from then on.

mod files;
mod mutate;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use mutate::Random;
pub(crate) use server::CannedServer;

/// The time of each target, unless the environment sets another.
const SECONDS: u64 = 2;
/// The longest one input may take, on a machine that is busy.
const INPUT_SECONDS_MAX: u64 = 5;
/// The largest input, in bytes.
pub(crate) const INPUT_BYTES_MAX: usize = 64 * 1024;
/// The largest memory of the whole process, in KiB: an input of 64 KiB makes no gigabyte.
const RESIDENT_KIB_MAX: u64 = 1024 * 1024;

/// Holds a target: its seeds, its randomness, and the time it has.
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
    /// Returns the target of that name, with every input in its folder of the corpus.
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

    /// Returns the next input: each seed as it is, then seeds changed at random; `None` when the time is over.
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

    /// Returns the randomness, for the choices besides the input's bytes.
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

/// Asserts the bound on memory. Linux alone says how much memory the process ever had.
fn assert_memory_is_bounded() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    assert!(peak.is_none_or(|kib| kib < RESIDENT_KIB_MAX), "{peak:?} KiB");
}
