//! Mouse events as bytes for a program. Never decides whose the mouse is.
//!
//! Source: xterm ctlseqs, "Mouse Tracking". SGR-Pixels (1016) is written in cells: the outer terminal tells us no more.

use super::Mods;
use crate::{
    protocol::client::{Button, Mouse, MouseAction, Wheel},
    screen::{MouseEncoding, MouseMode},
};

const MOTION: u16 = 32;
const RELEASED: u16 = 3;

/// The bytes for an event at a cell of the program's own screen, rows and columns from 0; none when the
/// program did not ask for it, or its encoding cannot say that cell.
pub fn encode_mouse(mouse: Mouse, protocol: MouseMode, encoding: MouseEncoding) -> Vec<u8> {
    if !wanted(mouse.action, protocol) {
        return Vec::new();
    }
    let mut button = number(mouse.action);
    let up = matches!(mouse.action, MouseAction::Up(_));
    let sgr = matches!(encoding, MouseEncoding::Sgr | MouseEncoding::SgrPixels);
    if up && !sgr {
        button = RELEASED;
    }
    if protocol != MouseMode::Press {
        button += modifiers(mouse.mods);
    }
    let (row, col) = (u32::from(mouse.row) + 1, u32::from(mouse.col) + 1);
    match encoding {
        MouseEncoding::Sgr | MouseEncoding::SgrPixels => {
            format!("\x1b[<{button};{col};{row}{}", if up { 'm' } else { 'M' }).into_bytes()
        }
        MouseEncoding::Urxvt => format!("\x1b[{};{col};{row}M", button + 32).into_bytes(),
        MouseEncoding::Default => {
            let coded = [u32::from(button), col, row].map(|number| u8::try_from(number + 32));
            match coded {
                [Ok(button), Ok(col), Ok(row)] => vec![0x1b, b'[', b'M', button, col, row],
                _ => Vec::new(),
            }
        }
        MouseEncoding::Utf8 => utf8([u32::from(button), col, row]).unwrap_or_default(),
    }
}

fn utf8(numbers: [u32; 3]) -> Option<Vec<u8>> {
    let mut text = String::from("\x1b[M");
    for number in numbers {
        // two UTF-8 bytes are the most xterm writes
        text.push(char::from_u32(number + 32).filter(|coded| u32::from(*coded) < 0x800)?);
    }
    Some(text.into_bytes())
}

const fn wanted(action: MouseAction, protocol: MouseMode) -> bool {
    match (protocol, action) {
        (MouseMode::Off, _) => false,
        (_, MouseAction::Down(_) | MouseAction::Wheel(_)) => true,
        (MouseMode::Press, _) => false,
        (_, MouseAction::Up(_)) => true,
        (MouseMode::Normal, _) => false,
        (_, MouseAction::Drag(_)) => true,
        (MouseMode::Button, MouseAction::Move) => false,
        (MouseMode::Any, MouseAction::Move) => true,
    }
}

const fn number(action: MouseAction) -> u16 {
    match action {
        MouseAction::Down(button) | MouseAction::Up(button) => held(button),
        MouseAction::Drag(button) => held(button) + MOTION,
        MouseAction::Move => RELEASED + MOTION,
        MouseAction::Wheel(Wheel::Up) => 64,
        MouseAction::Wheel(Wheel::Down) => 65,
        MouseAction::Wheel(Wheel::Left) => 66,
        MouseAction::Wheel(Wheel::Right) => 67,
    }
}

const fn held(button: Button) -> u16 {
    match button {
        Button::Left => 0,
        Button::Middle => 1,
        Button::Right => 2,
    }
}

fn modifiers(mods: Mods) -> u16 {
    [(Mods::SHIFT, 4), (Mods::ALT, 8), (Mods::META, 8), (Mods::CTRL, 16)]
        .into_iter()
        .filter(|(flag, _)| mods.has(*flag))
        .fold(0, |sum, (_, bit)| sum | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(row: u16, col: u16, action: MouseAction) -> Mouse {
        Mouse { row, col, action, mods: Mods::NONE }
    }

    #[test]
    fn each_protocol_tells_only_what_was_asked_for() {
        use MouseMode::{Any, Button as Held, Normal, Off, Press};
        let left = Button::Left;
        for (action, told_to) in [
            (MouseAction::Down(left), &[Press, Normal, Held, Any][..]),
            (MouseAction::Wheel(Wheel::Up), &[Press, Normal, Held, Any]),
            (MouseAction::Up(left), &[Normal, Held, Any]),
            (MouseAction::Drag(left), &[Held, Any]),
            (MouseAction::Move, &[Any]),
        ] {
            for protocol in [Off, Press, Normal, Held, Any] {
                let told = !encode_mouse(at(0, 0, action), protocol, MouseEncoding::Sgr).is_empty();
                assert_eq!(told, told_to.contains(&protocol), "{action:?} {protocol:?}");
            }
        }
    }

    #[test]
    fn each_encoding_writes_button_column_row() {
        use MouseEncoding::{Default, Sgr, Urxvt, Utf8};
        let middle = Button::Middle;
        for (encoding, action, expected) in [
            (Sgr, MouseAction::Down(middle), "\x1b[<1;10;5M"),
            (Sgr, MouseAction::Up(middle), "\x1b[<1;10;5m"),
            (Sgr, MouseAction::Drag(middle), "\x1b[<33;10;5M"),
            (Sgr, MouseAction::Move, "\x1b[<35;10;5M"),
            (Sgr, MouseAction::Wheel(Wheel::Down), "\x1b[<65;10;5M"),
            (Urxvt, MouseAction::Down(middle), "\x1b[33;10;5M"),
            (Urxvt, MouseAction::Up(middle), "\x1b[35;10;5M"),
            (Default, MouseAction::Down(middle), "\x1b[M!*%"),
            (Default, MouseAction::Up(middle), "\x1b[M#*%"),
            (Utf8, MouseAction::Down(middle), "\x1b[M!*%"),
        ] {
            let bytes = encode_mouse(at(4, 9, action), MouseMode::Any, encoding);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected, "{encoding:?} {action:?}");
        }
    }

    #[test]
    fn a_cell_an_encoding_cannot_say_is_not_told_wrongly() {
        let far = |col, encoding| {
            encode_mouse(at(0, col, MouseAction::Down(Button::Left)), MouseMode::Normal, encoding)
        };
        assert_eq!(far(222, MouseEncoding::Default), b"\x1b[M \xff!");
        assert!(far(223, MouseEncoding::Default).is_empty());
        assert_eq!(far(223, MouseEncoding::Utf8), "\x1b[M \u{100}!".as_bytes());
        assert!(far(2015, MouseEncoding::Utf8).is_empty());
        assert_eq!(far(u16::MAX, MouseEncoding::Sgr), b"\x1b[<0;65536;1M");
    }

    #[test]
    fn modifiers_are_told_except_to_x10() {
        let mods = Mods::SHIFT.with(Mods::CTRL);
        let mouse = Mouse { row: 0, col: 0, action: MouseAction::Down(Button::Left), mods };
        let sgr = |protocol| encode_mouse(mouse, protocol, MouseEncoding::Sgr);
        assert_eq!(sgr(MouseMode::Normal), b"\x1b[<20;1;1M");
        assert_eq!(sgr(MouseMode::Press), b"\x1b[<0;1;1M");
    }
}
