// Loaded before each measured script; tells on descriptor 3 what the process used up.
const { readFileSync, writeSync } = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ cpu: (user + system) / 1000, rss: peakInKilobytes() / 1024 }));
});

function peakInKilobytes() {
  try {
    // Not resourceUsage(): on Linux its peak is at least that of the parent, which is larger.
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
