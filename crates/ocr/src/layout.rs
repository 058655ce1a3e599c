//! Reading order: lines into rows from top to bottom, or columns from right to left.

use crate::geometry::{Point, Rect};

/// Lines whose centres are nearer than this part of the lower one's height stand in one row.
const SAME_ROW: f32 = 0.5;
/// A line of running text is at least this many times as wide as high …
const RUNNING: f32 = 7.0;
/// … most of a column's fill at least this part of its width …
const FULL: f32 = 0.8;
/// … and a column has at least this many.
const COLUMN: usize = 5;
/// A line at least this much taller than wide runs downwards.
const TALL: f32 = 1.5;

/// Whether a rectangle stands rather than lies.
pub(crate) fn is_tall(rect: &Rect) -> bool {
    rect.height >= TALL * rect.width
}

/// The rectangle as it is read: a standing one from its top to its bottom.
pub(crate) fn lying(rect: &Rect) -> Rect {
    if is_tall(rect) { rect.turned(1) } else { *rect }
}

/// The indices of the rectangles, row by row, each row from left to right. Rows are straight
/// along `skew` (radians). On a page of `columns`, these are the rows: from the right, each from
/// its top.
pub(crate) fn rows(rects: &[Rect], skew: f32, columns: bool) -> Vec<Vec<usize>> {
    let straight = rects.iter().map(|rect| Rect { centre: rect.centre.along(skew), ..*rect });
    let lying = |rect: Rect| match columns {
        true => Rect { centre: Point { x: rect.centre.y, y: -rect.centre.x }, ..rect.turned(1) },
        false => rect,
    };
    let rects: Vec<Rect> = straight.map(lying).collect();
    let two = if columns { None } else { in_two_columns(&rects) };
    two.unwrap_or_else(|| across(&rects))
}

/// The indices of upright rectangles, row by row.
fn across(rects: &[Rect]) -> Vec<Vec<usize>> {
    let centres: Vec<Point> = rects.iter().map(|rect| rect.centre).collect();
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| centres[*a].y.total_cmp(&centres[*b].y));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match rows.last_mut().filter(|row| stands_in(row, index, rects, &centres)) {
            Some(row) => row.push(index),
            None => rows.push(vec![index]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| centres[*a].x.total_cmp(&centres[*b].x));
    }
    rows
}

/// The rows of a page set in two columns of running text, the left column first; lines that cross
/// the gutter divide the page into bands. `None` for any other page: cells of a table stand side by
/// side too, but are short, and are read across.
fn in_two_columns(rects: &[Rect]) -> Option<Vec<Vec<usize>>> {
    let gutter = gutter(rects)?;
    let crosses = |rect: &Rect| left(rect) < gutter && right(rect) > gutter;
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| rects[*a].centre.y.total_cmp(&rects[*b].centre.y));
    let mut sorted = Vec::new();
    for band in order.chunk_by(|a, b| crosses(&rects[*a]) == crosses(&rects[*b])) {
        let (on_left, on_right): (Vec<usize>, Vec<usize>) =
            band.iter().partition(|index| crosses(&rects[**index]) || rects[**index].centre.x < gutter);
        for side in [on_left, on_right] {
            let of_side: Vec<Rect> = side.iter().map(|index| rects[*index]).collect();
            sorted
                .extend(across(&of_side).into_iter().map(|row| row.into_iter().map(|at| side[at]).collect()));
        }
    }
    Some(sorted)
}

/// Where the gap between two columns of running text is.
fn gutter(rects: &[Rect]) -> Option<f32> {
    let running: Vec<&Rect> = rects.iter().filter(|rect| rect.width >= RUNNING * rect.height).collect();
    let mut ends: Vec<f32> = running.iter().map(|rect| right(rect)).collect();
    ends.sort_by(f32::total_cmp);
    let sides = |at: f32| -> (Vec<&Rect>, Vec<&Rect>) {
        let rects = || running.iter().copied();
        (
            rects().filter(|rect| right(rect) <= at).collect(),
            rects().filter(|rect| left(rect) >= at).collect(),
        )
    };
    let is_column = |lines: &[&Rect]| {
        let (start, end) = lines
            .iter()
            .fold((f32::MAX, f32::MIN), |(start, end), rect| (start.min(left(rect)), end.max(right(rect))));
        let full = lines.iter().filter(|rect| rect.width >= FULL * (end - start)).count();
        lines.len() >= COLUMN && full * 2 >= lines.len()
    };
    let crossing = |at: f32| -> Option<usize> {
        let (on_left, on_right) = sides(at);
        let crossing = running.len() - on_left.len() - on_right.len();
        (crossing * 5 <= running.len() && is_column(&on_left) && is_column(&on_right)).then_some(crossing)
    };
    // Lines end where they like, so it is the end that the fewest lines cross.
    ends.into_iter()
        .filter_map(|at| Some((at, crossing(at)?)))
        .min_by_key(|(_, crossing)| *crossing)
        .map(|(at, _)| at)
}

fn left(rect: &Rect) -> f32 {
    rect.centre.x - rect.width / 2.0
}

fn right(rect: &Rect) -> f32 {
    rect.centre.x + rect.width / 2.0
}

/// Whether a line stands in a row: beside its lines, not above or below one of them.
fn stands_in(row: &[usize], index: usize, rects: &[Rect], centres: &[Point]) -> bool {
    let near = |other: usize| {
        let height = rects[index].height.min(rects[other].height);
        (centres[index].y - centres[other].y).abs() < SAME_ROW * height
    };
    let apart = |other: usize| {
        let overlap =
            (rects[index].width + rects[other].width) / 2.0 - (centres[index].x - centres[other].x).abs();
        overlap < 0.5 * rects[index].width.min(rects[other].width)
    };
    row.iter().any(|other| near(*other)) && row.iter().all(|other| apart(*other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f32, y: f32, width: f32) -> Rect {
        Rect { centre: Point { x, y }, width, height: 50.0, angle: 0.0 }
    }

    #[test]
    fn cells_of_a_row_read_from_left_to_right() {
        let rects = [rect(300.0, 104.0, 100.0), rect(100.0, 100.0, 80.0), rect(200.0, 180.0, 300.0)];
        assert_eq!(rows(&rects, 0.0, false), [vec![1, 0], vec![2]]);
    }

    #[test]
    fn columns_read_from_the_right() {
        let column = |x: f32, y: f32| rect(x, y, 300.0).turned(1);
        let rects = [column(100.0, 200.0), column(200.0, 600.0), column(205.0, 200.0)];
        assert_eq!(rows(&rects, 0.0, true), [vec![2, 1], vec![0]]);
    }

    #[test]
    fn two_columns_of_running_text_are_read_one_after_the_other() {
        let column = |x: f32| (0..6).map(move |row| rect(x, 200.0 + 80.0 * row as f32, 600.0));
        let mut rects: Vec<Rect> = column(1000.0).chain(column(350.0)).collect();
        // A comma hangs in the margin.
        rects[8] = rect(365.0, 360.0, 630.0);
        rects.push(rect(675.0, 100.0, 1200.0));
        rects.push(rect(250.0, 700.0, 400.0));
        let expected: Vec<Vec<usize>> =
            [12, 6, 7, 8, 9, 10, 11, 13, 0, 1, 2, 3, 4, 5].map(|index| vec![index]).to_vec();
        assert_eq!(rows(&rects, 0.0, false), expected);
    }

    #[test]
    fn a_table_of_short_cells_is_read_across() {
        let cells = |x: f32, width: f32| (0..6).map(move |row| rect(x, 200.0 + 80.0 * row as f32, width));
        let rects: Vec<Rect> = cells(150.0, 200.0).chain(cells(700.0, 600.0)).collect();
        assert_eq!(rows(&rects, 0.0, false)[0], [0, 6]);
    }

    #[test]
    fn rows_follow_the_skew() {
        // Two rows that fall by 60 pixels from left to right.
        let skew = 0.06_f32;
        let at = |x: f32, y: f32| rect(x, y + skew.tan() * x, 100.0);
        let rects = [at(1000.0, 0.0), at(0.0, 0.0), at(1000.0, 60.0), at(0.0, 60.0)];
        assert_eq!(rows(&rects, skew, false), [vec![1, 0], vec![3, 2]]);
    }
}
