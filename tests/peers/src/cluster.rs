//! Runs a PostgreSQL of the tests' own: a folder, a server over it that listens on a socket in that folder, and no
//! other client.
//!
//! PostgreSQL refuses to run as root, so under root it runs as another user, in a folder that belongs to that user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Trouble;
use crate::command::{find, on, run};
use crate::server::{Manner, Server};

/// The role that owns everything in the cluster.
pub(crate) const ROLE: &str = "books";

/// The settings of a cluster: nothing here outlives its test, so nothing is written for the case of a power cut.
const SETTINGS: &str = "\
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 32MB
max_wal_size = 128MB
max_connections = 60
autovacuum_naptime = 60s
log_min_messages = log
";

/// A running cluster in a folder of its own; both go when it is dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: Own,
    server: Option<Server>,
}

impl Cluster {
    /// Makes a new cluster, with nothing in it.
    pub(crate) fn begin() -> Result<Self, Trouble> {
        let folder = Own::new()?;
        let data = folder.data();
        let mut command = as_owner(&binary("initdb")?)?;
        command.args([
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=1",
            "--username",
            ROLE,
        ]);
        run(command.arg("--pgdata").arg(&data).current_dir(folder.path()))?;
        let file = data.join("postgresql.conf");
        let text = fs::read_to_string(&file).map_err(on(&file))?;
        fs::write(&file, format!("{text}\n{SETTINGS}")).map_err(on(&file))?;
        Self::over(folder)
    }

    /// Starts a copy of a cluster that [`Cluster::keep`] put there.
    pub(crate) fn copy_of(kept: &Path) -> Result<Self, Trouble> {
        let folder = Own::new()?;
        copy(kept, &folder.data())?;
        hand_over(&folder.data())?;
        Self::over(folder)
    }

    fn over(folder: Own) -> Result<Self, Trouble> {
        let mut command = Command::new(binary("postgres")?);
        command.arg("-D").arg(folder.data()).arg("-k").arg(folder.path()).current_dir(folder.path());
        // A killed server would leave a piece of shared memory behind each time.
        let manner = Manner { ready: "ready to accept connections", end: "QUIT", user: owner() };
        let server = Server::start(&command, &folder.path().join("postgres.log"), &manner)?;
        Ok(Self { folder, server: Some(server) })
    }

    /// Stops the cluster in order, and puts its folder there.
    pub(crate) fn keep(mut self, there: &Path) -> Result<(), Trouble> {
        if let Some(server) = self.server.take() {
            server.stop_with("INT")?;
        }
        copy(&self.folder.data(), there)
    }

    /// Sets the variables by which client programs, and the servers over it, find it.
    pub(crate) fn found_by(&self, command: &mut Command) {
        command.env("PGHOST", self.folder.path()).env("PGUSER", ROLE).env_remove("PGPORT").env_remove("PGPASSWORD");
        command.env_remove("PGDATABASE").env_remove("PGSERVICE").env_remove("PGOPTIONS");
    }

    /// Returns a folder that goes with the cluster, for whatever else belongs to these books.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes an empty database.
    pub(crate) fn create(&self, database: &str) -> Result<(), Trouble> {
        self.sql("postgres", &format!("CREATE DATABASE {database}")).map(drop)
    }

    /// Returns the answer of a query: a row a line, its values parted by `|`.
    pub(crate) fn sql(&self, database: &str, query: &str) -> Result<String, Trouble> {
        let mut command = Command::new(binary("psql")?);
        self.found_by(&mut command);
        command.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--dbname",
            database,
        ]);
        Ok(run(command.arg("--command").arg(query))?.trim_end_matches('\n').to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The server ends before its folder goes.
        drop(self.server.take());
    }
}

/// A folder below the system's temporary one that goes when it is dropped.
#[derive(Debug)]
struct Own(PathBuf);

impl Own {
    fn new() -> Result<Self, Trouble> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // The name is short: the path of a socket has hardly more than a hundred bytes.
        let path = std::env::temp_dir().join(format!("postonce-books-{}-{number}", std::process::id()));
        if path.exists() {
            // The folder is of a process with the same number that was killed before it could tidy up.
            fs::remove_dir_all(&path).map_err(on(&path))?;
        }
        fs::create_dir(&path).map_err(on(&path))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).map_err(on(&path))?;
        hand_over(&path)?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    run(Command::new("cp").args(["-R", "-p"]).arg(from).arg(to)).map(drop)
}

/// Gives a folder to the user that the cluster runs as.
fn hand_over(folder: &Path) -> Result<(), Trouble> {
    match other_user() {
        Some(user) => run(Command::new("chown").arg("-R").arg(user).arg(folder)).map(drop),
        None => Ok(()),
    }
}

/// Returns the user that a cluster runs as, when that cannot be the caller's.
fn other_user() -> Option<&'static str> {
    let is_root = run(Command::new("id").arg("-u")).is_ok_and(|number| number.trim() == "0");
    let is_there = |user: &&str| run(Command::new("id").arg(user)).is_ok();
    is_root.then(|| ["postgres", "nobody"].into_iter().find(is_there).unwrap_or("nobody"))
}

/// Returns the options of `setpriv` that run a program as that user.
fn owner() -> Vec<String> {
    let Some(user) = other_user() else { return Vec::new() };
    let group = run(Command::new("id").args(["-g", user])).unwrap_or_else(|_| user.to_owned());
    vec![format!("--reuid={user}"), format!("--regid={}", group.trim()), "--clear-groups".to_owned()]
}

fn as_owner(program: &Path) -> Result<Command, Trouble> {
    let options = owner();
    if options.is_empty() {
        return Ok(Command::new(program));
    }
    let setpriv =
        find("setpriv").ok_or_else(|| Trouble::not_to_be_had("`setpriv` is not installed (util-linux has it)"))?;
    let mut command = Command::new(setpriv);
    command.args(options).arg(program);
    Ok(command)
}

/// Returns a program of PostgreSQL. Debian keeps those of the server out of `PATH`; of several versions the newest is
/// taken.
fn binary(name: &str) -> Result<PathBuf, Trouble> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name))))
        .filter(|(_, path)| path.is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, path)| path).or_else(|| find(name)).ok_or_else(|| {
        Trouble::not_to_be_had(format!(
            "`{name}` of PostgreSQL is not installed (on Debian: apt-get install postgresql)"
        ))
    })
}
