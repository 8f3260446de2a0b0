//! A text as a QR code.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of quiet zone on each side, as ISO 18004 asks.
const QUIET: i32 = 4;

/// The code, black on white whatever is around it; nothing where the text is longer than a code holds
/// (2,331 bytes at this level).
#[component]
pub(crate) fn Qr(
    /// What it says.
    text: String,
) -> impl IntoView {
    QrCode::encode_text(&text, QrCodeEcc::Medium).ok().map(|code| {
        let side = code.size() + 2 * QUIET;
        view! {
            <svg
                class="qr"
                data-test="qr"
                data-text=text
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
                role="img"
            >
                <rect width="100%" height="100%" class="qr-light" />
                <path d=path(&code) class="qr-dark" />
            </svg>
        }
    })
}

/// The dark modules, a run of a row at a time.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let run = x - start;
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", start + QUIET, y + QUIET));
            }
            x += 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{QUIET, path};
    use qrcodegen::{QrCode, QrCodeEcc};

    #[test]
    fn every_dark_module_is_drawn_once() {
        let code = QrCode::encode_text("https://oc-pizza.com/t/P01", QrCodeEcc::Medium).unwrap();
        let drawn: i32 = path(&code)
            .split('h')
            .skip(1)
            .filter_map(|it| it.split_once('v')?.0.parse::<i32>().ok())
            .sum();
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .count();
        assert_eq!(usize::try_from(drawn), Ok(dark));
        assert!(path(&code).starts_with(&format!("M{QUIET} {QUIET}h7v1")), "the finder's edge");
    }
}
