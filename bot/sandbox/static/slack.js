// Block Kit, as far as our cards and forms use it.
import { lines, link, make, newId, picked, picker, pieces, unsupported } from "./dom.js";

const EMOJI = { rocket: "🚀", star2: "🌟", handshake: "🤝", bulb: "💡", fire_engine: "🚒", mortar_board: "🎓" };

// `world`: people, groups and places by id. `press(element)`: what a button does.
export class SlackRenderer {
  constructor(world, press = () => {}) {
    this.world = world;
    this.press = press;
  }

  message({ text, blocks }) {
    return blocks.length ? blocks.map((block) => this.block(block)) : [make("p", {}, this.mrkdwn(text))];
  }

  block(block) {
    switch (block.type) {
      case "section": return this.section(block);
      case "header": return make("h4", {}, this.text(block.text));
      case "context": return make("p", { className: "small" }, block.elements.flatMap((one, n) => [n ? "  ·  " : "", ...this.context(one)]));
      case "actions": return make("div", { className: "actions" }, block.elements.map((one) => this.button(one)));
      case "divider": return make("hr");
      case "rich_text": return make("div", {}, block.elements.map((one) => this.rich(one)));
      default: return unsupported(block.type);
    }
  }

  section(block) {
    const odd = block.accessory ? [unsupported(block.accessory.type)] : [];
    const fields = (block.fields ?? []).map((one) => make("p", {}, this.text(one)));
    return make("div", {}, block.text ? make("p", {}, this.text(block.text)) : null, fields, odd);
  }

  context(element) {
    return ["mrkdwn", "plain_text"].includes(element.type) ? this.text(element) : [unsupported(element.type)];
  }

  text({ type, text }) {
    return type === "mrkdwn" ? this.mrkdwn(text) : lines(text);
  }

  button(element) {
    if (element.type !== "button") return unsupported(element.type);
    const label = element.text.text;
    if (element.url) return link(element.url, label);
    return make("button", { type: "button", className: element.style ?? "", onclick: () => this.pressed(element) }, label);
  }

  pressed(element) {
    const { confirm: asked } = element;
    if (!asked || window.confirm(`${asked.title.text}\n\n${asked.text.text}`)) this.press(element);
  }

  rich(element) {
    const inside = () => element.elements.map((one) => this.run(one));
    switch (element.type) {
      case "rich_text_quote": return make("blockquote", { dir: "auto" }, inside());
      case "rich_text_section": return make("p", {}, inside());
      case "rich_text_preformatted": return make("pre", {}, inside());
      default: return unsupported(element.type);
    }
  }

  run(run) {
    switch (run.type) {
      case "text": return run.style?.bold ? make("strong", {}, lines(run.text)) : make("span", {}, lines(run.text));
      case "user": return this.mention(run.user_id);
      case "link": return link(run.url, run.text ?? run.url);
      case "emoji": return EMOJI[run.name] ?? `:${run.name}:`;
      default: return unsupported(run.type);
    }
  }

  // Bold and italic may hold mentions, so they are found first; then <...>; then entities.
  mrkdwn(text) {
    return pieces(text, /(?<![\p{L}\p{N}_])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}_])/gu,
      ([, mark, inner]) => make({ "*": "strong", _: "em", "~": "s" }[mark], {}, this.marked(inner)),
      (rest) => this.marked(rest));
  }

  marked(text) {
    return pieces(text, /<([^<>]+)>|`([^`]+)`/g,
      ([, inside, code]) => (code ? make("code", {}, entities(code)) : this.special(inside)),
      (rest) => lines(emoji(entities(rest))));
  }

  special(inside) {
    const [target, label] = inside.split("|");
    if (target.startsWith("@")) return this.mention(target.slice(1));
    if (target.startsWith("#")) return make("span", { className: "mention" }, `#${this.placeName(target.slice(1)) ?? label ?? "channel"}`);
    if (target.startsWith("!subteam^")) return make("span", { className: "mention" }, `@${this.world.groups[target.slice(9)] ?? label}`);
    if (target.startsWith("!")) return make("span", { className: "mention loud" }, `@${target.slice(1)}`);
    return link(entities(target), entities(label ?? target));
  }

  mention(id) {
    const person = this.world.people[id];
    return make("bdi", { className: id === this.world.me ? "mention own" : "mention" }, `@${person?.name ?? id}`);
  }

  placeName(id) {
    return (this.world.places ?? []).find((place) => place.id === id)?.name;
  }

  // --- forms ---

  form({ content, values, errors }) {
    const general = Object.entries(errors).filter(([id]) => !content.blocks.some((block) => block.block_id === id));
    return [
      ...general.map(([, why]) => make("p", { className: "error", role: "alert" }, why)),
      ...content.blocks.map((block) => (block.type === "input" ? this.input(block, values, errors) : this.block(block))),
    ];
  }

  input({ block_id: block, label, element, hint, optional }, values, errors) {
    const id = newId("field"), why = errors[block];
    const control = this.control(element, values[block]?.[element.action_id] ?? {}, id);
    control.dataset.field = element.action_id;
    control.dataset.kind = element.type;
    if (why) control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${id}-more`);
    return make("div", { className: "field" },
      make("label", { htmlFor: id, id: `${id}-label` }, label.text, optional ? make("span", { className: "small" }, " (optional)") : null),
      control,
      make("p", { className: why ? "error" : "small", id: `${id}-more` }, why ?? hint?.text ?? ""));
  }

  control(element, held, id) {
    const named = { id, "aria-labelledby": `${id}-label` };
    switch (element.type) {
      case "plain_text_input":
        return make(element.multiline ? "textarea" : "input", { id, dir: "auto", value: held.value ?? "", maxLength: element.max_length ?? 3000 });
      case "number_input":
        return make("input", { id, type: "number", min: element.min_value, max: element.max_value, value: held.value ?? "" });
      case "multi_users_select":
        return picker(this.everybody(), held.selected_users ?? [], named);
      case "static_select":
        return make("select", { id }, make("option", { value: "" }, "Choose…"), this.options(element, held));
      case "radio_buttons":
        return make("div", { ...named, role: "radiogroup" }, this.radios(element, held, newId("radio")));
      default:
        return make("div", named, unsupported(element.type));
    }
  }

  options(element, held) {
    return element.options.map((one) => make("option", { value: one.value, selected: one.value === held.selected_option?.value }, one.text.text));
  }

  radios(element, held, name) {
    return element.options.map((one) => make("label", { className: "tick" },
      make("input", { type: "radio", name, value: one.value, checked: one.value === held.selected_option?.value }), one.text.text));
  }

  everybody() {
    const here = Object.entries(this.world.people).filter(([, one]) => !one.gone);
    return here.map(([id, one]) => ({ id, name: one.bot ? `${one.name} (app)` : one.name }));
  }
}

// What is filled in, by action id, as `SlackClient.submit` takes it.
export function filledOnSlack(form) {
  const values = {};
  for (const control of form.querySelectorAll("[data-field]")) values[control.dataset.field] = held(control);
  return values;
}

function held(control) {
  switch (control.dataset.kind) {
    case "multi_users_select": return picked(control);
    case "radio_buttons": return picked(control)[0] ?? null;
    default: return control.value === "" ? null : control.value;
  }
}

const entities = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
const emoji = (text) => text.replace(/:(\w+):/g, (whole, name) => EMOJI[name] ?? whole);
