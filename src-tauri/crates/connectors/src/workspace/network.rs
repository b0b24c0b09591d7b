//! Reads `[network]`: the proxy that leads outside, and the certificates of a company that looks into what passes it.

use std::path::{Path, PathBuf};

use reqwest::Url;

use super::WorkspaceError;
use super::remote::secret_name;
use super::toml_file::{Section, ValueAtLine};

/// The keys of the section.
pub(crate) const KEYS: [&str; 4] = ["proxy", "user", "secret", "ca_file"];
/// The name of the proxy's password where none is given.
const PROXY_SECRET: &str = "proxy-password";
/// The beginning of a proxy that a script names.
const SCRIPT: &str = "pac:";

/// The way out of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSettings {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// The user at the proxy; none: it asks for none, or the machine knows one.
    pub user: Option<String>,
    /// The name of the user's password.
    pub secret: String,
    /// Certificates that are trusted beside the system's, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// The proxy that leads outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The machine's own.
    System,
    /// None.
    Direct,
    /// The proxy at this address.
    Address(Url),
    /// The proxy that the script at this address names.
    Pac(Url),
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self { proxy: ProxyChoice::System, user: None, secret: PROXY_SECRET.to_owned(), ca_file: None }
    }
}

impl NetworkSettings {
    /// Returns the name of the secret that it needs.
    pub(super) fn secret_name(&self) -> Option<&str> {
        self.user.is_some().then_some(self.secret.as_str())
    }
}

pub(crate) fn network(root: &Section<'_>, dir: &Path) -> Result<NetworkSettings, WorkspaceError> {
    let Some(section) = root.section("network", &KEYS)? else { return Ok(NetworkSettings::default()) };
    let proxy = section.text("proxy")?.map(|text| proxy(&section, &text)).transpose()?;
    let user = section.text("user")?;
    if let Some(user) = user.as_ref().filter(|user| user.value.trim().is_empty() || user.value.contains(':')) {
        return Err(section.invalid("user", user, "\"…\""));
    }
    Ok(NetworkSettings {
        proxy: proxy.unwrap_or(ProxyChoice::System),
        user: user.map(|user| user.value.to_owned()),
        secret: secret_name(&section)?.unwrap_or_else(|| PROXY_SECRET.to_owned()),
        ca_file: section.text("ca_file")?.map(|path| dir.join(path.value)),
    })
}

fn proxy(section: &Section<'_>, text: &ValueAtLine<&str>) -> Result<ProxyChoice, WorkspaceError> {
    let choice = match text.value {
        "system" => Some(ProxyChoice::System),
        "none" => Some(ProxyChoice::Direct),
        other => match other.strip_prefix(SCRIPT) {
            Some(script) => address(script, &["http", "https", "file"]).map(ProxyChoice::Pac),
            None => address(other, &["http", "https"]).filter(|url| url.path() == "/").map(ProxyChoice::Address),
        },
    };
    // A password in the address is not repeated in the error.
    let shown =
        ValueAtLine { value: text.value.rsplit_once('@').map_or(text.value, |(_, host)| host), line: text.line };
    choice.ok_or_else(|| {
        section.invalid("proxy", &shown, "\"system\", \"none\", \"http://proxy:3128\", \"pac:http://…/proxy.pac\"")
    })
}

/// Reads an address without a user.
fn address(text: &str, schemes: &[&str]) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let has_host = url.scheme() == "file" || url.host_str().is_some_and(|host| !host.is_empty());
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (has_host && plain && schemes.contains(&url.scheme())).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::super::toml_file::TomlFile;
    use super::*;

    fn read(text: &str) -> Result<NetworkSettings, WorkspaceError> {
        let (path, text) = (Path::new("/w/workspace.toml"), format!("[network]\n{text}\n"));
        let file = TomlFile::new(path, &text);
        let table = file.parse()?;
        network(&Section::root(&file, table.get_ref(), &["network"])?, Path::new("/w"))
    }

    #[test]
    fn proxy_is_one_of_four_kinds() {
        let url = |text: &str| Url::parse(text).expect("an address");
        for (text, proxy) in [
            ("proxy = \"system\"", ProxyChoice::System),
            ("proxy = \"none\"", ProxyChoice::Direct),
            ("ca_file = \"roots.pem\"", ProxyChoice::System),
            ("proxy = \"http://proxy.test:3128\"", ProxyChoice::Address(url("http://proxy.test:3128"))),
            ("proxy = \"pac:http://wpad.test/wpad.dat?a=1\"", ProxyChoice::Pac(url("http://wpad.test/wpad.dat?a=1"))),
            ("proxy = \"pac:file:///etc/proxy.pac\"", ProxyChoice::Pac(url("file:///etc/proxy.pac"))),
        ] {
            assert_eq!(read(text).map(|read| read.proxy).expect("it is valid"), proxy, "{text}");
        }
        assert_eq!(read("ca_file = \"roots.pem\"").expect("valid").ca_file, Some("/w/roots.pem".into()));
    }

    #[test]
    fn password_in_an_address_is_refused_and_not_repeated() {
        for text in [
            "http://kari:hemmelig@proxy.test:1",
            "pac:http://kari:hemmelig@wpad.test/a",
            "socks5://a:1",
            "proxy",
            "http://a/b",
        ] {
            let error = read(&format!("proxy = \"{text}\"")).expect_err(text).to_string();
            assert!(error.contains("network.proxy") && !error.contains("hemmelig"), "{error}");
        }
    }
}
