//! Makes the next file of the plan: the vouchers of one fiscal year and currency, rendered once.

use std::collections::VecDeque;

use chrono::{Datelike, NaiveDate};

use super::look_ahead::Row;
use super::plan::PlanRules;
use crate::calls::RunError;
use crate::domain::{FileRefusal, Posting, RequestKey, RequestKind};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{ClaimAsk, NewFile};
use crate::ports::{FileOrder, VoucherFiles};

/// The postings that one file cannot have beside its others, at most; more mean that the cause is one.
const UNFIT_MAX: usize = 100;

/// The rows of a file, and what was made of them.
pub(super) struct DrawnFile {
    pub(super) ask: Option<ClaimAsk>,
    /// The rows of which no faithful row can be made beside the others.
    pub(super) unfit: Vec<(Row, FileRefusal)>,
}

/// Draws up the next file of rows that may be sent, and takes its rows from them.
pub(super) async fn draw_up(
    run: &Run<'_>,
    rules: &PlanRules,
    files: &dyn VoucherFiles,
    ready: &mut VecDeque<Row>,
) -> Result<DrawnFile, RunError> {
    let mut drawn = DrawnFile { ask: None, unfit: Vec::new() };
    let mut rows = next_rows(files, ready, run.width);
    let next = run.ledger.read(|tx| tx.next_file()).await?;
    let (at, time_zone) = (run.moment(), rules.day.time_zone);
    let label = format!("{}-{:04}", at.now.with_timezone(&time_zone).year(), next.number);
    let order = FileOrder {
        number: next.number,
        label,
        first_voucher: next.first_voucher.max(files.first_voucher()),
        made_at: at.now,
    };
    while !rows.is_empty() {
        let postings: Vec<Posting> = rows.iter().map(|row| row.posting.clone()).collect();
        let fault = match files.render(&order, &postings) {
            Ok(rendered) => {
                let members = rows.into_iter().map(|row| row.member).collect();
                drawn.ask = Some(ClaimAsk {
                    run: run.number,
                    kind: RequestKind::Vouchers,
                    fence: run.permit.fence(),
                    key: RequestKey::new(run.ids.fresh()),
                    file: Some(NewFile::new(order, &rendered)),
                    body: rendered.bytes,
                    members,
                    at,
                });
                return Ok(drawn);
            }
            Err(fault) => fault,
        };
        let at_fault = fault.reference.as_ref();
        let place = rows.iter().position(|row| Some(&row.posting.reference) == at_fault);
        let Some(place) = place.filter(|_| drawn.unfit.len() < UNFIT_MAX) else {
            return Err(RunError::Problem(Problem::internal(format!("no file can be made: {:?}", fault.refusal))));
        };
        drawn.unfit.push((rows.remove(place), fault.refusal));
    }
    Ok(drawn)
}

/// Takes the rows of the next file: those of the first one's fiscal year and currency.
fn next_rows(files: &dyn VoucherFiles, ready: &mut VecDeque<Row>, width: usize) -> Vec<Row> {
    let mut kind: Option<(NaiveDate, &'static str)> = None;
    let (mut rows, mut others) = (Vec::new(), VecDeque::new());
    for row in ready.drain(..) {
        let of_row = (files.year_of(row.posting.date), row.posting.currency.code());
        if rows.len() < width && *kind.get_or_insert(of_row) == of_row {
            rows.push(row);
        } else {
            others.push_back(row);
        }
    }
    *ready = others;
    rows
}
