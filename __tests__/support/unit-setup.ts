import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

// Unit tests look for no credentials on the machine that runs them: not in its home folder, not at its metadata service.
process.env["HOME"] = tmpdir();
// Nor do they share a limit of looks with anybody else.
process.env["TMPDIR"] = mkdtempSync(path.join(tmpdir(), "unit-"));
process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
for (const name of Object.keys(process.env)) {
  if (
    /^(ALICLOUD|ALIBABA_CLOUD|ALIBABACLOUD|BDRC)_/.test(name) &&
    !/METADATA_DISABLED$|^BDRC_TASK_(TEST|END)/.test(name)
  ) {
    delete process.env[name];
  }
}
