/** Plaudit's sandbox, and Microsoft's Agents Playground as the Teams that it talks to. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const PLAYGROUND = resolve(import.meta.dirname, "node_modules/@microsoft/m365agentsplayground/cli.js");
const PATIENCE_MS = 60_000;

/** Starts both, which write to the log. Gives the address of the playground's page, that of Plaudit, and `stop`. */
export async function startPlayground(python, log) {
  const folder = await mkdtemp(join(tmpdir(), "plaudit-e2e-"));
  const children = [];
  const stop = async () => {
    await Promise.all(children.map(end));
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop().then(() => process.exit(1)));
  try {
    const plaudit = spawn(python, ["app.py", "serve"], { env: sandboxIn(folder) });
    children.push(plaudit);
    const [, address] = await said(plaudit, /"address": ?"([^"]+)", ?"event": ?"ready"/, log);

    const options = ["-e", `${address}/api/messages`, "-c", "msteams", "-p", await freePort(), "--disable-telemetry"];
    const playground = spawn(process.execPath, [PLAYGROUND, "start", ...options], {
      cwd: folder, // it leaves files where it is started
    });
    children.push(playground);
    const [, port] = await said(playground, /Listening on (\d+)/, log);
    return { address: `http://127.0.0.1:${port}`, plaudit: address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing else of the environment: with a credential in it, this would be no sandbox. */
function sandboxIn(folder) {
  return {
    PATH: process.env.PATH,
    PLAUDIT_PORT: "0",
    PLAUDIT_DATABASE_URL: `sqlite:///${join(folder, "plaudit.db")}`,
  };
}

/** The first line of its output that looks like this. The log gets all of it, to the end. */
function said(child, pattern, log) {
  return new Promise((found, failed) => {
    const fail = (why) => failed(new Error(`${child.spawnargs.join(" ")} ${why}`));
    const late = setTimeout(fail, PATIENCE_MS, `did not say ${pattern} in ${PATIENCE_MS / 1000} s`);
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        log.write(`${line}\n`);
        const match = line.match(pattern);
        if (!match) return;
        clearTimeout(late);
        found(match);
      });
    }
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(late);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return String(port);
}
