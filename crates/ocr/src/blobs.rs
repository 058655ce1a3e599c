//! A coarse view of a page: which cells of half a millimetre hold some kind of pixel, and the
//! blobs that such cells make.

use image::{Rgb, RgbImage};

/// Cells in an inch.
const CELLS_PER_INCH: f32 = 50.8;
/// A cell counts if at least this part of its pixels do.
const SHARE: f32 = 0.1;

/// Cells in rows.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    pub width: usize,
    pub height: usize,
    /// Side of a cell in pixels of the page.
    pub side: f32,
    full: Vec<bool>,
}

/// Cells that hang together.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    /// Their `(x, y)`, in no order.
    pub cells: Vec<(usize, usize)>,
    /// `[x0, y0, x1, y1]` in cells, the second corner exclusive.
    pub bounds: [usize; 4],
}

impl Cells {
    /// The cells of the page in which enough pixels are of a kind.
    pub fn of(image: &RgbImage, dpi: f32, is_kind: impl Fn(&Rgb<u8>) -> bool) -> Cells {
        let side = (dpi / CELLS_PER_INCH).max(1.0);
        let count = |pixels: u32| (pixels as f32 / side).ceil().max(1.0) as usize;
        let (width, height) = (count(image.width()), count(image.height()));
        let columns: Vec<usize> = (0..image.width()).map(|x| (x as f32 / side) as usize).collect();
        let mut counts = vec![0_u32; width * height];
        for (y, row) in image.rows().enumerate() {
            let start = (y as f32 / side) as usize * width;
            for (pixel, column) in row.zip(&columns) {
                counts[start + column] += u32::from(is_kind(pixel));
            }
        }
        let enough = (SHARE * side * side).max(1.0) as u32;
        Cells { width, height, side, full: counts.into_iter().map(|count| count >= enough).collect() }
    }

    pub fn at(&self, x: usize, y: usize) -> bool {
        self.full[y * self.width + x]
    }

    /// The blobs of cells that are no further than `gap` cells from each other.
    pub fn blobs(&self, gap: usize) -> Vec<Blob> {
        let mut open = self.full.clone();
        (0..open.len()).filter_map(|start| self.blob(&mut open, start, gap)).collect()
    }

    fn blob(&self, open: &mut [bool], start: usize, gap: usize) -> Option<Blob> {
        if !std::mem::take(&mut open[start]) {
            return None;
        }
        let mut blob = Blob { cells: Vec::new(), bounds: [usize::MAX, usize::MAX, 0, 0] };
        let mut stack = vec![(start % self.width, start / self.width)];
        while let Some((x, y)) = stack.pop() {
            blob.put(x, y);
            for y in y.saturating_sub(gap)..=(y + gap).min(self.height - 1) {
                for x in x.saturating_sub(gap)..=(x + gap).min(self.width - 1) {
                    if std::mem::take(&mut open[y * self.width + x]) {
                        stack.push((x, y));
                    }
                }
            }
        }
        Some(blob)
    }

    /// The same cells without those of ruled lines: long one way and thin the other.
    pub fn without_rules(&self, long: usize, thin: usize) -> Cells {
        let across = runs(self.width, self.height, |x, y| self.at(x, y));
        let down = runs(self.height, self.width, |y, x| self.at(x, y));
        let full = (0..self.full.len()).map(|at| {
            let (a, d) = (across[at], down[at % self.width * self.height + at / self.width]);
            self.full[at] && !(a.max(d) >= long && a.min(d) <= thin)
        });
        Cells { full: full.collect(), ..*self }
    }
}

impl Blob {
    fn put(&mut self, x: usize, y: usize) {
        self.cells.push((x, y));
        let [x0, y0, x1, y1] = self.bounds;
        self.bounds = [x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1)];
    }

    pub fn width(&self) -> usize {
        self.bounds[2] - self.bounds[0]
    }

    pub fn height(&self) -> usize {
        self.bounds[3] - self.bounds[1]
    }
}

/// For each cell, in rows of `length`, how long the run of full cells is that it belongs to.
fn runs(length: usize, rows: usize, full: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut runs = vec![0; length * rows];
    for row in 0..rows {
        let mut start = 0;
        for at in 0..=length {
            if at == length || !full(at, row) {
                runs[row * length + start..row * length + at].fill(at - start);
                start = at + 1;
            }
        }
    }
    runs
}
