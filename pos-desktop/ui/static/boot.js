// Starts the screens: a file of its own, because the window's policy allows no inline script.
import init from "./pos-ui.js";

await init({ module_or_path: "./pos-ui_bg.wasm" });
