//! Records of a log's index: what happened at which offset and when. Pure codec.
//!
//! Sorted by offset and by time (a clock that steps back is held still). Each segment's index begins with the size
//! in force, so dropping older segments loses no size. The last record may be rewritten in place while nothing was
//! printed, so that ten thousand resizes in a row are one record.

use crate::task::Size;

/// Bytes of one record: offset, time, value, kind, reserved, CRC-32 of what precedes it.
pub const RECORD_BYTES: usize = 32;

const CHECKED_BYTES: usize = RECORD_BYTES - 4;

/// Something that happened between two bytes of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Log offset of the first byte after it.
    pub offset: u64,
    /// Milliseconds since 1970, never less than in the record before.
    pub at_ms: u64,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The byte at the offset was printed at this time.
    Time,
    /// The terminal has this size from here on.
    Resize(Size),
    /// The cap dropped this many bytes after the first segment.
    Gap(u64),
    /// Output was not read for a while: the disk was full or the cap reached.
    Stall,
    /// Output is read again.
    Resume,
    /// The program was stopped by a signal (Ctrl+Z).
    Paused,
    /// The program was continued.
    Continued,
    /// The program ended; what follows was printed by processes it left behind.
    Ended,
    /// A kind of a newer version.
    Unknown(u16),
}

impl Entry {
    /// The record's bytes.
    pub fn encode(&self) -> [u8; RECORD_BYTES] {
        let (kind, value) = self.event.to_disk();
        let mut record = [0; RECORD_BYTES];
        let kind = u64::from(kind).to_le_bytes();
        let fields = [self.offset.to_le_bytes(), self.at_ms.to_le_bytes(), value.to_le_bytes(), kind];
        for (place, byte) in record.iter_mut().zip(fields.as_flattened()) {
            *place = *byte;
        }
        let (checked, sum) = record.split_at_mut(CHECKED_BYTES);
        sum.copy_from_slice(&crc32fast::hash(checked).to_le_bytes());
        record
    }

    /// The entry in a record; `None` when its checksum says that it is torn or damaged.
    pub fn decode(record: &[u8; RECORD_BYTES]) -> Option<Self> {
        let (checked, sum) = record.split_at(CHECKED_BYTES);
        if sum != crc32fast::hash(checked).to_le_bytes() {
            return None;
        }
        let mut fields = checked
            .chunks(8)
            .map(|field| field.iter().rev().fold(0_u64, |value, &byte| value << 8 | u64::from(byte)));
        let (offset, at_ms, value) = (fields.next()?, fields.next()?, fields.next()?);
        // the upper half of the last field is reserved
        let [low, high, ..] = fields.next()?.to_le_bytes();
        Some(Self { offset, at_ms, event: Event::from_disk(u16::from_le_bytes([low, high]), value) })
    }

    /// The entries of an index file, up to the first record that is torn or damaged.
    pub fn decode_all(file: &[u8]) -> impl Iterator<Item = Self> + '_ {
        file.as_chunks::<RECORD_BYTES>().0.iter().map_while(Self::decode)
    }
}

impl Event {
    fn to_disk(self) -> (u16, u64) {
        match self {
            Self::Time => (1, 0),
            Self::Resize(size) => (2, u64::from(size.rows) << 16 | u64::from(size.cols)),
            Self::Gap(bytes) => (3, bytes),
            Self::Stall => (4, 0),
            Self::Resume => (5, 0),
            Self::Paused => (6, 0),
            Self::Continued => (7, 0),
            Self::Ended => (8, 0),
            Self::Unknown(kind) => (kind, 0),
        }
    }

    fn from_disk(kind: u16, value: u64) -> Self {
        let [cols_low, cols_high, rows_low, rows_high, ..] = value.to_le_bytes();
        match kind {
            1 => Self::Time,
            2 => {
                let rows = u16::from_le_bytes([rows_low, rows_high]);
                Self::Resize(Size::new(rows, u16::from_le_bytes([cols_low, cols_high])))
            }
            3 => Self::Gap(value),
            4 => Self::Stall,
            5 => Self::Resume,
            6 => Self::Paused,
            7 => Self::Continued,
            8 => Self::Ended,
            other => Self::Unknown(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_comes_back_as_it_was() {
        let events = [
            Event::Time,
            Event::Resize(Size::new(24, 80)),
            Event::Gap(1 << 40),
            Event::Stall,
            Event::Resume,
            Event::Paused,
            Event::Continued,
            Event::Ended,
            Event::Unknown(999),
        ];
        for event in events {
            let entry = Entry { offset: u64::MAX, at_ms: 1_700_000_000_000, event };
            assert_eq!(Entry::decode(&entry.encode()), Some(entry));
        }
    }

    #[test]
    fn an_index_is_read_up_to_its_first_bad_record() {
        let entry = |offset| Entry { offset, at_ms: offset, event: Event::Time };
        let mut file: Vec<u8> = (0..4).flat_map(|offset| entry(offset).encode()).collect();
        assert_eq!(Entry::decode_all(&file[..100]).count(), 3, "a torn last record is ignored");
        file[70] ^= 1;
        assert_eq!(Entry::decode_all(&file).collect::<Vec<_>>(), [entry(0), entry(1)]);
        assert_eq!(Entry::decode_all(&[0; 320]).count(), 0, "a tail of zeros is no record");
    }

    proptest! {
        #[test]
        fn garbage_is_never_a_panic(file: Vec<u8>) {
            prop_assert!(Entry::decode_all(&file).count() <= file.len() / RECORD_BYTES);
        }
    }
}
