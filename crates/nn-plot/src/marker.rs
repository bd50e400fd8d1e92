//! The shapes of points.

use std::f64::consts::TAU;

use crate::canvas::Point;
use crate::color::Color;

/// The shape of a class's points, so that not the colour alone tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
    Star,
}

const ALL: [Marker; 6] = [
    Marker::Circle,
    Marker::Triangle,
    Marker::Square,
    Marker::Diamond,
    Marker::Cross,
    Marker::Star,
];

impl Marker {
    /// The marker of a class. Where colours come again, markers are others.
    pub(crate) const fn of_class(class: usize) -> Self {
        let (place, round) = Color::place_and_round(class);
        ALL[(place + round) % ALL.len()]
    }

    /// The corners around a centre at the origin, about as large to the eye as a circle of this radius;
    /// none for the circle itself.
    pub(crate) fn corners(self, radius: f64) -> Vec<Point> {
        match self {
            Self::Circle => Vec::new(),
            Self::Square => around(radius, 4, &[1.25], 0.5),
            Self::Triangle => around(radius, 3, &[1.4], 0.0),
            Self::Diamond => around(radius, 4, &[1.35], 0.0),
            Self::Cross => around(radius, 4, &[1.4, 1.4, 0.55], -0.5),
            Self::Star => around(radius, 5, &[1.5, 0.7], 0.0),
        }
    }
}

/// Corners at even angles, each arm with corners of these reaches, the first at the top or, by `turn`, so
/// many corners on.
fn around(radius: f64, arms: usize, reaches: &[f64], turn: f64) -> Vec<Point> {
    let count = arms * reaches.len();
    let corner = |i: usize| {
        let angle = TAU * (i as f64 + turn) / count as f64;
        let reach = radius * reaches[i % reaches.len()];
        [reach * angle.sin(), -reach * angle.cos()]
    };
    (0..count).map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_48_classes_look_alike() {
        let looks = |class| (Color::of_class(class), Marker::of_class(class));
        for class in 0..48 {
            assert!((0..class).all(|other| looks(other) != looks(class)), "{class}");
        }
    }
}
