//! Reads the switches as they are written: in a TOML file at the start, as JSON through the admin call.

use std::path::Path;

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

use super::{FaultKind, PathClass};
use crate::error::SandboxError;

/// The longest time for which the export lock is granted.
const TTL_SECONDS_MAX: i64 = 3600;
/// The longest delay a switch may ask for: ten minutes.
const DELAY_MS_MAX: u64 = 600_000;
/// The longest body `huge_body` may send.
const MEGABYTES_MAX: u64 = 4096;

/// The content of a fault file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) switches: Switches,
    pub(crate) faults: Vec<Fault>,
}

/// The kind of server the sandbox plays.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and any of them go together")]
pub(crate) struct Switches {
    pub(crate) unique_references: bool,
    pub(crate) checks_fence: bool,
    pub(crate) idempotency_keys: bool,
    /// The number of hours for which the answer to a key is kept.
    pub(crate) idempotency_key_hours: u16,
    /// True: there is an export lock. False: there are labels, and no fence.
    pub(crate) export_lock: bool,
    /// True: vouchers can be staged first.
    pub(crate) drafts: bool,
    /// The age below which look-ups do not see vouchers and drafts.
    pub(crate) lookup_lag_ms: u64,
    /// True: the server says how long its look-ups lag.
    pub(crate) states_lookup_lag: bool,
    /// The lag that it states, if that is not the true one.
    pub(crate) stated_lookup_lag_ms: Option<u64>,
    /// The longest time for which the export lock is granted, whatever is asked for.
    pub(crate) ttl_seconds_max: i64,
    /// True: whoever gets the export lock hears of the runs that may not know that theirs is over.
    pub(crate) says_who_is_unaware: bool,
    /// The longest reference, in characters.
    pub(crate) reference_max_length: usize,
    /// True: the books keep how references are made there, if they have an export lock.
    pub(crate) reference_scheme: bool,
    /// True: the platform takes the results of exports.
    pub(crate) exported_results: bool,
    /// True: the platform locks expenses that are being exported.
    pub(crate) expense_locks: bool,
    /// True: vouchers take attachments.
    pub(crate) attachments: bool,
    /// True: the server says that it computes VAT by the code of a line.
    pub(crate) vat_codes: bool,
    /// True: it says that lines may have an amount in the organisation's currency, too.
    pub(crate) own_amounts: bool,
}

/// The longest reference unless a switch says otherwise, in characters.
const REFERENCE_CHARS_MAX: usize = 64;

/// The switches as they are written, in one flat table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and any of them go together")]
struct Written {
    seed: u64,
    #[serde(deserialize_with = "on_or_off")]
    unique_references: bool,
    #[serde(deserialize_with = "on_or_off")]
    checks_fence: bool,
    #[serde(deserialize_with = "on_or_off")]
    idempotency_keys: bool,
    idempotency_key_hours: u16,
    #[serde(deserialize_with = "on_or_off")]
    export_lock: bool,
    #[serde(deserialize_with = "on_or_off")]
    drafts: bool,
    lookup_lag_ms: u64,
    #[serde(deserialize_with = "on_or_off")]
    states_lookup_lag: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_lookup_lag_ms: Option<u64>,
    ttl_seconds_max: i64,
    #[serde(deserialize_with = "on_or_off")]
    says_who_is_unaware: bool,
    reference_max_length: usize,
    #[serde(deserialize_with = "on_or_off")]
    reference_scheme: bool,
    #[serde(deserialize_with = "on_or_off")]
    exported_results: bool,
    #[serde(deserialize_with = "on_or_off")]
    expense_locks: bool,
    #[serde(deserialize_with = "on_or_off")]
    attachments: bool,
    #[serde(deserialize_with = "on_or_off")]
    vat_codes: bool,
    #[serde(deserialize_with = "on_or_off")]
    own_amounts: bool,
    #[serde(alias = "fault")]
    faults: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    #[serde(default = "always")]
    pub(crate) probability: f64,
    /// The number of times it can still fire; without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remaining: Option<u64>,
    /// How many such calls pass before it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    #[serde(default = "voucher_writes")]
    pub(crate) paths: Vec<PathClass>,
    /// The constant part of `latency_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_ms: Option<u64>,
    /// The largest random part of `latency_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jitter_ms: Option<u64>,
    /// The delay of `commit_after_ms` and `late_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay_ms: Option<u64>,
    /// The status of `gateway` and `gateway_after_commit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The wait that `status_429`, `status_503` and the gateways ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_seconds: Option<u64>,
    /// The size of `huge_body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) megabytes: Option<u64>,
}

impl Switches {
    /// Tells whether a write that carries an old fence is refused.
    pub(crate) fn fences(self) -> bool {
        self.checks_fence && self.export_lock
    }

    /// Tells whether the books keep how references are made there. Without an export lock, a label serves for that.
    pub(crate) fn keeps_scheme(self) -> bool {
        self.reference_scheme && self.export_lock
    }

    /// Tells whether the same key with the same body gets the first answer again.
    pub(crate) fn honours_keys(self) -> bool {
        self.idempotency_keys && self.idempotency_key_hours > 0
    }
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            unique_references: true,
            checks_fence: true,
            idempotency_keys: true,
            idempotency_key_hours: 24,
            export_lock: true,
            drafts: false,
            lookup_lag_ms: 0,
            states_lookup_lag: true,
            stated_lookup_lag_ms: None,
            ttl_seconds_max: TTL_SECONDS_MAX,
            says_who_is_unaware: true,
            reference_max_length: REFERENCE_CHARS_MAX,
            reference_scheme: true,
            exported_results: true,
            expense_locks: true,
            attachments: true,
            vat_codes: true,
            own_amounts: true,
        }
    }
}

impl Default for Written {
    fn default() -> Self {
        Settings::default().into()
    }
}

impl From<Written> for Settings {
    fn from(written: Written) -> Self {
        let switches = Switches {
            unique_references: written.unique_references,
            checks_fence: written.checks_fence,
            idempotency_keys: written.idempotency_keys,
            idempotency_key_hours: written.idempotency_key_hours,
            export_lock: written.export_lock,
            drafts: written.drafts,
            lookup_lag_ms: written.lookup_lag_ms,
            states_lookup_lag: written.states_lookup_lag,
            stated_lookup_lag_ms: written.stated_lookup_lag_ms,
            ttl_seconds_max: written.ttl_seconds_max,
            says_who_is_unaware: written.says_who_is_unaware,
            reference_max_length: written.reference_max_length,
            reference_scheme: written.reference_scheme,
            exported_results: written.exported_results,
            expense_locks: written.expense_locks,
            attachments: written.attachments,
            vat_codes: written.vat_codes,
            own_amounts: written.own_amounts,
        };
        Self { seed: written.seed, switches, faults: written.faults }
    }
}

impl From<Settings> for Written {
    fn from(settings: Settings) -> Self {
        let Settings { seed, switches, faults } = settings;
        Self {
            seed,
            unique_references: switches.unique_references,
            checks_fence: switches.checks_fence,
            idempotency_keys: switches.idempotency_keys,
            idempotency_key_hours: switches.idempotency_key_hours,
            export_lock: switches.export_lock,
            drafts: switches.drafts,
            lookup_lag_ms: switches.lookup_lag_ms,
            states_lookup_lag: switches.states_lookup_lag,
            stated_lookup_lag_ms: switches.stated_lookup_lag_ms,
            ttl_seconds_max: switches.ttl_seconds_max,
            says_who_is_unaware: switches.says_who_is_unaware,
            reference_max_length: switches.reference_max_length,
            reference_scheme: switches.reference_scheme,
            exported_results: switches.exported_results,
            expense_locks: switches.expense_locks,
            attachments: switches.attachments,
            vat_codes: switches.vat_codes,
            own_amounts: switches.own_amounts,
            faults,
        }
    }
}

impl Fault {
    pub(super) fn covers(&self, class: PathClass) -> bool {
        let is_named = |wished| self.paths.contains(&wished);
        let has_nothing_to_refuse = self.kind == FaultKind::Refuse && class == PathClass::DraftDelete;
        !has_nothing_to_refuse && (is_named(PathClass::All) || is_named(class) || class.family().is_some_and(is_named))
    }

    /// Returns what is wrong with this fault, as part of a sentence.
    fn complaint(&self) -> Option<&'static str> {
        let is = |kind| self.kind == kind;
        let is_gateway = is(FaultKind::Gateway) || is(FaultKind::GatewayAfterCommit);
        let waits = is(FaultKind::Status429) || is(FaultKind::Status503) || is_gateway;
        let delays = [self.fixed_ms, self.jitter_ms, self.delay_ms];
        if !(0.0..=1.0).contains(&self.probability) {
            Some("probability is a number from 0 to 1")
        } else if self.paths.is_empty() {
            Some("paths names no path")
        } else if is(FaultKind::Refuse)
            && !self.paths.iter().all(|class| class.is_of_vouchers() || class.is_of_drafts())
        {
            Some("refuse is for vouchers and drafts alone")
        } else if (self.fixed_ms.is_some() || self.jitter_ms.is_some()) && !is(FaultKind::LatencyMs) {
            Some("fixed_ms and jitter_ms belong to latency_ms alone")
        } else if is(FaultKind::LatencyMs) && self.fixed_ms.is_none() && self.jitter_ms.is_none() {
            Some("latency_ms wants fixed_ms, jitter_ms, or both")
        } else if self.delay_ms.is_some() != (is(FaultKind::CommitAfterMs) || is(FaultKind::LateMs)) {
            Some("commit_after_ms and late_ms want delay_ms, and nothing else has it")
        } else if self.retry_after_seconds.is_some() && !waits {
            Some("retry_after_seconds belongs to status_429, status_503 and the gateways alone")
        } else if self.status.is_some_and(|status| !is_gateway || gateway_status(status).is_none()) {
            Some("status is 400 to 599, and belongs to gateway and gateway_after_commit alone")
        } else if self.megabytes.is_some() && !is(FaultKind::HugeBody) {
            Some("megabytes belongs to huge_body alone")
        } else if delays.into_iter().flatten().any(|delay| delay > DELAY_MS_MAX) {
            Some("a delay is 600000 ms at most")
        } else if self.megabytes.is_some_and(|megabytes| megabytes > MEGABYTES_MAX) {
            Some("megabytes is 4096 at most")
        } else {
            None
        }
    }
}

/// Returns the status of a gateway; `None` for a number that is not the status of an error.
pub(super) fn gateway_status(status: u16) -> Option<StatusCode> {
    StatusCode::from_u16(status).ok().filter(|status| status.is_client_error() || status.is_server_error())
}

/// Returns the place of the first impossible fault in the list, and what is wrong with it.
pub(crate) fn complaint(settings: &Settings) -> Option<(usize, &'static str)> {
    settings.faults.iter().enumerate().find_map(|(at, fault)| fault.complaint().map(|complaint| (at, complaint)))
}

pub(super) fn read_file(path: &Path) -> Result<Settings, SandboxError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| SandboxError::Unreadable { path: path.to_owned(), source })?;
    parse(&text).map_err(|(line, reason)| SandboxError::Faults { path: path.to_owned(), line, reason })
}

/// Reads the settings of a TOML text; an error is the line and what is wrong there.
pub(super) fn parse(text: &str) -> Result<Settings, (usize, String)> {
    let settings: Settings = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        (before.matches('\n').count() + 1, error.message().to_owned())
    })?;
    match complaint(&settings) {
        None => Ok(settings),
        Some((at, complaint)) => Err((line_of_fault(text, at), complaint.to_owned())),
    }
}

/// Returns the line on which the fault with this place in the list begins; the first line if the list is inline.
fn line_of_fault(text: &str, place: usize) -> usize {
    let headers = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("[[fault"));
    headers.map(|(line, _)| line + 1).nth(place).unwrap_or(1)
}

fn always() -> f64 {
    1.0
}

fn voucher_writes() -> Vec<PathClass> {
    vec![PathClass::Vouchers]
}

/// Reads `true`, `false`, `"on"` or `"off"`.
fn on_or_off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Switch;
    impl serde::de::Visitor<'_> for Switch {
        type Value = bool;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("\"on\", \"off\", true or false")
        }
        fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }
        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<bool, E> {
            match value {
                "on" => Ok(true),
                "off" => Ok(false),
                _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
            }
        }
    }
    deserializer.deserialize_any(Switch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let (line, reason) = parse("seed = 1\n\n[[fault]]\nkind = \"html\"\nprobabilty = 0.5\n").unwrap_err();
        assert_eq!(line, 5, "{reason}");
        assert!(reason.contains("probabilty"), "{reason}");
    }

    #[test]
    fn an_unknown_key_at_the_top_is_named_with_its_line() {
        let (line, reason) = parse("seed = 1\nunique_refs = \"off\"\n").unwrap_err();
        assert_eq!(line, 2, "{reason}");
        assert!(reason.contains("unique_refs"), "{reason}");
    }

    #[test]
    fn an_unknown_kind_is_named_with_its_line() {
        let (line, reason) = parse("[[fault]]\nkind = \"explode\"\n").unwrap_err();
        assert_eq!(line, 2, "{reason}");
        assert!(reason.contains("explode"), "{reason}");
    }

    #[test]
    fn a_wrong_parameter_is_refused_with_the_line_of_its_fault() {
        let text = "[[fault]]\nkind = \"html\"\n\n[[fault]]\nkind = \"redirect\"\nmegabytes = 3\n";
        let (line, reason) = parse(text).unwrap_err();
        assert_eq!((line, reason.as_str()), (4, "megabytes belongs to huge_body alone"));
        let (line, _) = parse("[[fault]]\nkind = \"html\"\nprobability = 1.5").unwrap_err();
        assert_eq!(line, 1);
    }

    #[test]
    fn the_example_holds_every_kind_of_fault() {
        let example = include_str!("../../examples/faults.toml");
        assert_eq!(parse(example).unwrap().faults.len(), 21);
    }

    #[test]
    fn switches_are_on_unless_they_are_turned_off() {
        let settings = parse("checks_fence = \"off\"\nidempotency_keys = true").unwrap();
        assert!(settings.switches.unique_references && !settings.switches.checks_fence);
        assert!(settings.switches.idempotency_keys);
    }

    #[test]
    fn switches_that_the_admin_call_shows_can_be_put_back() {
        let settings = parse("seed = 4\n[[fault]]\nkind = \"latency_ms\"\nfixed_ms = 5\npaths = [\"all\"]").unwrap();
        let shown = serde_json::to_string(&settings).unwrap();
        let read: Settings = serde_json::from_str(&shown).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), shown);
    }
}
