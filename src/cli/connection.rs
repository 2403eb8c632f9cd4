//! A verb's side of the client protocol: hello, a request, its answer. Blocking, with a deadline for everything
//! but a task's end. Never retries by itself: it does not know which requests may be made twice.

use super::{
    caller,
    limits::{ANSWER_DEADLINE, GREETING_DEADLINE},
};
use crate::protocol::client::{
    Failure, Farewell, Hello, Request, Response, ToClient, ToServer, VERSION, body_length, decode, encode,
};
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

/// A greeted connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    serial: u64,
    /// Process id of the server.
    pub(super) pid: u32,
    /// Its program version.
    pub(super) program: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// It said nothing in time.
    #[error(
        "the server does not answer; aside server status tells whether it runs, kill its pid if it is stuck"
    )]
    Silent,
    /// The connection ended.
    #[error("the server ended before it answered; try again, the tasks run on")]
    Lost,
    /// It says something else.
    #[error("the server does not speak this protocol: {0}")]
    Nonsense(String),
}

impl Connection {
    /// Says hello.
    pub(super) fn greet(stream: UnixStream) -> anyhow::Result<Self> {
        let deadline = after(GREETING_DEADLINE);
        let mut connection = Self { stream, serial: 0, pid: 0, program: String::new() };
        connection.send(&ToServer::Hello(Hello {
            version: VERSION,
            viewer: None,
            place: caller::place(),
        }))?;
        match connection.receive(Some(deadline))? {
            ToClient::Hello { program, pid, .. } => Ok(Self { pid, program, ..connection }),
            message => Err(unexpected(message)),
        }
    }

    /// Asks for something that is done at once.
    pub(super) fn request(&mut self, request: Request) -> anyhow::Result<Response> {
        self.request_until(request, Some(after(ANSWER_DEADLINE)))
    }

    /// Asks, and waits for the answer until a moment, or for as long as it takes.
    pub(super) fn request_until(
        &mut self,
        request: Request,
        deadline: Option<Instant>,
    ) -> anyhow::Result<Response> {
        self.serial += 1;
        let asked = self.serial;
        let sent = self.send(&ToServer::Request { serial: asked, request });
        loop {
            // a server that refuses us says so before it closes the connection
            match self.receive(deadline) {
                Ok(ToClient::Response { serial, result }) if serial == asked => return Ok(result?),
                Ok(ToClient::Response { .. } | ToClient::Frame { .. }) => {}
                Ok(message) => return Err(unexpected(message)),
                Err(error) => return Err(sent.err().unwrap_or(error)),
            }
        }
    }

    /// Waits until the server closes the connection.
    pub(super) fn wait_for_end(&mut self, patience: Duration) -> anyhow::Result<()> {
        let deadline = after(patience);
        loop {
            match self.receive(Some(deadline)) {
                Ok(_) => {}
                Err(error) if matches!(error.downcast_ref(), Some(NoAnswer::Lost)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn send(&mut self, message: &ToServer) -> anyhow::Result<()> {
        let bytes = encode(message)?;
        self.stream.set_write_timeout(Some(ANSWER_DEADLINE))?;
        Ok(self.stream.write_all(&bytes).map_err(|error| NoAnswer::of(&error))?)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> anyhow::Result<ToClient> {
        let mut header = [0; 4];
        self.read(&mut header, deadline)?;
        let nonsense = |error: &dyn std::error::Error| NoAnswer::Nonsense(error.to_string());
        let mut body = vec![0; body_length(header).map_err(|error| nonsense(&error))?];
        self.read(&mut body, deadline)?;
        Ok(decode(&body).map_err(|error| nonsense(&error))?)
    }

    /// Fills the buffer, however slowly the bytes come.
    fn read(&mut self, buffer: &mut [u8], deadline: Option<Instant>) -> anyhow::Result<()> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let left = deadline.map(until);
            if left.is_some_and(|left| left.is_zero()) {
                return Err(NoAnswer::Silent.into());
            }
            self.stream.set_read_timeout(left)?;
            match self.stream.read(rest) {
                Ok(0) => return Err(NoAnswer::Lost.into()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(NoAnswer::of(&error).into()),
            }
        }
        Ok(())
    }
}

impl NoAnswer {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Silent,
            _ => Self::Lost,
        }
    }
}

/// Whether asking another server may help.
pub(super) fn is_lost(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(NoAnswer::Lost))
}

/// Whether the deadline passed without an answer.
pub(super) fn is_silent(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(NoAnswer::Silent))
}

/// A server that ends the connection says why.
fn unexpected(message: ToClient) -> anyhow::Error {
    match message {
        ToClient::Bye(Farewell::Refused(text)) => Failure { code: super::exit::WRONG, message: text }.into(),
        ToClient::Bye(_) => NoAnswer::Lost.into(),
        _ => NoAnswer::Nonsense("an answer nobody asked for".into()).into(),
    }
}

/// So long from now.
#[expect(clippy::disallowed_methods, reason = "verbs are drivers: they wait with deadlines")]
pub(super) fn after(wait: Duration) -> Instant {
    Instant::now() + wait
}

/// How long it is until a moment; zero when it has passed.
#[expect(clippy::disallowed_methods, reason = "verbs are drivers: they wait with deadlines")]
pub(super) fn until(moment: Instant) -> Duration {
    moment.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// A server that has the given messages and reads everything.
    fn serve(messages: Vec<ToClient>) -> (UnixStream, thread::JoinHandle<()>) {
        let (mut server, client) = UnixStream::pair().unwrap();
        let thread = thread::spawn(move || {
            for message in messages {
                // one byte at a time: an answer may come in pieces
                encode(&message).unwrap().chunks(1).for_each(|byte| server.write_all(byte).unwrap());
            }
            let mut rest = vec![];
            server.shutdown(std::net::Shutdown::Write).unwrap();
            let _closed = server.read_to_end(&mut rest);
        });
        (client, thread)
    }

    fn hello() -> ToClient {
        ToClient::Hello { version: VERSION, program: "1.2.3".into(), pid: 7 }
    }

    #[test]
    fn an_answer_is_that_to_our_request() {
        let answer = |serial| ToClient::Response { serial, result: Ok(Response::Done) };
        let (stream, _thread) = serve(vec![hello(), answer(9), answer(1)]);
        let mut connection = Connection::greet(stream).unwrap();
        assert_eq!((connection.pid, connection.program.as_str()), (7, "1.2.3"));
        assert_eq!(connection.request(Request::List).unwrap(), Response::Done);
        assert!(is_lost(&connection.request(Request::List).unwrap_err()));
    }

    #[test]
    fn a_server_of_another_version_says_so_in_its_own_words() {
        let bye = ToClient::Bye(Farewell::Refused("too old".into()));
        let (stream, _thread) = serve(vec![hello(), bye]);
        let error = Connection::greet(stream).unwrap().request(Request::List).unwrap_err();
        assert_eq!(error.to_string(), "too old");
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up_at_the_deadline() {
        let (_server, client) = UnixStream::pair().unwrap();
        let mut connection = Connection { stream: client, serial: 0, pid: 0, program: String::new() };
        let error =
            connection.request_until(Request::List, Some(after(Duration::from_millis(20)))).unwrap_err();
        assert!(error.to_string().contains("does not answer"), "{error}");
    }

    #[test]
    fn garbage_is_told_and_never_allocated_for() {
        let (mut server, client) = UnixStream::pair().unwrap();
        server.write_all(b"HTTP/1.1 400 Bad Request").unwrap();
        let error = Connection::greet(client).unwrap_err().to_string();
        assert!(error.contains("does not speak this protocol"), "{error}");
    }
}
