//! The order language: a whole order typed at the counter, echoed while it is being typed.
//!
//! ```text
//! REI G; MAR/4FR S -BAS +OEU; 19h30
//! ```
//!
//! Items are separated by `;`. Case and accents make no difference. The words of an item, in any
//! order after its product, are:
//!
//! | word | what it says |
//! |---|---|
//! | `REI` | a product; `MAR/4FR`, `A/B/C`, `A/B/C/D` a pizza of equal parts |
//! | `G` | the size, by code or alias; else the menu's default size, or the only one there is |
//! | `2`, `2x`, `x2` | how many: 1 to [`MAX_QUANTITY`] |
//! | `-BAS` | without |
//! | `+OEU` | with: put on the parts that lack it; extra, where every part concerned has it |
//! | `++MOZ` | extra |
//! | `~BAS` | light |
//! | `=CUIT` | an option of the product |
//! | `…:1` | after any of these five: on the first part only, counted from 1 |
//!
//! For the whole order, anywhere: a time `19h30`, `19:30`, `19h`, or `+20` for in 20 minutes; and
//! how it leaves: `EMP` (à emporter), `LIV` (livraison), `PLA` (sur place).
//!
//! Nothing here is a sentence: the screen makes them of [`Echo`].

mod nearest;
mod word;

pub use nearest::{CodeOf, Suggestion};

use crate::catalogue::{Base, Catalogue, Product};
use crate::configured::{Amount, Change, Choice, ConfigurationRefused, Configured, Made, Share};
use crate::id::{IngredientCode, OptionCode, ProductCode, SizeCode};
use crate::stock::Availability;
use crate::text;
use alloc::vec::Vec;
use fiscal::vat::Mode;
use serde::{Deserialize, Serialize};
use word::Said;

/// The most of one item that can be typed: more is a slip of the finger.
pub const MAX_QUANTITY: u16 = 99;

/// The longest delay in minutes that can be typed.
pub const MAX_MINUTES: u16 = 600;

/// Where something stands in what was typed: bytes `start` up to and without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// What was understood, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// What is ordered, as far as it is understood.
    pub items: Vec<TypedItem>,
    /// When it is wanted.
    pub when: Option<When>,
    /// How it leaves.
    pub mode: Option<Mode>,
    /// What each word was taken for, in their order.
    pub words: Vec<Word>,
    /// What is in the way of adding all this.
    pub problems: Vec<Problem>,
}

/// One item, as far as it is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedItem {
    /// From its first word to its last.
    pub span: Span,
    /// How many.
    pub quantity: u16,
    /// What.
    pub configured: Configured,
    /// What one of it comes to, or why it cannot be sold.
    pub made: Result<Made, ConfigurationRefused>,
}

/// When an order is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// The next time that the shop's clock shows this.
    At {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
    /// So many minutes from now: 1 to [`MAX_MINUTES`].
    InMinutes(u16),
}

/// A word, and what it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Where.
    pub span: Span,
    /// What.
    pub meaning: Meaning,
}

/// What a word was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meaning {
    /// A product, or the parts of a pizza.
    Product,
    /// A size.
    Size,
    /// How many.
    Quantity,
    /// A change of an ingredient.
    Change,
    /// An option.
    Choice,
    /// When.
    When,
    /// How it leaves.
    Mode,
    /// Nothing that is known.
    Unknown,
}

/// Something that is in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ProblemKind,
    /// What may have been meant, the likeliest first.
    pub nearest: Vec<Suggestion>,
}

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The word under the cursor is the beginning of something: not to be complained of yet.
    Unfinished,
    /// There is no such product.
    UnknownProduct,
    /// There is no such ingredient.
    UnknownIngredient,
    /// The product has no such option.
    UnknownOption,
    /// The pizza has no such part.
    NoSuchPart,
    /// More than four parts.
    TooManyParts,
    /// A size, a number or a change of nothing: the item has no product.
    NoProduct,
    /// A second product in one item: a `;` is missing.
    SecondProduct,
    /// A second size in one item.
    SecondSize,
    /// A second number in one item.
    SecondQuantity,
    /// A second time.
    SecondWhen,
    /// A second way to leave.
    SecondMode,
    /// No clock shows this time, or it is too far off.
    ImpossibleWhen,
    /// None, or more than [`MAX_QUANTITY`].
    ImpossibleQuantity,
}

impl Echo {
    /// Whether pressing Enter may do what was typed: something was, all of it is understood, and
    /// all of it can be sold.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let says_something = !self.items.is_empty() || self.when.is_some() || self.mode.is_some();
        says_something && self.problems.is_empty() && self.items.iter().all(|it| it.made.is_ok())
    }
}

/// Reads what was typed, however unfinished. `cursor` is the byte before which the cursor stands,
/// where it is in the text at all. Nothing typed makes this fail.
#[must_use]
pub fn read(
    typed: &str,
    cursor: Option<usize>,
    catalogue: &Catalogue,
    availability: &Availability,
) -> Echo {
    let mut reader = Reader { cursor, catalogue, availability, echo: Echo::default() };
    for (segment, text) in word::segments(typed) {
        reader.read_segment(segment, word::words(segment, text));
    }
    reader.echo
}

/// Whether a word reads as something else than a code: a time, a quantity, a mode.
#[must_use]
pub fn reads_otherwise(word: &str) -> bool {
    match word::said(word) {
        Said::When(_) | Said::Quantity(_) | Said::Mode(_) => true,
        Said::Change { .. } | Said::Choice { .. } | Said::Plain => false,
    }
}

struct Reader<'r> {
    cursor: Option<usize>,
    catalogue: &'r Catalogue,
    availability: &'r Availability,
    echo: Echo,
}

/// One item while its words are being read.
#[derive(Default)]
struct Draft<'w> {
    products: Option<(Span, Vec<ProductCode>)>,
    size: Option<(Span, SizeCode)>,
    quantity: Option<(Span, u16)>,
    changes: Vec<(Span, word::Sign, &'w str, Option<u8>)>,
    choices: Vec<(Span, &'w str, Option<u8>)>,
}

impl Reader<'_> {
    fn read_segment(&mut self, segment: Span, words: Vec<(Span, &str)>) {
        let mut draft = Draft::default();
        for (span, word) in words {
            let meaning = self.read_word(&mut draft, span, word);
            self.echo.words.push(Word { span, meaning });
        }
        self.finish(segment, draft);
    }

    fn read_word<'w>(&mut self, draft: &mut Draft<'w>, span: Span, word: &'w str) -> Meaning {
        match word::said(word) {
            Said::Mode(mode) => {
                if self.echo.mode.replace(mode).is_some() {
                    self.problem(span, ProblemKind::SecondMode);
                }
                Meaning::Mode
            }
            Said::When(when) => {
                match when {
                    None => self.problem(span, ProblemKind::ImpossibleWhen),
                    Some(_) if self.echo.when.is_some() => {
                        self.problem(span, ProblemKind::SecondWhen);
                    }
                    Some(_) => self.echo.when = when,
                }
                Meaning::When
            }
            Said::Quantity(quantity) => {
                match quantity {
                    None => self.problem(span, ProblemKind::ImpossibleQuantity),
                    Some(_) if draft.quantity.is_some() => {
                        self.problem(span, ProblemKind::SecondQuantity);
                    }
                    Some(quantity) => draft.quantity = Some((span, quantity)),
                }
                Meaning::Quantity
            }
            Said::Change { sign, ingredient, part } => {
                draft.changes.push((span, sign, ingredient, part));
                Meaning::Change
            }
            Said::Choice { option, part } => {
                draft.choices.push((span, option, part));
                Meaning::Choice
            }
            Said::Plain => self.read_plain(draft, span, word),
        }
    }

    fn read_plain(&mut self, draft: &mut Draft<'_>, span: Span, word: &str) -> Meaning {
        if let Some(size) = self.catalogue.size_called(word) {
            if draft.size.is_some() {
                self.problem(span, ProblemKind::SecondSize);
            } else {
                draft.size = Some((span, size.code.clone()));
            }
            return Meaning::Size;
        }
        let (mut known, mut count) = (Vec::new(), 0_usize);
        for (part, text) in word::parts(span, word) {
            count = count.saturating_add(1);
            let code = ProductCode::from(text::fold(text).as_str());
            if self.catalogue.product(&code).is_some() {
                known.push(code);
            } else {
                self.unknown(part, text, ProblemKind::UnknownProduct, CodeOf::Product, None);
            }
        }
        if known.is_empty() {
            return Meaning::Unknown;
        }
        if draft.products.is_some() {
            self.problem(span, ProblemKind::SecondProduct);
            return Meaning::Product;
        }
        if Share::of_equal(count).is_none() {
            self.problem(span, ProblemKind::TooManyParts);
            known.truncate(4);
        }
        draft.products = Some((span, known));
        Meaning::Product
    }

    fn finish(&mut self, segment: Span, draft: Draft<'_>) {
        let Draft { products, size, quantity, changes, choices } = draft;
        let Some((product_span, products)) = products else {
            let orphan = (size.map(|it| it.0).into_iter())
                .chain(quantity.map(|it| it.0))
                .chain(changes.iter().map(|it| it.0))
                .chain(choices.iter().map(|it| it.0))
                .min();
            // An unknown product is already complained of: its item is not without one.
            let complained = self.echo.problems.iter().any(|it| {
                segment.contains(it.span)
                    && matches!(it.kind, ProblemKind::UnknownProduct | ProblemKind::Unfinished)
            });
            if let Some(span) = orphan.filter(|_| !complained) {
                let typing = self.cursor.is_some_and(|at| segment.touches(at));
                let kind = if typing { ProblemKind::Unfinished } else { ProblemKind::NoProduct };
                self.problem(span, kind);
            }
            return;
        };
        let catalogue = self.catalogue;
        let parts: Vec<&Product> =
            products.iter().filter_map(|code| catalogue.product(code)).collect();
        let size_code = size.as_ref().map(|it| it.1.clone()).or_else(|| self.default_size(&parts));
        let changes: Vec<Change> =
            changes.iter().filter_map(|change| self.change(&parts, *change)).collect();
        let choices: Vec<Choice> =
            choices.iter().filter_map(|choice| self.choice(&parts, *choice)).collect();
        let whole = Configured::divided(products, size_code).expect("there are 1 to 4 parts");
        let configured = Configured { changes, choices, ..whole };
        let made = configured.sell(catalogue, self.availability);
        let mine = self.echo.words.iter().filter(|it| segment.contains(it.span));
        let span = mine
            .filter(|it| !matches!(it.meaning, Meaning::When | Meaning::Mode))
            .fold(product_span, |all, it| all.with(it.span));
        let quantity = quantity.map_or(1, |it| it.1);
        self.echo.items.push(TypedItem { span, quantity, configured, made });
    }

    /// The size meant when none is typed: the menu's, else the only one that the product has.
    fn default_size(&self, parts: &[&Product]) -> Option<SizeCode> {
        let default = &self.catalogue.default_size;
        match &parts.first()?.base {
            Base::Simple { .. } => None,
            Base::Sized { prices, .. } if prices.len() == 1 => prices.keys().next().cloned(),
            Base::Sized { .. } => Some(default.clone()),
        }
    }

    fn change(
        &mut self,
        parts: &[&Product],
        (span, sign, word, part): (Span, word::Sign, &str, Option<u8>),
    ) -> Option<Change> {
        let ingredient = IngredientCode::from(text::fold(word).as_str());
        if self.catalogue.ingredient(&ingredient).is_none() {
            let has = |code: &str| parts.iter().any(|it| it.has(&IngredientCode::from(code)));
            // Only what is in it can be taken off, so only that is worth proposing.
            let in_it: Option<&dyn Fn(&str) -> bool> =
                if sign == word::Sign::Without { Some(&has) } else { None };
            let kind = ProblemKind::UnknownIngredient;
            self.unknown(span, word, kind, CodeOf::Ingredient, in_it);
            return None;
        }
        let on = self.part(parts, span, part)?;
        let concerned = |at: usize| on.is_none_or(|on| usize::from(on) == at);
        let all_have = (parts.iter().enumerate())
            .filter(|(at, _)| concerned(*at))
            .all(|(_, product)| product.has(&ingredient));
        let amount = match sign {
            word::Sign::Without => Amount::None,
            word::Sign::Light => Amount::Light,
            word::Sign::Extra => Amount::Extra,
            word::Sign::With if all_have => Amount::Extra,
            word::Sign::With => Amount::Normal,
        };
        Some(Change { ingredient, amount, on })
    }

    fn choice(
        &mut self,
        parts: &[&Product],
        (span, word, part): (Span, &str, Option<u8>),
    ) -> Option<Choice> {
        let option = OptionCode::from(text::fold(word).as_str());
        let mut groups = parts.iter().flat_map(|it| &it.choices);
        let Some(group) = groups.find(|it| it.options.iter().any(|it| it.code == option)) else {
            let offers = |code: &str| {
                let groups = parts.iter().flat_map(|it| &it.choices);
                groups.flat_map(|it| &it.options).any(|it| it.code.as_str() == code)
            };
            let kind = ProblemKind::UnknownOption;
            self.unknown(span, word, kind, CodeOf::Option, Some(&offers));
            return None;
        };
        let on = self.part(parts, span, part)?;
        Some(Choice { group: group.code.clone(), option, on })
    }

    /// The part meant by `:1`, counted from 0 as everywhere else; the outer `None` is a problem.
    fn part(&mut self, parts: &[&Product], span: Span, part: Option<u8>) -> Option<Option<u8>> {
        let Some(typed) = part else {
            return Some(None);
        };
        match typed.checked_sub(1).filter(|at| usize::from(*at) < parts.len()) {
            Some(at) => Some(Some(at)),
            None => {
                self.problem(span, ProblemKind::NoSuchPart);
                None
            }
        }
    }

    /// Complains of a word that is no code; more gently while it is being typed.
    fn unknown(
        &mut self,
        span: Span,
        word: &str,
        kind: ProblemKind,
        of: CodeOf,
        only: Option<&dyn Fn(&str) -> bool>,
    ) {
        let word = text::fold(word);
        let nearest = nearest::nearest(&word, of, only, self.catalogue);
        let typing = self.cursor.is_some_and(|at| span.touches(at));
        let may_go_on = word.is_empty() || nearest.iter().any(|it| it.continues(&word));
        let kind = if typing && may_go_on { ProblemKind::Unfinished } else { kind };
        self.echo.problems.push(Problem { span, kind, nearest });
    }

    fn problem(&mut self, span: Span, kind: ProblemKind) {
        let unfinished_time =
            kind == ProblemKind::ImpossibleWhen && self.cursor.is_some_and(|at| span.end == at);
        let kind = if unfinished_time { ProblemKind::Unfinished } else { kind };
        self.echo.problems.push(Problem { span, kind, nearest: Vec::new() });
    }
}

impl Span {
    const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    const fn touches(self, at: usize) -> bool {
        self.start <= at && at <= self.end
    }

    fn with(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

#[cfg(test)]
mod tests;
