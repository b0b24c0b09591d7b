//! Runs `service`: lets systemd keep to the schedule.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postonce_connectors::Workspace;
use postonce_engine::error::Problem;
use serde_json::{Value, json};

use super::schedule::schedule_of;
use crate::args::{Args, Service, ServiceAct, ServiceInstall, ServicePlace};
use crate::failure::Failure;
use crate::output::Output;
use crate::units::{self, Unit};
use crate::{Status, calendar, words};

pub(crate) fn service(args: &Args, asked: &Service, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    if !cfg!(target_os = "linux") {
        return Err(Failure::usage(output.word(words::SERVICE_LINUX)));
    }
    match &asked.act {
        ServiceAct::Install(asked) => install(&workspace, asked, output),
        ServiceAct::Status(place) => status(&workspace, *place, output),
        ServiceAct::Remove(place) => remove(&workspace, *place, output),
    }
}

/// The units of a workspace.
struct Place {
    folder: PathBuf,
    name: String,
    system: bool,
}

impl Place {
    fn of(workspace: &Workspace, place: ServicePlace) -> Result<Self, Failure> {
        let folder = units::folder(place.system).ok_or_else(|| Failure::usage("HOME"))?;
        Ok(Self { folder, name: units::name(workspace.organisation().as_str()), system: place.system })
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Returns the unit that is started: the timer where there is one.
    fn started(&self) -> String {
        let ending = if self.path("timer").exists() { "timer" } else { "service" };
        format!("{}.{ending}", self.name)
    }

    fn is_there(&self) -> bool {
        self.path("service").exists()
    }

    /// Asks systemd; returns what it said, or `None` where there is no systemd to ask.
    fn systemctl(&self, arguments: &[&str]) -> Option<(bool, String)> {
        let mut command = Command::new("systemctl");
        if !self.system {
            command.arg("--user");
        }
        let said = command.args(arguments).stdin(Stdio::null()).output().ok()?;
        let words = if said.stdout.is_empty() { said.stderr } else { said.stdout };
        Some((said.status.success(), String::from_utf8_lossy(&words).trim().to_owned()))
    }

    fn call(&self, arguments: &str) -> String {
        format!("systemctl {}{arguments}", if self.system { "" } else { "--user " })
    }
}

fn install(workspace: &Workspace, asked: &ServiceInstall, output: &Output) -> Result<Status, Failure> {
    let schedule = schedule_of(workspace)?;
    let place = Place::of(workspace, asked.place)?;
    if asked.place.system && asked.user.is_none() {
        return Err(Failure::usage(output.word(words::SERVICE_AS)));
    }
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let credentials = asked.credentials.as_deref().map(std::path::absolute).transpose().map_err(Failure::internal)?;
    let names = workspace.secret_names();
    if let Some(missing) =
        credentials.iter().flat_map(|dir| names.iter().map(|name| dir.join(name))).find(|path| !path.exists())
    {
        return Err(Failure::usage(words::service_credential(output.language, &missing.display().to_string())));
    }
    let unit = Unit {
        program: &program,
        workspace: workspace.dir(),
        organisation: workspace.organisation_name(),
        user: asked.user.as_deref(),
        credentials: credentials.as_deref().map(|folder| (folder, names)),
        system: asked.place.system,
    };
    let mut files = Vec::new();
    if asked.timer {
        let (cron, zone) = (schedule.cron(), workspace.time_zone().name());
        let times = calendar::on_calendar(cron, zone);
        let times = times.ok_or_else(|| Failure::usage(words::service_calendar(output.language, cron)))?;
        files.push((place.path("service"), unit.once()));
        files.push((place.path("timer"), unit.timer(&times, schedule.catch_up())));
    } else {
        files.push((place.path("service"), unit.schedule()));
    }
    // A timer of before is no word of the units that are written now.
    delete(&place.path("timer"))?;
    for (path, text) in &files {
        write(path, text)?;
    }
    let done = |act: &[&str]| place.systemctl(act).is_some_and(|(done, _)| done);
    let started = !asked.no_start && done(&["daemon-reload"]) && done(&["enable", "--now", &place.started()]);
    if output.json {
        let paths = files.iter().map(|(path, _)| path).collect::<Vec<_>>();
        output.document(&json!({ "units": paths, "started": started }));
    }
    if started {
        output.say(format!("{} {}", output.word(words::SERVICE_STARTED), place.started()));
        return Ok(Status::Done);
    }
    output.say(output.word(words::SERVICE_WRITTEN));
    for line in ["daemon-reload".to_owned(), format!("enable --now {}", place.started())] {
        output.say(format!("  {}", place.call(&line)));
    }
    Ok(if asked.no_start { Status::Done } else { Status::Attention })
}

fn status(workspace: &Workspace, asked: ServicePlace, output: &Output) -> Result<Status, Failure> {
    let place = Place::of(workspace, asked)?;
    let state = |act: &str| place.systemctl(&[act, &place.started()]).map(|(_, said)| said);
    let (enabled, active) = if place.is_there() { (state("is-enabled"), state("is-active")) } else { (None, None) };
    if output.json {
        let unit = place.is_there().then(|| Value::from(place.started()));
        output.document(&json!({ "unit": unit, "enabled": enabled, "active": active }));
    }
    if !place.is_there() {
        output.say(output.word(words::SERVICE_NONE));
        return Ok(Status::Attention);
    }
    let is_well = active.as_deref() == Some("active");
    let said = [enabled, active].into_iter().flatten().collect::<Vec<_>>().join(", ");
    output.say(words::service_unit(output.language, &place.started(), &said));
    Ok(if is_well { Status::Done } else { Status::Attention })
}

fn remove(workspace: &Workspace, asked: ServicePlace, output: &Output) -> Result<Status, Failure> {
    let place = Place::of(workspace, asked)?;
    let was_there = place.is_there();
    if was_there {
        // Nothing is at work where there is no systemd.
        let _ = place.systemctl(&["disable", "--now", &place.started()]);
        delete(&place.path("timer"))?;
        delete(&place.path("service"))?;
        let _ = place.systemctl(&["daemon-reload"]);
    }
    if output.json {
        output.document(&json!({ "removed": was_there }));
    }
    let word = if was_there { words::SERVICE_REMOVED } else { words::SERVICE_NONE };
    let stays = if was_there { format!(" {}", workspace.dir().display()) } else { String::new() };
    output.say(format!("{}{stays}", output.word(word)));
    Ok(Status::Done)
}

/// Writes a unit whole; systemd, and others on this machine, may read it.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = || {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        let beside = path.with_extension("unfinished");
        fs::write(&beside, text)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&beside, fs::Permissions::from_mode(0o644))?;
        }
        fs::rename(&beside, path)
    };
    written().map_err(|error: io::Error| Problem::report_unwritable(path.display(), error).into())
}

fn delete(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Problem::report_unwritable(path.display(), error).into())
        }
        _ => Ok(()),
    }
}
