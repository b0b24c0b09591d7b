//! Changes an answer of a server on its way, as a server would that is wrong about its own books.

use serde_json::{Value, json};

/// A way to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Each result of a write, or each voucher of a look-up, names the same voucher.
    OneId,
    /// The vouchers of the first two results of a write are exchanged.
    Swapped,
    /// The voucher of each result of a write bears a sign that nobody sees.
    HiddenSign,
    /// The references of a look-up come back in capitals.
    Capitals,
    /// A look-up shows neither text nor lines: a server of before they were there.
    NoContent,
    /// A look-up shows nothing: the search lags behind.
    NothingYet,
}

impl Lie {
    /// Returns the changed body; the same where it is none of those that it changes.
    pub(crate) fn applied_to(self, body: &[u8]) -> Vec<u8> {
        let Ok(mut body_of) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
        match self {
            Self::OneId => each(&mut body_of, "results", |result| result["voucher_id"] = json!("V-90001")),
            Self::HiddenSign => each(&mut body_of, "results", |result| {
                let id = result["voucher_id"].as_str().unwrap_or_default().to_owned();
                result["voucher_id"] = json!(format!("{id}\u{200b}"));
            }),
            Self::Swapped => {
                if let Some([first, second, ..]) = body_of["results"].as_array_mut().map(Vec::as_mut_slice) {
                    std::mem::swap(&mut first["voucher_id"], &mut second["voucher_id"]);
                }
            }
            Self::Capitals => {
                each(&mut body_of, "found", |voucher| {
                    let reference = voucher["reference"].as_str().unwrap_or_default().to_uppercase();
                    voucher["reference"] = json!(reference);
                });
                body_of.as_object_mut().map(|members| members.remove("not_found"));
            }
            Self::NoContent => {
                for list in ["found", "drafts", "vouchers"] {
                    each(&mut body_of, list, |voucher| {
                        if let Some(members) = voucher.as_object_mut() {
                            members.remove("text");
                            members.remove("lines");
                        }
                    });
                }
            }
            Self::NothingYet => {
                body_of["found"] = json!([]);
                body_of.as_object_mut().map(|members| members.remove("not_found"));
            }
        }
        body_of.to_string().into_bytes()
    }
}

fn each(body: &mut Value, list: &str, change: impl Fn(&mut Value)) {
    body[list].as_array_mut().into_iter().flatten().for_each(change);
}
