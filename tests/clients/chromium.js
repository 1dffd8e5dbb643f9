/** The Chromium of this machine, without a window. */

import { chromium } from "playwright-core";

export function openChromium() {
  // Chromium starts no sandbox of its own for root, as whom containers run.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--disable-gpu", "--disable-quic", "--disable-background-networking", ...asRoot],
  });
}
