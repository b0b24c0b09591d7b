//! Adapts Tryton; its own tables judge.

use postonce_peers::Trouble;
use postonce_peers::tryton::Books;

use super::subject::{
    AccountingSubject, Booked, BookedVat, ByHand, VatCodes, Words, booked, by_account, dimension_rows, foreign_row,
    vat_rows,
};

pub(crate) fn fresh() -> Result<Box<dyn AccountingSubject>, Trouble> {
    Ok(Box::new(Tryton(Books::fresh()?)))
}

/// Returns Tryton with sessions so short that one is over before a slow answer has come.
pub(crate) fn fresh_with_short_sessions() -> Result<Box<dyn AccountingSubject>, Trouble> {
    Ok(Box::new(Tryton(Books::fresh_with(Some(2))?)))
}

pub(crate) struct Tryton(pub(crate) Books);

impl Tryton {
    fn sql(&self, query: &str) -> String {
        self.0.sql(query).expect("the books can be read")
    }

    fn moves(&self, condition: &str) -> Vec<Booked> {
        booked(&self.sql(&format!(
            "SELECT m.description, sum(l.debit)::numeric(16,2) FROM account_move m \
             JOIN account_journal j ON j.id = m.journal LEFT JOIN account_move_line l ON l.move = m.id \
             WHERE j.code = 'POST' AND {condition} GROUP BY m.id"
        )))
    }
}

/// The condition of a move that is no counter-voucher, and has none.
const STANDS: &str = "m.state = 'posted' AND coalesce(m.origin, '') NOT LIKE 'account.move,%' \
                      AND NOT EXISTS (SELECT 1 FROM account_move c WHERE c.origin = 'account.move,' || m.id)";

impl AccountingSubject for Tryton {
    fn protection(&self) -> &'static str {
        "staged"
    }

    fn url(&self) -> String {
        self.0.url()
    }

    fn table(&self, url: &str) -> String {
        let (user, _) = self.0.user();
        format!(
            "kind = \"tryton\"\nurl = \"{url}\"\nsecret = \"accounting-token\"\ndatabase = \"{}\"\nuser = \"{user}\"\n\
             journal = \"POST\"\ncreate_parties = true\nsearch_lag_seconds = 0\n",
            self.0.database()
        )
    }

    fn secret(&self) -> String {
        self.0.user().1.to_owned()
    }

    fn words(&self) -> Words {
        Words {
            write: "model.account.move.create",
            commit: Some("model.account.move.post"),
            discard: Some("model.account.move.delete"),
            look_up: "model.account.move.search_read",
            attach: "model.ir.attachment.create",
        }
    }

    fn vouchers(&self) -> Vec<Booked> {
        self.moves(STANDS)
    }

    fn day(&self, reference: &str) -> String {
        let reference = reference.replace('\'', "''");
        let query = format!("SELECT date FROM account_move WHERE description = '{reference}' AND state = 'posted'");
        self.sql(&query).trim().to_owned()
    }

    fn payee(&self, reference: &str) -> String {
        let reference = reference.replace('\'', "''");
        let query = format!(
            "SELECT p.code FROM account_move m JOIN account_move_line l ON l.move = m.id \
             JOIN party_party p ON p.id = l.party WHERE m.description = '{reference}' AND l.credit > 0"
        );
        self.sql(&query).trim().to_owned()
    }

    fn lines(&self, reference: &str) -> Vec<(String, i64)> {
        let reference = reference.replace('\'', "''");
        by_account(&self.sql(&format!(
            "SELECT a.code, (l.debit - l.credit)::numeric(16,2) FROM account_move_line l \
             JOIN account_move m ON m.id = l.move JOIN account_account a ON a.id = l.account \
             WHERE m.description = '{reference}' AND m.state = 'posted'"
        )))
    }

    fn attachments(&self, reference: &str) -> Vec<String> {
        let reference = reference.replace('\'', "''");
        let names = self.sql(&format!(
            "SELECT t.name FROM ir_attachment t JOIN account_move m ON t.resource = 'account.move,' || m.id \
             WHERE m.description = '{reference}' AND m.state = 'posted' AND (t.file_id IS NOT NULL OR t.data IS NOT NULL) \
             ORDER BY t.name COLLATE \"C\""
        ));
        names.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn vat_codes(&self) -> VatCodes {
        VatCodes { high: ("H25", Some("2710")), low: ("L12", Some("2711")) }
    }

    fn vat(&self, reference: &str) -> Vec<BookedVat> {
        vat_rows(&self.sql(&format!(
            "SELECT CASE WHEN t.rate = 0.25 THEN 'H25' ELSE 'L12' END, \
             sum(CASE WHEN x.type = 'base' THEN x.amount ELSE 0 END)::numeric(16,2), \
             sum(CASE WHEN x.type = 'tax' THEN x.amount ELSE 0 END)::numeric(16,2) \
             FROM account_tax_line x JOIN account_tax t ON t.id = x.tax JOIN account_move_line l ON l.id = x.move_line \
             JOIN account_move m ON m.id = l.move WHERE m.description = '{reference}' AND m.state = 'posted' GROUP BY 1"
        )))
    }

    fn dimensions(&self, reference: &str) -> Vec<(String, String, String)> {
        dimension_rows(&self.sql(&format!(
            "SELECT a.code, r.name, x.code FROM analytic_account_line d JOIN analytic_account_account x ON x.id = d.account \
             JOIN analytic_account_account r ON r.id = x.root JOIN account_move_line l ON l.id = d.move_line \
             JOIN account_account a ON a.id = l.account JOIN account_move m ON m.id = l.move \
             WHERE m.description = '{reference}' AND m.state = 'posted' AND d.debit = l.debit AND d.credit = l.credit \
             AND d.date = m.date"
        )))
    }

    fn foreign(&self, reference: &str) -> (String, i64, Option<i64>) {
        foreign_row(&self.sql(&format!(
            "SELECT c.code, sum(greatest(l.amount_second_currency, 0))::numeric(16,2), sum(l.debit)::numeric(16,2) \
             FROM account_move_line l JOIN account_move m ON m.id = l.move JOIN currency_currency c ON c.id = l.second_currency \
             WHERE m.description = '{reference}' AND m.state = 'posted' GROUP BY c.code"
        )))
    }

    fn recode(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE account_tax_line SET tax = (SELECT id FROM account_tax WHERE rate = 0.12) \
             WHERE type = 'base' AND tax = (SELECT id FROM account_tax WHERE rate = 0.25) AND move_line IN \
             (SELECT l.id FROM account_move_line l JOIN account_move m ON m.id = l.move WHERE m.description = '{reference}')"
        ));
    }

    fn move_grant(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE analytic_account_line SET account = (SELECT id FROM analytic_account_account WHERE code = 'G-2') \
             WHERE account = (SELECT id FROM analytic_account_account WHERE code = 'G-1') AND move_line IN \
             (SELECT l.id FROM account_move_line l JOIN account_move m ON m.id = l.move WHERE m.description = '{reference}')"
        ));
    }

    fn drafts(&self) -> Vec<Booked> {
        self.moves("m.state = 'draft'")
    }

    fn by_hand(&self, act: ByHand, reference: &str) {
        let reference = reference.replace('\'', "''");
        let of = format!("(SELECT min(id) FROM account_move WHERE description = '{reference}' AND state = 'posted')");
        let copied = |change: &str, lines: &str| {
            format!(
                "SELECT nextval('account_move_id_seq');
                 CREATE TEMP TABLE m AS SELECT * FROM account_move WHERE id = {of};
                 CREATE TEMP TABLE l AS SELECT * FROM account_move_line WHERE move = {of};
                 UPDATE l SET id = nextval('account_move_line_id_seq'), move = currval('account_move_id_seq') {lines};
                 UPDATE m SET id = currval('account_move_id_seq') {change};
                 INSERT INTO account_move SELECT * FROM m; INSERT INTO account_move_line SELECT * FROM l"
            )
        };
        let statement = match act {
            ByHand::Reverse => {
                copied(&format!(", origin = 'account.move,' || {of}"), ", debit = l.credit, credit = l.debit")
            }
            ByHand::Copy => copied("", ""),
            ByHand::Delete => {
                format!("DELETE FROM account_move_line WHERE move = {of}; DELETE FROM account_move WHERE id = {of}")
            }
            ByHand::Rename => format!("UPDATE account_move SET description = 'Mended by hand' WHERE id = {of}"),
        };
        self.sql(&statement);
    }

    fn delete_draft(&self, reference: &str) {
        let of = format!("(SELECT id FROM account_move WHERE description = '{reference}' AND state = 'draft')");
        self.sql(&format!(
            "DELETE FROM account_move_line WHERE move IN {of}; DELETE FROM account_move WHERE id IN {of}"
        ));
    }

    fn double_draft(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE account_move_line SET debit = debit * 2, credit = credit * 2 WHERE move IN \
             (SELECT id FROM account_move WHERE description = '{reference}' AND state = 'draft')"
        ));
    }

    fn book_draft_as(&self, reference: &str, other: &str) -> String {
        let of = format!("description = '{reference}' AND state = 'draft'");
        let id = self.sql(&format!("SELECT id FROM account_move WHERE {of}")).trim().to_owned();
        self.sql(&format!(
            "UPDATE account_move SET description = '{other}', state = 'posted', number = 'HAND-{id}', \
             write_date = now() WHERE id = {id}"
        ));
        id
    }

    fn copy_as_draft(&self, reference: &str) {
        let of = format!("(SELECT min(id) FROM account_move WHERE description = '{reference}' AND state = 'posted')");
        self.sql(&format!(
            "SELECT nextval('account_move_id_seq');
             CREATE TEMP TABLE m AS SELECT * FROM account_move WHERE id = {of};
             CREATE TEMP TABLE l AS SELECT * FROM account_move_line WHERE move = {of};
             UPDATE l SET id = nextval('account_move_line_id_seq'), move = currval('account_move_id_seq');
             UPDATE m SET id = currval('account_move_id_seq'), state = 'draft', number = NULL, post_date = NULL,
               create_date = now() + interval '3 days';
             INSERT INTO account_move SELECT * FROM m; INSERT INTO account_move_line SELECT * FROM l"
        ));
    }

    fn redirect_draft(&self, reference: &str) {
        self.sql(&format!(
            "UPDATE account_move_line SET account = (SELECT id FROM account_account WHERE code = '7790'), \
             write_date = now() WHERE debit > 0 AND move IN \
             (SELECT id FROM account_move WHERE description = '{reference}' AND state = 'draft')"
        ));
    }

    fn redirected(&self) -> usize {
        let count = self.sql(
            "SELECT count(*) FROM account_move_line l JOIN account_move m ON m.id = l.move \
             JOIN account_account a ON a.id = l.account WHERE a.code = '7790' AND m.state = 'posted'",
        );
        count.trim().parse().expect("a number")
    }

    fn retire_lock(&self) {
        self.sql("UPDATE party_party SET active = false WHERE code LIKE 'postonce-export-lock%'");
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
