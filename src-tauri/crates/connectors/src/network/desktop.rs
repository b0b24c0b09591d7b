//! Asks the desktop for its proxy. GNOME keeps it in its own settings and tells no program's environment.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::choice::{Choice, by};

/// Returns the desktop's word; `None` if there is no such desktop, or it says nothing.
#[cfg(target_os = "linux")]
pub(super) async fn choice(to: &Url) -> Option<Choice> {
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::process::Command;

    /// The longest wait for an answer: it is asked for on this machine.
    const PATIENCE: Duration = Duration::from_secs(2);
    // Nobody sits before a server, whose services would start a session's bus to be asked.
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").filter(|bus| bus != "disabled:")?;
    let mut command = Command::new("gsettings");
    command.args(["list-recursively", "org.gnome.system.proxy"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let said = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    read(&String::from_utf8_lossy(&said.stdout), to)
}

/// Other systems keep it where [`Matcher::from_system`] looks.
#[cfg(not(target_os = "linux"))]
pub(super) async fn choice(_: &Url) -> Option<Choice> {
    None
}

/// Reads lines such as `org.gnome.system.proxy mode 'manual'`.
#[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code, reason = "other systems keep it elsewhere"))]
fn read(settings: &str, to: &Url) -> Option<Choice> {
    let value = |wanted: &str| {
        settings.lines().find_map(|line| {
            let rest = line.strip_prefix("org.gnome.system.proxy")?;
            let (key, value) = rest.trim_start_matches(['.', ' ']).rsplit_once(wanted)?;
            (key.is_empty() && value.starts_with(' ')).then(|| value.trim())
        })
    };
    let text = |wanted: &str| value(wanted).map(|text| text.trim_matches('\'')).filter(|text| !text.is_empty());
    match text("mode")? {
        "auto" => text("autoconfig-url").and_then(|url| Url::parse(url).ok()).map(Choice::Script),
        "manual" => {
            let port = value("https port").and_then(|port| port.parse::<u16>().ok()).filter(|port| *port > 0)?;
            let proxy = format!("http://{}:{port}", text("https host")?);
            let ignored = value("ignore-hosts").unwrap_or_default().trim_matches(['[', ']']);
            let ignored: Vec<&str> =
                ignored.split(',').map(|host| host.trim().trim_matches('\'').trim_start_matches('*')).collect();
            Some(by(&Matcher::builder().https(proxy).no(ignored.join(",")).build(), to))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANUAL: &str = "org.gnome.system.proxy autoconfig-url ''\n\
        org.gnome.system.proxy ignore-hosts ['localhost', '*.internal.test']\n\
        org.gnome.system.proxy mode 'manual'\n\
        org.gnome.system.proxy.http host 'other.test'\norg.gnome.system.proxy.http port 1\n\
        org.gnome.system.proxy.https host 'proxy.test'\norg.gnome.system.proxy.https port 3128\n";

    fn to(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn desktop_names_its_proxy_and_who_is_reached_without() {
        let Some(Choice::Proxy(proxy, None)) = read(MANUAL, &to("https://books.test/")) else { panic!("a proxy") };
        assert_eq!(proxy.as_str(), "http://proxy.test:3128/");
        assert!(matches!(read(MANUAL, &to("https://books.internal.test/")), Some(Choice::Straight)));
    }

    #[test]
    fn desktop_names_its_script() {
        let auto = MANUAL.replace("'manual'", "'auto'").replace("url ''", "url 'http://wpad.test/wpad.dat'");
        let Some(Choice::Script(script)) = read(&auto, &to("https://books.test/")) else { panic!("a script") };
        assert_eq!(script.as_str(), "http://wpad.test/wpad.dat");
        assert!(read(&MANUAL.replace("'manual'", "'none'"), &to("https://books.test/")).is_none());
    }
}
