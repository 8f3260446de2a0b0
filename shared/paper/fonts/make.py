"""Makes the two typefaces of this folder from the window's variable one.

    python3 -m venv target/fonts && target/fonts/bin/pip install fonttools==4.68.0 brotli==1.2.1
    target/fonts/bin/python shared/paper/fonts/make.py

Two fixed weights, without hints, with the letters of Europe: a tenth of the size, and nothing for a
PDF's reader to choose. The features kept are those that `src/font.rs` and French ask for.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
SOURCE = HERE.parents[2] / "pos-desktop/ui/static/fonts/InterVariable.woff2"
WEIGHTS = {"Regular": 400, "SemiBold": 600}
LETTERS = [
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x250),  # Latin
    *range(0x2BB, 0x2BE),
    *range(0x300, 0x400),  # accents apart, Greek
    *range(0x400, 0x460),  # Cyrillic
    *range(0x1E00, 0x1F00),  # more Latin
    *range(0x2000, 0x2050),  # spaces, dashes, quotation marks
    *range(0x20A0, 0x20C0),  # currencies
    *(0x2116, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2260, 0x2264, 0x2265, 0x2713),
]

for name, weight in WEIGHTS.items():
    font = TTFont(SOURCE, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": weight, "opsz": 14})
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "tnum", "locl"]
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    # PostScript names that tell the two weights apart, as PDF readers list them.
    for record in font["name"].names:
        if record.nameID == 6:
            record.string = f"Inter-{name}"
        elif record.nameID == 4:
            record.string = f"Inter {name}"
    font.flavor = None
    font.save(HERE / f"Inter-{name}.ttf")
