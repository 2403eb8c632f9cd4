//! xterm's default colours of the 256-colour palette. Never what a program or a user set.

/// The 16 named colours.
const NAMED: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// Red, green and blue of a palette entry: 16 named ones, a 6×6×6 cube, a ramp of greys.
pub fn palette(index: u8) -> [u8; 3] {
    let cube = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match index {
        0..16 => NAMED.get(usize::from(index)).copied().unwrap_or_default(),
        16..232 => {
            let index = index - 16;
            [cube(index / 36), cube(index / 6 % 6), cube(index % 6)]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}
