/** One message's blocks through slack-blocks-to-jsx. */

import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";

import { dropped } from "./words.js";

export function showOnSlack(place, blocks, scheme, { people, places }) {
  const data = {
    users: Object.entries(people).map(([id, { name }]) => ({ id, name, avatar: "" })),
    channels: places,
    user_groups: [],
  };
  const looks = { data, hooks: { emoji }, theme: scheme, name: "Plaudit", logo: LOGO };
  const show = (where, shown) => rendered(where, { ...looks, blocks: asSlackReads(shown) });
  const shown = show(place, blocks);
  if (isEmpty(shown)) return ["nothing is shown"];
  return [
    ...dropped(blocks.flatMap(textsOf), shown.innerText).map((text) => `“${text}” is not shown`),
    ...blocks.flatMap(parts).filter((part) => isDropped(part, place, show)).map((part) => `dropped ${name(part)}`),
  ];
}

/** To Slack, verbatim only means that bare names and addresses stay text; the renderer would format nothing at all. */
function asSlackReads(blocks) {
  return JSON.parse(JSON.stringify(blocks, (key, value) => (key === "verbatim" ? undefined : value)));
}

/** In "09:30: lunch" the renderer sees an emoji named 30. */
function emoji(found, parse) {
  return /^\d\d$/.test(found.name) ? `:${found.name}:` : parse(found);
}

const LOGO = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg"><rect width="100%" height="100%" rx="15%" fill="#7a5af8"/></svg>',
)}`;

function rendered(where, props) {
  const failures = [];
  const root = createRoot(where.appendChild(document.createElement("div")), {
    onUncaughtError: (error) => failures.push(error),
  });
  flushSync(() => root.render(createElement(Message, props)));
  if (failures.length) throw failures[0];
  return where;
}

/** What is shown without words, as an image or a line, is only missed where it stands alone. */
function parts(block) {
  const alone = ["actions", "context"].includes(block.type) ? block.elements : null;
  return alone ? alone.map((element) => ({ ...block, elements: [element] })) : [block];
}

function isDropped(part, place, show) {
  const stage = place.appendChild(document.createElement("div"));
  const dropped = isEmpty(show(stage, [part]));
  stage.remove();
  return dropped;
}

const SEEN_WITHOUT_WORDS = "button, hr, img, input, select, svg, textarea, video, .slack_blocks_to_jsx__divider";

function isEmpty(shown) {
  const blocks = shown.querySelector(".slack_blocks_to_jsx--blocks");
  return !blocks?.innerText.trim() && !blocks?.querySelector(SEEN_WITHOUT_WORDS);
}

function name(part) {
  return [part.type, ...(part.elements ?? []).map(({ type }) => type)].join(" with ");
}

/** Not what is seen only after a press. */
const LATER = new Set(["confirm", "options", "option_groups", "placeholder", "alt_text", "value"]);
const TEXTS = new Set(["mrkdwn", "plain_text", "text"]);

function textsOf(value) {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || typeof value !== "object") return [];
  if (TEXTS.has(value.type)) return value.type === "mrkdwn" ? fromMrkdwn(value.text) : [value.text];
  return Object.entries(value).flatMap(([key, inner]) => (LATER.has(key) ? [] : textsOf(inner)));
}

/** The pieces between mentions and emoji, which are shown as something else. */
function fromMrkdwn(text) {
  return text
    .replace(/<(?![@#!])[^>|]+\|([^>]*)>/g, "$1")
    .split(/<[^>]*>|:(?!\d\d:)[a-z0-9_+-]+:/)
    .map((piece) => piece.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
}
