//! Sets up a workspace that hands over in files: a temporary folder with records, a folder for files, and the real command
//! line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::running::{CommandOutput, command_output};

/// A workspace, and the folder into which it puts its files; both go when it is dropped.
pub struct FileRig {
    home: tempfile::TempDir,
}

/// The titles of the records.
const HEAD: &str = "Bilagsnr,Dato,Beløp,Likeperson,Kategori,Leverandør\n";

impl FileRig {
    /// Sets up a workspace over these rows (id, date, amount), which hands over in GBAT10.
    pub fn over(rows: &[(&str, &str, &str)]) -> Self {
        Self::in_format(rows, "format = \"gbat10\"\n")
    }

    /// Sets up a workspace over these rows, with these keys of the format.
    ///
    /// # Panics
    /// When the machine has no temporary folder.
    pub fn in_format(rows: &[(&str, &str, &str)], format: &str) -> Self {
        let rig = Self { home: tempfile::tempdir().expect("the machine has a temporary folder") };
        fs::create_dir(rig.workspace()).expect("writable");
        fs::create_dir(rig.folder()).expect("writable");
        rig.write_records(rows);
        rig.write_workspace(&rig.workspace(), format);
        rig
    }

    /// Writes the records anew.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn write_records(&self, rows: &[(&str, &str, &str)]) {
        let mut csv = HEAD.to_owned();
        for (id, date, amount) in rows {
            csv.push_str(&format!("{id},{date},{amount},Kari Nordmann,Reise,Tog til Bodø\n"));
        }
        fs::write(self.workspace().join("records.csv"), csv).expect("writable");
    }

    /// Writes `workspace.toml` in a folder.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write_workspace(&self, workspace: &Path, format: &str) {
        let folder = self.folder();
        let text = format!(
            "[organisation]\nid = \"hlf\"\nname = \"HLF\"\ncurrency = \"NOK\"\ntime_zone = \"Europe/Oslo\"\n\n\
             [source]\nkind = \"csv\"\npath = \"records.csv\"\n[source.columns]\nid = \"Bilagsnr\"\ndate = \"Dato\"\n\
             amount = \"Beløp\"\npayee = \"Likeperson\"\ncategory = \"Kategori\"\ntext = \"Leverandør\"\n\n\
             [accounting]\nkind = \"file\"\nfolder = '{}'\n{format}\n\
             [posting]\npayable_account = \"2930\"\ndefault_account = \"7790\"\n",
            folder.display()
        );
        fs::write(workspace.join("workspace.toml"), text).expect("writable");
    }

    /// Puts something else in the place of a part of `workspace.toml`.
    ///
    /// # Panics
    /// When the part is not there.
    pub fn change_workspace(&self, from: &str, to: &str) {
        let path = self.workspace().join("workspace.toml");
        let text = fs::read_to_string(&path).expect("a workspace has its file");
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replacen(from, to, 1)).expect("writable");
    }

    /// Returns the workspace's folder.
    pub fn workspace(&self) -> PathBuf {
        self.home.path().join("workspace")
    }

    /// Returns the folder into which files are put.
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("vouchers")
    }

    /// Returns the names of the files in it, without those of Postonce's own, sorted.
    ///
    /// # Panics
    /// When the folder is not there.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("the folder is there").flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort_unstable();
        names
    }

    /// Returns the text of a file, without the letters that only Windows-1252 has.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn text(&self, name: &str) -> String {
        let bytes = fs::read(self.folder().join(name)).expect("the file is there");
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    /// Returns the text of all files together.
    pub fn all_text(&self) -> String {
        self.files().iter().map(|name| self.text(name)).collect()
    }

    /// Returns the command line in this workspace, with `--json`.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(&self.workspace(), arguments)
    }

    /// Returns the same command in another workspace.
    pub fn command_in(&self, workspace: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(crate::cli());
        command.arg("--workspace").arg(workspace).arg("--json").args(arguments);
        command.env_remove("POSTONCE_WORKSPACE").env("LC_ALL", "C").env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> CommandOutput {
        command_output(self.command(arguments))
    }

    /// Runs one sync to its end.
    pub fn sync(&self) -> CommandOutput {
        self.run(&["sync"])
    }
}
