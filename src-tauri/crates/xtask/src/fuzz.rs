//! Runs `cargo xtask fuzz`: the fuzz targets, for longer than a test run gives them.
//!
//! They are tests on the stable toolchain: cargo-fuzz wants flags of the compiler that only a nightly has.

use crate::programs::cargo;
use crate::run::{Failure, bounded, call};

/// The seconds for each target, without a wish.
const SECONDS: &str = "60";
/// The most seconds for each target: a night.
const SECONDS_MAX: u32 = 8 * 3600;
/// The most minutes for the build, and for the seconds of all targets if they run one after another.
const MINUTES_MAX: u32 = 60;
const TARGETS: u32 = 6;

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let text = match arguments {
        [] => SECONDS,
        ["--seconds", seconds] => seconds,
        _ => return Err(Failure::new("takes `--seconds N`, or nothing")),
    };
    let seconds = text.parse().ok().filter(|seconds| (1..=SECONDS_MAX).contains(seconds));
    let seconds =
        seconds.ok_or_else(|| Failure::new(format!("`{text}` is no number of seconds up to {SECONDS_MAX}")))?;
    let mut command =
        cargo(&["test", "--release", "--package", "postonce-connectors", "--lib", "fuzz", "--", "--nocapture"]);
    command.env("POSTONCE_FUZZ_SECONDS", seconds.to_string());
    call(&mut bounded(MINUTES_MAX + seconds.saturating_mul(TARGETS).div_ceil(60), command))
}
