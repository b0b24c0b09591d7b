//! Decides which faults happen, and how often. The draws follow from a seed, so that a run can be repeated.

mod answers;
mod draw;
mod kinds;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::SandboxError;
use crate::practice::SplitMix64;

pub(crate) use answers::{Sever, after_commit, instead};
pub(crate) use draw::{FaultDraw, FiredFault, Pause, RefuseOne};
pub(crate) use kinds::{FaultKind, PathClass};
pub(crate) use settings::{Settings, Switches, complaint};

/// The current switches, with the number of times each kind fired.
pub(crate) struct Faults {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    settings: Settings,
    random: SplitMix64,
    fired: BTreeMap<FaultKind, u64>,
}

impl Faults {
    /// Reads the switches of a file; without a path there are none.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, SandboxError> {
        let faults = Self { state: Mutex::default() };
        if let Some(path) = path {
            faults.replace(settings::read_file(path)?);
        }
        Ok(faults)
    }

    pub(crate) fn settings(&self) -> Settings {
        self.state().settings.clone()
    }

    pub(crate) fn switches(&self) -> Switches {
        self.state().settings.switches
    }

    /// Returns how often each kind fired since the start.
    pub(crate) fn fired(&self) -> BTreeMap<FaultKind, u64> {
        self.state().fired.clone()
    }

    /// Puts other switches in place, and begins anew with their seed.
    pub(crate) fn replace(&self, settings: Settings) {
        let mut state = self.state();
        state.random = SplitMix64::new(settings.seed);
        state.settings = settings;
    }

    /// Draws for the next request of this class: every latency that fires, and the first other fault that does.
    pub(crate) fn draw(&self, class: PathClass) -> FaultDraw {
        let mut state = self.state();
        let State { settings, random, fired } = &mut *state;
        let mut drawn = FaultDraw::default();
        for fault in &mut settings.faults {
            let other_than_latency = fault.kind != FaultKind::LatencyMs;
            if !fault.covers(class) || fault.remaining == Some(0) || (other_than_latency && drawn.fired.is_some()) {
                continue;
            }
            if random.unit() >= fault.probability {
                continue;
            }
            if let Some(remaining) = &mut fault.remaining {
                *remaining -= 1;
            }
            *fired.entry(fault.kind).or_default() += 1;
            drawn.take(fault, random);
        }
        drawn
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(toml: &str) -> Faults {
        let faults = Faults { state: Mutex::default() };
        faults.replace(settings::parse(toml).unwrap());
        faults
    }

    fn pattern(faults: &Faults) -> Vec<bool> {
        (0..64).map(|_| faults.draw(PathClass::Vouchers).fired.is_some()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let of_seed =
            |seed| faults(&format!("seed = {seed}\n[[fault]]\nkind = \"cut_after_commit\"\nprobability = 0.3"));
        assert_eq!(pattern(&of_seed(7)), pattern(&of_seed(7)));
        assert_ne!(pattern(&of_seed(7)), pattern(&of_seed(8)));
    }

    #[test]
    fn a_fault_with_a_count_stops_when_it_is_used_up() {
        let faults = faults("[[fault]]\nkind = \"status_503\"\nremaining = 2");
        assert_eq!(pattern(&faults).iter().filter(|fired| **fired).count(), 2);
        assert_eq!(faults.settings().faults[0].remaining, Some(0));
        assert_eq!(faults.fired()[&FaultKind::Status503], 2);
    }

    #[test]
    fn a_fault_keeps_to_the_paths_it_was_given() {
        let faults = faults("[[fault]]\nkind = \"not_found\"\npaths = [\"lookup\"]");
        assert!(faults.draw(PathClass::Vouchers).fired.is_none());
        assert!(faults.draw(PathClass::Lookup).fired.is_some());
    }
}
