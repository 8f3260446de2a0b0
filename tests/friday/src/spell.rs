//! What is ordered, in the order language: the words of [`domain::typed`].

use domain::configured::{Amount, Configured};
use std::fmt::Write as _;

/// One item as staff type it: `2x MAR/4FR S -BAS +OEU:2 =BCU`.
pub(crate) fn spell(item: &Configured, quantity: u32) -> String {
    let mut text = String::new();
    if quantity != 1 {
        write(&mut text, format_args!("{quantity}x "));
    }
    for (at, part) in item.parts.iter().enumerate() {
        write(&mut text, format_args!("{}{}", if at == 0 { "" } else { "/" }, part.product));
    }
    if let Some(size) = &item.size {
        write(&mut text, format_args!(" {size}"));
    }
    for it in &item.changes {
        let sign = match it.amount {
            Amount::None => "-",
            Amount::Light => "~",
            Amount::Normal => "+",
            Amount::Extra => "++",
        };
        write(&mut text, format_args!(" {sign}{}{}", it.ingredient, part(it.on)));
    }
    for it in &item.choices {
        write(&mut text, format_args!(" ={}{}", it.option, part(it.on)));
    }
    text
}

fn part(on: Option<u8>) -> String {
    on.map_or_else(String::new, |at| format!(":{}", at + 1))
}

fn write(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words).expect("memory takes any order line");
}

#[cfg(test)]
mod tests {
    use super::spell;
    use crate::{Baskets, data};
    use domain::stock::Availability;
    use domain::typed;

    #[test]
    fn what_is_spelt_is_understood_as_it_was_meant() {
        let mut baskets = Baskets::new(3, data::menu());
        for _ in 0..2_000 {
            for (item, quantity) in baskets.draw().lines {
                let text = spell(&item, quantity);
                let echo = typed::read(&text, None, baskets.menu(), &Availability::default());
                assert!(echo.problems.is_empty(), "{text}: {:?}", echo.problems);
                let read = echo.items.first().expect("there is an item");
                assert_eq!(u32::from(read.quantity), quantity, "{text}");
                let price =
                    |it: &domain::configured::Configured| it.make(baskets.menu()).unwrap().sum;
                assert_eq!(price(&read.configured), price(&item), "{text}");
            }
        }
    }
}
