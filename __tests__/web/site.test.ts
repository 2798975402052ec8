import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { MYSFITS } from "../../model/mysfits.ts";
import { axeViolations } from "../axe.ts";
import { launchChromium, testInChromium } from "../chromium.ts";
import { until } from "../until.ts";
import { FakeServices } from "./fake-services.ts";

const ARTIFACTS = join(import.meta.dirname, "../../artifacts/site");

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const HASLA = "a901bb08-1985-42f5-bb77-27439ac14300";

let browser: Browser | undefined;
test.after.always(() => browser?.close());

onSite(
  "lists the twelve mysfits, each with a picture that loads and a link to its profile",
  {},
  async (t, { page }) => {
    t.is(await notice(page), "12 mysfits");
    t.deepEqual(await names(page), MYSFITS.map(({ name }) => name).sort());
    for (const picture of await cards(page).locator("img").all()) {
      await picture.scrollIntoViewIfNeeded();
      await picture.evaluate((image: Decodable) => image.decode());
    }
    t.deepEqual(await page.evaluate("[...document.images].filter(image => image.naturalWidth === 0)"), []);
  },
);

onSite("filters by either attribute with a query to the service", {}, async (t, { page, services }) => {
  await choose(page, "Good or evil", "Good");
  t.deepEqual(await names(page), ["CoCo", "Cole", "Hasla", "Twilight Glitter"]);
  await choose(page, "Good or evil", "All");
  await choose(page, "Law or chaos", "Lawful");
  t.deepEqual(await names(page), ["Evangeline", "Pauly", "Twilight Glitter"]);
  t.deepEqual(services.calls, [
    "GET /mysfits",
    "GET /mysfits?filter=GoodEvil&value=Good",
    "GET /mysfits",
    "GET /mysfits?filter=LawChaos&value=Lawful",
  ]);
});

onSite("filters by both attributes together, with one query", {}, async (t, { page, services }) => {
  await choose(page, "Good or evil", "Good");
  await choose(page, "Law or chaos", "Chaotic");
  t.deepEqual(await names(page), ["CoCo", "Cole"]);
  t.is(await notice(page), "2 mysfits");
  t.is(services.calls.at(-1), "GET /mysfits?filter=GoodEvil&value=Good");
});

onSite("the latest filter wins, whichever response arrives first", {}, async (t, { page, services }) => {
  services.behavior.list = "hold";
  await choice(page, "Good or evil", "Evil").check();
  await until(() => services.calls.length === 2);
  services.behavior.list = "ok";
  await choose(page, "Good or evil", "Good");
  services.release();
  t.deepEqual(await names(page), ["CoCo", "Cole", "Hasla", "Twilight Glitter"]);
});

onSite(
  "a list that cannot be loaded is reported, with a button to try again",
  {
    before: ({ behavior }) => {
      behavior.list = 503;
    },
  },
  async (t, { page, services }) => {
    t.is(await notice(page), "The mysfits could not be loaded: the service is not available right now (503).");
    services.behavior.list = "ok";
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("12 mysfits").waitFor();
    t.is(await cards(page).count(), 12);
    t.true(await page.locator("#retry").isHidden());
  },
);

onSite(
  "a profile has its own address; the back and close buttons lead to the list",
  {},
  async (t, { page, services }) => {
    services.likes.set(HASLA, 41);
    await page.getByRole("link", { name: "Hasla" }).click();
    const profile = page.getByRole("dialog", { name: "Hasla" });
    await profile.waitFor();
    t.is(new URL(page.url()).hash, `#/mysfit/${HASLA}`);
    t.is(await page.title(), "Hasla the Haetae · Mythical Mysfits");
    t.is(await fact(profile, "Age"), "2 billion years");
    t.is(await fact(profile, "Likes"), "41");
    t.is(await fact(profile, "Home"), "Looking for a home");
    t.true((await profile.textContent())?.includes(MYSFITS.find(({ id }) => id === HASLA)?.description ?? "?"));
    await profile.getByAltText("Portrait of Hasla the Haetae").evaluate((image: Decodable) => image.decode());

    await page.goBack();
    await profile.waitFor({ state: "hidden" });
    t.is(await page.title(), "Mythical Mysfits");

    await page.goForward();
    await profile.waitFor();
    await profile.getByRole("button", { name: "Close" }).click();
    await profile.waitFor({ state: "hidden" });
    await page.waitForURL((url) => !url.hash.includes("mysfit"));
  },
);

onSite(
  "a direct link opens a profile, and closing it shows the list",
  { path: `/#/mysfit/${PAULY}` },
  async (t, { page }) => {
    const profile = page.getByRole("dialog", { name: "Pauly" });
    await profile.waitFor();
    t.is(await fact(profile, "Age"), "2 years");
    await page.keyboard.press("Escape");
    await profile.waitFor({ state: "hidden" });
    await page.waitForURL((url) => url.hash === "#/");
    t.is(await cards(page).count(), 12);
  },
);

onSite("a link to an unknown mysfit says so", { path: "/#/mysfit/unknown" }, async (t, { page }) => {
  await page.getByText("No mysfit lives at this address (404).").waitFor();
  t.pass();
});

onSite(
  "a profile that cannot be loaded can be tried again",
  {
    path: `/#/mysfit/${PAULY}`,
    before: ({ behavior }) => {
      behavior.profile = "break";
    },
  },
  async (t, { page, services }) => {
    await page.getByText("The profile could not be loaded: the connection was lost before the response.").waitFor();
    services.behavior.profile = "ok";
    await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
    await page.getByRole("dialog", { name: "Pauly" }).waitFor();
    t.is(await fact(page.getByRole("dialog"), "Likes"), "0");
  },
);

onSite("a like on a card is counted once, and the card says so", {}, async (t, { page, services }) => {
  const pauly = card(page, "Pauly");
  await pauly.getByRole("button", { name: "Like Pauly" }).click();
  await pauly.getByText("Counted! Pauly is flattered.").waitFor();
  t.is(services.likes.get(PAULY), 1);
  t.deepEqual(likesSent(services), [`POST /mysfits/${PAULY}/like`]);
  t.is(new URL(page.url()).hash, "");
});

onSite(
  "a like in the profile increases the number there and is also shown on the card",
  { path: `/#/mysfit/${PAULY}` },
  async (t, { page }) => {
    const profile = page.getByRole("dialog", { name: "Pauly" });
    await profile.getByRole("button", { name: "Like Pauly" }).click();
    await profile.getByText("Counted!").waitFor();
    t.is(await fact(profile, "Likes"), "1");
    await profile.getByRole("button", { name: "Like Pauly" }).click();
    await profile.getByText("Likes2").waitFor();
    await page.keyboard.press("Escape");
    t.true(await card(page, "Pauly").getByText("Counted!").isVisible());
  },
);

onSite("a slow like says so, ignores a second press, and is then counted", {}, async (t, { page, services }) => {
  services.behavior.like = "hold";
  const pauly = card(page, "Pauly");
  const button = pauly.getByRole("button", { name: "Like Pauly" });
  await button.click();
  t.is(await pauly.getByRole("status").textContent(), "Counting your like…");
  await pauly.getByText("Still counting… the service is slow.").waitFor();
  t.is(await button.getAttribute("aria-disabled"), "true");
  await button.click({ force: true });
  services.release();
  await pauly.getByText("Counted!").waitFor();
  t.is(await button.getAttribute("aria-disabled"), "false");
  t.is(likesSent(services).length, 1);
});

const failures = [
  [404, "Like failed: the service could not find it (404). It did not count."],
  [503, "Like failed: the service is not available right now (503). It may or may not have counted."],
  [500, "Like failed: the service ran into an error (500). It may or may not have counted."],
  ["break", "Like failed: the connection was lost before the response. It may or may not have counted."],
  ["page", "Like failed: the response was not valid. It may or may not have counted."],
] as const;

for (const [behavior, sentence] of failures) {
  onSite(
    `a like with the response "${behavior}" fails visibly and is sent again only by hand`,
    {},
    async (t, { page, services }) => {
      services.behavior.like = behavior;
      const pauly = card(page, "Pauly");
      await pauly.getByRole("button", { name: "Like Pauly" }).click();
      await pauly.getByText("Like failed").waitFor();
      t.is(await pauly.getByRole("status").textContent(), sentence);
      t.is(likesSent(services).length, 1);

      services.behavior.like = "ok";
      await pauly.getByRole("button", { name: "Try again to like Pauly" }).click();
      await pauly.getByText("Counted!").waitFor();
      t.is(services.likes.get(PAULY), 1);
      t.is(likesSent(services).length, 2);
    },
  );
}

onSite(
  "a like without a response times out after 15 seconds and may have been counted",
  {},
  async (t, { page, services }) => {
    services.behavior.like = "hold";
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    const pauly = card(page, "Pauly");
    await pauly.getByRole("button", { name: "Like Pauly" }).click();
    await until(() => likesSent(services).length === 1);
    await page.clock.runFor(14_000);
    t.is(await pauly.getByRole("status").textContent(), "Still counting… the service is slow.");
    await page.clock.runFor(2_000);
    await pauly.getByText("Like failed").waitFor();
    t.is(
      await pauly.getByRole("status").textContent(),
      "Like failed: there was no response within 15 seconds. It may or may not have counted.",
    );
    t.is(likesSent(services).length, 1);
  },
);

onSite("a like without a network is not sent", {}, async (t, { page, services }) => {
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  const pauly = card(page, "Pauly");
  await pauly.getByRole("button", { name: "Like Pauly" }).click();
  await pauly.getByText("Like failed: you are offline. It did not count.").waitFor();
  t.deepEqual(likesSent(services), []);
});

onSite(
  "an adoption asks for confirmation, can be canceled, can be tried again after a failure, and is shown",
  { path: `/#/mysfit/${PAULY}` },
  async (t, { page, services }) => {
    const profile = page.getByRole("dialog", { name: "Pauly" });
    await profile.getByRole("button", { name: "Adopt Pauly" }).click();
    await profile.getByRole("button", { name: "Not yet" }).click();
    t.false(services.calls.some((call) => call.endsWith("/adopt")));

    services.behavior.adopt = 503;
    await profile.getByRole("button", { name: "Adopt Pauly" }).click();
    await profile.getByRole("button", { name: "Yes, adopt" }).click();
    await profile.getByText("The adoption failed: the service is not available right now (503).").waitFor();
    t.is(await fact(profile, "Home"), "Looking for a home");

    services.behavior.adopt = "ok";
    await profile.getByRole("button", { name: "Try adopting again" }).click();
    await profile.getByRole("button", { name: "Yes, adopt" }).click();
    await profile.getByText("Pauly is yours.").waitFor();
    t.is(await fact(profile, "Home"), "Adopted");
    t.deepEqual([...services.adopted], [PAULY]);

    await page.reload();
    await profile.waitFor();
    t.is(await fact(profile, "Home"), "Adopted");
    t.is(await profile.getByRole("button", { name: "Adopt" }).count(), 0);
  },
);

onSite("everything can be done from the keyboard", {}, async (t, { page, services }) => {
  const focused = page.locator(":focus");
  const { keyboard } = page;
  await keyboard.press("Tab");
  await keyboard.press("ArrowRight");
  await page.getByText("4 mysfits").waitFor();
  await keyboard.press("Tab");
  await keyboard.press("ArrowRight");
  await page.getByText("1 mysfit", { exact: true }).waitFor();

  await keyboard.press("Tab");
  t.is(await focused.textContent(), "Twilight Glitter");
  await keyboard.press("Enter");
  const profile = page.getByRole("dialog", { name: "Twilight Glitter" });
  await profile.waitFor();
  t.is(await focused.getAttribute("aria-label"), "Close the profile");

  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await profile.getByText("Counted!").waitFor();
  t.is(await focused.textContent(), "♥Like Twilight Glitter");

  await keyboard.press("Tab");
  await keyboard.press("Enter");
  t.is(await focused.textContent(), "Yes, adopt");
  await keyboard.press("Enter");
  await profile.getByText("Twilight Glitter is yours.").waitFor();
  t.is(services.adopted.size, 1);

  await keyboard.press("Escape");
  await profile.waitFor({ state: "hidden" });
  t.is(await focused.textContent(), "Twilight Glitter");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [375, 1440]) {
    const look = `${colorScheme}-${width}`;
    onSite(
      `axe finds no problems (${colorScheme}, ${width} px)`,
      { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" },
      async (t, { page, services }) => {
        await card(page, "Nessi").getByRole("button").click();
        await card(page, "Nessi").getByText("Counted!").waitFor();
        services.behavior.like = 503;
        await card(page, "Pauly").getByRole("button").click();
        await card(page, "Pauly").getByText("Like failed").waitFor();
        services.behavior.like = "hold";
        await card(page, "Gary").getByRole("button").click();
        await card(page, "Gary").getByText("Still counting").waitFor();
        t.deepEqual(await axeViolations(page), []);
        await screenshot(page, `list-${look}`, true);

        await page.getByRole("link", { name: "Pauly" }).click();
        const profile = page.getByRole("dialog", { name: "Pauly" });
        await profile.getByRole("button", { name: "Adopt Pauly" }).click();
        await profile.getByAltText("Portrait").evaluate((image: Decodable) => image.decode());
        t.deepEqual(await axeViolations(page), []);
        await screenshot(page, `profile-${look}`, false);
      },
    );
  }
}

onSite(
  "nothing overflows horizontally on a 320-pixel phone",
  { viewport: { width: 320, height: 600 } },
  async (t, { page, services }) => {
    services.behavior.like = 503;
    await card(page, "Twilight Glitter").getByRole("button").click();
    await card(page, "Twilight Glitter").getByText("Like failed").waitFor();
    t.is(await page.evaluate("document.documentElement.scrollWidth"), 320);
    await screenshot(page, "list-320", false);
    await page.getByRole("link", { name: "Twilight Glitter" }).click();
    const profile = page.getByRole("dialog", { name: "Twilight Glitter" });
    await profile.waitFor();
    t.true(await profile.evaluate((dialog: Scrollable) => dialog.scrollWidth <= dialog.clientWidth));
    await screenshot(page, "profile-320", false);
  },
);

for (const width of [320, 390, 500, 600, 900, 1440]) {
  onSite(
    `failed likes do not change the height of any card (${width} px)`,
    { viewport: { width, height: 900 } },
    async (t, { page, services }) => {
      const heights = () => cards(page).evaluateAll((all: Sized[]) => all.map(({ offsetHeight }) => offsetHeight));
      const before = await heights();
      services.behavior.like = 503;
      for (const { name } of MYSFITS) {
        await card(page, name).getByRole("button").click();
        await card(page, name).getByText("It may or may not have counted.").waitFor();
        t.deepEqual(await heights(), before, name);
      }
    },
  );
}

const MARKUP = `<img src="/x.svg" onerror="alert(1)"><b>bold</b>`;

onSite(
  "text from the service is shown as text, never as markup",
  {
    before: (services) => {
      services.mysfits = MYSFITS.map((mysfit) => ({ ...mysfit, species: MARKUP, description: MARKUP }));
    },
  },
  async (t, { page }) => {
    t.is(await card(page, "Pauly").locator(".species").textContent(), MARKUP);
    await page.getByRole("link", { name: "Pauly" }).click();
    const profile = page.getByRole("dialog", { name: "Pauly" });
    t.is(await profile.locator(".species + ul + p").textContent(), MARKUP);
    t.is(await page.locator("b, img[src='/x.svg']").count(), 0);
  },
);

// Types of DOM elements that the tests use; the project's types do not include the DOM.
interface Decodable {
  decode(): Promise<void>;
}
interface Sized {
  readonly offsetHeight: number;
}
interface Scrollable {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

interface Visit {
  readonly page: Page;
  readonly services: FakeServices;
}

interface Opening extends BrowserContextOptions {
  /** Path and hash to open; the list if omitted. */
  readonly path?: string;
  /** Sets up the services before the page opens. */
  readonly before?: (services: FakeServices) => void;
}

/**
 * Declares a test of the site with its own browser context and services. It also fails when the page throws, logs an
 * error, or sends a request to another origin.
 */
function onSite(
  title: string,
  { path = "/", before, ...options }: Opening,
  act: (t: ExecutionContext, visit: Visit) => Promise<void>,
): void {
  testInChromium(title, async (t: ExecutionContext) => {
    browser ??= await launchChromium();
    const services = await new FakeServices().start();
    const context = await browser.newContext({ viewport: { width: 900, height: 800 }, ...options });
    try {
      before?.(services);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // The browser logs each failed call, which the fake services cause on purpose.
        if (
          message.type() === "error" &&
          !(message.location().url.includes("/mysfits") && /^Failed to load/.test(message.text()))
        ) {
          complaints.push(message.text());
        }
      });
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== services.origin) {
          complaints.push(`asked for ${request.url()}`);
        }
      });
      await page.goto(services.origin + path);
      await page.getByText("Loading the mysfits…").waitFor({ state: "hidden" });
      await act(t, { page, services });
      t.deepEqual(complaints, []);
    } finally {
      await context.close();
      await services.stop();
    }
  });
}

function notice(page: Page): Promise<string | null> {
  return page.locator("#notice").textContent();
}

function cards(page: Page): Locator {
  return page.getByRole("list", { name: "Mysfits", includeHidden: true }).locator("> li");
}

function card(page: Page, name: string): Locator {
  return cards(page).filter({ has: page.getByRole("heading", { name }) });
}

async function names(page: Page): Promise<string[]> {
  return (await cards(page).getByRole("heading").allTextContents()).sort();
}

function choice(page: Page, legend: string, label: string): Locator {
  return page.getByRole("group", { name: legend }).getByRole("radio", { name: label });
}

/** Selects a filter and waits for the list. */
async function choose(page: Page, legend: string, label: string): Promise<void> {
  await choice(page, legend, label).check();
  await page.locator("#mysfits[aria-busy=false]").waitFor();
}

/** The value of a term in a profile, such as "Age". */
function fact(profile: Locator, term: string): Promise<string | null> {
  return profile.locator("dl > div").filter({ hasText: term }).locator("dd").textContent();
}

function likesSent({ calls }: FakeServices): string[] {
  return calls.filter((call) => call.endsWith("/like"));
}

/** With the variable PICTURES, saves a screenshot among the artifacts. */
async function screenshot(page: Page, name: string, fullPage: boolean): Promise<void> {
  if (process.env.PICTURES) {
    await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage });
  }
}
