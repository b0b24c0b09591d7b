//! Carries the files that the window asks for. Their places stay on this side.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The format of a run's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunFormat {
    Csv,
    Xlsx,
}

impl From<RunFormat> for postonce_reports::RunFormat {
    fn from(format: RunFormat) -> Self {
        match format {
            RunFormat::Csv => Self::Csv,
            RunFormat::Xlsx => Self::Xlsx,
        }
    }
}

/// The format of a certificate's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CertificateFormat {
    Csv,
    Json,
    Pdf,
}

impl CertificateFormat {
    /// Returns the ending of its file's name.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Pdf => "pdf",
        }
    }
}

impl From<CertificateFormat> for postonce_reports::Format {
    fn from(format: CertificateFormat) -> Self {
        match format {
            CertificateFormat::Csv => Self::Csv,
            CertificateFormat::Json => Self::Json,
            CertificateFormat::Pdf => Self::Pdf,
        }
    }
}

/// A file that was written: its number, by which it can be opened, and its name.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Saved {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) folder: String,
}
