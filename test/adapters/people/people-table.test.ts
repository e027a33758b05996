import { expect, test } from "vitest";
import { peopleTable } from "../../../src/adapters/people/people-table.ts";
import { failure } from "../../support/failure.ts";

test("reads CSV with any of the usual delimiters, quotes, a byte order mark and empty lines", () => {
  expect(
    peopleTable('\ufeffemail;"full; name"\r\nada@acme.example;"A\nda"\r\n\r\nbob@acme.example;Bob', "hr.csv"),
  ).toEqual({
    columns: ["email", "full; name"],
    records: [
      { line: 2, cells: { email: "ada@acme.example", "full; name": "A\nda" } },
      { line: 5, cells: { email: "bob@acme.example", "full; name": "Bob" } },
    ],
  });
});

test("reads what a spreadsheet was told of its delimiter, and counts lines as the file has them", () => {
  const text = "\ufeffsep=;\r\nname;email\r\nAndr\u00e9, A;ada@acme.example\r\n";
  expect(peopleTable(text, "hr.csv")).toEqual({
    columns: ["name", "email"],
    records: [{ line: 3, cells: { name: "Andr\u00e9, A", email: "ada@acme.example" } }],
  });
  expect(failure(() => peopleTable(`${text}Bob\r\n`, "hr.csv")).message).toContain("line 4");
});

test("reads a JSON object on each line", () => {
  expect(
    peopleTable('{"email":"ada@acme.example","active":true}\n\n{"email":"bob@acme.example","end":null}\n', "hr.jsonl"),
  ).toEqual({
    columns: ["email", "active", "end"],
    records: [
      { line: 1, cells: { email: "ada@acme.example", active: "true" } },
      { line: 3, cells: { email: "bob@acme.example", end: "" } },
    ],
  });
});

test("an array of JSON is told what to make of it", () => {
  const { message, details } = failure(() => peopleTable('[\n  {"email":"ada@acme.example"}\n]\n', "hr 1.json"));
  expect([message, details.fix]).toEqual([
    '"hr 1.json", line 1: it is one JSON array, and an object on each line is read',
    "jq -c '.[]' 'hr 1.json'",
  ]);
});

test.each([
  ["a row that lacks a cell", "email,status\nada@acme.example,active\nbob@acme.example\n", "line 3"],
  ["a quote that is never closed", 'email,status\nada@acme.example,"active\n', "line"],
  ["a line that is no JSON", '{"email":"ada@acme.example"}\nbob@acme.example\n', "line 2"],
  ["two columns of one name", "email,email\na@acme.example,b@acme.example\n", "line 1"],
])("names the line of %s", (_, text, line) => {
  const { code, message } = failure(() => peopleTable(text, "hr.csv"));
  expect([code, message.includes(line)]).toEqual(["file-unreadable", true]);
});
