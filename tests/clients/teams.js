/** A walk through Plaudit in Microsoft's Agents Playground: typed kudos, the form, Undo, one's home; a picture of each step. */

import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { openChromium } from "./chromium.js";
import { directoryId, invokesOf, pressed } from "./invokes.js";
import { startPlayground } from "./playground.js";

const [python, pictures] = process.argv.slice(2);
const BOT = "Test Bot"; // what the playground calls every bot

const STEPS = {
  "welcome in the personal chat": async (page) => {
    await page.getByText("Hello! I am Plaudit.").waitFor();
  },

  "welcome in a channel": async (page) => {
    await goTo(page, "My Team - General");
    await page.getByText("Hello! I am Plaudit.").waitFor();
  },

  "kudos typed in the channel": async (page) => {
    const box = page.getByRole("textbox").first();
    await box.click();
    await mention(page, BOT);
    await page.keyboard.type(" kudos ");
    await mention(page, "Megan Bowen");
    await page.keyboard.type(" +5 for the release notes");
    await page.getByRole("button", { name: "Post" }).click();
    await shows(page, "Alex Wilber thanked Megan Bowen with 5 points", "the release notes");
    await shows(page, "Your thanks to Megan Bowen is on its way to General", "You have 45 of 50 left");
  },

  "kudos typed in the personal chat": async (page) => {
    await goTo(page, "Personal Chat");
    await write(page, "kudos Adele Vance +3 for the calm launch");
    await shows(page, "Your thanks to Adele Vance is on its way to General", "You have 42 of 50 left");
  },

  "its post in the channel": async (page) => {
    await goTo(page, "My Team - General");
    await shows(page, "Alex Wilber thanked Adele Vance with 3 points", "the calm launch");
  },

  "the form": async (page) => {
    await page.getByRole("button", { name: "Trigger Message Extension App" }).first().click();
    await page.getByRole("menuitem", { name: "Action Command" }).click();
    // It reads no manifest, so it has to be told which of the app's commands is meant.
    await page.getByRole("textbox", { name: "Command ID" }).fill("kudos_form");
    await page.getByRole("button", { name: "Create" }).click();
    await shows(page.getByRole("dialog"), "You have 42 of 50 points left", "Whom do you thank?");
  },

  "the form filled in": async (page) => {
    const form = page.getByRole("dialog");
    // It gives each picker of people the same name: the first is "Whom do you thank?", the second "In copy".
    await form.getByRole("combobox", { name: "People Picker" }).first().pressSequentially("Lynne");
    await page.getByRole("option", { name: "Lynne Robbins" }).click();
    await form.getByRole("textbox", { name: "What for?" }).fill("the map of the old system");
    await form.getByRole("spinbutton", { name: "Points for each" }).fill("7");
    await shows(form, "Lynne Robbins");
  },

  "the post of the form": async (page) => {
    const form = page.getByRole("dialog");
    const answer = page.waitForResponse((response) => response.url().endsWith("/invoke"));
    await form.getByRole("button", { name: "Send" }).click();
    // Read from the answer: the playground shows it, but empties the dialog as soon as the post arrives.
    assert.match(await (await answer).text(), /Your thanks to Lynne Robbins is on its way.*You have 35 of 50 left/s);
    await shows(page, "Alex Wilber thanked Lynne Robbins with 7 points", "the map of the old system");
    await form.getByRole("button", { name: "Close" }).click();
  },

  undo: async (page) => {
    await card(page, "Your thanks to Megan Bowen").getByRole("button", { name: "Undo" }).click();
    await shows(page, "Taken back. Your kudos to Megan Bowen");
  },

  "private words by the form": async (page) => {
    await page.getByRole("button", { name: "Trigger Message Extension App" }).first().click();
    await page.getByRole("menuitem", { name: "Action Command" }).click();
    await page.getByRole("textbox", { name: "Command ID" }).fill("kudos_form");
    await page.getByRole("button", { name: "Create" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("combobox", { name: "People Picker" }).first().pressSequentially("Lynne");
    await page.getByRole("option", { name: "Lynne Robbins" }).click();
    await form.getByRole("textbox", { name: "What for?" }).fill("the letter that nobody else reads");
    await form.getByRole("combobox", { name: "Who sees it?" }).click();
    await page.getByRole("option", { name: "The receivers only" }).click();
    const answer = page.waitForResponse((response) => response.url().endsWith("/invoke"));
    await form.getByRole("button", { name: "Send" }).click();
    assert.match(await (await answer).text(), /on its way to Lynne Robbins, in a message from me/);
    await form.getByRole("button", { name: "Close" }).click();
    assert.equal(await page.getByText("the letter that nobody else reads").count(), 0);
  },

  home: async (page) => {
    await goTo(page, "Personal Chat");
    await write(page, "my-home");
    await shows(page, "Your home", "Thanks that you gave", "the letter that nobody else reads", "(not public)");
  },

  "help in its place, and back": async (page) => {
    await card(page, "Your home").getByRole("button", { name: "How it works" }).click();
    await card(page, "How to say thank you").getByRole("button", { name: "My home" }).click();
    await shows(page, "Your home", "Ask a person");
  },

  choices: async (page) => {
    await card(page, "Your home").getByRole("button", { name: "My choices" }).click();
    await card(page, "Your choices").getByRole("button", { name: "Leave me off the wall" }).click();
    await shows(page, "Your choices", "Your choice.");
  },

  "the programme": async (page) => {
    await write(page, "rewards-admin");
    await card(page, "Run Plaudit").getByRole("button", { name: "What it costs" }).click();
    await shows(page, "What it costs", "recognition only");
  },

  "a catalogue, and budgets": async (page) => {
    await write(page, "rewards-admin catalogue examples");
    await shows(page, "The catalogue", "12 rewards", "Coffee with a colleague");
    await write(page, "rewards-admin budgets add Alex Wilber 5000 never Company");
    await shows(page, "Company is there.", "5,000 points");
    await write(page, "rewards-admin budgets add Megan Bowen 3000 never Workshop from Company");
    await shows(page, "Workshop is there.", "Draws on Company");
    await write(page, "rewards-admin awarders add Megan Bowen");
    await shows(page, "Megan Bowen may reward anybody now.");
  },

  "an award, before it is sent": async (page) => {
    await write(page, "reward Adele Vance +60 for the evening with the old archive");
    await shows(page, "Before it is sent", "60 points", "Company holds 1,940 points afterwards");
  },

  "an award": async (page) => {
    await card(page, "the evening with the old archive").getByRole("button", { name: "Send" }).click();
    await shows(page, "Your award is on its way to Adele Vance: 60 points", "Company holds 1,940 points now");
    await goTo(page, "My Team - General");
    await shows(page, "Alex Wilber awarded Adele Vance 60 points", "the evening with the old archive");
    await goTo(page, "Personal Chat");
  },

  "an award of one's own": async (page) => {
    await awardOf("Megan Bowen", "Send", { receivers: "Alex Wilber", amount: "100", reason: "the calm words on Monday" });
    await shows(page, "Megan Bowen gave you an award", "the calm words on Monday", "Your wallet now holds 100 points");
  },

  "what a colleague asks for": async (page) => {
    const asked = { receivers: "Adele Vance", amount: "1200", reason: "the year with the old archive" };
    await awardOf("Megan Bowen", "Ask for it", asked);
    await shows(page, "Megan Bowen asks you to agree to an award", "for Adele Vance: 1,200 points");
  },

  "what was agreed to": async (page) => {
    await card(page, "asks you to agree").getByRole("button", { name: "Agree" }).click();
    await shows(page, "Megan Bowen asks you to agree to an award", "Alex Wilber agreed.");
    await goTo(page, "My Team - General");
    await shows(page, "Megan Bowen awarded Adele Vance 1,200 points", "the year with the old archive");
    await goTo(page, "Personal Chat");
  },

  "the catalogue": async (page) => {
    await write(page, "rewards");
    await shows(page, "You have 100 points", "Coffee with a colleague", "You can have it now");
  },

  "a reward that is ordered": async (page) => {
    const alex = invokesOf("Alex Wilber", playground);
    const shelf = await alex("adaptiveCard/action", { action: { verb: "rewards_browse", data: {} } });
    const form = await alex("task/fetch", { data: pressed(shelf, "Redeem Coffee with a colleague") });
    await alex("task/submit", { data: pressed(form, "Order") });
    await shows(page, "Coffee with a colleague is ordered. You have it by", "It takes 30 points");
    await shows(page, "Alex Wilber ordered Coffee with a colleague");
  },

  "my orders": async (page) => {
    await card(page, "Coffee with a colleague is ordered").getByRole("button", { name: "My orders" }).click();
    await shows(page, "My orders", "Coffee with a colleague, 30 points: ordered");
  },
};

await rm(pictures, { recursive: true, force: true });
await mkdir(pictures, { recursive: true });
const log = createWriteStream(join(pictures, "log.txt"));
const playground = await startPlayground(python, log).catch((error) => {
  console.error(`${error.message}: see ${log.path}`);
  process.exit(1);
});
const browser = await openChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1400 } });
  page.setDefaultTimeout(15_000);
  const { hostname } = new URL(playground.address);
  await page.route((url) => url.hostname !== hostname, (route) => route.abort()); // it loads pictures from elsewhere
  await page.goto(playground.address);
  await walk(page);
} finally {
  await browser.close();
  await playground.stop();
}

async function walk(page) {
  for (const [number, [name, act]] of Object.entries(STEPS).entries()) {
    const picture = join(pictures, `${number + 1} ${name}.png`);
    try {
      await act(page);
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}: see ${picture}\n${error.message}`);
      process.exitCode = 1;
      return;
    } finally {
      await page.screenshot({ path: picture });
    }
  }
}

/** By the form for awards, as somebody else than the one whose playground it is. */
async function awardOf(name, title, { receivers, ...filled }) {
  const them = invokesOf(name, playground);
  const form = await them("composeExtension/fetchTask", { commandId: "reward_form", commandContext: "compose" });
  const wished = pressed(form, "Show what it costs", { ...filled, receivers: directoryId(receivers) });
  const shown = await them("composeExtension/submitAction", { commandId: "reward_form", data: wished });
  await them("composeExtension/submitAction", { commandId: "reward_form", data: pressed(shown, title) });
}

async function goTo(page, place) {
  await page.getByRole("treeitem", { name: place }).click();
  await page.getByRole("textbox").first().waitFor();
}

/** In the personal chat. */
async function write(page, text) {
  await page.getByRole("textbox").click();
  await page.keyboard.type(text);
  await page.getByRole("button", { name: "Send Message" }).click();
}

/** Types the beginning of a name and takes it from the list, for only that makes a mention. */
async function mention(page, name) {
  await page.keyboard.type(`@${name.slice(0, 4)}`);
  await page.getByRole("menuitem").filter({ hasText: name }).click();
}

/** One card that shows all of these words, however they are set. */
async function shows(place, ...words) {
  const cards = words.reduce((found, one) => found.filter({ hasText: one }), place.locator(".ac-adaptiveCard"));
  await cards.first().waitFor();
}

function card(page, words) {
  return page.locator(".ac-adaptiveCard").filter({ hasText: words }).first();
}
