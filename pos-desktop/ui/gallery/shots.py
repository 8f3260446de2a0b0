#!/usr/bin/env python3
"""Takes pictures of the screens with their worst content, in headless Chromium (Debian's chromium-driver).

    cargo run -p pos-bundle
    python3 pos-desktop/ui/gallery/shots.py [FOLDER] [SCENE …]

FOLDER is target/gallery where none is named. Each scene is taken at 1366 × 768 and 1920 × 1080.
"""

import base64
import functools
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request

GALLERY = pathlib.Path(__file__).resolve().parent
SIZES = ((1366, 768), (1920, 1080))


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}

    def log_message(self, *_args):
        pass


def site(folder):
    """The bundle with the gallery beside it."""
    shutil.copytree(GALLERY.parent / "dist", folder, dirs_exist_ok=True)
    shutil.copytree(GALLERY, folder / "gallery", dirs_exist_ok=True)
    shutil.copy(GALLERY / "index.html", folder / "scene.html")


class Browser:
    """Chromium, by WebDriver."""

    def __init__(self):
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        started = next(line for line in self.driver.stdout if "successfully on port" in line)
        port = started.rstrip(". \n").rsplit(" ", 1)[1]
        self.at = f"http://127.0.0.1:{port}/session"
        wanted = {"alwaysMatch": {"goog:chromeOptions": {"args": flags}}}
        self.at += "/" + self.ask("", {"capabilities": wanted})["sessionId"]

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.at + path, data), timeout=120) as answer:
            return json.load(answer)["value"]

    def close(self):
        urllib.request.urlopen(urllib.request.Request(self.at, method="DELETE"), timeout=30)
        self.driver.terminate()
        self.driver.wait()

    def shoot(self, address, size, picture):
        wide, high = size
        cdp = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": False}
        self.ask("/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": cdp})
        self.ask("/url", {"url": address})
        wait = """
            const [done] = arguments;
            const look = () => document.title && document.title !== "OC Pizza"
                ? requestAnimationFrame(() => requestAnimationFrame(() => done(document.title)))
                : setTimeout(look, 30);
            look();
        """
        title = self.ask("/execute/async", {"script": wait, "args": []})
        picture.write_bytes(base64.b64decode(self.ask("/screenshot")))
        print(picture, "" if title == "played" else title, flush=True)


def main():
    arguments = sys.argv[1:]
    into = pathlib.Path(arguments[0] if arguments else "target/gallery")
    scenes = arguments[1:] or sorted(it.stem for it in (GALLERY / "scenes").glob("*.json"))
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site(pathlib.Path(folder))
        handler = functools.partial(Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = Browser()
        try:
            for scene in scenes:
                address = f"http://127.0.0.1:{server.server_port}/scene.html?scene={scene}"
                for size in SIZES:
                    browser.shoot(address, size, into / f"{scene}-{size[0]}.png")
        finally:
            browser.close()


if __name__ == "__main__":
    main()
