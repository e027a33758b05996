/** A page of help that belongs to no single command. */
export interface Topic {
  readonly summary: string;
  readonly text: string;
}

const EXIT_CODES = `Exit codes

  0    done, nothing to report
  1    could not run, or failed: an unreadable file, the network, an error of the API, a bug
  2    ran, and found something: errors in the file, drift, failing policy tests
  3    refused: a guardrail, a stale plan, a missing confirmation, a file that is there already
  4    credentials: missing, rejected, not enough, or of another organization
  5    applied in part: what was done, failed and skipped is listed
  6    denied by role policy
  7    done as far as possible; a manual step is left
  64   wrong usage
  130  interrupted

Where several apply, the first of these is the exit code: 64, 130, 4, 1, 5, 3, 6, 2, 7, 0.

validate   warnings alone are 0, with --strict 2; content that is no rbac.yaml is 2, a file that cannot be read 1
drift      any change, or an unmanaged object that is not accepted, is 2; what is pending alone is 0; a kind that could not be read is 4 for want of permission, else 1
apply      what is only unmanaged or pending changes nothing; applied without a failure but not verified is 5
--dry-run  as drift, or 3 where a guardrail would refuse
`;

const ENVIRONMENT = `Environment

The credential for administration, the first of:
  --profile                      a profile of the ant CLI
  ANTHROPIC_ADMIN_KEY            an Admin API key (sk-ant-admin01-…), or another that administers
  ANTHROPIC_AUTH_TOKEN           an OAuth token
  ANTHROPIC_API_KEY              where it holds an Admin API key
  ANTHROPIC_PROFILE              a profile of the ant CLI, else its active one (ant auth login --scope "org:admin")
anth-rbac whoami shows which one it is, and what it reaches.
  ANTH_RBAC_ACTIVITY_KEY         for the activity feed alone (drift --who, the evidence of revoke); default: the same; review asks who gave what only where it is set

What prompt uses:
  ANTHROPIC_API_KEY              the key, unless prompt_key_env of --workspace names another variable
  ANTHROPIC_AUTH_TOKEN           the token of a gateway, where ANTHROPIC_BASE_URL names one
  ANTHROPIC_WORKSPACE_ID         the workspace in which a key without one acts
  ANTH_RBAC_USER                 who asks (default: git's user.email)
  ANTH_RBAC_RATE_STORE_PASSWORD  the password of the Redis in rate_store

Where things are:
  ANTHROPIC_BASE_URL             another host than api.anthropic.com
  ANTHROPIC_CONFIG_DIR           the profiles of the ant CLI
  ANTH_RBAC_STATE_DIR            the audit log, locks and evidence (default: the platform's place for state)
  HTTPS_PROXY, NO_PROXY          a proxy on the way to the API, and hosts that are reached without one
  NODE_EXTRA_CA_CERTS            certificates to trust beside the system's

How it looks:
  NO_COLOR, FORCE_COLOR          never colour; always colour (FORCE_COLOR=0: never)
  ANTH_RBAC_PAGER, PAGER         what shows a result that is longer than the screen (default: less; empty or cat: none)
`;

const CONFIG = `rbac.yaml

Found as rbac.yaml, rbac.yml, rbac.json or .config/rbac.yaml, here and upwards to the root of the repository; --config names another.
It is never executed. Commands that write refuse a file that somebody else could have written, unless --config names it.

  version           1
  organization      id and name; with an id, every command refuses a credential of another organization; keys that no workspace holds; compliance: whether the activity feed is on
  manage            for each kind: off, additive (only adds) or full (also removes what is not declared)
  guardrails        minimum admins, protected people, domains, and how much one run may remove
  key_policy        naming, rotate_every, overlap and soak of every key
  members           people by e-mail: role, app_role, until, reason
  workspaces        by handle: name, tags, data residency, limits, members, keys
  groups            of Claude Enterprise: who is in which
  service_accounts  machines that act without a person, by name
  federation        issuers and rules: which workload gets in without a key, as which service account
  roles             the policy of prompt and of the library: models, max_tokens, rpm_limit, may_assume
  unmapped          the role of whoever members does not name; left out: denied
  rate_store        local, or redis://host:port for a limit that machines share
  audit             prompts: true keeps the text of prompts in the audit log
  review            default_reviewer
  accept            known drift that is fine for now: target, until, owner, reason

Fields that begin with x- are yours. A first file: anth-rbac init. Every field: anth-rbac schema, docs/configuration.md, rbac.example.yaml.
`;

/** What `help` explains beside commands, by the word that asks for it. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  "exit-codes": { summary: "what each exit code means", text: EXIT_CODES },
  environment: { summary: "the environment variables that are read", text: ENVIRONMENT },
  config: { summary: "where rbac.yaml is found, and what it says", text: CONFIG },
};
