// Behind the scenes: what each act left in the books since the page was opened. It only looks, and remembers nothing.
import { get } from "./api.js";
import { make } from "./dom.js";
import { act } from "./behind_rows.js";

const SOON_MS = 700;
const WHILE_PENDING_MS = 1500;

export class Drawer {
  constructor() {
    this.element = document.getElementById("behind");
    this.list = this.element.querySelector(".acts");
    this.toggle = document.getElementById("behind-toggle");
    this.toggle.addEventListener("click", () => this.open(this.element.hidden));
    this.element.querySelector(".close").addEventListener("click", () => this.open(false));
    this.element.querySelector(".afresh").addEventListener("click", () => { this.since = this.now; this.look(); });
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.open(false); });
  }

  open(isOpen) {
    this.element.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    document.body.classList.toggle("with-drawer", isOpen);
    if (isOpen) {
      this.look();
      this.element.querySelector("h2").focus();
    } else this.toggle.focus();
  }

  // What people see changes a moment before it is written down that they do.
  news(now) {
    this.now = now;
    this.since ??= now;
    if (this.element.hidden) return;
    this.look();
    this.later(SOON_MS);
  }

  later(ms) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), ms);
  }

  async look() {
    if (this.element.hidden || !this.since) return;
    const { acts } = await get("behind", { since: this.since }).catch(() => ({ acts: null }));
    if (!acts) return;
    this.draw(acts);
    const waits = acts.some((one) => one.messages.some((message) => message.pending && new Date(message.due_at) <= new Date(this.now)));
    if (waits) this.later(WHILE_PENDING_MS);
  }

  // What is unfolded stays so.
  draw(acts) {
    const facts = JSON.stringify(acts);
    if (this.shown === facts) return;
    this.shown = facts;
    const folded = new Set([...this.list.querySelectorAll("details:not([open])")].map((one) => one.dataset.act));
    const empty = make("li", { className: "empty" }, make("span", { className: "big", ariaHidden: "true" }, "🔍"), make("span", {}, "Nothing was written yet. Give somebody kudos, and watch."));
    this.list.replaceChildren(...(acts.length ? acts.map((one) => act(one, !folded.has(one.id))) : [empty]));
  }
}
