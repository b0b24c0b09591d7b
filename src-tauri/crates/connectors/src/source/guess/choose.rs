//! Chooses the column of each field, by its title and its content, and asks where there is more than one choice.
//!
//! A choice is proved only where title and content say the same, and no other column could be meant.

use super::super::table::Field;
use super::super::table::amount::Written;
use super::super::table::sign::Tag;
use super::super::table::titles::{self, Title, has_value, has_word};
use super::census::{Census, Example, Table};
use super::question::Question;
use super::words::{self, FIELDS, FieldWords};
use super::{ColumnGuess, Degree};

/// A column with its name for the workspace, its title and what its cells have in common.
pub(super) struct Column<'a> {
    /// The title, or the place as `#3` where the title is empty or stands there twice.
    pub(super) name: String,
    pub(super) title: Title,
    pub(super) census: &'a Census,
}

/// How well a title fits a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Part,
    /// One of the titles that people give, the surest with the most points.
    Whole(i32),
}

/// Holds the choices, and the questions that they leave.
pub(super) struct Choice<'a> {
    columns: &'a [Column<'a>],
    table: &'a Table,
    chosen: Vec<(Field, usize, Degree)>,
    pub(super) questions: Vec<Question>,
}

/// The points of a whole title, of a part of one, and of a content that fits.
const WHOLE_POINTS: i32 = 100;
const PART_POINTS: i32 = 40;
const CONTENT_POINTS: i32 = 30;
/// The points of a word that says that something else is meant.
const OTHER_POINTS: i32 = -60;

impl<'a> Choice<'a> {
    pub(super) fn of(columns: &'a [Column<'a>], table: &'a Table) -> Self {
        let mut choice = Self { columns, table, chosen: Vec::new(), questions: Vec::new() };
        choice.dates();
        choice.amounts();
        choice.currency();
        choice.id();
        choice.approval();
        choice.texts();
        choice.states();
        choice.chosen.sort_by_key(|(field, ..)| *field);
        choice
    }

    pub(super) fn columns(&self) -> Vec<ColumnGuess> {
        let guess = |&(field, at, degree): &(Field, usize, Degree)| ColumnGuess {
            field,
            column: self.columns[at].name.clone(),
            degree,
        };
        self.chosen.iter().map(guess).collect()
    }

    pub(super) fn census(&self, field: Field) -> Option<(&Column<'a>, &'a Census)> {
        let at = self.place(field)?;
        Some((&self.columns[at], self.columns[at].census))
    }

    fn place(&self, field: Field) -> Option<usize> {
        self.chosen.iter().find(|(found, ..)| *found == field).map(|&(_, at, _)| at)
    }

    fn is_taken(&self, at: usize) -> bool {
        self.chosen.iter().any(|&(_, taken, _)| taken == at)
    }

    fn take(&mut self, field: Field, at: usize, degree: Degree) {
        self.chosen.push((field, at, degree));
    }

    /// Returns the places of the columns that this is true of.
    fn places(&self, is: impl Fn(&Column<'a>) -> bool) -> Vec<usize> {
        (0..self.columns.len()).filter(|&at| is(&self.columns[at])).collect()
    }

    fn names(&self, places: impl IntoIterator<Item = usize>) -> String {
        let shown = |at: usize| {
            let column = &self.columns[at];
            let example = column.census.first.as_ref().map(|example| format!(": {}", example.text));
            format!("“{}”{}", column.name, example.unwrap_or_default())
        };
        places.into_iter().map(shown).collect::<Vec<_>>().join(" · ")
    }

    fn dates(&mut self) {
        let fits = |column: &Column<'_>| fit(Field::Date, &column.title);
        let is_day = |column: &Column<'_>| {
            column.census.days().is_some() || (column.census.is_serial() && fits(column) > Fit::No)
        };
        let is_approval = |column: &Column<'_>| column.title.joins(words_of(Field::ApprovedAt).parts);
        // A column of days among which words stand, such as a state, is known by its title.
        let some_days = |column: &Column<'_>| {
            fits(column) > Fit::No && column.census.day_styles().next().is_some() && column.census.filled > 0
        };
        let mut places = self.places(|column| is_day(column) && !is_approval(column));
        if places.is_empty() {
            places = self.places(|column| some_days(column) && !is_approval(column));
        }
        let points = |at: usize| {
            let column = &self.columns[at];
            let other = if column.title.joins(words::OTHER_DAY) { OTHER_POINTS } else { 0 };
            points(fits(column)) + other
        };
        let Some(best) = best(&places, points) else { return };
        let column = &self.columns[best];
        let is_titled = matches!(fits(column), Fit::Whole(_));
        let others: Vec<usize> = places.iter().copied().filter(|&at| at != best).collect();
        let degree = match (is_titled, others.is_empty(), is_day(column)) {
            (true, true, true) => Degree::Proved,
            (false, _, _) if fits(column) == Fit::No => Degree::Unknown,
            _ => Degree::Likely,
        };
        self.take(Field::Date, best, degree);
        if !others.is_empty() {
            let (column, others) = (self.names([best]), self.names(others));
            self.questions.push(Question::several_dates(column, others));
        }
    }

    fn amounts(&mut self) {
        let titled = |column: &Column<'_>| fit(Field::Amount, &column.title) > Fit::No;
        let is_other = |column: &Column<'_>| column.title.has(titles::NO_AMOUNT) && !titled(column);
        let is_back = |column: &Column<'_>| fit(Field::AmountBack, &column.title) > Fit::No;
        let is_debit = |column: &Column<'_>| has_word(words::DEBIT, &column.title.whole);
        let amounts = |column: &Column<'_>| column.census.is_amount() && column.census.filled > 0;
        let sides = (
            self.places(|column| is_debit(column) && amounts(column)),
            self.places(|column| is_back(column) && amounts(column)),
        );
        let mut places =
            self.places(|column| amounts(column) && !is_other(column) && (column.census.is_money() || titled(column)));
        places.retain(|at| !self.is_taken(*at));
        if let ([debit], [credit]) = (sides.0.as_slice(), sides.1.as_slice()) {
            let rest: Vec<usize> = places.iter().copied().filter(|at| at != debit && at != credit).collect();
            if rest.is_empty() {
                self.take(Field::Amount, *debit, Degree::Likely);
                self.take(Field::AmountBack, *credit, Degree::Likely);
                let (column, other) = (self.names([*debit]), self.names([*credit]));
                self.questions.push(Question::debit_and_credit(column, other));
                return;
            }
        }
        // A column that is titled as the amount, and holds something else in some rows, is better than none.
        if places.is_empty() {
            places =
                self.places(|column| titled(column) && column.census.amounts > 0 && column.census.days().is_none());
        }
        let sum = self.sum_of(&places);
        let points = |at: usize| self.amount_points(at) + if sum == Some(at) { CONTENT_POINTS } else { 0 };
        let Some(best) = best(&places, points) else { return };
        let others: Vec<usize> = places.iter().copied().filter(|&at| at != best).collect();
        let column = &self.columns[best];
        let is_well = column.census.is_amount() && column.census.filled > 0;
        let degree = match fit(Field::Amount, &column.title) {
            Fit::Whole(_) if others.is_empty() && is_well && !column.title.has(titles::NET) => Degree::Proved,
            Fit::No => Degree::Unknown,
            _ => Degree::Likely,
        };
        self.take(Field::Amount, best, degree);
        if !others.is_empty() {
            let (column, others) = (self.names([best]), self.names(others));
            self.questions.push(Question::several_amounts(column, others));
        }
        self.sides(best);
    }

    fn amount_points(&self, at: usize) -> i32 {
        let title = &self.columns[at].title;
        let when = |is: bool, points: i32| if is { points } else { 0 };
        let is_gross = title.has(titles::GROSS);
        points(fit(Field::Amount, title))
            + when(is_gross, CONTENT_POINTS)
            + when(title.has(titles::NET), OTHER_POINTS)
            + when(title.has(titles::TAX) && !is_gross, 2 * OTHER_POINTS)
            + when(title.has(titles::CLAIMED), OTHER_POINTS)
            + when(title.is_or_has(titles::GRANTED), CONTENT_POINTS)
            + when(title.has(titles::NOT), 3 * OTHER_POINTS)
            + when(title.joins(titles::ORIGINAL), OTHER_POINTS)
    }

    /// Returns the one of three columns that is the sum of two others in every row: net and tax make gross.
    fn sum_of(&self, places: &[usize]) -> Option<usize> {
        const COLUMNS_MAX: usize = 8;
        if !(3..=COLUMNS_MAX).contains(&places.len()) {
            return None;
        }
        let number =
            |row: usize, at: usize| -> Option<i64> { Written::of(self.table.rows[row].cell(at))?.hundredths() };
        let is_sum = |sum: usize, one: usize, other: usize| {
            let mut rows = (0..self.table.rows.len())
                .filter_map(|row| Some((number(row, sum)?, number(row, one)?, number(row, other)?)));
            let holds =
                |(sum, one, other): (i64, i64, i64)| one.checked_add(other) == Some(sum) && one != 0 && other != 0;
            let (mut seen, mut all) = (0, true);
            rows.by_ref().for_each(|row| {
                seen += 1;
                all &= holds(row);
            });
            seen > 0 && all
        };
        let pairs = |sum: usize| {
            let parts: Vec<usize> = places.iter().copied().filter(|&at| at != sum).collect();
            (0..parts.len())
                .any(|first| (first + 1..parts.len()).any(|second| is_sum(sum, parts[first], parts[second])))
        };
        places.iter().copied().find(|&at| pairs(at))
    }

    /// Finds a column of letters that give the amounts their sign.
    fn sides(&mut self, amount: usize) {
        const LETTERS: [&str; 14] =
            ["d", "c", "k", "s", "h", "dr", "cr", "debit", "credit", "debet", "kredit", "soll", "haben", "db"];
        let all_letters = |column: &Column<'_>| {
            column.census.few_values().is_some_and(|mut values| values.all(|(value, ..)| LETTERS.contains(&value)))
        };
        let places = self.places(|column| column.census.filled > 0 && all_letters(column));
        let [at] = places.as_slice() else { return };
        if *at == amount || self.is_taken(*at) {
            return;
        }
        self.take(Field::Side, *at, Degree::Likely);
        let (column, found) = (self.columns[*at].name.clone(), example(self.columns[*at].census.first.as_ref()).text);
        self.questions.push(Question::side_column(column, found));
    }

    fn currency(&mut self) {
        let places = self.places(|column| column.census.is_currency());
        let of_others = |at: &usize| self.columns[*at].title.joins(titles::ORIGINAL);
        let amount_is_original =
            self.place(Field::Amount).is_some_and(|at| self.columns[at].title.joins(titles::ORIGINAL));
        let (others, own): (Vec<usize>, Vec<usize>) =
            places.iter().copied().partition(|at| of_others(at) && !amount_is_original);
        for at in others {
            let column = &self.columns[at];
            let found = example(column.census.currencies.values().next());
            self.questions.push(Question::currency_of_others(&column.name, found.text, found.line));
        }
        let Some(best) = best(&own, |at| points(fit(Field::Currency, &self.columns[at].title))) else { return };
        let is_titled = fit(Field::Currency, &self.columns[best].title) > Fit::No;
        let amounts = self.places(|column| column.census.is_money() && !column.title.has(titles::NO_AMOUNT));
        // One pair of an amount and its currency leaves no doubt, a second amount or a currency in the title does.
        let names_one = self.place(Field::Amount).is_some_and(|at| names_currency(&self.columns[at].title));
        let degree = match (own.len(), amounts.len()) {
            (1, 0..=1) if is_titled && !names_one => Degree::Proved,
            _ => Degree::Likely,
        };
        self.take(Field::Currency, best, degree);
        let rest: Vec<usize> = own.into_iter().filter(|&at| at != best).collect();
        if !rest.is_empty() {
            let (column, others) = (self.names([best]), self.names(rest));
            self.questions.push(Question::several_currencies(column, others));
        }
    }

    fn id(&mut self) {
        let fits = |column: &Column<'_>| fit(Field::Id, &column.title);
        let can_be = |column: &Column<'_>| {
            let census = column.census;
            let is_other =
                census.days().is_some() || census.is_money() || census.is_currency() || census.is_long_text();
            // A number of a kind that rows share is no id of a row, whatever it is called.
            !is_other
                && !is_of_another_field(&column.title)
                && census.account_like.cells == 0
                && census.shortened.cells == 0
        };
        for at in self.places(|column| fits(column) > Fit::No && !can_be(column)) {
            let (column, census) = (&self.columns[at], self.columns[at].census);
            if let Some(found) = &census.shortened.first {
                self.questions.push(Question::id_shortened(&column.name, &found.text, found.line));
            } else if let Some(found) = &census.account_like.first {
                self.questions.push(Question::id_is_account(&column.name, &found.text));
            }
        }
        let is_free = |at: &usize| !self.is_taken(*at);
        let titled: Vec<usize> =
            self.places(|column| fits(column) > Fit::No && can_be(column)).into_iter().filter(is_free).collect();
        let (unique, repeated): (Vec<usize>, Vec<usize>) =
            titled.into_iter().partition(|&at| self.columns[at].census.is_nearly_unique());
        let id_points = |at: usize| {
            let column = &self.columns[at];
            let when = |is: bool| if is { OTHER_POINTS } else { 0 };
            points(fits(column))
                + when(column.title.is_or_has(words::GROUPS))
                + when(column.census.counts_rows())
                + when(column.census.empty > 0)
        };
        let Some(best) = best(&unique, id_points) else {
            if let Some(&at) = repeated.iter().max_by_key(|&&at| points(fits(&self.columns[at]))) {
                let (column, found) = (&self.columns[at], example(self.columns[at].census.repeated.first.as_ref()));
                self.questions.push(Question::id_repeated(&column.name, found.text, found.line));
            }
            self.questions.push(Question::no_id());
            return;
        };
        let column = &self.columns[best];
        let found = example(column.census.first.as_ref()).text;
        let (counts, is_group) = (column.census.counts_rows(), column.title.is_or_has(words::GROUPS));
        let rivals: Vec<usize> = unique
            .iter()
            .copied()
            .filter(|&at| at != best && id_points(at) >= id_points(best) - WHOLE_POINTS / 2)
            .collect();
        let is_proved = matches!(fits(column), Fit::Whole(_))
            && !counts
            && !is_group
            && rivals.is_empty()
            && column.census.is_unique()
            && column.census.empty == 0
            && self.table.row_count > 1;
        self.take(Field::Id, best, if is_proved { Degree::Proved } else { Degree::Likely });
        let name = self.columns[best].name.clone();
        if let Some(repeated) = &self.columns[best].census.repeated.first {
            self.questions.push(Question::id_repeated(&name, &repeated.text, repeated.line));
        }
        if counts {
            self.questions.push(Question::id_counts_rows(&name, &found));
        } else if is_group {
            self.questions.push(Question::id_of_group(&name, &found));
        }
        if !rivals.is_empty() {
            let (column, others) = (self.names([best]), self.names(rivals));
            self.questions.push(Question::several_ids(column, others));
        }
    }

    fn approval(&mut self) {
        let fits = |column: &Column<'_>| fit(Field::ApprovedAt, &column.title);
        let places: Vec<usize> = self
            .places(|column| fits(column) > Fit::No && column.census.days().is_some() && !column.title.has(titles::BY))
            .into_iter()
            .filter(|at| !self.is_taken(*at))
            .collect();
        let Some(best) = best(&places, |at| points(fits(&self.columns[at]))) else { return };
        let column = &self.columns[best];
        let is_proved = matches!(fits(column), Fit::Whole(_)) && places.len() == 1 && column.census.empty == 0;
        self.take(Field::ApprovedAt, best, if is_proved { Degree::Proved } else { Degree::Likely });
        let census = self.columns[best].census;
        if let Some(line) = census.first_empty {
            let name = self.columns[best].name.clone();
            self.questions.push(Question::approval_empty(name, line, census.empty, census.filled));
        }
    }

    /// Chooses the columns that hold texts, by their titles.
    fn texts(&mut self) {
        for field in [
            Field::Payee,
            Field::Category,
            Field::PayeeName,
            Field::Text,
            Field::Department,
            Field::Project,
            Field::Version,
        ] {
            let is_text = |column: &Column<'_>| {
                let census = column.census;
                census.filled > 0 && census.days().is_none() && !census.is_money() && !census.is_currency()
            };
            let is_by = |column: &Column<'_>| {
                matches!(field, Field::Payee | Field::PayeeName)
                    && (column.title.has(titles::BY) || column.title.joins(words_of(Field::ApprovedAt).parts))
            };
            let places: Vec<usize> = self
                .places(|column| is_text(column) && !is_by(column) && fit(field, &column.title) > Fit::No)
                .into_iter()
                .filter(|at| !self.is_taken(*at))
                .collect();
            let field_points = |at: usize| points(fit(field, &self.columns[at].title));
            let Some(best) = best(&places, field_points) else { continue };
            let is_whole = |at: &usize| matches!(fit(field, &self.columns[*at].title), Fit::Whole(_));
            let rivals = places.iter().filter(|at| is_whole(at)).count();
            let is_proved =
                is_whole(&best) && (rivals == 1 || !field.is_required()) && self.columns[best].census.empty == 0;
            self.take(field, best, if is_proved { Degree::Proved } else { Degree::Likely });
        }
        self.share();
    }

    /// Gives a field another's column: the payee that of the name, and the text of the voucher that of the category, if
    /// neither has one of its own.
    fn share(&mut self) {
        if let (None, Some(at)) = (self.place(Field::Payee), self.place(Field::PayeeName)) {
            self.take(Field::Payee, at, Degree::Unknown);
            let (name, found) = (self.columns[at].name.clone(), example(self.columns[at].census.first.as_ref()).text);
            self.questions.push(Question::payee_by_name(name, found));
        }
        if let (None, Some(at)) = (self.place(Field::Text), self.place(Field::Category)) {
            self.take(Field::Text, at, Degree::Unknown);
        }
    }

    /// Asks for every column that says in which state a row is.
    fn states(&mut self) {
        for at in 0..self.columns.len() {
            let column = &self.columns[at];
            if self.is_taken(at) || !says_states(column, self.table.row_count) {
                continue;
            }
            let values = column.census.few_values().into_iter().flatten();
            let shown: Vec<String> = values.map(|(_, shown, count)| format!("“{shown}” ({count})")).collect();
            let empty = (column.census.empty > 0).then(|| format!("– ({})", column.census.empty));
            let values = shown.into_iter().chain(empty).collect::<Vec<_>>().join(", ");
            self.questions.push(Question::not_all_approved(&column.name, values));
        }
    }
}

/// Says whether the cells of a column are states of rows, of which not all are approvals.
fn says_states(column: &Column<'_>, rows: u64) -> bool {
    let census = column.census;
    if census.filled == 0 || census.is_money() || census.days().is_some() || census.is_currency() {
        return false;
    }
    let is_titled = column.title.is_or_has(titles::STATES) && !column.title.has(titles::BY);
    let Some(values) = census.few_values() else { return false };
    let values: Vec<&str> = values.map(|(plain, ..)| plain).collect();
    let known = |value: &&&str| has_value(titles::APPROVED_VALUES, value) || has_value(titles::OTHER_VALUES, value);
    let words = values.iter().filter(|value| value.parse::<u64>().is_err());
    let (known, any) = (words.clone().filter(known).count(), words.count());
    let is_by_value = known > 0 && known * 2 >= any;
    // Few values for many rows, or a title that says so; otherwise names would be taken for states.
    let is_few = values.len() as u64 * 2 <= rows || is_titled || is_by_value;
    let differs =
        values.len() > 1 || census.empty > 0 || values.iter().any(|value| has_value(titles::OTHER_VALUES, value));
    differs && is_few && (is_titled || is_by_value)
}

/// Says whether a title names a payee, a project or the like, whose number is no id of a row.
fn is_of_another_field(title: &Title) -> bool {
    let others = [Field::Payee, Field::PayeeName, Field::Department, Field::Project, Field::Version, Field::Category];
    others.into_iter().any(|field| matches!(fit(field, title), Fit::Whole(_)))
        || title.joins(words_of(Field::Payee).parts)
        || title.has(titles::BY)
}

fn words_of(field: Field) -> &'static FieldWords {
    FIELDS.iter().find(|words| words.field == field).expect("every field has its words")
}

fn fit(field: Field, title: &Title) -> Fit {
    let words = words_of(field);
    if has_word(words::WEAK, &title.whole) && has_word(words.titles, &title.whole) {
        return Fit::Part;
    }
    if let Some(rank) = words.titles.split(' ').position(|it| it == title.whole) {
        return Fit::Whole(WHOLE_POINTS - i32::try_from(rank).unwrap_or(WHOLE_POINTS).min(WHOLE_POINTS / 2));
    }
    let ends = field == Field::Id && title.words.iter().any(|word| word.ends_with("nr"));
    if ends || title.joins(words.parts) { Fit::Part } else { Fit::No }
}

fn points(fit: Fit) -> i32 {
    match fit {
        Fit::No => 0,
        Fit::Part => PART_POINTS,
        Fit::Whole(points) => points,
    }
}

/// Returns the place with the most points; the first of equals.
fn best(places: &[usize], points: impl Fn(usize) -> i32) -> Option<usize> {
    places.iter().copied().rev().max_by_key(|&at| points(at))
}

fn names_currency(title: &Title) -> bool {
    title.words.iter().any(|word| Tag::of(word).is_some())
}

fn example(example: Option<&Example>) -> Example {
    example.cloned().unwrap_or_else(|| Example { text: "–".to_owned(), line: 0 })
}
