//! The holder wire: what a server says to the holder of a task and back. Frozen, on this page.
//!
//! Pure codec; never opens a socket, never allocates by a stated length. A holder may be weeks older than the
//! server that talks to it, so types and fields are only ever added at the end: a decoder ignores bytes
//! after the fields it knows, and a type it does not know is answered `UNSUPPORTED(type)`.
//!
//! Frame: `u32` length of the body, `u8` type, body; all integers little-endian; the body is at most
//! [`HOLDER_FRAME_BYTES_MAX`]. The first frame of a connection is HELLO. Every other request gets exactly
//! one reply, in order; NOTIFY, STATE, ROOM and EXITED are pushed between replies.
//!
//! ```text
//! to the holder                              its reply
//!  1 HELLO      "aside" version:u16          81 HELLO        see [`Greeting`]
//!  2 INPUT      reply_offset:u64 bytes       82 ACCEPTED     count:u32
//!  3 RESIZE     rows:u16 cols:u16            83 DONE         0
//!  4 SIGNAL     target:u8 number:u8 who      83 DONE         processes signalled
//!  5 SUBSCRIBE  from:u64                     83 DONE         0, then the pushes below
//!  6 ACK        length:u64                   none
//!  7 PROBE                                   84 PROBED       see [`Probed`]
//!  8 CAP        bytes:u64 policy:u8          83 DONE         0
//!  9 QUIT                                    83 DONE         processes still alive; it leaves only at 0
//!  other                                     8f UNSUPPORTED  type:u8
//!
//! pushed  90 NOTIFY  length:u64 offset:u64 bytes     one until acknowledged
//!         91 STATE   stopped:u8 stall:u8
//!         92 ROOM                                    INPUT that was cut short can go on
//!         93 EXITED  length:u64                      exit.json is durable
//! ```
//!
//! `reply_offset` is the log offset of the query that the bytes answer, or `u64::MAX` for what a user typed. A reply
//! whose offset is not above the highest one answered is swallowed (ACCEPTED tells its full length), so that
//! a restarted server, which meets the same queries again, answers each exactly once. A reply is taken whole or not at all.

use crate::{limits::HOLDER_FRAME_BYTES_MAX, task::Size};
use fields::{Fields, Frame};

mod fields;
mod report;

pub use report::{Greeting, Pids, Probed, Reading, Stall, State, TerminalFlags};

/// The version this build speaks.
pub const VERSION: u16 = 1;
/// Bytes of a frame before its body.
pub const HEADER_BYTES: usize = 5;
/// `reply_offset` of input that answers no query.
const USER_INPUT: u64 = u64::MAX;
const MAGIC: &[u8] = b"aside";

/// From a server to a holder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToHolder<'a> {
    /// First frame: the version the server speaks.
    Hello {
        /// See [`VERSION`].
        version: u16,
    },
    /// Bytes for the program.
    Input {
        /// Log offset of the query these bytes answer; `None` for a user's input.
        reply_offset: Option<u64>,
        /// As the program shall read them.
        bytes: &'a [u8],
    },
    /// The terminal has a new size.
    Resize(Size),
    /// Send a signal.
    Signal {
        /// To whom.
        target: Target,
        /// Number of the signal on this system.
        number: u8,
        /// Who wants it, for `exit.json`: `user`, `client 3`, `cli pid 123`.
        who: &'a str,
    },
    /// Push NOTIFY for output beyond `from`, and STATE and EXITED.
    Subscribe {
        /// Log length the server knows already.
        from: u64,
    },
    /// The server has read the log up to here.
    Ack {
        /// Log length of the NOTIFY.
        length: u64,
    },
    /// Ask how the terminal and its processes are.
    Probe,
    /// A new cap for the log.
    Cap(Cap),
    /// Leave, if nothing lives any more.
    Quit,
    /// A type this build does not know.
    Unknown(u8),
}

/// Whom a signal is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The program itself.
    Leader,
    /// The foreground process group of the terminal, as Ctrl+C does.
    Foreground,
    /// The program and all its descendants.
    Tree,
}

/// How much of a log is kept, and what happens beyond.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Cap {
    /// Bytes on disk, index included; ignored when unlimited.
    pub bytes: u64,
    /// What happens beyond.
    pub policy: CapPolicy,
}

/// What happens when a log reaches its cap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapPolicy {
    /// The first segment stays, then the oldest one is dropped and counted.
    DropOldest,
    /// The program waits, nothing is lost.
    Pause,
    /// There is no cap.
    Unlimited,
}

/// From a holder to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FromHolder<'a> {
    /// Answer to HELLO.
    Hello(Greeting),
    /// Answer to INPUT: so many bytes were taken; ROOM follows when it was not all.
    Accepted(u32),
    /// Answer to RESIZE, SIGNAL, SUBSCRIBE, CAP and QUIT.
    Done(u32),
    /// Answer to PROBE.
    Probed(Probed<'a>),
    /// A type the holder does not know.
    Unsupported(u8),
    /// The log has grown.
    Notify {
        /// Length of the log now.
        length: u64,
        /// Where `bytes` start in the log.
        offset: u64,
        /// The end of the log, when it fits; empty means: read the log.
        bytes: &'a [u8],
    },
    /// Paused, continued, stalled or flowing again.
    State(State),
    /// INPUT that was cut short can go on.
    Room,
    /// The program has ended and `exit.json` is durable.
    Exited {
        /// Length of the log when that was written.
        length: u64,
    },
    /// A type this build does not know.
    Unknown(u8),
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireError {
    /// A length beyond the limit.
    #[error("a frame of {0} bytes is over the limit of {HOLDER_FRAME_BYTES_MAX}")]
    TooLong(usize),
    /// Fields missing or out of range.
    #[error("a frame of type {0:#04x} is malformed")]
    Malformed(u8),
}

/// A frame cut out of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RawFrame<'a> {
    /// Its type.
    pub kind: u8,
    /// Its body.
    pub body: &'a [u8],
}

impl<'a> RawFrame<'a> {
    /// The frame that `stream` begins with and how many bytes it takes; `None` when more bytes are needed.
    ///
    /// # Errors
    /// [`WireError::TooLong`] as soon as the header is there.
    pub fn split(stream: &'a [u8]) -> Result<Option<(Self, usize)>, WireError> {
        let Some((header, rest)) = stream.split_first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let &[a, b, c, d, kind] = header;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > HOLDER_FRAME_BYTES_MAX {
            return Err(WireError::TooLong(length));
        }
        Ok(rest.get(..length).map(|body| (Self { kind, body }, HEADER_BYTES + length)))
    }
}

impl<'a> ToHolder<'a> {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Hello { version } => Frame::start(out, 0x01).bytes(MAGIC).u16(version),
            Self::Input { reply_offset, bytes } => {
                Frame::start(out, 0x02).u64(reply_offset.unwrap_or(USER_INPUT)).bytes(bytes)
            }
            Self::Resize(size) => Frame::start(out, 0x03).u16(size.rows).u16(size.cols),
            Self::Signal { target, number, who } => {
                Frame::start(out, 0x04).u8(target as u8).u8(number).bytes(who.as_bytes())
            }
            Self::Subscribe { from } => Frame::start(out, 0x05).u64(from),
            Self::Ack { length } => Frame::start(out, 0x06).u64(length),
            Self::Probe => Frame::start(out, 0x07),
            Self::Cap(cap) => Frame::start(out, 0x08).u64(cap.bytes).u8(cap.policy as u8),
            Self::Quit => Frame::start(out, 0x09),
            Self::Unknown(kind) => Frame::start(out, kind),
        }
        .finish();
    }

    /// The message in a frame.
    ///
    /// # Errors
    /// [`WireError::Malformed`] when a known type lacks fields or has one out of range.
    pub fn decode(frame: RawFrame<'a>) -> Result<Self, WireError> {
        Self::read(frame.kind, &mut Fields(frame.body)).ok_or(WireError::Malformed(frame.kind))
    }

    fn read(kind: u8, body: &mut Fields<'a>) -> Option<Self> {
        Some(match kind {
            0x01 if body.take(MAGIC.len())? == MAGIC => Self::Hello { version: body.u16()? },
            0x01 => return None,
            0x02 => {
                let reply_offset = Some(body.u64()?).filter(|&offset| offset != USER_INPUT);
                Self::Input { reply_offset, bytes: body.rest() }
            }
            0x03 => Self::Resize(Size::new(body.u16()?, body.u16()?)),
            0x04 => {
                let target = Target::from_wire(body.u8()?)?;
                Self::Signal { target, number: body.u8()?, who: str::from_utf8(body.rest()).ok()? }
            }
            0x05 => Self::Subscribe { from: body.u64()? },
            0x06 => Self::Ack { length: body.u64()? },
            0x07 => Self::Probe,
            0x08 => Self::Cap(Cap { bytes: body.u64()?, policy: CapPolicy::from_wire(body.u8()?)? }),
            0x09 => Self::Quit,
            other => Self::Unknown(other),
        })
    }
}

impl<'a> FromHolder<'a> {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Hello(greeting) => greeting.write(Frame::start(out, 0x81)),
            Self::Accepted(count) => Frame::start(out, 0x82).u32(count),
            Self::Done(count) => Frame::start(out, 0x83).u32(count),
            Self::Probed(probed) => probed.write(Frame::start(out, 0x84)),
            Self::Unsupported(kind) => Frame::start(out, 0x8f).u8(kind),
            Self::Notify { length, offset, bytes } => {
                Frame::start(out, 0x90).u64(length).u64(offset).bytes(bytes)
            }
            Self::State(state) => Frame::start(out, 0x91).u8(state.stopped.into()).u8(state.stall as u8),
            Self::Room => Frame::start(out, 0x92),
            Self::Exited { length } => Frame::start(out, 0x93).u64(length),
            Self::Unknown(kind) => Frame::start(out, kind),
        }
        .finish();
    }

    /// The message in a frame.
    ///
    /// # Errors
    /// [`WireError::Malformed`] when a known type lacks fields or has one out of range.
    pub fn decode(frame: RawFrame<'a>) -> Result<Self, WireError> {
        Self::read(frame.kind, &mut Fields(frame.body)).ok_or(WireError::Malformed(frame.kind))
    }

    fn read(kind: u8, body: &mut Fields<'a>) -> Option<Self> {
        Some(match kind {
            0x81 => Self::Hello(Greeting::read(body)?),
            0x82 => Self::Accepted(body.u32()?),
            0x83 => Self::Done(body.u32()?),
            0x84 => Self::Probed(Probed::read(body)?),
            0x8f => Self::Unsupported(body.u8()?),
            0x90 => Self::Notify { length: body.u64()?, offset: body.u64()?, bytes: body.rest() },
            0x91 => Self::State(State::read(body)?),
            0x92 => Self::Room,
            0x93 => Self::Exited { length: body.u64()? },
            other => Self::Unknown(other),
        })
    }
}

impl Target {
    const fn from_wire(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Leader),
            1 => Some(Self::Foreground),
            2 => Some(Self::Tree),
            _ => None,
        }
    }
}

impl CapPolicy {
    const fn from_wire(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::DropOldest),
            1 => Some(Self::Pause),
            2 => Some(Self::Unlimited),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
