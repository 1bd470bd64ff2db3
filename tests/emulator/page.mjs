// Use the emulator's page in headless Chromium, then look at it on a phone's width and a desktop's, light and dark.
//
//     node tests/emulator/page.mjs ORIGIN TOKEN CHROMIUM [SCREENSHOTS]
//
// Fails on anything that the page does not do, an error in the console, a request to elsewhere, a page that scrolls
// sideways, and a violation that axe-core finds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [origin, token, executablePath, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const problems = new Set();

// Without these, Chromium asks its maker's servers for updates; as root it starts in no sandbox of its own.
const args = ["--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: [...args, "--disable-gpu", "--no-first-run"] });

async function open(path) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(20_000);
  // The browser reports each response that is an error; those that `use` asks for are wanted.
  const isWanted = (message) => /status of (401|409|429|503)/.test(message.text());
  page.on("console", (message) => message.type() === "error" && !isWanted(message) && problems.add(message.text()));
  page.on("pageerror", (error) => problems.add(error.message));
  page.on("request", (request) => request.url().startsWith(`${origin}/`) || problems.add(`asks for ${request.url()}`));
  await page.goto(origin + path);
  return page;
}

async function use() {
  const page = await open("/");
  const says = async (selector, text) => {
    await page.locator(selector, { hasText: text }).first().waitFor();
  };
  const form = (name) => page.locator(`#${name}`);
  const rows = (name, count) => page.waitForFunction(
    ([id, expected]) => document.getElementById(id).rows.length === expected, [name, count],
  );

  await form("sign-in").locator("input").fill("not-the-token");
  await form("sign-in").getByText("Open", { exact: true }).click();
  await says("#message", "Invalid access token");
  await form("sign-in").locator("input").fill(token);
  await form("sign-in").getByText("Open", { exact: true }).click();
  await says("#exports", "export CLOUDFLARE_API_TOKEN=");
  assert.equal(await page.evaluate(() => localStorage.length), 0);

  await form("add-app").getByLabel("Id").fill("rooms");
  await form("add-app").getByRole("button").click();
  await rows("app-rows", 2);
  await form("add-app").getByLabel("Id").fill("rooms");
  await form("add-app").getByLabel("Account").fill("another");
  await form("add-app").getByRole("button").click();
  await says("#message.bad", "choose another id");

  await form("filters").getByLabel("App").selectOption("rooms");
  await form("make-up").getByRole("button").click();
  await says("#position", "1 to 10 of 25");
  await page.locator("#next").click();
  await says("#position", "11 to 20 of 25");
  await form("add-meeting").getByLabel("Title").fill("<b>Paper</b> moon");
  await form("add-meeting").getByRole("button").click();
  await says("#position", "11 to 20 of 26");
  await form("filters").getByLabel("Id or title has").fill("paper</b>");
  await form("filters").getByRole("button").click();
  await says("#position", "1 to 1 of 1");
  await says("#meeting-rows summary", "<b>Paper</b> moon");
  await form("filters").getByLabel("Id or title has").fill("");
  await form("filters").getByLabel("Created from").fill("2099-01-01T00:00");
  await form("filters").getByRole("button").click();
  await says("#position", "none");

  const reference = page.locator("#api-operations .operation").first();
  const send = async (status) => {
    await reference.getByRole("button", { name: "Send" }).click();
    await reference.locator("pre", { hasText: new RegExp(`^${status} `) }).waitFor();
  };
  await send(200);
  await reference.getByLabel("Prefer").fill("code=429");
  await send(429);
  await reference.getByLabel("Prefer").fill("");
  await rows("request-rows", 2);

  await page.locator("#settings").getByLabel("How many of a hundred").fill("100");
  await page.getByRole("switch", { name: "503" }).check();
  await says("#message", "from the next request on");
  await send(503);
  await page.getByRole("switch", { name: "503" }).uncheck();
  await send(200);

  await form("fail-next").getByLabel("Requests").fill("2");
  await form("fail-next").getByRole("button", { name: "Fail them" }).click();
  await says("#waiting", "503, 503");
  await form("fail-next").getByRole("button", { name: "Drop" }).click();
  await page.waitForFunction(() => document.getElementById("waiting").textContent === "");
  await page.getByRole("switch", { name: "rate limit" }).check();
  await page.locator("#settings").getByLabel("Requests", { exact: true }).fill("7");
  await page.locator("#settings").getByLabel("Requests", { exact: true }).blur();
  await send(200);

  const own = page.locator("#control-operations .operation", { hasText: "PATCH /settings" });
  await own.locator("summary").first().click();
  await own.getByLabel("body").fill('{"latency": 0.01}');
  await own.getByRole("button", { name: "Send" }).click();
  await own.locator("pre", { hasText: /^200 / }).waitFor();
  await page.waitForFunction(() => document.querySelector("[name=slow]").checked);
}

async function look() {
  const page = await open(`/#token=${token}`);
  await page.locator("#page").waitFor();
  if (page.url() !== `${origin}/`) problems.add(`the address keeps the token: ${page.url()}`);
  await page.locator("#filters").getByLabel("App").selectOption("rooms");
  await page.getByText("1 to 10 of 26").waitFor();
  for (const summary of ["Responses", "Fail the next requests"]) {
    const closed = page.locator("details:not([open]) > summary", { hasText: summary });
    if (await closed.count()) await closed.first().click();
  }
  await page.evaluate(axe);
  for (const width of [390, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const report = (problem) => problems.add(`${width} wide, ${colorScheme}: ${problem}`);
      const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (surplus > 0) report(`scrolls sideways by ${surplus} pixels`);
      const { violations } = await page.evaluate(() => axe.run());
      for (const { id, help, nodes } of violations) report(`${id}: ${help}: ${nodes[0].html} ${nodes[0].failureSummary} (${nodes.length} in all)`);
      if (screenshots) {
        await page.screenshot({ path: join(screenshots, `page-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
}

try {
  await use();
  await look();
} catch (error) {
  problems.add(error.stack);
}
await browser.close();
for (const problem of problems) console.error(`error: ${problem}`);
process.exitCode = problems.size ? 1 : 0;
