import { jsonObject } from "../json-object";
import { request } from "../transport";
import { passing, wrong } from "./source";

/**
 * Asks a service that gives credentials, and reads the JSON object of its answer.
 *
 * @param name what the URL stands in, for the text when it is none
 * @throws SourceProblem or TransportError; neither says anything of the answer but its status
 */
export async function exchange(
  name: string,
  url: string,
  options: Parameters<typeof request>[1] = {},
): Promise<ReadonlyMap<string, unknown>> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw wrong(`${name} is no http or https URL`);
  const answer = await request(url, { method: "GET", readTimeout: 10_000, connectTimeout: 5000, ...options });
  if (answer.statusCode !== 200) throw passing(`the service answered with HTTP ${answer.statusCode}`);
  const document = jsonObject(answer.bytes.toString("utf8"));
  if (!document) throw passing("the service did not answer with a JSON object");
  return document;
}
