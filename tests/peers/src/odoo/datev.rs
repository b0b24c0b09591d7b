//! Lets Odoo import DATEV files, by the module of OCA: an importer that nobody here wrote, and that guards nothing. It is
//! a peer of the tests alone (AGPL).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DATABASE, configure, odoo, prepared as plain, run_with_input};
use crate::cluster::Cluster;
use crate::command::{last_lines, on, run};
use crate::place::key;
use crate::{Trouble, environment, prepared};

/// The module, without what it asks for: Odoo is there, and is Debian's.
const WHEEL: &str = "odoo-addon-datev-import-csv-dtvf==19.0.2.0.0";
const MODULE: &str = "datev_import_csv_dtvf";
const IMPORT: &str = include_str!("../../odoo/import_datev.py");

/// Odoo's books with the importer, without a server.
#[derive(Debug)]
pub struct DatevImporter {
    cluster: Cluster,
    home: PathBuf,
    plain: PathBuf,
}

/// Prepares the books that [`DatevImporter::fresh`] copies, when they are not there yet.
///
/// # Errors
/// [`Kind::NotToBeHad`](crate::Kind::NotToBeHad) when Odoo or the module cannot be had.
pub fn prepare() -> Result<(), Trouble> {
    prepared_home().map(drop)
}

fn prepared_home() -> Result<PathBuf, Trouble> {
    let plain = plain()?;
    let of = plain.file_name().unwrap_or_default().to_string_lossy().into_owned();
    prepared::once(&format!("odoo-datev-{}", key(&[WHEEL, &of])), |folder| {
        environment::install_alone(&folder.join("module"), WHEEL)?;
        let cluster = Cluster::copy_of(&plain.join("cluster"))?;
        let mut install = with_module(folder, &plain, &cluster)?;
        run(install.args(["-d", DATABASE, "-i", MODULE, "--skip-auto-install", "--stop-after-init", "--no-http"]))?;
        cluster.keep(&folder.join("cluster"))
    })
}

/// Returns Odoo with the module among its addons.
fn with_module(home: &Path, plain: &Path, cluster: &Cluster) -> Result<Command, Trouble> {
    let configuration = configure(plain, cluster.path(), 0)?;
    let text = fs::read_to_string(&configuration).map_err(on(&configuration))?;
    let own = home.join("module/odoo/addons");
    let text = text.replacen("addons_path = ", &format!("addons_path = {},", own.display()), 1);
    fs::write(&configuration, text).map_err(on(&configuration))?;
    let mut command = odoo(plain, cluster);
    // The wheel's folder `odoo` would hide Odoo itself, were it among the packages.
    command.args(["-c"]).arg(configuration);
    Ok(command)
}

impl DatevImporter {
    /// Makes a copy of the prepared books: those of [`super::Books`], with the importer.
    ///
    /// # Errors
    /// Fails when it cannot be had here, or does not come up.
    pub fn fresh() -> Result<Self, Trouble> {
        let home = prepared_home()?;
        let cluster = Cluster::copy_of(&home.join("cluster"))?;
        Ok(Self { cluster, home, plain: plain()? })
    }

    /// Imports these files, posts what they made, and writes the journal as a table (`Number`, `Date`, `Account`,
    /// `Amount`, `Text`; semicolons, UTF-8).
    ///
    /// # Errors
    /// Fails when one of them is refused, with the importer's own words.
    pub fn import(&self, files: &[&Path], out: &Path) -> Result<(), Trouble> {
        let script = self.cluster.path().join("import_datev.py");
        fs::write(&script, IMPORT).map_err(on(&script))?;
        let mut command = with_module(&self.home, &self.plain, &self.cluster)?;
        // The verb comes before its options.
        let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
        let (program, environment): (_, Vec<_>) = (
            command.get_program().to_owned(),
            command.get_envs().map(|(name, value)| (name.to_owned(), value.map(std::ffi::OsStr::to_owned))).collect(),
        );
        command = Command::new(program);
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut arguments = arguments.into_iter();
        command.args(arguments.next()).arg("shell").args(arguments).args(["-d", DATABASE, "--no-http"]);
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        command.env("POSTONCE_FILES", names.join("\n")).env("POSTONCE_OUT", out);
        let said = run_with_input(command.stdin(File::open(&script).map_err(on(&script))?))?;
        // An error in the shell's input does not end it with one.
        if said.contains("ready") { Ok(()) } else { Err(Trouble::broken(last_lines(&said))) }
    }
}
