import { createHttpPoller, type OperationResponse } from "@azure/core-lro";
import { recordLooks } from "../clock";
import type { Peer } from "./peer";

// A POST whose result comes with its status, so that no further request fetches the result.
const URL_OF_OPERATION = "https://example.invalid/operation";

function answer(statusCode: number, status: string): OperationResponse {
  const body = { status };
  const rawResponse = {
    statusCode,
    request: { method: "POST", url: URL_OF_OPERATION },
    headers: { "operation-location": URL_OF_OPERATION },
    body,
  };
  return { flatResponse: body, rawResponse };
}

/** The poller of the Azure SDK for JavaScript, as it comes. */
export const coreLro: Peer = {
  name: "@azure/core-lro",
  origin: "real code",
  note: "2 s, no timeout",
  looks: (end, random) =>
    recordLooks(
      async (look) => {
        const poller = createHttpPoller({
          sendInitialRequest: () => Promise.resolve(answer(202, "Running")),
          sendPollRequest: () => Promise.resolve(answer(200, look().over ? "Succeeded" : "Running")),
        });
        await poller.pollUntilDone();
      },
      end,
      random,
    ),
};
