//! Asks the machine for its proxy: the environment first, then the settings of the system (Windows, macOS) or of the
//! desktop (GNOME).

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::choice::{Choice, by};
use super::desktop;

/// The variables that name a proxy; where one of them is set, the desktop is not asked.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

pub(super) async fn choice(to: &Url) -> Choice {
    let is_said = VARIABLES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !is_said && let Some(choice) = desktop::choice(to).await {
        return choice;
    }
    by(&Matcher::from_system(), to)
}
