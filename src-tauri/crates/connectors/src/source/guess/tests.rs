use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn shared(below: &str) -> PathBuf {
    let beside_the_project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared");
    let shared = std::env::var("POSTONCE_SHARED").unwrap_or_else(|_| beside_the_project.to_owned());
    Path::new(&shared).join("data").join(below)
}

fn guessed(bytes: impl AsRef<[u8]>) -> Result<Guess, FileError> {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("f.csv");
    fs::write(&path, bytes).expect("a file");
    guess(&path, None)
}

fn table(text: &str) -> Guess {
    guessed(text).expect("it is a table")
}

fn column(guess: &Guess, field: Field) -> Option<(&str, Degree)> {
    let found = guess.columns.iter().find(|column| column.field == field);
    found.map(|column| (column.column.as_str(), column.degree))
}

fn name(guess: &Guess, field: Field) -> Option<&str> {
    column(guess, field).map(|(name, _)| name)
}

fn asks(guess: &Guess, kind: QuestionKind) -> bool {
    guess.questions.iter().any(|question| question.kind == kind)
}

fn param(guess: &Guess, kind: QuestionKind, name: &str) -> String {
    let question = guess.questions.iter().find(|question| question.kind == kind).expect("it is asked");
    question.params[name].clone()
}

fn titles(guess: &Guess) -> Vec<(&str, &str)> {
    guess.columns.iter().map(|column| (column.field.name(), column.column.as_str())).collect()
}

#[test]
fn real_file_is_guessed_as_a_person_would() {
    let real = shared("reimbursements-2020.csv");
    if !real.exists() {
        println!("{} is not on this machine: not tried", real.display());
        return;
    }
    let guess = guess(&real, None).expect("it is a table");
    assert_eq!((guess.charset.value.name(), guess.delimiter), ("windows-1252", b';'));
    assert_eq!(guess.decimal_separator, Sure { value: DecimalSeparator::Comma, degree: Degree::Proved });
    assert_eq!(guess.date_format.value, "%d/%m/%Y");
    assert_eq!(
        titles(&guess),
        [
            ("id", "Bilagsnr"),
            ("date", "Dato"),
            ("amount", "Beløp"),
            ("payee", "Likeperson"),
            ("category", "Kategori"),
            ("text", "Leverandør"),
        ]
    );
    assert!(guess.columns.iter().all(|column| column.degree > Degree::Unknown), "{:?}", guess.columns);
}

/// Says whether a guess is the right value, or does not claim to be proved.
fn is_right(guess: &Guess, field: &str, right: &serde_json::Value) -> bool {
    let says = |value: &str| right.as_str().is_some_and(|right| right.to_lowercase().contains(&value.to_lowercase()));
    let open = |degree: Degree| degree < Degree::Proved;
    match field {
        "decimal" => {
            let named = if guess.decimal_separator.value == DecimalSeparator::Comma { "comma" } else { "point" };
            says(named) || open(guess.decimal_separator.degree)
        }
        "encoding" => says(guess.charset.value.name()) || open(guess.charset.degree),
        "titles" => {
            let titles: Vec<&str> = guess.file_columns.iter().map(|column| column.title.as_str()).collect();
            right.as_str().is_some_and(|right| right.starts_with(&titles.join(";")))
        }
        "said" => asks(guess, QuestionKind::NotAllApproved),
        field => {
            let field = Field::ALL.into_iter().find(|it| it.name() == field).expect("a field");
            match (column(guess, field), right.as_str()) {
                (None, right) => right.is_none(),
                (Some((name, degree)), Some(right)) => right.starts_with(name) || open(degree),
                (Some((_, degree)), None) => open(degree),
            }
        }
    }
}

#[test]
fn field_case_is_guessed_right_or_not_as_proved() {
    let Ok(cases) = fs::read_dir(shared("field-cases")) else {
        println!("the field cases are not on this machine: not tried");
        return;
    };
    let mut wrong = Vec::new();
    for case in cases.map(|case| case.expect("a case").path()) {
        let Ok(expected) = fs::read_to_string(case.join("expected-guess.json")) else { continue };
        let expected: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
        let guess = guess(&case.join("input.csv"), None).expect("it is a table");
        let right = expected["right"].as_object().expect("the right values");
        let differs = right.iter().filter(|(field, right)| !is_right(&guess, field, right));
        wrong
            .extend(differs.map(|(field, right)| format!("{}: {field} is {right}, and not {guess:?}", case.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn excel_file_is_guessed_with_its_optional_columns() {
    let text = "\u{feff}Utleggsnr;Godkjent;Dato;Likeperson;Navn;Kategori;Beløp;Valuta;Tekst;Avdeling;Prosjekt\r\n\
        U-1;05.11.2026;02.11.2026;PM-1;Kari Nordmann;Reise;1 249,50;NOK;Taxi;Nord;\r\n\
        U-2;05.11.2026;03.11.2026;PM-2;Ola Nordmann;Mat;12,00;NOK;Kaffe;Sør;P1\r\n";
    let guess = table(text);
    assert_eq!(
        (guess.charset.value.name(), guess.delimiter, guess.date_format.value.as_str()),
        ("UTF-8", b';', "%d.%m.%Y")
    );
    assert_eq!(guess.file_columns[0].title, "Utleggsnr", "the mark is no part of the title");
    assert_eq!(guess.file_columns[6].example.as_deref(), Some("1 249,50"));
    assert_eq!(
        titles(&guess),
        [
            ("id", "Utleggsnr"),
            ("date", "Dato"),
            ("amount", "Beløp"),
            ("payee", "Likeperson"),
            ("category", "Kategori"),
            ("text", "Tekst"),
            ("approved_at", "Godkjent"),
            ("currency", "Valuta"),
            ("department", "Avdeling"),
            ("project", "Prosjekt"),
            ("payee_name", "Navn"),
        ]
    );
}

#[test]
fn titles_of_every_language_are_known() {
    for (head, row) in [
        ("Utleggsnr;Dato;Tilsett;Kategori;Beløp;Skildring", "U-1;14.03.2026;P-1;Reise;12,50;Tog"),
        ("Expense ID;Date;Employee;Category;Amount;Description", "E1;2026-03-04;P-1;Travel;12.50;Train"),
        ("Utläggsnr;Datum;Anställd;Kategori;Belopp;Beskrivning", "A1;2026-03-04;P-1;Resa;12,50;Tåg"),
        ("Udlægsnr;Dato;Medarbejder;Kategori;Beløb;Tekst", "A1;14-03-2026;P-1;Rejse;12,50;Tog"),
        ("Belegnr.;Belegdatum;Mitarbeiter;Kategorie;Betrag;Buchungstext", "A1;14.03.2026;P-1;Reise;12,50;Bahn"),
        ("Numéro pièce;Date dépense;Salarié;Catégorie;Montant TTC;Libellé", "A1;14/03/2026;P-1;Voyage;12,50;Train"),
        ("Folio;Fecha;Empleado;Categoría;Importe;Descripción", "A1;14/03/2026;P-1;Viaje;12,50;Tren"),
    ] {
        let guess =
            table(&format!("{head}\n{row}\n{}\n", row.replace("A1", "A7").replace("E1", "E7").replace("U-1", "U-7")));
        let names: Vec<&str> = head.split(';').collect();
        let fields = [Field::Id, Field::Date, Field::Payee, Field::Category, Field::Amount, Field::Text];
        assert_eq!(
            fields.map(|field| name(&guess, field)),
            <[&str; 6]>::try_from(names).expect("six").map(Some),
            "{head}"
        );
        assert!(guess.columns.iter().all(|column| column.degree == Degree::Proved), "{:?}", guess.columns);
    }
}

#[test]
fn column_without_a_known_title_is_never_proved() {
    let guess = table("Kol1;Kol2;Kol3;Kategori;Navn\nA-1;14.11.2026;12,50;Reise;Kari\nA-2;03.11.2026;7,25;Mat;Kari\n");
    assert_eq!(column(&guess, Field::Date), Some(("Kol2", Degree::Unknown)));
    assert_eq!(column(&guess, Field::Amount), Some(("Kol3", Degree::Unknown)));
    // A name is better than no payee, and the category than no text.
    assert_eq!(column(&guess, Field::Payee), Some(("Navn", Degree::Unknown)));
    assert_eq!(column(&guess, Field::Text), Some(("Kategori", Degree::Unknown)));
    assert!(asks(&guess, QuestionKind::NoId) && asks(&guess, QuestionKind::PayeeByName));
}

#[test]
fn year_of_two_digits_that_may_stand_in_front_is_asked_for() {
    let format = |days: [&str; 2]| {
        let guess = table(&format!("Id;Dato;Sum\nU-1;{};1,50\nU-2;{};1,50\n", days[0], days[1]));
        assert!(guess.date_format.degree < Degree::Proved, "{days:?}");
        (guess.date_format.value.clone(), asks(&guess, QuestionKind::YearUnclear))
    };
    assert_eq!(format(["26-03-04", "26-03-05"]), ("%y-%m-%d".to_owned(), true));
    assert_eq!(format(["26.03.25", "25.03.25"]), ("%d.%m.%y".to_owned(), true));
    assert_eq!(format(["04.03.26", "15.06.26"]), ("%d.%m.%y".to_owned(), false));
    assert_eq!(format(["26.03.25", "04.03.25"]), ("%d.%m.%y".to_owned(), false));
}

#[test]
fn stored_day_is_no_vote_against_the_form_of_texts() {
    let dir = TempDir::new().expect("a folder");
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(["Id", "Dato", "Sum"]) {
        sheet.write(0, column, title).expect("a cell");
    }
    for row in 1..8_u32 {
        sheet.write(row, 0, format!("U-{row}")).expect("a cell");
        sheet.write_with_format(row, 1, 46_085 + row, &day).expect("a cell");
        sheet.write(row, 2, 1.5).expect("a cell");
    }
    sheet.write(7, 1, "14/03/2026").expect("a cell");
    let path = dir.path().join("f.xlsx");
    book.save(&path).expect("saved");
    let guess = guess(&path, None).expect("it is a table");
    assert_eq!(guess.date_format, Sure { value: "%d/%m/%Y".to_owned(), degree: Degree::Proved });
}

#[test]
fn column_of_too_many_values_is_not_called_unique() {
    let mut table = Table::new(1);
    let mut line = Line::default();
    for number in 0..150_000_u64 {
        line.clear();
        line.number = number;
        line.cells.push_field(&format!("U-{number}"));
        table.add(&line);
        assert!(number > 90_000 || table.columns[0].is_unique());
    }
    assert!(!table.columns[0].is_unique());
}

#[test]
fn order_of_day_and_month_is_proved_or_asked_for() {
    let with = |days: &[&str]| {
        let rows: String = days.iter().enumerate().map(|(at, day)| format!("U-{at};{day};1,50\n")).collect();
        table(&format!("Id;Dato;Sum\n{rows}"))
    };
    let format = |days: &[&str]| {
        let guess = with(days);
        (guess.date_format.value.clone(), guess.date_format.degree)
    };
    assert_eq!(format(&["03/04/2026", "05/06/2026"]), ("%d/%m/%Y".to_owned(), Degree::Likely));
    assert_eq!(format(&["03/04/2026", "14/06/2026"]), ("%d/%m/%Y".to_owned(), Degree::Proved));
    assert_eq!(format(&["03/04/2026", "05/26/2026"]), ("%m/%d/%Y".to_owned(), Degree::Proved));
    assert_eq!(format(&["03.04.26", "15.06.26"]), ("%d.%m.%y".to_owned(), Degree::Likely));
    assert_eq!(format(&["20260403", "20260615"]), ("%Y%m%d".to_owned(), Degree::Proved));
    assert_eq!(format(&["2026-04-03T10:00:00Z", "2026-04-04T23:30:00Z"]), ("%Y-%m-%d".to_owned(), Degree::Proved));
    assert_eq!(format(&["4. mars 2026", "24. desember 2026"]), ("%d. %B %Y".to_owned(), Degree::Proved));
    assert_eq!(format(&["46085", "46092"]).1, Degree::Likely);
    let unclear = with(&["03/04/2026", "05/06/2026"]);
    assert_eq!(param(&unclear, QuestionKind::OrderUnclear, "found"), "03/04/2026");
    let mixed = with(&["14/03/2026", "03/14/2026", "02/02/2026"]);
    assert_eq!(mixed.date_format.degree, Degree::Unknown);
    assert_eq!(param(&mixed, QuestionKind::OrdersMixed, "month_first_line"), "3");
    assert!(asks(&with(&["14.03.2026", "2026-03-15"]), QuestionKind::DaysMixed));
}

#[test]
fn decimal_mark_is_proved_or_asked_for() {
    let with = |amounts: &[&str]| {
        let rows: String =
            amounts.iter().enumerate().map(|(at, amount)| format!("U-{at};14.03.2026;{amount}\n")).collect();
        table(&format!("Id;Dato;Beløp\n{rows}"))
    };
    let degree = |amounts: &[&str]| with(amounts).decimal_separator;
    use DecimalSeparator::{Comma, Point};
    assert_eq!(degree(&["25,000", "99,90"]), Sure { value: Comma, degree: Degree::Proved });
    assert_eq!(degree(&["25,000", "1,249.50"]), Sure { value: Point, degree: Degree::Proved });
    assert_eq!(degree(&["1.249.500", "7"]), Sure { value: Comma, degree: Degree::Proved });
    assert_eq!(degree(&["25,000", "900"]).degree, Degree::Unknown);
    assert_eq!(degree(&["100", "900"]).degree, Degree::Likely);
    assert_eq!(param(&with(&["900", "25,000"]), QuestionKind::MarkUnclear, "line"), "3");
    let mixed = with(&["99,90", "99.90", "1,50"]);
    assert_eq!(mixed.decimal_separator.degree, Degree::Unknown);
    assert_eq!(param(&mixed, QuestionKind::MarksMixed, "point_line"), "3");
}

#[test]
fn one_of_several_amounts_is_asked_for() {
    let vat = table(
        "Utleggsnr;Dato;Beløp eks. mva;Mva;Beløp inkl. mva\nE-1;14.03.2026;100,00;25,00;125,00\nE-2;15.03.2026;200,00;24,00;224,00\n",
    );
    assert_eq!(column(&vat, Field::Amount), Some(("Beløp inkl. mva", Degree::Likely)));
    let others = param(&vat, QuestionKind::SeveralAmounts, "others");
    assert!(others.contains("“Beløp eks. mva”: 100,00") && others.contains("“Mva”: 25,00"), "{others}");
    // Titles that say nothing: net and tax make gross.
    let sums = table("Id;Datum;A;B;C\nE-1;2026-03-14;25,00;100,00;125,00\nE-2;2026-03-15;24,00;200,00;224,00\n");
    assert_eq!(column(&sums, Field::Amount), Some(("C", Degree::Unknown)));
    let claims = table(
        "Id,Date,Amount Claimed,Amount Paid,Amount Not Paid\nC-1,2026-03-04,120.00,80.00,40.00\nC-2,2026-03-05,12.00,0.00,12.00\n",
    );
    assert_eq!(column(&claims, Field::Amount), Some(("Amount Paid", Degree::Likely)));
    let rates = table("Id;Dato;Antall km;Sats;Sum\nR-1;14.03.2026;92;3,50;322,00\nR-2;15.03.2026;10;3,50;35,00\n");
    assert_eq!(column(&rates, Field::Amount), Some(("Sum", Degree::Proved)));
}

#[test]
fn currency_is_seen_by_its_content_and_belongs_to_its_amount() {
    let text = |title: &str| format!("Id;Datum;Betrag;{title}\nB-1;2026-03-14;12,50;eur\nB-2;2026-03-15;7,00;EUR\n");
    assert_eq!(column(&table(&text("Währung")), Field::Currency), Some(("Währung", Degree::Proved)));
    assert_eq!(column(&table(&text("Sonstiges")), Field::Currency), Some(("Sonstiges", Degree::Likely)));
    let original = table(
        "ID,Date,Amount,Original Currency,Original Amount\nT1,2026-03-17,520.25,USD,50.00\nT2,2026-03-18,66.70,SEK,70.00\n",
    );
    assert_eq!(name(&original, Field::Currency), None);
    assert_eq!(column(&original, Field::Amount), Some(("Amount", Degree::Likely)));
    assert_eq!(param(&original, QuestionKind::CurrencyOfOthers, "found"), "SEK");
    let named =
        table("Id;Dato;Beløp NOK;Valuta;Valutabeløp\nT1;14.03.2026;520,25;USD;50,00\nT2;15.03.2026;66,70;SEK;70,00\n");
    assert!(column(&named, Field::Currency).is_none_or(|(_, degree)| degree < Degree::Proved));
}

#[test]
fn id_that_could_be_another_one_is_asked_for() {
    let with = |title: &str, ids: [&str; 3]| {
        let rows: String = ids.iter().map(|id| format!("{id};14.03.2026;12,50\n")).collect();
        table(&format!("{title};Dato;Beløp\n{rows}"))
    };
    assert_eq!(column(&with("Utleggs-ID", ["U-7", "U-9", "U-12"]), Field::Id), Some(("Utleggs-ID", Degree::Proved)));
    for (title, ids, kind) in [
        ("Nr", ["1", "2", "3"], QuestionKind::IdCountsRows),
        ("Claim Number", ["60001", "60002", "60003"], QuestionKind::IdOfGroup),
        ("Referanse", ["A7", "A8", "A9"], QuestionKind::IdOfGroup),
    ] {
        let guess = with(title, ids);
        assert_eq!(column(&guess, Field::Id), Some((title, Degree::Likely)));
        assert!(asks(&guess, kind), "{title}");
    }
    for (title, ids, kind) in [
        ("Nr", ["8601.11.17947", "86011117947", "8601 11 17947"], QuestionKind::IdIsAccount),
        ("Id", ["1,23457E+11", "2,19E+26", "1,3E+11"], QuestionKind::IdShortened),
        ("Bilagsnr", ["7", "7", "8"], QuestionKind::IdRepeated),
        ("Id", ["14.03.2026", "15.03.2026", "16.03.2026"], QuestionKind::NoId),
    ] {
        let guess = with(title, ids);
        assert_eq!(column(&guess, Field::Id), None, "{title}");
        assert!(asks(&guess, kind) && asks(&guess, QuestionKind::NoId), "{title}: {:?}", guess.questions);
    }
    let two = table("Transaction ID,Expense ID,Date,Amount\nT7,E9,2026-03-04,12.50\nT8,E8,2026-03-05,7.25\n");
    assert!(asks(&two, QuestionKind::SeveralIds));
    assert!(column(&two, Field::Id).is_some_and(|(_, degree)| degree == Degree::Likely));
    let payee = table("Ansattnr;Reiseregningsnr;Dato;Beløp\n17;R-7;14.03.2026;12,50\n18;R-9;15.03.2026;7,50\n");
    assert_eq!((name(&payee, Field::Id), name(&payee, Field::Payee)), (Some("Reiseregningsnr"), Some("Ansattnr")));
}

#[test]
fn rows_that_may_not_count_are_asked_for() {
    let with = |title: &str, values: [&str; 3]| {
        let rows: String =
            values.iter().enumerate().map(|(at, value)| format!("U-{at};14.03.2026;12,50;{value}\n")).collect();
        table(&format!("Id;Dato;Beløp;{title}\n{rows}"))
    };
    for (title, values) in [
        ("Status", ["Approved", "Rejected", "Draft"]),
        ("Godkjent", ["Ja", "Nei", "Ja"]),
        ("Godkendt", ["ja", "nej", "ja"]),
        ("Approved", ["TRUE", "FALSE", "TRUE"]),
        ("Zustand", ["Genehmigt", "Offen", "Abgelehnt"]),
        ("Estado", ["Aprobado", "Pendiente", "Aprobado"]),
        ("Annet", ["Godkjent", "Avvist", "Innsendt"]),
        ("Godkjent", ["x", "", "x"]),
    ] {
        let guess = with(title, values);
        assert_eq!(name(&guess, Field::ApprovedAt), None, "{title}");
        let shown = param(&guess, QuestionKind::NotAllApproved, "values");
        assert!(shown.contains(values[0]), "{title}: {shown}");
    }
    let dates = with("Godkjent", ["05.11.2026", "", "06.11.2026"]);
    assert_eq!(column(&dates, Field::ApprovedAt), Some(("Godkjent", Degree::Likely)));
    assert_eq!(param(&dates, QuestionKind::ApprovalEmpty, "line"), "3");
    for (title, values) in [("Status", ["Approved", "Approved", "Approved"]), ("Sted", ["Oslo", "Bodø", "Oslo"])] {
        assert!(!asks(&with(title, values), QuestionKind::NotAllApproved), "{title}");
    }
}

#[test]
fn sign_and_sides_are_proposed_and_asked_for() {
    let negative = table("Id;Dato;Beløp\nE-1;14.03.2026;-100,00\nE-2;15.03.2026;-101,50\nE-3;16.03.2026;20,00\n");
    assert_eq!(negative.sign, Sure { value: Sign::Negative, degree: Degree::Likely });
    assert_eq!(param(&negative, QuestionKind::MostlyNegative, "found"), "-100,00");
    let sides = table("Id;Dato;Beløp;D/C\nE-1;14.03.2026;512,00;D\nE-2;15.03.2026;100,00;C\n");
    assert_eq!((name(&sides, Field::Side), asks(&sides, QuestionKind::SideColumn)), (Some("D/C"), true));
    let columns = table("Id;Dato;Debit;Credit\nE-1;14.03.2026;512,00;\nE-2;15.03.2026;;100,00\n");
    assert_eq!((name(&columns, Field::Amount), name(&columns, Field::AmountBack)), (Some("Debit"), Some("Credit")));
    assert!(asks(&columns, QuestionKind::DebitAndCredit));
}

#[test]
fn several_dates_are_asked_for() {
    let text = "Id;Utleggsdato;Innsendt;Beløp\nE-1;14.03.2026;20.03.2026;100,00\nE-2;15.03.2026;20.03.2026;101,50\n";
    let guess = table(text);
    assert_eq!(column(&guess, Field::Date), Some(("Utleggsdato", Degree::Likely)));
    assert!(param(&guess, QuestionKind::SeveralDates, "others").contains("“Innsendt”: 20.03.2026"));
}

#[test]
fn titles_below_a_report_head_are_found_and_said() {
    for above in
        ["Approved expenses\n\n", ";;;\n;;;\n", "sep=;\n", "Utlegg for november;2026\n", "\"A\";\"27/08/2022 02:00\"\n"]
    {
        let guess = table(&format!("{above}Id;Dato;Tekst;Sum\nU-1;14.11.2026;Tog;1,50\nU-2;15.11.2026;Tog;2,50\n"));
        assert_eq!(name(&guess, Field::Amount), Some("Sum"), "{above:?}");
        let line = above.matches('\n').count() as u64 + 1;
        assert_eq!(guess.head_line, line, "{above:?}");
    }
    let twice = table("Id;Dato;Beløp;Valuta;Valuta\nU-1;14.11.2026;1,50;NOK;EUR\nU-2;15.11.2026;2,50;NOK;EUR\n");
    assert!(name(&twice, Field::Currency).is_some_and(|name| name.starts_with('#')), "{:?}", twice.columns);
}

#[test]
fn encoding_is_found_from_the_letters_of_the_whole_file() {
    let head = "Utleggsnr;Dato;Beløp;Ansatt;Tekst\n";
    let row = "E-1;14.03.2026;100,00;Kåre Ås;Blåbær på Røros\nE-2;15.03.2026;12,00;Bjørn Ødegård;Kjøtt\n";
    let of = |label: &str| {
        let charset = Charset::for_label(label).expect("a name");
        let upper: Vec<(u8, char)> = (128..=255)
            .filter_map(|byte: u8| {
                let mut text = String::new();
                charset.decoder(&[]).decode(&[byte], &mut text, true).ok()?;
                Some((byte, text.chars().next()?))
            })
            .collect();
        let byte =
            |c: char| if c.is_ascii() { u8::try_from(c).ok() } else { Some(upper.iter().find(|(_, it)| *it == c)?.0) };
        [head, row].concat().chars().map(|c| byte(c).expect("a letter of the encoding")).collect::<Vec<u8>>()
    };
    for label in ["windows-1252", "macintosh", "cp850", "cp865"] {
        let charset = guessed(of(label)).expect("a table").charset;
        let is_alike = matches!((label, charset.value.name()), ("cp865", "cp850"));
        assert!(charset.value.name() == label || is_alike, "{label}: {}", charset.value.name());
        assert_eq!(charset.degree, Degree::Likely);
    }
    let mut far = b"Id;Dato;Belop;Hvem\n".to_vec();
    for row in 0..20_000 {
        far.extend(format!("U{row};14.11.2026;1,50;Kari\n").bytes());
    }
    assert_eq!(guessed(&far).expect("a table").charset, Sure { value: Charset::UTF_8, degree: Degree::Proved });
    far.extend(b"U99999;14.11.2026;1,50;S\xf8ren \xc5s\n");
    assert_eq!(guessed(&far).expect("a table").charset.value.name(), "windows-1252");
    let text = "Nr;Dato;Beløp\r\n1;14.11.2026;12,50\r\n2;14.11.2026;13,50\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [[&[0xff, 0xfe], bytes.as_slice()].concat(), bytes] {
        let guess = guessed(&bytes).expect("it is a table");
        assert_eq!((guess.charset.value.name(), guess.file_columns.len()), ("UTF-16LE", 3));
    }
}

#[test]
fn file_that_is_no_table_is_refused_with_the_reason() {
    for bytes in [&b"%PDF-1.7\n"[..], b"{\"records\": []}"] {
        assert!(matches!(guessed(bytes), Err(FileError::NotCsv { .. })), "{bytes:?}");
    }
    assert!(matches!(guessed(b""), Err(FileError::Empty(_))));
    for text in ["1;02.11.2026;12,50\n2;03.11.2026;13,50\n", "bare tekst\n"] {
        assert!(matches!(guessed(text), Err(FileError::HeadMissing { .. })), "{text}");
    }
    let dir = TempDir::new().expect("a folder");
    assert!(matches!(guess(&dir.path().join("none.csv"), None), Err(FileError::Missing(_))));
}

#[test]
fn folder_and_glob_are_guessed_from_their_last_file() {
    let dir = TempDir::new().expect("a folder");
    let write = |name: &str, title: &str| {
        let text = format!("Id;Dato;{title}\nU-1;14.11.2026;1,50\nU-2;15.11.2026;2,50\n");
        fs::write(dir.path().join(name), text).expect("a file");
    };
    write("2026-03.csv", "Sum");
    write("2026-04.csv", "Beløp");
    for path in [dir.path().to_owned(), dir.path().join("2026-*.csv")] {
        let guess = guess(&path, None).expect("a table");
        assert_eq!(name(&guess, Field::Amount), Some("Beløp"));
        assert_eq!(param(&guess, QuestionKind::OneOfFiles, "file"), "2026-04.csv");
    }
    assert!(matches!(guess(&dir.path().join("2027-*.csv"), None), Err(FileError::Missing(_))));
}

#[test]
fn workbook_is_guessed_with_its_sheets() {
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks/small.xls");
    let guess = guess(&old, None).expect("a table");
    assert_eq!((guess.is_workbook, guess.sheet.as_deref(), guess.sheets.len()), (true, Some("Utlegg"), 1));
    assert_eq!((name(&guess, Field::Id), name(&guess, Field::Amount)), (Some("Id"), Some("Beløp")));
    // Days that the workbook stores leave no doubt.
    assert_eq!(guess.date_format.degree, Degree::Proved);
    assert_eq!(param(&guess, QuestionKind::RowsHidden, "line"), "4");
    assert_eq!(param(&guess, QuestionKind::CellsMerged, "line"), "6");
}

#[test]
fn date_format_of_a_guess_is_one_that_a_workspace_takes() {
    for day in [
        "14.03.2026",
        "03/14/2026",
        "14-03-26",
        "2026-03-14",
        "2026/03/14",
        "2026.03.14.",
        "20260314",
        "14. mars 2026",
        "14-Mar-2026",
        "14.mar.26",
        "14 août 2026",
        "Mar 14, 2026",
        "46095",
        "14.03.2026 12:30",
    ] {
        let guess = table(&format!("Id;Dato;Sum\nU-1;{day};1,50\nU-2;{day};2,50\n"));
        let format = &guess.date_format.value;
        assert!(crate::source::table::date_format_is_valid(format), "{day}: {format}");
    }
}

#[test]
fn file_in_the_workspace_is_named_by_its_name_alone() {
    assert_eq!(path_in(Path::new("/w"), Path::new("/w/utlegg.csv")), "utlegg.csv");
    assert_eq!(path_in(Path::new("/w"), Path::new("/data/utlegg.csv")), "/data/utlegg.csv");
}

proptest! {
    #[test]
    fn guess_takes_any_bytes_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = guessed(&bytes);
    }

    #[test]
    fn column_gives_one_field_and_a_field_has_one_column(text in "([a-zæøå]{0,6}[;,\n]|[0-9]{1,3},[0-9]{2};|0[1-9][.]11[.]2026;){0,40}") {
        if let Ok(guess) = guessed(&text) {
            let mut fields: Vec<_> = guess.columns.iter().map(|column| column.field).collect();
            fields.dedup();
            prop_assert_eq!(fields.len(), guess.columns.len());
            let names: Vec<&str> = guess.file_columns.iter().map(|column| column.name.as_str()).collect();
            prop_assert!(guess.columns.iter().all(|column| names.contains(&column.column.as_str())));
        }
    }
}
