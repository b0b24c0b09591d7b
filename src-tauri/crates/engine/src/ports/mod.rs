//! Defines the ports: all that the engine needs of the world, which is time, ids, records and an accounting system.
//! Connectors implement these traits; the tests put simulated ones in their place.

mod accounting;
mod books;
mod call;
mod clock;
mod files;
mod lock;
mod receipts;
mod source;
mod unique_rows;
mod witness;

pub use accounting::{AccountingSystem, Connection, LOOK_UP_MAX, ReferencePage, ReferenceScheme, VoucherPage};
pub use books::{BooksFacts, BooksFile, BooksReading, Unproven, VoucherSeen, WantedVoucher};
pub use call::{Answer, CallError};
pub use clock::{Clock, IdSource};
pub use files::{FileOrder, RenderedFile, UnfitPosting, VoucherFiles};
pub use lock::{Acquired, LeaseAsk, LeaseToken, LockHolder, LockInfo, LockProgress, Unaware};
pub use receipts::{FoundAttachment, ReceiptFile};
pub use source::{
    EXPENSES_MAX, ExportResult, Flaw, Learned, Learning, LockedRecord, PAGE_ROWS_MAX, Pages, Row, Source, SourceError,
    SourceRemark,
};
pub use unique_rows::{Created, RowId, UniqueRow, UniqueRows};
pub use witness::{LedgerWitness, RememberedHead, Signature, Signer, Witness, WitnessPage, WitnessSeen};
