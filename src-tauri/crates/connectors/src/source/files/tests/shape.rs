//! Tests the shapes in which tables come: heads, columns, rows that are none, rules by which rows count.

use postonce_engine::domain::Money;

use super::*;

/// Returns the rows of this text, read with settings that were changed.
async fn read_with(text: &str, change: impl FnOnce(&mut FileSettings)) -> Result<Vec<Row>, Problem> {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), text).expect("a file");
    let mut settings = settings(dir.path(), "f.csv");
    change(&mut settings);
    read(settings).await
}

/// Returns each row in short: the id and amount of a record, the code of another row.
fn short(rows: &[Row]) -> Vec<String> {
    let short = |row: &Row| match row {
        Row::Record(record, _) => format!("{} {}", record.id, record.amount.to_decimal()),
        Row::Flaw(flaw) => format!("held {}", flaw.reason.code()),
        Row::LeftOut(row) => format!("left out {}", row.reason.code()),
    };
    rows.iter().map(short).collect()
}

async fn shape(text: &str) -> Vec<String> {
    short(&read_with(text, |_| {}).await.unwrap_or_else(|problem| panic!("{text}: {problem}")))
}

#[tokio::test]
async fn head_is_found_wherever_it_stands() {
    let row = "A;1.2.2026;5;P;K;T\n";
    for above in [
        "",
        "sep=;\n",
        "\"sep=;\"\r\n",
        "Approved expenses\nPeriod;01.03.2026 - 31.03.2026\n\n",
        ";;;;;\n;;;;;\n",
        "\u{feff}",
        "Report;x;y;z;w;v\n1;2;3;4;5;6\n",
    ] {
        assert_eq!(shape(&format!("{above}{HEAD}{row}")).await, ["A 5.00"], "{above}");
    }
    let comma = format!("sep=,\n{HEAD}{row}").replace(';', ",");
    assert_eq!(shape(&comma).await, ["A 5.00"]);
    let said =
        read_with(&format!("{HEAD}\nNr;Dato;Beløp;Hvem;Kategori;Tekst\n{row}"), |it| it.head = HeadRule::AtLine(3))
            .await;
    assert_eq!(said.map(|rows| short(&rows)), Ok(vec!["A 5.00".into()]));
}

#[tokio::test]
async fn title_is_the_same_with_other_spaces_and_letters() {
    for head in [
        "Nr;Dato;\"Belo\u{308}p\n(NOK)\";Hvem;Kategori;Tekst\u{a0}til krav\n",
        "Nr ;\u{feff}Dato;Belöp  (NOK);Hvem;Kategori;Tekst til krav\n",
        "Nr;Dato;Belöp;Hvem;Kategori;Tekst\n;;(NOK);;;til krav\n",
    ] {
        let rows = read_with(&format!("{head}A;1.2.2026;5;P;K;T\n"), |it| {
            it.columns.insert(Field::Amount, "Belöp (NOK)".into());
            it.columns.insert(Field::Text, "Tekst til krav".into());
        })
        .await;
        assert_eq!(rows.map(|rows| short(&rows)), Ok(vec!["A 5.00".into()]), "{head}");
    }
}

/// Names every column by its place.
pub(super) fn by_place(it: &mut FileSettings) {
    it.id = IdRule::Columns(vec!["#1".into()]);
    let places = [Field::Date, Field::Amount, Field::Payee, Field::Category, Field::Text].into_iter().zip(2..);
    it.columns = places.map(|(field, place)| (field, format!("#{place}"))).collect();
}

#[tokio::test]
async fn first_record_by_place_is_never_taken_for_titles() {
    for row in [
        "A;4. mars 2026;5;P;K;T",
        "A;04.03.2026 12:30;5;P;K;T",
        "A;1.2.26;kr 5,-;P;K;T",
        "A;46085;5;P;K;T",
        "A;1.2.2026;12.500;P;K;T",
        "A;1.2.2026;;P;K;T",
        "A;i går;1 249,50;P;K;T",
        "A;1.2.2026;;P;K;T;5,00",
        "A;;;P;K;T;5,00",
    ] {
        let text = format!("{row}\nB;1.2.2026;5;P;K;T\n");
        let rows = read_with(&text, |it| {
            by_place(it);
            it.columns.insert(Field::AmountBack, "#7".into());
        });
        assert_eq!(rows.await.map(|rows| lines(&rows)), Ok(vec![1, 2]), "{row}");
    }
}

#[tokio::test]
async fn column_is_chosen_by_its_place() {
    let text = "Nr;Dato;Beløp;Hvem;Kategori;Beløp;Tekst\nA;1.2.2026;5;P;K;6;T\n";
    assert_eq!(read_with(text, |_| {}).await.map_err(|problem| problem.code), Err(ErrorCode::SourceColumnRepeated));
    let sixth = read_with(text, |it| drop(it.columns.insert(Field::Amount, "#6".into()))).await;
    assert_eq!(sixth.map(|rows| short(&rows)), Ok(vec!["A 6.00".into()]));
    let row = "A;1.2.2026;5;P;K;T\n";
    for text in [row.to_owned(), format!("{HEAD}{row}")] {
        assert_eq!(read_with(&text, by_place).await.map(|rows| short(&rows)), Ok(vec!["A 5.00".into()]), "{text}");
    }
    let without = read_with(row, |it| {
        by_place(it);
        it.head = HeadRule::None;
    })
    .await;
    assert_eq!(without.map(|rows| rows.len()), Ok(1));
}

#[tokio::test]
async fn cells_that_may_be_empty_may_be_missing_at_the_end() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Avdeling;Prosjekt\n";
    let rows =
        "A;1.2.2026;5;P;K;T;N;\nB;1.2.2026;5;P;K;T\nC;1.2.2026;5;P;K;T;S\nD;1.2.2026;5;P;K\nE;1.2.2026;5;P;K;\"T;S\"\n";
    let read = read_with(&format!("{head}{rows}"), |it| {
        it.columns.insert(Field::Department, "Avdeling".into());
        it.columns.insert(Field::Project, "Prosjekt".into());
    })
    .await;
    let expected = ["A 5.00", "B 5.00", "C 5.00", "held row_unreadable", "held row_unreadable"];
    assert_eq!(short(&read.expect("it is read")), expected);
}

#[tokio::test]
async fn padded_cells_and_quotes_behind_a_space_are_read() {
    let text = format!("{HEAD}A   ;1.2.2026;    5,00;P  ;K ; \"T; two\" \n    B;1.2.2026;5;P;K;\"5\\\" screen\"\n");
    let rows = read_with(&text, |_| {}).await.expect("it is read");
    assert_eq!(short(&rows), ["A 5.00", "B 5.00"]);
    let texts: Vec<_> = rows
        .iter()
        .filter_map(|row| if let Row::Record(record, _) = row { Some(&record.text) } else { None })
        .collect();
    assert_eq!(texts, ["T; two", "5\" screen"]);
}

#[tokio::test]
async fn decimals_that_an_untitled_column_swallows_are_held() {
    let comma = |text: &str| text.to_owned();
    for (text, separator) in [
        (comma("Nr,Dato,Hvem,Kategori,Tekst,Beløp,\nA,1.2.2026,P,K,T,1249,50\n"), DecimalSeparator::Comma),
        (comma("Nr,Dato,Beløp,Hvem,Kategori,Tekst,\nA,1.2.2026,1249,50,P,K,T\n"), DecimalSeparator::Comma),
        (comma("Nr,Dato,Beløp,Hvem,Kategori,Tekst,\nA,1.2.2026,1249,50,P,K,T\n"), DecimalSeparator::Point),
        (comma("Nr,Dato,Beløp,Hvem,Kategori,Tekst\nA,1.2.2026,1249,50,P,K,T\n"), DecimalSeparator::Comma),
    ] {
        let rows = read_with(&text, |it| {
            it.delimiter = b',';
            it.decimal_separator = separator;
        })
        .await;
        assert_eq!(short(&rows.expect("it is read")), ["held row_unreadable"], "{text}");
    }
    // A note behind the table, as people write it.
    assert_eq!(shape("Nr;Dato;Beløp;Hvem;Kategori;Tekst;\nA;1.2.2026;5,00;P;K;T;seen\n").await, ["A 5.00"]);
}

#[tokio::test]
async fn rows_that_are_no_records_are_left_out() {
    let records = "A;1.2.2026;100,00;P;K;T\nB;1.2.2026;101,00;P;K;T\n";
    for (row, expected) in [
        (";;201,00;;;", "left out total_left_out"),
        ("Sum;;201,00;;;", "left out total_left_out"),
        ("Total:;;;;;", "left out total_left_out"),
        ("Total;31.03.2026;201,00;P;K;Total March", "left out total_left_out"),
        ("Total;31.03.2026;200,00;P;K;Total March", "held row_is_total"),
        ("Sum;;200,00;;;", "held row_is_total"),
        ("C;31.03.2026;201,00;P;K;Total March", "held row_is_total"),
        ("C;31.03.2026;200,00;P;K;Total Energies", "C 200.00"),
        ("C;31.03.2026;200,00;P;K;Totalt:", "held row_is_total"),
        ("C;31.03.2026;200,00;Sum;K;T", "held row_is_total"),
        ("P-1 Totalt;31.03.2026;90,00;P;K;T", "held row_is_total"),
        ("Gjennomsnitt;31.03.2026;100,50;P;K;T", "held row_is_total"),
        ("-;31.03.2026;100,50;P;K;T", "held id_missing"),
        ("#N/A;31.03.2026;100,50;P;K;T", "held id_missing"),
        ("C;31.03.2026;100,50;-;K;T", "held field_missing"),
        ("C;31.03.2026;201,00;P;K;T", "C 201.00"),
        (";;200,00;;;", "held id_missing"),
        ("Rows: 2;;;;;", "left out row_is_note"),
        ("C;;;;;", "held field_missing"),
        (HEAD.trim_end(), "left out head_repeated"),
        (";;;;;and more text", "left out row_continues"),
        (";;5,00;;;and more text", "held id_missing"),
    ] {
        assert_eq!(shape(&format!("{HEAD}{records}{row}\n")).await, ["A 100.00", "B 101.00", expected], "{row}");
    }
    let with_subtotals = format!("{HEAD}{records};;201,00;;;\nC;1.2.2026;5,00;P;K;T\n;;5,00;;;\nTotal;;206,00;;;\n");
    let left_out = shape(&with_subtotals).await.into_iter().filter(|row| row.starts_with("left out")).count();
    assert_eq!(left_out, 3);
}

#[tokio::test]
async fn sum_of_many_rows_is_held_whatever_it_is_called() {
    let rows = |amounts: &[&str]| {
        let row = |(at, amount): (usize, &&str)| format!("E-{at};1.2.2026;{amount};P;K;T\n");
        HEAD.to_owned() + &amounts.iter().enumerate().map(row).collect::<String>()
    };
    let summed = shape(&rows(&["1,10", "2,20", "3,30", "4,40", "5,50", "16,50"])).await;
    assert_eq!(summed[4..], ["E-4 5.50", "held row_is_total"]);
    let few = shape(&rows(&["1,10", "2,20", "3,30", "6,60"])).await;
    assert_eq!(few[3], "E-3 6.60");
    let first = shape(&rows(&["16,50", "1,10", "2,20", "3,30", "4,40", "5,50"])).await;
    assert_eq!(first[0], "held row_is_total");
    // Five days' allowance make the price of a hotel.
    let alike = shape(&rows(&["450", "450", "450", "450", "450", "2250"])).await;
    assert_eq!(alike[5], "E-5 2250.00");
    let balanced = shape(&rows(&["1,10", "2,20", "3,30", "4,40", "5,50", "-16,50"])).await;
    assert_eq!(balanced[5], "held row_is_total");
    let twice = ["1,10", "2,20", "3,30", "4,40", "5,50", "16,50", "1,00", "2,00", "3,00", "4,00", "5,50", "15,50"];
    assert_eq!(shape(&rows(&twice)).await[11], "held row_is_total");
}

#[tokio::test]
async fn cell_that_says_nothing_is_not_filled() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Godkjent den\n";
    let filled = |column: &str, effect| RowRule { column: column.to_owned(), test: CellTest::Filled, effect };
    for (cell, expected) in [
        ("1.3.2026", "A 1.00"),
        ("✓", "A 1.00"),
        ("-", "left out row_not_included"),
        ("–", "left out row_not_included"),
        ("n/a", "left out row_not_included"),
        ("NULL", "left out row_not_included"),
        ("0000-00-00", "left out row_not_included"),
        ("00.00.0000 00:00:00", "left out row_not_included"),
        ("Nei", "held rule_unclear"),
        ("ikke godkjent", "held rule_unclear"),
        ("0", "held rule_unclear"),
    ] {
        let text = format!("{head}A;1.2.2026;1;P;K;T;{cell}\nB;1.2.2026;1;P;K;T;1.3.2026\n");
        let rules = vec![filled("Godkjent den", RuleEffect::Include)];
        let read = read_with(&text, |it| it.row_rules = rules).await.expect("it is read");
        assert_eq!(short(&read)[0], expected, "{cell}");
        let rules = vec![filled("Godkjent den", RuleEffect::Exclude)];
        let read = read_with(&text, |it| it.row_rules = rules).await.expect("it is read");
        let excluded = match expected {
            "A 1.00" => "left out row_excluded",
            "left out row_not_included" => "A 1.00",
            held => held,
        };
        assert_eq!(short(&read)[0], excluded, "{cell}");
    }
}

#[tokio::test]
async fn dash_of_the_accounting_format_is_no_amount() {
    let text = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Tilbake\nA;1.2.2026;5,00;P;K;T;-\nB;1.2.2026; - ;P;K;T;6,00\nC;1.2.2026;-;P;K;T;-\n";
    let read = read_with(text, |it| drop(it.columns.insert(Field::AmountBack, "Tilbake".into()))).await;
    assert_eq!(short(&read.expect("it is read")), ["A 5.00", "B -6.00", "held field_missing"]);
}

#[tokio::test]
async fn row_that_is_not_approved_is_held_beside_an_exclusion() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Status\n";
    let test = CellTest::OneOf(vec!["Rejected".into()]);
    let rule = RowRule { column: "Status".to_owned(), test, effect: RuleEffect::Exclude };
    for (cell, expected) in [
        ("Rejected", "left out row_excluded"),
        ("Draft", "held not_approved"),
        ("Pending approval", "held not_approved"),
        ("Approved", "A 1.00"),
        ("Whatever", "A 1.00"),
    ] {
        let text = format!("{head}A;1.2.2026;1;P;K;T;{cell}\n");
        let read = read_with(&text, |it| it.row_rules = vec![rule.clone()]).await.expect("it is read");
        assert_eq!(short(&read), [expected], "{cell}");
    }
}

#[tokio::test]
async fn day_that_no_approval_has_is_none() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Godkjent\n";
    for (cell, expected) in [
        ("31.12.2099", "held not_approved"),
        ("01.01.1900", "held not_approved"),
        ("03.02.2026", "A 1.00"),
        ("2026-02-03T08:00:00Z", "A 1.00"),
    ] {
        let text = format!("{head}A;1.2.2026;1;P;K;T;{cell}\n");
        let read = read_with(&text, |it| drop(it.columns.insert(Field::ApprovedAt, "Godkjent".into()))).await;
        assert_eq!(short(&read.expect("it is read")), [expected], "{cell}");
    }
}

#[tokio::test]
async fn long_numbers_that_all_end_in_zeros_are_no_ids() {
    let text = format!(
        "{HEAD}1234567890123450000;1.2.2026;1;P;K;T\n1234567890123460000;1.2.2026;2;P;K;T\n7;1.2.2026;2;P;K;T\n"
    );
    assert_eq!(shape(&text).await, ["held id_scientific", "held id_scientific", "7 2.00"]);
    let kept = text.replace("60000;", "60001;");
    assert_eq!(shape(&kept).await, ["1234567890123450000 1.00", "1234567890123460001 2.00", "7 2.00"]);
}

#[tokio::test]
async fn first_record_by_place_is_no_title_however_it_is_written() {
    let text = "A;2026 uke 5;hundre 100;P;K;T\nB;1.2.2026;2;P;K;T\n";
    let read = read_with(text, by_place).await.expect("it is read");
    assert_eq!(short(&read), ["held date_invalid", "B 2.00"]);
}

#[tokio::test]
async fn rules_say_which_rows_count() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Status;Godkjent den\n";
    let rows = "A;1.2.2026;1;P;K;T;Approved;1.3.2026\nB;1.2.2026;2;P;K;T;Rejected;\nC;1.2.2026;3;P;K;T; approved ;\nD;1.2.2026;4;P;K;T;;\n";
    let rule = |column: &str, test, effect| RowRule { column: column.to_owned(), test, effect };
    let states = CellTest::OneOf(vec!["Approved".into(), "Godkjent".into()]);
    for (rules, expected) in [
        (
            vec![rule("Status", states.clone(), RuleEffect::Include)],
            ["A 1.00", "left out row_not_included", "C 3.00", "left out row_not_included"],
        ),
        (
            vec![rule("Godkjent den", CellTest::Filled, RuleEffect::Include)],
            ["A 1.00", "left out row_not_included", "left out row_not_included", "left out row_not_included"],
        ),
        (
            vec![rule("Status", CellTest::OneOf(vec!["rejected".into()]), RuleEffect::Exclude)],
            ["A 1.00", "left out row_excluded", "C 3.00", "D 4.00"],
        ),
    ] {
        let read = read_with(&format!("{head}{rows}"), |it| it.row_rules = rules).await.expect("it is read");
        assert_eq!(short(&read), expected);
    }
    let missing = read_with(HEAD, |it| it.row_rules = vec![rule("Status", states, RuleEffect::Include)]).await;
    assert_eq!(missing.map_err(|problem| problem.code), Err(ErrorCode::SourceColumnMissing));
}

#[tokio::test]
async fn row_without_an_approval_is_held() {
    let text = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Godkjent\nA;1.2.2026;1;P;K;T;Ja\nB;1.2.2026;2;P;K;T;Nei\nC;1.2.2026;3;P;K;T;\nD;1.2.2026;4;P;K;T;3.2.2026\n";
    let read = read_with(text, |it| drop(it.columns.insert(Field::ApprovedAt, "Godkjent".into()))).await;
    assert_eq!(short(&read.expect("it is read")), ["A 1.00", "held not_approved", "held not_approved", "D 4.00"]);
}

#[tokio::test]
async fn sign_of_what_is_owed_is_a_setting() {
    let text = format!("{HEAD}A;1.2.2026;-100,00;P;K;T\nB;1.2.2026;20,00;P;K;T\n");
    let read = read_with(&text, |it| it.sign = Sign::Negative).await;
    assert_eq!(short(&read.expect("it is read")), ["A 100.00", "B -20.00"]);
}

#[tokio::test]
async fn amounts_that_are_mostly_negative_ask_for_the_sign() {
    let of = |amounts: &[&str]| {
        let row = |(at, amount): (usize, &&str)| format!("{at};1.2.2026;{amount};P;K;T\n");
        HEAD.to_owned() + &amounts.iter().enumerate().map(row).collect::<String>()
    };
    let unsaid = |it: &mut FileSettings| it.sign = Sign::Unsaid;
    for amounts in [&["-100,00", "-101,50", "20,00"][..], &["-1", "-2", "-3", "-4", "-5"]] {
        let stopped = read_with(&of(amounts), unsaid).await;
        assert_eq!(stopped.map_err(|problem| problem.code), Err(ErrorCode::SourceSignOpen), "{amounts:?}");
        for sign in [Sign::Positive, Sign::Negative] {
            assert!(read_with(&of(amounts), |it| it.sign = sign).await.is_ok(), "{amounts:?} {sign:?}");
        }
    }
    let small_corrections = &["400,00", "-30,00", "(12,50)", "7,25-"];
    for amounts in [&["-100,00"][..], &["-1", "1"], &["5", "-1", "6"], small_corrections] {
        assert!(read_with(&of(amounts), unsaid).await.is_ok(), "{amounts:?}");
    }
}

#[tokio::test]
async fn side_of_an_amount_stands_in_another_column() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;D/C\n";
    let rows = "A;1.2.2026;512,00;P;K;T;D\nB;1.2.2026;100,00;P;K;T;C\nC;1.2.2026;5;P;K;T;\nD;1.2.2026;-5;P;K;T;C\nE;1.2.2026;5;P;K;T;Haben\n";
    let read = read_with(&format!("{head}{rows}"), |it| drop(it.columns.insert(Field::Side, "D/C".into()))).await;
    assert_eq!(
        short(&read.expect("it is read")),
        ["A 512.00", "B -100.00", "held side_unclear", "held side_unclear", "E -5.00"]
    );
}

#[tokio::test]
async fn money_out_and_money_back_have_columns_of_their_own() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Tilbake\n";
    let rows = "A;1.2.2026;512,00;P;K;T;\nB;1.2.2026;;P;K;T;100,00\nC;1.2.2026;5;P;K;T;6\nD;1.2.2026;5;P;K;T;0,00\nE;1.2.2026;;P;K;T;-6\nF;1.2.2026;;P;K;T;\n";
    let read =
        read_with(&format!("{head}{rows}"), |it| drop(it.columns.insert(Field::AmountBack, "Tilbake".into()))).await;
    let expected = ["A 512.00", "B -100.00", "held side_unclear", "D 5.00", "held side_unclear", "held field_missing"];
    assert_eq!(short(&read.expect("it is read")), expected);
}

#[tokio::test]
async fn id_is_made_of_several_columns_or_of_the_content() {
    let text = "Krav;Linje;Dato;Beløp;Hvem;Kategori;Tekst\nR-7;1;1.2.2026;1;P;K;T\nR-7;2;1.2.2026;1;P;K;T\nR-8;;1.2.2026;1;P;K;T\n";
    let joined = read_with(text, |it| it.id = IdRule::Columns(vec!["Krav".into(), "Linje".into()])).await;
    assert_eq!(short(&joined.expect("it is read")), ["R-7/1 1.00", "R-7/2 1.00", "held id_missing"]);
    let of_content = || async {
        let rows = read_with(text, |it| it.id = IdRule::Content).await.expect("it is read");
        rows.into_iter()
            .filter_map(|row| if let Row::Record(record, _) = row { Some(record.id.to_string()) } else { None })
            .collect::<Vec<_>>()
    };
    let ids = of_content().await;
    assert!(ids.len() == 3 && ids[0].ends_with("-1") && ids[1].ends_with("-2") && ids[2].ends_with("-3"), "{ids:?}");
    assert_eq!(ids, of_content().await);
}

#[tokio::test]
async fn amount_may_be_the_largest_and_no_larger() {
    let rows = shape(&format!("{HEAD}A;1.2.2026;{},00;P;K;T\n", Money::MINOR_MAX / 100)).await;
    assert_eq!(rows, [format!("A {}.00", Money::MINOR_MAX / 100)]);
}
