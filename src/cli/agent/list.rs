//! `agent list`.

use super::super::{
    caller::{self, Caller},
    exit::Verdict,
    print,
    table::{self, Align},
};
use super::plan;
use crate::{
    agent,
    store::{self, Whence},
};
use serde::Serialize;

#[derive(clap::Args)]
pub(super) struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    program: Option<String>,
    version: Option<String>,
    permissions: Vec<&'static str>,
    install: String,
}

impl List {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (profiles, problems) = agent::load(&store::agent_config(&caller.paths.config));
        problems.iter().for_each(|problem| print::complain(problem));
        let whence = Whence::of(&caller::place());
        let rows: Vec<Row> = profiles
            .into_iter()
            .map(|(name, profile)| {
                let bin = store::program(&profile, &whence);
                Row {
                    name,
                    version: bin.as_deref().and_then(|bin| plan::version(bin).ok().flatten()),
                    program: bin.map(|bin| bin.display().to_string()),
                    permissions: profile.levels().iter().map(|level| level.name()).collect(),
                    title: profile.title,
                    install: profile.install,
                }
            })
            .collect();
        if self.json {
            print::json(&rows)?;
            return Ok(0);
        }
        let header = [
            ("NAME", Align::Left),
            ("VERSION", Align::Left),
            ("PERMISSIONS", Align::Left),
            ("PROGRAM", Align::Left),
        ];
        let cells = rows.into_iter().map(|row| {
            let program = row.program.unwrap_or_else(|| match row.install.as_str() {
                "" => "not found".to_owned(),
                line => format!("not found; {line}"),
            });
            [row.name, row.version.unwrap_or_else(|| "-".to_owned()), row.permissions.join(" "), program]
        });
        print::text(&table::render(header, &cells.collect::<Vec<_>>()))?;
        Ok(0)
    }
}
