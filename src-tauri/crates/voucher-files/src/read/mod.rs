//! Reads books that an accounting system hands out, as a stream of vouchers.

pub(crate) mod books;
mod datev;
pub(crate) mod error;
pub(crate) mod found;
mod growing;
mod input;
mod rows;
mod saft;
mod saft_fields;
mod saft_tags;
mod sie;
mod sie_fields;
mod table;

#[cfg(test)]
mod tests;
