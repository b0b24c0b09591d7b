//! Is one run due for all missed times, once for each time of the day, whatever the clocks do?

use chrono_tz::Tz;
use proptest::prelude::*;

use crate::domain::schedule::*;

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().expect("a time")
}

fn oslo(cron: &str) -> Schedule {
    Schedule::parse(cron, chrono_tz::Europe::Oslo, true).expect("a schedule")
}

fn times(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let shown = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M").to_string();
    schedule.times_after(utc(after)).take(count).map(shown).collect()
}

#[test]
fn night_is_two_o_clock_where_the_organisation_is() {
    let nightly = oslo("0 2 * * *");
    assert_eq!(times(&nightly, "2026-11-22T23:00", 2), ["2026-11-23T01:00", "2026-11-24T01:00"], "winter");
    assert_eq!(times(&nightly, "2026-06-22T23:00", 1), ["2026-06-23T00:00"], "summer");
}

#[test]
fn time_comes_once_though_the_clocks_skip_or_repeat_it() {
    // In Oslo 02:00 to 03:00 is left out on 2027-03-28, and comes twice on 2027-10-31.
    for cron in ["30 2 * * *", "30 2,14 * * *", "*/30 2 * * *"] {
        let schedule = oslo(cron);
        let in_spring: Vec<_> =
            schedule.times_after(utc("2027-03-28T00:00")).take_while(|&time| time < utc("2027-03-28T03:00")).collect();
        assert_eq!(in_spring, [utc("2027-03-28T01:00")], "{cron}: directly after the gap");
    }
    for (cron, runs) in [("30 2 * * *", 1), ("30 2,14 * * *", 1), ("*/30 2 * * *", 2)] {
        let schedule = oslo(cron);
        let in_autumn: Vec<_> =
            schedule.times_after(utc("2027-10-30T23:00")).take_while(|&time| time < utc("2027-10-31T04:00")).collect();
        assert_eq!(in_autumn.len(), runs, "{cron}: {in_autumn:?}");
        assert!(in_autumn.iter().all(|&time| time < utc("2027-10-31T01:00")), "{cron}: the first time");
    }
}

#[test]
fn pace_goes_on_by_real_time_over_a_change_of_clocks() {
    let hourly = oslo("0 * * * *");
    for night in ["2027-03-27T22:00", "2027-10-30T22:00"] {
        let found: Vec<_> = hourly.times_after(utc(night)).take(6).collect();
        assert!(found.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::hours(1)), "{found:?}");
    }
}

#[test]
fn missed_times_are_one_run_for_the_newest_of_them() {
    let (nightly, since) = (oslo("0 2 * * *"), utc("2026-11-01T01:00"));
    assert_eq!(nightly.due(since, utc("2026-11-02T00:59")), Due::Nothing);
    let on_time = Due::Run { scheduled_for: utc("2026-11-02T01:00"), missed: 0 };
    assert_eq!(nightly.due(since, utc("2026-11-02T01:00")), on_time);
    let late = Due::Run { scheduled_for: utc("2026-11-11T01:00"), missed: 9 };
    assert_eq!(nightly.due(since, utc("2026-11-11T20:00")), late);
    assert_eq!(nightly.due(utc("2026-11-11T01:00"), utc("2026-11-11T20:00")), Due::Nothing, "it was dealt with");
}

#[test]
fn only_a_time_of_a_moment_ago_runs_without_catching_up() {
    let nightly = Schedule { catch_up: false, ..oslo("0 2 * * *") };
    let since = utc("2026-11-01T01:00");
    let in_time = Due::Run { scheduled_for: utc("2026-11-04T01:00"), missed: 2 };
    assert_eq!(nightly.due(since, utc("2026-11-04T01:05")), in_time);
    let too_late = Due::TooLate { scheduled_for: utc("2026-11-04T01:00"), missed: 2 };
    assert_eq!(nightly.due(since, utc("2026-11-04T01:06")), too_late);
}

#[test]
fn clock_set_back_makes_nothing_due_and_years_away_one_run() {
    let minutely = oslo("* * * * *");
    assert_eq!(minutely.due(utc("2026-11-02T01:00"), utc("2026-11-01T01:00")), Due::Nothing);
    let years = minutely.due(utc("2016-11-02T01:00"), utc("2026-11-02T01:00"));
    assert_eq!(years, Due::Run { scheduled_for: utc("2026-11-02T01:00"), missed: MISSED_COUNTED_MAX as u64 });
    let leap = oslo("0 2 29 2 *").due(utc("2016-11-02T01:00"), utc("2026-11-02T01:00"));
    assert_eq!(leap, Due::Run { scheduled_for: utc("2024-02-29T01:00"), missed: 1 });
}

#[test]
fn text_that_is_no_schedule_is_refused_by_field_with_example() {
    for (text, error) in [
        ("", ScheduleError::Fields(0)),
        ("@daily", ScheduleError::Fields(1)),
        ("0 0 2 * * *", ScheduleError::Fields(6)),
        ("60 2 * * *", ScheduleError::Field(0)),
        ("0 2-99 * * *", ScheduleError::Field(1)),
        ("0 2 32 * *", ScheduleError::Field(2)),
        ("0 2 * juni *", ScheduleError::Field(3)),
        ("0 2 * * 8", ScheduleError::Field(4)),
        ("0 2 30 2 *", ScheduleError::Never),
        ("0 2 31 2,4,6,9,11 *", ScheduleError::Never),
    ] {
        assert_eq!(Schedule::parse(text, Tz::UTC, true), Err(error), "{text}");
        assert!(error.allowed().contains("0 2 * * *"), "{text}");
    }
}

/// Makes expressions of every shape, in zones with every kind of change.
fn schedules() -> impl Strategy<Value = Schedule> {
    let crons = [
        "0 2 * * *",
        "30 2 * * *",
        "*/15 * * * *",
        "0 */6 * * *",
        "*/20 2,3 * * 1-5",
        "59 23 L * *",
        "0 0 1 * *",
        "30 1-3 * * 7",
        "15 0 29 2 *",
        "5 4 13 * 5",
    ];
    let zones = [
        chrono_tz::Europe::Oslo,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::America::Sao_Paulo,
        chrono_tz::Pacific::Apia,
        Tz::UTC,
    ];
    (prop::sample::select(crons.to_vec()), prop::sample::select(zones.to_vec()), any::<bool>())
        .prop_map(|(cron, zone, catch_up)| Schedule::parse(cron, zone, catch_up).expect("a schedule"))
}

/// Makes a moment between 2010 and 2037.
fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    (1_262_304_000_i64..2_114_380_800).prop_map(|second| DateTime::from_timestamp(second, 0).expect("a time"))
}

proptest! {
    #[test]
    fn times_go_forward_and_are_the_same_from_wherever_one_looks(
        schedule in schedules(), from in moments(), later in 0_i64..400_000,
    ) {
        let times: Vec<_> = schedule.times_after(from).take(20).collect();
        prop_assert!(times.iter().all(|&time| time > from));
        prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        let from_later = from + TimeDelta::seconds(later);
        let expected = times.iter().copied().find(|&time| time > from_later);
        if let Some(expected) = expected {
            prop_assert_eq!(schedule.next_after(from_later), Some(expected));
        }
    }

    #[test]
    fn sleeping_machine_runs_each_time_once_and_always_the_newest(
        schedule in schedules(), from in moments(), steps in prop::collection::vec(-7_200_i64..200_000, 1..40),
    ) {
        let (mut now, mut since, mut ran) = (from, from, Vec::new());
        for step in steps {
            now += TimeDelta::seconds(step);
            let due = schedule.due(since, now);
            let expected = schedule.times_after(since).take_while(|&time| time <= now).last();
            match due {
                Due::Nothing => prop_assert_eq!(expected, None),
                Due::Run { scheduled_for, missed } | Due::TooLate { scheduled_for, missed } => {
                    prop_assert_eq!(Some(scheduled_for), expected);
                    let all = schedule.times_after(since).take_while(|&time| time <= now).count() as u64;
                    prop_assert_eq!(missed, (all - 1).min(MISSED_COUNTED_MAX as u64));
                    prop_assert!(!ran.contains(&scheduled_for));
                    let is_late = now - scheduled_for > GRACE;
                    let is_left = matches!(due, Due::TooLate { .. });
                    prop_assert_eq!(is_left, is_late && !schedule.catch_up());
                    ran.push(scheduled_for);
                    since = scheduled_for;
                    prop_assert_eq!(schedule.due(since, now), Due::Nothing);
                }
            }
        }
    }
}
