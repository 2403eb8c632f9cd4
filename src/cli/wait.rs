//! `aside wait`: until tasks have ended.

use super::{
    caller::Caller,
    connection::{self, Connection},
    exit::{self, Verdict},
    find,
    limits::{LASTING, LOSSES_MAX},
};
use crate::{
    config,
    protocol::client::{Request, Response, Until},
};
use clap::Args;
use std::time::Duration;

/// Wait for the end of tasks; exits with the first code that is not 0
#[derive(Args)]
pub(super) struct Wait {
    /// Numbers or names
    #[arg(required = true, value_name = "ID")]
    tasks: Vec<String>,
    /// Give up after this time (10s, 5m); exits with 124
    #[arg(long, value_name = "TIME", value_parser = time)]
    timeout: Option<Duration>,
}

impl Wait {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ids = find::tasks(caller, &self.tasks)?;
        let Some(server) = caller.open()? else {
            return Err(find::none(ids.first().copied().unwrap_or(crate::task::TaskId(0))));
        };
        let request = Request::Wait { ids, until: Until::Exit, timeout_ms: None };
        match patiently(caller, server, &request, self.timeout)? {
            Response::Tasks(tasks) => Ok(exit::of_tasks(&tasks)),
            other => Err(find::surprise(&other)),
        }
    }
}

/// Asks for something that comes about some day, also when the server dies meanwhile: the tasks outlive it.
pub(super) fn patiently(
    caller: &Caller,
    mut server: Connection,
    request: &Request,
    timeout: Option<Duration>,
) -> anyhow::Result<Response> {
    let end = timeout.map(connection::after);
    let mut losses = 0;
    loop {
        let mut request = request.clone();
        if let (Request::Wait { timeout_ms, .. }, Some(end)) = (&mut request, end) {
            *timeout_ms = u64::try_from(connection::until(end).as_millis()).ok();
        }
        let lasting = connection::after(LASTING);
        let lost = match server.request_until(request, None) {
            Err(error) if connection::is_lost(&error) => error,
            answer => return answer,
        };
        losses = if connection::until(lasting).is_zero() { 0 } else { losses + 1 };
        if losses > LOSSES_MAX {
            return Err(lost);
        }
        server = caller.start()?;
    }
}

fn time(text: &str) -> Result<Duration, String> {
    config::duration(text).ok_or_else(|| format!("'{text}' is no time; try 500ms, 30s, 5m"))
}
