import * as fc from "fast-check";
import { taskIdProblem } from "../../lib/protocol/task-id";

test.each(["t-0004d9ctt1iiabcdefgh", "T-ABC_1", "1", "a".repeat(128)])("%s can be a task id", (id) => {
  expect(taskIdProblem(id)).toBeUndefined();
});

test.each([
  ["", "it is empty"],
  ["a".repeat(129), "it has 129 characters, at most 128 are possible"],
  ["t-0004d9ctt1ii********", "it holds an asterisk, as the masked samples of the documentation do"],
  ["-t", "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit"],
  ["t-1/../x", "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit"],
  ["t-1 ", "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit"],
  ["t-1\n", "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit"],
  ["t-é", "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit"],
])("%p cannot be a task id: %s", (id, problem) => expect(taskIdProblem(id)).toBe(problem));

test("an id that passes is one segment of a path as it is", () => {
  fc.assert(
    fc.property(fc.string(), (id) => {
      if (taskIdProblem(id) === undefined) expect(encodeURIComponent(id)).toBe(id);
    }),
  );
});
