//! `aside`: a terminal multiplexer whose unit is the task.
//!
//! A tiny holder per task keeps the pseudo-terminal and an append-only log; one server per session turns
//! logs into screens and decides everything; thin clients show frames. Whatever is killed, the rest goes
//! on, and what was printed is on disk.

pub mod action;
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
