//! Counts the steps of a sync by name; at the one that was ordered, the process ends.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The moment within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    In,
    After,
}

struct Order {
    name: String,
    occurrence: u64,
    moment: Moment,
}

pub(crate) struct Steps {
    order: Option<Order>,
    twice: bool,
    state: Mutex<(File, HashMap<&'static str, u64>)>,
}

impl Steps {
    pub(crate) fn new(trace: &Path, orders: &[String]) -> Self {
        let order = match orders {
            [name, occurrence, moment] => Some(Order {
                name: name.clone(),
                occurrence: occurrence.parse().expect("a number"),
                moment: match moment.as_str() {
                    "before" => Moment::Before,
                    "in" => Moment::In,
                    _ => Moment::After,
                },
            }),
            _ => None,
        };
        let trace = File::create(trace).expect("the test's folder is writable");
        let twice = orders.first().is_some_and(|order| order == "twice");
        Self { order, twice, state: Mutex::new((trace, HashMap::new())) }
    }

    /// Tells whether each step that may be repeated is.
    pub(crate) fn twice(&self) -> bool {
        self.twice
    }

    /// Notes that a step of this name begins.
    pub(crate) fn begin(&self, name: &'static str) {
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            *state.1.entry(name).or_default() += 1;
            writeln!(state.0, "{name}").expect("the test's folder is writable");
        }
        self.reach(name, Moment::Before);
    }

    /// Notes that the newest step of this name has come to that moment.
    pub(crate) fn reach(&self, name: &'static str, moment: Moment) {
        if self.ends(name, moment) {
            end();
        }
    }

    /// Tells whether the process is to end there.
    pub(crate) fn ends(&self, name: &'static str, moment: Moment) -> bool {
        let seen = self.state.lock().unwrap_or_else(PoisonError::into_inner).1.get(name).copied();
        self.order
            .as_ref()
            .is_some_and(|order| order.name == name && order.moment == moment && Some(order.occurrence) == seen)
    }
}

/// Ends the process as a power cut does.
pub(crate) fn end() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    loop {
        std::thread::park();
    }
}
