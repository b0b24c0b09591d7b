//! Fuzzes the files that a person or another program writes, and the pages of the platform.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use postonce_engine::domain::{Currency, Money};
use postonce_engine::ports::{PAGE_ROWS_MAX, Row, Source};

use super::{CannedServer, Target};
use crate::http::{Http, Limits, Side};
use crate::source::files::Files;
use crate::source::platform::Platform;
use crate::source::table::{Charset, DecimalSeparator, Field, FileKind, FileSettings, HeadRule, IdRule, Sign};
use crate::workspace::{FILE_NAME, Workspace};

const ENCODINGS: [&encoding_rs::Encoding; 4] =
    [encoding_rs::UTF_8, encoding_rs::WINDOWS_1252, encoding_rs::UTF_16LE, encoding_rs::SHIFT_JIS];

fn nok() -> Currency {
    Currency::from_code("NOK").expect("a code of ISO 4217")
}

/// Reads every row: each is a record whose amount can be written and read again, or a short flaw.
async fn read_to_the_end(source: &dyn Source, rows_max: usize) {
    let Ok(mut pages) = source.open().await else { return };
    let mut rows = 0;
    while let Ok(Some(page)) = pages.next().await {
        assert!((1..=PAGE_ROWS_MAX).contains(&page.len()));
        rows += page.len();
        assert!(rows <= rows_max, "more rows than the input has room for");
        for row in page {
            match row {
                Row::Record(record, _) => {
                    let amount = record.amount;
                    assert_eq!(Money::from_decimal(&amount.to_decimal(), amount.currency()), Ok(amount));
                    assert!(!record.id.as_str().trim().is_empty());
                }
                Row::Flaw(flaw) | Row::LeftOut(flaw) => assert!(flaw.glimpse.chars().count() <= 1_000, "{flaw:?}"),
            }
        }
    }
}

#[tokio::test]
async fn csv_bytes_are_rows_or_flaws_or_refused_under_any_settings() {
    let mut target = Target::new("csv");
    let folder = tempfile::tempdir().expect("a folder");
    let titles = ["Id", "Dato", "Beløp", "Likeperson", "Kategori", "Tekst"];
    let fields = [Field::Id, Field::Date, Field::Amount, Field::Payee, Field::Category, Field::Text];
    while let Some(input) = target.next() {
        fs::write(folder.path().join("f.csv"), &input).expect("writable");
        let random = target.random();
        let settings = FileSettings {
            dir: folder.path().to_owned(),
            path: "f.csv".to_owned(),
            kind: FileKind::Csv,
            charset: Charset::Web(random.pick::<&encoding_rs::Encoding>(&ENCODINGS)),
            delimiter: *random.pick(b";,\t|"),
            decimal_separator: *random.pick(&[DecimalSeparator::Comma, DecimalSeparator::Point]),
            date_format: (*random.pick(&["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%e %B %Y"])).to_owned(),
            columns: fields.into_iter().zip(titles.map(str::to_owned)).skip(1).collect(),
            id: IdRule::Columns(vec![titles[0].to_owned()]),
            dimensions: BTreeMap::new(),
            gathers_claims: false,
            head: HeadRule::Found,
            sign: Sign::Positive,
            row_rules: Vec::new(),
            ignored_columns: Vec::new(),
            ends_with_line_end: *random.pick(&[true, false]),
            settle: std::time::Duration::ZERO,
            acknowledges: false,
            currency: nok(),
            own_currency: nok(),
            is_currency_said: false,
            time_zone: chrono_tz::Europe::Oslo,
        };
        read_to_the_end(&Files::new(settings, Arc::new(crate::SystemClock::start())), input.len() + 1).await;
    }
}

#[tokio::test]
async fn pages_of_the_platform_are_rows_or_flaws_or_refused() {
    let mut target = Target::new("platform");
    let server = CannedServer::start();
    let http = Http::new(Side::Platform, &server.url, &"token".into(), Limits::STANDARD).expect("a client");
    let platform = Platform::new(http, Arc::new(crate::SystemClock::start()), nok());
    while let Some(input) = target.next() {
        server.answer(200, "", "application/json", &input);
        // A page that names a next one is asked for again, until a cursor repeats: twice at most, since the answer is
        // the same.
        read_to_the_end(&platform, 2 * input.len() + 2).await;
    }
}

#[test]
fn workspace_file_is_valid_as_a_whole_or_refused_with_a_code() {
    let mut target = Target::new("workspace");
    let folder = tempfile::tempdir().expect("a folder");
    while let Some(input) = target.next() {
        fs::write(folder.path().join(FILE_NAME), &input).expect("writable");
        match Workspace::open(folder.path()) {
            Ok(workspace) => {
                let settings = workspace.settings();
                assert!((1..=5_000).contains(&settings.vouchers_per_request));
                assert!((1..=1_000).contains(&settings.requests_in_flight));
                assert!(!settings.lease.is_zero() && !workspace.organisation().as_str().trim().is_empty());
                let Some(remote) = workspace.accounting().remote() else { continue };
                let url = &remote.url;
                assert!(url.scheme() == "https" || crate::loopback::is_loopback(url), "{url}");
            }
            Err(error) => {
                let problem = postonce_engine::error::Problem::from(error);
                assert_eq!(problem.code.exit_status(), 2, "{problem}");
            }
        }
    }
}
