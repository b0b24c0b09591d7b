//! The kinds of accounting systems that can be chosen, and what each of them has to be told.
//!
//! Invariant: the keys are those of the reader; a test holds each kind against it.

/// A kind of accounting system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountingKind {
    /// As it stands under `[accounting]`.
    pub name: &'static str,
    /// What it is told besides its secret, in the order in which a person is asked.
    pub fields: &'static [KindField],
    /// What its secret is.
    pub secret: SecretKind,
}

/// One thing that an accounting system has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindField {
    /// Its key under `[accounting]`.
    pub key: &'static str,
    /// Whether it may be left out.
    pub is_required: bool,
}

/// What a person calls the secret.
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

/// Each kind that this version can use.
pub const ACCOUNTING_KINDS: &[AccountingKind] = &[
    AccountingKind { name: "open", fields: &[URL], secret: SecretKind::Token },
    AccountingKind {
        name: "tryton",
        fields: &[URL, required("database"), required("user"), optional("company"), required("journal")],
        secret: SecretKind::Password,
    },
    AccountingKind {
        name: "odoo",
        fields: &[URL, required("database"), optional("company"), required("journal")],
        secret: SecretKind::ApiKey,
    },
];

const fn required(key: &'static str) -> KindField {
    KindField { key, is_required: true }
}

const fn optional(key: &'static str) -> KindField {
    KindField { key, is_required: false }
}
