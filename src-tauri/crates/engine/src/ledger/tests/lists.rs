//! Do lists find every match, in every page once, and nothing else?

use chrono::NaiveDate;
use rusqlite::named_params;

use super::*;
use crate::domain::{Currency, ItemResult, Money, Payee, Record, RecordId};
use crate::views::RecordState;

/// The number of records beside record A of [`rig`]: each is a day older than the one before, one of them Astrid
/// Øverland's.
const MORE: u32 = 7;

fn more(number: u32) -> Record {
    let mut record = crate::domain::record::tests::record("A");
    record.id = RecordId::new(format!("B-{number}")).expect("a valid id");
    record.date = NaiveDate::from_ymd_opt(2026, 10, 20 - number).expect("a day of October");
    record.amount = Money::from_minor(i64::from(number) * 10_000, Currency::from_code("NOK").expect("a code"));
    if number == 3 {
        record.payee = Payee { id: "PM-0099".into(), name: "Astrid Øverland".into() };
    }
    record
}

/// Makes record A, exported as voucher V-1 with number 1, and seven others that wait.
async fn desk_with_many() -> LedgerRig {
    let rig = rig().await;
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    settle(&rig, &request, acknowledged()).await.expect("it is settled");
    rig.ledger
        .write(|tx| {
            let reading = tx.begin_reading(NOW)?;
            let again = crate::domain::record::tests::record("A");
            for (line, record) in [again].into_iter().chain((1..=MORE).map(more)).enumerate() {
                let place = Place { file: "a.csv".into(), line: u64::try_from(line).unwrap_or(0) + 2 };
                tx.observe(reading, &Row::Record(Box::new(record), place), NOW)?;
            }
            tx.finish_reading(reading, NOW)
        })
        .await
        .expect("they are seen");
    rig
}

async fn ids(ledger: &Ledger, filter: RecordFilter) -> Vec<String> {
    let rows = ledger.records(&filter, None, 100).await.expect("the ledger is read");
    let found = ledger.records_found(&filter).await.expect("the ledger is read");
    assert_eq!(found.records, u64::try_from(rows.len()).expect("few"), "both count alike: {filter:?}");
    rows.into_iter().map(|row| row.record_id).collect()
}

fn words(text: &str) -> RecordFilter {
    RecordFilter { text: Some(text.into()), ..RecordFilter::default() }
}

#[tokio::test]
async fn pages_have_every_record_once_the_newest_day_first() {
    let rig = desk_with_many().await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = rig.ledger.records(&RecordFilter::default(), after.as_deref(), 3).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.record_id.clone());
        seen.extend(page.into_iter().map(|row| row.record_id));
    }
    assert_eq!(seen, ["A", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"]);
    let unknown = rig.ledger.records(&RecordFilter::default(), Some("nobody"), 3).await.expect("a page");
    assert_eq!(unknown, [], "behind a record that is none there is nothing");
}

#[tokio::test]
async fn words_vouchers_and_references_find_their_records() {
    let rig = desk_with_many().await;
    for (text, found) in [
        ("øverland", &["B-3"][..]),
        ("b-3", &["B-3"]),
        ("PM-0099", &["B-3"]),
        ("V-1", &["A"]),
        ("1", &["A", "B-1"]),
        ("hlf:A", &["A"]),
        ("bodØ", &["A", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"]),
        ("b%", &[]),
        ("   ", &["A", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"]),
    ] {
        assert_eq!(ids(&rig.ledger, words(text)).await, found, "{text}");
    }
    let payee = |payee: &str| RecordFilter { payee: Some(payee.into()), ..RecordFilter::default() };
    assert_eq!(ids(&rig.ledger, payee("ASTRID")).await, ["B-3"]);
    assert_eq!(ids(&rig.ledger, payee("PM-0099")).await, ["B-3"]);
    assert_eq!(ids(&rig.ledger, payee("Bodø")).await, Vec::<String>::new(), "a payee's name is no text");
}

#[tokio::test]
async fn states_days_and_amounts_leave_out_the_others() {
    let rig = desk_with_many().await;
    let state = |states: &[RecordState]| RecordFilter { states: states.to_vec(), ..RecordFilter::default() };
    assert_eq!(ids(&rig.ledger, state(&[RecordState::Posted])).await, ["A"]);
    assert_eq!(ids(&rig.ledger, state(&[RecordState::Eligible])).await.len(), 7);
    assert_eq!(ids(&rig.ledger, state(&[RecordState::Eligible, RecordState::Posted])).await.len(), 8);
    for none in [
        RecordState::Sending,
        RecordState::InDoubt,
        RecordState::Refused,
        RecordState::Held,
        RecordState::Changed,
        RecordState::Vanished,
        RecordState::Gone,
    ] {
        assert_eq!(ids(&rig.ledger, state(&[none])).await, Vec::<String>::new(), "{none:?}");
    }
    let day = |day| NaiveDate::from_ymd_opt(2026, 10, day);
    let days = RecordFilter { from: day(14), to: day(16), ..RecordFilter::default() };
    assert_eq!(ids(&rig.ledger, days).await, ["B-4", "B-5", "B-6"]);
    let (least, most) = (RecordFilter::amount("300"), RecordFilter::amount("412.00"));
    let amounts = RecordFilter { least, most, ..RecordFilter::default() };
    assert_eq!(ids(&rig.ledger, amounts.clone()).await, ["A", "B-3", "B-4"]);
    let found = rig.ledger.records_found(&amounts).await.expect("the ledger is read");
    assert_eq!(found.sums.first().map(|sum| sum.amount.as_str()), Some("1112.00"));
}

#[tokio::test]
async fn each_state_is_found_by_its_own_name() {
    let doubt = Settlement::Unknown(Problem::interrupted());
    for (settlement, state) in [(None, RecordState::Sending), (Some(doubt), RecordState::InDoubt)] {
        let rig = rig().await;
        let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
        if let Some(settlement) = settlement {
            settle(&rig, &request, settlement).await.expect("it is settled");
        }
        let asked = RecordFilter { states: vec![state], ..RecordFilter::default() };
        assert_eq!(ids(&rig.ledger, asked).await, ["A"], "{state:?}");
    }
    let rig = desk_with_many().await;
    rig.ledger
        .write(|tx| {
            let mut changed = crate::domain::record::tests::record("A");
            changed.text = "Travel, peer support Alta".into();
            let reading = tx.begin_reading(NOW)?;
            let place = Place { file: "a.csv".into(), line: 2 };
            tx.observe(reading, &Row::Record(Box::new(changed), place), NOW)?;
            tx.finish_reading(reading, NOW)
        })
        .await
        .expect("it is seen");
    let state = |state| RecordFilter { states: vec![state], ..RecordFilter::default() };
    assert_eq!(ids(&rig.ledger, state(RecordState::Changed)).await, ["A"]);
    assert_eq!(ids(&rig.ledger, state(RecordState::Gone)).await.len(), 7, "the others are not in the source any more");
    let story = rig.ledger.record("A").await.expect("the ledger is read").expect("it is known");
    assert_eq!(story.changed_at, [NOW]);
    assert_eq!(story.attempts[0].actor.user, "kari");
}

#[test]
fn amount_is_a_decimal_and_nothing_else() {
    assert_eq!(RecordFilter::amount("412"), Some(4_120_000));
    assert_eq!(RecordFilter::amount("-0.05"), Some(-500));
    assert_eq!(RecordFilter::amount("1.2345"), Some(12_345));
    for none in ["", "-", ".5", "1.23456", "1,5", "1e3", "99999999999999999999"] {
        assert_eq!(RecordFilter::amount(none), None, "{none}");
    }
}

#[tokio::test]
async fn runs_are_found_by_record_voucher_outcome_and_person() {
    let rig = desk_with_many().await;
    let found = |filter: RunFilter| {
        let ledger = rig.ledger.clone();
        async move { ledger.search_runs(&filter, 10, None).await.expect("the ledger is read").len() }
    };
    for (text, count) in [("A", 1), ("V-1", 1), ("1", 1), ("run-1", 1), ("B-1", 0), ("V-2", 0)] {
        assert_eq!(found(RunFilter { text: Some(text.into()), ..RunFilter::default() }).await, count, "{text}");
    }
    assert_eq!(found(RunFilter { actor: Some("KARI".into()), ..RunFilter::default() }).await, 1);
    assert_eq!(found(RunFilter { actor: Some("ola".into()), ..RunFilter::default() }).await, 0);
    assert_eq!(found(RunFilter { unfinished: true, ..RunFilter::default() }).await, 1);
    assert_eq!(found(RunFilter { outcome: Some(Outcome::Completed), ..RunFilter::default() }).await, 0);
    assert_eq!(found(RunFilter { trigger: Some(Trigger::Scheduled), ..RunFilter::default() }).await, 0);
    assert_eq!(found(RunFilter { from: Some(NOW), ..RunFilter::default() }).await, 1);
    assert_eq!(found(RunFilter { to: Some(NOW), ..RunFilter::default() }).await, 0);
}

#[tokio::test]
async fn rows_of_a_run_are_found_and_counted_from_any_place_on() {
    let rig = desk_with_many().await;
    let run = RunId::new("run-1");
    let filter = |results: &[ItemResult], text: Option<&str>| ItemFilter {
        results: results.to_vec(),
        text: text.map(str::to_owned),
    };
    for (asked, count) in [
        (ItemFilter::default(), 1),
        (filter(&[ItemResult::Posted, ItemResult::Held], None), 1),
        (filter(&[ItemResult::Held], None), 0),
        (filter(&[], Some("kari")), 1),
        (filter(&[], Some("V-1")), 1),
        (filter(&[ItemResult::Posted], Some("V-2")), 0),
    ] {
        let rows = rig.ledger.search_items(&run, &asked, 0, 10).await.expect("the ledger is read");
        assert_eq!(rows.len(), count, "{asked:?}");
        assert_eq!(rig.ledger.count_items(&run, &asked).await.ok(), u64::try_from(count).ok(), "{asked:?}");
        assert_eq!(rig.ledger.search_items(&run, &asked, 1, 10).await.ok(), Some(Vec::new()), "{asked:?}");
    }
}

#[tokio::test]
async fn month_has_what_was_exported_of_it() {
    let rig = desk_with_many().await;
    let figures = rig.ledger.exported_by_month(NaiveDate::MIN).await.expect("the ledger is read");
    let [month] = &figures[..] else { unreachable!("only A is exported: {figures:?}") };
    assert_eq!((month.month, month.records), (NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day"), 1));
    assert_eq!(month.sum.amount, "412.00");
    let later = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
    assert_eq!(rig.ledger.exported_by_month(later).await.ok(), Some(Vec::new()));
}

#[tokio::test]
async fn month_is_proved_by_a_comparison_after_its_vouchers() {
    let rig = desk_with_many().await;
    let october = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let months = rig.ledger.months().await.expect("the ledger is read");
    assert!(months.iter().any(|found| found.month == october && found.records > 0), "{months:?}");
    let books = rig.ledger.month_books(october).await.expect("the ledger is read");
    let last = NaiveDate::from_ymd_opt(2026, 10, 31);
    assert_eq!(books.days, Period { from: Some(october), to: last });
    assert_eq!(books.comparison, None);
    let whole =
        "INSERT INTO comparison (period_from, period_to, organisation, address, actor_user, actor_host, started_at,
                     finished_at) VALUES (:from, :to, 'hlf', 'a', 'kari', 'pc', :began, :ended)";
    let mut made = 0;
    for (from, to, began, is_proof) in [
        (None, None, "1960-01-01T00:00:00.000Z", false),
        (Some("2026-10-02"), Some("2026-10-31"), "2099-01-01T00:00:00.000Z", false),
        (Some("2026-10-01"), Some("2026-10-30"), "2099-01-01T00:00:00.000Z", false),
        (Some("2026-10-01"), Some("2026-10-31"), "2099-01-01T00:00:00.000Z", true),
        (None, None, "2099-01-02T00:00:00.000Z", true),
    ] {
        let ended = "2099-01-03T00:00:00.000Z";
        let asked = move |tx: &LedgerTx<'_>| {
            tx.execute(whole, named_params! { ":from": from, ":to": to, ":began": began, ":ended": ended })
        };
        rig.ledger.write(move |tx| asked(tx).map(drop)).await.expect("a row of our own");
        made += 1;
        let found = rig.ledger.month_books(october).await.expect("the ledger is read").comparison;
        assert_eq!(found.map(|found| found.comparison_id), is_proof.then_some(made), "{from:?} {to:?} {began}");
    }
}

#[tokio::test]
async fn month_counts_each_line_of_a_claim_under_its_project_or_grant() {
    let rig = rig().await;
    let request = claim(&rig, "key-1", 1).await.expect("nobody claimed it");
    settle(&rig, &request, acknowledged()).await.expect("it was open");
    let october = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let named = |rig: &LedgerRig, detail: serde_json::Value| {
        let (ledger, detail) = (rig.ledger.clone(), detail.to_string());
        async move {
            let keep = move |tx: &LedgerTx<'_>| {
                tx.execute("UPDATE record SET detail = :detail", named_params! { ":detail": detail })
            };
            ledger.write(move |tx| keep(tx).map(drop)).await.expect("a row of our own");
            let books = ledger.month_books(october).await.expect("the ledger is read");
            let shown = |sum: crate::views::ProjectSum| (sum.project.unwrap_or_default(), sum.records, sum.sum.amount);
            books.projects.into_iter().map(shown).collect::<Vec<_>>()
        }
    };
    let line =
        |minor: i64, dimensions: serde_json::Value| serde_json::json!({ "minor": minor, "dimensions": dimensions });
    let lines = serde_json::json!({ "lines": [
        line(30_000, serde_json::json!({ "project": "P7", "grant": "G-1" })),
        line(11_000, serde_json::json!({ "grant": "G-1" })),
        line(200, serde_json::json!({})),
    ] });
    let sum = |project: &str, amount: &str| (project.to_owned(), 1, amount.to_owned());
    assert_eq!(named(&rig, lines).await, [sum("G-1", "110.00"), sum("P7", "300.00"), sum("", "2.00")]);
    let whole = serde_json::json!({ "dimensions": { "grant": "G-2" } });
    assert_eq!(named(&rig, whole).await, [sum("G-2", "412.00")]);
}

#[tokio::test]
async fn comparisons_are_listed_newest_first_in_pages() {
    let rig = rig().await;
    let made = "INSERT INTO comparison (organisation, address, actor_user, actor_host, started_at, ledger_vouchers, run_number)
                VALUES (:organisation, 'a', 'kari', 'pc', '2026-11-01T09:00:00.000Z', 7, :run)";
    for (organisation, run) in [("one", None), ("two", Some(rig.run)), ("three", None)] {
        let asked =
            move |tx: &LedgerTx<'_>| tx.execute(made, named_params! { ":organisation": organisation, ":run": run });
        rig.ledger.write(move |tx| asked(tx).map(drop)).await.expect("a row of our own");
    }
    let listed = |limit, before| {
        let ledger = rig.ledger.clone();
        async move {
            let found = ledger.comparisons(limit, before).await.expect("the ledger is read");
            found.into_iter().map(|found| found.organisation).collect::<Vec<_>>()
        }
    };
    assert_eq!(listed(2, None).await, ["three", "two"]);
    assert_eq!(listed(2, Some(2)).await, ["one"]);
    let second = rig.ledger.comparison(2).await.expect("the ledger is read").expect("it was made");
    assert_eq!((second.organisation.as_str(), second.ledger_vouchers), ("two", 7));
    assert_eq!(second.run_id, Some(RunId::new("run-1")));
    assert_eq!(rig.ledger.certificate(&RunId::new("run-1")).await.expect("the ledger is read"), Some(second));
    assert_eq!(rig.ledger.comparison(9).await.expect("the ledger is read"), None);
}
