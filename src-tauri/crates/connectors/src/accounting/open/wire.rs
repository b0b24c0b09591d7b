//! Holds the protocol's bodies. Members that nobody here reads are left out: unknown members are ignored by both sides.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use postonce_engine::domain::{OwnTotal, RunId, ShownContent, ShownLine, VoucherState};
use postonce_engine::ports::{LockHolder, LockInfo, LockProgress, Unaware};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::bounded;

/// The years that a moment of the lock may be in.
const YEAR_MIN: i32 = 1970;
const YEAR_MAX: i32 = 9998;

/// The longest name of another holder that is shown, in characters.
const NAME_CHARS_MAX: usize = 100;

#[derive(Deserialize)]
pub(super) struct Me {
    pub(super) organisation: Party,
    pub(super) user: Party,
    #[serde(default)]
    pub(super) capabilities: MeCapabilities,
}

#[derive(Deserialize)]
pub(super) struct Party {
    pub(super) id: String,
    pub(super) name: Option<String>,
}

/// Lists what a server offers; a capability that it does not mention, it does not offer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct MeCapabilities {
    pub(super) max_vouchers_per_request: Option<usize>,
    pub(super) reference_max_length: Option<usize>,
    pub(super) unique_references: bool,
    pub(super) checks_fence: bool,
    pub(super) idempotency_key_hours: Option<u32>,
    pub(super) drafts: bool,
    /// The lag of the look-ups; missing if the server does not know or say.
    pub(super) lookup_lag_ms: Option<u64>,
    /// Missing means that there is one: the lock was in the protocol before servers without one were.
    pub(super) export_lock: Option<bool>,
    pub(super) labels: bool,
    pub(super) reference_scheme: bool,
    pub(super) vat_codes: bool,
    pub(super) attachments: bool,
    pub(super) own_amounts: bool,
}

#[derive(Serialize)]
pub(super) struct AcquireBody<'a> {
    pub(super) holder: HolderBody<'a>,
    pub(super) operation: &'static str,
    pub(super) ttl_seconds: u64,
}

#[derive(Serialize)]
pub(super) struct HolderBody<'a> {
    pub(super) user: &'a str,
    pub(super) host: &'a str,
    pub(super) run_id: &'a str,
}

/// Holds a moment of the accounting side's clock, in years that people write: counting on from one of chrono's last
/// days would have no end to come to.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "DateTime<Utc>")]
pub(super) struct Instant(pub(super) DateTime<Utc>);

impl TryFrom<DateTime<Utc>> for Instant {
    type Error = String;

    fn try_from(moment: DateTime<Utc>) -> Result<Self, String> {
        if (YEAR_MIN..=YEAR_MAX).contains(&moment.year()) {
            Ok(Self(moment))
        } else {
            Err(format!("the year {}", moment.year()))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct GrantedBody {
    pub(super) token: String,
    pub(super) fence: u64,
    pub(super) acquired_at: Instant,
    #[serde(default)]
    pub(super) expires_at: Option<Instant>,
    /// Missing if the server does not say.
    #[serde(default)]
    pub(super) unaware: Option<Vec<UnawareBody>>,
}

/// Names a run whose lock was broken or ran out so short a time ago that it may not know.
#[derive(Deserialize)]
pub(super) struct UnawareBody {
    run_id: String,
    ttl_seconds: u32,
}

impl From<UnawareBody> for Unaware {
    fn from(body: UnawareBody) -> Self {
        Self { run: RunId::new(body.run_id), life: Duration::from_secs(body.ttl_seconds.into()) }
    }
}

/// Holds the answer to a renewal, as far as it is read.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RenewedBody {
    pub(super) renewed_at: Option<Instant>,
    pub(super) now: Option<Instant>,
    pub(super) expires_at: Option<Instant>,
}

#[derive(Serialize)]
pub(super) struct BreakBody<'a> {
    pub(super) reason: &'a str,
    /// The run whose lock is broken, and no other's; a server that does not know the member breaks any lock there is.
    pub(super) run_id: &'a str,
}

#[derive(Serialize)]
pub(super) struct RenewBody {
    pub(super) ttl_seconds: u64,
    pub(super) progress: LockProgress,
}

/// Holds the lock, bare or as the `lock` of a problem document.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum LockBody {
    Wrapped { lock: LockView },
    Bare(LockView),
}

#[derive(Deserialize)]
pub(super) struct LockView {
    holder: LockHolder,
    operation: String,
    acquired_at: Instant,
    renewed_at: Instant,
    expires_at: Instant,
    #[serde(default)]
    progress: Option<LockProgress>,
    #[serde(default)]
    now: Option<Instant>,
}

impl From<LockBody> for LockInfo {
    fn from(body: LockBody) -> Self {
        let (LockBody::Wrapped { lock } | LockBody::Bare(lock)) = body;
        let short = |text: String| bounded(&text, NAME_CHARS_MAX);
        let LockHolder { user, name, host, run_id } = lock.holder;
        Self {
            holder: LockHolder { user: short(user), name: name.map(short), host: short(host), run_id },
            operation: short(lock.operation),
            acquired_at: lock.acquired_at.0,
            renewed_at: lock.renewed_at.0,
            expires_at: lock.expires_at.0,
            progress: lock.progress,
            seen_at: lock.now.map(|now| now.0),
        }
    }
}

#[derive(Serialize)]
pub(super) struct LabelBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
    pub(super) text: &'a str,
}

#[derive(Deserialize)]
pub(super) struct LabelView {
    pub(super) id: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) written_at: Option<Instant>,
    #[serde(default)]
    pub(super) now: Option<Instant>,
}

#[derive(Deserialize)]
pub(super) struct LabelMade {
    pub(super) id: String,
}

#[derive(Serialize)]
pub(super) struct VouchersBody<'a> {
    pub(super) vouchers: Vec<VoucherBody<'a>>,
}

#[derive(Serialize)]
pub(super) struct VoucherBody<'a> {
    pub(super) reference: &'a str,
    pub(super) date: NaiveDate,
    pub(super) currency: &'a str,
    pub(super) text: &'a str,
    pub(super) lines: Vec<LineBody<'a>>,
}

#[derive(Serialize)]
pub(super) struct LineBody<'a> {
    pub(super) account: &'a str,
    pub(super) amount: String,
    /// The amount in the organisation's currency, of a voucher in a foreign one; for a server that says that it takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) own_amount: Option<String>,
    /// The organisation's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) own_currency: Option<&'a str>,
    /// The rate, if the source gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exchange_rate: Option<&'a str>,
    /// The text of the line, where it has one beside the voucher's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) party: Option<&'a str>,
    /// The VAT code, for a server that says that it computes by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vat_code: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) dimensions: BTreeMap<&'a str, &'a str>,
}

/// Holds results, each raw at first: one that cannot be read is a missing one, and the others still count.
#[derive(Deserialize)]
pub(super) struct ResultsBody {
    pub(super) results: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(super) enum ResultBody {
    Created(VoucherIds),
    Exists(VoucherIds),
    Refused(RefusedBody),
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(super) enum StageBody {
    Staged { draft_id: String },
    Exists(VoucherIds),
    Refused(RefusedBody),
}

#[derive(Deserialize)]
pub(super) struct VoucherIds {
    pub(super) voucher_id: String,
    pub(super) number: Option<String>,
    /// The state of a voucher that exists; without it, nothing is said against it.
    pub(super) state: Option<VoucherState>,
}

#[derive(Deserialize)]
pub(super) struct RefusedBody {
    pub(super) problem: VoucherProblem,
    pub(super) voucher_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct VoucherProblem {
    pub(super) r#type: Option<String>,
    pub(super) title: Option<String>,
    pub(super) detail: Option<String>,
    /// The voucher that a conflict names, here or beside the problem document.
    pub(super) voucher_id: Option<String>,
    /// The first day that is open again, for a closed period.
    pub(super) next_open: Option<Value>,
}

#[derive(Serialize)]
pub(super) struct LookUpBody<'a> {
    pub(super) references: Vec<&'a str>,
}

#[derive(Deserialize)]
pub(super) struct FoundBody {
    pub(super) found: Vec<FoundVoucherBody>,
    /// Missing or null if the server takes no drafts.
    #[serde(default)]
    pub(super) drafts: Option<Vec<FoundDraftBody>>,
    /// Missing if the server does not say.
    #[serde(default)]
    pub(super) not_found: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct FoundDraftBody {
    pub(super) reference: String,
    pub(super) draft_id: String,
    pub(super) date: NaiveDate,
    pub(super) currency: String,
    pub(super) total: String,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) lines: Option<Vec<ShownLineBody>>,
    #[serde(default)]
    pub(super) own_currency: Option<String>,
    #[serde(default)]
    pub(super) own_total: Option<String>,
}

/// Holds the rest of a voucher or draft, as far as the server shows it. Its members stand in both: serde keeps a copy of
/// everything that is flattened before it reads it.
pub(super) struct ShownBody {
    pub(super) text: Option<String>,
    pub(super) lines: Option<Vec<ShownLineBody>>,
    pub(super) own_currency: Option<String>,
    pub(super) own_total: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ShownLineBody {
    #[serde(default)]
    account: Option<String>,
    amount: String,
    #[serde(default)]
    party: Option<String>,
    #[serde(default)]
    vat_code: Option<String>,
    #[serde(default)]
    dimensions: Option<BTreeMap<String, String>>,
}

impl From<ShownBody> for ShownContent {
    fn from(body: ShownBody) -> Self {
        // A server that shows codes or dimensions shows those of every line that has some.
        let shows = |is_shown: fn(&ShownLineBody) -> bool| body.lines.iter().flatten().any(is_shown);
        let shows_vat = shows(|line| line.vat_code.is_some());
        let shows_dimensions = shows(|line| line.dimensions.is_some());
        let line = |line: ShownLineBody| ShownLine {
            account: line.account,
            amount: line.amount,
            party: line.party,
            vat_codes: shows_vat.then(|| line.vat_code.into_iter().collect()),
            is_vat: false,
            dimensions: shows_dimensions.then(|| {
                let pairs = line.dimensions.unwrap_or_default().into_iter();
                pairs.map(|(name, value)| (name.to_lowercase(), vec![value])).collect()
            }),
        };
        let own = body.own_currency.zip(body.own_total).map(|(currency, total)| OwnTotal { currency, total });
        Self { text: body.text, lines: body.lines.map(|lines| lines.into_iter().map(line).collect()), own }
    }
}

#[derive(Deserialize)]
pub(super) struct ListBody {
    pub(super) vouchers: Vec<FoundVoucherBody>,
    #[serde(default)]
    pub(super) next_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FoundVoucherBody {
    pub(super) reference: String,
    pub(super) voucher_id: String,
    pub(super) number: Option<String>,
    pub(super) date: NaiveDate,
    pub(super) currency: String,
    pub(super) total: String,
    pub(super) created_at: DateTime<Utc>,
    #[serde(default)]
    pub(super) created_by: Option<String>,
    pub(super) state: VoucherState,
    #[serde(default)]
    pub(super) reversed_by: Option<String>,
    #[serde(default)]
    pub(super) reverses: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) lines: Option<Vec<ShownLineBody>>,
    #[serde(default)]
    pub(super) own_currency: Option<String>,
    #[serde(default)]
    pub(super) own_total: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ReversalBody<'a> {
    pub(super) reference: &'a str,
    pub(super) date: NaiveDate,
    pub(super) reason: &'a str,
}

/// Holds the link of a counter-voucher, beside its result.
#[derive(Deserialize)]
pub(super) struct ReversesBody {
    pub(super) reverses: String,
}
