import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

/** A text that the product can say: its first line, with `…` for whatever differs, and where it stands. */
export interface ProductText {
  readonly firstLine: string;
  readonly file: string;
}

/** Functions and classes whose argument at this place begins a text for a person. */
const SPEAKERS: Readonly<Record<string, number>> = {
  BdrcTaskError: 1,
  CliError: 0,
  Error: 0,
  QueryError: 0,
  addWarning: 0,
  errorText: 1,
  problemWith: 1,
  factText: 0,
  refuse: 0,
};

/** Every text in these folders and files, each once. */
export function productTexts(places: readonly string[]): ProductText[] {
  const found = new Map<string, string>();
  for (const file of places.flatMap((place) => sourcesIn(place))) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
        const name = nameOf(node.expression);
        const place = Object.hasOwn(SPEAKERS, name) ? SPEAKERS[name] : undefined;
        const argument = place === undefined ? undefined : node.arguments?.[place];
        for (const text of argument ? textsOf(argument, source) : []) {
          const firstLine = text.split("\n", 1)[0] ?? "";
          if (/[a-z]{3}/.test(firstLine.replaceAll("…", ""))) found.set(firstLine, file);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...found].map(([firstLine, file]) => ({ firstLine, file }));
}

function sourcesIn(place: string): string[] {
  if (place.endsWith(".ts")) return [place];
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(place, name));
}

function nameOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
}

/** The texts that an expression can be; `…` stands for what is not written there. */
function textsOf(expression: ts.Expression, source: ts.SourceFile): string[] {
  if (ts.isIdentifier(expression)) {
    const declared = constants(source).get(expression.text) ?? [];
    return declared.length > 0 ? declared.flatMap((value) => textsOf(value, source)) : ["…"];
  }
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) {
    return [expression.head.text + expression.templateSpans.map((span) => `…${span.literal.text}`).join("")];
  }
  if (ts.isConditionalExpression(expression)) {
    return [...textsOf(expression.whenTrue, source), ...textsOf(expression.whenFalse, source)];
  }
  if (ts.isParenthesizedExpression(expression)) return textsOf(expression.expression, source);
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textsOf(expression.left, source).flatMap((left) =>
      textsOf(expression.right, source).map((right) => left + right),
    );
  }
  return ["…"];
}

/** Constants of a file whose text is written where they are declared. */
function constants(source: ts.SourceFile): Map<string, ts.Expression[]> {
  const found = new Map<string, ts.Expression[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const before = found.get(node.name.text) ?? [];
      if (node.parent.flags & ts.NodeFlags.Const) found.set(node.name.text, [...before, node.initializer]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
