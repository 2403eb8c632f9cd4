//! Answers to a program's questions. Fixed forms and numbers only: no answer ever holds text the program chose, and
//! titles, clipboard and cell contents are not told (reliability.md §5, "Replies to tasks").

use super::{Normaliser, params::Params};
use crate::screen::{Effect, limits::CELL_PIXELS};
use std::fmt;

/// DA1: a VT420 with selective erase, national sets, rectangles, colour and the rest esctest and vttest know it by.
const DEVICE_ATTRIBUTES: &str = "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28;29c";

impl Normaliser {
    /// Sends an answer to the program.
    pub(super) fn reply(&mut self, answer: fmt::Arguments<'_>) {
        self.effects.push(Effect::Reply { offset: self.offset, bytes: answer.to_string().into_bytes() });
    }

    /// DA1, DECID.
    pub(super) fn device_attributes(&mut self) {
        self.reply(format_args!("{DEVICE_ATTRIBUTES}"));
    }

    /// DA2: version 380 of xterm's VT420, which programs switch features on by.
    pub(super) fn secondary_attributes(&mut self) {
        self.reply(format_args!("\x1b[>41;380;0c"));
    }

    /// DA3: no unit id.
    pub(super) fn tertiary_attributes(&mut self) {
        self.reply(format_args!("\x1bP!|00000000\x1b\\"));
    }

    /// XTVERSION.
    pub(super) fn version(&mut self) {
        self.reply(format_args!("\x1bP>|aside({})\x1b\\", env!("CARGO_PKG_VERSION")));
    }

    /// DSR.
    pub(super) fn status_report(&mut self, what: u16) {
        match what {
            5 => self.reply(format_args!("\x1b[0n")),
            6 => {
                let (row, col) = self.reported_position();
                self.reply(format_args!("\x1b[{row};{col}R"));
            }
            _ => {}
        }
    }

    /// DSR of DEC's own kinds.
    pub(super) fn dec_status_report(&mut self, params: &Params) {
        let answer = match params.get(0) {
            6 => {
                let (row, col) = self.reported_position();
                return self.reply(format_args!("\x1b[?{row};{col};1R"));
            }
            996 => {
                return self
                    .reply(format_args!("\x1b[?997;{}n", if self.state.palette.dark() { 1 } else { 2 }));
            }
            63 => return self.reply(format_args!("\x1bP{}!~0000\x1b\\", params.get(1))),
            15 => "\x1b[?13n",       // no printer
            25 => "\x1b[?20n",       // user-defined keys unlocked
            26 => "\x1b[?27;1;0;0n", // North American keyboard, ready
            53 | 55 => "\x1b[?50n",  // no locator
            56 => "\x1b[?57;0n",     // of no kind
            62 => "\x1b[0*{",        // no macro space
            75 => "\x1b[?70n",       // no data errors
            85 => "\x1b[?83n",       // one session
            _ => return,
        };
        self.reply(format_args!("{answer}"));
    }

    /// Row and column from 1; within the margins in origin mode.
    fn reported_position(&self) -> (u16, u16) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        let (top, left) = if self.state.edit.origin { (margins.top, margins.left) } else { (0, 0) };
        (row.saturating_sub(top) + 1, col.saturating_sub(left) + 1)
    }

    /// DECRQM for ANSI modes.
    pub(super) fn report_ansi_mode(&mut self, mode: u16) {
        if self.state.level >= 63 {
            let setting = self.ansi_setting(mode) as u8;
            self.reply(format_args!("\x1b[{mode};{setting}$y"));
        }
    }

    /// DECRQM for DEC modes.
    pub(super) fn report_dec_mode(&mut self, mode: u16) {
        if self.state.level >= 63 {
            let setting = self.dec_setting(mode) as u8;
            self.reply(format_args!("\x1b[?{mode};{setting}$y"));
        }
    }

    /// The kitty keyboard flags in force.
    pub(super) fn report_kitty(&mut self) {
        let flags = self.state.modes.kitty_keyboard;
        self.reply(format_args!("\x1b[?{flags}u"));
    }

    /// XTQMODKEYS.
    pub(super) fn report_modify_keys(&mut self, resource: u16) {
        if resource == 4 {
            let level = self.state.modes.modify_other_keys;
            self.reply(format_args!("\x1b[>4;{level}m"));
        }
    }

    /// XTWINOPS: sizes are told, titles pushed and popped; the window itself is the user's.
    pub(super) fn window_operation(&mut self, params: &Params) {
        let size = self.grid.size();
        let (rows, cols) = (u32::from(size.rows), u32::from(size.cols));
        let (cell_height, cell_width) = CELL_PIXELS;
        let (height, width) = (rows * cell_height, cols * cell_width);
        match params.get(0) {
            11 => self.reply(format_args!("\x1b[1t")),
            13 => self.reply(format_args!("\x1b[3;0;0t")),
            14 => self.reply(format_args!("\x1b[4;{height};{width}t")),
            15 => self.reply(format_args!("\x1b[5;{height};{width}t")),
            16 => self.reply(format_args!("\x1b[6;{cell_height};{cell_width}t")),
            18 => self.reply(format_args!("\x1b[8;{rows};{cols}t")),
            19 => self.reply(format_args!("\x1b[9;{rows};{cols}t")),
            22 => self.push_title(),
            23 => self.pop_title(params.get(1)),
            _ => {}
        }
    }

    /// DECRQSS: the settings programs ask for, in the form that would set them.
    pub(super) fn report_setting(&mut self, what: &[u8]) {
        let size = self.grid.size();
        let margins = self.state.margins;
        let answer = match what {
            b"m" => format!("{}m", self.pen_parameters()),
            b"r" => format!("{};{}r", margins.top + 1, margins.bottom + 1),
            b" q" => format!("{} q", self.state.cursor_shape.number().max(1)),
            b"\"p" => format!("{};1\"p", self.state.level),
            b"\"q" => format!("{}\"q", u8::from(self.state.extra.flags.protected)),
            b"s" => format!("{};{}s", margins.left + 1, margins.right + 1),
            b"t" => format!("{}t", size.rows),
            b"*|" => format!("{}*|", size.rows),
            b"$|" => format!("{}$|", size.cols),
            b"$}" => "0$}".into(),
            b"*x" => "0*x".into(),
            b"$~" => "0$~".into(),
            _ => return self.reply(format_args!("\x1bP0$r\x1b\\")),
        };
        self.reply(format_args!("\x1bP1$r{answer}\x1b\\"));
    }

    /// The SGR parameters in force, ours and vt100's.
    fn pen_parameters(&self) -> String {
        use crate::screen::{Colour, Underline};
        let extra = &self.state.extra;
        let mut text = super::state::Pen::of(self.grid.screen()).parameters();
        let flags = extra.flags;
        let also =
            [(flags.bold, 1), (flags.blink, 5), (flags.conceal, 8), (flags.strike, 9), (flags.overline, 53)];
        for (_, number) in also.iter().filter(|(on, _)| *on) {
            text.push_str(&format!(";{number}"));
        }
        text.push_str(match extra.underline {
            Underline::Double => ";4:2",
            Underline::Curly => ";4:3",
            Underline::Dotted => ";4:4",
            Underline::Dashed => ";4:5",
            Underline::None | Underline::Single => "",
        });
        match extra.underline_colour {
            Colour::Default => {}
            Colour::Index(index) => text.push_str(&format!(";58:5:{index}")),
            Colour::Rgb(r, g, b) => text.push_str(&format!(";58:2::{r}:{g}:{b}")),
        }
        text
    }

    /// XTGETTCAP: a fixed list; the name is told back in hexadecimal only if it is one of it.
    pub(super) fn report_capabilities(&mut self, names: &[u8]) {
        for name in names.split(|byte| *byte == b';').take(16) {
            let known =
                CAPABILITIES.iter().find(|(known, _)| hex(known).as_bytes().eq_ignore_ascii_case(name));
            match known {
                Some((known, value)) => {
                    self.reply(format_args!("\x1bP1+r{}={}\x1b\\", hex(known), hex(value)))
                }
                None => self.reply(format_args!("\x1bP0+r\x1b\\")),
            }
        }
    }
}

/// What XTGETTCAP may be asked.
const CAPABILITIES: [(&str, &str); 8] = [
    ("TN", "xterm-256color"),
    ("name", "xterm-256color"),
    ("Co", "256"),
    ("colors", "256"),
    ("RGB", "8/8/8"),
    ("Smulx", "\x1b[4:%p1%dm"),
    ("Ms", "\x1b]52;%p1%s;%p2%s\x07"),
    ("Ss", "\x1b[%p1%d q"),
];

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}
