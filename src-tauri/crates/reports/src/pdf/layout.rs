//! Lays out the two tables of a report: their columns and the height of their rows.

use postonce_words::Message;

use super::sheet::{LEFT, RIGHT};
use crate::words;

/// A table, laid out.
pub(super) struct Table {
    pub(super) columns: &'static [Column],
    pub(super) row_height: f32,
}

impl Table {
    pub(super) fn title_height(&self) -> f32 {
        34.0
    }

    pub(super) fn head_height(&self) -> f32 {
        18.0
    }
}

/// A column, by its offset from the left margin.
pub(super) struct Column {
    pub(super) title: Message,
    offset: f32,
    width: f32,
    pub(super) is_right: bool,
}

/// The gap between two columns.
const GAP: f32 = 6.0;

impl Column {
    const fn new(title: Message, offset: f32, width: f32) -> Self {
        Self { title, offset, width, is_right: false }
    }

    pub(super) fn left(&self) -> f32 {
        LEFT + GAP + self.offset
    }

    pub(super) fn right(&self) -> f32 {
        self.left() + self.room()
    }

    pub(super) fn room(&self) -> f32 {
        self.width - GAP
    }
}

/// The sum of the widths of a table's columns.
const ROOM: f32 = RIGHT - LEFT - GAP;

pub(super) static DIFFERENCES: Table = Table {
    columns: &[
        Column::new(words::WHAT, 0.0, 140.0),
        Column::new(words::RECORD, 140.0, 98.0),
        Column::new(words::LEDGER, 238.0, 122.0),
        Column::new(words::IN_ACCOUNTING, 360.0, ROOM - 360.0),
    ],
    row_height: 25.0,
};

/// The columns of a line below its voucher. They have no head: each cell says itself what it is.
pub(super) static LINE_COLUMNS: [Column; 3] = [
    Column::new(words::ACCOUNT, 12.0, 84.0),
    Column { title: words::AMOUNT, offset: 96.0, width: 108.0, is_right: true },
    Column::new(words::WHAT, 212.0, ROOM - 212.0),
];

pub(super) static VOUCHERS: Table = Table {
    columns: &[
        Column::new(words::RECORD, 0.0, 96.0),
        Column::new(words::REFERENCE, 96.0, 116.0),
        Column::new(words::VOUCHER_ID, 212.0, 84.0),
        Column::new(words::NUMBER, 296.0, 54.0),
        Column::new(words::DATE, 350.0, 58.0),
        Column { title: words::AMOUNT, offset: 408.0, width: ROOM - 408.0, is_right: true },
    ],
    row_height: 11.8,
};
