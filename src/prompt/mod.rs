//! The prompt's language and its history. Never runs a line, never touches a file: whether a path exists is
//! asked through a closure, the history's bytes are the store's to read and write.

mod command;
mod history;
mod language;
pub mod limits;
mod scan;
mod word;

pub use command::{COMMANDS, Command, Described};
pub use history::History;
pub use language::{Line, Prompting, parse};
pub use word::{Candidate, Word, common_start};
