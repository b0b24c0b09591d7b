//! Records the events as lines: hashed always, so that two runs of a seed can be compared; kept and printed on request.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Trace {
    state: Mutex<State>,
    aloud: bool,
}

#[derive(Debug)]
struct State {
    hash: u64,
    line: String,
}

impl Trace {
    pub(crate) fn new(aloud: bool) -> Self {
        Self { state: Mutex::new(State { hash: 0xCBF2_9CE4_8422_2325, line: String::new() }), aloud }
    }

    pub(crate) fn log(&self, at: Duration, what: fmt::Arguments<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { hash, line } = &mut *state;
        line.clear();
        // The line is a text in memory: writing to it cannot fail.
        let _ = fmt::Write::write_fmt(line, format_args!("{:>12.3} {what}", at.as_secs_f64()));
        // The hash is FNV-1a: any difference shows, and nobody attacks it.
        for byte in line.bytes() {
            *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        if self.aloud {
            println!("{line}");
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).hash
    }
}
