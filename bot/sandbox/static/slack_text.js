// Text of Slack: mrkdwn, plain text and rich text.
import { lines, link, make, pieces, unsupported } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";

const entities = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

// `world`: people, groups and places by id.
export class SlackText {
  constructor(world) {
    this.world = world;
  }

  text({ type, text }) {
    return type === "mrkdwn" ? this.mrkdwn(text) : lines(withEmoji(text));
  }

  // Bold and italic may hold mentions, so they are found first; then <...>; then entities.
  mrkdwn(text) {
    return pieces(text, /(?<![\p{L}\p{N}_])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}_])/gu,
      ([, mark, inner]) => make({ "*": "strong", _: "em", "~": "s" }[mark], {}, this.marked(inner)),
      (rest) => this.marked(rest));
  }

  marked(text) {
    return pieces(text, /<([^<>]+)>|```([^`]+)```|`([^`]+)`/g, ([, inside, block, code]) => {
      if (block) return make("pre", {}, entities(block));
      return code ? make("code", {}, entities(code)) : this.special(inside);
    }, (rest) => lines(withEmoji(entities(rest))));
  }

  special(inside) {
    const [target, label] = inside.split("|");
    if (target.startsWith("@")) return this.mention(target.slice(1));
    if (target.startsWith("#")) return this.channel(target.slice(1), label);
    if (target.startsWith("!subteam^")) return make("span", { className: "mention" }, `@${this.world.groups[target.slice(9)] ?? label}`);
    if (target.startsWith("!date^")) return make("time", {}, label ?? "");
    if (target.startsWith("!")) return make("span", { className: "mention loud" }, `@${target.slice(1)}`);
    return link(entities(target), entities(label ?? target));
  }

  mention(id) {
    const person = this.world.people[id];
    return make("bdi", { className: id === this.world.me ? "mention own" : "mention" }, `@${person?.name ?? id}`);
  }

  channel(id, label) {
    const name = (this.world.places ?? []).find((place) => place.id === id)?.name ?? label ?? "channel";
    return make("span", { className: "mention" }, `#${name}`);
  }

  rich(element) {
    const inside = () => element.elements.map((one) => this.run(one));
    switch (element.type) {
      case "rich_text_quote": return make("blockquote", { dir: "auto" }, inside());
      case "rich_text_section": return make("p", {}, inside());
      case "rich_text_preformatted": return make("pre", {}, inside());
      case "rich_text_list": return make(element.style === "ordered" ? "ol" : "ul", { className: `list in${element.indent ?? 0}` }, element.elements.map((one) => make("li", {}, this.rich(one))));
      default: return unsupported(element.type);
    }
  }

  run(run) {
    switch (run.type) {
      case "text": return styled(lines(run.text), run.style ?? {});
      case "user": return this.mention(run.user_id);
      case "usergroup": return make("span", { className: "mention" }, `@${this.world.groups[run.usergroup_id] ?? "group"}`);
      case "channel": return this.channel(run.channel_id);
      case "broadcast": return make("span", { className: "mention loud" }, `@${run.range}`);
      case "link": return link(run.url, ...styled(run.text ?? run.url, run.style ?? {}));
      case "emoji": return emoji(run.name);
      case "date": return make("time", {}, run.fallback ?? new Date(run.timestamp * 1000).toDateString());
      default: return unsupported(run.type);
    }
  }
}

function styled(words, { bold, italic, strike, code }) {
  const marks = [bold && "strong", italic && "em", strike && "s", code && "code"].filter(Boolean);
  return marks.reduce((inner, mark) => [make(mark, {}, inner)], [words].flat());
}
