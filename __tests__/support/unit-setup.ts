import { tmpdir } from "node:os";

// Unit tests look for no credentials on the machine that runs them: not in its home folder, not at its metadata service.
process.env["HOME"] = tmpdir();
process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
for (const name of Object.keys(process.env)) {
  if (
    /^(ALICLOUD|ALIBABA_CLOUD|ALIBABACLOUD|BDRC)_/.test(name) &&
    !/METADATA_DISABLED$|^BDRC_TASK_(TEST|END)/.test(name)
  ) {
    delete process.env[name];
  }
}
