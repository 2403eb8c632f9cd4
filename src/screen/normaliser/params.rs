//! Numbers of a control sequence. Never more than it has room for; what is missing is 0.

const PARAMS_MAX: usize = 32;

/// The numbers between semicolons; subparameters are left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Params {
    numbers: [u16; PARAMS_MAX],
    count: usize,
}

impl Params {
    pub(super) fn parse(text: &[u8]) -> Self {
        let mut params = Self { numbers: [0; PARAMS_MAX], count: 0 };
        for part in text.split(|byte| *byte == b';').take(PARAMS_MAX) {
            if let Some(slot) = params.numbers.get_mut(params.count) {
                *slot = number(part);
            }
            params.count += 1;
        }
        params
    }

    /// Parameter `index`, 0 if it is not there.
    pub(super) fn get(&self, index: usize) -> u16 {
        self.numbers.get(index).copied().unwrap_or(0)
    }

    /// Parameter `index`, where 0 and nothing mean `default`.
    pub(super) fn or(&self, index: usize, default: u16) -> u16 {
        match self.get(index) {
            0 => default,
            number => number,
        }
    }

    /// All of them; at least one.
    pub(super) fn iter(&self) -> impl Iterator<Item = u16> {
        self.numbers.iter().copied().take(self.count)
    }
}

/// The number at the start of some text, at most 65535.
pub(super) fn number(text: &[u8]) -> u16 {
    text.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0u16, |number, digit| number.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_with_their_defaults() {
        let params = Params::parse(b"1;;99999999;4:3");
        assert_eq!(params.iter().collect::<Vec<_>>(), [1, 0, 65535, 4]);
        assert_eq!((params.or(1, 7), params.or(9, 7), params.get(9)), (7, 7, 0));
        assert_eq!(Params::parse(b"").iter().collect::<Vec<_>>(), [0]);
        assert_eq!(Params::parse(&[b';'; 100]).iter().count(), PARAMS_MAX);
    }
}
