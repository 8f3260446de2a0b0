// Prints the papers given as JSON with receipt-printer-encoder, and writes {name: bytes as hex}.

import { readFileSync, writeFileSync } from 'node:fs';
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';

const SIZES = { normal: [1, 1], tall: [1, 2], large: [2, 2] };
const ALIGNS = { left: 'left', centre: 'center', right: 'right' };

function put(encoder, mark) {
  if (mark === 'cut') return encoder.cut('partial');
  if (mark === 'drawer') return encoder.pulse(0, 50, 500);
  const [[kind, it]] = Object.entries(mark);
  switch (kind) {
    case 'feed':
      return encoder.newline(it.lines);
    case 'qr':
      return encoder.align('center').qrcode(it.data, { model: 2, size: 6, errorlevel: 'm' });
    case 'line': {
      const [width, height] = SIZES[it.style.size];
      return encoder
        .align(ALIGNS[it.align])
        .bold(it.style.bold)
        .underline(it.style.underline)
        .width(width)
        .height(height)
        // It takes spaces off the beginning of a line, so these go past it.
        .raw(Array(it.text.length - it.text.trimStart().length).fill(0x20))
        .line(it.text.trimStart());
    }
    default:
      throw new Error(kind);
  }
}

const [source, target] = process.argv.slice(2);
const made = {};
for (const paper of JSON.parse(readFileSync(source, 'utf8'))) {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: paper.columns,
    codepageMapping: 'epson',
    codepageCandidates: ['cp437', 'cp858', 'windows1252'],
    feedBeforeCut: 0,
  });
  encoder.initialize().codepage('auto');
  for (const mark of paper.printed) put(encoder, mark);
  made[paper.name] = Buffer.from(encoder.encode()).toString('hex');
}
writeFileSync(target, `${JSON.stringify(made, null, 1)}\n`);
