use std::fs;
use std::io::Write as _;

use chrono::NaiveDate;
use postonce_engine::error::{ErrorCode, Problem};
use proptest::prelude::*;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::table::{self, CellKind, FileError, MergedCells, WorkbookRules};
use super::*;

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs></styleSheet>"#;

/// Writes a workbook whose sheets have this XML behind their head, with those properties of the workbook.
fn written(dir: &TempDir, properties: &str, sheets: &[(&str, &str, &str)]) -> PathBuf {
    let (mut names, mut relations) = (String::new(), String::new());
    for (at, (name, state, _)) in sheets.iter().enumerate() {
        names += &format!(r#"<sheet name="{name}" sheetId="{0}" state="{state}" r:id="rId{0}"/>"#, at + 1);
        relations += &format!(
            r#"<Relationship Id="rId{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{0}.xml"/>"#,
            at + 1
        );
    }
    let relation = |inner: &str| {
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>"#
        )
    };
    let main = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        (
            "_rels/.rels".to_owned(),
            relation(
                r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
            ),
        ),
        ("xl/workbook.xml".to_owned(), format!("<workbook {main}>{properties}<sheets>{names}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), relation(&relations)),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
    ];
    for (at, (.., xml)) in sheets.iter().enumerate() {
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), format!("<worksheet {main}>{xml}</worksheet>")));
    }
    packed(dir, "w.xlsx", &parts)
}

fn packed(dir: &TempDir, name: &str, parts: &[(String, String)]) -> PathBuf {
    let path = dir.path().join(name);
    let mut package = ZipWriter::new(File::create(&path).expect("a file"));
    for (part, text) in parts {
        package.start_file(part, SimpleFileOptions::default()).expect("a part");
        package.write_all(text.as_bytes()).expect("its text");
    }
    package.finish().expect("a package");
    path
}

/// Returns the lines of the first sheet with a table.
fn lines(path: &Path) -> Result<Vec<Line>, WorkbookError> {
    let mut book = Workbook::open(path)?;
    let sheet = book.sheet(None)?;
    all(book.lines(&sheet)?)
}

fn all(mut lines: Lines<'_>) -> Result<Vec<Line>, WorkbookError> {
    let mut found = Vec::new();
    while let Some(line) = lines.next()? {
        found.push(line);
    }
    Ok(found)
}

fn of_rows(rows: &str) -> Result<Vec<Line>, WorkbookError> {
    let dir = TempDir::new().expect("a folder");
    let path = written(&dir, "", &[("Ark1", "visible", &format!("<sheetData>{rows}</sheetData>"))]);
    let mut book = Workbook::open(&path)?;
    all(book.lines("Ark1")?)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(text: &str) -> Cell {
    Cell::Number(text.to_owned())
}

fn day(year: i32, month: u32, day: u32) -> Cell {
    Cell::Day(NaiveDate::from_ymd_opt(year, month, day).expect("a day"))
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks").join(name)
}

#[test]
fn cell_has_the_value_that_is_stored() {
    let rows = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>000123</t></is></c><c r="B2"><v>123</v></c><c r="C2"><v>12.299999999999999</v></c><c r="D2" t="b"><v>1</v></c><c r="F2" t="str"><f>A2</f><v>000123</v></c><c r="G2"><f>1+1</f><v>2</v></c><c r="H2"><f>1+1</f></c><c r="I2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="J2" t="inlineStr"><is><t> #N/A </t></is></c></row>"#;
    let lines = of_rows(rows).expect("a sheet");
    let cells = vec![
        text("000123"),
        number("123"),
        number("12.3"),
        Cell::Flag(true),
        Cell::Empty,
        text("000123"),
        number("2"),
        Cell::NoValue,
        Cell::Error("#DIV/0!".to_owned()),
        Cell::Error("#N/A".to_owned()),
    ];
    assert_eq!(lines, [Line { number: 2, cells }]);
}

#[test]
fn day_is_read_by_its_format_in_both_epochs() {
    let rows = r#"<row r="1"><c r="A1" s="1"><v>46085</v></c><c r="B1" s="2"><v>46085.9</v></c><c r="C1"><v>46085</v></c><c r="D1" t="d"><v>2026-03-04T10:00:00</v></c><c r="E1" t="d"><v>2026-03-04T23:00:00Z</v></c><c r="F1" s="3"><v>1.5</v></c><c r="G1" s="1"><v>60</v></c></row>"#;
    let lines = of_rows(rows).expect("a sheet");
    let march = || day(2026, 3, 4);
    let others = [number("46085"), march(), text("2026-03-04T23:00:00Z"), text("36:00:00"), text("1440:00:00")];
    assert_eq!(lines[0].cells, [vec![march(), march()], others.to_vec()].concat());

    let dir = TempDir::new().expect("a folder");
    let rows = r#"<sheetData><row r="1"><c r="A1" s="1"><v>44623</v></c></row></sheetData>"#;
    let path = written(&dir, r#"<workbookPr date1904="1"/>"#, &[("A", "visible", rows)]);
    let mut book = Workbook::open(&path).expect("a workbook");
    assert_eq!(all(book.lines("A").expect("a sheet")).expect("lines")[0].cells, [march()]);
}

#[test]
fn sheet_is_the_named_one_or_the_first_with_a_table() {
    let dir = TempDir::new().expect("a folder");
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let table = |id: &str| {
        let (head, row) =
            ([cell("A1", "Id"), cell("B1", "Sum")].concat(), [cell("A2", id), cell("B2", "1,00")].concat());
        format!(r#"<sheetData><row r="1">{head}</row><row r="2">{row}</row></sheetData>"#)
    };
    let cover = format!(r#"<sheetData><row r="1">{}</row></sheetData>"#, cell("A1", "Utlegg for mars"));
    let (hidden, first, second) = (table("H"), table("F"), table("S"));
    let sheets = [
        ("Gammel", "hidden", hidden.as_str()),
        ("Forside", "visible", &cover),
        ("Mars", "visible", &first),
        ("April", "visible", &second),
    ];
    let path = written(&dir, "", &sheets);
    let mut book = Workbook::open(&path).expect("a workbook");
    assert_eq!(book.sheet(None).expect("a table"), "Mars");
    assert_eq!(book.sheets_with_a_table().expect("sheets"), ["Mars", "April"]);
    for (named, found) in [("april ", "April"), ("Gammel", "Gammel")] {
        assert_eq!(book.sheet(Some(named)).expect("the sheet"), found);
    }
    let Err(WorkbookError::SheetMissing { sheet, sheets, .. }) = book.sheet(Some("Mai")) else { panic!("not there") };
    assert_eq!((sheet.as_str(), sheets.as_str()), ("Mai", "Gammel, Forside, Mars, April"));

    let path = written(&dir, "", &[("Forside", "visible", &cover), ("Mars", "veryHidden", &first)]);
    let mut book = Workbook::open(&path).expect("a workbook");
    assert!(matches!(book.sheet(None), Err(WorkbookError::NoTable(_))));
}

#[test]
fn shape_names_hidden_rows_and_merged_cells() {
    let dir = TempDir::new().expect("a folder");
    let xml = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/><row r="3" hidden="true"/><row r="5" hidden="0"/><row hidden="1"/></sheetData><autoFilter ref="A1:B5"><filterColumn colId="0"/></autoFilter><mergeCells><mergeCell ref="A2:A4"/></mergeCells>"#;
    let path = written(&dir, "", &[("A &amp; B", "visible", xml)]);
    let book = Workbook::open(&path).expect("a workbook");
    let shape = book.shape("A & B").expect("a shape");
    let merged = vec![Area { lines: (2, 4), columns: (0, 0) }];
    assert_eq!(shape, Shape { hidden: vec![(2, 3), (6, 6)], merged, ..Shape::default() });
    assert_eq!([1, 2, 3, 4, 6, 7].map(|line| shape.hides(line)), [false, true, true, false, true, false]);
}

#[test]
fn open_document_is_read_with_its_shape() {
    let mut book = Workbook::open(&file("small.ods")).expect("a workbook");
    let sheet = book.sheet(None).expect("a table");
    let merged = vec![Area { lines: (6, 7), columns: (0, 0) }];
    let shape = book.shape(&sheet).expect("a shape");
    assert_eq!((shape.currency(7, 2), shape.currency(6, 2)), (Some("NOK"), None));
    assert_eq!((shape.hidden, shape.merged), (vec![(5, 5)], merged));
    let lines = all(book.lines(&sheet).expect("lines")).expect("lines");
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    assert_eq!(lines[1].cells, [text("000123"), day(2026, 3, 4), number("1249.5"), text("Tog")]);
    assert_eq!(lines[2].cells, [number("124"), day(2026, 3, 5), number("12.3"), Cell::Error("#N/A".to_owned())]);
    assert_eq!(lines[3].cells, [text("125"), day(2026, 3, 6), Cell::NoValue]);
    assert_eq!(lines[4].cells, [Cell::Empty, day(2026, 3, 7), number("7")]);
}

#[test]
fn old_workbook_is_read_with_its_shape() {
    let mut book = Workbook::open(&file("small.xls")).expect("a workbook");
    let sheet = book.sheet(None).expect("a table");
    assert_eq!(sheet, "Utlegg");
    let merged = vec![Area { lines: (6, 7), columns: (0, 0) }];
    assert_eq!(book.shape(&sheet).expect("a shape"), Shape { hidden: vec![(4, 4)], merged, ..Shape::default() });
    let lines = all(book.lines(&sheet).expect("lines")).expect("lines");
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3, 4, 6, 7]);
    assert_eq!(lines[1].cells, [text("000123"), day(2026, 3, 4), number("1249.5"), text("Tog")]);
    assert_eq!(lines[2].cells, [number("124"), day(2026, 3, 5), number("12.3"), Cell::NoValue]);
}

#[test]
fn file_that_is_no_workbook_is_named_for_what_it_is() {
    let dir = TempDir::new().expect("a folder");
    let found = |bytes: &[u8]| {
        let path = dir.path().join("f.xlsx");
        fs::write(&path, bytes).expect("a file");
        match Workbook::open(&path).map(|_| ()) {
            Err(WorkbookError::NotAWorkbook { found, .. }) => found,
            other => format!("{other:?}"),
        }
    };
    for (bytes, kind) in [
        (&b"Id;Sum\n1;2\n"[..], "CSV"),
        (b"<html><body><table><tr><td>Id</td></tr></table></body></html>", "HTML"),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?><Workbook/>", "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"", "0 B"),
    ] {
        assert_eq!(found(bytes), kind);
    }
    let path = packed(&dir, "z.xlsx", &[("a.txt".to_owned(), "a".to_owned())]);
    assert!(matches!(Workbook::open(&path), Err(WorkbookError::NotAWorkbook { found, .. }) if found == "ZIP"));
    let missing = dir.path().join("none.xlsx");
    assert!(matches!(Workbook::open(&missing), Err(WorkbookError::Unreadable { .. })));
}

#[test]
fn damaged_workbook_is_refused_and_never_half_read() {
    let dir = TempDir::new().expect("a folder");
    let rows: String = (1..400)
        .map(|row| {
            format!(
                r#"<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>{}</v></c></row>"#,
                row * 37 % 1000
            )
        })
        .collect();
    let path = written(&dir, "", &[("A", "visible", &format!("<sheetData>{rows}</sheetData>"))]);
    let whole = fs::read(&path).expect("its bytes");
    for end in [10, whole.len() / 2, whole.len() - 5] {
        fs::write(&path, &whole[..end]).expect("half of it");
        assert!(lines(&path).is_err(), "{end}");
    }
    for rows in [
        r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#,
        r#"<row r="1"><c r="ZZZ1"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A1" t="s"><v>7</v></c></row>"#,
        r#"<row r="99999999999999"><c r="ZZZZZZZZZZ99999999999999"><v>1</v></c></row>"#,
    ] {
        assert!(matches!(of_rows(rows), Err(WorkbookError::Damaged { .. })), "{rows}");
    }
}

#[test]
fn workbook_with_a_password_is_refused_as_such() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("secret.xlsx");
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(512, 0);
    bytes.extend("EncryptedPackage\0".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4096, 0);
    fs::write(&path, &bytes).expect("a file");
    assert!(matches!(Workbook::open(&path), Err(WorkbookError::Password(_))));
    fs::write(&path, &bytes[..256]).expect("a file");
    assert!(matches!(Workbook::open(&path), Err(WorkbookError::Damaged { .. })));
}

#[test]
fn workbook_that_unpacks_to_too_much_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let spaces = " ".repeat(3 * 1024 * 1024);
    let parts = ["xl/workbook.xml", "xl/worksheets/sheet1.xml"].map(|part| (part.to_owned(), spaces.clone()));
    let path = packed(&dir, "bomb.xlsx", &parts);
    assert!(fs::metadata(&path).expect("a file").len() < 20_000);
    let within = |bytes| unpack::kind_within(&path, bytes).map(|_| ());
    assert!(matches!(within(5 * 1024 * 1024), Err(WorkbookError::TooLarge { limit, .. }) if limit == "5 MB"));
    assert!(within(6 * 1024 * 1024).is_ok());
}

/// Writes an OpenDocument with one sheet, `A`, of these rows.
fn open_document(dir: &TempDir, rows: &str) -> PathBuf {
    let head = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A">"#;
    let content = format!("{head}{rows}</table:table></office:spreadsheet></office:body></office:document-content>");
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = "<manifest:manifest xmlns:manifest=\"m\"/>";
    let parts = [("mimetype", mime), ("content.xml", &content), ("META-INF/manifest.xml", manifest)];
    packed(dir, "b.ods", &parts.map(|(name, text)| (name.to_owned(), text.to_owned())))
}

#[test]
fn merged_cell_beyond_the_last_column_is_refused() {
    let dir = TempDir::new().expect("a folder");
    for across in ["16385", "4294967296", "18446744073709551615"] {
        let cell = format!(
            r#"<table:table-cell office:value-type="float" office:value="1" table:number-rows-spanned="2" table:number-columns-spanned="{across}"/>"#
        );
        let path = open_document(&dir, &format!("<table:table-row>{cell}</table:table-row>").repeat(2));
        let shape = ods_shape::of(&path, Some("A"));
        assert!(matches!(shape, Err(WorkbookError::Damaged { .. })), "{across}");
    }
    for (area, is_well) in [("A1:XFD2", true), ("A1:XFE2", false), ("ZZZ1:A2", false)] {
        let xml = format!(r#"<sheetData/><mergeCells><mergeCell ref="{area}"/></mergeCells>"#);
        let path = written(&dir, "", &[("A", "visible", &xml)]);
        assert_eq!(xlsx_shape::of(&path, "A").is_ok(), is_well, "{area}");
    }
}

#[test]
fn line_behind_the_last_number_ends_no_reading() {
    let dir = TempDir::new().expect("a folder");
    let last = u64::MAX;
    let rows = format!(r#"<sheetData><row r="{last}" hidden="1"/><row hidden="1"/></sheetData>"#);
    let path = written(&dir, "", &[("A", "visible", &rows)]);
    assert_eq!(xlsx_shape::of(&path, "A").map(|shape| shape.hidden).expect("a shape"), [(last, last)]);
    let row = r#"<table:table-row table:visibility="collapse" table:number-rows-repeated="18446744073709551615"/>"#;
    let path = open_document(&dir, &row.repeat(2));
    assert_eq!(ods_shape::of(&path, Some("A")).map(|shape| shape.hidden).expect("a shape"), [(1, last)]);
}

#[test]
fn open_document_that_unfolds_to_too_much_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let document = |row: &str| open_document(&dir, row);
    let cell =
        r#"<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>"#;
    let path = document(&format!(r#"<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>"#));
    assert!(matches!(Workbook::open(&path), Err(WorkbookError::TooLarge { .. })));
    let spaces = r#"<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="99999999999"/></text:p></table:table-cell></table:table-row>"#;
    assert!(matches!(Workbook::open(&document(spaces)), Err(WorkbookError::Damaged { .. })));
    // Empty rows at the end stand in every file.
    let empty = r#"<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    assert!(Workbook::open(&document(empty)).is_ok());
}

/// The number of a line, its cells, and whether it is hidden.
type HandedLine = (u64, Vec<(String, CellKind)>, bool);

/// Returns the lines of a workbook as the reading of tables gets them: the text and the kind of each cell.
fn handed(path: &Path, rules: &WorkbookRules) -> Result<Vec<HandedLine>, FileError> {
    let document = WorkbookDocument::new(path.to_owned(), rules);
    let (mut lines, mut line, mut found) = (table::Document::lines(&document)?, table::Line::default(), Vec::new());
    while lines.next(&mut line)? {
        let cells = (0..line.cells.len()).map(|at| (line.cell(at).to_owned(), line.kind(at))).collect();
        found.push((line.number, cells, line.is_hidden));
    }
    Ok(found)
}

#[test]
fn merged_cell_counts_below_only_where_a_person_said_so() {
    let dir = TempDir::new().expect("a folder");
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row = |line: u32, cells: &[String]| format!(r#"<row r="{line}">{}</row>"#, cells.concat());
    let rows = [
        row(1, &[cell("A1", "Id"), cell("B1", "Valuta")]),
        row(2, &[cell("A2", "E-1"), cell("B2", "EUR")]),
        row(3, &[cell("A3", "E-2")]),
        row(4, &[cell("A4", "E-3")]),
        row(5, &[cell("A5", "E-4")]),
    ];
    let xml = format!(r#"<sheetData>{}</sheetData><mergeCells><mergeCell ref="B2:B4"/></mergeCells>"#, rows.concat());
    let path = written(&dir, "", &[("A", "visible", &xml)]);
    let second = |merged_cells| {
        let lines = handed(&path, &WorkbookRules { merged_cells, ..WorkbookRules::default() }).expect("lines");
        lines.into_iter().map(|(_, cells, _)| cells.into_iter().nth(1)).collect::<Vec<_>>()
    };
    let is = |text: &str, kind| Some((text.to_owned(), kind));
    let (title, first) = (is("Valuta", CellKind::Text), is("EUR", CellKind::Text));
    let covered = || is("", CellKind::Fault);
    assert_eq!(second(MergedCells::Ask), [title.clone(), first.clone(), covered(), covered(), None]);
    assert_eq!(second(MergedCells::Fill), [title.clone(), first.clone(), first.clone(), first.clone(), None]);
    assert_eq!(second(MergedCells::Empty), [title, first, None, None, None]);
}

#[test]
fn workbook_of_100_000_rows_is_handed_over_line_by_line() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("long.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().expect("a sheet");
    for row in 0..100_000 {
        sheet.write_string(row, 0, format!("E-{row}")).expect("a cell");
        sheet.write_number(row, 1, f64::from(row) + 0.25).expect("a cell");
    }
    book.save(&path).expect("a workbook");
    let document = WorkbookDocument::new(path, &WorkbookRules::default());
    let (mut lines, mut line, mut count) =
        (table::Document::lines(&document).expect("lines"), table::Line::default(), 0);
    while lines.next(&mut line).expect("a line") {
        assert_eq!((line.number, line.cell(0)), (count + 1, format!("E-{count}").as_str()));
        assert_eq!(line.cell(1), format!("{count}.25"));
        count += 1;
    }
    assert_eq!(count, 100_000);
}

#[test]
fn file_error_says_what_to_do_about_a_workbook() {
    let dir = TempDir::new().expect("a folder");
    let code = |path: &Path, rules: &WorkbookRules| Problem::from(handed(path, rules).expect_err("no lines")).code;
    let plain = WorkbookRules::default();
    let named = WorkbookRules { sheet: Some("Mai".to_owned()), ..plain.clone() };
    let path = written(&dir, "", &[("A", "visible", "<sheetData/>")]);
    assert_eq!(code(&path, &plain), ErrorCode::SourceSheetEmpty);
    assert_eq!(code(&path, &named), ErrorCode::SourceSheetMissing);
    let text = dir.path().join("t.xlsx");
    for (bytes, expected) in
        [(&b"Id;Sum\n"[..], ErrorCode::SourceNoWorkbook), (b"PK\x03\x04half", ErrorCode::SourceDamaged)]
    {
        fs::write(&text, bytes).expect("a file");
        assert_eq!(code(&text, &plain), expected);
    }
    assert_eq!(code(&dir.path().join("none.xlsx"), &plain), ErrorCode::SourceFileMissing);
    let of = |error: WorkbookError| Problem::from(FileError::from(error)).code;
    assert_eq!(of(WorkbookError::Password(path.clone())), ErrorCode::SourcePassword);
    assert_eq!(of(WorkbookError::TooLarge { path, limit: "256 MB".to_owned() }), ErrorCode::SourceTooLarge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn workbook_of_any_xml_is_read_or_refused(xml in "(<row( r=\"[0-9A-Z]{0,4}\")?( hidden=\"1\")?>|<c( r=\"[A-C0-9]{0,4}\")?( t=\"(s|b|e|n|d|str|x)\")?( s=\"[0-9]{1,2}\")?>|<v>[-0-9.eE#A]{0,12}</v>|<f>A1</f>|</c>|</row>|<mergeCell ref=\"[A-C0-9:]{0,6}\"/>){0,20}") {
        let dir = TempDir::new().expect("a folder");
        let path = written(&dir, "", &[("A", "visible", &format!("<sheetData>{xml}</sheetData>"))]);
        let rules = WorkbookRules { sheet: Some("A".to_owned()), ..WorkbookRules::default() };
        if let Ok(lines) = handed(&path, &rules) {
            prop_assert!(lines.windows(2).all(|pair| pair[0].0 < pair[1].0), "{lines:?}");
        }
    }
}
