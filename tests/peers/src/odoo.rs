//! Runs Odoo 19 Community, as Debian packs it: the same books for each test, and a server over them that nobody else
//! uses.

pub mod datev;
mod package;

use std::cell::RefCell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cluster::Cluster;
use crate::command::{on, run};
use crate::environment::{self, program};
use crate::place::key;
use crate::server::{Manner, Server, free_port};
use crate::{Trouble, prepared};

/// The packages that Odoo asks of Debian, as exact versions from PyPI with their hashes; made as Tryton's are.
const REQUIREMENTS: &str = include_str!("../odoo/requirements.txt");
const PREPARE: &str = include_str!("../odoo/prepare.py");

const DATABASE: &str = "odoo";
/// The file in the prepared folder with the keys of the two users, a line each.
const KEYS: &str = "keys";

/// Prepares the books that [`Books::fresh`] copies, when they are not there yet.
///
/// # Errors
/// [`Kind::NotToBeHad`](crate::Kind::NotToBeHad) when Debian's package cannot be had; another one when it does not come
/// up.
pub fn prepare() -> Result<(), Trouble> {
    prepared().map(drop)
}

fn prepared() -> Result<PathBuf, Trouble> {
    prepared::once(&format!("odoo-{}", key(&[REQUIREMENTS, PREPARE, package::VERSION])), |folder| {
        package::unpack(&code(folder))?;
        environment::make(folder, REQUIREMENTS)?;
        let cluster = Cluster::begin()?;
        cluster.create(DATABASE)?;
        let configuration = configure(folder, cluster.path(), 0)?;
        let mut install = odoo(folder, &cluster);
        install.arg("-c").arg(&configuration).args(["-d", DATABASE, "-i", "account,rpc", "--skip-auto-install"]);
        run(install.args(["--stop-after-init", "--no-http"]))?;
        let script = cluster.path().join("prepare.py");
        fs::write(&script, PREPARE).map_err(on(&script))?;
        let mut books = odoo(folder, &cluster);
        books.args(["shell", "-c"]).arg(&configuration).args(["-d", DATABASE, "--no-http"]);
        books.env("POSTONCE_KEYS", folder.join(KEYS)).stdin(File::open(&script).map_err(on(&script))?);
        // An error in the shell's input does not end it with one: the keys are written last.
        let said = run_with_input(&mut books)?;
        if !folder.join(KEYS).is_file() || !said.contains("ready") {
            return Err(Trouble::broken(format!("Odoo's books were not made:\n{}", crate::command::last_lines(&said))));
        }
        cluster.keep(&folder.join("cluster"))
    })
}

/// Returns the place of the unpacked package.
fn code(folder: &Path) -> PathBuf {
    folder.join("code")
}

fn odoo(folder: &Path, cluster: &Cluster) -> Command {
    let mut command = Command::new(program(folder, "python"));
    command.arg(code(folder).join("usr/bin/odoo"));
    command.env("PYTHONPATH", code(folder).join("usr/lib/python3/dist-packages")).env_remove("ODOO_RC");
    cluster.found_by(&mut command);
    command
}

/// Writes the server's configuration, in the cluster's folder.
fn configure(folder: &Path, own: &Path, port: u16) -> Result<PathBuf, Trouble> {
    let (file, data) = (own.join("odoo.conf"), own.join("files"));
    let addons = code(folder).join("usr/lib/python3/dist-packages");
    let text = format!(
        "[options]\ndb_host = {}\ndb_user = {}\nhttp_interface = 127.0.0.1\nhttp_port = {port}\ndata_dir = {}\n\
         addons_path = {addons}/addons,{addons}/odoo/addons\nlist_db = False\nmax_cron_threads = 0\n",
        own.display(),
        crate::cluster::ROLE,
        data.display(),
        addons = addons.display(),
    );
    fs::create_dir_all(&data).map_err(on(&data))?;
    fs::write(&file, text).map_err(on(&file))?;
    Ok(file)
}

fn run_with_input(command: &mut Command) -> Result<String, Trouble> {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| Trouble::broken(format!("Odoo's shell could not be started: {error}")))?;
    Ok(String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned())
}

/// The books of one test, and a server over them.
#[derive(Debug)]
pub struct Books {
    // The server comes before the cluster, so that it ends before it.
    server: RefCell<Option<Server>>,
    cluster: Cluster,
    prepared: PathBuf,
    keys: Vec<String>,
    port: u16,
}

impl Books {
    /// Makes a copy of the prepared books, with a server over it.
    ///
    /// The company is `HLF`, in NOK; the journal `POST`; the accounts 2930, 7140, 7150, 6860, 6900, 7790 and 2400;
    /// nothing can be booked before January 2020.
    ///
    /// # Errors
    /// Fails when it cannot be had here, or does not come up.
    pub fn fresh() -> Result<Self, Trouble> {
        let prepared = prepared()?;
        let path = prepared.join(KEYS);
        let keys = fs::read_to_string(&path).map_err(on(&path))?.lines().map(str::to_owned).collect();
        let cluster = Cluster::copy_of(&prepared.join("cluster"))?;
        let books = Self { server: RefCell::new(None), cluster, prepared, keys, port: free_port()? };
        books.restart()?;
        Ok(books)
    }

    /// Returns the address it listens on.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the name of the database.
    pub fn database(&self) -> &'static str {
        DATABASE
    }

    /// Returns the key of the user who may do everything.
    pub fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    /// Returns the key of the user who may read the books and not write.
    pub fn clerk_key(&self) -> &str {
        self.keys.get(1).map_or("", String::as_str)
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
        let configuration = configure(&self.prepared, self.cluster.path(), self.port)?;
        let mut command = odoo(&self.prepared, &self.cluster);
        command.arg("-c").arg(configuration).args(["-d", DATABASE]);
        // The server listens a moment before it has read its modules; the first answer waits for them.
        let manner = Manner { ready: "Registry loaded", end: "KILL", user: Vec::new() };
        let server = Server::start(&command, &self.cluster.path().join("odoo.log"), &manner)?;
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
