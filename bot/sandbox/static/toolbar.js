// Buttons that are one stop of the Tab key: arrows, Home and End move between them, as in "Toolbar Pattern" of the
// ARIA Authoring Practices Guide (W3C, https://www.w3.org/WAI/ARIA/apg/patterns/toolbar/).
import { make } from "./dom.js";

const STEPS = { ArrowRight: (at) => at + 1, ArrowLeft: (at) => at - 1, Home: () => 0, End: () => -1 };

export function toolbar(label, ...parts) {
  const bar = make("div", { className: "tools", role: "toolbar", ariaLabel: label }, parts);
  const all = [...bar.querySelectorAll("button")];
  stopAt(all, all[0]);
  bar.addEventListener("focusin", ({ target }) => stopAt(all, target));
  bar.addEventListener("keydown", (event) => {
    const step = STEPS[event.key], at = all.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    all.at(step(at) % all.length).focus();
  });
  return bar;
}

function stopAt(all, one) {
  for (const each of all) each.tabIndex = each === one ? 0 : -1;
}

// Draws a list of messages anew with the focus where it was: on the same button of the same message, or on its toolbar.
export function keepingFocus(list, draw) {
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const message = held?.closest("[data-message]")?.dataset.message, tool = toolOf(held);
  draw();
  if (!message) return;
  const buttons = [...list.querySelectorAll(`[data-message="${CSS.escape(message)}"] button`)];
  (buttons.find((one) => toolOf(one) === tool) ?? buttons.find((one) => one.closest("[role=toolbar]") && one.tabIndex === 0))?.focus({ preventScroll: true });
}

const toolOf = (button) => button?.dataset.tool ?? button?.textContent;
