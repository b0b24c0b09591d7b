//! Compares a voucher or draft with what was sent, part by part, as far as a look-up shows it. Pure.
//!
//! Invariants:
//! - a part that both sides show, and that differs, makes another content;
//! - a part that the accounting system does not show is counted as unseen, and never as equal.

use chrono::NaiveDate;

use super::posting::SentLine;
use super::{Currency, Money, OtherDay, OwnTotal, SentContent, ShownContent, ShownLine, VoucherPart};

/// The shortest text that may stand for a longer one: an accounting system may cut what is long.
const CUT_CHARS_MIN: usize = 30;
/// The sign between a text and the dimensions that an accounting system puts behind it.
const BEHIND_TEXT: &str = " · ";

/// The content that should stand under a reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
    /// The rest of it; `None` for a claim of an earlier version, which kept no more.
    pub(crate) content: Option<&'a SentContent>,
}

/// A voucher or draft, as a look-up shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) date: NaiveDate,
    pub(crate) currency: &'a str,
    pub(crate) total: &'a str,
    pub(crate) content: &'a ShownContent,
}

/// The result of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Likeness {
    /// The parts that differ.
    pub(crate) differs: Vec<VoucherPart>,
    /// The parts that could not be compared.
    pub(crate) unseen: Vec<VoucherPart>,
}

impl Likeness {
    /// Says whether nothing differs that could be compared.
    pub(crate) fn is_same(&self) -> bool {
        self.differs.is_empty()
    }

    fn note(&mut self, part: VoucherPart, is_equal: Option<bool>) {
        match is_equal {
            Some(true) => {}
            Some(false) => self.differs.push(part),
            None => self.unseen.push(part),
        }
    }
}

impl Sent<'_> {
    /// Compares what was sent with what is shown.
    pub(crate) fn likeness(&self, shown: Shown<'_>) -> Likeness {
        let mut likeness = Likeness::default();
        let currency = self.amount.currency();
        // A voucher on another day, whose text begins with this one, was booked on it since the period was closed.
        let there = shown.content.text.as_deref().map(plain);
        let own_day = OtherDay::before_text(self.date);
        let is_on_other_day =
            shown.date > self.date && there.as_ref().is_some_and(|text| text.starts_with(own_day.trim_end()));
        let is_same_day = shown.date == self.date || is_on_other_day;
        // A voucher of the day of its sending has another day where somebody else sent it.
        let is_any_day = self.content.is_some_and(|content| content.is_day_of_sending);
        likeness.note(VoucherPart::Date, (is_same_day || !is_any_day).then_some(is_same_day));
        likeness.note(VoucherPart::Currency, Some(shown.currency == currency.code()));
        let total = Money::from_decimal(shown.total, currency);
        let debit = self.content.and_then(SentContent::debit).unwrap_or(self.amount.minor().unsigned_abs());
        let is_same_size = total.is_ok_and(|total| total.minor().unsigned_abs() == debit);
        likeness.note(VoucherPart::Amount, Some(is_same_size));
        if let Some(sent) = self.content.and_then(SentContent::own_total) {
            let is_same = |own: &OwnTotal| {
                let there = Money::from_decimal(&own.total, sent.currency());
                own.currency == sent.currency().code() && there.is_ok_and(|there| there.minor().abs() == sent.minor())
            };
            likeness.note(VoucherPart::OwnAmount, shown.content.own.as_ref().map(is_same));
        }
        let lines = shown.content.lines.as_deref().filter(|lines| !lines.is_empty());
        let lines = lines.map(|lines| Lines::of(lines, currency));
        let lines = lines.as_ref();
        likeness.note(VoucherPart::Sign, lines.and_then(|lines| self.is_same_sign(lines)));
        likeness.note(VoucherPart::Account, lines.and_then(|lines| self.has_same_accounts(lines)));
        likeness.note(VoucherPart::Payee, lines.and_then(|lines| self.has_same_payee(lines)));
        if self.content.is_some_and(SentContent::has_computed_vat) {
            likeness.note(VoucherPart::Vat, lines.and_then(|lines| self.has_same_vat(lines)));
        }
        if self.content.is_some_and(SentContent::has_dimensions) {
            likeness.note(VoucherPart::Dimensions, lines.and_then(|lines| self.has_same_dimensions(lines)));
        }
        let texts = self.content.zip(there);
        likeness.note(
            VoucherPart::Text,
            texts.and_then(|(sent, there)| {
                let sent = plain(&sent.text);
                is_same_text(&if is_on_other_day { plain(&format!("{own_day}{sent}")) } else { sent }, &there)
            }),
        );
        likeness
    }

    /// Says on which side the debt to the payee stands: on the payable account, or on the line with a party, or against
    /// the expense account.
    fn is_same_sign(&self, lines: &Lines<'_>) -> Option<bool> {
        let sent = self.content?;
        let on = |account: &str| lines.net(|line| line.account.as_deref() == Some(account));
        let is_one_account = sent.payable_account == sent.expense_account;
        let payable = (!is_one_account).then(|| on(&sent.payable_account)).flatten();
        let payable = payable.or_else(|| lines.net(|line| line.party.is_some()).filter(|net| *net != 0));
        let expense = if is_one_account { None } else { on(&sent.expense_account) };
        let debt = payable.or(expense.map(|net| -net))?;
        Some(debt.signum() == -i128::from(self.amount.minor().signum()))
    }

    /// Says whether the lines stand on the accounts that were sent, each account with its sum. Where the accounting
    /// system computes VAT, it makes lines of its own: those are left out if it tells them apart; otherwise the accounts
    /// that were sent must be among those of all lines.
    fn has_same_accounts(&self, lines: &Lines<'_>) -> Option<bool> {
        let sent = self.content?;
        if sent.has_computed_vat() && lines.all.iter().all(|line| line.vat_codes.is_some()) {
            let sent_lines: Vec<&ShownLine> = lines.all.iter().filter(|line| !line.is_vat).collect();
            let mut there: Vec<&str> = sent_lines.iter().map(|line| line.account.as_deref()).collect::<Option<_>>()?;
            there.sort_unstable();
            there.dedup();
            return Some(there == sent.accounts() && there.iter().all(|account| self.is_same_base(lines, account)));
        }
        let mut there: Vec<&str> = lines.all.iter().map(|line| line.account.as_deref()).collect::<Option<_>>()?;
        there.sort_unstable();
        there.dedup();
        let here = sent.accounts();
        if sent.has_computed_vat() {
            return Some(here.iter().all(|account| there.contains(account)));
        }
        let on = |account: &str| lines.net(|line| line.account.as_deref() == Some(account));
        let sum_of = |account: &str| {
            let of = sent.lines.iter().filter(|line| line.account == account);
            of.map(|line| i128::from(line.minor)).sum::<i128>()
        };
        let are_same_sums = sent.lines.is_empty() || here.iter().all(|account| on(account) == Some(sum_of(account)));
        Some(there == here && are_same_sums)
    }

    /// Says whether an account has what was sent to it, less the VAT that was taken out: of each code the same share as
    /// of all lines with that code. Each line may be rounded.
    fn is_same_base(&self, lines: &Lines<'_>, account: &str) -> bool {
        let Some(sent) = self.content else { return false };
        let on = |line: &ShownLine| !line.is_vat && line.account.as_deref() == Some(account);
        let sum = |is_one: &dyn Fn(&SentLine) -> bool| -> i128 {
            sent.lines.iter().filter(|line| is_one(line)).map(|line| i128::from(line.minor)).sum()
        };
        let plain = sum(&|line| line.account == account && line.vat_code.is_none());
        let is_plain = |line: &ShownLine| on(line) && line.vat_codes.as_ref().is_none_or(Vec::is_empty);
        if lines.net(is_plain).unwrap_or(0) != plain {
            return false;
        }
        sent.vat_codes().all(|code| {
            let is_of_code = |line: &ShownLine| !line.is_vat && has_code(line, code);
            let gross_here = sum(&|line| line.account == account && line.vat_code.as_deref() == Some(code));
            let gross = sum(&|line| line.vat_code.as_deref() == Some(code));
            let base_here = lines.net(|line| on(line) && is_of_code(line)).unwrap_or(0);
            let base = lines.net(is_of_code).unwrap_or(0);
            let roundings = i128::try_from(sent.lines.len()).unwrap_or(i128::MAX);
            let size = gross.abs().max(gross_here.abs());
            (base_here * gross - gross_here * base).abs() <= size.saturating_mul(roundings)
        })
    }

    /// Says whether the lines of each VAT code, with the VAT that was taken out of them, have the sum that was sent with
    /// it, and no line has another code.
    fn has_same_vat(&self, lines: &Lines<'_>) -> Option<bool> {
        let sent = self.content?;
        if lines.all.iter().any(|line| line.vat_codes.is_none()) {
            return None;
        }
        let is_known = |line: &ShownLine| {
            let codes = line.vat_codes.as_deref().unwrap_or_default();
            codes.is_empty() || sent.vat_codes().any(|code| has_code(line, code))
        };
        let has_sum = |code: &str| {
            let of = sent.lines.iter().filter(|line| line.vat_code.as_deref() == Some(code));
            let gross: i128 = of.map(|line| i128::from(line.minor)).sum();
            lines.net(|line| has_code(line, code)) == Some(gross)
        };
        Some(lines.all.iter().all(is_known) && sent.vat_codes().all(has_sum))
    }

    /// Says whether each account has its dimensions. The accounting system may have rules that add others.
    fn has_same_dimensions(&self, lines: &Lines<'_>) -> Option<bool> {
        let sent = self.content?;
        let has = |line: &ShownLine, lower_name: &str, value: &str| {
            let values = line.dimensions.as_ref().and_then(|dimensions| dimensions.get(lower_name));
            values.is_some_and(|values| values.iter().any(|other| other == value))
        };
        let is_there = |account: &str, name: &str, value: &str| {
            let lower_name = name.to_lowercase();
            let there = lines
                .net(|line| !line.is_vat && line.account.as_deref() == Some(account) && has(line, &lower_name, value));
            let of = sent.lines.iter().filter(|line| line.account == account);
            let of = of.filter(|line| line.dimensions.get(name).is_some_and(|other| other == value));
            // VAT is taken out of what was sent: the rest is compared with the account.
            if of.clone().any(|line| line.vat_code.is_some()) {
                return there.is_some();
            }
            there == Some(of.map(|line| i128::from(line.minor)).sum())
        };
        if lines.all.iter().any(|line| line.dimensions.is_none()) {
            return None;
        }
        let mut all =
            sent.lines.iter().flat_map(|line| line.dimensions.iter().map(|pair| (line.account.as_str(), pair)));
        Some(all.all(|(account, (name, value))| is_there(account, name, value)))
    }

    fn has_same_payee(&self, lines: &Lines<'_>) -> Option<bool> {
        let sent = self.content.filter(|sent| !sent.is_forgotten)?;
        let mut parties = lines.all.iter().filter_map(|line| line.party.as_deref()).peekable();
        parties.peek()?;
        Some(parties.all(|party| party == sent.payee))
    }
}

/// The lines that are shown, each amount read once.
struct Lines<'a> {
    all: &'a [ShownLine],
    /// The amounts in minor units; `None` for one that is no amount of the currency.
    minors: Vec<Option<i128>>,
}

impl<'a> Lines<'a> {
    fn of(all: &'a [ShownLine], currency: Currency) -> Self {
        let minor = |line: &ShownLine| Some(i128::from(Money::from_decimal(&line.amount, currency).ok()?.minor()));
        Self { all, minors: all.iter().map(minor).collect() }
    }

    /// Returns the sum of some lines; `None` without any, or with one that cannot be read.
    fn net(&self, is_one: impl Fn(&ShownLine) -> bool) -> Option<i128> {
        let mut sum = None;
        for (_, minor) in self.all.iter().zip(&self.minors).filter(|(line, _)| is_one(line)) {
            sum = Some(sum.unwrap_or(0) + (*minor)?);
        }
        sum
    }
}

fn has_code(line: &ShownLine, code: &str) -> bool {
    line.vat_codes.iter().flatten().any(|name| name == code)
}

/// Compares two plain texts. A text that was cut, and one with dimensions behind it, is the same text.
fn is_same_text(sent: &str, there: &str) -> Option<bool> {
    if sent.is_empty() {
        // Some systems want a text, and put something of their own in its place.
        return None;
    }
    let is_followed = there.strip_prefix(sent).is_some_and(|rest| rest.starts_with(BEHIND_TEXT));
    let is_cut = there.chars().count() >= CUT_CHARS_MIN && sent.starts_with(there);
    Some(sent == there || is_followed || is_cut)
}

/// Returns a text as it is read: what is no character of a text counts as a space.
fn plain(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::Currency;

    const ALL_UNSEEN: [VoucherPart; 4] =
        [VoucherPart::Sign, VoucherPart::Account, VoucherPart::Payee, VoucherPart::Text];

    fn content() -> SentContent {
        SentContent {
            text: "Travel,\tpeer support Bodø and Narvik".into(),
            payee: "PM-0031".into(),
            expense_account: "7140".into(),
            payable_account: "2930".into(),
            is_day_of_sending: false,
            is_forgotten: false,
            lines: Vec::new(),
            own: None,
            rate: None,
        }
    }

    fn line(account: Option<&str>, amount: &str, party: Option<&str>) -> ShownLine {
        let (account, party) = (account.map(str::to_owned), party.map(str::to_owned));
        ShownLine { account, amount: amount.into(), party, ..ShownLine::default() }
    }

    fn likeness(minor: i64, text: Option<&str>, lines: Option<Vec<ShownLine>>) -> Likeness {
        let (day, nok) = ("2026-10-28".parse().expect("a date"), Currency::from_code("NOK").expect("a currency"));
        let (content, shown) = (content(), ShownContent { text: text.map(str::to_owned), lines, own: None });
        let sent = Sent { date: day, amount: Money::from_minor(minor, nok), content: Some(&content) };
        sent.likeness(Shown { date: day, currency: "NOK", total: "104.04", content: &shown })
    }

    fn lines(expense: &str, payable: &str) -> Option<Vec<ShownLine>> {
        Some(vec![line(Some("7140"), expense, None), line(Some("2930"), payable, Some("PM-0031"))])
    }

    #[test]
    fn part_that_is_not_shown_is_unseen_and_never_equal() {
        let seen = likeness(10_404, None, None);
        assert_eq!((seen.is_same(), seen.unseen), (true, ALL_UNSEEN.to_vec()));
        let amounts = Some(vec![line(None, "104.04", None), line(None, "-104.04", None)]);
        assert_eq!(likeness(10_404, Some("Travel, peer support Bodø and Narvik"), amounts).unseen, ALL_UNSEEN[..3]);
    }

    #[test]
    fn sum_of_the_other_sign_is_another_content() {
        assert_eq!(likeness(10_404, None, lines("104.04", "-104.04")).differs, []);
        assert_eq!(likeness(-10_404, None, lines("-104.04", "104.04")).differs, []);
        assert_eq!(likeness(10_404, None, lines("-104.04", "104.04")).differs, [VoucherPart::Sign]);
        assert_eq!(likeness(-10_404, None, lines("104.04", "-104.04")).differs, [VoucherPart::Sign]);
        // Another sum is no other sign.
        assert_eq!(likeness(10_405, None, lines("104.04", "-104.04")).differs, [VoucherPart::Amount]);
        // The payable account is another: the line with the party tells the sign.
        let moved = |payable: &str, expense: &str| {
            Some(vec![line(Some("7140"), expense, None), line(Some("2940"), payable, Some("PM-0031"))])
        };
        assert_eq!(likeness(10_404, None, moved("-104.04", "104.04")).differs, [VoucherPart::Account]);
        assert_eq!(
            likeness(10_404, None, moved("104.04", "-104.04")).differs,
            [VoucherPart::Sign, VoucherPart::Account]
        );
    }

    #[test]
    fn forgotten_words_are_unseen_and_lines_still_count() {
        let forgotten = SentContent { text: String::new(), payee: String::new(), is_forgotten: true, ..content() };
        let compared = |expense: &str| {
            let (day, nok) = ("2026-10-28".parse().expect("a date"), Currency::from_code("NOK").expect("a currency"));
            let shown = ShownContent { text: Some("Travel".to_owned()), lines: lines(expense, "-104.04"), own: None };
            let sent = Sent { date: day, amount: Money::from_minor(10_404, nok), content: Some(&forgotten) };
            sent.likeness(Shown { date: day, currency: "NOK", total: "104.04", content: &shown })
        };
        let same = compared("104.04");
        assert_eq!((same.differs, same.unseen), (vec![], vec![VoucherPart::Payee, VoucherPart::Text]));
        assert_eq!(likeness(10_404, Some("Travel"), lines("104.04", "-104.04")).differs, [VoucherPart::Text]);
    }

    /// The period of the day was closed: whoever booked it has put its own day before the text.
    #[test]
    fn voucher_on_a_later_day_is_the_same_with_its_own_day_before() {
        let sent = content();
        let differs = |day: &str, text: &str| {
            let nok = Currency::from_code("NOK").expect("a currency");
            let own = Sent {
                date: "2026-10-28".parse().expect("a date"),
                amount: Money::from_minor(10_404, nok),
                content: Some(&sent),
            };
            let content = ShownContent { text: Some(text.to_owned()), lines: None, own: None };
            let shown =
                Shown { date: day.parse().expect("a date"), currency: "NOK", total: "104.04", content: &content };
            own.likeness(shown).differs
        };
        let text = "Travel, peer support Bodø and Narvik";
        assert_eq!(differs("2026-12-01", &format!("(2026-10-28) {text}")), []);
        assert_eq!(differs("2026-12-01", "(2026-10-28) Travel, peer support"), [], "it was cut");
        assert_eq!(differs("2026-12-01", text), [VoucherPart::Date]);
        assert_eq!(differs("2026-12-01", &format!("(2026-10-27) {text}")), [VoucherPart::Date, VoucherPart::Text]);
        assert_eq!(differs("2026-12-01", "(2026-10-28) Something else altogether, and long"), [VoucherPart::Text]);
        assert_eq!(differs("2026-10-01", &format!("(2026-10-28) {text}")), [VoucherPart::Date, VoucherPart::Text]);
    }

    #[test]
    fn other_payee_or_account_is_another_content() {
        let to =
            |party: &str| Some(vec![line(Some("7140"), "104.04", None), line(Some("2930"), "-104.04", Some(party))]);
        assert_eq!(likeness(10_404, None, to("PM-0031")).differs, []);
        assert_eq!(likeness(10_404, None, to("PM-0032")).differs, [VoucherPart::Payee]);
        let on = Some(vec![line(Some("7790"), "104.04", None), line(Some("2930"), "-104.04", Some("PM-0031"))]);
        assert_eq!(likeness(10_404, None, on).differs, [VoucherPart::Account]);
    }

    #[test]
    fn text_is_the_same_if_it_is_read_the_same() {
        let differs = |text: &str| likeness(10_404, Some(text), None).differs;
        for same in [
            "Travel, peer support Bodø and Narvik",
            "Travel,  peer support\nBodø and Narvik ",
            "Travel, peer support Bodø and Narvik · Nord · P7",
            "Travel, peer support Bodø and N",
        ] {
            assert_eq!(differs(same), [], "{same}");
        }
        for other in
            ["Travel", "Travel, peer support Bodø and Narvik twice", "travel, peer support bodø and narvik", ""]
        {
            assert_eq!(differs(other), [VoucherPart::Text], "{other}");
        }
    }

    /// Returns the content of a claim with three expenses: 70.00, 44.04 and −10.00.
    fn claim() -> SentContent {
        let line = |account: &str, minor| SentLine {
            account: account.into(),
            minor,
            vat_code: None,
            own_minor: None,
            dimensions: BTreeMap::new(),
        };
        let lines = vec![line("7140", 7_000), line("7145", 4_404), line("7150", -1_000), line("2930", -10_404)];
        SentContent { lines, ..content() }
    }

    fn of_claim(content: &SentContent, total: &str, lines: &[(&str, &str)]) -> Likeness {
        let (day, nok) = ("2026-10-28".parse().expect("a date"), Currency::from_code("NOK").expect("a currency"));
        let lines = lines.iter().map(|(account, amount)| line(Some(account), amount, None)).collect();
        let shown = ShownContent { text: None, lines: Some(lines), own: None };
        let sent = Sent { date: day, amount: Money::from_minor(10_404, nok), content: Some(content) };
        sent.likeness(Shown { date: day, currency: "NOK", total, content: &shown })
    }

    #[test]
    fn claim_is_the_same_if_each_account_has_its_sum() {
        let there = [("7140", "70.00"), ("7145", "44.04"), ("7150", "-10.00"), ("2930", "-104.04")];
        assert_eq!(of_claim(&claim(), "114.04", &there).differs, []);
        // The sum of the debits is the voucher's, not the amount that is owed.
        assert_eq!(of_claim(&claim(), "104.04", &there).differs, [VoucherPart::Amount]);
        let moved = [("7140", "60.00"), ("7145", "54.04"), ("7150", "-10.00"), ("2930", "-104.04")];
        assert_eq!(of_claim(&claim(), "114.04", &moved).differs, [VoucherPart::Account]);
        let part = [("7140", "70.00"), ("7145", "44.04"), ("2930", "-114.04")];
        assert_eq!(of_claim(&claim(), "114.04", &part).differs, [VoucherPart::Account]);
        let divided =
            [("7140", "30.00"), ("7140", "40.00"), ("7145", "44.04"), ("7150", "-10.00"), ("2930", "-104.04")];
        assert_eq!(of_claim(&claim(), "114.04", &divided).differs, []);
    }

    #[test]
    fn computed_vat_adds_lines_that_were_not_sent() {
        let mut computed = claim();
        computed.lines[0].vat_code = Some("13".into());
        let there = [("7140", "56.00"), ("2710", "14.00"), ("7145", "44.04"), ("7150", "-10.00"), ("2930", "-104.04")];
        assert_eq!(of_claim(&computed, "114.04", &there).differs, []);
        assert_eq!(of_claim(&computed, "114.04", &there[..2]).differs, [VoucherPart::Account]);
        assert_eq!(of_claim(&claim(), "114.04", &there).differs, [VoucherPart::Account]);
    }

    fn coded(account: &str, amount: &str, codes: &[&str], is_vat: bool) -> ShownLine {
        let vat_codes = Some(codes.iter().map(|&code| code.to_owned()).collect());
        ShownLine { vat_codes, is_vat, ..line(Some(account), amount, None) }
    }

    #[test]
    fn computed_vat_that_is_shown_is_compared_code_by_code() {
        let mut content = claim();
        content.lines[0].vat_code = Some("H25".into());
        content.lines[1].vat_code = Some("H25".into());
        let high: &'static [&'static str] = &["H25", "25 %"];
        let there = |lines: &[(&str, &str, &[&str], bool)]| {
            let lines = lines.iter().map(|(account, amount, codes, is_vat)| coded(account, amount, codes, *is_vat));
            let shown = ShownContent { text: None, lines: Some(lines.collect()), own: None };
            let (day, nok) = ("2026-10-28".parse().expect("a date"), Currency::from_code("NOK").expect("a currency"));
            let sent = Sent { date: day, amount: Money::from_minor(10_404, nok), content: Some(&content) };
            sent.likeness(Shown { date: day, currency: "NOK", total: "114.04", content: &shown }).differs
        };
        let rest = [("7150", "-10.00", &[][..], false), ("2930", "-104.04", &[][..], false)];
        let with = |lines: &[(&'static str, &'static str, &'static [&'static str], bool)]| [lines, &rest].concat();
        let same = with(&[
            ("7140", "56.00", high, false),
            ("7145", "35.23", high, false),
            ("2710", "14.00", high, true),
            ("2710", "8.81", high, true),
        ]);
        assert_eq!(there(&same), []);
        let moved =
            with(&[("7140", "46.00", high, false), ("7145", "45.23", high, false), ("2710", "22.81", high, true)]);
        assert_eq!(there(&moved), [VoucherPart::Account]);
        let low: &'static [&'static str] = &["L12"];
        let other =
            with(&[("7140", "56.00", high, false), ("7145", "35.23", low, false), ("2710", "22.81", high, true)]);
        assert!(there(&other).contains(&VoucherPart::Vat));
        let without = with(&[("7140", "70.00", &[], false), ("7145", "44.04", &[], false)]);
        assert_eq!(there(&without), [VoucherPart::Account, VoucherPart::Vat]);
    }

    #[test]
    fn dimension_that_was_changed_is_another_content() {
        let mut content = claim();
        content.lines[0].dimensions = BTreeMap::from([("Grant".to_owned(), "G-1".to_owned())]);
        let compared = |values: Option<&[&str]>| {
            let names = |values: &[&str]| values.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            let shown = |account: &str, amount: &str, of: Option<Vec<String>>| ShownLine {
                dimensions: of.map(|names| BTreeMap::from([("grant".to_owned(), names)])),
                ..line(Some(account), amount, None)
            };
            let lines = |of: Option<Vec<String>>| {
                let none = of.as_ref().map(|_| Vec::new());
                vec![
                    shown("7140", "70.00", of),
                    shown("7145", "44.04", none.clone()),
                    shown("7150", "-10.00", none.clone()),
                    shown("2930", "-104.04", none),
                ]
            };
            let shown = ShownContent { text: None, lines: Some(lines(values.map(names))), own: None };
            let (day, nok) = ("2026-10-28".parse().expect("a date"), Currency::from_code("NOK").expect("a currency"));
            let sent = Sent { date: day, amount: Money::from_minor(10_404, nok), content: Some(&content) };
            let likeness = sent.likeness(Shown { date: day, currency: "NOK", total: "114.04", content: &shown });
            (likeness.differs, likeness.unseen.contains(&VoucherPart::Dimensions))
        };
        assert_eq!(compared(Some(&["G-1", "Grant one"])), (vec![], false));
        assert_eq!(compared(Some(&["G-2", "Grant two"])), (vec![VoucherPart::Dimensions], false));
        assert_eq!(compared(Some(&[])), (vec![VoucherPart::Dimensions], false));
        assert_eq!(compared(None), (vec![], true));
    }

    #[test]
    fn day_of_sending_is_unseen_and_any_other_day_differs() {
        let (sent_on, booked): (NaiveDate, NaiveDate) =
            ("2026-10-28".parse().expect("a date"), "2026-12-01".parse().expect("a date"));
        let nok = Currency::from_code("NOK").expect("a currency");
        let date = |content: &SentContent| {
            let shown = ShownContent { text: Some(content.text.clone()), lines: None, own: None };
            let sent = Sent { date: sent_on, amount: Money::from_minor(10_404, nok), content: Some(content) };
            let likeness = sent.likeness(Shown { date: booked, currency: "NOK", total: "104.04", content: &shown });
            (likeness.differs, likeness.unseen.contains(&VoucherPart::Date))
        };
        assert_eq!(date(&content()), (vec![VoucherPart::Date], false));
        assert_eq!(date(&SentContent { is_day_of_sending: true, ..content() }), (vec![], true));
    }
}
