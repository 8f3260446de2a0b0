// Keeps the board live: the server sends it anew after every sale, already drawn.
"use strict";

const board = document.getElementById("board");
const link = document.getElementById("link");
// The server speaks at least every ten seconds; a connection that says nothing for so long is dead.
const SILENCE_MS = 25_000;

let source = null;
let heard = Date.now();

function say(state) {
  link.dataset.state = state;
}

function figures() {
  return new Map(
    [...board.querySelectorAll("[data-shop] [data-figure]")].map((it) => [
      it.closest("[data-shop]").dataset.shop + " " + it.dataset.figure,
      it,
    ]),
  );
}

// Draws the board, and marks for a moment the figures that moved.
function draw(html) {
  const before = new Map([...figures()].map(([name, it]) => [name, it.textContent]));
  board.innerHTML = html;
  for (const [name, it] of figures()) {
    it.classList.toggle("moved", before.has(name) && before.get(name) !== it.textContent);
  }
}

function connect() {
  if (source) source.close();
  heard = Date.now();
  source = new EventSource("/direct");
  source.addEventListener("board", (event) => {
    heard = Date.now();
    draw(event.data);
    say("live");
  });
  source.addEventListener("signed-out", () => {
    source.close();
    location.assign("/connexion");
  });
  // EventSource tries again by itself, unless it was refused: then the session may be over.
  source.addEventListener("error", () => {
    say("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(reconnect, 3_000);
  });
}

async function reconnect() {
  try {
    const answer = await fetch("/", { redirect: "manual" });
    if (answer.type === "opaqueredirect") location.assign("/connexion");
    else connect();
  } catch {
    setTimeout(reconnect, 3_000);
  }
}

setInterval(() => {
  if (SILENCE_MS < Date.now() - heard) {
    say("lost");
    connect();
  }
}, 5_000);

connect();
