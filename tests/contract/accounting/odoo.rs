//! Adapts Odoo; its own tables judge.

use postonce_peers::Trouble;
use postonce_peers::odoo::Books;

use super::subject::{
    AccountingSubject, Booked, BookedVat, ByHand, VatCodes, Words, booked, by_account, dimension_rows, foreign_row,
    vat_rows,
};

pub(crate) fn fresh() -> Result<Box<dyn AccountingSubject>, Trouble> {
    Ok(Box::new(Odoo(Books::fresh()?)))
}

pub(crate) struct Odoo(pub(crate) Books);

impl Odoo {
    fn sql(&self, query: &str) -> String {
        self.0.sql(query).expect("the books can be read")
    }

    fn moves(&self, condition: &str) -> Vec<Booked> {
        booked(&self.sql(&format!(
            "SELECT m.ref, coalesce(sum(l.debit), 0)::numeric(16,2) FROM account_move m \
             JOIN account_journal j ON j.id = m.journal_id LEFT JOIN account_move_line l ON l.move_id = m.id \
             WHERE j.code = 'POST' AND {condition} GROUP BY m.id"
        )))
    }
}

/// The condition of a move that is no counter-voucher, and has none.
const STANDS: &str = "m.state = 'posted' AND m.reversed_entry_id IS NULL \
                      AND NOT EXISTS (SELECT 1 FROM account_move c WHERE c.reversed_entry_id = m.id)";

impl AccountingSubject for Odoo {
    fn protection(&self) -> &'static str {
        "staged"
    }

    fn url(&self) -> String {
        self.0.url()
    }

    fn table(&self, url: &str) -> String {
        format!(
            "kind = \"odoo\"\nurl = \"{url}\"\nsecret = \"accounting-token\"\ndatabase = \"{}\"\njournal = \"POST\"\n\
             create_parties = true\nsearch_lag_seconds = 0\n",
            self.0.database()
        )
    }

    fn secret(&self) -> String {
        self.0.key().to_owned()
    }

    fn words(&self) -> Words {
        Words {
            write: "/json/2/account.move/load",
            commit: Some("/json/2/account.move/action_post"),
            discard: Some("/json/2/account.move/unlink"),
            look_up: "/json/2/account.move/search_read",
            attach: "\"postonce.receipt_",
        }
    }

    fn payee(&self, reference: &str) -> String {
        let reference = reference.replace('\'', "''");
        let query = format!(
            "SELECT p.ref FROM account_move m JOIN account_move_line l ON l.move_id = m.id \
             JOIN res_partner p ON p.id = l.partner_id WHERE m.ref = '{reference}' AND m.state = 'posted' AND l.balance < 0"
        );
        self.sql(&query).trim().to_owned()
    }

    fn vouchers(&self) -> Vec<Booked> {
        self.moves(STANDS)
    }

    fn day(&self, reference: &str) -> String {
        let reference = reference.replace('\'', "''");
        let query = format!("SELECT date FROM account_move WHERE ref = '{reference}' AND state = 'posted'");
        self.sql(&query).trim().to_owned()
    }

    fn lines(&self, reference: &str) -> Vec<(String, i64)> {
        let reference = reference.replace('\'', "''");
        by_account(&self.sql(&format!(
            "SELECT (SELECT value FROM jsonb_each_text(a.code_store) LIMIT 1), (l.debit - l.credit)::numeric(16,2) FROM account_move_line l \
             JOIN account_move m ON m.id = l.move_id JOIN account_account a ON a.id = l.account_id \
             WHERE m.ref = '{reference}' AND m.state = 'posted'"
        )))
    }

    fn attachments(&self, reference: &str) -> Vec<String> {
        let reference = reference.replace('\'', "''");
        let names = self.sql(&format!(
            "SELECT t.name FROM ir_attachment t JOIN account_move m ON t.res_id = m.id AND t.res_model = 'account.move' \
             WHERE m.ref = '{reference}' AND m.state = 'posted' AND t.file_size > 150000 ORDER BY t.name COLLATE \"C\""
        ));
        names.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn vat_codes(&self) -> VatCodes {
        VatCodes { high: ("H25", Some("2710")), low: ("L12", Some("2711")) }
    }

    fn vat(&self, reference: &str) -> Vec<BookedVat> {
        vat_rows(&self.sql(&format!(
            "SELECT CASE WHEN t.amount = 25 THEN 'H25' ELSE 'L12' END, \
             sum(CASE WHEN l.tax_line_id IS NULL THEN l.balance ELSE 0 END)::numeric(16,2), \
             sum(CASE WHEN l.tax_line_id IS NULL THEN 0 ELSE l.balance END)::numeric(16,2) \
             FROM account_move_line l JOIN account_move m ON m.id = l.move_id \
             LEFT JOIN account_move_line_account_tax_rel r ON r.account_move_line_id = l.id \
             JOIN account_tax t ON t.id = coalesce(l.tax_line_id, r.account_tax_id) \
             WHERE m.ref = '{reference}' AND m.state = 'posted' GROUP BY 1"
        )))
    }

    fn dimensions(&self, reference: &str) -> Vec<(String, String, String)> {
        dimension_rows(&self.sql(&format!(
            "SELECT (SELECT value FROM jsonb_each_text(a.code_store) LIMIT 1), p.name->>'en_US', x.code \
             FROM account_move_line l JOIN account_move m ON m.id = l.move_id JOIN account_account a ON a.id = l.account_id \
             CROSS JOIN jsonb_each(l.analytic_distribution) d CROSS JOIN unnest(string_to_array(d.key, ',')) i \
             JOIN account_analytic_account x ON x.id = i::int JOIN account_analytic_plan p ON p.id = x.plan_id \
             WHERE m.ref = '{reference}' AND m.state = 'posted' AND d.value::numeric = 100"
        )))
    }

    fn foreign(&self, reference: &str) -> (String, i64, Option<i64>) {
        foreign_row(&self.sql(&format!(
            "SELECT c.name, sum(greatest(l.amount_currency, 0))::numeric(16,2), sum(l.debit)::numeric(16,2) \
             FROM account_move_line l JOIN account_move m ON m.id = l.move_id JOIN res_currency c ON c.id = l.currency_id \
             WHERE m.ref = '{reference}' AND m.state = 'posted' GROUP BY c.name"
        )))
    }

    fn recode(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE account_move_line_account_tax_rel SET account_tax_id = (SELECT id FROM account_tax WHERE amount = 12 AND invoice_label->>'en_US' = 'L12') \
             WHERE account_move_line_id IN (SELECT l.id FROM account_move_line l JOIN account_move m ON m.id = l.move_id WHERE m.ref = '{reference}') \
             AND account_tax_id = (SELECT id FROM account_tax WHERE name->>'en_US' = 'H25')"
        ));
    }

    fn move_grant(&self, reference: &str) {
        let id = |code: &str| format!("(SELECT id::text FROM account_analytic_account WHERE code = '{code}')");
        self.sql(&format!(
            "UPDATE account_move_line SET analytic_distribution = \
             regexp_replace(analytic_distribution::text, '\\m' || {} || '\\M', {})::jsonb \
             WHERE analytic_distribution IS NOT NULL AND move_id IN (SELECT id FROM account_move WHERE ref = '{reference}')",
            id("G-1"),
            id("G-2")
        ));
    }

    fn drafts(&self) -> Vec<Booked> {
        self.moves("m.state = 'draft'")
    }

    fn by_hand(&self, act: ByHand, reference: &str) {
        let reference = reference.replace('\'', "''");
        let of = format!("(SELECT min(id) FROM account_move WHERE ref = '{reference}' AND state = 'posted')");
        let copied = |change: &str, lines: &str| {
            format!(
                "SELECT nextval('account_move_id_seq');
                 CREATE TEMP TABLE m AS SELECT * FROM account_move WHERE id = {of};
                 CREATE TEMP TABLE l AS SELECT * FROM account_move_line WHERE move_id = {of};
                 UPDATE l SET id = nextval('account_move_line_id_seq'), move_id = currval('account_move_id_seq') {lines};
                 UPDATE m SET id = currval('account_move_id_seq'), name = 'HAND/' || currval('account_move_id_seq'),
                   sequence_prefix = 'HAND/', sequence_number = currval('account_move_id_seq') {change};
                 INSERT INTO account_move SELECT * FROM m; INSERT INTO account_move_line SELECT * FROM l"
            )
        };
        let statement = match act {
            ByHand::Reverse => copied(
                &format!(", ref = 'Reversal', reversed_entry_id = {of}"),
                ", debit = l.credit, credit = l.debit, balance = -l.balance, amount_currency = -l.amount_currency",
            ),
            ByHand::Copy => copied("", ""),
            ByHand::Delete => {
                format!("DELETE FROM account_move_line WHERE move_id = {of}; DELETE FROM account_move WHERE id = {of}")
            }
            ByHand::Rename => format!("UPDATE account_move SET ref = 'Mended by hand' WHERE id = {of}"),
        };
        self.sql(&statement);
    }

    fn delete_draft(&self, reference: &str) {
        let of = format!("(SELECT id FROM account_move WHERE ref = '{reference}' AND state = 'draft')");
        self.sql(&format!(
            "DELETE FROM account_move_line WHERE move_id IN {of}; DELETE FROM account_move WHERE id IN {of}"
        ));
    }

    fn double_draft(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE account_move_line SET debit = debit * 2, credit = credit * 2, balance = balance * 2, \
             amount_currency = amount_currency * 2 WHERE move_id IN \
             (SELECT id FROM account_move WHERE ref = '{reference}' AND state = 'draft'); \
             UPDATE account_move SET amount_total = amount_total * 2, amount_total_signed = amount_total_signed * 2, \
             amount_total_in_currency_signed = amount_total_in_currency_signed * 2 WHERE ref = '{reference}' AND state = 'draft'"
        ));
    }

    fn book_draft_as(&self, reference: &str, other: &str) -> String {
        let of = format!("ref = '{reference}' AND state = 'draft'");
        let id = self.sql(&format!("SELECT id FROM account_move WHERE {of}")).trim().to_owned();
        self.sql(&format!(
            "UPDATE account_move SET ref = '{other}', state = 'posted', posted_before = true, name = 'HAND/{id}', \
             sequence_prefix = 'HAND/', sequence_number = {id} WHERE id = {id}; \
             UPDATE account_move_line SET parent_state = 'posted' WHERE move_id = {id}"
        ));
        id
    }

    fn copy_as_draft(&self, _: &str) {
        panic!("it is asked of Tryton alone");
    }

    fn redirect_draft(&self, _: &str) {
        panic!("it is asked of Tryton alone");
    }

    fn redirected(&self) -> usize {
        panic!("it is asked of Tryton alone");
    }

    fn retire_lock(&self) {
        panic!("its lock has nothing to be put out of use by");
    }

    fn kill(&self) {
        self.0.kill9();
    }

    fn restart(&self) {
        self.0.restart().expect("it comes up again");
    }

    fn pause(&self, is_paused: bool) {
        let done = if is_paused { self.0.stop() } else { self.0.cont() };
        done.expect("there is a server");
    }
}
