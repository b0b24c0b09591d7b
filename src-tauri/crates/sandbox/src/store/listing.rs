//! Finds vouchers for look-ups and pages.

use rusqlite::{Connection, Row, named_params};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Failure;
use super::vouchers::{id_of, number_of};
use crate::clock::Instant;
use crate::money;

/// A voucher as look-ups and pages show it.
#[derive(Debug, Serialize)]
pub(crate) struct FoundVoucher {
    pub(crate) reference: String,
    pub(crate) voucher_id: String,
    number: String,
    pub(crate) date: String,
    currency: String,
    total: String,
    created_at: Instant,
    created_by: String,
    fence: i64,
    state: String,
    reverses: Option<String>,
    reversed_by: Option<String>,
    text: String,
    lines: Box<RawValue>,
}

/// A page of vouchers that were made within a period.
pub(crate) struct Page {
    pub(crate) place: Place,
    pub(crate) created_from: i64,
    pub(crate) created_to: i64,
    pub(crate) limit: i64,
}

/// The place after which a page begins, and its order. Each order has an index, so that a page costs what it holds.
pub(crate) enum Place {
    /// The order in which they were made.
    Made { after: i64 },
    /// The order of their own dates, up to `date_to`.
    Dated { after_date: String, after: i64, date_to: String },
}

/// Returns the vouchers of each of the references that were made until then.
pub(crate) fn find(
    connection: &Connection,
    references: &[String],
    until: Instant,
) -> Result<Vec<FoundVoucher>, Failure> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_vouchers_by_reference.sql"))?;
    let mut found = Vec::new();
    for reference in references {
        let rows =
            statement.query_map(named_params! {":reference": reference, ":visible_until": until.0}, read_stored)?;
        for row in rows {
            found.push(row?);
        }
    }
    Ok(found)
}

pub(crate) fn page(connection: &Connection, page: &Page) -> Result<Vec<FoundVoucher>, Failure> {
    let Page { place, created_from, created_to, limit } = page;
    let vouchers = match place {
        Place::Made { after } => connection
            .prepare_cached(include_str!("sql/select_voucher_page.sql"))?
            .query_map(
                named_params! {":after": after, ":from": created_from, ":to": created_to, ":limit": limit},
                read_stored,
            )?
            .collect::<rusqlite::Result<_>>(),
        Place::Dated { after_date, after, date_to } => connection
            .prepare_cached(include_str!("sql/select_voucher_page_by_date.sql"))?
            .query_map(
                named_params! {
                    ":after_date": after_date, ":after": after, ":date_to": date_to,
                    ":from": created_from, ":to": created_to, ":limit": limit,
                },
                read_stored,
            )?
            .collect::<rusqlite::Result<_>>(),
    };
    Ok(vouchers?)
}

fn read_stored(row: &Row<'_>) -> rusqlite::Result<FoundVoucher> {
    let seq = row.get(0)?;
    let currency: String = row.get(3)?;
    Ok(FoundVoucher {
        reference: row.get(1)?,
        voucher_id: id_of(seq),
        number: number_of(seq),
        date: row.get(2)?,
        total: money::format(row.get(4)?, money::exponent(&currency)),
        currency,
        created_at: Instant(row.get(5)?),
        fence: row.get(6)?,
        state: row.get(7)?,
        reverses: row.get::<_, Option<i64>>(8)?.map(id_of),
        reversed_by: row.get::<_, Option<i64>>(9)?.map(id_of),
        text: row.get(10)?,
        lines: RawValue::from_string(row.get(11)?).expect("only JSON was ever written there"),
        created_by: crate::access::name_of(row.get(12)?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::open::bring_up_to_date;
    use super::*;

    #[test]
    fn no_look_up_and_no_page_reads_all_vouchers() {
        let connection = Connection::open_in_memory().unwrap();
        bring_up_to_date(&connection).unwrap();
        let by_reference = "USING INDEX vouchers_by_reference (reference=?)";
        let (of_the_day, later) = ("vouchers_by_date (date=? AND seq>?)", "vouchers_by_date (date>? AND date<?)");
        let drafts_by_reference = "USING INDEX drafts_by_reference (reference=?)";
        for (sql, searches) in [
            (include_str!("sql/select_vouchers_by_reference.sql"), vec![by_reference]),
            (include_str!("sql/select_voucher_page.sql"), vec!["SEARCH original USING INTEGER PRIMARY KEY (rowid>?)"]),
            (include_str!("sql/select_voucher_page_by_date.sql"), vec![of_the_day, later]),
            (include_str!("sql/select_drafts_by_reference.sql"), vec![drafts_by_reference]),
            (include_str!("sql/select_draft_page.sql"), vec!["SEARCH drafts USING INTEGER PRIMARY KEY (rowid>?)"]),
        ] {
            let plan = plan(&connection, sql);
            for search in searches {
                assert!(plan.contains(search), "{search}: {plan}");
            }
            for scan in ["SCAN original", "SCAN vouchers", "SCAN counter", "SCAN drafts"] {
                assert!(!plan.contains(scan), "{plan}");
            }
        }
    }

    /// Returns SQLite's plan for the statement. A parameter without a value counts as NULL.
    fn plan(connection: &Connection, sql: &str) -> String {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>("detail").unwrap());
        }
        steps.join("\n")
    }
}
