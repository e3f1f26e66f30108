/** A finished task with @alicloud/openapi-core as it comes, the client of Alibaba Cloud's newer SDKs. */
import OpenApiClient from "@alicloud/openapi-core";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import { RuntimeOptions } from "@darabonba/typescript";
import { readQuery, type PlainQuery } from "./plain-query";

async function main(query: PlainQuery): Promise<void> {
  const client = new OpenApiClient(
    new $OpenApiUtil.Config({
      endpoint: query.host,
      protocol: "http",
      accessKeyId: query.accessKeyId,
      accessKeySecret: query.accessKeySecret,
    }),
  );
  const params = new $OpenApiUtil.Params({
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
  const answer: unknown = await client.callApi(
    params,
    new $OpenApiUtil.OpenApiRequest({}),
    new RuntimeOptions({}),
  );
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

void readQuery().then(main);
