//! The screen of a task: bytes in, cells and effects out. Never does I/O, never panics outward.

mod clean;
mod limits;

pub use clean::{clean, width};
