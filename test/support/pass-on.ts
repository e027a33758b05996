import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Stage } from "./stage.ts";

/** A body of the API's. */
export type Body = Readonly<Record<string, unknown>>;

/** The address of the same API behind a proxy that passes on another body where `change` says so. Ends with the test. */
export async function passingOn({ sandbox }: Stage, change: (path: string, body: Body) => Body): Promise<string> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    const { host: _host, connection: _connection, ...sent } = request.headers;
    const headers = new Headers(Object.entries(sent).map(([name, value]) => [name, String(value)]));
    const sentBody = await text(request);
    const asked = { headers, method: request.method ?? "GET", ...(sentBody !== "" && { body: sentBody }) };
    const answer = await fetch(new URL(path, sandbox.url), asked);
    const body = (await answer.json()) as Body;
    response.writeHead(answer.status, { "content-type": "application/json", date: answer.headers.get("date") ?? "" });
    response.end(JSON.stringify(answer.status === 200 ? change(path, body) : body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
