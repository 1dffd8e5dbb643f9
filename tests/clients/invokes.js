/** What the playground cannot do itself: a colleague acts, and a card's button opens a dialog. As Teams would send it. */

import { randomUUID } from "node:crypto";

// The tenant and the people that the playground makes up, as far as the walk needs them.
const TENANT = "00000000-0000-0000-0000-0000000000001";
const PEOPLE = {
  "Alex Wilber": { id: "user-id-0", aadObjectId: "00000000-0000-0000-0000-0000000000020" },
  "Megan Bowen": { id: "user-id-1", aadObjectId: "00000000-0000-0000-0000-0000000000021" },
  "Adele Vance": { id: "user-id-2", aadObjectId: "00000000-0000-0000-0000-0000000000022" },
};

export const directoryId = (name) => PEOPLE[name].aadObjectId;

/** `invoke(name, value)` of somebody in the first channel: gives the card that Plaudit answers with. */
export function invokesOf(name, { plaudit, address }) {
  return async (invoke, value) => {
    const answer = await fetch(`${plaudit}/api/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        type: "invoke",
        name: invoke,
        value,
        id: randomUUID(),
        channelId: "msteams",
        serviceUrl: `${address}/_connector`,
        timestamp: new Date().toISOString(),
        from: { name, ...PEOPLE[name] },
        recipient: { id: "00000000-0000-0000-0000-00000000000011", name: "Test Bot" },
        conversation: { id: "team-id", conversationType: "channel", isGroup: true, tenantId: TENANT },
        channelData: { tenant: { id: TENANT }, team: { id: "team-id" }, channel: { id: "team-id" } },
      }),
    });
    if (!answer.ok) throw new Error(`${invoke} of ${name}: ${answer.status}`);
    return cardIn(await answer.json());
  };
}

/** What a button of this title sends along, with what was filled in. */
export function pressed(card, title, filled = {}) {
  const button = parts(card).find((one) => one.type?.startsWith("Action.") && (one.tooltip ?? one.title) === title);
  if (!button) throw new Error(`no button ${title} in ${JSON.stringify(card)}`);
  return { ...button.data, ...filledIn(card), ...filled };
}

function filledIn(card) {
  const inputs = parts(card).filter((one) => one.type?.startsWith("Input."));
  return Object.fromEntries(inputs.map((one) => [one.id, one.value ?? ""]));
}

function parts(node) {
  if (Array.isArray(node)) return node.flatMap(parts);
  if (typeof node !== "object" || node === null) return [];
  return [node, ...Object.entries(node).flatMap(([key, one]) => (["data", "fallback"].includes(key) ? [] : parts(one)))];
}

function cardIn(answer) {
  const found = answer.task?.value?.card?.content ?? answer.value;
  if (typeof found !== "object") throw new Error(`no card: ${JSON.stringify(answer)}`);
  return found;
}
