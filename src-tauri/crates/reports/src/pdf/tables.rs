//! Writes the rows of the two tables of a report.

use postonce_engine::domain::{FoundVoucher, VoucherState};
use postonce_engine::views::{Difference, RunVoucher, VoucherDraft, VoucherLine};

use super::document::{Document, Style};
use super::layout::{Column, DIFFERENCES, LINE_COLUMNS, VOUCHERS};
use super::sheet::Ink;
use crate::figures::{amount, day};
use crate::words;

impl Document<'_> {
    pub(super) fn difference(&mut self, difference: &Difference) {
        let language = self.report.language;
        let ours = match &difference.sides.ledger {
            Some(side) => {
                let voucher = side.voucher_id.as_deref().unwrap_or(side.state.as_str()).to_owned();
                [
                    voucher,
                    format!("{} · {} {}", day(side.date, language), side.currency, amount(&side.amount, language)),
                ]
            }
            None => [self.word(words::NOT_IN_LEDGER).to_owned(), String::new()],
        };
        let theirs = self.theirs(difference);
        let record = difference.record_id.clone().unwrap_or_default();
        let cells = [
            [crate::difference_words(difference.kind, language).to_owned(), String::new()],
            [record, difference.reference.clone()],
            ours,
            theirs,
        ];
        let top = self.next_row();
        for (column, [first, second]) in DIFFERENCES.columns.iter().zip(cells) {
            self.cell(column, Style::plain(8.0), top + 9.5, &first);
            self.cell(column, Style::plain(7.5).in_ink(Ink::Grey), top + 19.5, &second);
        }
        self.rule(top + DIFFERENCES.row_height - 0.6);
    }

    fn theirs(&self, difference: &Difference) -> [String; 2] {
        let language = self.report.language;
        let named = |voucher: &FoundVoucher| match voucher.state {
            VoucherState::Posted => voucher.acknowledgement.voucher_id.clone(),
            VoucherState::Voided => format!("{} ({})", voucher.acknowledgement.voucher_id, self.word(words::VOIDED)),
        };
        let sides = &difference.sides;
        match sides.accounting.as_slice() {
            [] if sides.drafts.is_empty() => [self.word(words::NOTHING_THERE).to_owned(), String::new()],
            [] => [format!("{} {}", self.word(words::DRAFT), sides.drafts.join(", ")), String::new()],
            [first, ..] => {
                let total = amount(&first.total, language);
                let content = format!("{} · {} {total}", day(first.date, language), first.currency);
                [sides.accounting.iter().map(named).collect::<Vec<_>>().join(", "), content]
            }
        }
    }

    /// Writes a voucher, and each of its lines below.
    pub(super) fn voucher(&mut self, posted: &RunVoucher) {
        let item = &posted.item;
        let language = self.report.language;
        let top = self.next_row();
        let sum = item.amount.as_ref();
        let cells = [
            item.record_id.clone().unwrap_or_default(),
            item.reference.clone().unwrap_or_default(),
            item.voucher_id.clone().unwrap_or_default(),
            item.voucher_number.clone().unwrap_or_default(),
            item.date.map(|date| day(date, language)).unwrap_or_default(),
            sum.map(|sum| format!("{} {}", sum.currency, amount(&sum.amount, language))).unwrap_or_default(),
        ];
        for (column, text) in VOUCHERS.columns.iter().zip(cells) {
            self.cell(column, Style::plain(8.0), top + 8.6, &text);
        }
        let Some(voucher) = &posted.voucher else { return };
        let mut text = voucher.text.as_str();
        for line in &voucher.lines {
            self.voucher_line(voucher, line, std::mem::take(&mut text));
        }
    }

    /// Writes a line of a voucher; the text of the voucher stands beside its first one.
    fn voucher_line(&mut self, voucher: &VoucherDraft, line: &VoucherLine, text: &str) {
        let language = self.report.language;
        let top = self.next_row();
        let (side, size) = match (&line.debit, &line.credit) {
            (Some(debit), _) => (words::DEBIT, debit.as_str()),
            (None, credit) => (words::CREDIT, credit.as_deref().unwrap_or_default()),
        };
        let own = voucher.own_currency.iter().zip(&line.own_amount);
        let about: Vec<String> = (!text.is_empty())
            .then(|| text.to_owned())
            .into_iter()
            .chain(own.map(|(currency, own)| format!("{currency} {}", amount(own, language))))
            .chain(line.vat_code.iter().map(|code| format!("{} {code}", self.word(words::VAT_CODE))))
            .chain(line.dimensions.iter().map(|(name, value)| format!("{name} {value}")))
            .chain(line.party.clone())
            .collect();
        let cells =
            [line.account.clone(), format!("{} {}", self.word(side), amount(size, language)), about.join(" · ")];
        for (column, text) in LINE_COLUMNS.iter().zip(cells) {
            self.cell(column, Style::plain(7.5).in_ink(Ink::Grey), top + 8.2, &text);
        }
    }

    fn cell(&mut self, column: &Column, style: Style, y: f32, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = self.face(style).fit(text, style.size, column.room());
        if column.is_right {
            self.text_until(style, column.right(), y, &text);
        } else {
            self.text(style, column.left(), y, text);
        }
    }
}
