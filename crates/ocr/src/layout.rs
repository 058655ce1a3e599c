//! Reading order: lines into rows from top to bottom, or columns from right to left.

use crate::geometry::{Point, Rect};

/// Lines whose centres are nearer than this part of the lower one's height stand in one row.
const SAME_ROW: f32 = 0.5;
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
    let across = |rect: Rect| match columns {
        true => Rect { centre: Point { x: rect.centre.y, y: -rect.centre.x }, ..rect.turned(1) },
        false => rect,
    };
    let rects: Vec<Rect> = straight.map(across).collect();
    let centres: Vec<Point> = rects.iter().map(|rect| rect.centre).collect();
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| centres[*a].y.total_cmp(&centres[*b].y));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match rows.last_mut().filter(|row| stands_in(row, index, &rects, &centres)) {
            Some(row) => row.push(index),
            None => rows.push(vec![index]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| centres[*a].x.total_cmp(&centres[*b].x));
    }
    rows
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
    fn rows_follow_the_skew() {
        // Two rows that fall by 60 pixels from left to right.
        let skew = 0.06_f32;
        let at = |x: f32, y: f32| rect(x, y + skew.tan() * x, 100.0);
        let rects = [at(1000.0, 0.0), at(0.0, 0.0), at(1000.0, 60.0), at(0.0, 60.0)];
        assert_eq!(rows(&rects, skew, false), [vec![1, 0], vec![3, 2]]);
    }
}
