//! Environment variables that coding agents' users already know. Never reads the environment itself: the
//! variables are those of the session when a task starts, so that `export` at the prompt works.

use super::Config;
use std::time::Duration;

/// How long a foreground task runs before it moves to the background by itself; `None` is never.
///
/// `BASH_DEFAULT_TIMEOUT_MS`, in milliseconds, goes before `background.after`; 0 turns it off; what is no
/// number is as if it were not set.
pub fn auto_background_after(variable: &dyn Fn(&str) -> Option<String>, config: &Config) -> Option<Duration> {
    match variable("BASH_DEFAULT_TIMEOUT_MS").and_then(|value| value.trim().parse::<u64>().ok()) {
        Some(0) => None,
        Some(millis) => Some(Duration::from_millis(millis)),
        None => config.background.after,
    }
}

/// The variable that turns off background tasks, if one does.
pub fn background_disabled_by(variable: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    ["CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "ASIDE_DISABLE_BACKGROUND_TASKS"].into_iter().find(|name| {
        variable(name).is_some_and(|value| {
            !matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_goes_before_the_configured_time() {
        let after = |value: Option<&str>| {
            auto_background_after(
                &|name| value.filter(|_| name == "BASH_DEFAULT_TIMEOUT_MS").map(str::to_owned),
                &Config::default(),
            )
        };
        assert_eq!(after(None), Some(Duration::from_secs(120)));
        assert_eq!(after(Some("5000")), Some(Duration::from_secs(5)));
        assert_eq!(after(Some("0")), None);
        assert_eq!(after(Some("soon")), Some(Duration::from_secs(120)));
    }

    #[test]
    fn either_variable_turns_background_tasks_off_and_is_named() {
        for (name, value, disabled) in [
            ("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1", true),
            ("ASIDE_DISABLE_BACKGROUND_TASKS", "1", true),
            ("ASIDE_DISABLE_BACKGROUND_TASKS", "true", true),
            ("ASIDE_DISABLE_BACKGROUND_TASKS", "0", false),
            ("ASIDE_DISABLE_BACKGROUND_TASKS", "", false),
            ("OTHER", "1", false),
        ] {
            let found = background_disabled_by(&|asked| (asked == name).then(|| value.to_owned()));
            assert_eq!(found, disabled.then_some(name), "{name}={value}");
        }
    }
}
