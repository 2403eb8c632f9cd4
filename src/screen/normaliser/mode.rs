//! DEC private and ANSI modes. vt100 is told only of those that move its cursor; the rest is ours, so that a
//! checkpoint holds it and DECRQM can answer.

use super::{Normaliser, params::Params, state::Margins};
use crate::screen::{MouseEncoding, MouseMode};

/// DEC modes without effect here whose state is remembered for DECRQM: smooth scroll, auto-repeat, cursor blink,
/// printer form feed and extent, 80→132, more(1) fix, national sets, reverse-video bells and the like.
const REMEMBERED: [u16; 10] = [3, 4, 8, 12, 18, 19, 40, 41, 42, 95];

/// ANSI modes that are settable: keyboard lock, insert, local echo, newline.
const ANSI: [u16; 4] = [2, 4, 12, 20];

/// What DECRQM answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Setting {
    Unknown = 0,
    On = 1,
    Off = 2,
    AlwaysOff = 4,
}

impl From<bool> for Setting {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

impl Normaliser {
    /// DECSET and DECRST.
    pub(super) fn set_dec_modes(&mut self, params: &Params, on: bool) {
        for mode in params.iter() {
            self.set_dec_mode(mode, on);
        }
    }

    fn set_dec_mode(&mut self, mode: u16, on: bool) {
        let modes = &mut self.state.modes;
        match mode {
            1 => modes.application_cursor = on,
            5 => modes.reverse_video = on,
            25 => self.state.cursor_hidden = !on,
            66 => modes.application_keypad = on,
            67 => modes.backarrow = on,
            1004 => modes.focus_events = on,
            1007 => modes.alternate_scroll = on,
            2004 => modes.bracketed_paste = on,
            2026 => modes.synchronized = on,
            9 | 1000 | 1002 | 1003 => modes.mouse = if on { mouse_mode(mode) } else { MouseMode::Off },
            1005 | 1006 | 1015 | 1016 => {
                modes.mouse_encoding = if on { mouse_encoding(mode) } else { MouseEncoding::Default };
            }
            _ => self.set_edit_mode(mode, on),
        }
    }

    fn set_edit_mode(&mut self, mode: u16, on: bool) {
        match mode {
            6 => {
                self.jump();
                self.settle_margin();
                self.set_origin(on);
                self.home();
            }
            7 => {
                self.state.edit.wrap = on;
                if !on {
                    self.settle_wrap();
                }
            }
            45 => self.state.edit.reverse_wrap = on,
            1045 => self.state.edit.reverse_wrap_any = on,
            69 => self.allow_sides(on),
            47 => self.show_alternate(on),
            1047 => {
                if !on && self.state.modes.alternate_screen {
                    self.clear_plainly();
                }
                self.show_alternate(on);
            }
            1048 if on => self.save_cursor(),
            1048 => self.restore_cursor(),
            1049 => self.alternate_with_cursor(on),
            3 => self.column_mode(on),
            _ if REMEMBERED.contains(&mode) => remember(&mut self.state.dec_on, mode, on),
            _ => {}
        }
    }

    /// DECCOLM: no width changes, but the screen is cleared when the mode is entered or left.
    fn column_mode(&mut self, on: bool) {
        if on || self.state.dec_on.contains(&3) {
            self.settle_margin();
            self.set_margins(Margins::full(self.grid.size()));
            self.erase_all();
            self.grid.process(b"\x1b[H");
        }
        remember(&mut self.state.dec_on, 3, on);
    }

    fn clear_plainly(&mut self) {
        let pen = super::state::Pen::of(self.grid.screen());
        self.grid.process(b"\x1b[m");
        self.erase_all();
        self.set_pen(pen);
    }

    /// SM and RM.
    pub(super) fn set_ansi_modes(&mut self, params: &Params, on: bool) {
        for mode in params.iter().filter(|mode| ANSI.contains(mode)) {
            match mode {
                4 => self.state.edit.insert = on,
                20 => self.state.modes.newline = on,
                _ => {}
            }
            remember(&mut self.state.ansi_on, mode, on);
        }
    }

    /// XTSAVE.
    pub(super) fn put_modes_aside(&mut self, params: &Params) {
        for mode in params.iter() {
            match self.dec_setting(mode) {
                Setting::On => self.state.put_aside.insert(mode, true),
                Setting::Off => self.state.put_aside.insert(mode, false),
                Setting::Unknown | Setting::AlwaysOff => None,
            };
        }
    }

    /// XTRESTORE.
    pub(super) fn take_modes_back(&mut self, params: &Params) {
        for mode in params.iter() {
            if let Some(on) = self.state.put_aside.get(&mode) {
                self.set_dec_mode(mode, *on);
            }
        }
    }

    /// What DECRQM says of an ANSI mode.
    pub(super) fn ansi_setting(&self, mode: u16) -> Setting {
        match mode {
            1 | 5 | 7 | 10 | 11 | 13..=19 => Setting::AlwaysOff,
            _ if ANSI.contains(&mode) => self.state.ansi_on.contains(&mode).into(),
            _ => Setting::Unknown,
        }
    }

    /// What DECRQM says of a DEC mode.
    pub(super) fn dec_setting(&self, mode: u16) -> Setting {
        let (modes, edit) = (&self.state.modes, &self.state.edit);
        let on = match mode {
            1 => modes.application_cursor,
            5 => modes.reverse_video,
            6 => edit.origin,
            7 => edit.wrap,
            9 | 1000 | 1002 | 1003 => modes.mouse == mouse_mode(mode),
            25 => !self.state.cursor_hidden,
            45 => edit.reverse_wrap,
            1045 => edit.reverse_wrap_any,
            47 | 1047 | 1049 => modes.alternate_screen,
            66 => modes.application_keypad,
            69 => edit.side_margins,
            67 => modes.backarrow,
            1004 => modes.focus_events,
            1005 | 1006 | 1015 | 1016 => modes.mouse_encoding == mouse_encoding(mode),
            1007 => modes.alternate_scroll,
            1048 => self.state.saved.of(modes.alternate_screen).is_some(),
            2004 => modes.bracketed_paste,
            2026 => modes.synchronized,
            _ if REMEMBERED.contains(&mode) => self.state.dec_on.contains(&mode),
            _ => return Setting::Unknown,
        };
        on.into()
    }
}

fn remember(set: &mut std::collections::BTreeSet<u16>, mode: u16, on: bool) {
    if on {
        set.insert(mode);
    } else {
        set.remove(&mode);
    }
}

const fn mouse_mode(mode: u16) -> MouseMode {
    match mode {
        9 => MouseMode::Press,
        1000 => MouseMode::Normal,
        1002 => MouseMode::Button,
        _ => MouseMode::Any,
    }
}

const fn mouse_encoding(mode: u16) -> MouseEncoding {
    match mode {
        1005 => MouseEncoding::Utf8,
        1006 => MouseEncoding::Sgr,
        1015 => MouseEncoding::Urxvt,
        _ => MouseEncoding::SgrPixels,
    }
}
