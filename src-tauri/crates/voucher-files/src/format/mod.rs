//! The formats, a module each, and the one function that makes a file.

mod batch;
mod datev;
mod gbat10;
mod office24;
mod rows;
mod sie;
pub(crate) mod template;
mod visma_business;
mod xledger;

pub use batch::split_by_fiscal_year;
pub use datev::DatevSettings;
pub use gbat10::Gbat10Settings;
pub use office24::Office24Settings;
pub use sie::SieSettings;
pub use visma_business::VismaBusinessSettings;
pub use xledger::XledgerSettings;

use crate::letters::Encoding;
use crate::refusal::Refusal;
use crate::voucher::{Book, Voucher};
use batch::Batch;
use template::Template;

/// A format with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Mamut's, which many Norwegian systems take.
    Gbat10(Gbat10Settings),
    /// Xledger's.
    Xledger(XledgerSettings),
    /// Visma Business's.
    VismaBusiness(VismaBusinessSettings),
    /// 24SevenOffice's.
    Office24(Office24Settings),
    /// The Swedish SIE, type 4i.
    Sie(SieSettings),
    /// DATEV's, a batch of postings.
    Datev(DatevSettings),
    /// A table as described.
    Table(Template),
}

impl Format {
    /// Returns the characters of the shortest text that carries a reference: a longer one does not survive the import.
    pub fn reference_max(&self) -> usize {
        match self {
            Self::Gbat10(settings) => settings.template().map_or(0, |template| template.reference_max()),
            Self::Xledger(settings) => settings.template().reference_max(),
            Self::VismaBusiness(settings) => settings.text_max,
            Self::Office24(settings) => settings.template().reference_max(),
            Self::Sie(_) => sie::TEXT_MAX,
            Self::Datev(_) => datev::TEXT_MAX,
            Self::Table(template) => template.reference_max(),
        }
    }

    /// Returns the encoding of its files.
    pub fn encoding(&self) -> Encoding {
        match self {
            Self::Gbat10(settings) => settings.encoding,
            Self::Xledger(settings) => settings.encoding,
            Self::VismaBusiness(settings) => settings.encoding,
            Self::Office24(settings) => settings.encoding,
            Self::Sie(_) => sie::ENCODING,
            Self::Datev(_) => datev::STYLE.encoding,
            Self::Table(template) => template.encoding,
        }
    }

    /// Returns the beginning and the extension of a file's name, by which importers know their files.
    pub fn name_parts(&self) -> (&'static str, &'static str) {
        match self {
            Self::Gbat10(_) | Self::Xledger(_) | Self::Office24(_) | Self::Table(_) => ("", "csv"),
            Self::VismaBusiness(_) => ("", "edi"),
            Self::Sie(_) => ("", "si"),
            Self::Datev(_) => ("EXTF_", "csv"),
        }
    }
}

/// Returns the bytes of a file with these vouchers, in their order. Equal arguments give equal bytes.
///
/// # Errors
/// The first voucher, field or setting of which no faithful row can be made.
pub fn render(vouchers: &[Voucher], book: &Book, format: &Format) -> Result<Vec<u8>, Refusal> {
    let batch = Batch::new(vouchers, book)?;
    match format {
        Format::Gbat10(settings) => settings.template()?.render(&batch),
        Format::Xledger(settings) => settings.template().render(&batch),
        Format::VismaBusiness(settings) => visma_business::render(&batch, settings),
        Format::Office24(settings) => settings.template().render(&batch),
        Format::Sie(settings) => sie::render(&batch, settings),
        Format::Datev(settings) => datev::render(&batch, settings),
        Format::Table(template) => template.render(&batch),
    }
}

#[cfg(test)]
mod tests;
