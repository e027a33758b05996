/**
 * As much of CEL as conditions of rules are written in: `claims.x == "y"`, `!=`, `in […]`, `&&`, `||`, `!`, parentheses, `has(…)`, and
 * startsWith, endsWith and contains of a text. Anything else is refused, as a typing error would be.
 */

export type Claims = Readonly<Record<string, unknown>>;

type Expression = (claims: Claims) => unknown;

/** A condition that can be asked of a token's claims. Throws CelError for what cannot be read, or is true whatever the claims are. */
export function parseCondition(source: string): (claims: Claims) => boolean {
  const tokens = [...source.matchAll(TOKEN)].map(([token]) => token.trim()).filter((token) => token !== "");
  const parser = { tokens, at: 0, usesClaims: false };
  const expression = either(parser);
  if (parser.at < tokens.length) throw new CelError(`unexpected "${tokens[parser.at]}"`);
  if (!parser.usesClaims) throw new CelError("the expression is constant");
  return (claims) => {
    try {
      return expression(claims) === true;
    } catch (error) {
      // A claim that is not there makes the expression an error, and that is no.
      if (error instanceof CelError) return false;
      throw error;
    }
  };
}

/** A condition that cannot be read, or a claim that it asks for and that is not there. */
export class CelError extends Error {
  override readonly name = "CelError";
}

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+|[A-Za-z_]\w*|&&|\|\||==|!=|[!.,()[\]]|\S/gy;

interface Parser {
  readonly tokens: readonly string[];
  at: number;
  usesClaims: boolean;
}

function take(parser: Parser, token: string): boolean {
  if (parser.tokens[parser.at] !== token) return false;
  parser.at += 1;
  return true;
}

function need(parser: Parser, token: string): void {
  if (!take(parser, token)) throw new CelError(`expected "${token}" before "${parser.tokens[parser.at] ?? "the end"}"`);
}

function either(parser: Parser): Expression {
  let left = both(parser);
  while (take(parser, "||")) {
    const [one, other] = [left, both(parser)];
    left = (claims) => one(claims) === true || other(claims) === true;
  }
  return left;
}

function both(parser: Parser): Expression {
  let left = comparison(parser);
  while (take(parser, "&&")) {
    const [one, other] = [left, comparison(parser)];
    left = (claims) => one(claims) === true && other(claims) === true;
  }
  return left;
}

function comparison(parser: Parser): Expression {
  if (take(parser, "!")) {
    const inner = comparison(parser);
    return (claims) => inner(claims) !== true;
  }
  const left = member(parser);
  if (take(parser, "==")) {
    const right = member(parser);
    return (claims) => left(claims) === right(claims);
  }
  if (take(parser, "!=")) {
    const right = member(parser);
    return (claims) => left(claims) !== right(claims);
  }
  if (take(parser, "in")) {
    const right = member(parser);
    return (claims) => {
      const list = right(claims);
      return Array.isArray(list) && list.includes(left(claims));
    };
  }
  return left;
}

const METHODS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

function member(parser: Parser): Expression {
  let value = primary(parser);
  for (;;) {
    const object = value;
    if (take(parser, ".")) {
      const name = parser.tokens[parser.at++] ?? "";
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      if (method && take(parser, "(")) {
        const part = either(parser);
        need(parser, ")");
        value = (claims) => method(String(object(claims)), String(part(claims)));
      } else value = (claims) => fieldOf(object(claims), name);
    } else if (take(parser, "[")) {
      const name = either(parser);
      need(parser, "]");
      value = (claims) => fieldOf(object(claims), String(name(claims)));
    } else return value;
  }
}

function fieldOf(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, name))
    throw new CelError(`no such field: ${name}`);
  return (object as Record<string, unknown>)[name];
}

function primary(parser: Parser): Expression {
  const token = parser.tokens[parser.at++] ?? "the end";
  if (token === "(") {
    const inner = either(parser);
    need(parser, ")");
    return inner;
  }
  if (token === "[") {
    const items: Expression[] = [];
    while (!take(parser, "]")) {
      items.push(either(parser));
      if (!take(parser, ",")) {
        need(parser, "]");
        break;
      }
    }
    return (claims) => items.map((item) => item(claims));
  }
  if (token === "claims") {
    parser.usesClaims = true;
    return (claims) => claims;
  }
  if (token === "has" && take(parser, "(")) {
    const inner = either(parser);
    need(parser, ")");
    return (claims) => {
      try {
        return inner(claims) !== undefined;
      } catch {
        return false;
      }
    };
  }
  if (token === "true" || token === "false") return () => token === "true";
  if (/^["']/.test(token)) return () => token.slice(1, -1).replaceAll(/\\(.)/g, "$1");
  if (/^\d+$/.test(token)) return () => Number(token);
  throw new CelError(`unexpected "${token}"`);
}
