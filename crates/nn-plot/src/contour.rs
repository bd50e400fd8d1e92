//! The lines at which a function on a grid passes through zero.

use std::collections::{BTreeMap, VecDeque};

use crate::canvas::Point;

/// An edge between two neighbouring places of a grid, the one that comes first in order first.
type Edge = [[usize; 2]; 2];

/// The lines through the squares between neighbours of a grid, in units of the grid: 0 is the left or
/// upper edge of the first cell, whose value is that in its middle. At the edges of the grid, the lines
/// run straight on to its end.
///
/// Marching squares (Lorensen and Cline, "Marching cubes", 1987, on a plane). A square with a value
/// that is no number has no line.
pub(crate) fn zero_lines(
    [columns, rows]: [usize; 2],
    value: impl Fn(usize, usize) -> f64,
) -> Vec<Vec<Point>> {
    // One place before the first middle and one after the last stand for the edges of the grid.
    let value = |[i, j]: [usize; 2]| value(i.clamp(1, columns) - 1, j.clamp(1, rows) - 1);
    let place = |i: usize, count: usize| (i as f64 - 0.5).clamp(0.0, count as f64);
    let point = |[a, b]: Edge| {
        let share = value(a) / (value(a) - value(b));
        let between = |a: f64, b: f64| a + share * (b - a);
        [
            between(place(a[0], columns), place(b[0], columns)),
            between(place(a[1], rows), place(b[1], rows)),
        ]
    };
    let mut segments = Vec::new();
    for j in 0..=rows {
        for i in 0..=columns {
            let corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
            let is_below = corners.map(|corner| value(corner) < 0.0);
            if is_below == [is_below[0]; 4] || corners.iter().any(|&corner| value(corner).is_nan())
            {
                continue;
            }
            // The sides along which the function passes through zero are two or all four.
            let crossed: Vec<Edge> = (0..4)
                .filter(|&side| is_below[side] != is_below[(side + 1) % 4])
                .map(|side| edge(corners[side], corners[(side + 1) % 4]))
                .collect();
            segments.extend(crossed.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
        }
    }
    join(&segments).into_iter().map(|line| line.into_iter().map(point).collect()).collect()
}

fn edge(a: [usize; 2], b: [usize; 2]) -> Edge {
    if a < b { [a, b] } else { [b, a] }
}

/// Joins segments that meet to lines as long as can be.
fn join(segments: &[[Edge; 2]]) -> Vec<VecDeque<Edge>> {
    let mut meeting: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (i, segment) in segments.iter().enumerate() {
        for &end in segment {
            meeting.entry(end).or_default().push(i);
        }
    }
    let mut is_joined = vec![false; segments.len()];
    let mut lines = Vec::new();
    for start in 0..segments.len() {
        if is_joined[start] {
            continue;
        }
        is_joined[start] = true;
        let mut line = VecDeque::from(segments[start]);
        let mut after = |end: Option<&Edge>| {
            let end = end?;
            let next = meeting.get(end)?.iter().copied().find(|&next| !is_joined[next])?;
            is_joined[next] = true;
            let [a, b] = segments[next];
            Some(if a == *end { b } else { a })
        };
        while let Some(next) = after(line.back()) {
            line.push_back(next);
        }
        while let Some(next) = after(line.front()) {
            line.push_front(next);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_line_of_a_circle_is_that_circle() {
        let size = 100;
        let middle = |i: usize| (i as f64 + 0.5) - 50.0;
        let lines = zero_lines([size, size], |i, j| middle(i).hypot(middle(j)) - 30.0);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].len() > 200 && lines[0].first() == lines[0].last());
        for [x, y] in lines.into_iter().flatten() {
            assert!(((x - 50.0).hypot(y - 50.0) - 30.0).abs() < 0.01, "{x} {y}");
        }
    }

    #[test]
    fn lines_reach_the_edges_and_avoid_what_is_no_number() {
        let lines = zero_lines([4, 4], |i, _| i as f64 - 1.5);
        assert_eq!(lines.len(), 1);
        let heights: Vec<f64> = lines.iter().flatten().map(|[_, y]| *y).collect();
        assert!(lines.iter().flatten().all(|[x, _]| *x == 2.0));
        assert!(heights.contains(&0.0) && heights.contains(&4.0));
        assert_eq!(
            zero_lines([4, 4], |i, _| if i == 1 { f64::NAN } else { i as f64 - 1.5 }).len(),
            0
        );
    }
}
