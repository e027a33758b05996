import { formatLifetime, isoTime } from "../../core/model/time.ts";
import type { IssuerStatus, RuleStatus } from "../../core/status/federation.ts";
import { quoted } from "../../core/text/text.ts";
import type { Style } from "../formats/style.ts";
import type { Cell, Node } from "../formats/tree.ts";
import { label } from "./status-words.ts";

/** Issuers, each on one line. */
export function issuerNodes(issuers: readonly IssuerStatus[], hasFile: boolean, style: Style): readonly Node[] {
  return issuers.map(({ id, name, url, maxJwtLifetime, checkJti, pollingStoppedAt, declared }): Node => {
    const stopped =
      pollingStoppedAt === undefined ? "" : `its keys are not fetched since ${isoTime(pollingStoppedAt).slice(0, 10)}`;
    return {
      cells: [
        { text: name, paint: style.bold },
        url,
        `tokens of up to ${formatLifetime(maxJwtLifetime)}`,
        checkJti ? "" : { text: "a token can be used again", paint: style.warning },
        { text: stopped, paint: style.error },
        { text: id, paint: style.dim },
        fileCell(hasFile, declared, style),
      ],
    };
  });
}

/** Rules, each with whom it lets in, as whom, where, and what the token has to say. */
export function ruleNodes(rules: readonly RuleStatus[], hasFile: boolean, style: Style): readonly Node[] {
  return rules.map((status): Node => {
    const { rule, workspaces, declared, loose } = status;
    const words = loose.map((code) => code.replace("federation-", "").replaceAll("-", " ")).join(", ");
    const { subject, claims = {}, audience, condition, others = [] } = rule.match;
    const places = workspaces === "all" ? "every workspace" : workspaces.map(label).join(", ") || "no workspace";
    const asks = [
      ...(subject === undefined ? [] : [`if sub is ${quoted(subject)}`]),
      ...Object.entries(claims).map(([claim, value]) => `if ${claim} is ${quoted(value)}`),
      ...(audience === undefined ? [] : [`if aud is ${quoted(audience)}`]),
      ...(condition === undefined ? [] : [`if ${condition}`]),
      ...others.map((claim) => `if ${claim} is what this version does not know`),
    ];
    return {
      cells: [
        { text: rule.name, paint: style.bold },
        leadsCell(status, style),
        `${rule.oauthScope}, for ${formatLifetime(rule.tokenLifetime)}`,
        `in ${places}`,
        { text: words === "" ? "" : `loose: ${words}`, paint: style.warning },
        { text: rule.id, paint: style.dim },
        fileCell(hasFile, declared, style),
      ],
      children: asks.map((ask) => ({ cells: [ask] })),
    };
  });
}

function leadsCell({ rule, issuer, account }: RuleStatus, style: Style): Cell {
  const from = `${issuer ?? rule.issuerId} →`;
  if (!account) return { text: `${from} a target of a type that is not known`, paint: style.warning };
  const { id, name, archived } = account;
  if (archived) return { text: `${from} ${id} (archived: it lets nobody in)`, paint: style.error };
  return { text: `${from} ${name ?? `${id} (not known)`}` };
}

function fileCell(hasFile: boolean, declared: boolean, style: Style): Cell {
  return { text: hasFile && !declared ? "not in rbac.yaml" : "", paint: style.warning };
}
