//! The client protocol: what clients and verbs say to the server and back.
//!
//! A message is a little-endian `u32` length and that many bytes of MessagePack with named fields, so a
//! field can be added with `#[serde(default)]` and an older side ignores it. Nothing is allocated by a
//! stated length beyond [`CLIENT_MESSAGE_BYTES_MAX`]. The first message each way is a hello.

use crate::{
    key::{Key, Mods, Press},
    limits::CLIENT_MESSAGE_BYTES_MAX,
    task::{Size, TaskId},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;

mod request;

pub use request::{ProgramInfo, Request, Response, Run, StopHow, TaskInfo, Until};

/// The version this build speaks; the server also accepts the two before it.
pub const VERSION: u16 = 1;

/// From a client to the server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ToServer {
    /// First message: who is there.
    Hello(Hello),
    /// A key of the user.
    Key {
        /// Which key.
        key: Key,
        /// Down, repeat or up.
        press: Press,
    },
    /// Pasted text, as the terminal gave it; the server cleans it.
    Paste(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal gained (`true`) or lost the focus.
    Focus(bool),
    /// The terminal has a new size.
    Resize(Size),
    /// The frame with this serial is on the terminal.
    Ack(u64),
    /// Anything may be on the terminal (it was left to a shell for a while): the next frame is drawn from nothing.
    Redraw,
    /// A verb asks for something; the answer carries the same serial.
    Request {
        /// Chosen by the client, ascending.
        serial: u64,
        /// What is asked.
        request: Request,
    },
    /// Run this command in the foreground (`aside -- CMD`): one word is a line for the shell.
    Start {
        /// What to run.
        argv: Vec<ByteBuf>,
    },
    /// Bring this task to the foreground (`aside attach N`).
    Foreground(TaskId),
    /// The client leaves.
    Bye,
}

/// The first message of a client.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// Protocol version the client speaks.
    pub version: u16,
    /// `Some` for a client with a screen, `None` for a verb.
    pub viewer: Option<Viewer>,
    /// Directory, environment and umask of the client's process; tasks it starts inherit them.
    pub place: Place,
}

/// A client that shows frames.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Viewer {
    /// Size of the outer terminal.
    pub size: Size,
    /// What the outer terminal can do.
    pub terminal: Terminal,
    /// Set when this client lost its server and came back by itself: how many keys typed meanwhile were dropped.
    #[serde(default)]
    pub reattached: Option<u64>,
}

/// Where a command runs: directory, environment, umask. Bytes, because none of it need be UTF-8.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// Absolute path.
    pub cwd: ByteBuf,
    /// `NAME=value` each.
    pub environment: Vec<ByteBuf>,
    /// Mode bits masked off new files.
    pub umask: u32,
}

/// What the outer terminal can do, as found by asking it and by its environment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Terminal {
    /// Its answer to XTVERSION, cleaned; else `TERM_PROGRAM` or `TERM`.
    pub name: String,
    /// Colours it shows.
    pub colours: Colours,
    /// Understands synchronized output (DEC mode 2026).
    pub synchronized: bool,
    /// Understands the kitty keyboard protocol.
    pub kitty_keyboard: bool,
    /// Shows curly, dotted, dashed underlines and their colours (`CSI 4:3 m`, `CSI 58`).
    pub underline_styles: bool,
    /// Shows hyperlinks (OSC 8).
    pub hyperlinks: bool,
    /// Foreground and background colour, from OSC 10 and 11, as red, green, blue.
    pub foreground: Option<[u8; 3]>,
    /// See `foreground`.
    pub background: Option<[u8; 3]>,
}

/// How many colours a terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub enum Colours {
    /// None wanted (`NO_COLOR`) or shown.
    None,
    /// The 16 of ANSI.
    Sixteen,
    /// The xterm palette.
    #[default]
    Palette,
    /// 24 bits.
    True,
}

/// A mouse event at a cell of the outer terminal, rows and columns from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mouse {
    /// Row from 0.
    pub row: u16,
    /// Column from 0.
    pub col: u16,
    /// What happened.
    pub action: MouseAction,
    /// Modifiers held.
    pub mods: Mods,
}

/// What the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MouseAction {
    /// A button went down.
    Down(Button),
    /// A button went up.
    Up(Button),
    /// Moved with a button held.
    Drag(Button),
    /// Moved with none held.
    Move,
    /// The wheel turned.
    Wheel(Wheel),
}

/// A mouse button.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Button {
    /// Left.
    Left,
    /// Middle.
    Middle,
    /// Right.
    Right,
}

/// A direction of the wheel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Wheel {
    /// Away from the user.
    Up,
    /// Towards the user.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
}

/// From the server to a client.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ToClient {
    /// First message: who answers.
    Hello {
        /// Protocol version the server speaks.
        version: u16,
        /// Program version, for messages.
        program: String,
        /// Process id of the server.
        pid: u32,
    },
    /// Bytes that turn the last acknowledged frame into the next one; the client writes them as they are.
    Frame {
        /// Ascending; goes into the acknowledgement.
        serial: u64,
        /// Terminal bytes.
        bytes: ByteBuf,
    },
    /// The answer to a request.
    Response {
        /// The request's.
        serial: u64,
        /// What was asked for, or why not.
        result: Result<Response, Failure>,
    },
    /// The user copied this text: it goes into the clipboard.
    Clipboard(String),
    /// The server ends the connection.
    Bye(Farewell),
}

/// Why the server ends a connection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Farewell {
    /// The user detached or quit; the text is for the user's shell, may be empty.
    Detached(String),
    /// The client is refused; the text says why and what to do.
    Refused(String),
    /// The server stops on request.
    Stopping,
}

/// Why a request was not done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Exit code the verb ends with: 1 failed, 2 wrong request, 124 timeout, 125 unknown end.
    pub code: u8,
    /// One sentence naming the thing and the way out.
    pub message: String,
}

/// Why bytes are not a message.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// A length beyond the limit.
    #[error("a message of {0} bytes is over the limit of {CLIENT_MESSAGE_BYTES_MAX}")]
    TooLong(usize),
    /// Not the MessagePack of a known message.
    #[error("not a message of this protocol: {0}")]
    Malformed(String),
}

/// The message with its length in front, ready to be written.
///
/// # Errors
/// [`CodecError::TooLong`] when the other side would refuse it.
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, CodecError> {
    let mut bytes = vec![0; 4];
    rmp_serde::encode::write_named(&mut bytes, message).map_err(|e| CodecError::Malformed(e.to_string()))?;
    let body = bytes.len() - 4;
    let length = u32::try_from(body).ok().filter(|_| body <= CLIENT_MESSAGE_BYTES_MAX);
    let length = length.ok_or(CodecError::TooLong(body))?;
    bytes.splice(..4, length.to_le_bytes());
    Ok(bytes)
}

/// The length stated by the first four bytes of a message.
///
/// # Errors
/// [`CodecError::TooLong`] before anything is allocated for it.
pub fn body_length(header: [u8; 4]) -> Result<usize, CodecError> {
    let length = u32::from_le_bytes(header) as usize;
    if length > CLIENT_MESSAGE_BYTES_MAX { Err(CodecError::TooLong(length)) } else { Ok(length) }
}

/// The message in a body, that is the bytes after the length.
///
/// # Errors
/// [`CodecError::Malformed`] for anything else.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, CodecError> {
    rmp_serde::from_slice(body).map_err(|e| CodecError::Malformed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Code;

    #[test]
    fn a_message_comes_back_as_it_was() {
        let key = Key { code: Code::Char('b'), mods: Mods::CTRL };
        let message = ToServer::Key { key, press: Press::Down };
        let bytes = encode(&message).unwrap();
        assert_eq!(body_length(bytes[..4].try_into().unwrap()).unwrap(), bytes.len() - 4);
        assert_eq!(decode::<ToServer>(&bytes[4..]).unwrap(), message);
    }

    #[test]
    fn a_stated_length_over_the_limit_is_refused_before_allocating() {
        assert!(matches!(body_length([255; 4]), Err(CodecError::TooLong(_))));
        assert!(decode::<ToServer>(b"garbage").is_err());
    }
}
