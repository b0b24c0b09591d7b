//! Decides which faults happen, and how often. The draws follow from a seed, so that a run can be repeated.

mod answers;
mod draw;
mod holds;
mod kinds;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::SandboxError;
use crate::practice::SplitMix64;
use holds::Holds;

pub(crate) use answers::{Sever, after_commit, instead};
pub(crate) use draw::{FaultDraw, FiredFault, Pause, RefuseOne};
pub(crate) use holds::Hold;
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
    holds: Holds,
    /// Requests that are cut off or given up, and have not taken effect yet.
    late: u64,
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

    /// Names the calls that stand still now, in the order in which they came.
    pub(crate) fn held(&self) -> Vec<PathClass> {
        self.state().holds.classes()
    }

    /// Lets the oldest of those that stand still go on, so many of them; all without a number.
    pub(crate) fn let_go(&self, first: Option<usize>) {
        self.state().holds.let_go(first);
    }

    /// Returns how many requests are still to take effect after their client is gone.
    pub(crate) fn late(&self) -> u64 {
        self.state().late
    }

    /// Counts a request that is to take effect late, until [`Faults::late_is_over`].
    pub(crate) fn late_begins(&self) {
        self.state().late += 1;
    }

    pub(crate) fn late_is_over(&self) {
        self.state().late -= 1;
    }

    /// Puts other switches in place, and begins anew with their seed. Requests that stand still go on standing.
    pub(crate) fn replace(&self, settings: Settings) {
        let mut state = self.state();
        state.random = SplitMix64::new(settings.seed);
        state.settings = settings;
    }

    /// Draws for the next request of this class: every latency and hold that fires, and the first other fault that does.
    pub(crate) fn draw(&self, class: PathClass) -> FaultDraw {
        let mut state = self.state();
        let State { settings, random, fired, holds, .. } = &mut *state;
        let mut drawn = FaultDraw::default();
        for fault in &mut settings.faults {
            let comes_alone = !matches!(fault.kind, FaultKind::LatencyMs | FaultKind::Hold);
            if !fault.covers(class) || fault.remaining == Some(0) || (comes_alone && drawn.fired.is_some()) {
                continue;
            }
            if let Some(after @ 1..) = &mut fault.after {
                *after -= 1;
                continue;
            }
            if random.unit() >= fault.probability {
                continue;
            }
            if let Some(remaining) = &mut fault.remaining {
                *remaining -= 1;
            }
            *fired.entry(fault.kind).or_default() += 1;
            match fault.kind {
                FaultKind::Hold => _ = drawn.hold.get_or_insert_with(|| holds.add(class)),
                _ => drawn.take(fault, random),
            }
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
    fn a_fault_lets_as_many_calls_pass_as_it_says() {
        let faults = faults("[[fault]]\nkind = \"html\"\nafter = 2\nremaining = 1");
        assert_eq!(pattern(&faults)[..4], [false, false, true, false]);
    }

    #[test]
    fn holds_stand_until_they_are_let_go_oldest_first() {
        let faults = faults("[[fault]]\nkind = \"hold\"\npaths = [\"all\"]");
        let drawn = [PathClass::Vouchers, PathClass::Lock, PathClass::Me].map(|class| faults.draw(class).hold);
        assert!(drawn.iter().all(Option::is_some));
        faults.replace(Settings::default());
        assert!(faults.draw(PathClass::Me).hold.is_none());
        faults.let_go(Some(1));
        assert_eq!(faults.held(), [PathClass::Lock, PathClass::Me]);
        faults.let_go(None);
        assert_eq!(faults.held(), []);
    }

    #[test]
    fn a_fault_keeps_to_the_paths_it_was_given() {
        let faults = faults("[[fault]]\nkind = \"not_found\"\npaths = [\"lookup\"]");
        assert!(faults.draw(PathClass::Vouchers).fired.is_none());
        assert!(faults.draw(PathClass::Lookup).fired.is_some());
    }
}
