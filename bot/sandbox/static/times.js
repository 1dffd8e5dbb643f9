// Instants in the organisation's zone, which is also the clock's: so that what is shown agrees with each other.
let zone = "UTC";

export const tellZone = (name) => { zone = name; };
export const city = () => zone.split("/").at(-1).replaceAll("_", " ");

const shown = (iso, options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(iso));

export const hour = (iso) => shown(iso, { hour: "2-digit", minute: "2-digit" });
export const exactly = (iso) => shown(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const inFull = (iso) => `${shown(iso, { dateStyle: "full", timeStyle: "short" })}, ${city()}`;
export const dayKey = (iso) => shown(iso, { year: "numeric", month: "2-digit", day: "2-digit" });
export const clockFace = (iso) => ({ day: shown(iso, { weekday: "short", day: "numeric", month: "short" }), hour: hour(iso) });

// "Today", "Yesterday", else the date.
export function day(iso, now) {
  const key = dayKey(iso), before = new Date(new Date(now).getTime() - 24 * 3600 * 1000).toISOString();
  if (key === dayKey(now)) return "Today";
  if (key === dayKey(before)) return "Yesterday";
  return shown(iso, { weekday: "long", day: "numeric", month: "long" });
}
