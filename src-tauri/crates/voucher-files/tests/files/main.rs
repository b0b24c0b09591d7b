//! Asks of the files as they lie on a disk: are they what they were, do readers of others take them, and is everything
//! that goes out read back as itself?

mod foreign_readers;
mod golden;
mod mutated;
mod round_trip;
mod saft_files;
mod saft_writer;
mod samples;
