//! Tests how rows are gathered into claims: whole, or held whole.

use postonce_engine::domain::{ExpenseDetail, ExpenseLine, Money};

use super::*;

const CLAIMS: &str = "Krav;Dato;Beløp;Hvem;Kategori;Tekst;Tilskudd;Mva;Totalt\n";

fn claims(dir: &Path) -> FileSettings {
    let mut settings = settings(dir, "f.csv");
    settings.id = IdRule::Columns(vec!["Krav".to_owned()]);
    settings.gathers_claims = true;
    settings.dimensions = BTreeMap::from([("grant".to_owned(), "Tilskudd".to_owned())]);
    for (field, title) in [(Field::VatAmount, "Mva"), (Field::ClaimTotal, "Totalt")] {
        settings.columns.insert(field, title.to_owned());
    }
    settings
}

async fn read_claims(rows: &str, change: impl FnOnce(&mut FileSettings)) -> Vec<Row> {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), format!("{CLAIMS}{rows}")).expect("a file");
    let mut settings = claims(dir.path());
    change(&mut settings);
    read(settings).await.unwrap_or_else(|problem| panic!("{rows}: {problem}"))
}

/// Returns each row in short: id, amount and lines of a claim, the code of another row with its line.
async fn short(rows: &str) -> Vec<String> {
    let short = |row: &Row| match row {
        Row::Record(record, place) => {
            let lines = record.detail.lines.iter().map(|line| (line.minor, line.category.as_str()));
            format!("{} {} {:?} from {}", record.id, record.amount.minor(), lines.collect::<Vec<_>>(), place.line)
        }
        Row::Flaw(flaw) => {
            format!("{} held {} {}", flaw.record_id.as_deref().unwrap_or("?"), flaw.reason.code(), flaw.place.line)
        }
        Row::LeftOut(row) => format!("left out {} {}", row.reason.code(), row.place.line),
    };
    read_claims(rows, |_| {}).await.iter().map(short).collect()
}

#[tokio::test]
async fn rows_of_one_claim_are_one_record_wherever_they_stand() {
    let rows = "K1;28.10.2026;300,00;P1;Tog;Bodø;G1;;\nK2;28.10.2026;50,00;P2;Buss;;;;\nK1;30.10.2026;170,00;P1;Hotell;Bodø;;18,21;\n\
                K1;28.10.2026;300,00;P1;Tog;Bodø;G1;;\n";
    let expected = ["K2 5000 [] from 3", "K1 77000 [(30000, \"Tog\"), (17000, \"Hotell\"), (30000, \"Tog\")] from 2"];
    assert_eq!(short(rows).await, expected);
    let read = read_claims(rows, |_| {}).await;
    let Some(Row::Record(claim, _)) = read.last() else { panic!("{read:?}") };
    assert_eq!(claim.date.to_string(), "2026-10-30");
    let grant = |line: &ExpenseLine| line.dimensions.get("grant").cloned();
    assert_eq!(claim.detail.lines.iter().map(grant).collect::<Vec<_>>(), [Some("G1".into()), None, Some("G1".into())]);
    assert_eq!(claim.detail.lines[1].vat.minor, Some(1_821));
    let days: Vec<_> = claim.detail.lines.iter().map(|line| line.date.map(|day| day.to_string())).collect();
    assert_eq!(days, [Some("2026-10-28".to_owned()), None, Some("2026-10-28".to_owned())]);
}

#[tokio::test]
async fn claim_of_one_row_is_a_plain_expense() {
    let read = read_claims("K1;28.10.2026;300,00;P1;Tog;Bodø;;;\n", |_| {}).await;
    let Row::Record(claim, _) = &read[0] else { panic!("{read:?}") };
    let plain = record("K1;28.10.2026;300,00;P1;Tog;Bodø").await;
    assert_eq!(claim.content_hash(), plain.content_hash());
}

#[tokio::test]
async fn row_without_id_and_payee_goes_on_with_the_claim_above() {
    // The second line has the first one's amount: it is no total, since it says what was bought.
    let rows = "K1;28.10.2026;300,00;P1;Tog;Bodø;G1;;\n;;300,00;;Tog;Bodø;;;\n;;70,00;;Mat;;;;\nK2;28.10.2026;50,00;P2;Buss;;;;\n";
    let expected = ["K1 67000 [(30000, \"Tog\"), (30000, \"Tog\"), (7000, \"Mat\")] from 2", "K2 5000 [] from 5"];
    assert_eq!(short(rows).await, expected);
    // A sum below the lines is no line, and does not count twice.
    let summed = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;\n;;70,00;;Mat;;;;\n;;370,00;;Sum;;;;\n";
    let expected = ["left out total_left_out 4", "K1 37000 [(30000, \"Tog\"), (7000, \"Mat\")] from 2"];
    assert_eq!(short(summed).await, expected);
    let nameless = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;\n;;70,00;;Mat;;;;\n;;370,00;;;;;;\n";
    assert_eq!(short(nameless).await[0], "left out total_left_out 4");
    // A row without an id that names a payee may be anybody's.
    let anybodys = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;\n;28.10.2026;70,00;P1;Mat;;;;\n";
    assert_eq!(short(anybodys).await, ["K1 30000 [] from 2", "? held id_missing 3"]);
}

#[tokio::test]
async fn claim_with_one_bad_row_is_held_whole_at_that_row() {
    for (bad, held) in [
        ("K1;28.10.2026;x;P1;Mat;;;;", "K1 held amount_invalid 3"),
        ("K1;28.10.2026;1,005;P1;Mat;;;;", "K1 held amount_decimals 3"),
        ("K1;;70,00;P1;Mat;;;;", "K1 held field_missing 3"),
        ("K1;28.10.2026;70,00;P2;Mat;;;;", "K1 held claim_differs 3"),
        ("K1;28.10.2026;70,00;P1;Mat;;;;371,00", "K1 held claim_sum_differs 2"),
        ("K1;28.10.2026;70,00;P1;Mat;;;abc;", "K1 held amount_invalid 3"),
        ("K1;28.10.2026;;P1;Sum;;;;", "K1 held field_missing 3"),
    ] {
        let rows = format!("K1;28.10.2026;300,00;P1;Tog;Bodø;;;\n{bad}\nK2;28.10.2026;5,00;P2;Buss;;;;\n");
        assert_eq!(short(&rows).await, [held, "K2 500 [] from 4"], "{bad}");
    }
    let whole = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;370,00\nK1;28.10.2026;70,00;P1;Mat;;;;370,00\n";
    assert_eq!(short(whole).await, ["K1 37000 [(30000, \"Tog\"), (7000, \"Mat\")] from 2"]);
    let other_total = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;370,00\nK1;28.10.2026;70,00;P1;Mat;;;;300,00\n";
    assert_eq!(short(other_total).await, ["K1 held claim_differs 3"]);
}

#[tokio::test]
async fn total_among_the_lines_of_a_claim_is_no_line() {
    let lines = "K1;28.10.2026;300,00;P1;Tog;Bodø;;;\nK1;28.10.2026;70,00;P1;Mat;;;;\n";
    for rows in [
        format!("K1;28.10.2026;370,00;P1;;Reise til Bodø;;;\n{lines}"),
        format!("{lines}K1;28.10.2026;370,00;P1;;;;;\n"),
    ] {
        let read = short(&rows).await;
        assert!(read.iter().all(|row| row.contains("row_is_total")), "{rows} {read:?}");
    }
    let grand = format!("{lines}K2;28.10.2026;5,00;P2;Buss;;;;\n;31.10.2026;375,00;;;;;;\n");
    let read = short(&grand).await;
    assert!(read.iter().any(|row| row.starts_with("K2 500")), "{read:?}");
    assert!(read.iter().any(|row| row.starts_with("K1 37000")), "{read:?}");
}

#[tokio::test]
async fn claim_of_which_a_rule_leaves_out_a_part_is_held() {
    let only = |values: &[&str]| RowRule {
        column: "Tekst".to_owned(),
        test: CellTest::OneOf(values.iter().map(|value| (*value).to_owned()).collect()),
        effect: RuleEffect::Include,
    };
    let rows = "K1;28.10.2026;300,00;P1;Tog;Godkjent;;;\nK1;28.10.2026;170,00;P1;Hotell;Avvist;;;\nK2;28.10.2026;5,00;P2;Buss;Avvist;;;\n";
    let read = read_claims(rows, |settings| settings.row_rules = vec![only(&["Godkjent"])]).await;
    let codes: Vec<&str> = read
        .iter()
        .map(|row| match row {
            Row::Record(..) => "record",
            Row::Flaw(flaw) => flaw.reason.code(),
            Row::LeftOut(row) => row.reason.code(),
        })
        .collect();
    assert_eq!(codes, ["row_not_included", "claim_differs", "row_not_included"]);
}

#[tokio::test]
async fn claim_larger_than_an_amount_is_held() {
    let most = Money::from_minor(Money::MINOR_MAX, Currency::from_code("NOK").expect("a code")).to_decimal();
    let most = most.replace('.', ",");
    let rows = format!("K1;28.10.2026;{most};P1;Tog;;;;\nK1;28.10.2026;{most};P1;Tog;;;;\n");
    assert_eq!(short(&rows).await, ["K1 held amount_invalid 2"]);
}

#[tokio::test]
async fn claim_of_too_many_rows_is_held_with_their_number() {
    let row = "K1;28.10.2026;1,00;P1;Tog;Bodø;;;\n";
    let most = ExpenseDetail::LINES_MAX;
    let read = read_claims(&row.repeat(most), |_| {}).await;
    let Row::Record(claim, _) = &read[0] else { panic!("{read:?}") };
    assert_eq!(claim.detail.lines.len(), most);
    let read = read_claims(&row.repeat(most + 2), |_| {}).await;
    let Row::Flaw(flaw) = &read[0] else { panic!("{read:?}") };
    let reason = HoldReason::ClaimTooLong { lines: (most + 2).to_string(), max: most.to_string() };
    assert_eq!((read.len(), flaw.record_id.as_deref(), &flaw.reason), (1, Some("K1"), &reason));
}
