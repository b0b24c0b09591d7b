//! Chooses the column of each field: by its title, in Norwegian or English, and by its content.

use super::content::Content;
use super::{Confidence, Field};

/// The titles that people give, without spaces and signs, the surest first.
const TITLES: [(Field, &[&str]); 12] = [
    (
        Field::Id,
        &[
            "id",
            "utleggsid",
            "utleggsnr",
            "utleggsnummer",
            "bilagsnr",
            "bilagsnummer",
            "bilagsid",
            "refusjonsnr",
            "refusjonsid",
            "recordid",
            "expenseid",
            "expensenumber",
            "løpenummer",
            "løpenr",
            "referanse",
            "reference",
            "nr",
            "nummer",
            "number",
            "no",
        ],
    ),
    (
        Field::Date,
        &[
            "dato",
            "utleggsdato",
            "bilagsdato",
            "kjøpsdato",
            "kvitteringsdato",
            "transaksjonsdato",
            "date",
            "expensedate",
            "receiptdate",
            "purchasedate",
            "transactiondate",
        ],
    ),
    (
        Field::Amount,
        &[
            "beløp",
            "beløpnok",
            "beløpkr",
            "totalbeløp",
            "bruttobeløp",
            "sum",
            "total",
            "brutto",
            "kr",
            "amount",
            "totalamount",
            "grossamount",
            "gross",
            "value",
        ],
    ),
    (
        Field::Payee,
        &[
            "likeperson",
            "likepersonnr",
            "likepersonid",
            "ansattnr",
            "ansattnummer",
            "ansattid",
            "medlemsnr",
            "medlemsnummer",
            "mottakernr",
            "mottakerid",
            "leverandørnr",
            "personnr",
            "ansatt",
            "mottaker",
            "medlem",
            "utlegger",
            "person",
            "payee",
            "payeeid",
            "employeeid",
            "employee",
            "memberid",
            "member",
            "recipient",
        ],
    ),
    (
        Field::Category,
        &[
            "kategori",
            "utgiftskategori",
            "utgiftstype",
            "kostnadstype",
            "utleggstype",
            "type",
            "art",
            "category",
            "expensecategory",
            "expensetype",
            "kind",
        ],
    ),
    (
        Field::Text,
        &[
            "tekst",
            "beskrivelse",
            "formål",
            "kommentar",
            "merknad",
            "text",
            "description",
            "purpose",
            "comment",
            "note",
            "memo",
            "leverandør",
            "butikk",
            "sted",
            "supplier",
            "vendor",
            "merchant",
        ],
    ),
    (
        Field::ApprovedAt,
        &[
            "godkjent",
            "godkjentdato",
            "godkjenttid",
            "godkjenttidspunkt",
            "attestert",
            "approved",
            "approvedat",
            "approvaldate",
        ],
    ),
    (Field::Currency, &["valuta", "valutakode", "currency", "currencycode"]),
    (
        Field::Department,
        &["avdeling", "lag", "lokallag", "fylkeslag", "kostnadssted", "department", "costcentre", "costcenter"],
    ),
    (Field::Project, &["prosjekt", "prosjektnr", "prosjektnummer", "project", "projectcode"]),
    (Field::Version, &["versjon", "version", "revisjon", "revision"]),
    (
        Field::PayeeName,
        &[
            "navn",
            "fulltnavn",
            "mottakernavn",
            "ansattnavn",
            "betalestil",
            "name",
            "fullname",
            "payeename",
            "employeename",
        ],
    ),
];
/// The points of a title that is one of those; one that only begins or ends with it has fewer.
const TITLE_POINTS: i32 = 100;
const PART_POINTS: i32 = 40;
/// The points fewer for each title that is surer.
const RANK_POINTS: i32 = 1;
/// The points of a content that fits, and of one that cannot be.
const FITS_POINTS: i32 = 30;
const NEVER_POINTS: i32 = -1_000;
/// A part of a title shorter than this says nothing: `nr` ends many.
const PART_CHARS_MIN: usize = 4;

/// Assigns the columns with the most points, each to one field; then columns that a required field may share with
/// another.
pub(super) fn assign(titles: &[String], contents: &[Content]) -> Vec<(Field, usize, Confidence)> {
    let mut pairs = Vec::new();
    for (field, names) in TITLES {
        for (at, (title, content)) in titles.iter().zip(contents).enumerate() {
            let (by_title, by_content) = (title_points(title, names), content_points(field, content));
            // A title that stands there twice is refused by the reader, and an empty one names nothing.
            let is_named = !title.is_empty() && titles.iter().filter(|other| *other == title).count() == 1;
            let says_enough = by_title > 0 || (by_content > 0 && field.is_required());
            if is_named && says_enough && by_title + by_content > 0 {
                pairs.push((by_title + by_content, field, at, confidence(by_title, by_content)));
            }
        }
    }
    // The first of equals is taken: by the order of the fields, then by that of the columns.
    pairs.sort_by_key(|(points, field, at, _)| (-points, *field, *at));
    let mut assigned: Vec<(Field, usize, Confidence)> = Vec::new();
    for (_, field, at, confidence) in pairs {
        if assigned.iter().all(|(taken, column, _)| *taken != field && *column != at) {
            assigned.push((field, at, confidence));
        }
    }
    share(&mut assigned);
    assigned.sort_by_key(|(field, ..)| *field);
    assigned
}

/// Gives a field another's column: the payee the column of the name, and the voucher text that of the category, if
/// neither has one of its own.
fn share(assigned: &mut Vec<(Field, usize, Confidence)>) {
    for (field, other) in [(Field::Payee, Field::PayeeName), (Field::Text, Field::Category)] {
        let of = |field| assigned.iter().find(|(found, ..)| *found == field).map(|&(_, at, _)| at);
        if let (None, Some(at)) = (of(field), of(other)) {
            assigned.push((field, at, Confidence::Unsure));
        }
    }
}

fn title_points(title: &str, names: &[&str]) -> i32 {
    let title: String = title.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let points = |(rank, &name): (usize, &&str)| {
        let rank = i32::try_from(rank).unwrap_or(i32::MAX / 2) * RANK_POINTS;
        if title == name {
            TITLE_POINTS - rank
        } else if name.chars().count() >= PART_CHARS_MIN && (title.starts_with(name) || title.ends_with(name)) {
            PART_POINTS - rank
        } else {
            0
        }
    };
    names.iter().enumerate().map(points).max().unwrap_or_default().max(0)
}

fn content_points(field: Field, content: &Content) -> i32 {
    let when = |is: bool, points: i32| if is { points } else { 0 };
    if content.filled == 0 {
        return when(field.is_required(), NEVER_POINTS);
    }
    let is_date = content.date_format.is_some();
    match field {
        Field::Date if is_date => FITS_POINTS,
        Field::Date => NEVER_POINTS,
        Field::Amount if content.is_amount && !is_date => {
            when(content.has_decimals, FITS_POINTS) - when(content.is_unique && !content.has_decimals, FITS_POINTS)
        }
        Field::Amount => NEVER_POINTS,
        Field::Id if is_date || content.has_decimals => NEVER_POINTS,
        Field::Id => when(content.is_unique, FITS_POINTS) - when(!content.is_unique, 2 * FITS_POINTS),
        Field::Currency => {
            if content.is_currency {
                FITS_POINTS
            } else {
                NEVER_POINTS
            }
        }
        Field::AmountBack | Field::Side => NEVER_POINTS,
        Field::ApprovedAt | Field::Version | Field::Department | Field::Project => 0,
        Field::Payee | Field::Category | Field::Text | Field::PayeeName => {
            when(is_date || content.has_decimals || content.is_currency, NEVER_POINTS)
        }
    }
}

fn confidence(by_title: i32, by_content: i32) -> Confidence {
    match (by_title, by_content) {
        (_, 0..) if by_title > PART_POINTS => Confidence::Sure,
        (1.., 0..) => Confidence::Likely,
        _ => Confidence::Unsure,
    }
}
