// What differs between the two columns: names, hints, who is the app, reactions, how something is pressed, filled in and
// completed.
import { emoji } from "./emoji.js";
import { face } from "./faces.js";
import { SlackRenderer } from "./slack.js";
import { filledOnSlack } from "./slack_inputs.js";
import { TeamsRenderer } from "./teams.js";
import { filledOnTeams } from "./teams_inputs.js";

const MOST = 8;
const starts = (word) => (text) => text.toLowerCase().split(/[\s@]+/u).some((part) => part.startsWith(word));

// Commands whose name begins with what `pattern` finds behind `prefix`.
function commands(state, before, pattern, prefix) {
  const typed = pattern.exec(before);
  if (!typed) return null;
  const found = state.commands.filter(({ name }) => name.startsWith(typed[1].toLowerCase()));
  return { title: "Commands of Plaudit", begin: 0, offers: found.map(({ name, usage, help }) => ({ text: prefix + name, note: usage, help, sends: true, face: face("", { app: true, size: "small-face" }) })) };
}

function names(before, offers) {
  const typed = /(?:^|\s)@([^\s@]*)$/u.exec(before);
  return typed ? { title: "People", begin: before.length - typed[1].length - 1, offers: offers(typed[1].toLowerCase()).slice(0, MOST) } : null;
}

const named = (text, name, app, note) => ({ text, label: name, note, face: face(name, { app, size: "small-face" }) });

const KINDS = { like: "👍", heart: "❤️", laugh: "😆", surprised: "😮", sad: "😢", angry: "😡" };

export const PLATFORMS = {
  slack: {
    title: "Slack",
    groups: [["Channels", ["public_channel", "private_channel"]], ["Direct messages", ["im", "mpim"]], ["App", ["home"]]],
    line: (place) => (place.kind === "im" ? `Message ${place.name}` : `Message #${place.name}, or / for commands`),
    hint: "/kudos @bob +5 for the calm release #craft",
    only: "Only visible to you",
    reactions: ["sports_medal", "+1", "tada"],
    reaction: emoji,
    renderer: (state, press) => new SlackRenderer(state, press),
    pressed: (element, value) => ({ action: element.action_id, value }),
    isApp: (one, state) => state.people[one.author]?.handle === "plaudit",
    filled: filledOnSlack,
    formWords: ({ content }) => ({ title: content.title.text, submit: content.submit?.text, close: content.close?.text ?? "Close" }),
    completes: (state, before) => commands(state, before, /^\/([\w-]*)$/, "/") ?? names(before, (typed) => [
      ...Object.values(state.people).filter((one) => !one.gone).map((one) => named(`@${one.handle}`, one.name, one.bot, `@${one.handle}`)),
      ...Object.values(state.groups).map((handle) => named(`@${handle}`, handle, false, "user group")),
    ].filter((one) => starts(typed)(`${one.label} ${one.text}`))),
  },
  teams: {
    title: "Microsoft Teams",
    groups: [["Channels", ["channel"]], ["Chats", ["groupChat", "personal"]]],
    line: (place) => (place.kind === "personal" ? "Write to Plaudit" : "Write, or @Plaudit for commands"),
    hint: "@Plaudit kudos @Bob Okafor +5 for the calm release #craft",
    only: "Only you can see this message",
    reactions: ["like", "heart"],
    reaction: (kind) => KINDS[kind] ?? kind,
    renderer: (state, press) => new TeamsRenderer(state, press),
    pressed: (action, number, root) => ({ number, title: action.title, values: root ? filledOnTeams(root) : {} }),
    isApp: (one) => one.author === null,
    filled: filledOnTeams,
    formWords: ({ title, card }) => ({ title: title || "Form", submit: card.actions?.[0]?.title, close: card.actions?.length ? "Cancel" : "Close" }),
    completes: (state, before) => commands(state, before, /^\/([\w-]*)$/, "/")
      ?? commands(state, before, new RegExp(`^@${state.bot} ([\\w-]*)$`), `@${state.bot} `)
      ?? names(before, (typed) => [named(`@${state.bot}`, state.bot, true, "app"), ...Object.values(state.people).map((one) => named(`@${one.name}`, one.name))]
        .filter((one) => starts(typed)(one.label))),
  },
};
