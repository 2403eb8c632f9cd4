//! `agent`: lists agent profiles and starts agents as tasks. An agent is started only with permissions that were stated, on
//! the command line or in the dialog.

mod ask;
mod list;
mod memory;
mod plan;

use super::{
    attach,
    caller::{self, Caller},
    exit::{self, Ended, Verdict},
    print, run,
};
use crate::{
    agent::{Fence, Level, Wanted},
    config,
    protocol::client::{self as wire, Request},
    task::TaskId,
};
use plan::Plan;
use std::{
    io::{self, IsTerminal},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::Command,
};

/// Coding agents as tasks: list them, start one with stated permissions
#[derive(clap::Args)]
pub(super) struct Agent {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Agent profiles: whether their program is found, its version, what they can be held to
    List(list::List),
    Run(Run),
    /// Forget the permissions remembered for this directory
    Forget {
        /// Agent profile
        name: String,
    },
    /// Ask for the permissions in this terminal, then become the agent (used at the prompt)
    #[command(hide = true)]
    Launch(Launch),
}

/// Start an agent as a task
///
/// Without stated permissions a dialog asks for them; without a terminal it is then refused (exit code 2).
#[derive(clap::Args)]
struct Run {
    /// Agent profile: claude, codex, gemini, opencode, aider, or one of config.toml
    name: String,

    /// Do not attach to it; prints its number
    #[arg(long)]
    background: bool,

    /// What it asks about: ask (everything), edits (not about edits), listed (nothing, only --allow is done), full (nothing)
    #[arg(long, value_name = "LEVEL")]
    permissions: Option<Level>,

    /// Command it may run without asking; repeatable; alone means --permissions listed
    #[arg(long, value_name = "CMD")]
    allow: Vec<String>,

    /// Command it may not run; repeatable
    #[arg(long, value_name = "CMD")]
    deny: Vec<String>,

    /// What the kernel enforces: none, workspace (writes only in its directory), workspace+nonet
    #[arg(long, value_name = "FENCE")]
    fence: Option<Fence>,

    /// Directory it may write besides, with a fence; repeatable
    #[arg(long, value_name = "DIR")]
    writable: Vec<String>,

    /// TCP port it may reach with workspace+nonet; repeatable
    #[arg(long, value_name = "N")]
    port: Vec<u16>,

    /// Directory to run in [default: the current one]
    #[arg(long, value_name = "DIR")]
    cwd: Option<PathBuf>,

    /// What it is asked
    #[arg(last = true, required = true, value_name = "PROMPT")]
    prompt: Vec<String>,
}

/// The dialog inside the agent's own terminal.
#[derive(clap::Args)]
struct Launch {
    name: String,
    #[arg(long)]
    background: bool,
    #[arg(last = true)]
    prompt: Vec<String>,
}

impl Agent {
    pub(super) fn call(self, caller: &Caller) -> anyhow::Result<Ended> {
        match self.what {
            What::List(verb) => verb.call(caller).map(Ended::Verb),
            What::Run(verb) => verb.call(caller),
            What::Forget { name } => memory::forget(caller, &name).map(Ended::Verb),
            What::Launch(verb) => verb.call(caller).map(Ended::Verb),
        }
    }
}

impl Run {
    fn call(self, caller: &Caller) -> anyhow::Result<Ended> {
        let variable = |name: &str| std::env::var(name).ok();
        if let Some(name) = config::background_disabled_by(&variable).filter(|_| self.background) {
            return Err(exit::with_code(1, format!("background tasks are disabled by {name}")));
        }
        let cwd = self.cwd.as_deref().map_or_else(
            || Ok(caller::directory()),
            |dir| run::existing(dir).map(|bytes| PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())),
        )?;
        let plan = Plan::new(caller, &self.name, &self.prompt.join(" "), cwd)?;
        plan.check_program()?;
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let wanted = match self.stated(&plan)? {
            Some(wanted) => wanted,
            None if terminal => match ask::permissions(caller, &plan, self.wanted(Level::Ask))? {
                Some(wanted) => wanted,
                None => return Ok(Ended::Verb(exit::CANCELLED)),
            },
            None => return Err(self.unstated()),
        };
        let ready = plan.ready(&wanted)?;
        let order = wire::Run {
            argv: ready.argv.iter().map(|word| word.as_bytes().to_vec().into()).collect(),
            name: None,
            cwd: Some(plan.cwd.as_os_str().as_encoded_bytes().to_vec().into()),
            size: None,
            agent: Some(Box::new(ready.grant)),
        };
        let task = run::start(caller, order)?;
        if self.background || !terminal || std::env::var_os("ASIDE_TASK").is_some() {
            print::text(&format!("{}\n", task.id))?;
            return Ok(Ended::Verb(0));
        }
        attach::task(caller, task.id).map(Ended::Client)
    }

    fn wanted(&self, level: Level) -> Wanted {
        Wanted {
            level,
            allow: self.allow.clone(),
            deny: self.deny.clone(),
            fence: self.fence.unwrap_or_default(),
            writable: self.writable.clone(),
            ports: self.port.clone(),
        }
    }

    /// The permissions stated here, or as the profile's default.
    fn stated(&self, plan: &Plan) -> anyhow::Result<Option<Wanted>> {
        let listed = (!self.allow.is_empty()).then_some(Level::Listed);
        let level = self.permissions.or(listed).or(plan.found.profile.default);
        if level == Some(Level::Full) && self.fence.is_none() {
            return Err(exit::wrong(
                "full permissions without a fence must be stated twice: add --fence none, or --fence workspace",
            ));
        }
        Ok(level.map(|level| self.wanted(level)))
    }

    fn unstated(&self) -> anyhow::Error {
        let name = &self.name;
        exit::wrong(format!(
            "no terminal to ask for permissions: state them with --permissions ask, edits or full, or --allow CMD, or as \
             default = \"…\" under [agent.{name}] in config.toml"
        ))
    }
}

impl Launch {
    fn call(self, caller: &Caller) -> Verdict {
        let prompt = self.prompt.join(" ");
        let plan = Plan::new(caller, &self.name, &prompt, caller::directory())?;
        plan.check_program()?;
        let remembered = memory::recall(caller, &plan);
        let wanted = match remembered {
            Some(wanted) => wanted,
            None => {
                let first = plan.found.profile.levels().first().copied().unwrap_or(Level::Full);
                let level = plan.found.profile.default.unwrap_or(first);
                let (fence, none) = (Fence::None, vec![]);
                let wanted =
                    Wanted { level, allow: vec![], deny: vec![], fence, writable: none, ports: vec![] };
                match ask::permissions(caller, &plan, wanted)? {
                    Some(wanted) => wanted,
                    None => return Ok(exit::CANCELLED),
                }
            }
        };
        let ready = plan.ready(&wanted)?;
        let own = std::env::var("ASIDE_TASK").ok().and_then(|id| id.parse::<TaskId>().ok());
        let id =
            own.ok_or_else(|| exit::wrong("agent launch is for aside's own prompt; use aside agent run"))?;
        let (grant, background) = (Box::new(ready.grant), self.background);
        caller.start()?.request(Request::Granted { id, grant, background })?;
        let (program, words) = ready.argv.split_first().ok_or_else(|| exit::wrong("no command to run"))?;
        let error = Command::new(program).args(words).exec();
        Err(exit::with_code(127, format!("cannot start {program}: {error}")))
    }
}
