//! Tests how records become postings.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::expense::tests::line;
use crate::domain::record::tests::record;
use crate::domain::{Currency, OtherDay};

fn account(number: &str) -> Account {
    Account(number.into())
}

fn rules(default: Option<&str>) -> PostingRules {
    let categories = [("travel", "7140"), ("hotel", "7145"), ("food", "7150")];
    let categories = categories.map(|(category, number)| (category.to_owned(), account(number)));
    PostingRules::of_accounts(account("2930"), default.map(account), HashMap::from(categories))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn on() -> BookingDay {
    BookingDay { today: day("2026-11-29"), time_zone: chrono_tz::Europe::Oslo }
}

fn reference() -> Reference {
    Reference::from_stored("hlf:A")
}

fn apart(rate: u32, account_number: &str, deductible: u32) -> VatRule {
    let treatment = VatTreatment::Apart { rate, account: account(account_number), deductible };
    VatRule { code: Some("1".into()), treatment }
}

/// Returns the accounts and amounts of a posting.
fn drawn(posting: &Posting) -> Vec<(&str, i64)> {
    posting.lines.iter().map(|line| (line.account.0.as_str(), line.amount.minor())).collect()
}

#[test]
fn posting_balances_and_names_payee_and_dimensions() {
    let mut record = record("A");
    record.project = Some("P7".into());
    let posting = rules(None).posting(&record, reference(), on()).expect("the category is mapped");
    assert_eq!(drawn(&posting), [("7140", 41_200), ("2930", -41_200)]);
    assert_eq!(posting.lines[0].dimensions, BTreeMap::from([("project".to_owned(), "P7".to_owned())]));
    assert_eq!(posting.lines[1].party.as_deref(), Some("PM-0031"));
}

#[test]
fn category_without_account_holds_the_record_without_default() {
    let mut record = record("A");
    record.category = "courses".into();
    let missing = HoldReason::AccountMissing { category: "courses".into() };
    assert_eq!(rules(None).posting(&record, reference(), on()), Err(missing));
    assert!(rules(Some("7790")).posting(&record, reference(), on()).is_ok());
}

#[test]
fn amount_of_zero_is_held() {
    let mut record = record("A");
    record.amount = Money::from_minor(0, record.amount.currency());
    assert_eq!(rules(None).posting(&record, reference(), on()), Err(HoldReason::AmountZero));
}

#[test]
fn category_is_found_as_a_reader_sees_it() {
    let mut rules = rules(None);
    rules.categories.insert("Air travel".into(), account("7141"));
    rules.categories.insert("Kåseri".into(), account("7142"));
    let decided = |category: &str| {
        let record = Record { category: category.to_owned(), ..record("A") };
        rules.decider(&record, &record.expense_lines()[0]).map(|(_, chosen)| chosen.clone())
    };
    for (category, number) in [
        ("travel", "7140"),
        ("Travel", "7140"),
        ("travel ", "7140"),
        ("Air\u{a0}travel", "7141"),
        ("AIR  TRAVEL", "7141"),
        ("Ka\u{30a}seri", "7142"),
    ] {
        assert_eq!(decided(category), Ok(account(number)), "{category}");
    }
    for other in ["trave", "travels", "Kaseri", ""] {
        assert!(decided(other).is_err(), "{other}");
    }
}

#[test]
fn claim_of_lines_is_one_posting_against_one_debt() {
    let mut claim = record("A");
    claim.detail.lines = vec![line(30_000, "travel"), line(12_000, "hotel"), line(-800, "food"), line(0, "food")];
    let posting = rules(None).posting(&claim, reference(), on()).expect("every category is mapped");
    assert_eq!(drawn(&posting), [("7140", 30_000), ("7145", 12_000), ("7150", -800), ("2930", -41_200)]);
    assert_eq!(posting.lines[1].text.as_deref(), Some("hotel in Bodø"));
    assert_eq!(posting.sent_content().debit(), Some(42_000));
    assert_eq!(posting.sent_content().accounts(), ["2930", "7140", "7145", "7150"]);
}

#[test]
fn claim_is_held_whole_for_one_line_or_another_sum() {
    let mut claim = record("A");
    claim.detail.lines = vec![line(30_000, "travel"), line(11_200, "courses")];
    let missing = HoldReason::AccountMissing { category: "courses".into() };
    assert_eq!(rules(None).posting(&claim, reference(), on()), Err(missing));
    claim.detail.lines = vec![line(30_000, "travel"), line(11_201, "hotel")];
    let differs = HoldReason::ClaimSumDiffers { sum: "412.01".into(), total: "412.00".into() };
    assert_eq!(rules(None).posting(&claim, reference(), on()), Err(differs));
    claim.detail.lines = vec![line(100, "travel"); ExpenseDetail::LINES_MAX + 1];
    let long = HoldReason::ClaimTooLong { lines: "301".into(), max: "300".into() };
    assert_eq!(rules(None).posting(&claim, reference(), on()), Err(long));
}

#[test]
fn vat_stands_apart_as_the_rate_or_the_source_says() {
    let mut rules = rules(None);
    rules.vat =
        BTreeMap::from([("full".into(), apart(2500, "2710", 10_000)), ("half".into(), apart(1200, "2711", 5_000))]);
    rules.vat_of_categories = HashMap::from([("travel".into(), "half".into()), ("hotel".into(), "full".into())]);
    let mut claim = record("A");
    claim.detail.lines = vec![line(11_200, "travel"), line(12_500, "hotel"), line(17_500, "food")];
    let posting = rules.posting(&claim, reference(), on()).expect("it is whole");
    let expected =
        [("7140", 10_600), ("2711", 600), ("7145", 10_000), ("2710", 2_500), ("7150", 17_500), ("2930", -41_200)];
    assert_eq!(drawn(&posting), expected);
    claim.detail.lines[1].vat.minor = Some(2_499);
    let posting = rules.posting(&claim, reference(), on()).expect("it is whole");
    assert_eq!(drawn(&posting)[2..4], [("7145", 10_001), ("2710", 2_499)]);
    for wrong in [12_501, -2_499] {
        claim.detail.lines[1].vat.minor = Some(wrong);
        let held = rules.posting(&claim, reference(), on());
        assert!(matches!(held, Err(HoldReason::VatInvalid { .. })), "{wrong}: {held:?}");
    }
}

#[test]
fn vat_that_the_accounting_system_computes_goes_as_a_code() {
    let mut rules = rules(None);
    rules.vat.insert("low".into(), VatRule { code: Some("13".into()), treatment: VatTreatment::Computed });
    let mut claim = record("A");
    let vat = |code: &str| crate::domain::ExpenseVat { code: Some(code.into()), minor: None };
    claim.detail.lines = vec![line(30_000, "travel"), line(6_000, "hotel"), line(5_200, "food")];
    claim.detail.lines[0].vat = vat("low");
    claim.detail.lines[1].vat = vat("77");
    let posting = rules.posting(&claim, reference(), on()).expect("it is whole");
    let codes: Vec<_> = posting.lines.iter().map(|line| line.vat_code.as_deref()).collect();
    assert_eq!(codes, [Some("13"), Some("77"), None, None]);
    assert_eq!(posting.lines.len(), 4);
    assert!(posting.sent_content().has_computed_vat());
}

#[test]
fn rule_decides_before_the_category_and_the_first_wins() {
    let mut rules = rules(None);
    let rule =
        |conditions: Vec<Condition>, number: &str| AccountRule { conditions, account: account(number), vat: None };
    rules.rules = vec![
        rule(vec![Condition::Dimension("grant".into(), vec!["G1".into()]), Condition::Negative(false)], "7201"),
        rule(vec![Condition::Category(vec!["TRAVEL".into()]), Condition::Payee(vec!["PM-*".into()])], "7202"),
        rule(vec![Condition::Category(vec!["travel".into()])], "7203"),
        rule(vec![Condition::Negative(true)], "7204"),
    ];
    let mut claim = record("A");
    claim.detail.lines = vec![line(30_000, "travel"), line(12_000, "courses"), line(-800, "courses")];
    claim.detail.lines[1].dimensions.insert("grant".into(), "G1".into());
    let posting = rules.posting(&claim, reference(), on()).expect("each line has a rule");
    assert_eq!(drawn(&posting), [("7202", 30_000), ("7201", 12_000), ("7204", -800), ("2930", -41_200)]);
    claim.payee.id = "E-7".into();
    let posting = rules.posting(&claim, reference(), on()).expect("each line has a rule");
    assert_eq!(drawn(&posting)[0], ("7203", 30_000));
    claim.detail.lines[2].minor = 200;
    claim.amount = Money::from_minor(42_200, claim.amount.currency());
    let missing = HoldReason::AccountMissing { category: "courses".into() };
    assert_eq!(rules.posting(&claim, reference(), on()), Err(missing));
}

#[test]
fn dimension_is_translated_and_a_required_one_missing_holds() {
    let mut rules = rules(None);
    let values = HashMap::from([("Helse".to_owned(), "G-100".to_owned())]);
    rules.dimensions.insert("grant".into(), DimensionRule { is_required: true, is_in_text: false, values });
    let mut plain = record("A");
    let missing = HoldReason::DimensionMissing { dimension: "grant".into() };
    assert_eq!(rules.posting(&plain, reference(), on()), Err(missing.clone()));
    plain.detail.dimensions.insert("grant".into(), " ".into());
    assert_eq!(rules.posting(&plain, reference(), on()), Err(missing));
    for (written, there) in [("Helse", "G-100"), ("G-200", "G-200")] {
        plain.detail.dimensions.insert("grant".into(), written.into());
        let posting = rules.posting(&plain, reference(), on()).expect("it has a grant");
        assert_eq!(posting.lines[0].dimensions.get("grant").map(String::as_str), Some(there));
    }
    // The books have no such dimension: it is read behind the text, and stands nowhere else.
    rules.dimensions.entry("grant".into()).or_default().is_in_text = true;
    let posting = rules.posting(&plain, reference(), on()).expect("it has a grant");
    assert_eq!((posting.lines[0].text.as_deref(), posting.lines[0].dimensions.len()), (Some("grant G-200"), 0));
    assert_eq!(posting.lines[1].text, None);
    // So does one without a rule in books that have only those which the workspace names, as it did before there were any.
    rules.dimensions.clear();
    for (unnamed_in_text, text) in [(false, None), (true, Some("grant G-200"))] {
        rules.unnamed_in_text = unnamed_in_text;
        let posting = rules.posting(&plain, reference(), on()).expect("it has a grant");
        assert_eq!(posting.lines[0].text.as_deref(), text);
        assert_eq!(posting.lines[0].dimensions.is_empty(), unnamed_in_text);
    }
}

#[test]
fn payee_may_have_another_number_or_none_in_the_books() {
    let mut rules = rules(None);
    rules.payees.insert("PM-0031".into(), "20031".into());
    let party = |rules: &PostingRules| {
        let posting = rules.posting(&record("A"), reference(), on()).expect("it is mapped");
        (posting.lines[1].party.clone(), posting.lines[1].party_name.clone())
    };
    assert_eq!(party(&rules), (Some("20031".into()), Some("Kari Nordmann".into())));
    rules.party = PartyRule::None;
    assert_eq!(party(&rules), (None, None));
}

#[test]
fn day_in_the_books_is_the_one_of_the_rule() {
    let mut rules = rules(None);
    let mut late = record("A");
    // Half past eleven in the evening in Greenwich is the next day in Oslo.
    late.approved_at = Some("2026-11-02T23:30:00Z".parse::<DateTime<Utc>>().expect("an instant"));
    for (rule, expected) in [
        (PostingDate::Expense, "2026-10-28"),
        (PostingDate::Approval, "2026-11-03"),
        (PostingDate::PeriodEnd, "2026-10-31"),
        (PostingDate::Today, "2026-11-29"),
        (PostingDate::NextOpen, "2026-10-28"),
    ] {
        rules.date = rule;
        let posting = rules.posting(&late, reference(), on()).expect("it is mapped");
        assert_eq!((posting.date, posting.text.as_str()), (day(expected), late.text.as_str()), "{rule}");
    }
    rules.date = PostingDate::Approval;
    let missing = HoldReason::FieldMissing { field: "approved_at".into() };
    assert_eq!(rules.posting(&record("A"), reference(), on()), Err(missing));
    assert_eq!(last_of_month(day("2028-02-03")), day("2028-02-29"));
    assert_eq!(last_of_month(day("2026-12-31")), day("2026-12-31"));
}

#[test]
fn posting_goes_to_another_day_only_in_place_of_its_own() {
    let made = || rules(None).posting(&record("A"), reference(), on()).expect("it is mapped");
    let text = made().text;
    let mut posting = made();
    posting.book_on(OtherDay { instead_of: day("2026-10-28"), day: day("2026-12-01") });
    assert_eq!((posting.date, posting.text), (day("2026-12-01"), format!("(2026-10-28) {text}")));
    // The record has another day since: the choice was for that one.
    let mut changed = made();
    changed.book_on(OtherDay { instead_of: day("2026-10-27"), day: day("2026-12-01") });
    assert_eq!(changed, made());
}

proptest! {
    #[test]
    fn posting_balances_whatever_its_lines_and_vat(
        minors in prop::collection::vec(-1_000_000i64..1_000_000, 1..9),
        rate in 0u32..=10_000, deductible in 0u32..=10_000,
    ) {
        let mut rules = rules(None);
        rules.vat.insert("v".into(), apart(rate, "2710", deductible));
        rules.vat_of_categories.insert("travel".into(), "v".into());
        let mut claim = record("A");
        claim.detail.lines = minors.iter().map(|minor| line(*minor, "travel")).collect();
        let nok = Currency::from_code("NOK").expect("a code of ISO 4217");
        claim.amount = Money::from_minor(minors.iter().sum(), nok);
        match rules.posting(&claim, reference(), on()) {
            Ok(posting) => {
                prop_assert_eq!(posting.lines.iter().map(|line| line.amount.minor()).sum::<i64>(), 0);
                // No line is moved by VAT to the other side of the books.
                let gross: Vec<i64> = minors.iter().copied().filter(|minor| *minor != 0).collect();
                let vat: i64 = drawn(&posting).iter().filter(|(account, _)| *account == "2710").map(|(_, m)| m).sum();
                let most: i64 = gross.iter().map(|minor| minor.abs()).sum();
                prop_assert!(vat.abs() <= most);
            }
            Err(reason) => prop_assert_eq!(reason, HoldReason::AmountZero),
        }
    }

    #[test]
    fn vat_of_a_rate_is_exact_to_half_a_minor_unit(gross in -10_000_000i64..10_000_000, rate in 0u32..=10_000) {
        let expense = line(gross, "travel");
        let nok = Currency::from_code("NOK").expect("a code of ISO 4217");
        let vat = i128::from(deducted(&expense, rate, 10_000, nok).expect("a part of its amount"));
        let whole = WHOLE + i128::from(rate);
        let off = 2 * (vat * whole - i128::from(gross) * i128::from(rate));
        prop_assert!(off.abs() <= whole, "{gross} {rate}: {vat}");
    }
}

#[test]
fn foreign_record_has_both_amounts_on_every_line_or_is_held() {
    let code = |code: &str| Currency::from_code(code).expect("a code of ISO 4217");
    let mut rules = rules(None);
    rules.own_currency = Some(code("NOK"));
    rules.vat.insert(
        "low".into(),
        VatRule {
            code: None,
            treatment: VatTreatment::Apart { rate: 1_200, account: account("2711"), deductible: 10_000 },
        },
    );
    let mut foreign = record("A");
    foreign.amount = Money::from_minor(10_000, code("EUR"));
    let missing = HoldReason::RateMissing { currency: "EUR".into() };
    assert_eq!(rules.posting(&foreign, reference(), on()), Err(missing));
    foreign.detail.exchange.rate = crate::domain::Rate::from_decimal("11.5");
    foreign.detail.vat.code = Some("low".into());
    let posting = rules.posting(&foreign, reference(), on()).expect("it has a rate");
    let own: Vec<i64> = posting.lines.iter().filter_map(|line| line.own).map(Money::minor).collect();
    // 100.00 is 89.29 and 10.71: of 1150.00 the same shares.
    assert_eq!(drawn(&posting), [("7140", 8_929), ("2711", 1_071), ("2930", -10_000)]);
    assert_eq!(own, [102_683, 12_317, -115_000]);
    assert_eq!(posting.own_total().map(Money::minor), Some(115_000));
    assert_eq!(posting.sent_content().own_total().map(Money::minor), Some(115_000));
    // The accounting system has a rate of its own, if the workspace says so.
    (rules.without_rate, foreign.detail.exchange) = (WithoutRate::Books, crate::domain::Exchange::default());
    let posting = rules.posting(&foreign, reference(), on()).expect("the books have a rate");
    assert!(posting.lines.iter().all(|line| line.own.is_none()));
    // A record in the organisation's own currency has one amount, whatever the setting.
    rules.without_rate = WithoutRate::Hold;
    assert_eq!(rules.posting(&record("A"), reference(), on()).expect("it is plain").own_total(), None);
}

#[test]
fn rules_of_accounts_alone_are_kept_as_they_always_were() {
    let mut plain = rules(None);
    assert_eq!(plain.beyond_accounts(), None);
    // Neither is a person's rule: one is the organisation's, the other follows from its accounting system.
    plain.own_currency = Currency::from_code("NOK");
    plain.unnamed_in_text = true;
    assert_eq!(plain.beyond_accounts(), None);
    plain.date = PostingDate::Today;
    assert!(plain.beyond_accounts().is_some());
}
