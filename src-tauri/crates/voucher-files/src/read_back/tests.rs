use super::*;
use proptest::prelude::*;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn line(account: &str, amount: i64, text: &str) -> FoundLine {
    FoundLine {
        account: account.into(),
        amount: Decimal::new(amount, 2),
        text: Some(text.to_owned()),
        ..FoundLine::default()
    }
}

fn found(number: &str, lines: Vec<FoundLine>) -> FoundVoucher {
    FoundVoucher {
        series: None,
        number: number.into(),
        date: day(3, 9),
        texts: vec![],
        source_ids: vec![],
        lines,
        standing: Standing::Posted,
    }
}

fn pair(number: &str, text: &str) -> FoundVoucher {
    found(number, vec![line("7140", 10_000, text), line("2910", -10_000, text)])
}

fn head() -> FileHead {
    FileHead {
        selection: Some(Selection::Dates { from: day(1, 1), to: day(12, 31) }),
        made_on: Some(day(4, 2)),
        ..FileHead::default()
    }
}

fn end() -> FileEnd {
    FileEnd { vouchers: 0, lines: 0, is_shown: true, sums_agree: true, periods_are_months: true }
}

fn wanted(reference: &str) -> HandedOver {
    HandedOver { reference: reference.into(), date: day(3, 9), on: day(4, 1) }
}

fn verdicts(references: &[&str], vouchers: &[FoundVoucher]) -> Vec<Verdict> {
    let mut read_back = ReadBack::new(references.iter().map(|reference| wanted(reference)).collect(), []);
    vouchers.iter().for_each(|voucher| read_back.see(voucher));
    read_back.finish(&head(), &end()).into_iter().map(|(_, verdict)| verdict).collect()
}

fn absence_with(change: impl Fn(&mut FileHead, &mut FileEnd)) -> Absence {
    let (mut head, mut end) = (head(), end());
    change(&mut head, &mut end);
    let findings = ReadBack::new(vec![wanted("hlf:U-1")], []).finish(&head, &end);
    match findings[0].1 {
        Verdict::NotThere(absence) => absence,
        _ => panic!("it is nowhere"),
    }
}

#[test]
fn reference_is_found_once_with_its_voucher() {
    let vouchers = [pair("17", "hlf:U-1 Reise"), pair("18", "hlf:U-2 Reise")];
    let [Verdict::Once(sighting)] = &verdicts(&["hlf:U-1"], &vouchers)[..] else { panic!("once") };
    assert_eq!((sighting.number.as_str(), sighting.amount), ("17", Decimal::new(10_000, 2)));
    assert_eq!(sighting.accounts["2910"], Decimal::new(-10_000, 2));
    assert!(sighting.is_exact && sighting.stands_alone);
}

#[test]
fn reference_is_found_twice_with_both_numbers() {
    let vouchers = [pair("17", "hlf:U-1"), pair("18", "hlf:U-2"), pair("19", "HLF:U-1")];
    let found = verdicts(&["hlf:U-1"], &vouchers);
    let [Verdict::Several { sightings, count: 2 }] = &found[..] else { panic!("{found:?}") };
    let seen: Vec<_> = sightings.iter().map(|sighting| (sighting.number.as_str(), sighting.is_exact)).collect();
    assert_eq!(seen, [("17", true), ("19", false)]);
}

#[test]
fn vouchers_that_were_merged_keep_their_amounts() {
    let merged = found(
        "17",
        vec![
            line("7140", 100, "hlf:U-1"),
            line("2910", -100, "hlf:U-1"),
            line("7140", 50, "hlf:U-2"),
            line("2910", -50, "hlf:U-2"),
        ],
    );
    for (verdict, cents) in verdicts(&["hlf:U-1", "hlf:U-2"], &[merged]).iter().zip([100, 50]) {
        let Verdict::Once(sighting) = verdict else { panic!("{verdict:?}") };
        assert_eq!((sighting.amount, sighting.stands_alone), (Decimal::new(cents, 2), false));
    }
}

#[test]
fn reference_at_the_head_alone_has_all_lines() {
    let mut voucher = found("17", vec![line("7140", 100, ""), line("2910", -100, "")]);
    voucher.texts.push("hlf:U-1 Reise".into());
    let Verdict::Once(sighting) = &verdicts(&["hlf:U-1"], &[voucher])[0] else { panic!("once") };
    assert_eq!(sighting.accounts.len(), 2);
}

#[test]
fn absence_is_proven_only_by_a_whole_later_file_of_its_date() {
    assert_eq!(absence_with(|_, _| ()), Absence::Proven);
    assert_eq!(absence_with(|head, _| head.made_on = Some(day(4, 1))), Absence::MadeTooEarly);
    assert_eq!(absence_with(|head, _| head.made_on = None), Absence::DayUnknown);
    assert_eq!(absence_with(|head, _| head.selection = None), Absence::SelectionUnknown);
    let other = Selection::Dates { from: day(3, 10), to: day(12, 31) };
    assert_eq!(absence_with(|head, _| head.selection = Some(other)), Absence::DateNotSelected);
    let months = Selection::Periods { from: (2026, 1), to: (2026, 3) };
    assert_eq!(absence_with(|head, _| head.selection = Some(months)), Absence::Proven);
    let earlier = Selection::Periods { from: (2025, 1), to: (2026, 2) };
    assert_eq!(absence_with(|head, _| head.selection = Some(earlier)), Absence::DateNotSelected);
    let shifted = |head: &mut FileHead, end: &mut FileEnd| {
        head.selection = Some(months);
        end.periods_are_months = false;
    };
    assert_eq!(absence_with(shifted), Absence::PeriodsAreNoMonths);
    assert_eq!(absence_with(|head, _| head.narrowed_by.push("Avd. 4".into())), Absence::SelectionNarrowed);
    assert_eq!(absence_with(|_, end| end.sums_agree = false), Absence::SumsDiffer);
    assert_eq!(absence_with(|_, end| end.is_shown = false), Absence::EndNotShown);
}

#[test]
fn reference_that_was_cut_is_not_absent() {
    let found = verdicts(&["hlf:U-2026-0001", "hlf:A-7"], &[pair("17", "hlf:U-2026-00")]);
    assert_eq!(found, [Verdict::NotThere(Absence::MayBeCut), Verdict::NotThere(Absence::Proven)]);
}

#[test]
fn reference_of_another_record_is_none_of_ours() {
    let vouchers = [pair("17", "hlf:1,5 Buss")];
    let mut read_back = ReadBack::new(vec![wanted("hlf:1")], ["hlf:1,5".to_owned()]);
    read_back.see(&vouchers[0]);
    assert_eq!(read_back.finish(&head(), &end())[0].1, Verdict::NotThere(Absence::Proven));
}

#[test]
fn sightings_are_bounded_and_all_counted() {
    let vouchers: Vec<FoundVoucher> = (0..300).map(|number| pair(&number.to_string(), "hlf:U-1")).collect();
    let found = verdicts(&["hlf:U-1"], &vouchers);
    let [Verdict::Several { sightings, count: 300 }] = &found[..] else { panic!("several") };
    assert_eq!(sightings.len(), SIGHTINGS_MAX);
}

proptest! {
    #[test]
    fn verdict_counts_the_vouchers(counts in proptest::collection::vec(0_usize..4, 1..12), words in "[a-zæøå ]{0,12}") {
        let references: Vec<String> = (0..counts.len()).map(|index| format!("hlf:U-{index}")).collect();
        let mut vouchers = Vec::new();
        for (reference, count) in references.iter().zip(&counts) {
            for _ in 0..*count {
                vouchers.push(pair(&vouchers.len().to_string(), &format!("{words} {reference} {words}")));
            }
        }
        let names: Vec<&str> = references.iter().map(String::as_str).collect();
        for (verdict, expected) in verdicts(&names, &vouchers).iter().zip(&counts) {
            let count = match verdict {
                Verdict::NotThere(_) => 0,
                Verdict::Once(_) => 1,
                Verdict::Several { count, .. } => usize::try_from(*count).unwrap(),
            };
            prop_assert_eq!(count, *expected);
        }
    }
}
