// Elements are made by hand and text is only ever text: nothing that came from outside is read as HTML.

export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== "" && child !== false));
  return element;
}

export const unsupported = (type) => make("span", { className: "unsupported" }, `[unsupported: ${type}]`);

// Said to a screen reader only.
export const unseen = (words) => make("span", { className: "unseen" }, words);

export function link(url, ...label) {
  const safe = /^https?:\/\//.test(url);
  return safe ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label) : make("span", {}, ...label);
}

// This page loads nothing from elsewhere, so a picture from there is shown by its description.
export function picture(url, alt, className = "") {
  const own = url.startsWith("/") || url.startsWith(location.origin);
  if (own) return make("img", { src: url, alt, className });
  return make("span", { className: `picture ${className}`, role: "img", ariaLabel: alt || "Picture" }, "🖼", make("span", { className: "small" }, alt || "Picture"));
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

// A button that unfolds further ones; choosing one of them, Escape or leaving folds it again.
export function menu(label, items) {
  const list = make("div", { className: "items" }, items);
  const details = make("details", { className: "menu" }, make("summary", { ariaLabel: label, title: label }, "⋯"), list);
  const fold = () => { details.open = false; };
  list.addEventListener("click", fold);
  details.addEventListener("focusout", (event) => { if (!details.contains(event.relatedTarget)) fold(); });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.preventDefault();
    event.stopPropagation();
    fold();
    details.firstElementChild.focus();
  });
  return details;
}
