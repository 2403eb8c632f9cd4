//! Which key encoding a program asked for: xterm's modifyOtherKeys and the kitty keyboard protocol, whose flags are a
//! stack per screen. Never encodes a key.

use super::{Normaliser, params::Params, state::PerScreen};
use crate::screen::limits::KITTY_STACK_MAX;
use serde::{Deserialize, Serialize};

/// The stacks, newest last; an empty one means legacy.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Keyboard {
    stacks: PerScreen<Vec<u8>>,
}

/// All flags of the protocol.
const KITTY_FLAGS: u8 = 0b1_1111;

impl Normaliser {
    /// `CSI > flags u`: on top of the stack; the oldest entry gives way.
    pub(super) fn push_kitty(&mut self, params: &Params) {
        let stack = self.kitty_stack();
        if stack.len() >= KITTY_STACK_MAX {
            stack.remove(0);
        }
        stack.push(kitty_flags(params.get(0)));
        self.keyboard_changed();
    }

    /// `CSI < count u`.
    pub(super) fn pop_kitty(&mut self, params: &Params) {
        let stack = self.kitty_stack();
        stack.truncate(stack.len().saturating_sub(usize::from(params.or(0, 1))));
        self.keyboard_changed();
    }

    /// `CSI = flags ; how u`: 1 sets, 2 adds, 3 removes.
    pub(super) fn set_kitty(&mut self, params: &Params) {
        let given = kitty_flags(params.get(0));
        let stack = self.kitty_stack();
        if stack.is_empty() {
            stack.push(0);
        }
        if let Some(flags) = stack.last_mut() {
            match params.or(1, 1) {
                1 => *flags = given,
                2 => *flags |= given,
                3 => *flags &= !given,
                _ => {}
            }
        }
        self.keyboard_changed();
    }

    /// `CSI > 4 ; level m` (XTMODKEYS).
    pub(super) fn set_modify_keys(&mut self, params: &Params) {
        if params.iter().count() == 1 && params.get(0) == 0 || params.get(0) == 4 {
            self.state.modes.modify_other_keys = u8::try_from(params.get(1).min(2)).unwrap_or(0);
        }
    }

    /// `CSI > 4 n`.
    pub(super) const fn reset_modify_keys(&mut self) {
        self.state.modes.modify_other_keys = 0;
    }

    /// Brings [`crate::screen::Modes`] up to date with the stack of the screen that is shown.
    pub(super) fn keyboard_changed(&mut self) {
        self.state.modes.kitty_keyboard = self.kitty_stack().last().copied().unwrap_or(0);
    }

    const fn kitty_stack(&mut self) -> &mut Vec<u8> {
        self.state.keyboard.stacks.of_mut(self.state.modes.alternate_screen)
    }
}

fn kitty_flags(number: u16) -> u8 {
    u8::try_from(number).unwrap_or(0) & KITTY_FLAGS
}
