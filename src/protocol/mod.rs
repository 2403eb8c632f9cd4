//! The two wires: client ↔ server and server ↔ holder. Pure codecs; never opens a socket.

pub mod client;
pub mod holder;
