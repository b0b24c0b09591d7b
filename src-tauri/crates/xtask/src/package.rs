//! Runs `cargo xtask package`: the packages of Linux, from one release build, into `package` of the target folder.
//!
//! The desktop's packages are made by Tauri's own bundler, a package of the npm registry; what is beside the programs (manual,
//! completions, units, metainfo, notices) is laid out here. The deb is then packed once more by `dpkg-deb`, with one owner and
//! one time, so that two builds of a commit are the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node::Node;
use crate::programs::cargo;
use crate::run::{Failure, call, output};
use crate::tools::{CARGO_AUDITABLE, CARGO_CYCLONEDX};
use crate::{flags, packages, places, setup};

/// Tauri's bundler, as the npm registry has it.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";
/// The shells whose completions are installed, with the place of the file.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/postonce"),
    ("zsh", "usr/share/zsh/vendor-completions/_postonce"),
    ("fish", "usr/share/fish/vendor_completions.d/postonce.fish"),
];
/// The sizes of the icon beyond those that the bundler installs.
const ICONS: [(&str, &str); 2] = [
    ("512x512.png", "usr/share/icons/hicolor/512x512/apps/postonce-desktop.png"),
    ("postonce.svg", "usr/share/icons/hicolor/scalable/apps/postonce-desktop.svg"),
];
/// The files of the folder `packaging`, and their places.
const UNITS: [(&str, &str); 4] = [
    ("postonce@.service", "usr/lib/systemd/system/postonce@.service"),
    ("postonce.service", "usr/lib/systemd/user/postonce.service"),
    ("sysusers.conf", "usr/lib/sysusers.d/postonce.conf"),
    ("tmpfiles.conf", "usr/lib/tmpfiles.d/postonce.conf"),
];
const METAINFO: &str = "org.postonce.desktop.metainfo.xml";
const DOC: &str = "usr/share/doc/postonce";
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let [plain, built, debug] = flags(arguments, ["--plain", "--built", "--debug"])?;
    // A debug build shows what is wrong with the packages themselves, in a tenth of the time.
    let profile = if debug { "debug" } else { "release" };
    packages::install(packages::PACKAGING)?;
    let node = setup::desktop()?;
    if !built {
        build(&node, plain || debug, debug)?;
    }
    let out = folder()?;
    fresh(&out)?;
    let stage = Stage::lay(&out.join("stage"), profile)?;
    bundle(&node, &stage, &out, profile)?;
    command_line_alone(&stage, &out, profile)?;
    if !(plain || debug) {
        bill_of_materials(&out)?;
    }
    remove(&stage.root)?;
    sums(&out)?;
    println!("The packages are in {}", out.display());
    Ok(())
}

/// Returns the folder of the packages.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    Ok(places::target()?.join("package"))
}

/// Builds both programs. Without `--plain` each carries the list of what it is made of (`cargo auditable`).
fn build(node: &Node, plain: bool, debug: bool) -> Result<(), Failure> {
    node.script("build")?;
    println!("Building Postonce. This takes many minutes the first time.");
    let profile = if debug { "dev" } else { "release" };
    let programs = ["--profile", profile, "--locked", "--workspace", "--bin", "postonce", "--bin", "postonce-desktop"];
    let mut command = if plain {
        cargo(&["build"])
    } else {
        let auditable = CARGO_AUDITABLE.ready()?;
        let mut command = Command::new(auditable);
        command.args(["auditable", "build"]).current_dir(places::root()).env("CARGO", places::cargo_path());
        command
    };
    call(command.args(programs).env("SOURCE_DATE_EPOCH", epoch()))
}

/// Returns the time of the commit, which is the time of everything that is packed.
fn epoch() -> String {
    let root = places::root().display().to_string();
    output("git", &["-C", &root, "log", "-1", "--format=%ct"]).unwrap_or_else(|| "1".to_owned())
}

/// The files of the packages beside the desktop program, laid out as they will be installed.
struct Stage {
    root: PathBuf,
}

impl Stage {
    fn lay(root: &Path, profile: &str) -> Result<Self, Failure> {
        fresh(root)?;
        let stage = Self { root: root.to_owned() };
        let postonce = places::built(profile, "postonce")?;
        stage.copy(&postonce, "usr/bin/postonce")?;
        let manual = root.join("usr/share/man/man1");
        fs::create_dir_all(&manual).map_err(on(&manual))?;
        call(Command::new(&postonce).arg("man").arg(&manual).arg("--quiet"))?;
        for (shell, place) in COMPLETIONS {
            let text = output(&postonce, &["completions", shell])
                .ok_or_else(|| Failure::new(format!("`postonce completions {shell}` failed")))?;
            stage.write(place, &format!("{text}\n"))?;
        }
        for (name, place) in UNITS {
            stage.copy(&packaging().join(name), place)?;
        }
        for (name, place) in ICONS {
            stage.copy(&places::root().join("icons").join(name), place)?;
        }
        stage.copy(&packaging().join(METAINFO), &format!("usr/share/metainfo/{METAINFO}"))?;
        stage.copy(&packaging().join("Containerfile"), &format!("{DOC}/Containerfile"))?;
        for name in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"] {
            stage.copy(&places::root().join(name), &format!("{DOC}/{name}"))?;
        }
        let docs = places::root().join("src-tauri/docs");
        for name in ["administration.md", "administration.nb.md", "interfaces.md"] {
            stage.copy(&docs.join(name), &format!("{DOC}/{name}"))?;
        }
        stage.write(&format!("{DOC}/copyright"), &copyright()?)?;
        stage.write(&format!("{DOC}/third-party.txt"), &notices()?)?;
        Ok(stage)
    }

    fn copy(&self, from: &Path, place: &str) -> Result<(), Failure> {
        let to = self.place(place)?;
        fs::copy(from, &to).map(drop).map_err(on(from))
    }

    fn write(&self, place: &str, text: &str) -> Result<(), Failure> {
        let to = self.place(place)?;
        fs::write(&to, text).map_err(on(&to))
    }

    fn place(&self, place: &str) -> Result<PathBuf, Failure> {
        let to = self.root.join(place);
        let folder = to.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(on(folder))?;
        Ok(to)
    }

    /// Returns every file: its place in the system, and where it lies now.
    fn files(&self) -> Result<BTreeMap<String, PathBuf>, Failure> {
        let mut found = BTreeMap::new();
        collect(&self.root, &self.root, &mut found)?;
        Ok(found)
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(on(folder))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if let Ok(place) = path.strip_prefix(root) {
            found.insert(format!("/{}", place.display()), path.clone());
        }
    }
    Ok(())
}

/// Lets Tauri's bundler make both packages, and packs the deb once more.
fn bundle(node: &Node, stage: &Stage, out: &Path, profile: &str) -> Result<(), Failure> {
    let home = places::cache()?.join("tauri-cli");
    fs::create_dir_all(&home).map_err(on(&home))?;
    let program = home.join("node_modules/.bin/tauri");
    if !output(&program, &["--version"])
        .is_some_and(|version| TAURI_CLI.ends_with(version.trim_start_matches("tauri-cli ")))
    {
        let mut install =
            node.npm(&["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"]);
        call(install.arg(&home).arg(TAURI_CLI).current_dir(&home))?;
    }
    let settings = out.join("bundle.json");
    fs::write(&settings, bundle_settings(&stage.files()?)).map_err(on(&settings))?;
    let bundles = places::target()?.join(profile).join("bundle");
    remove(&bundles)?;
    let mut tauri = node.npm(&[]);
    let path =
        tauri.get_envs().find_map(|(name, value)| (name == "PATH").then(|| value.map(ToOwned::to_owned))).flatten();
    tauri = Command::new(&program);
    if let Some(path) = path {
        tauri.env("PATH", path);
    }
    tauri.args(["bundle", "--ci", "--bundles", "deb,rpm", "--config"]).arg(&settings);
    if profile == "debug" {
        tauri.arg("--debug");
    }
    call(tauri.current_dir(places::root().join("src-tauri")).env("SOURCE_DATE_EPOCH", epoch()))?;
    remove(&settings)?;
    let deb = only(&bundles.join("deb"), ".deb")?;
    pack_anew(&deb, out, profile)?;
    let rpm = only(&bundles.join("rpm"), ".rpm")?;
    let name = format!("postonce-{VERSION}-1.{}.rpm", std::env::consts::ARCH);
    fs::copy(&rpm, out.join(name)).map(drop).map_err(on(&rpm))
}

fn bundle_settings(files: &BTreeMap<String, PathBuf>) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let files: Vec<String> = files
        .iter()
        .map(|(place, from)| format!("{}: {}", quoted(place), quoted(&from.display().to_string())))
        .collect();
    let files = files.join(",\n    ");
    let script = |name: &str| quoted(&packaging().join(name).display().to_string());
    let (installed, removed, entry) = (script("installed.sh"), script("removed.sh"), script("Postonce.desktop"));
    let licence = quoted(&places::root().join("LICENSE-MIT").display().to_string());
    format!(
        r#"{{
  "bundle": {{
    "active": true,
    "publisher": "The Postonce contributors",
    "license": "MIT OR Apache-2.0",
    "licenseFile": {licence},
    "copyright": "The Postonce contributors",
    "shortDescription": "Exports approved expenses into the accounting system, each exactly once",
    "longDescription": "Moves approved expenses from an organisation's platform into its accounting system, each of them exactly once, and can show it. With a command line for schedulers and servers.",
    "linux": {{
      "deb": {{
        "section": "misc",
        "depends": ["ca-certificates"],
        "desktopTemplate": {entry},
        "postInstallScript": {installed},
        "postRemoveScript": {removed},
        "files": {{
    {files}
        }}
      }},
      "rpm": {{
        "depends": ["ca-certificates"],
        "desktopTemplate": {entry},
        "postInstallScript": {installed},
        "postRemoveScript": {removed},
        "files": {{
    {files}
        }}
      }}
    }}
  }}
}}
"#
    )
}

/// Packs a deb once more: one owner, one time, and the control file that Debian's tools expect.
fn pack_anew(deb: &Path, out: &Path, profile: &str) -> Result<(), Failure> {
    let tree = out.join("deb");
    call(Command::new("dpkg-deb").arg("--raw-extract").arg(deb).arg(&tree))?;
    strip(&tree, profile)?;
    let control = tree.join("DEBIAN/control");
    let said = fs::read_to_string(&control).map_err(on(&control))?;
    let depends = said.lines().find_map(|line| line.strip_prefix("Depends: ")).unwrap_or_default().to_owned();
    pack(
        &tree,
        profile,
        "postonce",
        &format!("{depends}, libc6"),
        "postonce-cli",
        "the desktop application and the command line",
        out,
    )
}

/// Packs the command line without the desktop: for servers and containers.
fn command_line_alone(stage: &Stage, out: &Path, profile: &str) -> Result<(), Failure> {
    let tree = out.join("cli");
    for (place, from) in stage.files()? {
        if place.contains("/icons/") || place.contains("/metainfo/") {
            continue;
        }
        let to = tree.join(place.trim_start_matches('/'));
        let folder = to.parent().unwrap_or(&tree);
        fs::create_dir_all(folder).map_err(on(folder))?;
        fs::copy(&from, &to).map_err(on(&from))?;
    }
    strip(&tree, profile)?;
    let scripts = tree.join("DEBIAN");
    fs::create_dir_all(&scripts).map_err(on(&scripts))?;
    for (name, place) in [("installed.sh", "postinst"), ("removed.sh", "postrm")] {
        let from = packaging().join(name);
        fs::copy(&from, scripts.join(place)).map_err(on(&from))?;
    }
    pack(&tree, profile, "postonce-cli", "libc6, libgcc-s1, ca-certificates", "postonce", "the command line alone", out)
}

fn pack(
    tree: &Path,
    profile: &str,
    name: &str,
    depends: &str,
    other: &str,
    what: &str,
    out: &Path,
) -> Result<(), Failure> {
    let architecture = output("dpkg", &["--print-architecture"]).unwrap_or_else(|| "amd64".to_owned());
    compress(&tree.join("usr/share/man/man1"))?;
    let kilobytes = output("du", &["-sk", "--apparent-size", "--exclude=DEBIAN", &tree.display().to_string()]);
    let kilobytes = kilobytes.and_then(|said| said.split_whitespace().next().map(str::to_owned)).unwrap_or_default();
    let control = format!(
        "Package: {name}\nVersion: {VERSION}\nArchitecture: {architecture}\nMaintainer: The Postonce contributors\n\
         Installed-Size: {kilobytes}\nSection: misc\nPriority: optional\nDepends: {depends}\nConflicts: {other}\n\
         Replaces: {other}\nDescription: Exports approved expenses into the accounting system, each exactly once\n \
         This package has {what}.\n"
    );
    let scripts = tree.join("DEBIAN");
    fs::write(scripts.join("control"), control).map_err(on(&scripts))?;
    let md5 = "cd \"$1\" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums \
               && chmod -R u=rwX,go=rX . && chmod 755 usr/bin/* && for s in postinst postrm; do \
               [ ! -e DEBIAN/$s ] || chmod 755 DEBIAN/$s; done && find . -exec touch -h -d \"@$2\" {} +";
    call(Command::new("sh").args(["-c", md5, "sh"]).arg(tree).arg(epoch()))?;
    let deb = out.join(format!("{name}_{VERSION}_{architecture}.deb"));
    let mut build = Command::new("dpkg-deb");
    let level = if profile == "debug" { "-z0" } else { "-z6" };
    build.args(["--root-owner-group", "-Zxz", level, "--build"]).arg(tree).arg(&deb).env("SOURCE_DATE_EPOCH", epoch());
    call(&mut build)?;
    remove(tree)
}

/// Takes the symbols out of a debug build, which are nine tenths of it. A release build has none.
fn strip(tree: &Path, profile: &str) -> Result<(), Failure> {
    if profile != "debug" {
        return Ok(());
    }
    call(Command::new("sh").args(["-c", "strip \"$1\"/usr/bin/*", "sh"]).arg(tree))
}

/// Compresses the manual, as Debian has it, without names and times inside.
fn compress(folder: &Path) -> Result<(), Failure> {
    call(Command::new("sh").args(["-c", "find \"$1\" -name '*.1' -exec gzip -9nf {} +", "sh"]).arg(folder))
}

/// Writes the list of everything in the programs, for whoever checks what they run (CycloneDX).
fn bill_of_materials(out: &Path) -> Result<(), Failure> {
    let program = CARGO_CYCLONEDX.ready()?;
    for (manifest, name) in
        [("src-tauri/crates/cli/Cargo.toml", "postonce"), ("src-tauri/Cargo.toml", "postonce-desktop")]
    {
        let manifest = places::root().join(manifest);
        let mut command = Command::new(&program);
        command.args(["cyclonedx", "--format", "json", "--override-filename", "postonce.cdx", "--manifest-path"]);
        call(command.arg(&manifest).env("CARGO", places::cargo_path()).env("SOURCE_DATE_EPOCH", epoch()))?;
        let made = manifest.with_file_name("postonce.cdx.json");
        fs::copy(&made, out.join(format!("{name}-{VERSION}.cdx.json"))).map_err(on(&made))?;
    }
    // The tool leaves one beside each member of the workspace.
    let mut leftovers = Command::new("find");
    leftovers.arg(places::root()).args(["-name", "postonce.cdx.json", "-not", "-path", "*/target/*", "-delete"]);
    call(&mut leftovers)
}

/// Writes the sums of everything, and signs them where the machine has a key for it.
fn sums(out: &Path) -> Result<(), Failure> {
    let sums = "cd \"$1\" && sha256sum -- *.deb *.rpm $(ls *.cdx.json 2>/dev/null) > SHA256SUMS && cat SHA256SUMS";
    call(Command::new("sh").args(["-c", sums, "sh"]).arg(out))?;
    let Some(key) = std::env::var_os("POSTONCE_MINISIGN_KEY") else {
        println!("POSTONCE_MINISIGN_KEY names no key, so the sums are not signed.");
        return Ok(());
    };
    call(Command::new("minisign").args(["-S", "-s"]).arg(key).arg("-m").arg(out.join("SHA256SUMS")))
}

fn copyright() -> Result<String, Failure> {
    let path = places::root().join("LICENSE-MIT");
    let text = fs::read_to_string(&path).map_err(on(&path))?;
    Ok(format!(
        "Postonce is licensed under MIT or Apache-2.0, as you choose; the texts lie beside this file. What it is made of\n\
                stands in third-party.txt.\n\n{text}"
    ))
}

/// Returns the notices of others, a package a line, from the list that *About* shows.
fn notices() -> Result<String, Failure> {
    let path = places::ui().join("src/features/settings/licences.json");
    let text = fs::read_to_string(&path).map_err(on(&path))?;
    let rows = text.lines().filter_map(|line| {
        let row = line.trim().trim_end_matches(',').strip_prefix('[')?.strip_suffix(']')?;
        let cells: Vec<&str> = row.split("\",\"").map(|cell| cell.trim_matches('"')).collect();
        Some(cells.join("  "))
    });
    Ok(format!(
        "The packages of others in Postonce: name, version, licence.\n\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ))
}

fn packaging() -> PathBuf {
    places::root().join("src-tauri/packaging")
}

fn only(folder: &Path, ending: &str) -> Result<PathBuf, Failure> {
    let mut found = fs::read_dir(folder).map_err(on(folder))?.flatten().map(|entry| entry.path());
    found
        .find(|path| path.display().to_string().ends_with(ending))
        .ok_or_else(|| Failure::new(format!("{} has no {ending}", folder.display())))
}

fn fresh(folder: &Path) -> Result<(), Failure> {
    remove(folder)?;
    fs::create_dir_all(folder).map_err(on(folder))
}

fn remove(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(on(path)(error)),
        _ => Ok(()),
    }
}

fn on(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_bundler_name_every_file() {
        let files = BTreeMap::from([("/usr/bin/postonce".to_owned(), PathBuf::from("/stage/\"x\"/postonce"))]);
        let settings = bundle_settings(&files);
        assert_eq!(settings.matches(r#""/usr/bin/postonce": "/stage/\"x\"/postonce""#).count(), 2, "{settings}");
        assert_eq!(settings.matches('{').count(), settings.matches('}').count());
    }

    #[test]
    fn notices_have_a_line_for_each_package() {
        let text = notices().expect("the list is there");
        assert!(text.lines().count() > 300 && text.contains("rusqlite  "), "{}", text.lines().count());
    }

    #[test]
    fn files_of_the_packages_are_there() {
        for (name, _) in UNITS {
            assert!(packaging().join(name).is_file(), "{name}");
        }
        for name in ["installed.sh", "removed.sh", "Postonce.desktop", METAINFO, "Containerfile"] {
            assert!(packaging().join(name).is_file(), "{name}");
        }
    }
}
