//! Every message comes back as it was; the bytes of version 1 are pinned; garbage is refused, never a panic.

use super::*;
use proptest::prelude::*;

const SIZE: Size = Size::new(24, 80);

const TO: &[(ToHolder<'_>, &str)] = &[
    (ToHolder::Hello { version: 1 }, "07000000 01 61736964650100"),
    (ToHolder::Input { reply_offset: None, bytes: b"hi" }, "0a000000 02 ffffffffffffffff6869"),
    (ToHolder::Input { reply_offset: Some(7), bytes: b"" }, "08000000 02 0700000000000000"),
    (ToHolder::Resize(SIZE), "04000000 03 18005000"),
    (ToHolder::Signal { target: Target::Tree, number: 15, who: "me" }, "04000000 04 020f6d65"),
    (ToHolder::Subscribe { from: 9 }, "08000000 05 0900000000000000"),
    (ToHolder::Ack { length: 10 }, "08000000 06 0a00000000000000"),
    (ToHolder::Probe, "00000000 07 "),
    (ToHolder::Cap(Cap { bytes: 1, policy: CapPolicy::Pause }), "09000000 08 010000000000000001"),
    (ToHolder::Quit, "00000000 09 "),
    (ToHolder::Unknown(0x44), "00000000 44 "),
];

const GREETING: Greeting = Greeting {
    version: 1,
    length: 2,
    lines: 3,
    reply_offset: None,
    holder: 4,
    program: 5,
    size: SIZE,
    ended: true,
    state: State { stopped: false, stall: Stall::Cap },
};

const PROBED: Probed<'_> = Probed {
    terminal: TerminalFlags { canonical: true, echo: false, signals: true, flow_control: false },
    foreground_group: 5,
    queued: 6,
    state: State { stopped: true, stall: Stall::None },
    reading: Reading::Yes,
    ended: false,
    length: 7,
    lines: 8,
    descendants: 9,
    pids: Pids::new(&[1, 0, 0, 0, 2, 1, 0, 0]),
};

const FROM: &[(FromHolder<'_>, &str)] = &[
    (
        FromHolder::Hello(GREETING),
        "29000000 81 010002000000000000000300000000000000ffffffffffffffff040000000500000018005000010002",
    ),
    (FromHolder::Accepted(3), "04000000 82 03000000"),
    (FromHolder::Done(2), "04000000 83 02000000"),
    (
        FromHolder::Probed(PROBED),
        "2b000000 84 0505000000060000000100020007000000000000000800000000000000090000000800\
         0100000002010000",
    ),
    (FromHolder::Unsupported(0x44), "01000000 8f 44"),
    (
        FromHolder::Notify { length: 2, offset: 1, bytes: b"x" },
        "11000000 90 0200000000000000010000000000000078",
    ),
    (FromHolder::State(State { stopped: true, stall: Stall::DiskFull }), "02000000 91 0101"),
    (FromHolder::Room, "00000000 92 "),
    (FromHolder::Exited { length: 3 }, "08000000 93 0300000000000000"),
    (FromHolder::Unknown(0xee), "00000000 ee "),
];

fn hex(frame: &[u8]) -> String {
    let text = |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{} {} {}", text(&frame[..4]), text(&frame[4..5]), text(&frame[5..]))
}

#[test]
fn messages_of_version_1_have_these_bytes_forever_and_come_back_as_they_were() {
    for (message, expected) in TO {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        assert_eq!(hex(&bytes), *expected, "{message:?}");
        let (frame, taken) = RawFrame::split(&bytes).unwrap().unwrap();
        assert_eq!((ToHolder::decode(frame), taken), (Ok(*message), bytes.len()));
    }
    for (message, expected) in FROM {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        assert_eq!(hex(&bytes), *expected, "{message:?}");
        let (frame, taken) = RawFrame::split(&bytes).unwrap().unwrap();
        assert_eq!((FromHolder::decode(frame), taken), (Ok(*message), bytes.len()));
    }
}

#[test]
fn fields_added_by_a_newer_version_are_ignored() {
    for (message, _) in FROM {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        let (frame, _) = RawFrame::split(&bytes).unwrap().unwrap();
        let body = [frame.body, b"\x01\x02"].concat();
        let longer = FromHolder::decode(RawFrame { body: &body, ..frame });
        match message {
            FromHolder::Notify { .. } => {}
            _ => assert_eq!(longer, Ok(*message)),
        }
    }
}

#[test]
fn an_oversized_frame_is_refused_at_its_header() {
    assert_eq!(RawFrame::split(&[255, 255, 255, 255, 2]), Err(WireError::TooLong(u32::MAX as usize)));
    assert_eq!(RawFrame::split(&[255, 255, 255, 255]), Ok(None));
}

#[test]
fn a_hello_without_the_magic_word_is_refused() {
    let frame = RawFrame { kind: 1, body: b"GET / HTTP/1.1" };
    assert_eq!(ToHolder::decode(frame), Err(WireError::Malformed(1)));
}

proptest! {
    #[test]
    fn random_bytes_are_a_message_or_refused_but_never_a_panic(bytes: Vec<u8>, kind: u8) {
        let _ = RawFrame::split(&bytes);
        let frame = RawFrame { kind, body: &bytes };
        if let Ok(message) = ToHolder::decode(frame) {
            let mut again = Vec::new();
            message.encode(&mut again);
            let (frame, _) = RawFrame::split(&again).unwrap().unwrap();
            prop_assert_eq!(ToHolder::decode(frame), Ok(message));
        }
        let _ = FromHolder::decode(frame).map(|message| message.encode(&mut Vec::new()));
    }
}
