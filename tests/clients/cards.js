/** Every card of the gallery in the renderers of others, as pictures: one for each card, with all of its samples. */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { openChromium } from "./chromium.js";

const [galleryFile, pictures] = process.argv.slice(2);

const gallery = JSON.parse(await readFile(galleryFile, "utf8"));
const named = { people: gallery.people, places: gallery.places };
await rm(pictures, { recursive: true, force: true });
await mkdir(pictures, { recursive: true });

const browser = await openChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 100 } });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  await open(page);
  for (const one of gallery.cards) {
    complaints.push(...(await page.evaluate(([card, named]) => window.showCard(card, named), [one, named])));
    await page.screenshot({ path: join(pictures, `${one.card}.png`), fullPage: true });
  }
  await writeIndex();
  report(complaints);
} finally {
  await browser.close();
}

async function open(page) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "cards_page.js")],
    bundle: true,
    write: false,
    outdir: ".",
    ignoreAnnotations: true, // Microsoft's elements register themselves, which its package does not say
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  const [script, style] = ["js", "css"].map((kind) => outputFiles.find(({ path }) => path.endsWith(kind)).text);
  await page.setContent("<!doctype html><meta charset=utf-8>");
  await page.addStyleTag({ content: style });
  await page.addScriptTag({ content: script });
}

async function writeIndex() {
  const images = gallery.cards.map(({ card }) => `<p><img src="${card}.png" alt="The card ${card}" loading="lazy">`);
  await writeFile(join(pictures, "index.html"), `<!doctype html><title>Every card</title>\n${images.join("\n")}\n`);
}

function report(complaints) {
  const samples = gallery.cards.flatMap((card) => card.samples).length;
  console.log(`${gallery.cards.length} cards, ${samples} samples: see ${join(pictures, "index.html")}`);
  for (const one of complaints) console.log(`FAILED  ${one}`);
  if (complaints.length || !samples) process.exitCode = 1;
}
