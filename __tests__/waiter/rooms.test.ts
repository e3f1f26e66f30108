import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

test("no room of the waiter imports one that imports it", () => {
  const root = path.resolve(__dirname, "../../lib/waiter");
  const imports = new Map(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => {
        const text = readFileSync(path.join(root, name), "utf8");
        const found = [...text.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)].map(([, to = ""]) =>
          path.join(path.dirname(name), `${to.replace(/\.js$/, "")}.ts`),
        );
        return [name, found] as const;
      }),
  );
  expect(imports.get(path.join("bdrc", "credentials.ts"))).toContain(
    path.join("bdrc", "sources", "chain.ts"),
  );
  const circles: string[] = [];
  const follow = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) circles.push([...way.slice(way.indexOf(name)), name].join(" → "));
    else for (const to of imports.get(name) ?? []) follow(to, [...way, name]);
  };
  for (const name of imports.keys()) follow(name, []);
  expect([...new Set(circles)]).toEqual([]);
});

test("nothing but the public exports of the SDK's credentials is used, so that an update cannot break it in silence", () => {
  const root = path.resolve(__dirname, "../../lib");
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(path.join(root, name), "utf8"));
  const from = sources.flatMap((text) =>
    [...text.matchAll(/"(@alicloud\/credentials[^"]*)"/g)].map(([, name]) => name),
  );
  expect(from).toEqual(["@alicloud/credentials"]);
  const rooms = sources.filter((text) => text.includes("CredentialsProvider"));
  expect(rooms.filter((text) => text.includes("as unknown as"))).toEqual([]);
});
