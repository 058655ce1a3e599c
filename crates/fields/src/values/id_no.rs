//! Resident identity numbers: GB 11643-1999 (18 characters) and its forerunner (15 digits).

use super::date::days_in;
use super::{TEXT_MARKS, Value, compact, pieces};

/// What is wrong with an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFault {
    /// Not 18 or 15 digits, the last of 18 perhaps an X.
    Shape,
    /// The birth date is no date.
    BirthDate,
    /// The check digit does not agree.
    CheckDigit,
}

/// Checks a number of 18 or 15 characters; separators and white space must be gone.
///
/// The check digit is ISO 7064 MOD 11-2: weights 2^(17-i) mod 11, as GB 11643-1999 says.
///
/// # Errors
/// What is wrong first.
pub fn check_id_no(number: &str) -> Result<(), IdFault> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8] = b"10X98765432";
    let bytes = number.as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match bytes {
        [body @ .., check] if bytes.len() == 18 && digits(body) => {
            if !is_date(&number[6..14]) {
                return Err(IdFault::BirthDate);
            }
            let sum: u32 =
                body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
            let expected = CHECKS[sum as usize % 11];
            if check.to_ascii_uppercase() == expected { Ok(()) } else { Err(IdFault::CheckDigit) }
        }
        _ if bytes.len() == 15 && digits(bytes) => {
            if is_date(&format!("19{}", &number[6..12])) {
                Ok(())
            } else {
                Err(IdFault::BirthDate)
            }
        }
        _ => Err(IdFault::Shape),
    }
}

pub(super) fn values(source: &str) -> Vec<Value> {
    let separates = |c: char| matches!(c, '、' | ',' | '，' | ';' | '；' | '/' | '\n');
    pieces(source, separates)
        .into_iter()
        .map(|(piece, span)| {
            let text = compact(piece.trim_start_matches(TEXT_MARKS)).to_uppercase().replace(['×', '乂'], "X");
            let value = Value { span, ..Value::whole(&piece, text) };
            match check_id_no(&value.text) {
                Ok(()) => value,
                Err(IdFault::Shape) => value.doubtful(0.3, "not_an_id_number"),
                Err(IdFault::BirthDate) => value.doubtful(0.3, "birth_date_is_no_date"),
                Err(IdFault::CheckDigit) => value.doubtful(0.4, "check_digit_differs"),
            }
        })
        .collect()
}

fn is_date(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok());
    match (part(0..4), part(4..6), part(6..8)) {
        (Some(year), Some(month @ 1..=12), Some(day)) => (1..=days_in(Some(year), month)).contains(&day),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_example_and_its_faults() {
        assert_eq!(check_id_no("11010519491231002X"), Ok(()), "the standard's own example");
        assert_eq!(check_id_no("11010519491231002x"), Ok(()));
        assert_eq!(check_id_no("110105194912310021"), Err(IdFault::CheckDigit));
        assert_eq!(check_id_no("11010519491331002X"), Err(IdFault::BirthDate));
        assert_eq!(check_id_no("990000560305001"), Ok(()));
        assert_eq!(check_id_no("99000056030500"), Err(IdFault::Shape));
    }

    #[test]
    fn the_mark_of_a_spreadsheet_is_no_part_of_a_number() {
        let found = values("'11010519491231002X");
        assert_eq!((found[0].text.as_str(), found[0].confidence), ("11010519491231002X", 1.0));
    }
}
