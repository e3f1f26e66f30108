/** The fake BDRC service in a process of its own; says where it listens, and stays until it is killed. */
import { startFakeBdrc } from "../../lib/testing/fake-bdrc";

void startFakeBdrc({
  quotaPerSecond: 0,
  tasks: { "t-0004d9ctt1iiabcdefgh": { counts: { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 } } },
}).then(({ endpoint, environment }) =>
  process.stdout.write(`${JSON.stringify({ endpoint, environment })}\n`),
);
