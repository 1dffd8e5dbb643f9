// The markdown that both platforms take: bold, italic, links, code, lists, and mentions as Teams writes them.
import { lines, link, make, pieces } from "./dom.js";
import { withEmoji } from "./emoji.js";

const MARKS = /\\([\\*_[\]`])|<at>(.*?)<\/at>|\*\*((?:\\.|[^\\])+?)\*\*|(?<![\w*])[*_](?=\S)((?:\\.|[^\\*_])+?)[*_](?![\w*])|\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)|`([^`]+)`/g;

export function inline(text) {
  return pieces(text, MARKS, ([, escaped, name, bold, italic, label, url, code]) => {
    if (escaped) return escaped;
    if (name !== undefined) return make("bdi", { className: "mention" }, name);
    if (bold) return make("strong", {}, inline(bold));
    if (italic) return make("em", {}, inline(italic));
    if (code) return make("code", {}, code);
    return link(url, ...inline(label));
  }, (plain) => lines(withEmoji(plain)));
}

const ITEM = /^\s*(?:[-+*]|(\d+)[.)])\s+(.*)$/;

// Lines that begin like a list are one; everything else stays as it is.
export function markdown(text) {
  const nodes = [];
  let plain = [], list = null;
  const flush = () => { if (plain.length) nodes.push(...inline(plain.join("\n"))); plain = []; };
  for (const line of text.split("\n")) {
    const item = ITEM.exec(line);
    if (!item) { list = null; plain.push(line); continue; }
    flush();
    if (!list) nodes.push(list = make(item[1] ? "ol" : "ul", { className: "list" }));
    list.append(make("li", {}, inline(item[2])));
  }
  flush();
  return nodes;
}

const entities = (text) => text.replace(/&(lt|gt|amp|nbsp|quot|#39|#x27);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&", nbsp: " ", quot: '"' })[name] ?? "'");

// What people typed on Teams comes as entities, with mentions as tags.
export const typedOnTeams = (text) => pieces(text, /<at>(.*?)<\/at>/g,
  ([, name]) => make("bdi", { className: "mention" }, entities(name)), (rest) => lines(withEmoji(entities(rest))));
