//! Charts as SVG: bars of a run against the mean of former ones, and columns of the last runs.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::ReportError;
use crate::morning::{Intake, Share};
use crate::style::{ACCENT, FORMER, INK, QUIET, RULE};
use crate::words::{clock, day, short_day};

const WIDTH: u32 = 460;
/// How much of the width the names take.
const NAMES: i32 = 150;
/// How much is left for the figures behind the bars.
const FIGURES: i32 = 44;
const ROW: i32 = 30;
/// How many characters of a name have room.
const NAME_LENGTH: usize = 10;

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Bars, one for each share: this run's in the accent, the mean of former runs thin below it.
pub(crate) fn bars(shares: &[(String, Share)]) -> Result<String, ReportError> {
    let height = ROW * shares.len() as i32 + 4;
    let most = shares.iter().map(|(_, share)| share.before.max(share.now as f64)).fold(1.0, f64::max);
    let room = f64::from(WIDTH as i32 - NAMES - FIGURES);
    let length = |count: f64| (count / most * room).round() as i32;
    draw(WIDTH, height as u32, |area| {
        for (row, (name, share)) in (0..).zip(shares) {
            let top = row * ROW + 4;
            let middle = top + 7;
            text(area, &shortened(name), (NAMES - 10, middle), (HPos::Right, 13, INK))?;
            bar(area, (NAMES, top), (length(share.now as f64), 14), ACCENT)?;
            bar(area, (NAMES, top + 16), (length(share.before), 4), FORMER)?;
            let end = NAMES + length(share.now as f64) + 8;
            text(area, &thousands(share.now), (end, middle), (HPos::Left, 13, INK))?;
        }
        Ok(())
    })
}

/// Columns, one for each of the last runs: the last in the accent.
pub(crate) fn columns(intake: &[Intake]) -> Result<String, ReportError> {
    const FULL: u32 = 940;
    const HEIGHT: i32 = 190;
    let (base, top) = (HEIGHT - 28, 26);
    let most = intake.iter().map(|run| run.items).max().unwrap_or(0).max(1) as f64;
    let step = FULL as i32 / intake.len().max(1) as i32;
    let wide = (step - 24).clamp(8, 64);
    draw(FULL, HEIGHT as u32, |area| {
        bar(area, (0, base), (FULL as i32, 1), RULE)?;
        for (at, run) in (0..).zip(intake) {
            let middle = at * step + step / 2;
            let high = (run.items as f64 / most * f64::from(base - top)).round() as i32;
            let is_last = at as usize + 1 == intake.len();
            bar(area, (middle - wide / 2, base - high), (wide, high), if is_last { ACCENT } else { FORMER })?;
            let ink = if is_last { ACCENT } else { QUIET };
            text(area, &thousands(run.items), (middle, base - high - 11), (HPos::Center, 13, ink))?;
            let same_day = at > 0 && day(intake[at as usize - 1].started) == day(run.started);
            let label = if same_day { clock(run.started) } else { short_day(run.started) };
            text(area, &label, (middle, base + 15), (HPos::Center, 12, QUIET))?;
        }
        Ok(())
    })
}

fn draw(
    width: u32,
    height: u32,
    paint: impl FnOnce(&Area<'_>) -> Result<(), ReportError>,
) -> Result<String, ReportError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        paint(&area)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn bar(
    area: &Area<'_>,
    (x, y): (i32, i32),
    (width, height): (i32, i32),
    colour: RGBColor,
) -> Result<(), ReportError> {
    if width == 0 || height == 0 {
        return Ok(());
    }
    area.draw(&Rectangle::new([(x, y), (x + width, y + height)], colour.filled())).map_err(failed)
}

fn text(
    area: &Area<'_>,
    words: &str,
    at: (i32, i32),
    (side, size, colour): (HPos, u32, RGBColor),
) -> Result<(), ReportError> {
    let style = TextStyle::from(("sans-serif", size)).color(&colour).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(words, at, style)).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ReportError {
    ReportError::Chart(error.to_string())
}

fn shortened(name: &str) -> String {
    let wide = name.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    if wide <= NAME_LENGTH * 2 {
        return name.to_owned();
    }
    let mut room = NAME_LENGTH * 2 - 1;
    let kept = name.chars().take_while(|c| {
        let width = if c.is_ascii() { 1 } else { 2 };
        room = room.saturating_sub(width);
        room > 0
    });
    kept.collect::<String>() + "…"
}

/// A number with its thousands apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_within_their_room() {
        assert_eq!(shortened("劳动和社会保障"), "劳动和社会保障");
        assert_eq!(shortened("云岭省清河市望川县柳林镇"), "云岭省清河市望川县…");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
