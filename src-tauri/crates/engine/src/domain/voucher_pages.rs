//! Makes the address of the page that shows a voucher to a person.

/// The pages that an accounting system's web client has for vouchers, an address each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherPages {
    before: String,
    behind: String,
}

impl VoucherPages {
    /// Takes the two parts of the address between which a voucher's id stands.
    pub fn new(before: impl Into<String>, behind: impl Into<String>) -> Self {
        Self { before: before.into(), behind: behind.into() }
    }

    /// Returns the page of a voucher; `None` for an id with other characters than letters, digits, `-` and `_`, which
    /// might lead to another page than that of a voucher.
    pub fn page(&self, voucher_id: &str) -> Option<String> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_id = !voucher_id.is_empty() && voucher_id.bytes().all(is_plain);
        is_id.then(|| format!("{}{voucher_id}{}", self.before, self.behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_leads_to_the_page_of_a_voucher_and_to_no_other() {
        let pages = VoucherPages::new("https://books.example.org/odoo/account.move/", "?db=books");
        assert_eq!(pages.page("107").as_deref(), Some("https://books.example.org/odoo/account.move/107?db=books"));
        for id in ["", "..", "1/../../web/session/logout", "1?debug=1", "1#x", "1&db=other", "1%2f", "å", "1 2"] {
            assert_eq!(pages.page(id), None, "{id:?}");
        }
    }
}
