//! How panes share the main view: a tree of splits. Pure geometry; never knows what a pane shows beyond whose it is.
//!
//! One pane is the main view itself (transcript and prompt, and the task in the foreground); every other one shows a task.
//! Areas tile the whole exactly, one column or row between two panes being the border (a property test).

use crate::task::TaskId;
use serde::{Deserialize, Serialize};

/// What a pane shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub enum Pane {
    /// The main view: transcript, foreground task, prompt.
    #[default]
    Main,
    /// A task's screen.
    Task(TaskId),
}

/// Where something lies in the terminal: rows and columns from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Area {
    /// First row.
    pub row: u16,
    /// First column.
    pub col: u16,
    /// Rows.
    pub rows: u16,
    /// Columns.
    pub cols: u16,
}

/// Which way panes lie beside each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Axis {
    /// Side by side: a column between them.
    Across,
    /// One above the other: a row between them.
    Down,
}

/// A way to go from a pane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// The panes of a session.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Layout {
    root: Node,
    /// This one fills everything for now.
    zoomed: Option<Pane>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Node {
    Leaf(Pane),
    Split {
        axis: Axis,
        /// Thousandths of the room that the first one has.
        share: u16,
        first: Box<Node>,
        second: Box<Node>,
    },
}

impl Default for Node {
    fn default() -> Self {
        Self::Leaf(Pane::Main)
    }
}

/// Half of the room.
const HALF: u16 = 500;
/// Thousandths moved by one step of resizing.
const STEP: u16 = 50;
/// The least and the most of the room that one side has.
const SHARES: (u16, u16) = (100, 900);
/// Rows and columns a pane must keep to be split.
const SPLIT_MIN: (u16, u16) = (7, 21);

impl Layout {
    /// All panes, from the top left on.
    pub fn panes(&self) -> Vec<Pane> {
        let mut panes = vec![];
        self.root.panes(&mut panes);
        panes
    }

    /// Whether a pane is there.
    pub fn has(&self, pane: Pane) -> bool {
        self.panes().contains(&pane)
    }

    /// Whether there are several panes.
    pub const fn is_split(&self) -> bool {
        matches!(self.root, Node::Split { .. })
    }

    /// The pane that fills everything for now.
    pub const fn zoomed(&self) -> Option<Pane> {
        self.zoomed
    }

    /// Panes and their areas within a whole, as far as they are shown.
    pub fn areas(&self, whole: Area) -> Vec<(Pane, Area)> {
        if let Some(pane) = self.zoomed {
            return vec![(pane, whole)];
        }
        let mut areas = vec![];
        self.root.areas(whole, &mut areas);
        areas
    }

    /// The area of one pane; the whole if it is not shown.
    pub fn area(&self, pane: Pane, whole: Area) -> Area {
        self.areas(whole).into_iter().find(|(shown, _)| *shown == pane).map_or(whole, |(_, area)| area)
    }

    /// Puts a new pane beside another one; `false` if there is no room for two or it is there already.
    pub fn split(&mut self, beside: Pane, axis: Axis, new: Pane, whole: Area) -> bool {
        let area = self.area(beside, whole);
        let room = match axis {
            Axis::Across => area.cols >= SPLIT_MIN.1,
            Axis::Down => area.rows >= SPLIT_MIN.0,
        };
        if self.has(new) || !room {
            return false;
        }
        self.zoomed = None;
        self.root.split(beside, axis, new)
    }

    /// Takes a pane away; its neighbour has its room. The main view stays.
    pub fn close(&mut self, pane: Pane) {
        if pane != Pane::Main {
            self.zoomed = self.zoomed.filter(|zoomed| *zoomed != pane);
            self.root = std::mem::take(&mut self.root).without(pane).unwrap_or_default();
        }
    }

    /// The pane one comes to from another one, going to a side: of several, the one beside its middle.
    pub fn beside(&self, pane: Pane, side: Side, whole: Area) -> Option<Pane> {
        let mut areas = vec![];
        self.root.areas(whole, &mut areas);
        let from = areas.iter().find(|(shown, _)| *shown == pane)?.1;
        let (row, col) = (from.row + from.rows / 2, from.col + from.cols / 2);
        let target = match side {
            Side::Left => (row, from.col.checked_sub(2)?),
            Side::Right => (row, from.col + from.cols + 1),
            Side::Up => (from.row.checked_sub(2)?, col),
            Side::Down => (from.row + from.rows + 1, col),
        };
        // the middle may be at a border of the other side
        let at = |row, col| areas.iter().find(|(_, area)| area.has(row, col)).map(|(pane, _)| *pane);
        at(target.0, target.1).or_else(|| match side {
            Side::Left | Side::Right => at(target.0 + 1, target.1),
            Side::Up | Side::Down => at(target.0, target.1 + 1),
        })
    }

    /// The tasks that have a pane.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> {
        let task = |pane| match pane {
            Pane::Task(id) => Some(id),
            Pane::Main => None,
        };
        self.panes().into_iter().filter_map(task)
    }

    /// The pane after another one, from the top left on and around.
    pub fn after(&self, pane: Pane) -> Pane {
        let panes = self.panes();
        let at = panes.iter().position(|other| *other == pane).unwrap_or(0);
        panes.get((at + 1) % panes.len().max(1)).copied().unwrap_or_default()
    }

    /// Two panes change places.
    pub fn swap(&mut self, one: Pane, other: Pane) {
        self.root.each(&mut |pane| {
            if *pane == one {
                *pane = other;
            } else if *pane == other {
                *pane = one;
            }
        });
    }

    /// Moves the border of a pane that lies on an axis, so that it grows or shrinks.
    pub fn resize(&mut self, pane: Pane, side: Side) {
        self.zoomed = None;
        let (axis, forward) = match side {
            Side::Left => (Axis::Across, false),
            Side::Right => (Axis::Across, true),
            Side::Up => (Axis::Down, false),
            Side::Down => (Axis::Down, true),
        };
        self.root.resize(pane, axis, forward);
    }

    /// All panes beside each other have the same room.
    pub fn even(&mut self) {
        self.zoomed = None;
        self.root.even();
    }

    /// One pane fills everything, or no longer.
    pub fn zoom(&mut self, pane: Pane) {
        self.zoomed = if self.zoomed.is_some() || !self.is_split() { None } else { Some(pane) };
    }
}

impl Area {
    /// Whether a place lies in it.
    pub const fn has(self, row: u16, col: u16) -> bool {
        row >= self.row && row < self.row + self.rows && col >= self.col && col < self.col + self.cols
    }

    /// Two areas and the row or column between them.
    fn cut(self, axis: Axis, share: u16) -> (Self, Self) {
        let length = match axis {
            Axis::Across => self.cols,
            Axis::Down => self.rows,
        };
        let room = length.saturating_sub(1);
        let first = u32::from(room) * u32::from(share) / 1000;
        let first =
            u16::try_from(first).unwrap_or(room).clamp(u16::from(room > 1), room.saturating_sub(1).max(1));
        let first = first.min(room);
        match axis {
            Axis::Across => (
                Self { cols: first, ..self },
                Self { col: self.col + length - (room - first), cols: room - first, ..self },
            ),
            Axis::Down => (
                Self { rows: first, ..self },
                Self { row: self.row + length - (room - first), rows: room - first, ..self },
            ),
        }
    }
}

impl Node {
    fn panes(&self, panes: &mut Vec<Pane>) {
        match self {
            Self::Leaf(pane) => panes.push(*pane),
            Self::Split { first, second, .. } => {
                first.panes(panes);
                second.panes(panes);
            }
        }
    }

    fn areas(&self, area: Area, areas: &mut Vec<(Pane, Area)>) {
        match self {
            Self::Leaf(pane) => areas.push((*pane, area)),
            Self::Split { axis, share, first, second } => {
                let (one, other) = area.cut(*axis, *share);
                first.areas(one, areas);
                second.areas(other, areas);
            }
        }
    }

    fn each(&mut self, act: &mut impl FnMut(&mut Pane)) {
        match self {
            Self::Leaf(pane) => act(pane),
            Self::Split { first, second, .. } => {
                first.each(act);
                second.each(act);
            }
        }
    }

    fn has(&self, wanted: Pane) -> bool {
        match self {
            Self::Leaf(pane) => *pane == wanted,
            Self::Split { first, second, .. } => first.has(wanted) || second.has(wanted),
        }
    }

    fn split(&mut self, beside: Pane, axis: Axis, new: Pane) -> bool {
        match self {
            Self::Leaf(pane) if *pane == beside => {
                let (first, second) = (Box::new(Self::Leaf(beside)), Box::new(Self::Leaf(new)));
                *self = Self::Split { axis, share: HALF, first, second };
                true
            }
            Self::Leaf(_) => false,
            Self::Split { first, second, .. } => {
                first.split(beside, axis, new) || second.split(beside, axis, new)
            }
        }
    }

    fn without(self, gone: Pane) -> Option<Self> {
        match self {
            Self::Leaf(pane) => (pane != gone).then_some(self),
            Self::Split { axis, share, first, second } => match (first.without(gone), second.without(gone)) {
                (Some(first), Some(second)) => {
                    Some(Self::Split { axis, share, first: Box::new(first), second: Box::new(second) })
                }
                (one, other) => one.or(other),
            },
        }
    }

    /// Whether a border was moved: the innermost one of the axis around the pane.
    fn resize(&mut self, pane: Pane, along: Axis, forward: bool) -> bool {
        let Self::Split { axis, share, first, second } = self else { return false };
        if first.resize(pane, along, forward) || second.resize(pane, along, forward) {
            return true;
        }
        let here = *axis == along && (first.has(pane) || second.has(pane));
        if here {
            let moved = if forward { share.saturating_add(STEP) } else { share.saturating_sub(STEP) };
            *share = moved.clamp(SHARES.0, SHARES.1);
        }
        here
    }

    /// Gives every pane along a run of splits of one axis the same; how many there are along that axis.
    fn even(&mut self) -> (Option<Axis>, u16) {
        let Self::Split { axis, share, first, second } = self else { return (None, 1) };
        let along = |(inner, count): (Option<Axis>, u16)| if inner == Some(*axis) { count } else { 1 };
        let (one, other) = (along(first.even()), along(second.even()));
        *share = u16::try_from(u32::from(one) * 1000 / u32::from(one + other)).unwrap_or(HALF);
        (Some(*axis), one + other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: Area = Area { row: 0, col: 0, rows: 48, cols: 160 };

    fn task(id: u32) -> Pane {
        Pane::Task(TaskId(id))
    }

    #[test]
    fn panes_are_split_walked_swapped_and_closed() {
        let mut layout = Layout::default();
        assert!(layout.split(Pane::Main, Axis::Across, task(1), WHOLE));
        assert!(layout.split(task(1), Axis::Down, task(2), WHOLE));
        assert!(!layout.split(task(1), Axis::Down, task(2), WHOLE), "it is there");
        assert_eq!(layout.panes(), [Pane::Main, task(1), task(2)]);
        let go = |layout: &Layout, from, side| layout.beside(from, side, WHOLE);
        assert_eq!(go(&layout, Pane::Main, Side::Right), Some(task(2)), "the one beside its middle");
        assert_eq!(go(&layout, task(1), Side::Down), Some(task(2)));
        assert_eq!(go(&layout, task(2), Side::Left), Some(Pane::Main));
        assert_eq!(go(&layout, Pane::Main, Side::Left), None);
        layout.swap(Pane::Main, task(2));
        assert_eq!(layout.panes(), [task(2), task(1), Pane::Main]);
        layout.zoom(task(1));
        assert_eq!(layout.areas(WHOLE), [(task(1), WHOLE)]);
        layout.close(task(1));
        layout.close(task(2));
        assert_eq!(layout, Layout::default());
        layout.close(Pane::Main);
        assert_eq!(layout.panes(), [Pane::Main], "the main view stays");
    }

    #[test]
    fn borders_move_and_even_panes_are_alike() {
        let mut layout = Layout::default();
        layout.split(Pane::Main, Axis::Across, task(1), WHOLE);
        layout.split(task(1), Axis::Across, task(2), WHOLE);
        layout.resize(Pane::Main, Side::Right);
        assert!(layout.area(Pane::Main, WHOLE).cols > 80);
        layout.even();
        let cols: Vec<u16> = layout.areas(WHOLE).iter().map(|(_, area)| area.cols).collect();
        assert!(cols.iter().all(|cols| cols.abs_diff(53) <= 1), "{cols:?}");
        let json = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&json).unwrap(), layout);
    }

    proptest! {
        #[test]
        fn areas_tile_the_whole_but_for_borders(
            steps in prop::collection::vec((0u32..6, any::<bool>(), 0u8..4), 0..12),
            rows in 1u16..60, cols in 1u16..200,
        ) {
            let whole = Area { row: 3, col: 2, rows, cols };
            let mut layout = Layout::default();
            for (n, (at, across, then)) in steps.into_iter().enumerate() {
                let panes = layout.panes();
                let pane = panes[at as usize % panes.len()];
                let axis = if across { Axis::Across } else { Axis::Down };
                match then {
                    0 | 1 => { layout.split(pane, axis, task(n as u32 + 1), whole); }
                    2 => layout.resize(pane, if across { Side::Left } else { Side::Down }),
                    _ => layout.close(pane),
                }
                let areas = layout.areas(whole);
                prop_assert_eq!(areas.len(), layout.panes().len());
                for (row, col) in (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col))) {
                    let inside = areas.iter().filter(|(_, area)| area.has(3 + row, 2 + col)).count();
                    prop_assert!(inside <= 1, "panes overlap");
                }
                for (_, area) in areas {
                    prop_assert!(area.row + area.rows <= 3 + rows && area.col + area.cols <= 2 + cols);
                }
            }
        }
    }
}
