//! Checks whether bytes are UTF-8, chunk by chunk.

#[derive(Default)]
pub(crate) struct Utf8Check {
    /// The beginning of a character whose rest is in the next chunk.
    begun: Vec<u8>,
    is_broken: bool,
}

impl Utf8Check {
    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        if self.is_broken {
            return;
        }
        self.begun.extend_from_slice(chunk);
        let (is_broken, valid) = match std::str::from_utf8(&self.begun) {
            Ok(text) => (false, text.len()),
            Err(error) => (error.error_len().is_some(), error.valid_up_to()),
        };
        self.is_broken = is_broken;
        self.begun.drain(..valid);
    }

    pub(crate) fn is_well(&self) -> bool {
        !self.is_broken && self.begun.is_empty()
    }
}
