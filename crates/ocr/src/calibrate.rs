//! What a confidence is worth: the network's probabilities are mapped to how often words of that
//! probability are right, measured on the trials of the tuned seed (`docs/recognition.md`).

/// The network's probability, and the share of words that are right there; straight between.
const KNOTS: [(f32, f32); 13] = [
    (0.0, 0.2),
    (0.23, 0.46),
    (0.35, 0.5),
    (0.46, 0.7),
    (0.55, 0.826),
    (0.65, 0.914),
    (0.755, 0.975),
    (0.85, 0.987),
    (0.93, 0.993),
    (0.975, 0.9945),
    (0.993, 0.998),
    (0.9998, 0.9993),
    (1.0, 0.9997),
];

/// The share of words right, for the network's probability of a word's least sure character.
pub(crate) fn calibrated(raw: f32) -> f32 {
    let after = KNOTS.partition_point(|(from, _)| *from <= raw).clamp(1, KNOTS.len() - 1);
    let ((x0, y0), (x1, y1)) = (KNOTS[after - 1], KNOTS[after]);
    (y0 + (y1 - y0) * (raw - x0) / (x1 - x0)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surer_reading_is_never_worth_less() {
        let all: Vec<f32> = (0..=1000).map(|at| calibrated(at as f32 / 1000.0)).collect();
        assert!(all.windows(2).all(|pair| pair[0] <= pair[1]), "{all:?}");
        assert!(all[0] < 0.3 && all[1000] > 0.99);
        assert!(KNOTS.windows(2).all(|pair| pair[0].0 < pair[1].0), "the knots are in order");
    }
}
