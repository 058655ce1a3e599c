//! What the recognition network's steps spell: connectionist temporal classification, best path
//! (Graves et al. 2006).

use crate::engine::Steps;
use crate::script::simplified;

/// Runners-up less probable than this are noise.
pub(crate) const MIN_RUNNER_UP: f32 = 0.02;
/// The simplified form of a traditional reading is kept from here on: on pages of brush script the
/// network may be quite sure of the wrong script.
const MIN_OTHER_SCRIPT: f32 = 0.0005;
/// A reading at least this probable leaves no room for runners-up.
const SURE: f32 = 1.0 - MIN_RUNNER_UP;
/// The class of no character.
const BLANK: usize = 0;
/// The most runners-up that are kept.
const MAX_RUNNERS_UP: usize = 3;

/// One character of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub reading: char,
    /// The network's probability at the step where it is surest.
    pub confidence: f32,
    /// The middle of the steps that gave this reading, in steps from the line's start.
    pub step: f32,
    /// Runners-up at the surest step, best first.
    pub alternatives: Vec<(char, f32)>,
}

/// A run of steps with one best class.
struct Run {
    class: usize,
    first: usize,
    last: usize,
    surest: usize,
    probability: f32,
}

/// Reads the best path: runs of one class collapse to one character, blanks vanish. Blanks of
/// white space stay as `' '`.
pub(crate) fn decode(steps: &Steps<'_>, dictionary: &[char]) -> Vec<Glyph> {
    let rows: Vec<&[f32]> = steps.values.chunks_exact(steps.classes.max(1)).collect();
    runs(&rows)
        .into_iter()
        .filter_map(|run| {
            let reading = *dictionary.get(run.class.checked_sub(1)?)?;
            let row = rows[run.surest];
            let alternatives = match (run.probability < SURE, simplified(reading)) {
                (true, _) => runners_up(row, run.class, dictionary, MIN_RUNNER_UP),
                // What the other script's reading would be, if the page turns out to be in it.
                (false, Some(other)) => runners_up(row, run.class, dictionary, MIN_OTHER_SCRIPT)
                    .into_iter()
                    .filter(|(reading, _)| *reading == other)
                    .collect(),
                (false, None) => Vec::new(),
            };
            let step = (run.first + run.last + 1) as f32 / 2.0;
            Some(Glyph { reading, confidence: run.probability.clamp(0.0, 1.0), step, alternatives })
        })
        .collect()
}

/// How many times more probable than its rival the least clear part of a reading is: of a character, the
/// second best class at its surest step; of a gap, any character but its neighbours at any step. This
/// tells readings that another network would not share from those that are merely unsure.
pub(crate) fn clearness(steps: &Steps<'_>) -> f32 {
    let rows: Vec<&[f32]> = steps.values.chunks_exact(steps.classes.max(1)).collect();
    let runs = runs(&rows);
    let class_at = |at: Option<usize>| at.and_then(|at| runs.get(at)).map_or(BLANK, |run| run.class);
    let of_run = |(at, run): (usize, &Run)| match run.class {
        BLANK => {
            let near = [BLANK, class_at(at.checked_sub(1)), class_at(Some(at + 1))];
            let of_step = |row: &&[f32]| row[BLANK] / rival(row, near);
            rows[run.first..=run.last].iter().map(of_step).fold(f32::MAX, f32::min)
        }
        class => run.probability / rival(rows[run.surest], [class; 3]),
    };
    runs.iter().enumerate().map(of_run).fold(f32::MAX, f32::min)
}

/// The probability of the best class but three.
fn rival(row: &[f32], mut but: [usize; 3]) -> f32 {
    but.sort_unstable();
    let mut most = f32::MIN_POSITIVE;
    let mut from = 0;
    // Whole ranges, since a plain maximum runs on vectors of numbers at once.
    for to in but.into_iter().chain([row.len()]) {
        let part = row.get(from..to).unwrap_or_default();
        most = part.iter().fold(most, |most, value| if *value > most { *value } else { most });
        from = to + 1;
    }
    most
}

fn runs(rows: &[&[f32]]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (class, probability) = best(row);
        match runs.last_mut() {
            Some(run) if run.class == class => {
                run.last = at;
                if probability > run.probability {
                    (run.surest, run.probability) = (at, probability);
                }
            }
            _ => runs.push(Run { class, first: at, last: at, surest: at, probability }),
        }
    }
    runs
}

fn best(row: &[f32]) -> (usize, f32) {
    // Two passes, since the first, a plain maximum, runs on vectors of numbers at once.
    let most = row.iter().fold(f32::MIN, |most, value| if *value > most { *value } else { most });
    (row.iter().position(|value| *value == most).unwrap_or(0), most)
}

fn runners_up(row: &[f32], winner: usize, dictionary: &[char], least: f32) -> Vec<(char, f32)> {
    let mut others: Vec<(char, f32)> = row
        .iter()
        .enumerate()
        .filter(|(class, probability)| *class != winner && **probability >= least)
        .filter_map(|(class, probability)| Some((*dictionary.get(class.checked_sub(1)?)?, *probability)))
        .filter(|(reading, _)| !reading.is_whitespace())
        .collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    others.truncate(MAX_RUNNERS_UP);
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traditional_reading_keeps_its_simplified_form_however_unlikely() {
        let dictionary = ['時', '时', '間'];
        let values = [0.0, 0.9985, 0.001, 0.0005];
        let glyphs = decode(&Steps { classes: 4, values: &values }, &dictionary);
        assert_eq!(glyphs[0].alternatives, [('时', 0.001)]);
    }

    #[test]
    fn a_reading_is_as_clear_as_its_least_clear_character_or_gap() {
        let clear = |values: &[f32]| clearness(&Steps { classes: 4, values });
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 0.01, "{found}");
        let gap = [0.9, 0.1, 0.0, 0.0];
        let sure = [0.02, 0.96, 0.01, 0.01];
        near(clear(&[sure, gap].concat()), 48.0);
        near(clear(&[[0.1, 0.6, 0.2, 0.1], gap].concat()), 3.0);
        // A character that is nearly there between two others; that they reach into the gap is no doubt.
        near(clear(&[sure, [0.6, 0.2, 0.0, 0.2], gap].concat()), 3.0);
        near(clear(&[sure, [0.5, 0.45, 0.01, 0.0], gap].concat()), 48.0);
        assert_eq!(clear(&[]), f32::MAX);
    }

    #[test]
    fn the_best_path_collapses_runs_and_keeps_runners_up() {
        let dictionary = ['甲', '申', '乙', ' '];
        #[rustfmt::skip]
        let values = [
            0.9, 0.1, 0.0, 0.0, 0.0,
            0.1, 0.5, 0.38, 0.01, 0.01,
            0.1, 0.6, 0.28, 0.01, 0.01,
            0.9, 0.1, 0.0, 0.0, 0.0,
            0.0, 0.99, 0.0, 0.01, 0.0,
            0.0, 0.0, 0.0, 1.0, 0.0,
        ];
        let glyphs = decode(&Steps { classes: 5, values: &values }, &dictionary);
        let expected = [
            Glyph { reading: '甲', confidence: 0.6, step: 2.0, alternatives: vec![('申', 0.28)] },
            Glyph { reading: '甲', confidence: 0.99, step: 4.5, alternatives: vec![] },
            Glyph { reading: '乙', confidence: 1.0, step: 5.5, alternatives: vec![] },
        ];
        assert_eq!(glyphs, expected);
    }
}
