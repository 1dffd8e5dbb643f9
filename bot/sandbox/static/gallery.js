// Every card with each of its samples, as Slack and Teams show it, and as it is read aloud.
import { get } from "./api.js";
import { make } from "./dom.js";
import { face } from "./faces.js";
import { SlackRenderer } from "./slack.js";
import { TeamsRenderer } from "./teams.js";

const pane = (platform, title, ...inside) => make("div", { className: `pane ${platform}` }, make("h4", { className: "platform" }, title), ...inside);

const said = (inside) => make("div", { className: "message" }, face("", { app: true }),
  make("div", { className: "said" }, make("p", { className: "who" }, "Plaudit", make("span", { className: "tag" }, "APP")), make("div", { className: "body" }, inside)));

function sample({ name, slack, teams, text }, world) {
  return make("section", { className: "sample" }, make("h3", {}, name), make("div", { className: "three" },
    pane("slack", "Slack", said(slack.map((block) => new SlackRenderer(world).block(block)))),
    pane("teams", "Teams", said([new TeamsRenderer(world).card(teams)])),
    pane("aloud", "Read aloud", make("p", { className: "plain", dir: "auto" }, text))));
}

const titled = (card) => card.replaceAll("_", " ");

const { cards, people, places } = await get("cards", {});
const world = { people, places, groups: {} };
document.getElementById("index").replaceChildren(...cards.map(({ card }) => make("a", { href: `#${card}` }, titled(card))));
document.getElementById("cards").replaceChildren(...cards.map(({ card, samples }) =>
  make("article", { id: card }, make("h2", {}, titled(card)), samples.map((one) => sample(one, world)))));
document.getElementById("cards").setAttribute("aria-busy", "false");
