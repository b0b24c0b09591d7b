//! The fiscal year, which need not be the calendar's. A file holds one.

use chrono::{Datelike, NaiveDate};

/// The month with whose first day fiscal years begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearStart(u32);

impl YearStart {
    /// The year of the calendar.
    pub const JANUARY: Self = Self(1);

    /// Makes a beginning of the month's number; returns `None` outside 1 to 12.
    pub fn month(number: u32) -> Option<Self> {
        (1..=12).contains(&number).then_some(Self(number))
    }

    /// Returns the fiscal year in which the date lies; `None` at the ends of the calendar.
    pub fn year_of(self, date: NaiveDate) -> Option<FiscalYear> {
        let year = if date.month() >= self.0 { date.year() } else { date.year() - 1 };
        let begins = NaiveDate::from_ymd_opt(year, self.0, 1)?;
        let ends = NaiveDate::from_ymd_opt(year + 1, self.0, 1)?.pred_opt()?;
        Some(FiscalYear { begins, ends })
    }
}

/// A fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear {
    /// Its first day.
    pub begins: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
}

impl FiscalYear {
    /// Says whether the date lies in the year.
    pub fn has(&self, date: NaiveDate) -> bool {
        (self.begins..=self.ends).contains(&date)
    }

    /// Returns the month of the year in which the date lies, from 1.
    pub(crate) fn period_of(&self, date: NaiveDate) -> u32 {
        (date.month() + 12 - self.begins.month()) % 12 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn year_begins_in_the_month_that_is_set() {
        let july = YearStart::month(7).unwrap();
        let year = july.year_of(day(2026, 6, 30)).unwrap();
        assert_eq!((year.begins, year.ends), (day(2025, 7, 1), day(2026, 6, 30)));
        assert_eq!((year.period_of(day(2025, 7, 1)), year.period_of(day(2026, 6, 30))), (1, 12));
        assert_eq!(july.year_of(day(2026, 7, 1)).unwrap().begins, day(2026, 7, 1));
        assert!(YearStart::month(0).is_none() && YearStart::month(13).is_none());
    }

    #[test]
    fn year_at_the_ends_of_the_calendar_is_none() {
        for start in (1..=12).filter_map(YearStart::month) {
            assert!(start.year_of(NaiveDate::MAX).is_none());
            let _ = start.year_of(NaiveDate::MIN);
        }
    }
}
