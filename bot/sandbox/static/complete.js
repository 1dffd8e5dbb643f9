// Completes what is typed from a list: arrows choose, Enter or Tab takes, Escape leaves.
import { make, newId } from "./dom.js";

// `find(before)`: of the text before the caret, where the word begins and what it may become, the likeliest first:
// {title, begin, offers: [{text, label, note, help, face}]}, or nothing.
export function completing(line, list, find) {
  let offers = [], active = 0, begin = 0;
  list.id = newId("offers");
  line.setAttribute("aria-controls", list.id);

  const close = () => {
    offers = [];
    list.hidden = true;
    line.setAttribute("aria-expanded", "false");
    line.removeAttribute("aria-activedescendant");
  };
  const take = ({ text }) => {
    const rest = line.value.slice(line.selectionStart).replace(/^ /, "");
    line.value = `${line.value.slice(0, begin)}${text} ${rest}`;
    line.setSelectionRange(begin + text.length + 1, begin + text.length + 1);
    line.focus();
    look();
  };
  const mark = () => {
    line.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    for (const [n, option] of [...list.querySelectorAll("[role=option]")].entries()) option.setAttribute("aria-selected", String(n === active));
    list.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest" });
  };
  const draw = (title) => {
    list.ariaLabel = title;
    list.replaceChildren(make("li", { className: "title", role: "presentation" }, title), ...offers.map((offer, n) => option(offer, `${list.id}-${n}`, () => take(offer))));
    list.hidden = false;
    line.setAttribute("aria-expanded", "true");
    mark();
  };
  function look() {
    const found = find(line.value.slice(0, line.selectionStart));
    if (!found?.offers.length) return close();
    ({ begin, offers } = found);
    active = 0;
    return draw(found.title);
  }

  line.addEventListener("input", look);
  line.addEventListener("blur", close);
  line.addEventListener("keydown", (event) => {
    if (!offers.length || event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      active = (active + moves[event.key] + offers.length) % offers.length;
      mark();
    } else if (event.key === "Escape") close();
    else if (event.key === "Enter" && offers[active].sends && line.value === offers[active].text) return close();
    else if (event.key === "Enter" || event.key === "Tab") take(offers[active]);
    else return;
    event.preventDefault();
  });
}

// A press of the pointer must not take the focus from the line.
function option({ text, label, note, help, face }, id, onTake) {
  return make("li", { id, role: "option", onpointerdown: (event) => { event.preventDefault(); onTake(); } },
    face, make("span", { className: "offer" },
      make("span", {}, make("bdi", { className: "label" }, label ?? text), note ? make("span", { className: "small" }, note) : null),
      help ? make("span", { className: "small help" }, help) : null));
}
