/** A file for the seed `machines` that says what is there, but for two of its rules. */
export const MACHINES = {
  workspaces: {
    prod: {
      name: "Production",
      service_accounts: { "ci-deployer": "developer", indexer: "restricted_developer" },
    },
    stg: { name: "Staging", service_accounts: { "ci-deployer": "developer", nightly: "user" } },
  },
  service_accounts: { "ci-deployer": {}, nightly: {}, indexer: {} },
  federation: {
    issuers: {
      github: { url: "https://token.actions.githubusercontent.com" },
      // Whose keys are given, and not managed here.
      cluster: { url: "https://kubernetes.acme.example" },
    },
    rules: {
      "deploy-main": {
        issuer: "github",
        service_account: "ci-deployer",
        oauth_scope: "workspace:developer",
        workspaces: ["prod", "stg"],
        subject: "repo:acme/app:ref:refs/heads/main",
        claims: { repository_owner: "acme", repository_owner_id: "1234" },
        audience: "https://api.anthropic.com",
        token_lifetime: "15m",
      },
    },
  },
} as const;
