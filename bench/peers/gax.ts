import {
  createDefaultBackoffSettings,
  LongrunningDescriptor,
  operation,
  type OperationsClient,
} from "google-gax";
import { recordLooks } from "../clock";
import type { Peer } from "./peer";

/** A long-running operation of Google's API extensions, with the library's default backoff. */
export const gax: Peer = {
  name: "google-gax",
  origin: "real code",
  note: "0.1 s ×1.3 up to 60 s, no timeout",
  looks: (end, random) =>
    recordLooks(
      (look) => {
        const client = {
          getOperationInternal: () => Promise.resolve([{ name: "task", done: look().over }]),
        };
        const nothing = (): never => ({}) as never;
        const descriptor = new LongrunningDescriptor(client as unknown as OperationsClient, nothing, nothing);
        return operation(
          { name: "task", done: false } as never,
          descriptor,
          createDefaultBackoffSettings(),
        ).promise();
      },
      end,
      random,
    ),
};
