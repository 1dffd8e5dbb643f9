// Adaptive Cards as a message or a dialog of Teams holds them.
import { lines, link, make, menu, picture, unsupported } from "./dom.js";
import { field } from "./inputs.js";
import { markdown, typedOnTeams } from "./markdown.js";
import { badge, factSet, icon, looks, progress, table, toWidth } from "./teams_parts.js";
import { control } from "./teams_inputs.js";

const STYLES = { positive: "primary", destructive: "danger" };

// `world`: people by id. `press(action, number, root)`: what a button does; `number` counts in reading order.
export class TeamsRenderer {
  constructor(world, press = () => {}) {
    this.world = world;
    this.press = press;
    this.numbers = new WeakMap();
  }

  message({ text, card }) {
    const said = text ? [make("p", { dir: "auto" }, typedOnTeams(text.trimEnd()))] : [];
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
    return [...this.all(card.body ?? [], root), ...actions];
  }

  all(items, root) {
    return items.map((one) => this.element(one, root));
  }

  // Everything may stand apart from what is above it, and may be hidden at first.
  element(one, root) {
    const made = this.drawn(one, root);
    if (one.separator) made.classList.add("separator");
    if (one.spacing) made.classList.add(`space-${one.spacing.toLowerCase()}`);
    if (one.isVisible === false) made.hidden = true;
    if (one.id) made.dataset.element = one.id;
    return made;
  }

  drawn(one, root) {
    switch (one.type) {
      case "TextBlock": return make(one.style === "heading" ? "h4" : "p", { dir: "auto", className: looks(one) }, markdown(one.text));
      case "RichTextBlock": return make("p", { dir: "auto", className: looks(one) }, one.inlines.map((run) => this.run(run)));
      case "Container": return make("div", { className: box(one) }, this.all(one.items ?? [], root));
      case "ColumnSet": return make("div", { className: `columns ${box(one)}` }, (one.columns ?? []).map((column) => this.column(column, root)));
      case "FactSet": return factSet(one);
      case "Table": return table(one, (items) => this.all(items, root));
      case "Image": return this.image(one);
      case "ImageSet": return make("div", { className: "columns" }, one.images.map((image) => this.element(image, root)));
      case "ActionSet": return this.actionSet(one.actions, root);
      case "Badge": return badge(one);
      case "Icon": return icon(one);
      case "ProgressBar": return progress(one);
      default: return one.type.startsWith("Input.") ? this.input(one) : unsupported(one.type);
    }
  }

  run(run) {
    if (typeof run === "string") return lines(run);
    if (run.type !== "TextRun") return unsupported(run.type);
    return make("span", { className: [looks(run), run.italic && "italic", run.strikethrough && "struck"].filter(Boolean).join(" ") }, lines(run.text));
  }

  image(one) {
    const shown = picture(one.url ?? "", one.altText, `size-${String(one.size ?? "auto").toLowerCase()}`);
    for (const side of ["width", "height"]) if (/^\d{1,3}px$/.test(one[side] ?? "")) shown.style[side] = one[side];
    return shown;
  }

  column(column, root) {
    const made = make("div", { className: `column ${box(column)} ${String(column.verticalContentAlignment ?? "").toLowerCase()}` }, this.all(column.items ?? [], root));
    toWidth(made, column.width ?? "stretch");
    if (column.minHeight) made.style.minHeight = column.minHeight;
    return made;
  }

  actionSet(actions, root) {
    const more = make("div", { className: "unfolded" });
    const shown = actions.filter((one) => one.mode !== "secondary"), rest = actions.filter((one) => one.mode === "secondary");
    return make("div", { className: "action-set" }, make("div", { className: "actions" }, shown.map((one) => this.action(one, root, more)),
      rest.length ? menu("More", rest.map((one) => this.action(one, root, more))) : null), more);
  }

  action(one, root, more) {
    const props = { type: "button", className: `act ${STYLES[one.style] ?? ""}`, title: one.tooltip, ariaLabel: one.tooltip };
    switch (one.type) {
      case "Action.OpenUrl": return make("span", { className: "button-link" }, link(one.url, one.title));
      case "Action.ShowCard": return this.folding(one, props, root, more);
      case "Action.ToggleVisibility": return make("button", { ...props, onclick: () => toggle(one, root) }, one.title);
      case "Action.Execute":
      case "Action.Submit": return make("button", { ...props, onclick: () => this.press(one, this.numbers.get(one), root) }, one.title);
      default: return unsupported(one.type);
    }
  }

  folding(one, props, root, more) {
    const button = make("button", { ...props, ariaExpanded: "false" }, one.title);
    button.addEventListener("click", () => {
      const unfolds = button.ariaExpanded !== "true";
      for (const other of button.parentElement.querySelectorAll("[aria-expanded]")) other.ariaExpanded = "false";
      button.ariaExpanded = String(unfolds);
      more.replaceChildren(...(unfolds ? this.inside(one.card, root) : []));
      more.querySelector("button, input")?.focus();
    });
    return button;
  }

  input(one) {
    return field({ label: one.label ?? one.id, optional: false, name: one.id, kind: one.type + (one.isMultiSelect ? ".many" : "") },
      (named) => control(one, this.world, named));
  }
}

const box = ({ style, bleed }) => ["box", style && style !== "default" && `style-${style}`, bleed && "bleed"].filter(Boolean).join(" ");

function toggle({ targetElements: targets }, root) {
  for (const target of targets) {
    const id = target.elementId ?? target, found = root.querySelector(`[data-element="${CSS.escape(id)}"]`);
    if (found) found.hidden = target.isVisible === undefined ? !found.hidden : !target.isVisible;
  }
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
