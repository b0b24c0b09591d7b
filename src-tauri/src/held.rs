//! Holds secrets that were typed and are not saved yet: in memory alone, and never given back to the window.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use postonce_connectors::{SourceSettings, TypedSecrets, Workspace};
use secrecy::{ExposeSecret as _, SecretString};

use crate::wire::SecretSide;

/// The typed secrets, by the side that they are for.
#[derive(Default)]
pub(crate) struct HeldSecrets {
    typed: Mutex<BTreeMap<SecretSide, SecretString>>,
}

impl HeldSecrets {
    /// Keeps a secret until it is saved; an empty one is forgotten.
    pub(crate) fn hold(&self, side: SecretSide, value: SecretString) {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        if value.expose_secret().trim().is_empty() {
            typed.remove(&side);
        } else {
            typed.insert(side, value);
        }
    }

    /// Returns the secrets of these sides that this workspace uses, by its own names.
    pub(crate) fn of(&self, workspace: &Workspace, sides: &[SecretSide]) -> TypedSecrets {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        let accounting = workspace.secret_names().first().map(|name| (*name).to_owned());
        let platform = match workspace.source() {
            SourceSettings::Platform(remote) => Some(remote.secret.clone()),
            SourceSettings::Files(_) => None,
        };
        let named = [(SecretSide::Accounting, accounting), (SecretSide::Platform, platform)];
        let named = named.into_iter().filter(|(side, _)| sides.contains(side));
        named.filter_map(|(side, name)| Some((name?, typed.get(&side)?.clone()))).collect()
    }

    /// Forgets all secrets: they are saved, or not wanted any more.
    pub(crate) fn forget(&self) {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use postonce_connectors::workspace::{SourceSection, plain};

    use super::*;

    #[test]
    fn a_secret_has_its_workspace_name_and_an_empty_one_is_dropped() {
        let workspace = Workspace::imagined(Path::new("/w"), &plain()).expect("the template is valid");
        let platform = SourceSection::Platform { url: "https://platform.example.org".to_owned() };
        let both = workspace.with(&platform.changes()).expect("it is valid");
        let held = HeldSecrets::default();
        held.hold(SecretSide::Accounting, "a".into());
        held.hold(SecretSide::Platform, "p".into());
        let both_sides = SecretSide::BOTH;
        assert_eq!(held.of(&workspace, &both_sides).into_keys().collect::<Vec<_>>(), ["accounting-token"]);
        assert_eq!(held.of(&both, &both_sides).into_keys().collect::<Vec<_>>(), ["accounting-token", "platform-token"]);
        assert_eq!(held.of(&both, &[SecretSide::Platform]).into_keys().collect::<Vec<_>>(), ["platform-token"]);
        assert!(held.of(&both, &[]).is_empty(), "what was typed for another part is not saved with this one");
        held.hold(SecretSide::Accounting, " ".into());
        assert!(held.of(&workspace, &both_sides).is_empty());
        held.forget();
        assert!(held.of(&both, &both_sides).is_empty());
    }
}
