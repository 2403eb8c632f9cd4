//! What is appended can be read back, segments and cap included.

use super::*;
use crate::log::LogReader;
use proptest::prelude::*;

const SIZE: Size = Size::new(24, 80);

fn at(ms: u64) -> Now {
    Now { real_ms: 1_000_000 + ms, steady_ms: ms }
}

fn log(cap: Cap) -> (tempfile::TempDir, Log) {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::create(dir.path().to_owned(), cap, SIZE, at(0)).unwrap();
    (dir, log)
}

fn capped(bytes: u64, policy: CapPolicy) -> Cap {
    Cap { bytes, policy }
}

fn read(reader: &LogReader, from: u64) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 8192]);
    loop {
        match reader.read_at(from + bytes.len() as u64, &mut buffer).unwrap() {
            0 => return bytes,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

#[test]
fn times_are_noted_every_50_ms_of_output_and_never_go_back() {
    let (dir, mut log) = log(capped(0, CapPolicy::Unlimited));
    for ms in [0, 10, 20, 60, 70, 200] {
        assert_eq!(log.append(b"x\n", at(ms)), 2);
    }
    assert_eq!(log.append(b"x\n", Now { real_ms: 5, steady_ms: 300 }), 2);
    let reader = LogReader::open(dir.path()).unwrap();
    let times: Vec<_> = reader
        .entries(0)
        .unwrap()
        .filter(|entry| entry.event == Event::Time)
        .map(|entry| (entry.offset, entry.at_ms - 1_000_000))
        .collect();
    assert_eq!(times, [(0, 0), (6, 60), (10, 200), (12, 200)]);
    assert_eq!((log.length(), log.lines()), (14, 7));
}

#[test]
fn resizes_without_output_between_them_are_one_record_the_last() {
    let (dir, mut log) = log(capped(0, CapPolicy::Unlimited));
    for cols in 100..200 {
        log.resize(Size::new(24, cols), at(1));
    }
    log.append(b"x", at(2));
    log.resize(Size::new(24, 50), at(3));
    let reader = LogReader::open(dir.path()).unwrap();
    let sizes: Vec<_> =
        reader.resizes(0).unwrap().iter().map(|resize| (resize.offset, resize.size.cols)).collect();
    assert_eq!(sizes, [(0, 199), (1, 50)]);
}

#[test]
fn every_segment_begins_with_the_size_in_force() {
    let (dir, mut log) = log(capped(1 << 20, CapPolicy::Unlimited));
    log.resize(Size::new(9, 9), at(1));
    log.set_cap(capped(1 << 20, CapPolicy::DropOldest));
    log.append(&vec![b'x'; 300_000], at(2));
    let reader = LogReader::open(dir.path()).unwrap();
    let starts: Vec<_> = reader
        .entries(0)
        .unwrap()
        .filter(|entry| matches!(entry.event, Event::Resize(_)))
        .map(|entry| entry.event)
        .collect();
    assert_eq!(starts, [Event::Resize(Size::new(9, 9)); 3]);
    assert_eq!(read(&reader, 0).len(), 300_000);
}

#[test]
fn a_log_that_may_not_drop_takes_no_more_at_its_cap_until_it_is_raised() {
    let (dir, mut log) = log(capped(200_000, CapPolicy::Pause));
    let bytes = vec![b'x'; 500_000];
    let taken = log.append(&bytes, at(1));
    assert!((60_000..200_000).contains(&taken), "{taken}");
    assert_eq!((log.stall(), log.append(b"y", at(2))), (Stall::Cap, 0));
    log.set_cap(capped(0, CapPolicy::Unlimited));
    assert_eq!(log.append(&bytes[taken..], at(3)), bytes.len() - taken);
    assert_eq!(log.stall(), Stall::None);
    assert_eq!(read(&LogReader::open(dir.path()).unwrap(), 0), bytes);
}

#[test]
fn an_index_cannot_outgrow_its_log() {
    let cap = capped(1 << 20, CapPolicy::DropOldest);
    let (dir, mut log) = log(cap);
    for turn in 0..60_000_u64 {
        log.append(b"x", at(turn * 50));
    }
    let disk: u64 =
        fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(disk <= cap.bytes, "{disk}");
    assert!(log.dropped() > 0 && LogReader::open(dir.path()).unwrap().length() == 60_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn whatever_is_appended_is_there_but_for_one_counted_gap(
        parts in prop::collection::vec(1_usize..90_000, 1..20),
    ) {
        let (dir, mut log) = log(capped(1 << 19, CapPolicy::DropOldest));
        let whole: Vec<u8> = (0..parts.iter().sum::<usize>()).map(|i| (i * 7 + i / 251) as u8).collect();
        let mut rest = &whole[..];
        for part in parts {
            prop_assert_eq!(log.append(&rest[..part], at(0)), part);
            rest = &rest[part..];
        }
        let reader = LogReader::open(dir.path()).unwrap();
        prop_assert_eq!(reader.length(), whole.len() as u64);
        let gaps = reader.gaps().unwrap();
        prop_assert!(gaps.len() <= 1);
        let head = read(&reader, 0);
        prop_assert_eq!(&head[..], &whole[..head.len()]);
        if let Some(gap) = gaps.first() {
            prop_assert_eq!((gap.start, gap.end - gap.start), (head.len() as u64, log.dropped()));
            let tail = read(&reader, gap.end);
            prop_assert_eq!(&tail[..], &whole[gap.end as usize..]);
        }
    }
}
