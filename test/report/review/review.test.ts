import { describe, expect, test } from "vitest";
import type { Review, ReviewGrant } from "../../../src/core/model/review.ts";
import { PLAIN } from "../../../src/report/formats/style.ts";
import { reviewForms } from "../../../src/report/review/review.ts";
import { NOW } from "../../support/org.ts";

/** A grant that nothing is to be said about, unless the rest says otherwise. */
function grant(rest: Partial<ReviewGrant> = {}): ReviewGrant {
  return {
    subject: { type: "person", id: "user_ada", name: "Ada", email: "ada@acme.example" },
    on: { target: "workspaces.prod", name: "Production" },
    role: "developer",
    through: { type: "direct", id: null, name: null },
    since: null,
    by: null,
    lastUsed: { at: "2026-11-20", known: true, asOf: NOW },
    declared: {
      path: "workspaces.prod.members.ada@acme.example",
      at: ["workspaces", "prod"],
      position: { line: 12, column: 7 },
    },
    flags: [],
    advice: "keep",
    reason: { code: "used", args: { day: "2026-11-20" } },
    reviewer: "grace@acme.example",
    ...rest,
  };
}

function review(grants: readonly ReviewGrant[], rest: Partial<Review> = {}): { kind: "review"; review: Review } {
  const about = {
    organization: { id: "org-1", name: "Acme" },
    takenAt: NOW,
    usage: { days: 90, asOf: NOW },
    unknown: [],
  };
  return { kind: "review", review: { ...about, grants, ...rest } };
}

const RUN = { exitCode: 0 };
const open = grant({ advice: "remove", flags: ["unused"], reason: { code: "unused", args: { days: 90 } } });

describe("a review as JSON", () => {
  test("has every field, null where there is nothing", () => {
    expect(JSON.parse(reviewForms.json(review([grant()]), RUN))).toEqual({
      format_version: "1",
      kind: "review",
      exit_code: 0,
      organization: { id: "org-1", name: "Acme" },
      taken_at: "2026-11-23T12:00:00.000Z",
      usage: { days: 90, as_of: "2026-11-23T12:00:00.000Z" },
      only: { workspace: null, user: null },
      grants: [
        {
          subject: { type: "person", id: "user_ada", name: "Ada", email: "ada@acme.example" },
          on: { target: "workspaces.prod", name: "Production" },
          role: "developer",
          through: { type: "direct", id: null, name: null },
          since: null,
          by: null,
          last_used: { at: "2026-11-20", known: true, as_of: "2026-11-23T12:00:00.000Z" },
          declared: { path: "workspaces.prod.members.ada@acme.example", line: 12 },
          flags: [],
          advice: "keep",
          reason: "used on 2026-11-20",
        },
      ],
      unknown: [],
      summary: {
        grants: 1,
        by_flag: {
          "not-in-people": 0,
          "owner-left": 0,
          unused: 0,
          "stale-invite": 0,
          admin: 0,
          "wide-rule": 0,
          "no-owner": 0,
          "shared-key": 0,
          undeclared: 0,
          "overdue-rotation": 0,
          "limit-never-reached": 0,
        },
        by_advice: { keep: 1, lower: 0, remove: 0, ask: 0 },
      },
    });
  });
});

describe("a review as text", () => {
  test("begins with how many there are, and what could not be read", () => {
    const unknown = [{ kind: "members", reason: "api-error", counts: true }] as const;
    const text = reviewForms.text(review([grant(), open], { unknown }), PLAIN);
    expect(text).toMatch(/^Acme \(org-1\): 2 grants, 1 to be decided\n/);
    expect(text).toContain("not read: members (api-error)");
    expect(text).toContain(
      "To be decided\n  remove  ada@acme.example  Production  2026-11-20  developer\n          unused: not used in 90 days\n",
    );
  });

  test("says what alone was asked about, in each form that has a head", async () => {
    const only = { workspace: { target: "workspaces.prod", name: "Production" }, user: "ada@acme.example" };
    const narrowed = review([], { only });
    const words = "ada@acme.example in Production alone";
    expect(reviewForms.text(narrowed, PLAIN)).toMatch(`Acme (org-1), ${words}: 0 grants`);
    expect(reviewForms.markdown(narrowed)).toContain("acme.example in Production alone: 0 grants");
    expect(await reviewForms.html(narrowed, RUN)).toContain(`<h1>Access review: Acme, ${words}</h1>`);
    expect(JSON.parse(reviewForms.json(narrowed, RUN)).only).toEqual({
      workspace: "workspaces.prod",
      user: "ada@acme.example",
    });
  });

  test("tells an invitation and an account from a member with the same role", () => {
    const subject = { id: "id", name: "deploy", email: null };
    const text = reviewForms.text(
      review([
        grant({ subject: { ...subject, type: "invite", email: "eve@acme.example" } }),
        grant({ subject: { ...subject, type: "service_account" } }),
      ]),
      PLAIN,
    );
    expect(text).toMatch(/eve@acme\.example .* developer, invited\n/);
    expect(text).toMatch(/deploy .* developer, service account\n/);
  });

  test("shows what would steer a terminal, and does not obey it", () => {
    const hostile = grant({ subject: { type: "key", id: "k", name: "\u001b[2Jx", email: null } });
    expect(reviewForms.text(review([hostile]), PLAIN)).toContain("\\u{1b}[2Jx");
  });
});

test("CSV has a grant on each line, and no cell that a spreadsheet would run", () => {
  const names = ["=cmd()", "+1", "-1", "@x", "a,b", 'q"q'];
  const grants = names.map((name) => grant({ subject: { type: "key", id: "k", name, email: null } }));
  const [head = "", ...rows] = reviewForms.csv(review(grants)).trimEnd().split("\r\n");
  expect(head.split(",")).toHaveLength(20);
  expect(rows.map((row) => row.split(",k,")[0])).toEqual([
    "key,,'=cmd()",
    "key,,'+1",
    "key,,'-1",
    "key,,'@x",
    'key,,"a,b"',
    'key,,"q""q"',
  ]);
});

test("Markdown has what is to be decided first, keeps under what its readers take, and makes nothing of names", () => {
  const name = "[x](https://evil.example) <img src=x> | `y`";
  const text = reviewForms.markdown(
    review([grant(), grant({ ...open, subject: { type: "key", id: "k", name, email: null } })]),
  );
  expect(text.indexOf("To be decided")).toBeLessThan(text.indexOf("Nothing to ask about"));
  expect(text).not.toContain("<img");
  expect(text).not.toContain("[x](");
  const many = Array.from({ length: 30_000 }, () => grant());
  expect(Buffer.byteLength(reviewForms.markdown(review(many)))).toBeLessThan(1024 * 1024);
});
