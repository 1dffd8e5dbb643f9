// Looks for what is to be shown every half minute. While nobody answers, or we are asked to wait, what is there stays.
const EVERY_MS = 30_000;

async function renew() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS / 2) });
  if (answer.status >= 500) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("main[data-screen]");
  if (next) document.querySelector("main").replaceWith(document.adoptNode(next));
}

setInterval(() => renew().catch(() => {}), EVERY_MS);
