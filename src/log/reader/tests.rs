//! A log is read as what its files say, whatever the cap dropped and whatever garbage lies beside them.

use super::*;
use crate::log::RECORD_BYTES;
use proptest::prelude::*;
use tempfile::TempDir;

const SMALL: Size = Size::new(10, 20);
const LARGE: Size = Size::new(50, 100);

fn log(segments: &[(u64, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (start, text) in segments {
        fs::write(dir.path().join(file_name(OUT, *start)), text).unwrap();
    }
    dir
}

fn index(dir: &TempDir, start: u64, entries: &[(u64, u64, Event)]) {
    let records = entries.iter().map(|&(offset, at_ms, event)| Entry { offset, at_ms, event }.encode());
    fs::write(dir.path().join(file_name(IDX, start)), records.collect::<Vec<_>>().concat()).unwrap();
}

fn read_all(reader: &LogReader) -> String {
    let (mut text, mut offset, mut buffer) = (String::new(), 0, [0; 7]);
    loop {
        match reader.chunk_at(offset, &mut buffer).unwrap() {
            Chunk::Bytes(count) => {
                text += str::from_utf8(&buffer[..count]).unwrap();
                offset += count as u64;
            }
            Chunk::Gap(gap) => {
                assert_eq!(gap.start, offset);
                text += &format!("[{} missing]", gap.end - gap.start);
                offset = gap.end;
            }
            Chunk::End => return text,
        }
    }
}

#[test]
fn segments_read_as_one_log() {
    let dir = log(&[(0, "hello "), (6, "wonderful "), (16, "world")]);
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!((reader.length(), read_all(&reader)), (21, "hello wonderful world".into()));
    assert_eq!(reader.gaps().unwrap(), []);
}

#[test]
fn a_reader_follows_a_log_that_grows_and_rolls() {
    let dir = log(&[(0, "one")]);
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!(read_all(&reader), "one");
    fs::write(dir.path().join(file_name(OUT, 0)), "one two").unwrap();
    assert_eq!(reader.length(), 7);
    fs::write(dir.path().join(file_name(OUT, 7)), "").unwrap();
    assert_eq!(reader.length(), 7);
    fs::write(dir.path().join(file_name(OUT, 7)), " three").unwrap();
    fs::write(dir.path().join(file_name(OUT, 13)), " four").unwrap();
    assert_eq!((reader.length(), read_all(&reader)), (18, "one two three four".into()));
}

#[test]
fn dropped_segments_are_a_gap_also_for_a_reader_that_listed_them_before() {
    let dir = log(&[(0, "first."), (6, "second."), (13, "third."), (19, "last")]);
    let reader = LogReader::open(dir.path()).unwrap();
    for start in [6, 13] {
        fs::remove_file(dir.path().join(file_name(OUT, start))).unwrap();
    }
    assert_eq!(read_all(&reader), "first.[13 missing]last");
    assert_eq!(reader.gaps().unwrap(), [Gap { start: 6, end: 19 }]);
    assert_eq!(reader.read_at(8, &mut [0; 4]).unwrap(), 0);
}

#[test]
fn a_directory_without_a_log_is_an_empty_log_and_may_get_one() {
    let dir = log(&[]);
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!((reader.length(), read_all(&reader)), (0, String::new()));
    fs::write(dir.path().join(file_name(OUT, 0)), "now").unwrap();
    assert_eq!((reader.length(), read_all(&reader)), (3, "now".into()));
    assert!(LogReader::open(Path::new("/nonexistent")).is_err());
}

#[test]
fn the_size_in_force_and_later_ones_are_known_from_any_offset() {
    let dir = log(&[(0, "0123456789"), (10, "0123456789")]);
    index(&dir, 0, &[(0, 1, Event::Resize(SMALL)), (4, 2, Event::Time), (4, 2, Event::Resize(LARGE))]);
    index(&dir, 10, &[(10, 3, Event::Resize(LARGE)), (15, 4, Event::Resize(SMALL))]);
    let reader = LogReader::open(dir.path()).unwrap();
    let sizes = |from| {
        let resizes = reader.resizes(from).unwrap();
        resizes.iter().map(|resize| (resize.offset, resize.size)).collect::<Vec<_>>()
    };
    assert_eq!(sizes(0), [(0, SMALL), (4, LARGE), (15, SMALL)]);
    assert_eq!(sizes(4), [(4, LARGE), (15, SMALL)]);
    assert_eq!(sizes(12), [(10, LARGE), (15, SMALL)]);
    assert_eq!(sizes(99), [(15, SMALL)]);
}

#[test]
fn offsets_have_times_and_times_have_offsets() {
    let dir = log(&[(0, "0123456789"), (10, "0123456789")]);
    index(&dir, 0, &[(0, 100, Event::Resize(SMALL)), (5, 200, Event::Time)]);
    index(&dir, 10, &[(10, 200, Event::Resize(SMALL)), (15, 300, Event::Time)]);
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!(
        [0, 4, 5, 14, 15, 99].map(|offset| reader.time_at(offset).unwrap()),
        [100, 100, 200, 200, 300, 300]
    );
    assert_eq!([0, 100, 101, 200, 201, 300, 301].map(|at| reader.offset_at(at)), [0, 0, 5, 5, 15, 15, 20]);
}

#[test]
fn a_damaged_index_costs_times_but_no_bytes() {
    let dir = log(&[(0, "0123456789")]);
    index(&dir, 0, &[(0, 100, Event::Resize(SMALL)), (5, 200, Event::Time), (7, 300, Event::Time)]);
    let path = dir.path().join(file_name(IDX, 0));
    let mut bytes = fs::read(&path).unwrap();
    bytes[RECORD_BYTES + 3] ^= 0x40;
    fs::write(&path, bytes).unwrap();
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!((reader.time_at(9), reader.entries(0).unwrap().count()), (Some(100), 1));
    assert_eq!(read_all(&reader), "0123456789");
    fs::remove_file(&path).unwrap();
    assert_eq!((reader.time_at(9), reader.offset_at(100), read_all(&reader).len()), (None, 10, 10));
}

#[test]
fn records_about_bytes_that_a_power_loss_took_are_ignored() {
    let dir = log(&[(0, "0123")]);
    index(&dir, 0, &[(0, 100, Event::Time), (900, 200, Event::Resize(LARGE))]);
    let reader = LogReader::open(dir.path()).unwrap();
    assert_eq!((reader.time_at(2000), reader.resizes(0).unwrap()), (Some(100), vec![]));
}

proptest! {
    #[test]
    fn any_files_at_all_are_read_without_panic_and_every_byte_once(
        files in prop::collection::vec((0_u64..40, prop::collection::vec(any::<u8>(), 0..30)), 0..6),
        records: Vec<u8>,
    ) {
        let dir = log(&[]);
        for (start, bytes) in &files {
            fs::write(dir.path().join(file_name(OUT, *start)), bytes).unwrap();
            fs::write(dir.path().join(file_name(IDX, *start)), &records).unwrap();
        }
        let reader = LogReader::open(dir.path()).unwrap();
        let (mut offset, mut buffer) = (0, [0; 7]);
        loop {
            let before = offset;
            match reader.chunk_at(offset, &mut buffer).unwrap() {
                Chunk::Bytes(count) => offset += count as u64,
                Chunk::Gap(gap) => offset = gap.end,
                Chunk::End => break,
            }
            prop_assert!(offset > before);
        }
        prop_assert_eq!(offset, reader.length());
        let _ = (reader.time_at(9), reader.offset_at(9), reader.resizes(3).unwrap(), reader.gaps().unwrap());
    }
}
