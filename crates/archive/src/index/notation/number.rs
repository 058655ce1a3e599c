//! Numbers and amounts of money.

use std::ops::Range;
use std::sync::LazyLock;

use dossier_model::{han_digit, han_multiplier};

use super::super::common::END;
use super::Said;

/// Values are counted in ten-thousandths, so that `3.5万` and a fen are whole.
const ONE: u64 = 10_000;
/// Numbers without a unit are told from here on: smaller ones are everywhere, and say nothing.
const LEAST: u64 = 10 * ONE;
/// What is longer is a telephone or identity number.
const DIGITS: usize = 9;

/// Whether a number may begin with this character.
pub(super) fn may_begin(c: char) -> bool {
    // Asked of every character: a look into a table is cheaper than comparing with thirty.
    static HAN: LazyLock<Vec<bool>> = LazyLock::new(|| {
        let begins = |c| han_digit(c).is_some() || han_multiplier(c) == Some(10);
        ('\0'..).take(END).map(begins).collect()
    });
    if c.is_ascii() { c.is_ascii_digit() } else { HAN.get(c as usize).is_some_and(|begins| *begins) }
}

/// The end of what looks like one number from `at` on.
pub(super) fn run_end(chars: &[char], at: usize) -> usize {
    let belongs = |c: char| may_begin(c) || han_multiplier(c).is_some();
    let length = chars[at..].iter().take_while(|c| belongs(**c)).count();
    at + length.max(1)
}

/// What the number at `at` says: itself, and the amount if it is one of money.
pub(super) fn said(chars: &[char], at: usize) -> Option<(usize, Vec<Said>)> {
    let (value, end) = number(chars, at)?;
    let mut said = Vec::new();
    if value >= LEAST {
        said.push(Said::new(at..end, format_args!("n{value}")));
    }
    let before = at.checked_sub(1).map(|before| chars[before]);
    if let Some((whole, end)) = money(chars, value, end) {
        said.push(Said::new(at..end, format_args!("m{whole}")));
        return Some((end, said));
    }
    if before == Some('¥') {
        said.push(Said::new(at - 1..end, format_args!("m{value}")));
    }
    Some((end, said))
}

/// The amount and its end, if a unit of money follows at `at`: `三元五角` is one amount.
fn money(chars: &[char], value: u64, at: usize) -> Option<(u64, usize)> {
    if !matches!(chars.get(at), Some('元' | '块' | '圆')) {
        return None;
    }
    let (mut whole, mut end) = (value, at + 1);
    if chars.get(at..at + 2) == Some(&['块', '钱']) {
        return Some((whole, at + 2));
    }
    for (units, worth) in [(['角', '毛'], ONE / 10), (['分', '分'], ONE / 100)] {
        let digit = chars.get(end).and_then(|c| digit(*c));
        if let (Some(digit), Some(unit)) = (digit, chars.get(end + 1))
            && units.contains(unit)
        {
            whole = whole.saturating_add(digit * worth);
            end += 2;
        }
    }
    Some((whole, end))
}

/// The number at `at` and its end; nothing for what only looks like one: `三五千`, `三万多`.
fn number(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let mut reader = Reader::default();
    let mut end = at;
    while let Some((step, next)) = step(chars, end) {
        reader.take(step)?;
        end = next;
    }
    let value = reader.value()?;
    let vague = matches!(chars.get(end), Some('多' | '余' | '几' | '来' | '.' | '%' | '‰'));
    let vague =
        vague && chars.get(end..end + 2).is_none_or(|next| next[0] != '.' || next[1].is_ascii_digit());
    (!vague).then_some((value, end))
}

enum Step {
    /// A number in Arabic digits.
    Arabic(u64),
    Digit(u64),
    Multiplier(u64),
}

fn step(chars: &[char], at: usize) -> Option<(Step, usize)> {
    let c = *chars.get(at)?;
    if c.is_ascii_digit() {
        let (value, end) = arabic(chars, at)?;
        return Some((Step::Arabic(value), end));
    }
    han_digit(c)
        .map(Step::Digit)
        .or_else(|| han_multiplier(c).map(Step::Multiplier))
        .map(|step| (step, at + 1))
}

/// Digits, in groups of three or not, with up to four decimals.
fn arabic(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = at + digits(at);
    let mut whole: Vec<char> = chars[at..end].to_vec();
    while whole.len() <= DIGITS && (end - at <= 3 || chars[at..end].contains(&',')) {
        if chars.get(end) != Some(&',') || end + 1 >= chars.len() || digits(end + 1) != 3 {
            break;
        }
        whole.extend(&chars[end + 1..end + 4]);
        end += 4;
    }
    if whole.len() > DIGITS || whole.len() > 1 && whole[0] == '0' {
        return None;
    }
    let mut value = whole.iter().fold(0, |value, c| value * 10 + u64::from(*c as u8 - b'0')) * ONE;
    if chars.get(end) == Some(&'.') && chars.get(end + 1).is_some_and(char::is_ascii_digit) {
        let decimals = digits(end + 1);
        let mut worth = ONE;
        for c in &chars[end + 1..end + 1 + decimals.min(4)] {
            worth /= 10;
            value += u64::from(*c as u8 - b'0') * worth;
        }
        if decimals > 4 {
            return None;
        }
        end += 1 + decimals;
    }
    Some((value, end))
}

/// A number as it is read, part by part.
#[derive(Default)]
struct Reader {
    /// Above and below 万.
    total: u64,
    section: u64,
    pending: Option<u64>,
    /// How many digits in a row are pending.
    digits: usize,
    /// The last multiplier, and whether a digit right after it may stand for its tenth: 三万五.
    last: u64,
    zero: bool,
    started: bool,
}

impl Reader {
    /// Nothing comes of what is no number.
    fn take(&mut self, step: Step) -> Option<()> {
        match step {
            Step::Arabic(value) => {
                if self.pending.is_some() {
                    return None;
                }
                self.pending = Some(value);
                self.last = 0;
            }
            Step::Digit(0) if self.started && self.last > 0 && self.pending.is_none() => self.zero = true,
            Step::Digit(digit) => {
                self.digits += 1;
                // Digits in a row are read one by one: 一九八七.
                if self.digits > 1 && (self.last > 0 || self.zero) || self.digits > DIGITS {
                    return None;
                }
                self.pending = Some(self.pending.unwrap_or(0) * 10 + digit * ONE);
            }
            Step::Multiplier(by) => self.multiply(by)?,
        }
        self.started = true;
        Some(())
    }

    fn multiply(&mut self, by: u64) -> Option<()> {
        if self.digits > 1 {
            return None;
        }
        let bare_ten = by == 10 && (!self.started || self.last > 10);
        match self.pending.take() {
            None if bare_ten => self.section = self.section.checked_add(10 * ONE)?,
            // 三千万: what stands so far is multiplied.
            None if by >= 10_000 && self.section > 0 => self.raise(by)?,
            None => return None,
            Some(pending) if by >= 10_000 => {
                self.section = self.section.checked_add(pending)?;
                self.raise(by)?;
            }
            Some(pending) => self.section = self.section.checked_add(pending.checked_mul(by)?)?,
        }
        (self.digits, self.zero, self.last) = (0, false, by);
        Some(())
    }

    fn raise(&mut self, by: u64) -> Option<()> {
        let raised = if by > 10_000 { self.total.checked_add(self.section)? } else { self.section };
        if by > 10_000 {
            self.total = 0;
        }
        self.total = self.total.checked_add(raised.checked_mul(by)?)?;
        self.section = 0;
        Some(())
    }

    fn value(self) -> Option<u64> {
        let short = self.digits == 1 && !self.zero && self.last > 10;
        let pending = self.pending.unwrap_or(0);
        let pending = if short { pending * (self.last / 10) } else { pending };
        self.started.then(|| self.total.checked_add(self.section)?.checked_add(pending))?
    }
}

/// The value of one digit.
pub(super) fn digit(c: char) -> Option<u64> {
    c.to_digit(10).map(u64::from).or_else(|| han_digit(c))
}

/// A whole number below a hundred in either notation, all of `place`.
pub(super) fn small(chars: &[char], place: Range<usize>) -> Option<u32> {
    let text = chars.get(place)?;
    match text {
        [ten] if han_multiplier(*ten) == Some(10) => Some(10),
        [one] => digit(*one).map(|value| value as u32),
        [ten, one] if han_multiplier(*ten) == Some(10) => digit(*one).map(|value| 10 + value as u32),
        [tens, ten] if han_multiplier(*ten) == Some(10) => digit(*tens).map(|value| 10 * value as u32),
        ['廿', one] => digit(*one).map(|value| 20 + value as u32),
        ['卅', one] => digit(*one).map(|value| 30 + value as u32),
        [tens, one] => Some(10 * digit(*tens)? as u32 + digit(*one)? as u32),
        [tens, ten, one] if han_multiplier(*ten) == Some(10) => {
            Some(10 * digit(*tens)? as u32 + digit(*one)? as u32)
        }
        _ => None,
    }
}
