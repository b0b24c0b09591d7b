//! Hands vouchers over in files, to every accounting system that has no interface of its own.
//!
//! Our part ends with a file that lies in its place: it is delivered once, under a number without a gap, and never
//! with other bytes. Behind it stand a person and an importer, of which nothing is known: a record is *handed over*, and
//! becomes exported when it is seen in the books, which are read back from a file of theirs. So protection is
//! `observed`, whatever a vendor promises.
//!
//! The place also holds the lock and the witness, in a folder of ours whose name begins with a point. Whoever hands over
//! there shares it, and a second ledger is refused: its numbers are taken.

mod deliver;
mod folder;
mod make;
mod place;
mod rows;
mod witness;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono_tz::Tz;
use postonce_engine::domain::{
    Capabilities, CommitResult, Currency, Discarded, DraftId, FileSeal, Found, OrganisationId, Period, Posting,
    PostingRules, Protection, Reference, Refusal, RunId, StageResult, VoucherResult,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, BooksFile, CallError, Clock, Connection, IdSource, LeaseAsk, LeaseToken,
    LedgerWitness, LockInfo, LockProgress, ReferenceScheme, VoucherFiles, VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedRequest, ClaimedReversal, Permit, StagedDraft, UniqueLease};

use crate::workspace::VoucherFileSettings;
use folder::Folder;
use make::Maker;
use place::{Moved, Place, PlaceError, refused};
use rows::Rows;

/// The folder of ours in the place. Importers look for no files there.
const OWN: &str = ".postonce";
/// The newest files that are looked at, whether somebody changed them.
const LOOKED_AT_MAX: usize = 20;

/// The characters of a place's id that people see.
const ID_CHARS_SHOWN: usize = 8;

/// Hands over into one place.
pub(crate) struct VoucherFolder {
    place: Arc<dyn Place>,
    maker: Maker,
    organisation: String,
    organisation_name: String,
    lease: UniqueLease<Rows>,
    ids: Arc<dyn IdSource>,
}

/// The organisation that a workspace hands over for.
pub(crate) struct Handing<'a> {
    pub(crate) organisation: &'a OrganisationId,
    pub(crate) name: &'a str,
    pub(crate) currency: Currency,
    pub(crate) time_zone: Tz,
}

impl VoucherFolder {
    /// Makes the connector; nothing is written yet.
    ///
    /// # Errors
    /// If the references of this organisation do not survive in the format.
    pub(crate) fn new(
        settings: &VoucherFileSettings,
        of: &Handing<'_>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, Problem> {
        let place: Arc<dyn Place> = Arc::new(Folder::new(&settings.folder));
        let (organisation, address) = (of.organisation.as_str().to_owned(), place.address().to_owned());
        let maker = Maker {
            settings: settings.clone(),
            organisation: organisation.clone(),
            company_name: of.name.to_owned(),
            currency: of.currency,
            time_zone: of.time_zone,
        };
        let (found, needed) = (maker.reference_rules().length_max, of.organisation.reference_length_min());
        if found < needed {
            return Err(Problem::accounting_reference_short(settings.format_name, found, needed));
        }
        let rows = Rows { place: Arc::clone(&place), ids: Arc::clone(&ids) };
        let lease = UniqueLease::new(rows, clock, Arc::clone(&ids), address);
        Ok(Self { place, maker, organisation, organisation_name: of.name.to_owned(), lease, ids })
    }

    /// Returns the id of the place, which it is given when it is first used: an emptied or exchanged place has another
    /// one, and a person is asked whether it is the right one.
    async fn place_id(&self) -> Result<String, CallError> {
        let name = format!("{OWN}/place-id");
        if let Some(id) = self.read_id(&name).await? {
            return Ok(id);
        }
        if !self.place.is_there().await.map_err(PlaceError::before)? {
            return Err(CallError::NotSent(Problem::file_folder_missing(self.place.address())));
        }
        let outgoing = format!("{OWN}/outgoing");
        for folder in [OWN, &outgoing] {
            self.place.make_folder(folder).await.map_err(PlaceError::before)?;
        }
        try_moves(self.place.as_ref(), &outgoing, &self.ids.fresh()).await?;
        let (drafted, id) = (format!("{outgoing}/id-{}", self.ids.fresh()), self.ids.fresh());
        self.place.write(&drafted, id.into_bytes()).await.map_err(PlaceError::before)?;
        self.place.move_new(&drafted, &name).await.map_err(PlaceError::before)?;
        // Another one was faster, and gave it its id.
        self.place.remove(&drafted).await.map_err(PlaceError::before)?;
        self.read_id(&name)
            .await?
            .ok_or_else(|| refused(Problem::file_folder_failed(self.place.address(), "nothing stays there")))
    }

    async fn read_id(&self, name: &str) -> Result<Option<String>, CallError> {
        let bytes = self.place.read(name).await.map_err(PlaceError::before)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).filter(|id| !id.is_empty()))
    }
}

/// Tries whether a move really goes over nothing: some shares say so and do otherwise.
async fn try_moves(place: &dyn Place, folder: &str, id: &str) -> Result<(), CallError> {
    let (one, other) = (format!("{folder}/try-{id}-1"), format!("{folder}/try-{id}-2"));
    for (name, text) in [(&one, "1"), (&other, "2")] {
        place.write(name, text.as_bytes().to_vec()).await.map_err(PlaceError::before)?;
    }
    let moved = place.move_new(&one, &other).await.map_err(PlaceError::before)?;
    let (first, second) = (place.read(&one).await, place.read(&other).await);
    let stays = moved == Moved::Taken
        && first.as_ref().is_ok_and(|bytes| bytes.as_deref() == Some(b"1".as_slice()))
        && second.as_ref().is_ok_and(|bytes| bytes.as_deref() == Some(b"2".as_slice()));
    for name in [&one, &other] {
        place.remove(name).await.map_err(PlaceError::before)?;
    }
    if stays { Ok(()) } else { Err(refused(Problem::file_folder_unsafe(place.address()))) }
}

/// Returns the end of an id, for people: its beginning is the time, which two places may share.
fn short(id: &str) -> &str {
    id.len().checked_sub(ID_CHARS_SHOWN).and_then(|from| id.get(from..)).unwrap_or(id)
}

fn not_asked() -> CallError {
    let problem = Problem::books_cannot_be_asked();
    let refusal = Refusal::new(problem.code.as_str(), String::new());
    CallError::Refused { problem, refusal, too_large: false }
}

#[async_trait]
impl AccountingSystem for VoucherFolder {
    async fn connect(&self) -> Result<Connection, CallError> {
        let id = self.place_id().await?;
        let user = crate::machine::actor().user;
        Ok(Connection {
            address: format!("{}#{}", self.place.address(), short(&id)),
            organisation_id: self.organisation.clone(),
            organisation_name: self.organisation_name.clone(),
            user_id: user.clone(),
            user_name: user,
            capabilities: Capabilities {
                protection: Protection::Observed,
                idempotency_keys_live: None,
                settle_window: Duration::ZERO,
                search_lag: Duration::ZERO,
                unique_references: false,
                vouchers_per_request_max: self.maker.vouchers_max(),
                reference_rules: self.maker.reference_rules(),
                vat_codes: true,
                own_amounts: false,
                takes_files: true,
                attachments: None,
            },
            keeps_scheme: true,
        })
    }

    async fn check(&self, _: &PostingRules) -> Result<Vec<Problem>, CallError> {
        deliver::changed(self.place.as_ref(), LOOKED_AT_MAX).await.map_err(PlaceError::before)
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        self.lease.acquire(ask).await
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        self.lease.renew(token, life, progress).await
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        self.lease.release(token).await
    }

    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        self.lease.break_lock(run, reason).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        self.lease.lock().await
    }

    fn files(&self) -> Option<&dyn VoucherFiles> {
        Some(&self.maker)
    }

    fn inbox(&self) -> Vec<Arc<dyn BooksFile>> {
        crate::books::inbox(&self.maker.settings, self.maker.currency.code())
    }

    /// Never draws up a request: a file is rendered once, with its number.
    fn draw_up(&self, _: &[Posting]) -> Vec<u8> {
        Vec::new()
    }

    async fn commit(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        Err(CallError::NotSent(Problem::internal("vouchers are handed over in files")))
    }

    async fn hand_over(&self, permit: &Permit, request: &ClaimedRequest) -> Result<FileSeal, CallError> {
        let file = request.file().ok_or_else(|| CallError::NotSent(Problem::internal("a request that is no file")))?;
        let look = || permit.check().map_err(|_| CallError::LeaseLost);
        look()?;
        deliver::deliver(self.place.as_ref(), file, request.body(), &look).await?;
        Ok(file.seal())
    }

    async fn stage(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        Err(CallError::NotSent(Problem::internal("a file has no drafts")))
    }

    async fn commit_draft(&self, _: &Permit, _: &StagedDraft) -> Result<CommitResult, CallError> {
        Err(CallError::NotSent(Problem::internal("a file has no drafts")))
    }

    async fn discard_draft(&self, _: &Permit, _: &DraftId) -> Result<Discarded, CallError> {
        Ok(Discarded::Gone)
    }

    async fn look_up(&self, _: &[Reference]) -> Result<Found, CallError> {
        Err(not_asked())
    }

    async fn vouchers(&self, _: Period, _: Option<&str>) -> Result<VoucherPage, CallError> {
        Err(not_asked())
    }

    async fn reverse(&self, _: &Permit, _: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        Err(not_asked())
    }

    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError> {
        witness::read(self.place.as_ref(), ledger_id).await.map_err(PlaceError::before)
    }

    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        permit.check().map_err(|_| CallError::LeaseLost)?;
        witness::leave(self.place.as_ref(), ledger_id, witness).await
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        witness::scheme(self.place.as_ref()).await.map_err(PlaceError::before)
    }

    async fn keep_scheme(&self, permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        permit.check().map_err(|_| CallError::LeaseLost)?;
        witness::keep_scheme(self.place.as_ref(), scheme).await.map_err(PlaceError::after)
    }

    async fn witnesses(&self) -> Result<Option<Vec<LedgerWitness>>, CallError> {
        witness::all(self.place.as_ref()).await.map(Some).map_err(PlaceError::before)
    }
}

#[cfg(test)]
mod tests;
