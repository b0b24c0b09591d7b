//! Draws the first page: what was compared, the result, and the place at which it can be checked.

use postonce_engine::domain::Actor;
use postonce_words::Message;

use super::document::{Document, Style};
use super::sheet::{Ink, LEFT, RIGHT};
use crate::figures::{amount, count, difference, instant, period, span};
use crate::words;
use crate::{Report, verdict};

/// The place at which the values of the facts begin.
const VALUES: f32 = LEFT + 128.0;
/// The distance between two facts.
const FACT_HEIGHT: f32 = 14.5;
/// The number of accounts for which the first page has room.
const ACCOUNTS_MAX: usize = 14;

impl Document<'_> {
    pub(super) fn front(&mut self) {
        self.head();
        self.verdict();
        self.facts();
        self.figures();
        self.accounts();
        self.origin();
    }

    fn head(&mut self) {
        let Report { organisation_name, made_at, time_zone, language, .. } = self.report;
        let made = format!("{} {}", self.word(words::MADE), instant(*made_at, *time_zone, *language));
        let grey = Style::plain(8.5).in_ink(Ink::Grey);
        self.text(Style::bold(8.5).in_ink(Ink::Grey), LEFT, self.flow.y + 4.0, "Postonce");
        self.text_until(grey, RIGHT, self.flow.y + 4.0, &made);
        self.text(Style::bold(21.0), LEFT, self.flow.y + 40.0, self.word(self.title()));
        let name = self.face(Style::plain(12.5)).fit(organisation_name, 12.5, RIGHT - LEFT);
        self.text(Style::plain(12.5), LEFT, self.flow.y + 60.0, name);
        self.flow.y += 80.0;
    }

    /// Draws the verdict with a bar beside it; the sentence says what the colour says.
    fn verdict(&mut self) {
        let Report { comparison, language, .. } = self.report;
        let ink = if comparison.is_equal() { Ink::Good } else { Ink::Attention };
        let style = Style::bold(11.0);
        let lines = self.face(style).wrap(&verdict(comparison, *language), style.size, RIGHT - LEFT - 36.0);
        let mut height = 18.0;
        for _ in &lines {
            height += 15.0;
        }
        self.bar(LEFT, self.flow.y, RIGHT - LEFT, height, Ink::Band);
        self.bar(LEFT, self.flow.y, 4.0, height, ink);
        let mut y = self.flow.y + 20.5;
        for line in lines {
            self.text(style, LEFT + 18.0, y, line);
            y += 15.0;
        }
        self.flow.y += height + 20.0;
    }

    fn facts(&mut self) {
        let Report { comparison, run, papers, organisation_name, time_zone, language, .. } = self.report;
        let (zone, language) = (*time_zone, *language);
        let who = |actor: &Actor| format!("{} ({})", actor.user, actor.host);
        let mut facts: Vec<(Message, String)> = vec![
            (words::ORGANISATION, format!("{organisation_name} ({})", comparison.organisation)),
            (words::ACCOUNTING, comparison.address.clone()),
        ];
        if let Some(user) = &comparison.accounting_user {
            facts.push((words::SIGNED_IN, user.clone()));
        }
        facts.push((words::PERIOD, period(comparison.period, language)));
        if let Some(run) = run {
            facts.push((words::RUN, run.run_id.to_string()));
            facts.push((words::STARTED_BY, who(&run.actor)));
            facts.push((words::RAN, span(run.started_at, run.finished_at, zone, language)));
            if let Some(outcome) = run.outcome {
                facts.push((words::OUTCOME, self.word(words::outcome(outcome)).to_owned()));
            }
            if let Some(fence) = run.fence {
                facts.push((words::FENCE, fence.to_string()));
            }
        }
        if let Some(protection) = papers.protection {
            facts.push((words::PROTECTION, self.word(words::protection(protection)).to_owned()));
        }
        if papers.receipts_attached + papers.receipts_missing > 0 {
            let counts = words::receipts(language, papers.receipts_attached, papers.receipts_missing);
            facts.push((words::RECEIPTS, counts));
        }
        facts.push((words::COMPARED, span(comparison.started_at, comparison.finished_at, zone, language)));
        if run.is_none() {
            facts.push((words::BY, who(&comparison.actor)));
        }
        self.list(facts);
    }

    fn list(&mut self, facts: Vec<(Message, String)>) {
        for (name, value) in facts {
            self.text(Style::plain(8.5).in_ink(Ink::Grey), LEFT, self.flow.y + 9.0, self.word(name));
            for line in self.face(Style::plain(9.5)).wrap(&value, 9.5, RIGHT - VALUES) {
                self.text(Style::plain(9.5), VALUES, self.flow.y + 9.0, line);
                self.flow.y += FACT_HEIGHT;
            }
        }
        self.flow.y += 12.0;
    }

    /// Draws the figures of both sides, side by side.
    fn figures(&mut self) {
        let Report { comparison, language, .. } = self.report;
        let (columns, top) = ([RIGHT - 250.0, RIGHT - 115.0, RIGHT], self.flow.y);
        self.text(Style::bold(12.0), LEFT, top + 10.0, self.word(words::FIGURES));
        let titles = [words::LEDGER, words::ACCOUNTING, words::DIFFERENCE];
        for (x, title) in columns.into_iter().zip(titles) {
            self.text_until(Style::bold(7.5).in_ink(Ink::Grey), x, top + 10.0, self.word(title));
        }
        self.rule(top + 16.0);
        self.flow.y = top + 18.0;
        let (ours, theirs) = (comparison.ledger_vouchers.to_string(), comparison.accounting_vouchers.to_string());
        let mut rows = vec![(self.word(words::VOUCHERS).to_owned(), ours, theirs)];
        for sum in &comparison.sums {
            let name = format!("{} {}", self.word(words::SUM), sum.currency);
            rows.push((name, sum.ledger.clone(), sum.accounting.clone()));
        }
        for (name, ours, theirs) in rows {
            let y = self.flow.y + 12.0;
            self.text(Style::plain(9.5), LEFT, y, name);
            let cells = [&ours, &theirs, &difference(&ours, &theirs)].map(|cell| amount(cell, *language));
            for (x, cell) in columns.into_iter().zip(cells) {
                self.text_until(Style::bold(9.5), x, y, &cell);
            }
            self.flow.y += 17.0;
            self.rule(self.flow.y);
        }
        for (name, number) in [
            (words::MATCHED, comparison.matched),
            (words::REVERSED, comparison.reversed),
            (words::WAITING, comparison.waiting),
            (words::DIFFERENCES, comparison.differences),
        ] {
            let y = self.flow.y + 12.5;
            self.text(Style::plain(9.0).in_ink(Ink::Grey), LEFT, y, self.word(name));
            self.text_until(Style::plain(9.0), columns[0], y, &count(number, *language));
            self.flow.y += FACT_HEIGHT;
        }
        self.flow.y += 20.0;
    }

    /// Draws debit and credit of each account, for the report of a month.
    fn accounts(&mut self) {
        let Report { accounts, language, .. } = self.report;
        if accounts.is_empty() {
            return;
        }
        let (columns, top) = ([RIGHT - 115.0, RIGHT], self.flow.y);
        self.text(Style::bold(12.0), LEFT, top + 10.0, self.word(words::ACCOUNTS));
        for (x, title) in columns.into_iter().zip([words::DEBIT, words::CREDIT]) {
            self.text_until(Style::bold(7.5).in_ink(Ink::Grey), x, top + 10.0, self.word(title));
        }
        self.rule(top + 16.0);
        self.flow.y = top + 18.0;
        for sum in accounts.iter().take(ACCOUNTS_MAX) {
            let y = self.flow.y + 10.5;
            self.text(Style::plain(9.0), LEFT, y, format!("{} {}", sum.account, sum.currency));
            for (x, side) in columns.into_iter().zip([&sum.debit, &sum.credit]) {
                self.text_until(Style::plain(9.0), x, y, &amount(side, *language));
            }
            self.flow.y += FACT_HEIGHT;
        }
        let more = accounts.len().saturating_sub(ACCOUNTS_MAX);
        if more > 0 {
            let text = words::more_accounts(*language, more);
            self.text(Style::plain(9.0).in_ink(Ink::Grey), LEFT, self.flow.y + 10.5, text);
            self.flow.y += FACT_HEIGHT;
        }
        self.flow.y += 16.0;
    }

    fn origin(&mut self) {
        let Report { papers, program, language, .. } = self.report;
        self.text(Style::bold(12.0), LEFT, self.flow.y + 10.0, self.word(words::ORIGIN));
        self.rule(self.flow.y + 16.0);
        self.flow.y += 22.0;
        let trail = match &papers.audit_head {
            Some(head) => {
                format!("{} {} {head}", count(papers.audit_entries, *language), self.word(words::ENTRIES))
            }
            None => self.word(words::NO_ENTRIES).to_owned(),
        };
        let program = match &papers.program {
            Some(ran) if ran != program => format!("Postonce {program} ({ran})"),
            _ => format!("Postonce {program}"),
        };
        let mut origin = vec![(words::LEDGER_ID, papers.ledger_id.clone()), (words::AUDIT, trail)];
        if let Some(proof) = papers.proofs.first() {
            let rows = count(proof.rows, *language);
            let (entry, over) = (self.word(words::ROOT_ENTRY), self.word(words::ROOT_ROWS));
            origin.push((words::ROOT, format!("{entry} {}, {rows} {over} {}", proof.entry, proof.root)));
        }
        origin.push((words::PROGRAM, program));
        self.list(origin);
    }
}
