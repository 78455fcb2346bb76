// Files of Debian's packages, for any architecture and release, without installing anything: apt works in a folder of its own.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./toolchain.mjs";

const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Downloads packages and unpacks them, unless that is done.
 *
 * @param {string} folder for their files, laid out as on a Debian machine
 * @param {{ release: string, arch: "amd64" | "arm64", packages: string[] }} what
 * @throws {Error} if this is no Debian machine, or it fails
 */
export function unpackDebian(folder, { release, arch, packages }) {
  if (existsSync(folder)) return;
  if (!existsSync(KEYS)) throw new Error(`${KEYS} was not found; on Ubuntu: apt-get install debian-archive-keyring`);
  console.error(`onescope: downloading ${packages.join(", ")} of Debian ${release} for ${arch} …`);
  const apt = `${folder}.apt`;
  const root = `${folder}.new`;
  for (const old of [apt, root]) rmSync(old, { recursive: true, force: true });
  const debs = join(apt, "debs");
  for (const each of ["state/lists/partial", "cache/archives/partial", "debs"]) {
    mkdirSync(join(apt, each), { recursive: true });
  }
  writeFileSync(join(apt, "status"), "");
  writeFileSync(join(apt, "sources.list"), `deb [signed-by=${KEYS}] http://deb.debian.org/debian ${release} main\n`);
  const settings = {
    "Dir::Etc::sourcelist": join(apt, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State": join(apt, "state"),
    "Dir::State::status": join(apt, "status"),
    "Dir::Cache": join(apt, "cache"),
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const options = Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`);
  run("apt-get", ["--quiet", ...options, "update"], `apt could not read the list of packages of Debian ${release}`);
  run("apt-get", ["--quiet", ...options, "download", ...packages], "apt could not download them", { cwd: debs });
  mkdirSync(root);
  for (const name of readdirSync(debs)) run("dpkg-deb", ["--extract", join(debs, name), root], "dpkg-deb failed");
  rmSync(apt, { recursive: true });
  renameSync(root, folder);
}
