/** The arguments of the findings of federation, of the file and of what is live, by code. */
export interface FederationFindingArgs {
  "unknown-issuer": { readonly issuer: string; readonly suggestion?: string };
  "service-account-in-use": { readonly account: string; readonly rules: readonly string[] };
  "issuer-in-use": { readonly issuer: string; readonly rules: readonly string[] };
  /** `platform`: what the issuer is called that many organizations share. */
  "federation-subject-wildcard": { readonly rule: string; readonly subject: string; readonly platform: string };
  /** `claims`: any of which would name the tenant. */
  "federation-tenant-unpinned": {
    readonly rule: string;
    readonly platform: string;
    readonly claims: readonly string[];
  };
  /** `subject`: absent where the rule asks for none; `instead`: what to write. */
  "federation-pull-request": { readonly rule: string; readonly subject?: string; readonly instead: string };
  "federation-every-workspace": { readonly rule: string };
  "federation-wide-scope": { readonly rule: string; readonly scope: string };
  /** Of what a rule gives, or of what an issuer's workloads bring. */
  "federation-long-lifetime": { readonly rule?: string; readonly issuer?: string; readonly lifetime: string };
  "federation-token-reuse": { readonly issuer: string };
  "federation-no-audience": { readonly rule: string };
  "federation-polling-stopped": { readonly issuer: string; readonly since: string };
  "federation-admin-target": { readonly rule: string; readonly account: string };
  /** `workspace`: where the account has no role; absent: it is archived. */
  "federation-target-unusable": { readonly rule: string; readonly account: string; readonly workspace?: string };
  "federation-name-only": { readonly rule: string; readonly platform: string; readonly claims: readonly string[] };
}
