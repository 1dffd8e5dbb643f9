// Parts of Adaptive Cards that hold no buttons: how text looks, facts, tables, badges, bars.
import { make } from "./dom.js";
import { markdown } from "./markdown.js";

const SIZES = { Small: "small", Medium: "medium", Large: "large", ExtraLarge: "huge" };

export function looks(one) {
  return [
    SIZES[one.size], one.weight === "Bolder" && "bold", one.weight === "Lighter" && "light", one.isSubtle && "subtle",
    one.color && `colour-${one.color.toLowerCase()}`, one.fontType === "Monospace" && "mono",
    one.horizontalAlignment && one.horizontalAlignment.toLowerCase(),
  ].filter(Boolean).join(" ");
}

// "auto", "stretch", "64px", or a share of what is left.
export function toWidth(element, width) {
  if (width === "auto") element.classList.add("auto");
  else if (/^\d+px$/.test(width)) { element.classList.add("auto"); element.style.width = width; }
  else if (Number(width)) element.style.flexGrow = Number(width);
}

export const factSet = ({ facts }) => make("dl", { className: "facts" },
  facts.map(({ title, value }) => [make("dt", { dir: "auto" }, markdown(title)), make("dd", { dir: "auto" }, markdown(value))]));

// `inside(items)` draws what a cell holds.
export function table({ rows, columns = [], firstRowAsHeaders = true, firstRowAsHeader = firstRowAsHeaders, showGridLines = true }, inside) {
  const group = make("colgroup", {}, columns.map(({ width }) => {
    const column = make("col");
    if (typeof width === "number") column.style.width = `${(width / columns.reduce((sum, one) => sum + (Number(one.width) || 1), 0)) * 100}%`;
    return column;
  }));
  const row = (one, tag) => make("tr", {}, one.cells.map((cell, n) => make(tag, { className: `${(columns[n]?.horizontalCellContentAlignment ?? "").toLowerCase()} ${cell.style ? `style-${cell.style}` : ""}` }, inside(cell.items))));
  const [head, ...body] = firstRowAsHeader ? rows : [null, ...rows];
  return make("div", { className: "table" }, make("table", { className: showGridLines ? "" : "no-lines" }, group,
    head ? make("thead", {}, row(head, "th")) : null, make("tbody", {}, body.map((one) => row(one, "td")))));
}

export const badge = ({ text, style, appearance }) => make("p", {}, make("span", { className: `badge badge-${String(style ?? "default").toLowerCase()} ${String(appearance ?? "").toLowerCase()}` }, text ?? ""));

// Their pictures are Microsoft's; the name says what it is.
export const icon = ({ name }) => make("span", { className: "icon", role: "img", ariaLabel: name, title: name }, "◆");

export function progress({ value = 0, max = 100, color }) {
  return make("progress", { value, max, className: `colour-${String(color ?? "accent").toLowerCase()}`, ariaLabel: `${value} of ${max}` });
}
