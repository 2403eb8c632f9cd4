//! The mouse for a program: in the protocol it asked for, or as cursor keys for one that did not.

use crate::{
    key::{self, Encoding},
    protocol::client::{Mouse, MouseAction},
    screen::{Modes, MouseMode},
};

/// The bytes a program gets for a mouse event; none if it is not interested.
pub(super) fn encode(mouse: Mouse, modes: &Modes, keys: &Encoding) -> Vec<u8> {
    match modes.mouse {
        MouseMode::Off => wheel(mouse, modes, keys),
        mode => key::encode_mouse(mouse, mode, modes.mouse_encoding),
    }
}

fn wheel(mouse: Mouse, modes: &Modes, keys: &Encoding) -> Vec<u8> {
    match mouse.action {
        MouseAction::Wheel(wheel) if modes.alternate_screen && modes.alternate_scroll => {
            key::wheel_as_arrows(wheel, keys)
        }
        _ => vec![],
    }
}
