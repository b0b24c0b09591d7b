//! Lists the kinds of accounting systems that can be chosen, and the settings that each of them needs.
//!
//! Invariant: the keys are those of the reader; a test holds each kind against it.

/// Describes a kind of accounting system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountingKind {
    /// Its name, as it stands under `[accounting]`.
    pub name: &'static str,
    /// The settings that it needs besides its secret, in the order in which a person is asked.
    pub fields: &'static [KindField],
    /// The kind of its secret.
    pub secret: SecretKind,
}

/// Describes one setting that an accounting system needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindField {
    /// Its key under `[accounting]`.
    pub key: &'static str,
    /// Whether it may be left out.
    pub is_required: bool,
}

/// The word that a person uses for the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// An access token.
    Token,
    /// The password of a user.
    Password,
    /// A key of the programming interface.
    ApiKey,
}

const URL: KindField = required("url");
const SEARCH_LAG: KindField = optional("search_lag_seconds");

/// Each kind that this version can use.
pub const ACCOUNTING_KINDS: &[AccountingKind] = &[
    AccountingKind { name: "open", fields: &[URL, SEARCH_LAG], secret: SecretKind::Token },
    AccountingKind {
        name: "tryton",
        fields: &[URL, required("database"), required("user"), optional("company"), required("journal"), SEARCH_LAG],
        secret: SecretKind::Password,
    },
    AccountingKind {
        name: "odoo",
        fields: &[URL, required("database"), optional("company"), required("journal"), SEARCH_LAG],
        secret: SecretKind::ApiKey,
    },
];

const fn required(key: &'static str) -> KindField {
    KindField { key, is_required: true }
}

const fn optional(key: &'static str) -> KindField {
    KindField { key, is_required: false }
}
