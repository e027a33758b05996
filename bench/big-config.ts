/** The size that `bench` and the tests speak of: 100 workspaces of 50 members and 50 keys each, 2,000 people. */
const SIZE = { workspaces: 100, membersEach: 50, keysEach: 50, people: 2000 } as const;

const ROLES = ["user", "developer", "restricted_developer"] as const;

/** A valid rbac.yaml of about 640 KB, always the same text. */
export function bigConfig(size: { readonly [Key in keyof typeof SIZE]: number } = SIZE): string {
  const lines = ["version: 1", "organization: { name: Large }", "members:"];
  for (let person = 0; person < size.people; person++) {
    lines.push(`  ${email(person)}: { role: ${person < 4 ? "admin" : "developer"} }`);
  }
  lines.push("workspaces:");
  for (let index = 0; index < size.workspaces; index++) workspace(index, size, lines);
  lines.push("roles:", "  user: { allowed: true, models: [claude-haiku-5-5], max_tokens: 512, rpm_limit: 10 }", "");
  return lines.join("\n");
}

function workspace(index: number, size: { readonly [Key in keyof typeof SIZE]: number }, lines: string[]): void {
  const handle = `team-${String(index).padStart(3, "0")}`;
  lines.push(
    `  ${handle}:`,
    `    name: Team ${index} workspace`,
    `    tags: { env: prod, cost-centre: "${1000 + index}" }`,
  );
  lines.push(
    "    rate_limits:",
    "      claude-sonnet-5-5: { requests_per_minute: 1000, output_tokens_per_minute: 80000 }",
  );
  lines.push("    members:");
  for (let member = 0; member < size.membersEach; member++) {
    const person = 4 + ((index * size.membersEach + member) % (size.people - 4));
    lines.push(`      ${email(person)}: ${ROLES[member % ROLES.length]}`);
  }
  lines.push("    keys:");
  for (let key = 0; key < size.keysEach; key++) {
    const owner = email(4 + ((index * size.membersEach + key) % (size.people - 4)));
    lines.push(`      ${handle}-service-${key}: { owner: ${owner} }`);
  }
}

function email(person: number): string {
  return `person-${String(person).padStart(4, "0")}@acme.example`;
}
