//! Names the places of the prepared servers.

use std::env;
use std::path::PathBuf;

use crate::Trouble;

/// The variable that names another folder.
const VARIABLE: &str = "POSTONCE_PEERS_DIR";

/// Returns the folder in which everything prepared is kept: `POSTONCE_PEERS_DIR`, or `postonce/peers` in the user's
/// cache.
///
/// # Errors
/// Fails when neither that nor a home is set.
pub fn folder() -> Result<PathBuf, Trouble> {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named(VARIABLE)
        .or_else(|| named("XDG_CACHE_HOME").filter(|path| path.is_absolute()).map(|cache| cache.join("postonce/peers")))
        .or_else(|| named("HOME").map(|home| home.join(".cache/postonce/peers")))
        .ok_or_else(|| {
            Trouble::broken(format!("neither {VARIABLE} nor HOME is set, so there is no place to prepare in"))
        })
}

/// Returns a name for everything that these texts decide: another one as soon as a version or a step changes (FNV-1a,
/// which no release changes).
pub(crate) fn key(texts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        // The end of each text counts too, so that nothing moves from one into the next unseen.
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_key_differs_for_another_text_and_another_border() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab", ""]));
        assert_ne!(key(&["a"]), key(&["b"]));
    }
}
