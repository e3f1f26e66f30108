/** The fake BDRC service in a process of its own: says where it listens, tells its calls when asked, ends with its parent. */
import { startFakeBdrc, type FakeBdrcOptions } from "../../lib/testing/fake-bdrc";
import type { FromService } from "./own-process";

const tell = (message: FromService): void => void process.send?.(message);

process.once("message", (options: FakeBdrcOptions) => {
  startFakeBdrc(options).then(
    (service) => {
      process.on("message", () =>
        tell({ calls: service.calls.map(({ at, taskId, code }) => ({ at, taskId, code })) }),
      );
      tell({ endpoint: service.endpoint, environment: service.environment });
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once("disconnect", () => process.exit());
