//! Returns a voucher's page in the accounting system's own web client.
//!
//! Invariant: an address is made by the connector, of a voucher that the ledger knows; nobody hands one in.

use crate::engine::Engine;
use crate::error::Problem;

impl Engine {
    /// Says whether the accounting system has pages for vouchers. Asks nobody.
    pub fn has_voucher_pages(&self) -> bool {
        self.parts().accounting.voucher_pages().is_some()
    }

    /// Returns the address of a voucher's page.
    ///
    /// # Errors
    /// If the ledger knows no such voucher, the accounting system has no pages, or the ledger cannot be read.
    pub async fn voucher_page(&self, voucher_id: &str) -> Result<String, Problem> {
        let missing = || Problem::voucher_page_missing(voucher_id);
        if !self.ledger().knows_voucher(voucher_id).await? {
            return Err(missing());
        }
        self.parts().accounting.voucher_pages().and_then(|pages| pages.page(voucher_id)).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use crate::audit::tests::engine_rig::EngineRig;
    use crate::error::ErrorCode;

    #[tokio::test]
    async fn voucher_has_a_page_only_if_the_ledger_knows_it() {
        let rig = EngineRig::new(None);
        assert!(rig.engine.has_voucher_pages());
        rig.edit(
            r#"INSERT INTO attempt (record_id, generation, reference, run_number, request_id, member, content_hash, date,
                   currency, exponent, minor, state, claimed_at, last_sent_at, settled_at, voucher_id, reason, evidence)
               VALUES ('r', 1, 'hlf:r:1', 1, 1, 0, zeroblob(32), '2026-11-23', 'NOK', 2, 100, 'posted', 'x', 'x', 'x', 'V-1',
                       NULL, NULL),
                      ('s', 1, 'hlf:s:1', 1, 1, 1, zeroblob(32), '2026-11-23', 'NOK', 2, 100, 'unknown', 'x', 'x', NULL,
                       NULL, '{}', '[{"acknowledgement": {"voucher_id": "V-2"}}]');
               INSERT INTO reversal (re_export_id, attempt_id, voucher_id, reference, key, date, reason, run_number, state,
                   claimed_at, settled_at, counter_voucher_id)
               VALUES (1, 1, 'V-3', 'c', 'k', '2026-11-23', 'booked twice', 1, 'posted', 'x', 'x', 'V-4');
               INSERT INTO alarm (attempt_id, kind, evidence, raised_at)
               VALUES (1, 'reversed', '[{"acknowledgement": {"voucher_id": "V-5"}}]', 'x');"#,
        );
        for id in ["V-1", "V-2", "V-3", "V-4", "V-5"] {
            assert_eq!(rig.engine.voucher_page(id).await, Ok(format!("https://books/voucher/{id}")));
        }
        let problem = rig.engine.voucher_page("V-6").await.expect_err("nobody has heard of it");
        assert_eq!((problem.code, problem.params["id"].as_str()), (ErrorCode::VoucherPageMissing, "V-6"));
    }
}
