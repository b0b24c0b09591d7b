use std::fs;
use std::path::Path;

use postonce_engine::domain::HoldReason;
use postonce_engine::error::ErrorCode;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use postonce_engine::ports::Row;

use super::*;
use crate::source::table::Finding;
use crate::workspace::{Change, plain};

const ROWS: &str = "Id;Date;Amount;Payee;Category;Text\n\
    A;02.11.2026;1 249,50;P1;Reise;Taxi\n\
    B;03.11.2026;0,10;P2;Reise;Buss\n\
    C;31.11.2026;5;P2;Mat;Kaffe\n\
    D;01.11.2026;-5;P2;Mat;Kaffe\n";

/// Returns a trial of the template over these rows, with another accounting system.
fn trial(dir: &Path, rows: &str, url: &str) -> Trial {
    fs::write(dir.join("records.csv"), rows).expect("a file");
    let workspace = Workspace::imagined(dir, &plain()).expect("the template is valid");
    let workspace = workspace.with(&[Change::text(&["accounting", "url"], url)]).expect("it is valid");
    Trial::of(workspace, [("accounting-token".to_owned(), SecretString::from("t0ken"))].into())
}

#[tokio::test]
async fn survey_counts_and_sums_each_category_to_the_last_decimal() {
    let dir = tempfile::tempdir().expect("a folder");
    let survey = trial(dir.path(), ROWS, "http://127.0.0.1:1").survey().await.expect("it is read");
    let sum =
        |amount: &str| vec![postonce_engine::views::Sum { currency: "NOK".to_owned(), amount: amount.to_owned() }];
    assert_eq!((survey.records, survey.flaws, survey.has_more_categories), (3, 1, false));
    assert_eq!(survey.sums, sum("1244.60"));
    let found: Vec<_> =
        survey.categories.iter().map(|it| (it.category.as_str(), it.records, it.sums.clone())).collect();
    assert_eq!(found, [("Reise", 2, sum("1249.60")), ("Mat", 1, sum("-5.00"))]);
    let days = survey.days.expect("there are records");
    assert_eq!((days.0.to_string(), days.1.to_string()), ("2026-11-01".to_owned(), "2026-11-03".to_owned()));
}

#[tokio::test]
async fn categories_beyond_the_bound_are_counted_as_more() {
    let dir = tempfile::tempdir().expect("a folder");
    let rows: String = (0..survey::CATEGORIES_MAX + 7).map(|at| format!("{at};02.11.2026;1;P;K{at};T\n")).collect();
    let head = "Id;Date;Amount;Payee;Category;Text\n";
    let survey = trial(dir.path(), &format!("{head}{rows}"), "http://127.0.0.1:1").survey().await.expect("it is read");
    assert_eq!((survey.categories.len(), survey.has_more_categories), (survey::CATEGORIES_MAX, true));
    assert_eq!(survey.records, survey::CATEGORIES_MAX as u64 + 7);
}

#[tokio::test]
async fn preview_shows_rows_as_the_sync_will_read_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let preview = trial(dir.path(), ROWS, "http://127.0.0.1:1").preview(3).await.expect("it is read");
    let [first, _, third] = preview.rows.as_slice() else { panic!("{preview:?}") };
    let (Row::Record(record, _), Row::Flaw(flaw)) = (&first.row, &third.row) else { panic!("{preview:?}") };
    assert_eq!((record.amount.to_decimal().as_str(), first.written.amount.as_str()), ("1249.50", "1 249,50"));
    assert_eq!((first.written.id.as_str(), first.written.date.as_str()), ("A", "02.11.2026"));
    assert!(matches!(flaw.reason, HoldReason::DateInvalid { .. }), "{flaw:?}");
    // The rows beyond those that are shown are read as well.
    assert_eq!((preview.records, preview.held, preview.stops()), (3, 1, false));
}

#[tokio::test]
async fn preview_lists_every_contradiction_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let rows =
        "Id;Date;Amount;Payee;Category;Text\nA;02.11.2026;99.90;P1;Reise;Taxi\nB;11.30.2026;5,25;P1;Reise;Taxi\n";
    let preview = trial(dir.path(), rows, "http://127.0.0.1:1").preview(3).await.expect("it is read");
    let stop = |finding: &Finding| match finding {
        Finding::Stops(problem) => Some((problem.code, problem.params["line"].clone())),
        _ => None,
    };
    let stops: Vec<_> = preview.findings.iter().filter_map(stop).collect();
    assert_eq!(
        stops,
        [(ErrorCode::SourceAmountsContradict, "2".to_owned()), (ErrorCode::SourceDaysContradict, "3".to_owned())]
    );
    let none = trial(dir.path(), "", "http://127.0.0.1:1").preview(3).await.expect("it is looked at");
    assert!(none.stops(), "{none:?}");
}

#[tokio::test]
async fn plan_is_made_and_nothing_stays_beside_the_workspace() {
    let dir = tempfile::tempdir().expect("a folder");
    let plan = trial(dir.path(), ROWS, "http://127.0.0.1:1").plan().await.expect("it is made");
    assert_eq!((plan.read, plan.held), (4, 4), "no account for these categories: {plan:?}");
    let names: Vec<_> =
        fs::read_dir(dir.path()).expect("a folder").map(|entry| entry.expect("a name").file_name()).collect();
    assert_eq!(names, ["records.csv"]);
}

#[tokio::test]
async fn accounting_system_is_asked_with_the_typed_secret() {
    let server = MockServer::start().await;
    let me = serde_json::json!({});
    Mock::given(method("GET"))
        .and(path("/v1/me"))
        .and(header("authorization", "Bearer t0ken"))
        .respond_with(ResponseTemplate::new(200).set_body_json(me))
        .expect(1)
        .mount(&server)
        .await;
    let dir = tempfile::tempdir().expect("a folder");
    let problem =
        trial(dir.path(), ROWS, &server.uri()).connect().await.expect_err("that was no answer of the protocol");
    assert_eq!(problem.code, ErrorCode::AccountingUnexpected);
}
