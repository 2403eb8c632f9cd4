//! Does what users want: lines of the prompt, keys for programs, moves between foreground and background.

use super::{ClientId, Effect, Now, Server, Want, shell};
use crate::{
    config::background_disabled_by,
    key::{self, Encoding, Key, Paste, Press},
    log::Octets,
    prompt::{self, Command, Line, Prompting},
    protocol::client::{Farewell, Mouse, Place, ToClient, ToServer},
    session::{Moved, Order, Pane, Refusal},
    task::{State, TaskId},
    viewer::{Arrange, Intent, World},
};

impl Server {
    /// Input of an attached client.
    pub(super) fn input(&mut self, now: Now, client: ClientId, input: ToServer, effects: &mut Vec<Effect>) {
        let intents = self.with_viewer(now, client, |viewer, world| match &input {
            ToServer::Key { key, press } => viewer.key(*key, *press, world),
            ToServer::Paste(text) => viewer.paste(text, world),
            ToServer::Mouse(mouse) => viewer.mouse(*mouse, world),
            ToServer::Focus(focused) => {
                viewer.focused = *focused;
                vec![]
            }
            ToServer::Resize(size) => {
                viewer.resize(*size);
                vec![]
            }
            _ => vec![],
        });
        match input {
            ToServer::Redraw => return self.redraw(client),
            ToServer::Start { argv } => return self.start_words(now, client, argv, effects),
            ToServer::Foreground(id) => return self.intend(now, client, Intent::Foreground(id), effects),
            ToServer::Ack(serial) => return self.acknowledged(now, client, serial),
            ToServer::Resize(_) => self.fit(client, effects),
            ToServer::Key { .. } => self.pressed(now, client),
            _ => {}
        }
        let typed = matches!(intents.as_slice(), [Intent::Type(..) | Intent::Mouse(_)]);
        if !typed {
            self.touch(client);
        }
        for intent in intents {
            self.intend(now, client, intent, effects);
        }
    }

    /// Calls something with a viewer and what it needs to know of the world.
    pub(super) fn with_viewer<T: Default>(
        &mut self,
        now: Now,
        client: ClientId,
        call: impl FnOnce(&mut crate::viewer::Viewer, &World<'_>) -> T,
    ) -> T {
        let viewer = self.viewers.get(&client).map(|(viewer, _)| viewer);
        let front = viewer.and_then(|viewer| viewer.task_in_pane(&self.session));
        let modes = front.and_then(|task| Some(self.screens.get(&task.id())?.screen().modes()));
        let keys = &self.settings.config.keys;
        let passthrough = front.is_some_and(|task| keys.passes_through(&task.spec.command));
        let world = World {
            session: &self.session,
            keymap: &self.settings.keymap,
            alternate: modes.is_some_and(|modes| modes.alternate_screen),
            mouse: modes.is_some_and(|modes| modes.mouse != crate::screen::MouseMode::Off),
            passthrough,
            now: now.instant,
        };
        match self.viewers.get_mut(&client) {
            Some((viewer, _)) => call(viewer, &world),
            None => T::default(),
        }
    }

    pub(super) fn intend(&mut self, now: Now, client: ClientId, intent: Intent, effects: &mut Vec<Effect>) {
        let done = match intent {
            Intent::Submit(line) => self.submit(now, client, &line, effects),
            Intent::Remember(entry) => {
                effects.push(Effect::SaveHistory(entry));
                Ok(())
            }
            Intent::Complete(before) => {
                self.complete(client, before, effects);
                Ok(())
            }
            Intent::Type(key, press) => {
                self.type_key(now, client, key, press, effects);
                Ok(())
            }
            Intent::Paste(text) => {
                self.type_paste(now, client, &text, effects);
                Ok(())
            }
            Intent::Mouse(mouse) => {
                self.type_mouse(client, mouse, effects);
                Ok(())
            }
            Intent::Background => self.background(Moved::Key, effects),
            Intent::Foreground(id) => self.foreground(now, client, id, effects),
            Intent::ForegroundNext => self.foreground_next(now, client, effects),
            Intent::Continue(id) => self
                .with_session(effects, |session, changes| session.signal(id, libc::SIGCONT, "you", changes)),
            Intent::Stop(id) => self.stop_task(now, id, "you", effects),
            Intent::Rerun(id) => self.rerun(now, client, id, effects),
            Intent::Reply(id, line) => self.reply(now, id, line, effects),
            Intent::Rename(id, name) => {
                self.with_session(effects, |session, changes| session.rename(id, &name, changes))
            }
            Intent::Remove(id) => {
                let done = self.with_session(effects, |session, changes| session.remove(id, changes));
                done.map(|()| self.drop_screen(id))
            }
            Intent::See(ids) => {
                self.with_session(effects, |session, changes| session.see(&ids, changes));
                Ok(())
            }
            Intent::Read { task, purpose, range, count, look } => {
                effects.push(Effect::Read(Want { client, task, purpose, lines: range, count, look }));
                Ok(())
            }
            Intent::Arrange(arrange) => self.arrange(now, client, arrange, effects),
            save @ (Intent::Save { .. } | Intent::Open { .. }) => self.export(client, save, effects),
            Intent::Copy(selection) => {
                self.copy(client, selection, effects);
                Ok(())
            }
            Intent::Redraw => {
                self.redraw(client);
                Ok(())
            }
            Intent::Detach => {
                self.say_goodbye(client, effects);
                Ok(())
            }
            Intent::StopAllAndLeave => {
                self.stop_all(now, effects);
                self.say_goodbye(client, effects);
                Ok(())
            }
        };
        if let Err(Refusal(text)) = done {
            self.tell(client, text);
        }
    }

    /// One line for one user.
    pub(super) fn tell(&mut self, client: ClientId, text: String) {
        if let Some((viewer, _)) = self.viewers.get_mut(&client) {
            viewer.message = Some(text);
        }
        self.touch(client);
    }

    fn submit(
        &mut self,
        now: Now,
        client: ClientId,
        line: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let default = &self.settings.config.prompt.default;
        let parsed = prompt::parse(line, Prompting { default, exists: &self.settings.exists });
        match parsed {
            Line::Empty => {}
            Line::Shell { line, background: false } => self.start(now, client, &line, None, effects),
            Line::Shell { line, background: true } => {
                self.allow_background()?;
                self.start(now, client, &line, Some(Moved::Started), effects);
            }
            Line::Agent { name, prompt, background } => {
                let started = self.start_agent(now, client, (&name, &prompt), background, effects);
                if let Err(Refusal(reason)) = started {
                    self.refuse(line, &reason, effects);
                }
            }
            Line::Wrong(reason) => self.refuse(line, &reason, effects),
            Line::Command(command) => return self.command(now, client, command, effects),
        }
        Ok(())
    }

    /// What was typed and why nothing came of it, in the main view: the line is kept in the history.
    fn refuse(&mut self, line: &str, reason: &str, effects: &mut Vec<Effect>) {
        let text = format!("{line}: {reason}");
        self.with_session(effects, |session, changes| session.say(text, changes));
    }

    fn command(
        &mut self,
        now: Now,
        client: ClientId,
        command: Command,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let intents = match command {
            Command::Tasks => self.with_viewer(now, client, |viewer, world| viewer.open_tasks(world.session)),
            Command::Agents => {
                self.list_agents(now, client, effects);
                vec![]
            }
            Command::Help | Command::Keys => self.with_viewer(now, client, |viewer, _| {
                viewer.open_help(crate::action::Context::Prompt);
                vec![]
            }),
            Command::Foreground(Some(id)) => vec![Intent::Foreground(id)],
            Command::Foreground(None) => vec![Intent::ForegroundNext],
            Command::Background(id) => return self.bg(id, effects),
            Command::Output(id) => {
                let id = self.or_newest(id)?;
                self.with_viewer(now, client, |viewer, _| viewer.open_review(id))
            }
            Command::Stop(ids) => ids.into_iter().map(Intent::Stop).collect(),
            Command::Rerun(id) => vec![Intent::Rerun(id)],
            Command::Rename(id, name) => vec![Intent::Rename(id, name)],
            Command::Split => vec![Intent::Arrange(Arrange::Shell(Pane::Main))],
            Command::Detach => vec![Intent::Detach],
            Command::Quit => self.with_viewer(now, client, |viewer, world| viewer.quit(world)),
        };
        for intent in intents {
            self.intend(now, client, intent, effects);
        }
        Ok(())
    }

    /// The named task, else the newest one.
    fn or_newest(&self, id: Option<TaskId>) -> Result<TaskId, Refusal> {
        let newest = || self.session.tasks().next_back().map(crate::session::Task::id);
        let id = id.or_else(newest).ok_or_else(|| Refusal("there are no tasks yet".into()))?;
        self.session.require(id).map(crate::session::Task::id)
    }

    /// `/bg`: the foreground task, or a paused one, goes on in the background.
    fn bg(&mut self, id: Option<TaskId>, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        let front = self.session.front();
        let paused = || {
            let mut paused = self.session.living().filter(|task| task.state() == State::Paused);
            paused.next_back().map(crate::session::Task::id)
        };
        let nothing = || Refusal("nothing is paused or in the foreground".into());
        let id = id.or(front).or_else(paused).ok_or_else(nothing)?;
        if front == Some(id) {
            self.background(Moved::Key, effects)?;
        }
        if self.session.require(id)?.state() == State::Paused {
            self.with_session(effects, |session, changes| session.signal(id, libc::SIGCONT, "you", changes))?;
        }
        Ok(())
    }

    /// Starts a line of the prompt, in the foreground unless `background`.
    pub(super) fn start(
        &mut self,
        now: Now,
        client: ClientId,
        line: &str,
        background: Option<Moved>,
        effects: &mut Vec<Effect>,
    ) {
        let place = self.session.place().cloned().unwrap_or_default();
        let init = self.settings.config.prompt.init.as_deref();
        let argv = shell::argv(&place, &Octets::from(line), init, background.is_none());
        self.order(now, client, argv, line.to_owned(), place, background, effects);
    }

    /// `aside -- CMD`: one word is a line for the shell, several are executed as they are.
    fn start_words(
        &mut self,
        now: Now,
        client: ClientId,
        argv: Vec<serde_bytes::ByteBuf>,
        effects: &mut Vec<Effect>,
    ) {
        let words: Vec<Octets> = argv.into_iter().map(|word| Octets(word.into_vec())).collect();
        let command = shell::display(&words);
        match words.as_slice() {
            [] => {}
            [line] if !shell::is_program(line) => self.start(now, client, &command, None, effects),
            _ => {
                let place = self.session.place().cloned().unwrap_or_default();
                self.order(now, client, words, command, place, None, effects);
            }
        }
    }

    /// Runs an order for a client.
    #[expect(clippy::too_many_arguments, reason = "an order has this many parts")]
    pub(super) fn order(
        &mut self,
        now: Now,
        client: ClientId,
        argv: Vec<Octets>,
        command: String,
        place: Place,
        background: Option<Moved>,
        effects: &mut Vec<Effect>,
    ) -> TaskId {
        if background.is_none() && self.session.foreground().is_some() {
            // Another client started one meanwhile: it steps aside, nothing is lost.
            let _front = self.background(Moved::Key, effects);
        }
        let order = Order {
            argv,
            command,
            name: None,
            place,
            size: self.task_size(client),
            background,
            who: "you".into(),
            agent: None,
        };
        let id = self.with_session(effects, |session, changes| session.order(order, now.ms, changes));
        if background.is_none() {
            self.front.begin(now.instant);
        }
        for (viewer, _) in self.viewers.values_mut() {
            viewer.scroll = 0;
        }
        id
    }

    /// Refuses what `CLAUDE_CODE_DISABLE_BACKGROUND_TASKS` and its like turn off.
    pub(super) fn allow_background(&self) -> Result<(), Refusal> {
        let variable = |name: &str| self.session.place().and_then(|place| shell::variable(place, name));
        match background_disabled_by(&variable) {
            Some(name) => Err(Refusal(format!("background tasks are disabled by {name}"))),
            None => Ok(()),
        }
    }

    /// Sends the foreground task to the background.
    pub(super) fn background(&mut self, moved: Moved, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        self.allow_background()?;
        self.with_session(effects, |session, changes| session.background(moved, changes))?;
        Ok(())
    }

    fn foreground(
        &mut self,
        now: Now,
        client: ClientId,
        id: TaskId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.with_session(effects, |session, changes| session.bring(id, changes))?;
        self.front.begin(now.instant);
        self.fit(client, effects);
        Ok(())
    }

    fn foreground_next(
        &mut self,
        now: Now,
        client: ClientId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let front = self.session.front();
        let moved = self.session.feed().iter().rev().flat_map(crate::session::Entry::tasks);
        let living = |id: &TaskId| {
            Some(*id) != front && self.session.task(*id).is_some_and(|task| !task.state().ended())
        };
        let next = moved.into_iter().find(living);
        let id = next.ok_or_else(|| Refusal("no task runs in the background".into()))?;
        self.foreground(now, client, id, effects)
    }

    fn rerun(
        &mut self,
        now: Now,
        client: ClientId,
        id: TaskId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let spec = self.session.require(id)?.spec.clone();
        let mut place = self.session.place().cloned().unwrap_or_default();
        place.cwd = serde_bytes::ByteBuf::from(spec.cwd.0);
        self.order(now, client, spec.argv, spec.command, place, Some(Moved::Started), effects);
        Ok(())
    }

    fn stop_all(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let living: Vec<TaskId> = self.session.living().map(crate::session::Task::id).collect();
        for id in living {
            // One that ended meanwhile needs no stopping.
            let _ended = self.stop_task(now, id, "you", effects);
        }
    }

    fn say_goodbye(&mut self, client: ClientId, effects: &mut Vec<Effect>) {
        let running = self.session.living().filter(|task| task.stopping.is_none()).count();
        let text = match running {
            0 => String::new(),
            1 => "1 task keeps running; aside brings you back".to_owned(),
            _ => format!("{running} tasks keep running; aside brings you back"),
        };
        effects.push(Effect::Send(client, ToClient::Bye(Farewell::Detached(text))));
        effects.push(Effect::Close(client));
        self.gone(client, effects);
    }

    /// How a task's program asked for its keys.
    pub(super) fn encoding(&self, id: TaskId) -> Encoding {
        let modes = self.screens.get(&id).map(|live| live.screen().modes()).unwrap_or_default();
        Encoding {
            application_cursor: modes.application_cursor,
            application_keypad: modes.application_keypad,
            newline: modes.newline,
            backspace_is_bs: modes.backarrow,
            modify_other_keys: modes.modify_other_keys,
            kitty_flags: modes.kitty_keyboard,
        }
    }

    /// Types a line and Return into a task's terminal, wherever it is.
    fn reply(
        &mut self,
        now: Now,
        id: TaskId,
        line: String,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let task = self.session.require(id)?;
        if task.state().ended() {
            return Err(Refusal(format!(
                "task {id} has ended ({}); nothing reads its terminal",
                task.state()
            )));
        }
        let enter = Key { code: key::Code::Enter, mods: key::Mods::NONE };
        let mut bytes = line.into_bytes();
        bytes.extend(key::encode(enter, Press::Down, &self.encoding(id)));
        self.stir(now, id);
        effects.push(Effect::Input { task: id, reply: None, bytes });
        Ok(())
    }

    /// A task is typed to: what was seen of it before does not hold any more.
    pub(super) fn stir(&mut self, now: Now, id: TaskId) {
        self.session.typed(id);
        self.watch.stirred(id, now.instant);
    }

    fn type_bytes(&mut self, now: Now, task: TaskId, bytes: Vec<u8>, effects: &mut Vec<Effect>) {
        if self.session.front() == Some(task) {
            self.front.typed(now.instant);
        }
        self.stir(now, task);
        if !bytes.is_empty() {
            effects.push(Effect::Input { task, reply: None, bytes });
        }
    }

    fn type_key(&mut self, now: Now, client: ClientId, key: Key, press: Press, effects: &mut Vec<Effect>) {
        let Some(id) = self.typed_to(client) else { return };
        let bytes = key::encode(key, press, &self.encoding(id));
        self.type_bytes(now, id, bytes, effects);
    }

    fn type_paste(&mut self, now: Now, client: ClientId, text: &str, effects: &mut Vec<Effect>) {
        let Some(id) = self.typed_to(client) else { return };
        let bracketed = self.screens.get(&id).is_some_and(|live| live.screen().modes().bracketed_paste);
        let bytes = Paste::clean(text.as_bytes()).bytes(bracketed);
        self.type_bytes(now, id, bytes, effects);
    }

    fn type_mouse(&mut self, client: ClientId, mouse: Mouse, effects: &mut Vec<Effect>) {
        let Some(id) = self.typed_to(client) else { return };
        let Some(live) = self.screens.get(&id) else { return };
        if mouse.row >= live.screen().size().rows {
            return;
        }
        let bytes = super::mouse::encode(mouse, &live.screen().modes(), &self.encoding(id));
        if !bytes.is_empty() {
            effects.push(Effect::Input { task: id, reply: None, bytes });
        }
    }
}
