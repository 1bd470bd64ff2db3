// Open every page of a built site in headless Chromium, on a phone's width and a desktop's, light and dark.
//
//     node scripts/check_pages.mjs SITE CHROMIUM [SCREENSHOTS]
//
// Fails on an error in the console, a request that fails or leaves the folder, a page that scrolls sideways, a violation
// that axe-core finds, and a search that finds nothing. The build has checked the links.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [site, executablePath, screenshots] = process.argv.slice(2);
// As a reader opens it: without a server.
const root = pathToFileURL(`${resolve(site)}/`).href;
const axe = createRequire(import.meta.url).resolve("axe-core");
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
const problems = new Set();
// Without their style sheets read again, which a file:// forbids. The theme puts each copy button in a <nav> of its own.
const options = { preload: false, rules: { "landmark-unique": { enabled: false } } };

// Without these, Chromium asks its maker's servers for updates; as root it starts in no sandbox of its own.
const args = ["--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: [...args, "--disable-gpu", "--no-first-run"] });

async function check(width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
  const page = await context.newPage();
  for (const name of pages) {
    const report = (problem) => problems.add(`${name}, ${width} wide, ${colorScheme}: ${problem}`);
    page.removeAllListeners();
    page.on("console", (message) => message.type() === "error" && report(message.text()));
    page.on("pageerror", (error) => report(error.message));
    page.on("requestfailed", (request) => report(`${request.url()} failed: ${request.failure().errorText}`));
    page.on("request", (request) => request.url().startsWith(root) || report(`asks for ${request.url()}`));
    await page.goto(root + name, { waitUntil: "load" });
    const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (surplus > 0) report(`scrolls sideways by ${surplus} pixels`);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate((given) => axe.run(given), options);
    for (const { id, help, nodes } of violations) report(`${id}: ${help}: ${nodes[0].html} (${nodes.length} in all)`);
    if (screenshots) {
      const file = `${name.replaceAll("/", "-")}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(screenshots, file), fullPage: true });
    }
  }
  await page.keyboard.press("/");
  await page.keyboard.type("IncompleteListError");
  const found = page.getByText(/^\d+ results?$/).waitFor();
  await found.catch(() => problems.add(`${width} wide, ${colorScheme}: the search finds nothing`));
}

const schemes = ["light", "dark"];
await Promise.all([390, 1280].flatMap((width) => schemes.map((scheme) => check(width, scheme))));
await browser.close();

for (const problem of problems) console.error(`error: ${problem}`);
console.log(`${pages.length} pages, ${problems.size} problems`);
process.exitCode = problems.size ? 1 : 0;
