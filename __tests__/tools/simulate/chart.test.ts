import { DOMParser } from "@xmldom/xmldom";
import test from "ava";
import { chart } from "../../../tools/simulate/chart/chart.ts";
import { launchChromium, testInChromium } from "../../chromium.ts";
import { resultsOf } from "./results.ts";

const TITLE = `Steps & "targets" <side by side>`;
const results = resultsOf("steps", "requests-per-task", "cpu");

test("draws a self-contained SVG with a title and a description", (t) => {
  const svg = chart(TITLE, "workshop", results);
  const failures: string[] = [];
  const document = new DOMParser({
    onError: (level, message) => failures.push(`${level}: ${message}`),
  }).parseFromString(svg, "image/svg+xml");
  t.deepEqual(failures, []);
  t.is(document.getElementsByTagName("title")[0]?.textContent, TITLE);
  t.regex(document.getElementsByTagName("desc")[0]?.textContent ?? "", /Steps: .* failed.*CPU, target 50: /);
  t.notRegex(svg.replace('xmlns="http://www.w3.org/2000/svg"', ""), /https?:|<script|<image|NaN|Infinity|undefined/);
});

test("draws a bar for as long as a cooldown or the maximum limits scaling", (t) => {
  const [steps] = results;
  t.true(steps?.simulation.periods.some(({ decision }) => decision?.limit === "max"));
  const bars = (svg: string, kind: string) => svg.match(new RegExp(`class="bar ${kind}"`, "g"))?.length ?? 0;
  t.is(bars(chart(TITLE, "", results.slice(0, 1)), "max"), 1);
  t.true(bars(chart(TITLE, "", results.slice(0, 1)), "cooldown") > 1);
  t.is(bars(chart(TITLE, "", resultsOf("by hand")), "max"), 0);
});

interface Label {
  readonly words: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels by which line boxes may overlap before their letters do. */
const LEADING = 5;

for (const count of [1, 2, 3]) {
  testInChromium(
    `${count} side by side: labels stay inside the picture and do not overlap, in light and dark mode`,
    async (t) => {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
        await page.setContent(`<body style="margin: 0">${chart("A try", "workshop", results.slice(0, count))}`);
        const [frame] = await page.evaluate<[Label]>(
          `[document.querySelector("svg").getBoundingClientRect().toJSON()]`,
        );
        const texts = await page.evaluate<Label[]>(
          `[...document.querySelectorAll("text")].map((text) => ({ words: text.textContent, ...text.getBoundingClientRect().toJSON() }))`,
        );
        t.true(texts.length > 40);
        t.deepEqual(
          texts.filter(
            ({ left, right, top, bottom }) => left < 0 || top < 0 || right > frame.right || bottom > frame.bottom,
          ),
          [],
        );
        t.deepEqual(
          texts.flatMap((one, index) =>
            texts
              .slice(index + 1)
              .filter((other) => cover(one, other))
              .map((other) => [one, other]),
          ),
          [],
        );
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const fills = await page.evaluate<[string, ...string[]]>(
            `[...document.querySelectorAll(".paper, text, tspan")].map((one) => getComputedStyle(one).fill)`,
          );
          const [paper, ...inks] = fills;
          t.deepEqual(
            inks.filter((ink) => contrast(ink, paper) < 4.5),
            [],
            colorScheme,
          );
        }
      } finally {
        await browser.close();
      }
    },
  );
}

function cover(one: Label, other: Label): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom - LEADING &&
    other.top < one.bottom - LEADING
  );
}

/** Contrast ratio as WCAG 2 defines it, from 1 to 21. @param one CSS color such as `rgb(0, 0, 0)` */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((channel) => {
    const share = Number(channel) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
