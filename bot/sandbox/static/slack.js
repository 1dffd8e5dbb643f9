// Block Kit as a message or a modal holds it.
import { link, make, menu, picture, unsupported } from "./dom.js";
import { markdown } from "./markdown.js";
import { asControl, control } from "./slack_inputs.js";
import { field } from "./inputs.js";
import { SlackText } from "./slack_text.js";

// `world`: people, groups and places by id. `press(element, value)`: what a button does, or a choice.
export class SlackRenderer extends SlackText {
  constructor(world, press = () => {}) {
    super(world);
    this.press = press;
  }

  message({ text, blocks }) {
    return blocks.length ? blocks.map((block) => this.block(block)) : [make("p", { dir: "auto" }, this.mrkdwn(text))];
  }

  block(block) {
    switch (block.type) {
      case "section": return this.section(block);
      case "header": return make("h4", { dir: "auto" }, this.text(block.text));
      case "context": return make("p", { className: "context", dir: "auto" }, block.elements.map((one) => this.context(one)));
      case "actions": return make("div", { className: "actions" }, block.elements.map((one) => this.element(one)));
      case "divider": return make("hr");
      case "rich_text": return make("div", { className: "rich" }, block.elements.map((one) => this.rich(one)));
      case "markdown": return make("div", {}, markdown(block.text));
      case "image": return make("figure", {}, picture(block.image_url ?? "", block.alt_text, "large"), block.title ? make("figcaption", { className: "small" }, this.text(block.title)) : null);
      case "table": return this.table(block);
      default: return unsupported(block.type);
    }
  }

  section(block) {
    const fields = (block.fields ?? []).map((one) => make("p", { dir: "auto" }, this.text(one)));
    const words = make("div", { className: "words" }, block.text ? make("p", { dir: "auto" }, this.text(block.text)) : null,
      fields.length ? make("div", { className: "fields" }, fields) : null);
    return block.accessory ? make("div", { className: "with-accessory" }, words, this.element(block.accessory)) : words;
  }

  context(element) {
    if (element.type === "image") return picture(element.image_url ?? "", element.alt_text, "tiny");
    return ["mrkdwn", "plain_text"].includes(element.type) ? make("span", {}, this.text(element)) : unsupported(element.type);
  }

  table({ rows, column_settings: columns = [] }) {
    const cell = (tag) => (one, n) => make(tag, { className: columns[n]?.align ?? "" }, one.type === "rich_text" ? one.elements.map((part) => this.rich(part)) : one.text ?? "");
    const [head, ...body] = rows;
    return make("div", { className: "table" }, make("table", {},
      make("thead", {}, make("tr", {}, head.map(cell("th")))),
      make("tbody", {}, body.map((row) => make("tr", {}, row.map(cell("td")))))));
  }

  // What stands in actions, or beside a section.
  element(element) {
    switch (element.type) {
      case "button": return this.button(element);
      case "image": return picture(element.image_url ?? "", element.alt_text, "small-picture");
      case "overflow": return menu("More", element.options.map((one) => (one.url ? link(one.url, one.text.text) : make("button", { type: "button", onclick: () => this.pressed(element, one.value) }, this.text(one.text)))));
      default: return this.choice(element);
    }
  }

  button(element) {
    const label = this.text(element.text);
    if (element.url) return make("span", { className: "button-link" }, link(element.url, label));
    return make("button", { type: "button", className: `act ${element.style ?? ""}`, ariaLabel: element.accessibility_label, onclick: () => this.pressed(element, element.value) }, label);
  }

  choice(element) {
    const made = control(element, {}, this.world, { ariaLabel: element.placeholder?.text ?? "Choose" });
    made.dataset.kind = element.type;
    made.addEventListener("change", () => this.pressed(element, asControl(made)));
    return made;
  }

  pressed(element, value) {
    const { confirm: asked } = element;
    if (!asked || window.confirm(`${asked.title.text}\n\n${asked.text.text}`)) this.press(element, value);
  }

  form({ content, values, errors }) {
    const general = Object.entries(errors).filter(([id]) => !content.blocks.some((block) => block.block_id === id));
    return [
      ...general.map(([, why]) => make("p", { className: "error", role: "alert" }, why)),
      ...content.blocks.map((block) => (block.type === "input" ? this.input(block, values, errors[block.block_id]) : this.block(block))),
    ];
  }

  input({ block_id: block, label, element, hint, optional }, values, why) {
    const held = values[block]?.[element.action_id] ?? {};
    return field({ label: label.text, hint: hint?.text, optional, why, name: element.action_id, kind: element.type },
      (named) => control(element, held, this.world, named));
  }
}
