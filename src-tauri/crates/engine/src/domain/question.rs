//! Names what a person is asked before anything is sent: each would make records look new that were exported, or lose
//! records that are not.

use sha2::{Digest, Sha256};

use super::text_value::text_value;

text_value! {
    /// The topic of a question. An answer holds for exactly what was asked, and no further.
    Topic {
        /// The books are others, or stand at another address, than those that the workspace is for.
        Books = "books",
        /// The references of these books begin otherwise than those of this workspace.
        Prefix = "prefix",
        /// The ids are read from another place in the source than those of the exported records, or the source has lost
        /// most of what is not exported yet.
        Source = "source",
        /// The ids of exported records stand for other expenses now, or one id for several.
        Ids = "ids",
        /// Many records that are new equal exported ones under other ids.
        LookAlikes = "look_alikes",
        /// A record is held, since its id is another writing of an exported one's.
        LookAlikeId = "look_alike_id",
    }
}

/// All records that a question is about, with their contents: an answer holds for exactly these.
#[derive(Debug, Clone, Default)]
pub(crate) struct SetDigest {
    hasher: Sha256,
}

impl SetDigest {
    /// Adds a record, or one of its contents.
    pub(crate) fn add(&mut self, id: &str, content: &[u8]) {
        self.hasher.update(format!("{}:{id}{}:", id.len(), content.len()));
        self.hasher.update(content);
    }

    /// Returns what stands for all of them together, in the order in which they were added.
    pub(crate) fn text(&self) -> String {
        hex::encode(self.hasher.clone().finalize())
    }
}
