//! Tests the export when nothing goes wrong, and when a record itself is wrong.

use postonce_tests::Fault;

use super::subject::ByHand;
use super::system_rig::{Row, SystemRig, rows};

pub(crate) fn posted_records_are_looked_up_and_never_posted_again(rig: &SystemRig) {
    let records = rows(35);
    rig.write(&records);
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), 35), "{first:?}");
    assert_eq!(rig.run(&["status"]).last()["protection"], rig.subject.protection());
    rig.assert_books(&records);
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted"), second.count("skipped")), (Some(0), 0, 35), "{second:?}");
    rig.forget_ledger();
    let third = rig.sync();
    assert_eq!((third.status, third.count("posted"), third.count("skipped")), (Some(0), 0, 35), "{third:?}");
    rig.assert_books(&records);
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
}

/// Sends one record in a closed period and one on an account that is not there, among many in one request.
pub(crate) fn a_refused_record_never_holds_the_others(rig: &SystemRig) {
    let good = rows(38);
    let mut all = good.clone();
    all.insert(13, Row { id: "CLOSED".to_owned(), date: "05.05.2019".to_owned(), ..good[0].clone() });
    all.insert(21, Row { id: "ACCOUNT".to_owned(), category: "Feil".to_owned(), ..good[1].clone() });
    rig.per_request(50);
    rig.write(&all);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(4), 38), "{sync:?}");
    assert_eq!(sync.count("refused") + sync.count("held"), 2, "{sync:?}");
    rig.assert_books(&good);
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let mut waiting: Vec<_> = items.iter().map(|item| item["record_id"].as_str().unwrap_or_default()).collect();
    waiting.sort_unstable();
    assert_eq!(waiting, ["ACCOUNT", "CLOSED"], "{attention:?}");
    // Looked at afresh, and refused afresh, without another voucher for anybody.
    let again = rig.sync();
    assert_eq!((again.status, again.count("posted")), (Some(4), 0), "{again:?}");
    rig.assert_books(&good);
}

/// Lets a person choose another day for a record whose period is closed: the record is booked on it once, and every ledger
/// knows the voucher again.
pub(crate) fn a_record_in_a_closed_period_is_booked_on_another_day(rig: &SystemRig) {
    let mut records = rows(4);
    records[1] = Row { id: "CLOSED".to_owned(), date: "05.05.2019".to_owned(), ..records[1].clone() };
    rig.write(&records);
    let refused = rig.sync();
    assert_eq!((refused.status, refused.count("posted"), refused.count("refused")), (Some(4), 3, 1), "{refused:?}");
    let attention = rig.run(&["attention"]);
    let next_open = attention.last()["items"][0]["reason_code"]["refused"]["next_open"].as_str().map(str::to_owned);
    let next_open = next_open.unwrap_or_else(|| panic!("{attention:?}"));
    let reason = ["--reason", "The year 2019 is closed"];
    let book_on = |day: &str, id: &str| rig.run(&[&["book-on", day, id], &reason[..]].concat());
    for (day, id, code) in [
        ("2019-05-05", "CLOSED", "other_day_unfit"),
        ("2018-12-31", "CLOSED", "other_day_unfit"),
        ("2206-12-01", "CLOSED", "other_day_unfit"),
        (&next_open, "R-00001", "no_other_day_needed"),
        (&next_open, "NONE", "no_other_day_needed"),
    ] {
        let said = book_on(day, id);
        assert_eq!((said.status, said.last()["error"]["code"].as_str()), (Some(1), Some(code)), "{said:?}");
    }
    // An id that stands there twice is one record.
    let chosen = rig.run(&[&["book-on", &next_open, "CLOSED", "CLOSED"], &reason[..]].concat());
    assert_eq!((chosen.status, &chosen.last()["records"]), (Some(0), &serde_json::json!(["CLOSED"])), "{chosen:?}");
    assert_eq!(rig.run(&["attention"]).last()["items"], serde_json::json!([]));
    let booked = rig.sync();
    assert_eq!((booked.status, booked.count("posted"), booked.count("skipped")), (Some(0), 1, 3), "{booked:?}");
    rig.assert_books(&records);
    assert_eq!(rig.subject.day("hlf:CLOSED"), next_open);
    is_known_again(rig, &records);
}

/// Books a record whose period is closed on the next open day, in the same run, where the workspace has that for a rule.
pub(crate) fn a_closed_period_is_passed_over_where_that_is_the_rule(rig: &SystemRig) {
    let mut records = rows(25);
    for (place, day) in [(3, "05.05.2019"), (4, "31.12.2019"), (17, "01.02.2019")] {
        records[place].date = day.to_owned();
    }
    rig.date_by("next_open");
    rig.write(&records);
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted"), first.count("refused")), (Some(0), 25, 0), "{first:?}");
    rig.assert_books(&records);
    let days: Vec<String> = [1, 4, 5, 18].iter().map(|number| rig.subject.day(&format!("hlf:R-{number:05}"))).collect();
    assert_eq!(days, ["2026-10-02", "2020-01-01", "2020-01-01", "2020-01-01"]);
    is_known_again(rig, &records);
}

/// Asserts that books and ledger agree, and that a ledger made anew finds every voucher and sends nothing.
fn is_known_again(rig: &SystemRig, records: &[Row]) {
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
    rig.forget_ledger();
    let again = rig.sync();
    let count = records.len() as u64;
    assert_eq!((again.status, again.count("posted"), again.count("skipped")), (Some(0), 0, count), "{again:?}");
    rig.assert_books(records);
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
}

pub(crate) fn a_payee_that_is_missing_is_made_where_the_workspace_allows(rig: &SystemRig) {
    // The books follow up by payee what is owed on that account.
    let file = rig.path().join("workspace.toml");
    let workspace = std::fs::read_to_string(&file).expect("it was written");
    std::fs::write(&file, workspace.replace("\"2930\"", "\"2400\"")).expect("a temporary folder is writable");
    let row = |id: &str, payee: &str| format!("{id};05.10.2026;100,00;{payee};Reise;Tog;NOK\n");
    let two = row("M-1", "PM-0777") + &row("M-2", "PM-0778");
    rig.write_csv(&two);
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), 2), "{first:?}");
    // The payee is there now, and is not made a second time.
    rig.write_csv(&(two + &row("M-3", "PM-0777")));
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted")), (Some(0), 1), "{second:?}");
    let payees = ["M-1", "M-2", "M-3"].map(|id| rig.subject.payee(&rig.reference(id)));
    assert_eq!(payees, ["PM-0777", "PM-0778", "PM-0777"]);
}

pub(crate) fn texts_of_all_kinds_arrive_and_stand_in_nobodys_way(rig: &SystemRig) {
    let texts = [
        "plain",
        "it's a \"quote\" and 'another'",
        "two\nlines, and a\ttab",
        "carriage\r\nreturn",
        "emoji 🚕 and ☕, æøå, é",
        "back\\slash %s {} $1 ; DROP TABLE account_move; --",
        "<b>&amp;</b>",
        "  spaces at both ends  ",
        "\u{200f}right to left\u{202e} and a zero\u{200b}width",
        &"long ".repeat(1_000),
        "",
    ];
    let mut records = rows(texts.len());
    for (row, text) in records.iter_mut().zip(texts) {
        row.text = text.to_owned();
    }
    rig.write(&records);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), texts.len() as u64), "{sync:?}");
    rig.assert_books(&records);
    assert_eq!(rig.sync().count("skipped"), texts.len() as u64);
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.status, Some(0), "{compared:?}");
}

pub(crate) fn records_beyond_a_page_are_found_again_on_both_sides(rig: &SystemRig) {
    let records = rows(1_100);
    rig.per_request(100);
    rig.write(&records);
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), 1_100), "{first:?}");
    rig.assert_books(&records);
    let compared = rig.run(&["compare"]);
    assert_eq!(
        (compared.status, compared.last()["counts"]["matched"].as_u64()),
        (Some(0), Some(1_100)),
        "{compared:?}"
    );
    rig.forget_ledger();
    let again = rig.sync();
    assert_eq!((again.status, again.count("posted"), again.count("skipped")), (Some(0), 0, 1_100), "{again:?}");
    rig.assert_books(&records);
}

/// No accounting system is ever asked to round: an amount that is not of whole øre is not sent.
pub(crate) fn an_amount_with_too_many_decimals_is_held_and_not_rounded(rig: &SystemRig) {
    let good = "A;05.10.2026;12,50;PM-0001;Reise;x;NOK\n";
    rig.write_csv(&format!("{good}B;05.10.2026;12,505;PM-0001;Reise;x;NOK\nC;05.10.2026;0,001;PM-0001;Reise;x;NOK\n"));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(4), 1), "{sync:?}");
    rig.assert_books(&[Row { minor: 1_250, ..rows(1)[0].clone() }]);
}

pub(crate) fn a_slow_server_is_waited_for(rig: &SystemRig) {
    let words = rig.subject.words();
    rig.proxy.nth(words.look_up, 0, 2, Fault::SlowAnswer(std::time::Duration::from_millis(700)));
    rig.proxy.nth(words.write, 0, 3, Fault::SlowAnswer(std::time::Duration::from_millis(700)));
    let records = rows(30);
    rig.write(&records);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 30), "{sync:?}");
    rig.assert_books(&records);
}

/// Exports a record again by a person's decision, first with its earlier voucher left standing, then with the newest reversed.
pub(crate) fn a_re_export_adds_a_voucher_and_a_reversal_takes_one_back(rig: &SystemRig) {
    let records = rows(5);
    rig.write(&records);
    assert_eq!(rig.sync().status, Some(0));
    let id = records[2].id.as_str();
    // Two stand, until a person takes one of them back.
    let again = |extra: &[&str]| {
        let word = ["re-export", id, "--reason", "The first one went to the wrong month", "--confirm", id];
        let done = rig.run(&[&word[..], extra].concat());
        assert_eq!((done.status, done.count("posted")), (Some(4), 1), "{done:?}");
        rig.subject.vouchers().into_iter().filter(|voucher| voucher.minor == records[2].minor).count()
    };
    assert_eq!(again(&[]), 2, "one more, and nothing was taken back");
    assert_eq!(again(&["--reverse"]), 2, "one more, and the one before it was reversed");
    assert_eq!(rig.subject.drafts(), []);
    let kind = rig.run(&["attention"]).last()["items"][0]["vanished"]["kind"].clone();
    assert_eq!(kind, "several");
    rig.subject.by_hand(ByHand::Reverse, &rig.reference(id));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("skipped")), (Some(0), 0, 5), "{sync:?}");
    let references: Vec<String> = rig.subject.vouchers().into_iter().map(|voucher| voucher.reference).collect();
    let counts: std::collections::BTreeSet<&String> = references.iter().collect();
    assert_eq!(counts.len(), 5, "each under a reference of its own: {references:?}");
}
