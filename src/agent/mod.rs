//! Agents: which command line a profile, a prompt and granted permissions become, and what an agent's last message says in
//! bullets. Never looks for a file and never starts anything: texts and a look at the disk are passed in.
//!
//! Two layers, independent of each other: the ask-level is what the agent itself asks about, and is always set explicitly
//! because an agent's own default may be not to ask; the fence is what the kernel enforces around the whole agent.

mod grant;
mod profile;
mod summary;

pub use grant::{Fence, Grant, Level, Refused, Wanted, fence_argv, launch};
pub use profile::{Permission, Profile, load, search};
pub use summary::bullets;
