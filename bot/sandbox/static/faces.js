// Somebody's initials on a colour of their own.
import { make } from "./dom.js";

const COLOURS = 10;

export function face(name, { app = false, size = "" } = {}) {
  if (app) return make("span", { className: `face app ${size}`, ariaHidden: "true" }, make("img", { src: "/sandbox/static/icon.svg", alt: "" }));
  return make("span", { className: `face f${hash(name) % COLOURS} ${size}`, ariaHidden: "true" }, initials(name));
}

// First and last name for scripts with capitals; one sign for others, where two would join or say too much.
export function initials(name) {
  const words = name.split(/\s+/u).map((word) => [...word].find((sign) => /\p{L}/u.test(sign))).filter(Boolean);
  if (!words.length) return "?";
  return /\p{Lu}/u.test(words[0]) && words.length > 1 ? words[0] + words.at(-1) : words[0];
}

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 11);
