//! Tests columns that no field or rule names, and that would change what the others mean.

use super::*;

/// Returns the code and the column of the problem because of which these rows are not read.
async fn stop(head: &str, rows: &str, change: impl FnOnce(&mut FileSettings)) -> Option<(ErrorCode, String)> {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), format!("{head}\n{rows}")).expect("a file");
    let mut settings = settings(dir.path(), "f.csv");
    change(&mut settings);
    let problem = read(settings).await.err()?;
    Some((problem.code, problem.params.get("column").cloned().unwrap_or_default()))
}

fn ignoring(column: &str) -> impl FnOnce(&mut FileSettings) {
    let column = column.to_owned();
    move |settings| settings.ignored_columns.push(column)
}

#[tokio::test]
async fn column_of_states_stops_until_a_rule_names_it() {
    const HEAD: &str = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;";
    for (title, first, second) in [
        ("Status", "Approved", "Rejected"),
        ("Status", "Godkjent", "Til godkjenning"),
        ("Godkjent", "Ja", "Nei"),
        ("Godkjent", "05.02.2026", ""),
        ("Attestert", "Ja", ""),
        ("Fase", "kladd", "innsendt"),
        ("Sjekket", "Approved", "Draft"),
    ] {
        let (head, rows) =
            (format!("{HEAD}{title}"), format!("A;1.2.2026;5;P;K;T;{first}\nB;1.2.2026;6;P;K;T;{second}\n"));
        let found = stop(&head, &rows, |_| {}).await;
        assert_eq!(found, Some((ErrorCode::SourceStatesNotNamed, title.to_owned())), "{title} {first} {second}");
        assert_eq!(stop(&head, &rows, ignoring(title)).await, None, "{title}");
        let rule = RowRule { column: title.to_owned(), test: CellTest::Filled, effect: RuleEffect::Include };
        assert_eq!(stop(&head, &rows, |settings| settings.row_rules.push(rule)).await, None, "{title}");
    }
    for (title, first, second) in [
        ("Status", "Approved", "Approved"),
        ("Kvittering", "Ja", "Nei"),
        ("Godkjent av", "Kari", "Ola"),
        ("Billable", "no", "yes"),
        ("Card holder", "Kari", ""),
        ("Personalnummer", "1001", ""),
        ("Private car km", "12", ""),
        ("Avdeling", "756", "756"),
        ("Approved no.", "12", "13"),
        ("Approved", "5,00", "6,00"),
        ("Betalingsmåte", "Vipps", "Bank"),
        ("Kommentar", "avvist først, så rettet", ""),
        ("Godkjent", "05.02.2026", "06.02.2026"),
        ("Merknad", "Avvist av meg, så sendt på nytt", "ok"),
        ("Lag", "Nord", "Sør"),
    ] {
        let rows = format!("A;1.2.2026;5;P;K;T;{first}\nB;1.2.2026;6;P;K;T;{second}\n");
        assert_eq!(stop(&format!("{HEAD}{title}"), &rows, |_| {}).await, None, "{title} {first} {second}");
    }
    // A total has no approval, and is no record.
    let total = "A;1.2.2026;5;P;K;T;05.02.2026\nSum;;5;;;;\n";
    assert_eq!(stop(&format!("{HEAD}Godkjent"), total, |_| {}).await, None);
}

#[tokio::test]
async fn column_of_money_paid_back_stops_until_it_is_named() {
    let sides = "Nr;Dato;Beløp;D/K;Hvem;Kategori;Tekst";
    let rows = "A;1.2.2026;5;D;P;K;T\nB;1.2.2026;6;K;P;K;T\n";
    let found = Some((ErrorCode::SourceSideNotNamed, "D/K".to_owned()));
    assert_eq!(stop(sides, rows, |_| {}).await, found);
    assert_eq!(stop(sides, "A;1.2.2026;5;D;P;K;T\nB;1.2.2026;6;D;P;K;T\n", |_| {}).await, None);
    let named = |settings: &mut FileSettings| drop(settings.columns.insert(Field::Side, "D/K".to_owned()));
    assert_eq!(stop(sides, rows, named).await, None);

    let back = "Nr;Dato;Beløp;Tilbake;Hvem;Kategori;Tekst";
    let rows = "A;1.2.2026;5,00;;P;K;T\nB;1.2.2026;;6,00;P;K;T\n";
    assert_eq!(stop(back, rows, |_| {}).await, Some((ErrorCode::SourceSideNotNamed, "Tilbake".to_owned())));
    assert_eq!(stop(back, rows, ignoring("Tilbake")).await, None);
    let named = |settings: &mut FileSettings| drop(settings.columns.insert(Field::AmountBack, "Tilbake".to_owned()));
    assert_eq!(stop(back, rows, named).await, None);
    // An amount beside the row's own is another amount, and none that was paid back, unless it is called so.
    let other = back.replace("Tilbake", "Annet");
    assert_eq!(stop(&other, "A;1.2.2026;5,00;1,00;P;K;T\nB;1.2.2026;;6,00;P;K;T\n", |_| {}).await, None);
    for title in ["Tilbakebetalt", "Refund", "Forskudd"] {
        let beside = "A;1.2.2026;5,00;1,00;P;K;T\nB;1.2.2026;6,00;0,00;P;K;T\n";
        let found = stop(&back.replace("Tilbake", title), beside, |_| {}).await;
        assert_eq!(found, Some((ErrorCode::SourceSideNotNamed, title.to_owned())));
    }
    // Zeros stand where there is no amount.
    let zeros = "A;1.2.2026;5,00;0,00;P;K;T\nB;1.2.2026;0,00;6,00;P;K;T\n";
    assert_eq!(stop(&other, zeros, |_| {}).await, Some((ErrorCode::SourceSideNotNamed, "Annet".to_owned())));
    // Two letters that are no pair are no sides.
    let regions = "A;1.2.2026;5;S;P;K;T\nB;1.2.2026;6;C;P;K;T\nC;1.2.2026;6;N;P;K;T\n";
    assert_eq!(stop(&sides.replace("D/K", "Region"), regions, |_| {}).await, None);
    // One odd cell does not hide the letters.
    let odd = "A;1.2.2026;5;D;P;K;T\nB;1.2.2026;6;K;P;K;T\nC;1.2.2026;6;?;P;K;T\nD;1.2.2026;6;Adj;P;K;T\n";
    assert_eq!(stop(sides, odd, |_| {}).await, Some((ErrorCode::SourceSideNotNamed, "D/K".to_owned())));
}

#[tokio::test]
async fn likelier_amount_stops_until_it_is_decided() {
    for (title, other) in [("Beløp eks. mva", "Beløp inkl. mva"), ("Net", "Gross"), ("Amount Claimed", "Amount Paid")]
    {
        let (head, rows) = (format!("Nr;Dato;{title};{other};Hvem;Kategori;Tekst"), "A;1.2.2026;100,00;125,00;P;K;T\n");
        let of = |column: &str| {
            let column = column.to_owned();
            move |settings: &mut FileSettings| drop(settings.columns.insert(Field::Amount, column))
        };
        assert_eq!(
            stop(&head, rows, of(title)).await,
            Some((ErrorCode::SourceAmountOpen, other.to_owned())),
            "{title}"
        );
        assert_eq!(stop(&head, rows, of(other)).await, None, "{other}");
        let same = "A;1.2.2026;100,00;100,00;P;K;T\n";
        assert_eq!(stop(&head, same, of(title)).await, None, "{title}");
    }
}

#[tokio::test]
async fn currency_of_other_amounts_stops_the_file() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Original Currency;Original Amount";
    let rows = "A;1.2.2026;520,25;P;K;T;USD;50,00\nB;1.2.2026;66,70;P;K;T;NOK;66,70\n";
    let of =
        |settings: &mut FileSettings| drop(settings.columns.insert(Field::Currency, "Original Currency".to_owned()));
    let found = Some((ErrorCode::SourceCurrencyOfOthers, "Original Amount".to_owned()));
    assert_eq!(stop(head, rows, of).await, found);
    let both = |settings: &mut FileSettings| {
        of(settings);
        settings.columns.insert(Field::Amount, "Original Amount".to_owned());
    };
    assert_eq!(stop(head, rows, both).await, None);
}

#[tokio::test]
async fn id_that_identifies_no_row_stops_the_file() {
    let head = "Nr;Linje;Dato;Beløp;Hvem;Kategori;Tekst";
    let rows = "R-7;1;1.2.2026;5;P;K;T\nR-7;2;1.2.2026;6;P;K;T\nR-8;1;1.2.2026;6;P;K;T\n";
    assert_eq!(stop(head, rows, |_| {}).await, Some((ErrorCode::SourceIdNotUnique, "Nr".to_owned())));
    let both = |settings: &mut FileSettings| settings.id = IdRule::Columns(vec!["Nr".into(), "Linje".into()]);
    assert_eq!(stop(head, rows, both).await, None);
    let payee = |settings: &mut FileSettings| settings.id = IdRule::Columns(vec!["Hvem".into()]);
    assert_eq!(stop(head, rows, payee).await, Some((ErrorCode::SourceIdNotUnique, "Hvem".to_owned())));
}

#[tokio::test]
async fn wrong_encoding_of_one_byte_stops_the_file() {
    let dir = TempDir::new().expect("a folder");
    let text = b"Nr;Dato;Bel\xf8p;Hvem;Kategori;Tekst\nA;1.2.2026;5;K\xe5re;K;Bl\xe5b\xe6r\n";
    fs::write(dir.path().join("f.csv"), text).expect("a file");
    for (label, stops) in [("macintosh", true), ("cp850", true), ("windows-1252", false)] {
        let charset = Charset::for_label(label).expect("a known name");
        let mut settings = FileSettings { charset, ..settings(dir.path(), "f.csv") };
        settings.columns.insert(Field::Amount, "#3".to_owned());
        let code = read(settings).await.err().map(|problem| (problem.code, problem.params["likely"].clone()));
        assert_eq!(code, stops.then(|| (ErrorCode::SourceEncoding, "windows-1252".to_owned())), "{label}");
    }
}

#[tokio::test]
async fn state_in_other_words_stops_until_a_rule_names_it() {
    const HEAD: &str = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;";
    for (title, first, second) in [
        ("Status", "OK", "Ikke OK"),
        ("Kontroll", "Godkjent av leder", "Ikke godkjent ennå"),
        ("Status", "Godkjent", "Klar"),
        ("Status", "Approved", "Awaiting approval"),
        ("Godkjent", "05.02.2026", "nei"),
        ("Kansellert dato", "", "05.02.2026"),
        ("Cancelled", "false", "true"),
        ("Avslagsårsak", "", "Mangler kvittering"),
        ("Rejected on", "-", "2026-02-05"),
        ("Godkjent av", "Kari", ""),
        ("Approver", "Kari", ""),
        ("Status", "Ferdig", "Under behandling"),
        ("Etat", "Validée", "Brouillon"),
        ("Resultat", "OK", "Avslag"),
        ("Sjekk", "verified", "unverified"),
        ("Attestert", "✅", "❌"),
        ("Status", "Approved", "Approved - do not pay"),
        ("Status", "Approved", "Paid"),
        ("Eksportert", "", "Ja"),
        ("Posted", "N", "Y"),
        ("Betalingsdato", "", "05.02.2026"),
        ("Paid by", "Employee", "Company"),
        ("Betalingsmåte", "Privat", "Firmakort"),
        ("Duplikat av", "", "E-101"),
        ("Flytstatus", "Ferdig", "Under behandling"),
        ("Paid on", "", "2026-03-05"),
        ("Validé le", "05.02.2026", ""),
        ("On hold", "", "yes"),
        ("Voucher no", "", "10233"),
        ("Betalt", "05.02.2026", ""),
        ("Utbetalt dato", "05.02.2026", "–"),
    ] {
        let (head, rows) = (
            format!("{HEAD}{title}"),
            format!("A;1.2.2026;5;P;K;T;{first}\nB;1.2.2026;6;P;K;T;{second}\nC;1.2.2026;7;P;K;T;{first}\n"),
        );
        let found = stop(&head, &rows, |_| {}).await;
        assert_eq!(found, Some((ErrorCode::SourceStatesNotNamed, title.to_owned())), "{title} {first} {second}");
        assert_eq!(stop(&head, &rows, ignoring(title)).await, None, "{title}");
    }
    for (title, first, second) in [
        ("Cancelled", "", ""),
        ("Kansellert", "Nei", "Nei"),
        ("Avvist", "-", "–"),
        ("Betalt", "05.02.2026", "06.02.2026"),
        ("Betalingsmåte", "Kort", ""),
        ("Betalt av", "Kari", ""),
    ] {
        let rows = format!("A;1.2.2026;5;P;K;T;{first}\nB;1.2.2026;6;P;K;T;{second}\n");
        assert_eq!(stop(&format!("{HEAD}{title}"), &rows, |_| {}).await, None, "{title} {first} {second}");
    }
}

#[tokio::test]
async fn amounts_in_two_currencies_stop_until_one_is_chosen() {
    let of = |head: &str, currency: bool| {
        let amount = head.split(';').nth(2).expect("a title").to_owned();
        move |settings: &mut FileSettings| {
            settings.columns.insert(Field::Amount, amount);
            if currency {
                settings.columns.insert(Field::Currency, "Valuta".to_owned());
            }
        }
    };
    // The currency belongs to one of two amounts, which are the same where it is that of the books.
    let rows = "A;1.2.2026;115,50;10,00;EUR;P;K;T\nB;1.2.2026;66,70;66,70;NOK;P;K;T\n";
    for (one, other, expected) in [
        ("Beløp NOK", "Beløp", Some("Beløp")),
        ("Beløp", "Utlegg", Some("Utlegg")),
        ("Beløp", "Original Amount", Some("Original Amount")),
        ("Beløp", "Beløp NOK", None),
        ("Original Amount", "Beløp", None),
        ("Beløp", "Beløp (kr)", None),
    ] {
        let head = format!("Nr;Dato;{one};{other};Valuta;Hvem;Kategori;Tekst");
        let expected = expected.map(|column| (ErrorCode::SourceCurrencyOfOthers, column.to_owned()));
        assert_eq!(stop(&head, rows, of(&head, true)).await, expected, "{one} {other}");
    }
    // No column has the currency of a foreign amount.
    for (one, other, expected) in [
        ("Beløp NOK", "Beløp", None),
        ("Beløp", "Original Amount", None),
        ("Beløp", "Beløp NOK", Some("Valuta")),
        ("Beløp", "Mva", Some("Valuta")),
    ] {
        let head = format!("Nr;Dato;{one};{other};Valuta;Hvem;Kategori;Tekst");
        let expected = expected.map(|column| (ErrorCode::SourceCurrencyNotNamed, column.to_owned()));
        assert_eq!(stop(&head, rows, of(&head, false)).await, expected, "{one} {other}");
    }
}

#[tokio::test]
async fn currency_by_sign_or_name_is_a_currency() {
    let head = "Nr;Dato;Beløp;Valuta;Hvem;Kategori;Tekst";
    for (first, second) in [("kr", "€"), ("NOK", "Euro"), ("norske kroner", "svenske kroner"), ("£", "£"), ("", "USD")]
    {
        let rows = format!("A;1.2.2026;5;{first};P;K;T\nB;1.2.2026;6;{second};P;K;T\nC;1.2.2026;6;{second};P;K;T\n");
        let found = Some((ErrorCode::SourceCurrencyNotNamed, "Valuta".to_owned()));
        assert_eq!(stop(head, &rows, |_| {}).await, found, "{first} {second}");
    }
    let rows = "A;1.2.2026;5;kr;P;K;T\nB;1.2.2026;6;NOK;P;K;T\n";
    assert_eq!(stop(head, rows, |_| {}).await, None);
}

#[tokio::test]
async fn title_of_another_currency_stops_until_the_currency_is_said() {
    for title in ["Beløp EUR", "Amount (USD)", "Beløp i euro", "Sum €", "amount_sek", "Beløp (svenske) SEK"] {
        let head = format!("Nr;Dato;{title};Hvem;Kategori;Tekst");
        let rows = "A;1.2.2026;5;P;K;T\n";
        let of = |settings: &mut FileSettings| drop(settings.columns.insert(Field::Amount, title.to_owned()));
        assert_eq!(stop(&head, rows, of).await, Some((ErrorCode::SourceCurrencyInTitle, title.to_owned())), "{title}");
        let said = |settings: &mut FileSettings| {
            of(settings);
            settings.is_currency_said = true;
        };
        assert_eq!(stop(&head, rows, said).await, None, "{title}");
    }
    for title in ["Beløp NOK", "Beløp kr", "Kroner", "Beløp i norske kroner", "Amount (total)"] {
        let head = format!("Nr;Dato;{title};Hvem;Kategori;Tekst");
        let of = |settings: &mut FileSettings| drop(settings.columns.insert(Field::Amount, title.to_owned()));
        assert_eq!(stop(&head, "A;1.2.2026;5;P;K;T\n", of).await, None, "{title}");
    }
    // A foreign currency beside amounts that are called those of the books.
    let head = "Nr;Dato;Beløp NOK;Valuta;Hvem;Kategori;Tekst";
    let of = |settings: &mut FileSettings| {
        settings.columns.insert(Field::Amount, "Beløp NOK".to_owned());
        settings.columns.insert(Field::Currency, "Valuta".to_owned());
    };
    let found = Some((ErrorCode::SourceCurrencyInTitle, "Beløp NOK".to_owned()));
    assert_eq!(stop(head, "A;1.2.2026;5;EUR;P;K;T\n", of).await, found);
    assert_eq!(stop(head, "A;1.2.2026;5;NOK;P;K;T\n", of).await, None);
}

#[tokio::test]
async fn amount_that_is_called_granted_or_gross_is_asked_about() {
    for (title, other, expected) in [
        ("Beløp", "Godkjent beløp", true),
        ("Amount", "Approved amount", true),
        ("Beløp", "Totalbeløp inkl. mva", true),
        ("Amount", "Total", true),
        ("Beløp", "Godkjent av", false),
        ("Beløp", "Reimbursement ID", false),
        ("Beløp", "Approved no.", false),
        ("Beløp", "Private car (km)", false),
        ("Beløp", "Antall km", false),
        ("Amount", "Amount due employee", true),
        ("Beløp", "Refunderes", true),
        ("Beløp", "Beløp NOK", true),
        ("Godkjent beløp", "Søkt beløp", false),
        ("Total", "Amount", false),
    ] {
        let head = format!("Nr;Dato;{title};{other};Hvem;Kategori;Tekst");
        let of = |settings: &mut FileSettings| drop(settings.columns.insert(Field::Amount, title.to_owned()));
        let found = stop(&head, "A;1.2.2026;100,00;125,00;P;K;T\n", of).await;
        assert_eq!(found.is_some(), expected, "{title} {other} {found:?}");
        assert_eq!(stop(&head, "A;1.2.2026;100;100,00;P;K;T\n", of).await, None, "{title} {other}");
        let nothing = stop(&head, "A;1.2.2026;100;100,00;P;K;T\nB;1.2.2026;100;0,00;P;K;T\n", of).await;
        let is_granted = ["Godkjent beløp", "Approved amount", "Amount due employee", "Refunderes"].contains(&other);
        assert_eq!(nothing.is_some(), is_granted, "{title} {other}: nothing was granted");
    }
}

#[tokio::test]
async fn two_amounts_below_zero_ask_for_the_sign() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst";
    let unsaid = |settings: &mut FileSettings| settings.sign = Sign::Unsaid;
    for (rows, expected) in [
        ("A;1.2.2026;-5,00;P;K;T\nB;1.2.2026;-6,00;P;K;T\n", true),
        ("A;1.2.2026;-5,00;P;K;T\n", false),
        ("A;1.2.2026;5,00;P;K;T\nB;1.2.2026;-6,00;P;K;T\n", false),
    ] {
        let found = stop(head, rows, unsaid).await.map(|(code, _)| code);
        assert_eq!(found, expected.then_some(ErrorCode::SourceSignOpen), "{rows}");
    }
}

#[tokio::test]
async fn row_that_calls_itself_a_refund_stops_the_file() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;";
    for (title, value) in [
        ("Type", "Refund"),
        ("Type", "Kreditnota"),
        ("Buchungsart", "Gutschrift"),
        ("CdtDbtInd", "CRDT"),
        ("Inn/ut", "Inn"),
        ("Retur", "x"),
    ] {
        let rows = format!("A;1.2.2026;5;P;K;T;Utlegg\nB;1.2.2026;6;P;K;T;{value}\n");
        let found = stop(&format!("{head}{title}"), &rows, |_| {}).await;
        assert_eq!(found, Some((ErrorCode::SourceSideNotNamed, title.to_owned())), "{title} {value}");
    }
}

#[tokio::test]
async fn signs_that_say_the_other_way_round_stop_the_file() {
    let head = "Nr;Dato;Beløp;D/K;Hvem;Kategori;Tekst";
    let negative = |settings: &mut FileSettings| settings.sign = Sign::Negative;
    let of = |first: &str, second: &str| format!("A;1.2.2026;{first};D;P;K;T\nB;1.2.2026;{second};D;P;K;T\n");
    let code = |found: Option<(ErrorCode, String)>| found.map(|(code, _)| code);
    assert_eq!(code(stop(head, &of("5", "6"), negative).await), Some(ErrorCode::SourceSignTurned));
    assert_eq!(code(stop(head, &of("-5", "6"), negative).await), None);
    let side = |settings: &mut FileSettings| {
        settings.sign = Sign::Unsaid;
        settings.columns.insert(Field::Side, "D/K".to_owned());
    };
    let credit = of("5", "6").replace(";D;", ";K;");
    assert_eq!(code(stop(head, &credit, side).await), Some(ErrorCode::SourceSignOpen));
    assert_eq!(code(stop(head, &of("5", "6"), side).await), None);
}

#[tokio::test]
async fn currency_is_seen_in_every_writing() {
    let head = "Nr;Dato;Beløp;Valuta;Hvem;Kategori;Tekst";
    for value in ["EUR - Euro", "EUR (€)", "978", "Euro"] {
        let rows = format!("A;1.2.2026;5;{value};P;K;T\nB;1.2.2026;6;{value};P;K;T\n");
        assert_eq!(
            stop(head, &rows, |_| {}).await.map(|(code, _)| code),
            Some(ErrorCode::SourceCurrencyNotNamed),
            "{value}"
        );
    }
    let rate = "Nr;Dato;Beløp;Valutakurs;Hvem;Kategori;Tekst";
    let rows = |value: &str| format!("A;1.2.2026;5;1,00;P;K;T\nB;1.2.2026;6;{value};P;K;T\n");
    assert_eq!(stop(rate, &rows("11,35"), |_| {}).await.map(|(code, _)| code), Some(ErrorCode::SourceCurrencyNotNamed));
    assert_eq!(stop(rate, &rows("1,0000"), |_| {}).await, None);
}

#[tokio::test]
async fn amounts_in_parts_or_thousands_stop_the_file() {
    for (title, expected) in [
        ("Beløp i øre", true),
        ("Amount (cents)", true),
        ("amount_minor", true),
        ("Beløp (tusen kr)", true),
        ("Beløp i kroner og øre", false),
        ("Amount (000)", true),
    ] {
        let head = format!("Nr;Dato;{title};Hvem;Kategori;Tekst");
        let of = |settings: &mut FileSettings| drop(settings.columns.insert(Field::Amount, title.to_owned()));
        let found = stop(&head, "A;1.2.2026;5;P;K;T\n", of).await.map(|(code, _)| code);
        assert_eq!(found, expected.then_some(ErrorCode::SourceUnitInTitle), "{title}");
    }
}

#[tokio::test]
async fn decimals_that_the_delimiter_split_off_stop_the_file() {
    let comma = |settings: &mut FileSettings| settings.delimiter = b',';
    let head = "Nr,Dato,Hvem,Kategori,Tekst,Beløp,Kommentar";
    let found = stop(head, "A,1.2.2026,P,K,T,1249,50\nB,1.2.2026,P,K,T,12,\n", comma).await;
    assert_eq!(found, Some((ErrorCode::SourceAmountSplit, "Kommentar".to_owned())));
    for rows in ["A,1.2.2026,P,K,T,1249,ok\nB,1.2.2026,P,K,T,12,50\n", "A,1.2.2026,P,K,T,\"1249,50\",50\n"] {
        assert_eq!(stop(head, rows, comma).await, None, "{rows}");
    }
}
