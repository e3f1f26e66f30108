import { ApiError, idMaker, type Parameters, type Product } from "./rpc";

type Thing = Record<string, unknown>;

/** Cloud Backup (HBR), as far as vaults and policies go. */
export function hbr(now: () => number): Product {
  const vaults = new Map<string, Thing>();
  const policies = new Map<string, Thing>();
  const vaultId = idMaker("v");
  const policyId = idMaker("po");
  const ruleId = idMaker("rule");
  const seconds = () => Math.floor(now() / 1000);

  return {
    name: "hbr",
    version: "2017-09-08",
    operations: {
      CreateVault: (parameters) => {
        const id = vaultId();
        vaults.set(id, newVault(id, parameters, seconds()));
        return success({ VaultId: id });
      },
      DescribeVaults: (parameters) => {
        const found = matching(vaults, parameters.get("VaultId"));
        return success({ TotalCount: found.length, PageNumber: 1, PageSize: 10, Vaults: { Vault: found } });
      },
      DeleteVault: (parameters) => remove(vaults, parameters.need("VaultId")),
      CreatePolicyV2: (parameters) => {
        const id = policyId();
        policies.set(id, {
          PolicyId: id,
          PolicyName: parameters.get("PolicyName") ?? "",
          PolicyDescription: parameters.get("PolicyDescription") ?? "",
          PolicyType: parameters.get("PolicyType") ?? "STANDARD",
          CreatedTime: seconds(),
          Rules: rulesOf(parameters, vaults).map((rule) => ({ ...rule, RuleId: ruleId() })),
        });
        return success({ PolicyId: id });
      },
      DescribePoliciesV2: (parameters) => {
        const found = matching(policies, parameters.get("PolicyId"));
        return success({ TotalCount: found.length, Policies: found });
      },
      DeletePolicyV2: (parameters) => remove(policies, parameters.need("PolicyId")),
    },
  };
}

function success(body: Thing): Thing {
  return { Success: true, Code: "200", Message: "successful", ...body };
}

/** The thing of that id, or all of them; none is an answer, too. */
function matching(things: ReadonlyMap<string, Thing>, id: string | undefined): Thing[] {
  return [...things].filter(([known]) => !id || known === id).map(([, thing]) => thing);
}

function remove(things: Map<string, Thing>, id: string): Thing {
  if (things.delete(id)) return success({});
  throw new ApiError(404, "InvalidResourceId.NotFound", `There is no resource ${id}.`);
}

function newVault(id: string, parameters: Parameters, created: number): Thing {
  return {
    VaultId: id,
    VaultName: parameters.need("VaultName"),
    VaultRegionId: parameters.need("VaultRegionId"),
    VaultType: parameters.get("VaultType") ?? "STANDARD",
    VaultStorageClass: parameters.get("VaultStorageClass") ?? "STANDARD",
    EncryptType: parameters.get("EncryptType") ?? "HBR_PRIVATE",
    RedundancyType: parameters.get("RedundancyType") ?? "LRS",
    Description: parameters.get("Description") ?? "",
    ResourceGroupId: parameters.get("ResourceGroupId") ?? "",
    Status: "CREATED",
    CreatedTime: created,
    WormEnabled: false,
    Tags: { Tag: [] },
  };
}

/** The rules of a policy: a JSON list, or flattened to `Rules.1.RuleType` and the like. */
function rulesOf(parameters: Parameters, vaults: ReadonlyMap<string, Thing>): Thing[] {
  const text = parameters.get("Rules");
  const rules = text === undefined ? flattened(parameters) : jsonRules(text);
  for (const { VaultId: vault } of rules) {
    if (typeof vault === "string" && vault !== "" && !vaults.has(vault)) {
      throw new ApiError(404, "InvalidResourceId.NotFound", `There is no vault ${vault}.`);
    }
  }
  return rules;
}

function jsonRules(text: string): Thing[] {
  try {
    return JSON.parse(text) as Thing[];
  } catch {
    throw new ApiError(400, "InvalidParameter", `Rules is ${text}, which is no JSON.`);
  }
}

/** Names in lower case, as the parameters have them, and their true spelling. */
const RULE_NAMES = new Map(
  [
    "RuleType",
    "BackupType",
    "Schedule",
    "Retention",
    "ArchiveDays",
    "KeepLatestSnapshots",
    "VaultId",
    "Immutable",
  ].map((name) => [name.toLowerCase(), name]),
);

function flattened(parameters: Parameters): Thing[] {
  const rules: Thing[] = [];
  for (const [rest, value] of parameters.startingWith("Rules.")) {
    const [position = "", name = ""] = rest.split(".");
    const spelled = RULE_NAMES.get(name);
    if (spelled) rules[Number(position) - 1] = { ...rules[Number(position) - 1], [spelled]: typed(value) };
  }
  return rules;
}

function typed(value: string): unknown {
  if (/^-?\d+$/.test(value)) return Number(value);
  return value === "true" || value === "false" ? value === "true" : value;
}
