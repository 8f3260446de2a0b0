// Answers the screens from JSON files, so that they can be looked at without a workstation:
// `?scene=NAME` reads base.json, then scenes/NAME.json over it, and plays the scene's steps.

const name = new URLSearchParams(location.search).get("scene");
const read = async (path) => (await fetch(path)).json();
const base = await read("gallery/base.json");
const scene = await read(`gallery/scenes/${name}.json`);
const answers = { ...base, ...scene.answers };

/// The one key of an enum in JSON: {"Menu": …} or "Menu".
const variant = (it) => (typeof it === "string" ? it : Object.keys(it)[0]);

/// Answers to questions on the shop's workstations have the question's own name.
const answer = (query) => {
  const name = variant(query);
  return { [name]: name === "Mesh" ? answer(query.Mesh) : answers[name] };
};

const calls = {
  query: ({ query }) => answer(query),
  command: ({ command }) => {
    const kind = variant(command);
    if (scene.refuse[kind]) throw scene.refuse[kind];
    return scene.commands[kind] ?? "Done";
  },
};

window.__TAURI__ = {
  core: {
    invoke: async (call, given) => calls[call](given),
  },
  event: { listen: async () => () => {} },
};

await import("../boot.js");

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const find = async (selector) => {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = document.querySelector(selector);
    if (found) return found;
    await pause(20);
  }
  throw new Error(`${name}: there is no ${selector}`);
};

const steps = {
  click: async (selector) => {
    (await find(`${selector}:not(:disabled)`)).dispatchEvent(new MouseEvent("click", { bubbles: true }));
  },
  touch: async (selector) => {
    const touched = await find(selector);
    touched.focus();
    touched.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" }));
  },
  type: async (selector, text) => {
    const field = await find(selector);
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },
  key: async (key) => {
    window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  },
};

await pause(120);
try {
  for (const [step, ...rest] of scene.steps) {
    await steps[step](...rest);
    await pause(60);
  }
  await document.fonts.ready;
  document.title = "played";
} catch (error) {
  document.title = String(error);
  document.body.append(String(error));
}
