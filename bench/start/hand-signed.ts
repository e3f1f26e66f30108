/** A finished task with node:http and a signature made by hand: the least that a call can cost. */
import { randomUUID } from "node:crypto";
import { get } from "node:http";
import { acs3Headers } from "../../lib/testing/acs3";
import { readQuery, type PlainQuery } from "./plain-query";

function main(query: PlainQuery): void {
  const path = `/api/v1/tasks/${query.taskId}`;
  const call = {
    method: "GET",
    host: query.host,
    path,
    query: [],
    action: "DescribeTask",
    version: "2023-08-08",
  };
  const headers = acs3Headers({ ...call, at: Date.now(), nonce: randomUUID() }, query);
  get(`http://${query.host}${path}`, { headers }, (answer) => {
    let body = "";
    answer.setEncoding("utf8").on("data", (part: string) => (body += part));
    answer.on("end", () => process.stdout.write(body, () => process.exit(0)));
  });
}

void readQuery().then(main);
