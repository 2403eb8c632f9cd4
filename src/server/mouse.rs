//! The mouse for a program: in the protocol it asked for, or as cursor keys for one that did not.

use crate::{
    key::{self, Encoding, MouseEncoding as Form, MouseProtocol},
    protocol::client::{Mouse, MouseAction},
    screen::{Modes, MouseEncoding, MouseMode},
};

/// The bytes a program gets for a mouse event; none if it is not interested.
pub(super) fn encode(mouse: Mouse, modes: &Modes, keys: &Encoding) -> Vec<u8> {
    let protocol = match modes.mouse {
        MouseMode::Off => return wheel(mouse, modes, keys),
        MouseMode::Press => MouseProtocol::X10,
        MouseMode::Normal => MouseProtocol::Normal,
        MouseMode::Button => MouseProtocol::Button,
        MouseMode::Any => MouseProtocol::Any,
    };
    let form = match modes.mouse_encoding {
        MouseEncoding::Default => Form::Default,
        MouseEncoding::Utf8 => Form::Utf8,
        MouseEncoding::Sgr | MouseEncoding::SgrPixels => Form::Sgr,
        MouseEncoding::Urxvt => Form::Urxvt,
    };
    key::encode_mouse(mouse, protocol, form)
}

fn wheel(mouse: Mouse, modes: &Modes, keys: &Encoding) -> Vec<u8> {
    match mouse.action {
        MouseAction::Wheel(wheel) if modes.alternate_screen && modes.alternate_scroll => {
            key::wheel_as_arrows(wheel, keys)
        }
        _ => vec![],
    }
}
