import { templateCode } from "../../lib/graph/template-code";

test.each<[string, string, string[]]>([
  ["plain text has none", "terraform_data.a", []],
  ["an interpolation", "x ${local.a} y", ["local.a"]],
  ["several, and a directive", "${a.b}%{if c.d}e.f%{endif}", ["a.b", "if c.d", "endif"]],
  ["a doubled sign is text", "$${a.b} %%{c.d}", []],
  ["a literal in quotes is text", '${f("a.b", c.d)}', ['f("", c.d)']],
  ["but a template in quotes is not", '${f("x ${a.b} y")}', ["a.b", 'f("")']],
  ["an escaped quote does not end a literal", '${f("\\"${a.b}\\" c.d") + e.f}', ["a.b", 'f("") + e.f']],
  [
    "braces of objects and for expressions belong to it",
    "${{for k in a.b : k => {c = d.e}}} f.g",
    ["{for k in a.b : k => {c = d.e}}"],
  ],
  ["what is not ended goes to the end", "${a.b", ["a.b"]],
])("the code of a template: %s", (_, template, code) => {
  expect(templateCode(template)).toBe(code.join(" "));
});
