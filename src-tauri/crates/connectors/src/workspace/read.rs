//! Reads the text of `workspace.toml` into values that are checked.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use chrono_tz::Tz;
use postonce_engine::Schedule;
use postonce_engine::domain::{Currency, OrganisationId};

use super::accounting::{accounting, books};
use super::network::network;
use super::notify::notify;
use super::posting::posting;
use super::source::source;
use super::toml_file::{Section, TomlFile};
use super::{Content, DAY_SECONDS, WorkspaceError};

const LEASE_SECONDS: std::ops::RangeInclusive<u64> = 15..=3_600;

pub(super) fn content(path: &Path, dir: &Path, text: &str) -> Result<Content, WorkspaceError> {
    let file = TomlFile::new(path, text);
    let table = file.parse()?;
    let known = [
        "organisation",
        "source",
        "accounting",
        "posting",
        "sync",
        "re_export",
        "schedule",
        "notify",
        "network",
        "practice",
    ];
    let root = Section::root(&file, table.get_ref(), &known)?;

    let organisation = required(&root, "organisation", &["id", "name", "currency", "time_zone"])?;
    let currency = currency(&organisation)?;
    let time_zone = time_zone(&organisation)?;
    let id = organisation.required_text("id")?;
    let practice_store = match root.section("practice", &["store"])? {
        Some(practice) => Some(dir.join(practice.required_text("store")?.value)),
        None => None,
    };
    let is_practice = practice_store.is_some();

    let source = source(&root, dir, currency, time_zone, is_practice)?;
    let accounting = accounting(&root, dir, is_practice)?;
    let books = books(&root)?;
    let sync_keys =
        ["vouchers_per_request", "requests_in_flight", "lease_seconds", "wait_for_lock_seconds", "compare_after_run"];
    let sync = root.section("sync", &sync_keys)?;
    let number = |key, allowed, default| sync.as_ref().map_or(Ok(default), |sync| sync.number(key, allowed, default));

    Ok(Content {
        organisation: OrganisationId::new(id.value)
            .map_err(|_| organisation.invalid("id", &id, format!("a-z 0-9 -, 1–{}", OrganisationId::LENGTH_MAX)))?,
        organisation_name: organisation.required_text("name")?.value.trim().to_owned(),
        currency,
        time_zone,
        posting: posting(&root, currency, accounting.names_dimensions())?,
        source,
        accounting,
        books,
        vouchers_per_request: count(number("vouchers_per_request", 1..=5_000, 100)?),
        requests_in_flight: count(number("requests_in_flight", 1..=16, 4)?),
        lease: Duration::from_secs(number("lease_seconds", LEASE_SECONDS, 60)?),
        wait_for_lock: Duration::from_secs(number("wait_for_lock_seconds", 0..=DAY_SECONDS, 0)?),
        compare_after_run: match &sync {
            Some(sync) => sync.boolean("compare_after_run", true)?,
            None => true,
        },
        re_export_needs_approval: re_export_needs_approval(&root)?,
        schedule: schedule(&root, time_zone)?,
        notify: notify(&root, dir)?,
        network: network(&root, dir)?,
        practice_store,
    })
}

fn required<'a>(root: &Section<'a>, key: &str, known: &[&str]) -> Result<Section<'a>, WorkspaceError> {
    root.section(key, known)?.ok_or_else(|| root.missing(key))
}

fn count(number: u64) -> usize {
    usize::try_from(number).expect("the bounds are far below 32 bits")
}

fn currency(organisation: &Section<'_>) -> Result<Currency, WorkspaceError> {
    let code = organisation.required_text("currency")?;
    Currency::from_code(code.value).ok_or_else(|| organisation.invalid("currency", &code, "NOK, SEK, EUR … (ISO 4217)"))
}

fn time_zone(organisation: &Section<'_>) -> Result<Tz, WorkspaceError> {
    let name = organisation.required_text("time_zone")?;
    Tz::from_str(name.value).map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        organisation.invalid("time_zone", &name, crate::text::nearest(name.value, names))
    })
}

fn re_export_needs_approval(root: &Section<'_>) -> Result<bool, WorkspaceError> {
    let section = root.section("re_export", &["second_approval"])?;
    section.map_or(Ok(false), |section| section.boolean("second_approval", false))
}

fn schedule(root: &Section<'_>, time_zone: Tz) -> Result<Option<Schedule>, WorkspaceError> {
    let Some(section) = root.section("schedule", &["cron", "catch_up"])? else { return Ok(None) };
    let cron = section.required_text("cron")?;
    let schedule = Schedule::parse(cron.value, time_zone, section.boolean("catch_up", true)?);
    schedule.map(Some).map_err(|error| section.invalid("cron", &cron, error.allowed()))
}
