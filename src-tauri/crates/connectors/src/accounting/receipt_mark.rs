//! Writes the hash of a receipt into the description of an attachment, by which it is found again.

use postonce_engine::domain::FileDigest;

/// The beginning of each such description.
pub(super) const BEGINNING: &str = "Postonce sha256:";

/// Returns the description for a hash.
pub(super) fn of(digest: FileDigest) -> String {
    format!("{BEGINNING}{digest}")
}

/// Reads the hash of a description; whatever a person wrote behind it does not matter.
pub(super) fn read(description: &str) -> Option<FileDigest> {
    FileDigest::from_hex(description.strip_prefix(BEGINNING)?.get(..64)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_read_from_the_description_it_was_written_to() {
        let digest = FileDigest::from_bytes(&[0xab; 32]).expect("32 bytes");
        assert_eq!(read(&of(digest)), Some(digest));
        assert_eq!(read(&format!("{}\nSeen by Kari", of(digest))), Some(digest));
        assert_eq!(read("sha256:ab"), None);
        assert_eq!(read(BEGINNING), None);
    }
}
