// One press, one change: the least that a page can do between an input and a frame.
const shown = document.querySelector('[data-test="shown"]');
let presses = 0;
document.querySelector('[data-test="press"]').addEventListener('click', () => {
  presses += 1;
  shown.textContent = String(presses);
});
