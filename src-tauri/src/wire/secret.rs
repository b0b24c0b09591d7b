//! Names secrets for the window: the side that one is for, and the word that a person has for it. The secret itself is
//! never among them.

use postonce_connectors::Workspace;
use postonce_connectors::workspace::{self, ACCOUNTING_KINDS, Sections};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::mirrored;

/// A secret that this machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub(crate) struct MissingSecret {
    pub(crate) side: SecretSide,
    /// The kind of the secret.
    pub(crate) secret: SecretKind,
}

/// The side that a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SecretSide {
    Accounting,
    Platform,
}

impl SecretSide {
    pub(crate) const BOTH: [Self; 2] = [Self::Accounting, Self::Platform];
}

mirrored! {
    /// The kind of a secret, by the word that a person has for it.
    SecretKind of workspace::SecretKind { Token, Password, ApiKey, }
}

/// Returns the kind of the secret of that side; a platform has a token.
pub(crate) fn secret_kind_of(opened: &Workspace, side: SecretSide) -> SecretKind {
    let named = Sections::of(opened).map(|sections| sections.accounting.kind).unwrap_or_default();
    let kind = ACCOUNTING_KINDS.iter().find(|kind| kind.name == named);
    match (side, kind) {
        (SecretSide::Accounting, Some(kind)) => kind.secret.into(),
        _ => SecretKind::Token,
    }
}
