import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this machine can make a certificate. */
export const HAS_OPENSSL = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** A certificate that nobody signed, for a name that no DNS knows and for loopback. */
export interface Certificate {
  readonly file: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

export function makeCertificate(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-tls-"));
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`];
  execFileSync("openssl", [...words, ...subject, "-keyout", key, "-out", file], { stdio: "ignore" });
  return { file, key: readFileSync(key), cert: readFileSync(file) };
}

/** A server that was started, and how it ends. */
export interface Running {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A TLS server on loopback that passes everything on to `upstream`. */
export function startTlsFront(upstream: string, { key, cert }: Certificate): Promise<Running> {
  const server = createTlsServer({ key, cert }, (asked, answered) => {
    const { hostname, port, host } = new URL(upstream);
    const headers = { ...asked.headers, host };
    const onward = request({ hostname, port, method: asked.method, path: asked.url, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    onward.on("error", () => answered.destroy());
    asked.pipe(onward);
  });
  return listen(server);
}

/** What came to a proxy: where each tunnel was to lead, as whom, and the first bytes that went through it. */
export interface ProxyLog {
  readonly target: string;
  readonly authorization: string | undefined;
  first: string;
}

/** A CONNECT proxy: every name leads to loopback. With `status`, it refuses every tunnel. */
export async function startProxy(status = 200): Promise<Running & { readonly tunnels: ProxyLog[] }> {
  const tunnels: ProxyLog[] = [];
  const server = createServer((_, answered) => void answered.writeHead(405).end());
  server.on("connect", ({ url = "", headers }: IncomingMessage, client: Socket, head: Buffer) => {
    const log = { target: url, authorization: headers["proxy-authorization"], first: "" };
    tunnels.push(log);
    client.on("error", () => {});
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\n\r\n{"data":[]}`);
      return;
    }
    const onward = connect(Number(url.split(":").at(-1)), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.write(head);
      client.on("data", (piece) => {
        log.first ||= piece.toString("latin1");
      });
      client.pipe(onward).pipe(client);
    });
    onward.on("error", () => client.destroy());
  });
  return { ...(await listen(server)), tunnels };
}

async function listen(server: Server): Promise<Running> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => open.add(socket.on("close", () => open.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
