/** What `validate` of a large file is held against: a process that reads the file and has the yaml library parse it. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

process.exitCode = parse(readFileSync(process.argv[2] ?? "", "utf8")) ? 0 : 1;
