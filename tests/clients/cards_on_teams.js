/** One card through Microsoft's renderer of Adaptive Cards, in the colours and sizes of its card designer for Teams. */

import { AdaptiveCard, HostConfig, SerializationContext, Versions } from "adaptivecards";
import dark from "adaptivecards-designer/lib/hostConfigs/microsoft-teams-dark.json";
import light from "adaptivecards-designer/lib/hostConfigs/microsoft-teams-light.json";
import "adaptivecards/lib/adaptivecards.css";
import markdownIt from "markdown-it";

import { dropped } from "./words.js";

const LOOKS = { light, dark };
const markdown = markdownIt({ html: false, breaks: true });

export function showOnTeams(place, body, scheme) {
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = withMentions(markdown.render(text), body);
    result.didProcess = true;
  };
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(LOOKS[scheme]);
  const context = new SerializationContext(Versions.v1_5);
  card.parse(body, context);
  const element = card.render();
  if (!element) return ["nothing is shown"];
  place.append(element);
  if (!place.innerText.trim() && !place.querySelector("img, input, svg")) return ["nothing is shown"];
  return [...eventsOf(context), ...dropped(textsOf(body), seenIn(place)).map((text) => `“${text}” is not shown`)];
}

/** With what each button unfolds: of a card's questions only one is open at a time. */
function seenIn(place) {
  const seen = [place.innerText];
  for (const button of place.querySelectorAll(".ac-pushButton.expandable")) {
    button.click();
    seen.push(place.innerText);
  }
  return seen.join("\n");
}

/** What it did not know, and therefore left out. */
function eventsOf(context) {
  return Array.from({ length: context.eventCount }, (_, number) => context.getEventAt(number).message);
}

/** Teams shows the names that the card lists; whatever else looks like a mention stays as it is, to be seen here. */
function withMentions(html, body) {
  const known = (body.msteams?.entities ?? []).map(({ text }) => markdown.utils.escapeHtml(text));
  return known.reduce((shown, mention) => {
    const name = mention.replace("&lt;at&gt;", "").replace("&lt;/at&gt;", "");
    return shown.replaceAll(mention, `<span data-mention>${name}</span>`);
  }, html);
}

const UNSEEN = new Set(["data", "fallback", "fallbackText", "msteams", "choices", "placeholder", "altText", "$schema"]);
const SEEN = new Set(["text", "title", "label"]);

function textsOf(value) {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || typeof value !== "object" || value.isVisible === false) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (UNSEEN.has(key)) return [];
    return SEEN.has(key) && typeof inner === "string" ? fromMarkdown(inner) : textsOf(inner);
  });
}

function fromMarkdown(text) {
  return text.replace(/\[((?:\\.|[^\]\\])*)\]\([^)]*\)/g, "$1").split(/<\/?at>/);
}
