//! Writes the log for the person who looks for a fault.

use std::io::{self, Write};

use crate::terminal;

/// A place for log lines in which nothing from outside controls the terminal.
pub(crate) struct Harmless<W>(pub(crate) W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line)?;
        Ok(line.len())
    }

    /// Writes a whole line of the log; the log hands them over one by one.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(line);
        writeln!(self.0, "{}", terminal::harmless(text.trim_end_matches('\n')))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
