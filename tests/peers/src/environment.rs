//! Makes environments of Python packages, exactly those of a lock file, installed by `uv`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{find, run};
use crate::place::key;
use crate::{Trouble, prepared};

/// The installer, which takes seconds where `pip` takes minutes. It comes from PyPI itself.
const UV: &str = "uv==0.13.9";

/// Makes the environment of these requirements, which name versions and hashes.
///
/// # Errors
/// [`Kind::NotToBeHad`](crate::Kind::NotToBeHad) when there is no Python or no registry answers.
pub(crate) fn make(folder: &Path, requirements: &str) -> Result<(), Trouble> {
    let uv = uv()?;
    let list = folder.join("requirements.txt");
    std::fs::write(&list, requirements).map_err(crate::command::on(&list))?;
    let home = folder.join("python");
    run(uv_command(&uv, &["venv", "--quiet", "--python"]).arg(python()?).arg(&home))?;
    let mut install = uv_command(&uv, &["pip", "install", "--quiet", "--require-hashes", "--python"]);
    run(install.arg(home.join("bin/python")).arg("--requirement").arg(&list)).map_err(|trouble| {
        if registry_answers(&uv) { trouble } else { trouble.or_not_to_be_had("no registry of Python packages answers") }
    })?;
    Ok(())
}

/// Puts one package into a folder, without what it asks for.
///
/// # Errors
/// [`Kind::NotToBeHad`](crate::Kind::NotToBeHad) when there is no Python or no registry answers.
pub(crate) fn install_alone(folder: &Path, package: &str) -> Result<(), Trouble> {
    let uv = uv()?;
    let mut install = uv_command(&uv, &["pip", "install", "--quiet", "--no-deps", "--target"]);
    run(install.arg(folder).arg("--python").arg(python()?).arg(package)).map(drop).map_err(|trouble| {
        if registry_answers(&uv) { trouble } else { trouble.or_not_to_be_had("no registry of Python packages answers") }
    })
}

/// Returns the program of an environment.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join("python/bin").join(name)
}

fn python() -> Result<PathBuf, Trouble> {
    find("python3").ok_or_else(|| Trouble::not_to_be_had("python3 is not installed"))
}

fn uv() -> Result<PathBuf, Trouble> {
    let home = prepared::once(&format!("uv-{}", key(&[UV])), |folder| {
        let home = folder.join("python");
        let set_up =
            |trouble: Trouble| trouble.or_not_to_be_had("python3 makes no environment (is python3-venv installed?)");
        run(Command::new(python()?).args(["-m", "venv"]).arg(&home)).map_err(set_up)?;
        let mut install = Command::new(home.join("bin/python"));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]);
        run(&mut install).map_err(|trouble| {
            trouble.or_not_to_be_had("uv cannot be had, so no registry of Python packages answers")
        })?;
        Ok(())
    })?;
    Ok(program(&home, "uv"))
}

/// Returns `uv`, which asks the registry that `pip` of this machine asks, trusts whom the machine trusts, and uses the
/// machine's own Python.
fn uv_command(uv: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(uv);
    command.args(arguments).env("UV_SYSTEM_CERTS", "1").env("UV_PYTHON_DOWNLOADS", "never");
    let pip = uv.with_file_name("python");
    for (setting, variable) in [("global.index-url", "UV_DEFAULT_INDEX"), ("global.extra-index-url", "UV_INDEX")] {
        let asked = run(Command::new(&pip).args(["-m", "pip", "config", "get", setting]));
        if let (Ok(address), None) = (asked, std::env::var_os(variable)) {
            command.env(variable, address.trim());
        }
    }
    command
}

/// Asks the registry one small question, past every cache.
fn registry_answers(uv: &Path) -> bool {
    let mut ask = Command::new(uv.with_file_name("python"));
    run(ask.args(["-m", "pip", "index", "versions", "trytond", "--no-cache-dir", "--disable-pip-version-check"]))
        .is_ok()
}
