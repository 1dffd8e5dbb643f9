// The rows of the books in plain words: requests, outbox messages, ledger transactions with their entries.
import { make } from "./dom.js";
import { exactly, inFull } from "./times.js";

const KINDS = { post: "A post that everybody there sees", direct: "A direct message", whisper: "A message for one reader's eyes" };
const STATES = {
  waiting: "waits for its turn", sending: "is being sent", sent: "was shown", uncertain: "nobody can know whether it was shown",
  dead: "will never be shown", dropped: "was no longer worth showing", bundled: "is shown together with others",
};
const PLACES = { slack: "Slack", teams: "Teams" };
const SIDES = { issued: "issued by the programme", sponsored: "sponsored", spent: "spent", expired: "expired" };

export function act({ id, at, requests, messages, transactions }, isOpen) {
  const title = requests.length ? requests.map(({ name }) => name.replaceAll(/[_-]/g, " ")).join(", ") : "afterwards";
  return make("li", {}, make("details", { open: isOpen, "data-act": id },
    make("summary", {}, make("strong", {}, title), counts(messages, transactions), make("time", { dateTime: at, title: inFull(at) }, exactly(at))),
    requests.length ? null : make("p", { className: "small" }, "Nobody asked for it: it follows from what was delivered, or was due."),
    requests.map(request), messages.map(message), transactions.map(transaction)));
}

const counts = (messages, transactions) => make("span", { className: "small" },
  [several(messages.length, "message"), several(transactions.length, "transaction")].filter(Boolean).join(" · "));

const several = (count, noun) => (count ? `${count} ${noun}${count > 1 ? "s" : ""}` : "");

// Ids are long, and their beginning is the time: the end tells them apart.
const short = (id) => make("code", { title: id }, id.length > 14 ? `…${id.slice(-10)}` : id);

const row = (table, ...children) => make("div", { className: `row ${table}` }, make("span", { className: "table-name" }, table), make("div", {}, children));

const state = (word, looks) => make("span", { className: `state ${looks}` }, word);

function request({ name, help, key, outcome, by_clock: byClock }) {
  const done = outcome === "done";
  return row("request", make("p", {}, make("strong", {}, name), " ", state(done ? "done" : outcome.replaceAll("_", " "), done ? "good" : "warn"), byClock ? state("by the clock", "") : null),
    make("p", { className: "small" }, byClock ? "Nobody asked: it was due. " : help),
    make("p", { className: "small" }, "Claimed as ", short(key), ": a second delivery with this key finds this answer."));
}

function message({ id, kind, state: current, view, platform, to, edits, pending }) {
  const looks = current === "sent" ? "good" : ["dead", "uncertain"].includes(current) ? "bad" : "warn";
  return row("outbox", make("p", {}, make("strong", {}, view), " ", state(current, looks), edits ? state(edits === 1 ? "edited once" : `edited ${edits} times`, "") : null, pending && current === "sent" ? state("edit is due", "warn") : null),
    make("p", { className: "small" }, `${KINDS[kind] ?? kind} on ${PLACES[platform] ?? platform}: `, make("bdi", {}, to), ". It ", STATES[current] ?? current, "."),
    make("p", { className: "small" }, "Message ", short(id)));
}

function transaction({ id, kind, act: fact, closes, entries }) {
  return row("ledger", make("p", {}, make("strong", {}, kind), " ", make("span", { className: "small" }, "stands for ", short(fact))),
    make("table", {}, make("caption", { className: "unseen" }, "Entries"), make("tbody", {}, entries.map(entry)),
      make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, "sum"), make("td", {}, String(entries.reduce((sum, one) => sum + one.amount, 0))), make("td", {})))),
    make("p", { className: "small" }, "Transaction ", short(id), closes ? [", which reverses or closes ", short(closes)] : null));
}

function entry({ account, owner, label, amount, balance }) {
  const named = owner ? [`${account} of `, make("bdi", {}, owner), label ? ` (${label})` : ""] : [SIDES[account] ?? account];
  return make("tr", {}, make("th", { scope: "row" }, named), make("td", { className: amount < 0 ? "minus" : "plus" }, amount > 0 ? `+${amount}` : `−${-amount}`), make("td", { className: "small" }, balance === null ? "" : `leaves ${balance}`));
}
