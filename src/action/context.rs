//! Where a key is pressed: each context has its table in a keymap. Never knows what is on the screen.

/// A table of a keymap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Context {
    /// Every other context but a question; taken where they say nothing themselves.
    Global,
    /// Any line being edited: the prompt and inputs.
    Edit,
    /// The prompt, with nothing in the foreground.
    Prompt,
    /// A list to choose from at the prompt: the history, or what a word may be.
    Menu,
    /// A task is in the foreground: every key not bound here is the program's.
    Task,
    /// The same while the program is on the main screen, not the alternate one.
    TaskMain,
    /// The foreground task was stopped by Ctrl+Z.
    Paused,
    /// The main view is scrolled away from its end.
    Scroll,
    /// The list of tasks; what is not bound is typed into its filter.
    Tasks,
    /// One task's details.
    Details,
    /// A task's output.
    Review,
    /// A one-line input: search, filter, name.
    Input,
    /// A question.
    Confirm,
    /// Help and the list of keys.
    Help,
}

impl Context {
    /// All of them, in the order they are listed.
    pub const ALL: [Self; 14] = [
        Self::Global,
        Self::Edit,
        Self::Prompt,
        Self::Menu,
        Self::Task,
        Self::TaskMain,
        Self::Paused,
        Self::Scroll,
        Self::Tasks,
        Self::Details,
        Self::Review,
        Self::Input,
        Self::Confirm,
        Self::Help,
    ];

    /// The name of its table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Edit => "edit",
            Self::Prompt => "prompt",
            Self::Menu => "menu",
            Self::Task => "task",
            Self::TaskMain => "task-main",
            Self::Paused => "paused",
            Self::Scroll => "scroll",
            Self::Tasks => "tasks",
            Self::Details => "details",
            Self::Review => "review",
            Self::Input => "input",
            Self::Confirm => "confirm",
            Self::Help => "help",
        }
    }

    /// The context of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }

    /// The tables asked for a key, nearest first.
    pub const fn chain(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::Edit => &[Self::Edit, Self::Global],
            Self::Prompt => &[Self::Prompt, Self::Edit, Self::Global],
            Self::Menu => &[Self::Menu, Self::Edit, Self::Global],
            Self::Task => &[Self::Task, Self::Global],
            Self::TaskMain => &[Self::TaskMain, Self::Task, Self::Global],
            Self::Paused => &[Self::Paused, Self::Global],
            Self::Scroll => &[Self::Scroll, Self::Global],
            Self::Tasks => &[Self::Tasks, Self::Global],
            Self::Details => &[Self::Details, Self::Global],
            Self::Review => &[Self::Review, Self::Global],
            Self::Input => &[Self::Input, Self::Edit, Self::Global],
            Self::Confirm => &[Self::Confirm],
            Self::Help => &[Self::Help, Self::Global],
        }
    }

    /// Whether keys that are not bound go to a program.
    pub const fn is_task(self) -> bool {
        matches!(self, Self::Task | Self::TaskMain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_context() {
        for context in Context::ALL {
            assert_eq!(Context::named(context.name()), Some(context));
            assert_eq!(context.chain().first(), Some(&context));
        }
        assert_eq!(Context::named("nowhere"), None);
    }
}
