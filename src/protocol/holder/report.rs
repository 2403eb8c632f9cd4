//! What a holder reports: its greeting, and the state of terminal and processes. Pure; part of the frozen wire.

use super::fields::{Fields, Frame};
use crate::task::Size;

/// What a holder says about itself when greeted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Greeting {
    /// Version the holder speaks.
    pub version: u16,
    /// Length of the log.
    pub length: u64,
    /// Line feeds in the log.
    pub lines: u64,
    /// Highest log offset whose query was answered.
    pub reply_offset: Option<u64>,
    /// Process id of the holder.
    pub holder: u32,
    /// Process id of the program.
    pub program: u32,
    /// Size of the terminal.
    pub size: Size,
    /// The program has ended and `exit.json` is durable.
    pub ended: bool,
    /// See [`State`].
    pub state: State,
}

/// Whether program and log are moving.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct State {
    /// The program is stopped by a signal (Ctrl+Z).
    pub stopped: bool,
    /// Why output is not read, if it is not.
    pub stall: Stall,
}

/// Why a holder does not read the program's output.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Stall {
    /// It does.
    #[default]
    None,
    /// The log cannot grow: the disk is full.
    DiskFull,
    /// The log has reached its cap and its policy is to wait.
    Cap,
}

/// Terminal and processes at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Probed<'a> {
    /// Line discipline of the terminal.
    pub terminal: TerminalFlags,
    /// Foreground process group of the terminal, 0 when there is none.
    pub foreground_group: u32,
    /// Input bytes not read by a program yet.
    pub queued: u32,
    /// See [`State`].
    pub state: State,
    /// Whether a foreground process waits for input.
    pub reading: Reading,
    /// The program has ended and `exit.json` is durable.
    pub ended: bool,
    /// Length of the log.
    pub length: u64,
    /// Line feeds in the log.
    pub lines: u64,
    /// Living processes of the task, the program included, aside's own excluded.
    pub descendants: u32,
    /// The first of their ids.
    pub pids: Pids<'a>,
}

/// Line discipline flags that say how input is read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct TerminalFlags {
    /// Whole lines, edited by the kernel (`ICANON`).
    pub canonical: bool,
    /// What is typed is shown by the kernel (`ECHO`).
    pub echo: bool,
    /// Ctrl+C and Ctrl+Z send signals (`ISIG`).
    pub signals: bool,
    /// Ctrl+S and Ctrl+Q stop and start output (`IXON`).
    pub flow_control: bool,
}

/// Whether a process of the foreground group is blocked reading the terminal.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Reading {
    /// The system does not tell.
    #[default]
    Unknown,
    /// None is.
    No,
    /// At least one is inside `read` of this terminal.
    Yes,
}

/// Process ids as they are on the wire, four bytes each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Pids<'a>(&'a [u8]);

impl<'a> Pids<'a> {
    /// Over little-endian `u32`s.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The ids.
    pub fn iter(&self) -> impl Iterator<Item = u32> + 'a {
        self.0.chunks_exact(4).filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?)))
    }
}

impl Greeting {
    pub(super) fn write(self, frame: Frame<'_>) -> Frame<'_> {
        let State { stopped, stall } = self.state;
        frame
            .u16(self.version)
            .u64(self.length)
            .u64(self.lines)
            .u64(self.reply_offset.unwrap_or(u64::MAX))
            .u32(self.holder)
            .u32(self.program)
            .u16(self.size.rows)
            .u16(self.size.cols)
            .u8(self.ended.into())
            .u8(stopped.into())
            .u8(stall as u8)
    }

    pub(super) fn read(body: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            version: body.u16()?,
            length: body.u64()?,
            lines: body.u64()?,
            reply_offset: Some(body.u64()?).filter(|&offset| offset != u64::MAX),
            holder: body.u32()?,
            program: body.u32()?,
            size: Size::new(body.u16()?, body.u16()?),
            ended: body.u8()? != 0,
            state: State::read(body)?,
        })
    }
}

impl State {
    pub(super) fn read(body: &mut Fields<'_>) -> Option<Self> {
        Some(Self { stopped: body.u8()? != 0, stall: Stall::from_wire(body.u8()?)? })
    }
}

impl<'a> Probed<'a> {
    pub(super) fn write<'o>(&self, frame: Frame<'o>) -> Frame<'o> {
        let State { stopped, stall } = self.state;
        frame
            .u8(self.terminal.bits())
            .u32(self.foreground_group)
            .u32(self.queued)
            .u8(stopped.into())
            .u8(stall as u8)
            .u8(self.reading as u8)
            .u8(self.ended.into())
            .u64(self.length)
            .u64(self.lines)
            .u32(self.descendants)
            .u16(u16::try_from(self.pids.0.len()).unwrap_or(0))
            .bytes(self.pids.0)
    }

    pub(super) fn read(body: &mut Fields<'a>) -> Option<Self> {
        Some(Self {
            terminal: TerminalFlags::from_bits(body.u8()?),
            foreground_group: body.u32()?,
            queued: body.u32()?,
            state: State::read(body)?,
            reading: Reading::from_wire(body.u8()?)?,
            ended: body.u8()? != 0,
            length: body.u64()?,
            lines: body.u64()?,
            descendants: body.u32()?,
            pids: {
                let bytes = body.u16()?.into();
                Pids(body.take(bytes)?)
            },
        })
    }
}

impl TerminalFlags {
    fn bits(self) -> u8 {
        let Self { canonical, echo, signals, flow_control } = self;
        [canonical, echo, signals, flow_control]
            .iter()
            .rev()
            .fold(0, |bits, &flag| bits << 1 | u8::from(flag))
    }

    const fn from_bits(bits: u8) -> Self {
        Self {
            canonical: bits & 1 != 0,
            echo: bits & 2 != 0,
            signals: bits & 4 != 0,
            flow_control: bits & 8 != 0,
        }
    }
}

impl Stall {
    const fn from_wire(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::None),
            1 => Some(Self::DiskFull),
            2 => Some(Self::Cap),
            _ => None,
        }
    }
}

impl Reading {
    const fn from_wire(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Unknown),
            1 => Some(Self::No),
            2 => Some(Self::Yes),
            _ => None,
        }
    }
}
