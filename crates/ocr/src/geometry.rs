//! Points, and rectangles that may stand askew.

/// A point in pixels: x to the right, y down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    /// Where the point comes to lie when the axes are turned by `angle` (radians, clockwise on
    /// the page).
    pub fn along(self, angle: f32) -> Point {
        let (sin, cos) = angle.sin_cos();
        Point { x: self.x * cos + self.y * sin, y: self.y * cos - self.x * sin }
    }
}

/// A rectangle whose upper edge runs at `angle` (radians, clockwise on the page).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub centre: Point,
    pub width: f32,
    pub height: f32,
    pub angle: f32,
}

impl Rect {
    /// The page's point at `u` pixels along the upper edge and `v` pixels below it.
    pub fn at(&self, u: f32, v: f32) -> Point {
        let (u, v) = (u - self.width / 2.0, v - self.height / 2.0);
        let turned = Point { x: u, y: v }.along(-self.angle);
        Point { x: self.centre.x + turned.x, y: self.centre.y + turned.y }
    }

    /// The same rectangle, grown by `by` pixels on every side.
    pub fn grown(&self, by: f32) -> Rect {
        Rect { width: self.width + 2.0 * by, height: self.height + 2.0 * by, ..*self }
    }

    /// The same area of the page, read from another side: `quarters` of a turn, clockwise.
    pub fn turned(&self, quarters: i8) -> Rect {
        let angle = self.angle + f32::from(quarters) * std::f32::consts::FRAC_PI_2;
        let (width, height) =
            if quarters % 2 == 0 { (self.width, self.height) } else { (self.height, self.width) };
        Rect { centre: self.centre, width, height, angle }
    }

    /// The upright rectangle `[x0, y0, x1, y1]` around the part between `u0..u1` and `v0..v1`.
    pub fn bounds_of(&self, (u0, u1): (f32, f32), (v0, v1): (f32, f32)) -> [f32; 4] {
        let corners = [self.at(u0, v0), self.at(u1, v0), self.at(u1, v1), self.at(u0, v1)];
        corners.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |b, p| {
            [b[0].min(p.x), b[1].min(p.y), b[2].max(p.x), b[3].max(p.y)]
        })
    }
}

/// The convex hull by Andrew's monotone chain, counter-clockwise, without collinear points.
pub(crate) fn convex_hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut hull = half_hull(points.iter().copied());
    hull.pop();
    let mut upper = half_hull(points.iter().rev().copied());
    upper.pop();
    hull.append(&mut upper);
    hull
}

fn half_hull(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut hull: Vec<Point> = Vec::new();
    for point in points {
        while let [.., a, b] = hull[..] {
            if (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    }
    hull
}

/// The smallest rectangle around the hull that has an edge at `angle`.
pub(crate) fn rect_at(hull: &[Point], angle: f32) -> Rect {
    let turned = hull.iter().map(|point| point.along(angle));
    let [x0, y0, x1, y1] = turned.fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |b, p| {
        [b[0].min(p.x), b[1].min(p.y), b[2].max(p.x), b[3].max(p.y)]
    });
    let centre = Point { x: (x0 + x1) / 2.0, y: (y0 + y1) / 2.0 }.along(-angle);
    Rect { centre, width: x1 - x0, height: y1 - y0, angle }
}

/// The smallest rectangle around the hull: one of its edges lies on an edge of the hull
/// (Freeman and Shapira 1975). The angle is within an eighth of a turn of upright.
pub(crate) fn smallest_rect(hull: &[Point]) -> Rect {
    let edges = hull.iter().zip(hull.iter().cycle().skip(1));
    let angles = edges.map(|(a, b)| upright((b.y - a.y).atan2(b.x - a.x)));
    angles
        .map(|angle| rect_at(hull, angle))
        .min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
        .unwrap_or_else(|| rect_at(hull, 0.0))
}

/// The angle less whole quarters of a turn, within an eighth of a turn of zero.
fn upright(angle: f32) -> f32 {
    let quarter = std::f32::consts::FRAC_PI_2;
    angle - (angle / quarter).round() * quarter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_rectangle_around_a_skewed_one_is_that_one() {
        let askew = Rect { centre: Point { x: 50.0, y: 40.0 }, width: 60.0, height: 10.0, angle: 0.1 };
        let mut points = vec![askew.at(30.0, 5.0), askew.at(10.0, 10.0)];
        points.extend([(0.0, 0.0), (60.0, 0.0), (60.0, 10.0), (0.0, 10.0)].map(|(u, v)| askew.at(u, v)));
        let found = smallest_rect(&convex_hull(points));
        for (found, expected) in [
            (found.centre.x, 50.0),
            (found.centre.y, 40.0),
            (found.width, 60.0),
            (found.height, 10.0),
            (found.angle, 0.1),
        ] {
            assert!((found - expected).abs() < 1e-3, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_quarter_turn_keeps_the_area() {
        let upright = Rect { centre: Point { x: 5.0, y: 20.0 }, width: 10.0, height: 40.0, angle: 0.0 };
        let turned = upright.turned(1);
        assert_eq!((turned.width, turned.height), (40.0, 10.0));
        let start = turned.at(0.0, 0.0);
        assert!((start.x - 10.0).abs() < 1e-4 && start.y.abs() < 1e-4, "reading starts at the top right");
    }
}
