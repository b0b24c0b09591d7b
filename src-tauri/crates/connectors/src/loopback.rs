//! Tells this machine itself from every other one, by its names.

use std::net::IpAddr;

use reqwest::Url;

/// Says whether the address is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    is_this_machine(url.host_str().unwrap_or_default())
}

/// Says whether a server's name is this machine's.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
