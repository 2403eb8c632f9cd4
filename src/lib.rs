//! `aside`: a terminal multiplexer whose unit is the task.
//!
//! **A tiny holder per task keeps the pseudo-terminal and an append-only log; one server per session turns logs into
//! screens and decides everything; thin clients show frames.** Whatever is killed, the rest goes on, and what was
//! printed is on disk.
//!
//! ```text
//!     your terminal ── client ── keys ──▶ server ── input, resize, signal ──▶ holder ── PTY ── program
//!           ▲            │◀── frames ──────┘ │◀────── "log grew to N" ──────────┘ │
//!           └────────────┘                   └─ reads ──▶ task directory ◀─ appends, then tells
//! ```
//!
//! bytes: PTY → log (holder) → normaliser → vt100 screen → view → frame → client;
//! keys: client → key → keymap → action, or → encoded for the program → holder → PTY.
//!
//! # Map
//!
//! | module | purpose | kind |
//! |---|---|---|
//! | [`task`] | what a task is: id, order, state, outcome, words for them | pure |
//! | [`log`] | format of segments and index, records; reading them | codec pure, reader I/O |
//! | [`screen`] | bytes → normaliser → vt100 → cells; replies, effects, cleaned text | pure |
//! | [`transcript`] | log → lines; search, export | pure core |
//! | [`key`], [`keymap`], [`action`] | keys and their encoding; keymap files; the one table of actions | pure |
//! | [`prompt`], [`config`], [`nearest`] | the prompt's language and history; `config.toml`; "did you mean" | pure |
//! | [`agent`] | agent profiles, permissions, fences; command lines and summaries of agents | pure |
//! | [`session`] | tasks, outcomes, notices, what the main view shows: the truth | pure |
//! | [`viewer`] | one client's state: keys → intents | pure |
//! | [`view`], [`frame`] | a picture of a viewer and a session; pictures → bytes | pure |
//! | [`protocol`] | the two wires | pure |
//! | [`server`] | `handle`: routes events to session and viewers | pure |
//! | [`holder`] | PTY, append, control socket; `src/bin/aside-holder.rs` | I/O, tiny |
//! | [`store`] | session directories, records, journal, replay | I/O |
//! | [`daemon`] | tokio driver of the server | I/O, decides nothing |
//! | [`client`] | the user's terminal: raw mode, guard, events, frames | I/O, thin |
//! | [`mcp`] | the Model Context Protocol: messages and tools for agents | pure |
//! | [`cli`] | one file per verb | I/O |
//! | [`limits`] | every bound, by name, with its reason | |
//!
//! # Invariants
//!
//! 1. A byte is in the log before anything else knows of it; replaying a log gives the live screen, however it is cut
//!    (`screen`'s chunking and checkpoint properties, `survival::killing_the_server_under_load_…`).
//! 2. A task outlives its clients and its server; only a user's recorded wish signals it
//!    (`job::closing_the_window_…`, `survival::a_program_in_front_survives_its_server`).
//! 3. An end is recorded durably before it is told, told is recorded before it is shown, and it is never guessed
//!    (`session::tests::an_end_is_told_once_…`, `survival::a_killed_holder_is_told_as_a_lost_task_…`).
//! 4. A slow, stopped or hostile client, task or holder never slows another one
//!    (`server::tests::one_frame_is_in_flight_…`, `holder::faults`).
//! 5. Nothing is unbounded: every bound has a name and a reason in a `limits.rs`; what is dropped is counted and shown.
//! 6. Text from a task reaches the user's terminal only as cells or cleaned text, and queries are answered without any
//!    text the program chose (`job::text_from_tasks_reaches_the_terminal_inert`, `screen`'s reply tests).
//! 7. What a person can do by key, a script can do by verb: one action table
//!    (`cli::tests::every_action_that_names_a_verb_names_one_that_exists`).
//! 8. Pure modules never touch files, sockets, clocks or processes (`tidy`).
//!
//! # Words
//!
//! task: command + PTY + screen + log + outcome; what users name · holder: the process that keeps it · session: a named set
//! of tasks · foreground/background: shown in the main view/not · screen: the virtual grid · log: a task's output on disk
//! (our own diagnostics are *trace*) · transcript: the log as lines · frame: the picture for one client · event/effect:
//! came from outside/must be done outside · message: only on a wire.

pub mod action;
pub mod agent;
pub mod cli;
pub mod client;
pub mod config;
pub mod daemon;
pub mod frame;
pub mod holder;
pub mod key;
pub mod keymap;
pub mod limits;
pub mod log;
pub mod mcp;
pub mod nearest;
pub mod prompt;
pub mod protocol;
pub mod screen;
pub mod server;
pub mod session;
pub mod store;
pub mod task;
pub mod transcript;
pub mod view;
pub mod viewer;
