// Asking and telling the sandbox.
const API = "/sandbox/api";

export async function get(path, query, signal) {
  const answer = await fetch(`${API}/${path}?${new URLSearchParams(query)}`, { signal });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${API}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const type = answer.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json") ? answer.json() : { error: await answer.text() };
}
