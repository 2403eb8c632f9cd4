//! The rows. Never more than a word, a verb and a line each: what they do is the server's.

use super::{Action, Reach, Row};

/// All groups, in the order they are listed.
pub(super) const ALL: [&[Row]; 7] = [
    SessionAction::ROWS,
    TaskAction::ROWS,
    PaneAction::ROWS,
    Move::ROWS,
    Review::ROWS,
    Edit::ROWS,
    Answer::ROWS,
];

/// A group of actions: the enum, documented by the same line that users see, and its rows.
macro_rules! group {
    ($(#[$attribute:meta])* $group:ident($name:ident) {
        $($variant:ident, $word:literal, $reach:expr, $doc:literal;)*
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $(#[doc = $doc] $variant,)*
        }

        impl $name {
            const ROWS: &'static [Row] = &[$(Row {
                action: Action::$group(Self::$variant),
                name: $word,
                doc: $doc,
                reach: $reach,
            },)*];
        }
    };
}

const UI: Reach = Reach::UiOnly;

const fn verb(name: &'static str) -> Reach {
    Reach::Verb(name)
}

group! {
    /// About the session and which view is shown.
    Session(SessionAction) {
        Tasks, "tasks", verb("ls"), "list the tasks; the details of the only one running";
        Help, "help", UI, "what can be done here";
        Keys, "keys", verb("keys"), "list what is bound";
        Close, "close", UI, "back to where you came from";
        Redraw, "redraw", UI, "draw the screen anew";
        Detach, "detach", UI, "leave; every task keeps running";
        Quit, "quit", UI, "leave; asks what to do with running tasks";
    }
}

group! {
    /// About the task that is active, selected or looked at.
    Task(TaskAction) {
        Background, "background", UI, "send the active task to the background";
        BackgroundAll, "background-all", UI, "send every foreground task to the background";
        Foreground, "foreground", verb("attach"), "bring the task to the foreground";
        ForegroundNext, "foreground-next", UI, "bring the task that was active before to the foreground";
        OpenPane, "open-pane", UI, "give the task a pane beside what is there";
        Continue, "continue", verb("send"), "let a paused task go on";
        SendKey, "send-key", verb("send"), "give the program the last key of this chord";
        Details, "details", verb("show"), "what the task is, does and left behind";
        Output, "output", verb("output"), "review everything the task printed";
        Stop, "stop", verb("stop"), "stop the task";
        Rerun, "rerun", verb("rerun"), "run the task's command again, as a new task";
        Reply, "reply", verb("send"), "type a line into the task without opening it";
        Rename, "rename", verb("rename"), "give the task a name";
        Remove, "remove", verb("rm"), "forget the ended task and delete its files";
    }
}

group! {
    /// About the panes that share the main view.
    Pane(PaneAction) {
        SplitRight, "split-right", UI, "a pane to the right: for the task in the foreground, else for a shell";
        SplitDown, "split-down", UI, "a pane below: for the task in the foreground, else for a shell";
        NewShell, "new-shell", UI, "an interactive shell in a pane of its own";
        FocusLeft, "focus-left", UI, "to the pane on the left";
        FocusRight, "focus-right", UI, "to the pane on the right";
        FocusUp, "focus-up", UI, "to the pane above";
        FocusDown, "focus-down", UI, "to the pane below";
        FocusNext, "focus-next", UI, "to the next pane";
        FocusLast, "focus-last", UI, "to the pane that was active before";
        SwapNext, "swap-next", UI, "change places with the next pane";
        ResizeLeft, "resize-left", UI, "move the pane's border to the left";
        ResizeRight, "resize-right", UI, "move the pane's border to the right";
        ResizeUp, "resize-up", UI, "move the pane's border up";
        ResizeDown, "resize-down", UI, "move the pane's border down";
        Zoom, "zoom", UI, "let the pane fill everything, or no longer";
        Even, "even-panes", UI, "give all panes the same room";
        ClosePane, "close-pane", UI, "close the pane; its task runs on in the background";
    }
}

group! {
    /// Moves through a list, a text or the main view.
    Move(Move) {
        Up, "up", UI, "one up";
        Down, "down", UI, "one down";
        PageUp, "page-up", UI, "a page up";
        PageDown, "page-down", UI, "a page down";
        HalfPageUp, "half-page-up", UI, "half a page up";
        HalfPageDown, "half-page-down", UI, "half a page down";
        Top, "top", UI, "to the beginning";
        Bottom, "bottom", UI, "to the end";
    }
}

group! {
    /// Finds its way in a review or a list.
    Review(Review) {
        Follow, "follow", verb("output"), "to the end, and stay there as it grows";
        Search, "search", UI, "search for a regular expression";
        SearchNext, "search-next", UI, "to the next match";
        SearchPrevious, "search-previous", UI, "to the previous match";
        Filter, "filter", verb("grep"), "show only what matches; Esc shows all again";
        ContextMore, "context-more", UI, "a line more around what matches the filter";
        ContextLess, "context-less", UI, "a line less around what matches the filter";
        GoTo, "go-to", UI, "to a line (120), a percentage (50%) or a time (14:05, 10m ago)";
        Times, "times", UI, "show when each line was printed";
        MarkNext, "mark-next", UI, "to the next prompt that a shell has marked";
        MarkPrevious, "mark-previous", UI, "to the previous prompt that a shell has marked";
        ProblemNext, "problem-next", UI, "to the next error or warning";
        ProblemPrevious, "problem-previous", UI, "to the previous error or warning";
        Wrap, "wrap", UI, "wrap long lines, or cut them off";
        Select, "select", UI, "select lines: moves extend it, Esc gives it up";
        Copy, "copy", UI, "copy the selected lines";
        Save, "save", verb("output"), "write all of it, or the selected lines, to a file";
        OpenEditor, "open-editor", verb("output"), "open it in $VISUAL or $EDITOR";
        OpenPager, "open-pager", verb("output"), "open it in $PAGER";
        ScrollLeft, "scroll-left", UI, "show what is left of the cut-off lines";
        ScrollRight, "scroll-right", UI, "cut long lines off, and show what is right of them";
    }
}

group! {
    /// Edits the prompt or another line of input.
    Edit(Edit) {
        Submit, "submit", verb("run"), "run the line";
        Newline, "newline", UI, "begin another line";
        CancelLine, "cancel-line", UI, "give up the line";
        EndOfInput, "end-of-input", UI, "delete the next character; on an empty line, quit";
        CursorLeft, "cursor-left", UI, "one character back";
        CursorRight, "cursor-right", UI, "one character forward";
        CursorUp, "cursor-up", UI, "one line up; on the first, the previous line of the history";
        CursorDown, "cursor-down", UI, "one line down; on the last, the next line of the history";
        WordLeft, "word-left", UI, "one word back";
        WordRight, "word-right", UI, "one word forward";
        LineStart, "line-start", UI, "to the start of the line";
        LineEnd, "line-end", UI, "to the end of the line";
        HistoryPrevious, "history-previous", UI, "the previous line of the history";
        HistorySearch, "history-search", UI, "search the history; again: an older line";
        Complete, "complete", UI, "complete the word, or choose from what it may be";
        HistoryNext, "history-next", UI, "the next line of the history";
        DeleteBack, "delete-back", UI, "delete the character before the cursor";
        DeleteForward, "delete-forward", UI, "delete the character under the cursor";
        CutWordBack, "cut-word-back", UI, "cut back to the last space";
        CutWordPartBack, "cut-word-part-back", UI, "cut the word before the cursor";
        CutWordForward, "cut-word-forward", UI, "cut the word after the cursor";
        CutToStart, "cut-to-start", UI, "cut everything before the cursor";
        CutToEnd, "cut-to-end", UI, "cut everything after the cursor";
        Yank, "yank", UI, "put back what was cut last";
        Undo, "undo", UI, "undo the last edit";
        Redo, "redo", UI, "redo what was undone";
    }
}

group! {
    /// Answers a question.
    Answer(Answer) {
        Accept, "accept", UI, "yes";
        AcceptAndStop, "accept-and-stop", verb("stop"), "yes, and stop the running tasks";
        Refuse, "refuse", UI, "no";
    }
}
