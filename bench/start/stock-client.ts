/** A finished task with @alicloud/openapi-client as it comes: its own transport, no faults minded. */
import OpenApiClient, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import { readQuery, type PlainQuery } from "./plain-query";

async function main(query: PlainQuery): Promise<void> {
  const client = new OpenApiClient(
    new Config({
      endpoint: query.host,
      protocol: "http",
      accessKeyId: query.accessKeyId,
      accessKeySecret: query.accessKeySecret,
    }),
  );
  const params = new Params({
    action: "DescribeTask",
    version: "2023-08-08",
    protocol: "http",
    pathname: `/api/v1/tasks/${query.taskId}`,
    method: "GET",
    authType: "AK",
    style: "ROA",
    reqBodyType: "json",
    bodyType: "json",
  });
  const answer: unknown = await client.callApi(params, new OpenApiRequest({}), new RuntimeOptions({}));
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

void readQuery().then(main);
