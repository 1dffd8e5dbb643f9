// Adaptive Cards and messages of Teams, as far as our cards and forms use them.
import { lines, link, make, newId, picked, picker, pieces, unsupported } from "./dom.js";

const SIZES = { Small: "small", Medium: "medium", Large: "large", ExtraLarge: "huge" };
const STYLES = { positive: "primary", destructive: "danger" };

// `world`: people by id. `press(action, number, root)`: what a button does; `number` counts in reading order.
export class TeamsRenderer {
  constructor(world, press = () => {}) {
    this.world = world;
    this.press = press;
    this.numbers = new WeakMap();
  }

  message({ text, card }) {
    const said = text ? [make("p", { dir: "auto" }, plain(text.trimEnd()))] : [];
    return card ? [...said, this.card(card)] : said;
  }

  card(card) {
    number(card, this.numbers);
    const root = make("div", { className: "card" });
    root.append(...this.inside(card, root));
    return root;
  }

  form({ card }) {
    number(card, this.numbers);
    return (card.body ?? []).map((one) => this.element(one, null));
  }

  inside(card, root) {
    const actions = card.actions?.length ? [this.actionSet(card.actions, root)] : [];
    return [...(card.body ?? []).map((one) => this.element(one, root)), ...actions];
  }

  element(one, root) {
    switch (one.type) {
      case "TextBlock": return this.textBlock(one);
      case "RichTextBlock": return make("p", { dir: "auto" }, one.inlines.map((run) => this.run(run)));
      case "Container": return make("div", { className: one.style === "emphasis" ? "quote" : "" }, one.items.map((item) => this.element(item, root)));
      case "ColumnSet": return make("div", { className: "columns" }, one.columns.map((column) => this.column(column, root)));
      case "ActionSet": return this.actionSet(one.actions, root);
      default: return one.type.startsWith("Input.") ? this.input(one) : unsupported(one.type);
    }
  }

  textBlock(one) {
    const looks = [SIZES[one.size], one.weight === "Bolder" && "bold", one.isSubtle && "subtle", one.color === "Attention" && "error"];
    return make(one.style === "heading" ? "h4" : "p", { dir: "auto", className: looks.filter(Boolean).join(" ") }, markdown(one.text));
  }

  run(run) {
    if (typeof run === "string") return lines(run);
    return run.type === "TextRun" ? make("span", {}, lines(run.text)) : unsupported(run.type);
  }

  column(column, root) {
    const fixed = column.width === "auto" ? "column auto" : "column";
    return make("div", { className: fixed }, column.items.map((item) => this.element(item, root)));
  }

  actionSet(actions, root) {
    const more = make("div", { className: "unfolded" });
    const buttons = actions.map((one) => this.action(one, root, more));
    return make("div", {}, make("div", { className: "actions" }, buttons), more);
  }

  action(one, root, more) {
    const looks = { type: "button", className: STYLES[one.style] ?? "" };
    switch (one.type) {
      case "Action.OpenUrl": return link(one.url, one.title);
      case "Action.ShowCard": return make("button", { ...looks, onclick: () => this.unfold(one.card, root, more) }, one.title);
      case "Action.Execute":
      case "Action.Submit":
        return make("button", { ...looks, onclick: () => this.press(one, this.numbers.get(one), root) }, one.title);
      default: return unsupported(one.type);
    }
  }

  unfold(card, root, more) {
    more.replaceChildren(...(more.hasChildNodes() ? [] : this.inside(card, root)));
  }

  input(one) {
    const id = newId("field"), control = this.control(one, id);
    control.dataset.field = one.id;
    return make("div", { className: "field" }, make("label", { htmlFor: id, id: `${id}-label` }, one.label ?? one.id), control);
  }

  control(one, id) {
    const named = { id, "aria-labelledby": `${id}-label` }, value = one.value ?? "";
    switch (one.type) {
      case "Input.Text": return make(one.isMultiline ? "textarea" : "input", { id, dir: "auto", value, maxLength: one.maxLength ?? 4000 });
      case "Input.Number": return make("input", { id, type: "number", min: one.min, max: one.max, value });
      case "Input.ChoiceSet": return this.choices(one, named, String(value));
      default: return make("div", named, unsupported(one.type));
    }
  }

  choices(one, named, value) {
    if (one.isMultiSelect) {
      const people = one["choices.data"]?.dataset?.startsWith("graph.microsoft.com/users");
      const offered = people ? this.directory() : one.choices.map((choice) => ({ id: choice.value, name: choice.title }));
      return picker(offered, value.split(","), { ...named, "data-many": true });
    }
    return make("select", named, one.choices.map((choice) => make("option", { value: choice.value, selected: choice.value === value }, choice.title)));
  }

  directory() {
    return Object.values(this.world.people).map((one) => ({ id: one.directory_id, name: one.name }));
  }
}

// What is filled in, by input id, as Teams sends it.
export function filledOnTeams(root) {
  const values = {};
  for (const control of root.querySelectorAll("[data-field]")) {
    values[control.dataset.field] = "many" in control.dataset ? picked(control).join(",") : control.value;
  }
  return values;
}

// Notes the number of every action in reading order, as the fake counts them.
function number(card, numbers) {
  let next = 0;
  const walk = (node) => {
    if (node === null || typeof node !== "object") return;
    if (String(node.type ?? "").startsWith("Action.")) numbers.set(node, next++);
    for (const [key, child] of Object.entries(node)) if (key !== "fallback" && key !== "data") walk(child);
  };
  walk(card);
}

// What people typed comes as entities, with mentions as tags.
function plain(text) {
  return pieces(text, /<at>(.*?)<\/at>/g, ([, name]) => make("bdi", { className: "mention" }, entities(name)), (rest) => lines(entities(rest)));
}

const MARKS = /\\([\\*_[\]`])|<at>(.*?)<\/at>|\*\*((?:\\.|[^\\])+?)\*\*|\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)|`([^`]+)`/g;

function markdown(text) {
  return pieces(text, MARKS, ([, escaped, name, bold, label, url, code]) => {
    if (escaped) return escaped;
    if (name !== undefined) return make("bdi", { className: "mention" }, name);
    if (bold) return make("strong", {}, markdown(bold));
    if (code) return make("code", {}, code);
    return link(url, ...markdown(label));
  }, lines);
}

const entities = (text) => text.replace(/&(lt|gt|amp|nbsp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&", nbsp: " " })[name]);
