// Completes "@na" in a line of text from a list of names: arrows choose, Enter or Tab takes, Escape leaves.
import { make, newId } from "./dom.js";

// `find(typed)` gives [{text, label}], the likeliest first.
export function completing(line, list, find) {
  let offers = [], active = 0, begin = 0;
  list.id = newId("names");
  line.setAttribute("aria-controls", list.id);

  const close = () => {
    offers = [];
    list.hidden = true;
    line.setAttribute("aria-expanded", "false");
    line.removeAttribute("aria-activedescendant");
  };
  const take = (offer) => {
    const rest = line.value.slice(line.selectionStart).replace(/^ /, "");
    line.value = `${line.value.slice(0, begin)}${offer.text} ${rest}`;
    line.setSelectionRange(begin + offer.text.length + 1, begin + offer.text.length + 1);
    close();
    line.focus();
  };
  const draw = () => {
    list.replaceChildren(...offers.map((offer, n) => make("li", {
      id: `${list.id}-${n}`, role: "option", "aria-selected": String(n === active),
      onpointerdown: (event) => { event.preventDefault(); take(offer); },
    }, make("bdi", {}, offer.label), make("span", { className: "small" }, ` ${offer.text}`))));
    list.hidden = false;
    line.setAttribute("aria-expanded", "true");
    line.setAttribute("aria-activedescendant", `${list.id}-${active}`);
  };

  line.addEventListener("input", () => {
    const before = line.value.slice(0, line.selectionStart), typed = /(?:^|\s)@([^\s@]*)$/u.exec(before);
    if (!typed) return close();
    begin = before.length - typed[1].length - 1;
    active = 0;
    offers = find(typed[1].toLowerCase()).slice(0, 8);
    return offers.length ? draw() : close();
  });
  line.addEventListener("keydown", (event) => {
    if (!offers.length) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) active = (active + moves[event.key] + offers.length) % offers.length;
    else if (event.key === "Escape") { event.preventDefault(); return close(); }
    else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); return take(offers[active]); }
    else return;
    event.preventDefault();
    draw();
  });
  line.addEventListener("blur", close);
}
