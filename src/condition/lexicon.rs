//! Classes of words.

use super::test::Question;
use crate::id::{LONG_WORDS, Label, NO_WORDS, Words, words};

/// Words and their classes: of any other word 1, of the i-th of these 2 + i. A table in which each has a place of its
/// own, so that one look finds it, however many there are.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    words: Box<[Words]>,
    multiplier: u64,
    shift: u32,
    /// A word, and its class as it differs from that of other words.
    places: Box<[(Words, usize)]>,
}

/// The class of other words.
const OTHER: usize = 1;

impl Lexicon {
    /// For the words that these questions name; `None` where one is long, or no table keeps them apart.
    pub(super) fn new<'q>(questions: impl Iterator<Item = &'q Question>) -> Option<Self> {
        let mut words = Vec::new();
        for question in questions {
            if let Question::In(set) = question {
                words.extend(set.iter().map(|member| crate::id::words(Some(member))));
            }
        }
        words.sort_unstable();
        words.dedup();
        if words.contains(&LONG_WORDS) {
            return None;
        }
        let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
        let bits = usize::BITS.wrapping_sub(words.len().leading_zeros());
        for more in 1..6 {
            let (bits, tries) = (bits.saturating_add(more), 64);
            for _ in 0..tries {
                let shift = u64::BITS.checked_sub(bits)?;
                let mut places = vec![(LONG_WORDS, 0); 1_usize.checked_shl(bits)?];
                // The place of no word at all is the first one.
                *places.first_mut()? = (NO_WORDS, OTHER);
                let apart = (2..).zip(&words).all(|(class, word)| {
                    let place = places.get_mut(Self::place(*word, multiplier, shift));
                    place.filter(|place| place.1 == 0).map(|place| *place = (*word, class ^ OTHER)).is_some()
                });
                if apart {
                    return Some(Self { words: words.into(), multiplier, shift, places: places.into() });
                }
                multiplier = multiplier.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(2);
            }
        }
        None
    }

    #[inline(always)]
    fn place([a, b, c]: Words, multiplier: u64, shift: u32) -> usize {
        let mixed = a ^ b.rotate_left(21) ^ c.rotate_left(42);
        (mixed.wrapping_mul(multiplier) >> (shift & 63)) as usize
    }

    /// How many classes there are.
    pub(super) fn classes(&self) -> usize {
        self.words.len().saturating_add(2)
    }

    /// Whether the words of this class are in the set.
    pub(super) fn is_in(&self, class: usize, set: &[Label]) -> bool {
        let word = class.checked_sub(2).and_then(|i| self.words.get(i));
        word.is_some_and(|word| set.iter().any(|member| words(Some(member)) == *word))
    }

    /// The class of a word, or of none.
    #[inline(always)]
    pub(super) fn class_of(&self, own: Option<&Label>) -> usize {
        let own = words(own);
        let Some((there, class)) = self.places.get(Self::place(own, self.multiplier, self.shift)) else { return OTHER };
        let ([a, b, c], [x, y, z]) = (own, there);
        // All three at once and without a branch: the outcome is unpredictable.
        let same = usize::from((a ^ x) | (b ^ y) | (c ^ z) == 0);
        (class & usize::wrapping_sub(0, same)) ^ OTHER
    }
}
