//! One cell as others see it: text, width, colours, attributes, link. Never holds a control character.
//!
//! Our own types, so that nothing outside `screen/` names vt100.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::borrow::Cow;

/// A colour a program asked for. In JSON: `"default"`, a palette number, or `"#rrggbb"`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Default,
    /// Of the 256-colour palette.
    Index(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Default => serializer.serialize_str("default"),
            Self::Index(index) => serializer.serialize_u8(index),
            Self::Rgb(r, g, b) => serializer.collect_str(&format_args!("#{r:02x}{g:02x}{b:02x}")),
        }
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Index(u8),
            Name(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Index(index) => Ok(Self::Index(index)),
            Form::Name(name) if name == "default" => Ok(Self::Default),
            Form::Name(name) => parse_hex(&name).ok_or_else(|| D::Error::custom("not a colour")),
        }
    }
}

fn parse_hex(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some(Colour::Rgb(r, g, b))
}

/// A set of on/off attributes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Attributes(u16);

impl Attributes {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// Bold or brighter.
    pub const BOLD: Self = Self(1);
    /// Faint.
    pub const DIM: Self = Self(1 << 1);
    /// Italic.
    pub const ITALIC: Self = Self(1 << 2);
    /// Underlined in any style; which one is [`Cell::underline`].
    pub const UNDERLINE: Self = Self(1 << 3);
    /// Foreground and background swapped.
    pub const INVERSE: Self = Self(1 << 4);
    /// Crossed out.
    pub const STRIKE: Self = Self(1 << 5);
    /// Blinking, slow or fast.
    pub const BLINK: Self = Self(1 << 6);
    /// Concealed: takes its place, is not readable.
    pub const CONCEAL: Self = Self(1 << 7);
    /// A line above.
    pub const OVERLINE: Self = Self(1 << 8);

    const NAMES: [(Self, &'static str); 9] = [
        (Self::BOLD, "bold"),
        (Self::DIM, "dim"),
        (Self::ITALIC, "italic"),
        (Self::UNDERLINE, "underline"),
        (Self::INVERSE, "inverse"),
        (Self::STRIKE, "strike"),
        (Self::BLINK, "blink"),
        (Self::CONCEAL, "conceal"),
        (Self::OVERLINE, "overline"),
    ];

    /// Whether all of `other` are in the set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The set with `other` if `on`, else unchanged.
    #[must_use]
    pub const fn and_if(self, on: bool, other: Self) -> Self {
        if on { self.with(other) } else { self }
    }

    /// Names of the attributes in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(one, _)| self.has(*one)).map(|(_, name)| name)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    /// Unknown names are ignored, so that an older reader can read a newer snapshot.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let known = Self::NAMES.into_iter().filter(|(_, name)| names.iter().any(|given| given == name));
        Ok(known.fold(Self::NONE, |set, (one, _)| set.with(one)))
    }
}

/// How text is underlined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Underline {
    /// Not at all.
    #[default]
    None,
    /// One line.
    Single,
    /// Two lines.
    Double,
    /// A wave.
    Curly,
    /// Dots.
    Dotted,
    /// Dashes.
    Dashed,
}

/// One cell of a screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cell<'a> {
    pub(super) text: Cow<'a, str>,
    /// Columns it takes: 2 for a wide character, 0 for the right half of one, else 1.
    pub width: u8,
    /// Colour of the text.
    pub fg: Colour,
    /// Colour behind it.
    pub bg: Colour,
    /// On/off attributes.
    pub attributes: Attributes,
    /// Style of the underline, if [`Attributes::UNDERLINE`] is set.
    pub underline: Underline,
    /// Colour of the underline; default is the text's.
    pub underline_colour: Colour,
    /// Target of the hyperlink it belongs to: printable ASCII, one of a few schemes.
    pub link: Option<&'a str>,
}

impl Cell<'_> {
    /// Its text: one character with its combining ones, or empty for a cell nothing was written to and for the
    /// right half of a wide character.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_attributes_survive_json() {
        let check = |colour: Colour, json: &str| {
            assert_eq!(serde_json::to_string(&colour).unwrap(), json);
            assert_eq!(serde_json::from_str::<Colour>(json).unwrap(), colour);
        };
        check(Colour::Default, r#""default""#);
        check(Colour::Index(7), "7");
        check(Colour::Rgb(1, 2, 255), r##""#0102ff""##);
        let set = Attributes::BOLD.with(Attributes::STRIKE);
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["bold","strike"]"#);
        assert_eq!(serde_json::from_str::<Attributes>(r#"["bold","strike","new"]"#).unwrap(), set);
    }
}
