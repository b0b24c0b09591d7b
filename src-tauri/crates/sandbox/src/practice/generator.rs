//! Generates records: a stream in which each follows from the ones before it and the seed.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};

use super::phrases::{
    COURSES, ERRANDS, HOTELS, JOURNEYS, MONTHS, PEER_MENTORS, PROJECTS, ROOMS, SERVINGS, SUPPLIES, VENUES,
};
use super::random::SplitMix64;
use super::{Payee, PracticeRecord};

/// The state's rate for a private car in 2026, in øre for each kilometre.
const ORE_PER_KM: i64 = 530;
/// The number of days before the newest day over which the expenses lie.
const DAYS: u64 = 92;
/// The distance between two records that look like the one before them.
const LOOK_ALIKE_EVERY: usize = 97;
/// The place of such a record within that distance.
const LOOK_ALIKE_AT: usize = 41;
/// The longest time from an expense to its approval, in days.
const APPROVAL_DAYS_MAX: u64 = 12;

/// Returns `count` records whose expenses lie in the three months before `newest`; none is approved after that day.
/// `count` has no bound: the records are made one at a time.
pub fn records(seed: u64, count: usize, newest: NaiveDate) -> impl Iterator<Item = PracticeRecord> {
    let mut random = SplitMix64::new(seed);
    let mut before: Option<PracticeRecord> = None;
    (0..count).map(move |place| {
        let id = format!("PM-{}-{:05}", newest.year(), place + 1);
        let record = match before.take() {
            Some(twin) if place % LOOK_ALIKE_EVERY == LOOK_ALIKE_AT => PracticeRecord { id, version: 1, ..twin },
            _ => one(
                &mut random,
                id,
                expense_day(&mut SplitMix64::new(seed ^ hash(place)), place, count, newest),
                newest,
            ),
        };
        before = Some(record.clone());
        record
    })
}

/// Stirs the place in the list, so that neighbours do not share their days.
fn hash(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Draws the day of an expense. Ids are given as expenses come in, so the days grow with them, with some disorder.
fn expense_day(random: &mut SplitMix64, place: usize, count: usize, newest: NaiveDate) -> NaiveDate {
    let share = u128::try_from(place).unwrap_or(0) * u128::from(DAYS) / u128::try_from(count.max(1)).unwrap_or(1);
    let elapsed = u64::try_from(share).unwrap_or(0).saturating_sub(random.below(6));
    newest - Days::new(DAYS - elapsed.min(DAYS - 1))
}

fn one(random: &mut SplitMix64, id: String, expense_date: NaiveDate, newest: NaiveDate) -> PracticeRecord {
    let number = usize::try_from(random.below(40)).unwrap_or(0);
    let (name, department) = PEER_MENTORS[number];
    let (category, text, amount_minor) = expense(random, expense_date);
    let project = if random.below(10) < 7 { Some((*random.pick(&PROJECTS)).to_owned()) } else { None };
    PracticeRecord {
        id,
        version: if random.below(10) == 0 { random.between(2, 3) } else { 1 },
        approved_at: approval(random, expense_date, newest),
        expense_date,
        payee: Payee { id: format!("PM-{:04}", number + 1), name: name.to_owned() },
        category: category.to_owned(),
        amount_minor,
        currency: "NOK".to_owned(),
        text,
        department: Some(department.to_owned()),
        project,
        others: serde_json::Map::new(),
    }
}

/// Draws the approval: in working hours, some days after the expense, and not after the newest day.
fn approval(random: &mut SplitMix64, expense_date: NaiveDate, newest: NaiveDate) -> DateTime<Utc> {
    let day = (expense_date + Days::new(1 + random.below(APPROVAL_DAYS_MAX))).min(newest);
    let seconds = random.between(7 * 3600, 15 * 3600);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).expect("before midnight");
    day.and_time(time).and_utc()
}

/// Draws category, text and amount in øre.
fn expense(random: &mut SplitMix64, date: NaiveDate) -> (&'static str, String, i64) {
    match random.below(100) {
        0..=39 => {
            let farthest = if random.below(8) == 0 { 420 } else { 140 };
            let km = random.between(6, farthest);
            let text = format!("{}, {}, {km} km", random.pick(&ERRANDS), random.pick(&VENUES));
            ("Reise med bil", text, i64::from(km) * ORE_PER_KM)
        }
        40..=56 => {
            let (what, price) = priced(random, &JOURNEYS);
            ("Kollektivtransport", format!("{what}, {}", random.pick(&ERRANDS).to_lowercase()), price)
        }
        57..=63 => {
            let (hotel, price) = priced(random, &HOTELS);
            let nights = random.between(1, 2);
            let word = if nights == 1 { "natt" } else { "netter" };
            ("Overnatting", format!("{hotel}, {nights} {word}"), price * i64::from(nights))
        }
        64..=75 => {
            let (what, price) = priced(random, &SERVINGS);
            let guests = random.between(4, 22);
            let text = format!("{what}, likepersonstreff, {guests} deltakere");
            ("Bevertning", text, price * i64::from(guests))
        }
        76..=80 => {
            let (what, price) = priced(random, &COURSES);
            ("Kurs og opplæring", format!("{what}, deltakeravgift"), price)
        }
        81..=88 => {
            let (what, price) = priced(random, &SUPPLIES);
            // Shops do not sell for whole kroner alone.
            ("Materiell", what.to_owned(), price + *random.pick(&[0, 0, 50, 90, -10]))
        }
        89..=94 => {
            let month = MONTHS[usize::try_from(date.month0()).expect("0 to 11")];
            let text = format!("Telefongodtgjørelse {month} {}", date.year());
            ("Telefon", text, i64::from(random.between(3, 8)) * 5000)
        }
        _ => {
            let (what, price) = priced(random, &ROOMS);
            ("Leie av lokale", format!("{what}, samtalegruppe"), price)
        }
    }
}

/// Draws one of a list, with a price in øre between its two bounds.
fn priced(random: &mut SplitMix64, list: &[(&'static str, u32, u32)]) -> (&'static str, i64) {
    let (what, least, most) = *random.pick(list);
    (what, i64::from(random.between(least, most)) * 100)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::suggested_accounts;
    use super::*;
    use crate::accounts;

    fn newest() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_records_and_another_seed_others() {
        let of_seed = |seed| records(seed, 500, newest()).collect::<Vec<_>>();
        assert_eq!(of_seed(3), of_seed(3));
        assert_ne!(of_seed(3), of_seed(4));
    }

    #[test]
    fn every_record_could_have_been_a_real_one() {
        let mut ids = HashSet::new();
        for record in records(1, 5000, newest()) {
            assert!(ids.insert(record.id.clone()), "{record:?}");
            assert!(record.amount_minor >= 3000 && record.amount_minor < 1_000_000, "{record:?}");
            assert!(record.expense_date < newest() && record.expense_date >= newest() - Days::new(DAYS), "{record:?}");
            let approved = record.approved_at.date_naive();
            assert!(approved > record.expense_date && approved <= newest(), "{record:?}");
            assert!(!record.text.is_empty() && record.text.chars().count() < 120, "{record:?}");
            let account = suggested_accounts().iter().find(|(category, _)| *category == record.category);
            assert!(account.is_some_and(|(_, account)| accounts::is_known(account)), "{record:?}");
        }
    }

    #[test]
    fn a_few_records_look_alike_and_differ_only_in_their_id() {
        let made: Vec<_> = records(1, 200, newest()).collect();
        let look_alikes = made.windows(2).filter(|pair| {
            let with_one_id = PracticeRecord { id: pair[0].id.clone(), version: pair[0].version, ..pair[1].clone() };
            with_one_id == pair[0]
        });
        assert_eq!(look_alikes.count(), 2);
    }

    #[test]
    fn the_expenses_are_spread_over_three_months() {
        let months: HashSet<_> = records(1, 300, newest()).map(|record| record.expense_date.month()).collect();
        assert_eq!(months, HashSet::from([8, 9, 10, 11]));
    }
}
