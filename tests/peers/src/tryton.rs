//! Runs Tryton 8.2: the same books for each test, and a `trytond` over them that nobody else uses.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster::Cluster;
use crate::command::{on, run};
use crate::environment::{self, program};
use crate::place::key;
use crate::server::{Manner, Server, free_port};
use crate::{Trouble, prepared};

/// The exact versions with their hashes, made from `requirements.in` by the `uv` of `environment.rs`:
/// `uv pip compile --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt`.
const REQUIREMENTS: &str = include_str!("../tryton/requirements.txt");
const PREPARE: &str = include_str!("../tryton/prepare.py");

const DATABASE: &str = "tryton";
/// The password of the user `admin`, who may do everything.
const PASSWORD: &str = "books-admin";
/// The password of the user `clerk`, who may read little and write nothing.
const CLERK_PASSWORD: &str = "books-clerk";

/// Prepares the books that [`Books::fresh`] copies, when they are not there yet.
///
/// # Errors
/// Fails when it cannot be had here, or does not come up.
pub fn prepare() -> Result<(), Trouble> {
    prepared().map(drop)
}

fn prepared() -> Result<PathBuf, Trouble> {
    prepared::once(&format!("tryton-{}", key(&[REQUIREMENTS, PREPARE])), |folder| {
        environment::make(folder, REQUIREMENTS)?;
        let cluster = Cluster::begin()?;
        cluster.create(DATABASE)?;
        let configuration = configure(cluster.path(), 0, None)?;
        let password = cluster.path().join("password");
        fs::write(&password, PASSWORD).map_err(on(&password))?;
        let mut install = Command::new(program(folder, "trytond-admin"));
        cluster.found_by(&mut install);
        install.arg("-c").arg(&configuration).args([
            "-d",
            DATABASE,
            "-u",
            "analytic_account",
            "--activate-dependencies",
        ]);
        run(install.args(["--email", "admin@example.org"]).env("TRYTONPASSFILE", &password))?;
        let script = cluster.path().join("prepare.py");
        fs::write(&script, PREPARE).map_err(on(&script))?;
        let mut books = Command::new(program(folder, "python"));
        cluster.found_by(&mut books);
        run(books.arg(&script).arg(DATABASE).arg(&configuration).args([PASSWORD, CLERK_PASSWORD]))?;
        cluster.keep(&folder.join("cluster"))
    })
}

/// Writes the server's configuration, in that folder.
fn configure(folder: &Path, port: u16, session_seconds: Option<u32>) -> Result<PathBuf, Trouble> {
    let file = folder.join("trytond.conf");
    let session = session_seconds.map_or_else(String::new, |seconds| format!("[session]\ntimeout = {seconds}\n"));
    // The environment says where the database is.
    let text = format!("[web]\nlisten = 127.0.0.1:{port}\n[database]\nuri = postgresql:///\n{session}");
    fs::write(&file, text).map_err(on(&file))?;
    Ok(file)
}

/// The books of one test, and a server over them.
#[derive(Debug)]
pub struct Books {
    // The server comes before the cluster, so that it ends before it.
    server: RefCell<Option<Server>>,
    cluster: Cluster,
    prepared: PathBuf,
    port: u16,
    session_seconds: Option<u32>,
}

impl Books {
    /// Makes a copy of the prepared books, with a server over it.
    ///
    /// The company is `HLF`, in NOK; the journal `POST`; the accounts 2930, 7140, 7150, 6860, 6900 and 7790, and 2400,
    /// which wants a party; the input taxes H25 and L12 on 2710 and 2711; the analytic roots Department, Project and
    /// Grant; every month from January 2020 to December 2028 is an open period, and those of 2019 are
    /// closed.
    ///
    /// # Errors
    /// Fails when it cannot be had here, or does not come up.
    pub fn fresh() -> Result<Self, Trouble> {
        Self::fresh_with(None)
    }

    /// Makes the same; a session that was idle for so many seconds is at an end.
    ///
    /// # Errors
    /// Fails as [`Books::fresh`].
    pub fn fresh_with(session_seconds: Option<u32>) -> Result<Self, Trouble> {
        let prepared = prepared()?;
        let cluster = Cluster::copy_of(&prepared.join("cluster"))?;
        let books = Self { server: RefCell::new(None), cluster, prepared, port: free_port()?, session_seconds };
        books.restart()?;
        Ok(books)
    }

    /// Returns the address it listens on, without the database.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the name of the database, which stands in every path.
    pub fn database(&self) -> &'static str {
        DATABASE
    }

    /// Returns the user who may do everything, and the password.
    pub fn user(&self) -> (&'static str, &'static str) {
        ("admin", PASSWORD)
    }

    /// Returns the user who may not write, and the password.
    pub fn clerk(&self) -> (&'static str, &'static str) {
        ("clerk", CLERK_PASSWORD)
    }

    /// Returns the number of the server's process, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.server.borrow().as_ref().map(Server::pid)
    }

    /// Ends the server at once, as a power cut would.
    pub fn kill9(&self) {
        drop(self.server.borrow_mut().take());
    }

    /// Starts the server where it was before, ending the one there is.
    ///
    /// # Errors
    /// Fails when it does not come up.
    pub fn restart(&self) -> Result<(), Trouble> {
        self.kill9();
        let configuration = configure(self.cluster.path(), self.port, self.session_seconds)?;
        let mut command = Command::new(program(&self.prepared, "trytond"));
        self.cluster.found_by(&mut command);
        command.arg("-c").arg(configuration).args(["-d", DATABASE, "-v"]);
        let manner = Manner { ready: "Running on", end: "KILL", user: Vec::new() };
        let server = Server::start(&command, &self.cluster.path().join("trytond.log"), &manner)?;
        self.server.replace(Some(server));
        Ok(())
    }

    /// Stops the server for a while: requests come to it, and nobody answers.
    ///
    /// # Errors
    /// Fails when there is no server.
    pub fn stop(&self) -> Result<(), Trouble> {
        self.signal("STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// Fails when there is no server.
    pub fn cont(&self) -> Result<(), Trouble> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> Result<(), Trouble> {
        self.server.borrow().as_ref().ok_or_else(|| Trouble::broken("there is no server to signal"))?.signal(name)
    }

    /// Returns the answer of a query over the books, past the server: a row a line, its values parted by `|`.
    ///
    /// # Errors
    /// The database's own.
    pub fn sql(&self, query: &str) -> Result<String, Trouble> {
        self.cluster.sql(DATABASE, query)
    }
}
