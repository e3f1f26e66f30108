import { createWaiter, waiterServiceDefaults, WaiterState } from "@smithy/util-waiter";
import { recordLooks } from "../clock";
import type { Peer } from "./peer";

/** Mandatory for this waiter; so long that it never ends a wait here. In seconds. */
const MAX_WAIT_TIME = 86_400;

/** The waiter of the AWS SDK for JavaScript, with its default delays. */
export const smithy: Peer = {
  name: "@smithy/util-waiter",
  origin: "real code",
  note: "2..120 s; maxWaitTime set to a day",
  random: true,
  looks: (end, random) =>
    recordLooks(
      (look) =>
        createWaiter({ ...waiterServiceDefaults, client: {}, maxWaitTime: MAX_WAIT_TIME }, {}, () =>
          Promise.resolve({ state: look().over ? WaiterState.SUCCESS : WaiterState.RETRY }),
        ),
      end,
      random,
    ),
};
