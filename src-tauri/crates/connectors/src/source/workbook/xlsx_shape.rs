//! Looks at a sheet of an `.xlsx` for hidden rows, also those that a filter hides, merged cells, and the currencies of
//! its number formats.

use std::collections::BTreeMap;
use std::path::Path;

use super::WorkbookError;
use super::format;
use super::package::{Package, Step, attribute, number};
use super::shape::{Area, Shape};

const WORKBOOK: &str = "xl/workbook.xml";
const STYLES: &str = "xl/styles.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

pub(super) fn of(path: &Path, sheet: &str) -> Result<Shape, WorkbookError> {
    let mut package = Package::open(path)?;
    let part = part_of(&mut package, sheet)?;
    let currencies = currencies(&mut package)?;
    let (mut shape, mut line, mut column) = (Shape::default(), 0_u64, 0_usize);
    package.walk(WORKBOOK, |step| {
        if let Step::Begin(element) = step
            && element.local_name().as_ref() == "workbookPr"
        {
            shape.counts_from_1904 =
                attribute(element, "date1904").is_some_and(|is| matches!(is.as_ref(), "1" | "true"));
        }
        Ok(())
    })?;
    let damaged = |detail| WorkbookError::Damaged { path: path.to_owned(), detail };
    package.walk(&part, |step| {
        let Step::Begin(element) = step else { return Ok(()) };
        match element.local_name().as_ref() {
            "row" => {
                let stated = attribute(element, "r").and_then(|text| text.parse().ok());
                line = stated.unwrap_or(line.saturating_add(1));
                column = 0;
                if attribute(element, "hidden").is_some_and(|is| matches!(is.as_ref(), "1" | "true")) {
                    shape.hide(line, line);
                }
                Ok(())
            }
            "c" if !currencies.is_empty() => {
                let stated = attribute(element, "r").and_then(|text| cell(&text));
                let at = stated.map_or(column, |(_, column)| column);
                column = at.saturating_add(1);
                let style: usize = number(element, "s", 0);
                match currencies.get(&style) {
                    Some(currency) => shape.show_currency((line, line), at, currency, damaged),
                    None => Ok(()),
                }
            }
            "mergeCell" => {
                let area = attribute(element, "ref").and_then(|text| area(&text));
                area.map_or(Ok(()), |area| shape.merge(area, damaged))
            }
            _ => Ok(()),
        }
    })?;
    Ok(shape)
}

/// Returns the currency of each cell style whose number format shows one.
fn currencies(package: &mut Package<'_>) -> Result<BTreeMap<usize, String>, WorkbookError> {
    let (mut formats, mut currencies) = (BTreeMap::new(), BTreeMap::new());
    if !package.has(STYLES) {
        return Ok(currencies);
    }
    let (mut is_cell, mut style) = (false, 0);
    package.walk(STYLES, |step| {
        match step {
            Step::Begin(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let shown = attribute(element, "formatCode").and_then(|code| format::currency(&code));
                    formats.extend(shown.map(|shown| (number(element, "numFmtId", 0_u32), shown)));
                }
                "cellXfs" => is_cell = true,
                "xf" if is_cell => {
                    let shown = formats.get(&number(element, "numFmtId", 0_u32)).cloned();
                    currencies.extend(shown.map(|shown| (style, shown)));
                    style += 1;
                }
                _ => {}
            },
            Step::End("cellXfs") => is_cell = false,
            Step::End(_) => {}
        }
        Ok(())
    })?;
    Ok(currencies)
}

/// Returns the part of the package that has a sheet.
fn part_of(package: &mut Package<'_>, sheet: &str) -> Result<String, WorkbookError> {
    let mut id = None;
    package.walk(WORKBOOK, |step| {
        if let Step::Begin(element) = step
            && element.local_name().as_ref() == "sheet"
            && attribute(element, "name").as_deref() == Some(sheet)
        {
            id = attribute(element, "id").map(std::borrow::Cow::into_owned);
        }
        Ok(())
    })?;
    let mut target = None;
    package.walk(RELATIONS, |step| {
        if let Step::Begin(element) = step
            && id.is_some()
            && attribute(element, "Id").map(std::borrow::Cow::into_owned) == id
        {
            target = attribute(element, "Target").map(std::borrow::Cow::into_owned);
        }
        Ok(())
    })?;
    let target = target.ok_or_else(|| package.damaged(format!("{RELATIONS}: {sheet}")))?;
    Ok(match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// Returns the area of a reference such as `A2:B5`, or of one cell.
fn area(reference: &str) -> Option<Area> {
    let (first, last) = reference.split_once(':').unwrap_or((reference, reference));
    let ((from, left), (to, right)) = (cell(first)?, cell(last)?);
    Some(Area { lines: (from, to), columns: (left, right) })
}

/// Returns the line and the column of a reference such as `AB12`.
fn cell(reference: &str) -> Option<(u64, usize)> {
    let reference = reference.replace('$', "");
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, line) = reference.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let value = |letter: u8| usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    let column = letters.bytes().fold(0, |column, letter| column * 26 + value(letter)) - 1;
    Some((line.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_names_an_area() {
        assert_eq!(area("A2:AB12"), Some(Area { lines: (2, 12), columns: (0, 27) }));
        assert_eq!(area("C7"), Some(Area { lines: (7, 7), columns: (2, 2) }));
        for reference in ["", "7", "A", "AAAA1", "Å1:B2", "A-1"] {
            assert_eq!(area(reference), None, "{reference}");
        }
    }
}
