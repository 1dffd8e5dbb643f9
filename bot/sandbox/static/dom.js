// Elements are made by hand and text is only ever text: nothing that came from outside is read as HTML.

export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const unsupported = (type) => make("span", { className: "unsupported" }, `[unsupported: ${type}]`);

export function link(url, ...label) {
  const safe = /^https?:\/\//.test(url);
  return safe ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label) : make("span", {}, ...label);
}

// Splits `text` at what `pattern` finds; `found` makes a node of each match, `rest` of what lies between.
export function pieces(text, pattern, found, rest = (plain) => plain) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) nodes.push(rest(text.slice(end, match.index)));
    nodes.push(found(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(rest(text.slice(end)));
  return nodes.flat();
}

// Text with its line breaks.
export const lines = (text) => text.split("\n").flatMap((line, n) => (n ? [make("br"), line] : [line]));

let numbers = 0;
export const newId = (name) => `${name}-${++numbers}`;

// A list of people to tick. `people`: [{id, name}].
export function picker(people, chosen, attributes) {
  const boxes = people.map(({ id, name }) =>
    make("label", { className: "tick" }, make("input", { type: "checkbox", value: id, checked: chosen.includes(id) }), make("bdi", {}, name)));
  return make("div", { className: "picker", role: "group", ...attributes }, boxes);
}

export const picked = (element) => [...element.querySelectorAll("input:checked")].map((box) => box.value);
