import { ApiError, idMaker, type Parameters, type Product } from "./rpc";

/** ECS, as far as automatic snapshot policies go. */
export function ecs(now: () => number): Product {
  const policies = new Map<string, Record<string, unknown>>();
  const policyId = idMaker("sp");

  return {
    name: "ecs",
    version: "2014-05-26",
    operations: {
      CreateAutoSnapshotPolicy: (parameters) => {
        const id = policyId();
        policies.set(id, newPolicy(id, parameters, now()));
        return { AutoSnapshotPolicyId: id };
      },
      DescribeAutoSnapshotPolicyEx: (parameters) => {
        const id = parameters.get("AutoSnapshotPolicyId");
        const found = [...policies.values()].filter((policy) => !id || policy["AutoSnapshotPolicyId"] === id);
        return {
          TotalCount: found.length,
          PageNumber: 1,
          PageSize: 10,
          AutoSnapshotPolicies: { AutoSnapshotPolicy: found },
        };
      },
      DeleteAutoSnapshotPolicy: (parameters) => {
        const id = parameters.need("autoSnapshotPolicyId");
        if (policies.delete(id)) return {};
        throw new ApiError(404, "InvalidSnapshotPolicyId.NotFound", `There is no policy ${id}.`);
      },
    },
  };
}

function newPolicy(id: string, parameters: Parameters, now: number): Record<string, unknown> {
  const days = parameters.need("retentionDays");
  if (!/^(-1|[1-9]\d{0,4})$/.test(days)) {
    throw new ApiError(400, "InvalidRetentionDays.Malformed", `retentionDays ${days} is not valid.`);
  }
  return {
    AutoSnapshotPolicyId: id,
    AutoSnapshotPolicyName: parameters.get("autoSnapshotPolicyName") ?? "",
    RegionId: parameters.need("regionId"),
    // JSON texts, and given back as such.
    RepeatWeekdays: jsonList(parameters, "repeatWeekdays", 7, 1),
    TimePoints: jsonList(parameters, "timePoints", 23, 0),
    RetentionDays: Number(days),
    Status: "Normal",
    EnableCrossRegionCopy: parameters.get("EnableCrossRegionCopy") === "true",
    CopiedSnapshotsRetentionDays: Number(parameters.get("CopiedSnapshotsRetentionDays") ?? -1),
    ResourceGroupId: parameters.get("ResourceGroupId") ?? "",
    CreationTime: new Date(now).toISOString().replace(/\.\d+/, ""),
    DiskNums: 0,
    VolumeNums: 0,
    Tags: { Tag: [] },
  };
}

/** A JSON list of whole numbers in strings, within bounds. */
function jsonList(parameters: Parameters, name: string, most: number, least: number): string {
  const text = parameters.need(name);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  const good = (one: unknown) => /^\d+$/.test(String(one)) && Number(one) >= least && Number(one) <= most;
  if (Array.isArray(list) && list.length > 0 && list.every(good)) return text;
  throw new ApiError(400, "InvalidParameter", `${name} is ${text}; expected such as ["${least}","${most}"].`);
}
