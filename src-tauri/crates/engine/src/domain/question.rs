//! Names what a person is asked before anything is sent: each would make records look new that were exported.

use super::text_value::text_value;

text_value! {
    /// The topic of a question. An answer holds for exactly what was asked, and no further.
    Topic {
        /// The books are others, or stand at another address, than those that the workspace is for.
        Books = "books",
        /// The references of these books begin otherwise than those of this workspace.
        Prefix = "prefix",
        /// The ids are read from another place in the source than those of the exported records.
        Source = "source",
        /// The ids of exported records stand for other expenses now, or one id for several.
        Ids = "ids",
        /// Many records that are new equal exported ones under other ids.
        LookAlikes = "look_alikes",
        /// A record is held, since its id is another writing of an exported one's.
        LookAlikeId = "look_alike_id",
    }
}
