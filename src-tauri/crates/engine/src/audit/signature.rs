//! Checks the signature of a head: Ed25519 (RFC 8032), in the strict form that leaves one key one way to sign.

use ed25519_dalek::VerifyingKey;

use crate::ports::Signature;

/// Says whether the key signed these bytes. A key or signature that cannot be read signed nothing.
pub(super) fn is_by_its_key(signature: &Signature, bytes: &[u8]) -> bool {
    let (mut key, mut signed) = ([0; 32], [0; 64]);
    let is_read = hex::decode_to_slice(&signature.public_key, &mut key).is_ok()
        && hex::decode_to_slice(&signature.signature, &mut signed).is_ok();
    let Ok(key) = VerifyingKey::from_bytes(&key) else { return false };
    is_read && key.verify_strict(bytes, &ed25519_dalek::Signature::from_bytes(&signed)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uses the example of RFC 8032, section 7.1, test 3.
    #[test]
    fn example_of_the_standard_is_accepted_and_nothing_near_it() {
        let good = Signature {
            public_key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025".into(),
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659\
                        4a7c15e9716ed28dc027beceea1ec40a"
                    .into(),
        };
        assert!(is_by_its_key(&good, &[0xaf, 0x82]));
        assert!(!is_by_its_key(&good, &[0xaf, 0x83]));
        for broken in ["", "zz", "00"] {
            assert!(!is_by_its_key(&Signature { public_key: broken.into(), ..good.clone() }, &[0xaf, 0x82]));
            assert!(!is_by_its_key(&Signature { signature: broken.into(), ..good.clone() }, &[0xaf, 0x82]));
        }
        let weak = Signature { public_key: "00".repeat(32), signature: "00".repeat(64) };
        assert!(!is_by_its_key(&weak, &[0xaf, 0x82]));
    }
}
