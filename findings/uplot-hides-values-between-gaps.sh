#!/usr/bin/env bash
# uPlot draws points by default only if every x value, including those whose y is null, has two point widths (8 px) of room.
# A value between two gaps has no line either, so in a dense chart it is invisible.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent uplot@1.6.32 jsdom@26.1.0

cat >probe.mjs <<'PROBE'
import { JSDOM } from "jsdom";

// Enough of a browser for uPlot; circles that are added to a path are counted.
const { window } = new JSDOM("<div></div>", { pretendToBeVisual: true });
window.HTMLCanvasElement.prototype.getContext = () =>
  new Proxy({}, { get: (target, name) => target[name] ?? (() => ({ width: 10 })), set: (target, name, value) => (target[name] = value, true) });
window.matchMedia = () => ({ addEventListener() {}, removeEventListener() {} });
for (const name of ["window", "document", "navigator", "HTMLElement", "CustomEvent", "matchMedia", "requestAnimationFrame", "getComputedStyle"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
globalThis.devicePixelRatio = 1;
let circles = 0;
globalThis.Path2D = class { moveTo() {} lineTo() {} rect() {} bezierCurveTo() {} closePath() {} arc() { circles += 1; } };

const { default: UPlot } = await import("uplot");
const times = Array.from({ length: 60 }, (_, minute) => minute * 60);
const values = times.map((_, minute) => (minute % 3 === 1 ? 50 : null));
const options = { width: Number(process.argv[2]), height: 200, series: [{}, { stroke: "red", points: { size: 4 } }] };
new UPlot(options, [times, values], window.document.querySelector("div"));
await new Promise((resolve) => setTimeout(resolve, 100));
console.log(circles);
PROBE

wide=$(node probe.mjs 900)
narrow=$(node probe.mjs 430)
echo "version:  uPlot 1.6.32, 60 minutes with a value in every third"
echo "expected: 20 points at any width"
echo "observed: $wide points at 900 px, $narrow at 430 px"
echo "source:   https://github.com/leeoniya/uPlot, option series.points.show (default) and series.points.filter"
[ "$wide" = 20 ] && [ "$narrow" = 0 ]
