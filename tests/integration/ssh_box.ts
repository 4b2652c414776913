/**
 * A real sshd for tests. The client starts it itself, as its proxy command,
 * so there is no port and nothing to stop.
 */

const SSHD = "/usr/sbin/sshd";

/** Whether tests that need sshd are to be ignored: it is not here, and this is not CI. */
export async function noSshd(): Promise<boolean> {
  if (Deno.build.os !== "linux") return true;
  if (Deno.env.has("CI")) return false;
  return await Deno.stat(SSHD).then(() => false, () => true);
}

/** Another machine, as far as ssh can tell. */
export interface Box extends AsyncDisposable {
  /** The configuration file for ssh in which `box` is the machine. */
  readonly config: string;
}

/** Makes keys and configuration in a temporary folder, which goes with the box; what runs there has these variables in its environment. */
export async function startBox(
  env: Readonly<Record<string, string>> = {},
): Promise<Box> {
  const folder = await Deno.makeTempDir({ prefix: "rtcrowd-ssh-" });
  const path = (name: string) => `${folder}/${name}`;
  for (const key of ["host_key", "user_key"]) {
    await new Deno.Command("ssh-keygen", {
      args: ["-q", "-t", "ed25519", "-N", "", "-f", path(key)],
    }).output();
  }
  await Deno.copyFile(path("user_key.pub"), path("authorized_keys"));
  await Deno.writeTextFile(
    path("sshd_config"),
    [
      `HostKey ${path("host_key")}`,
      `AuthorizedKeysFile ${path("authorized_keys")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PidFile none",
      // Only the first of such lines counts (sshd_config(5)).
      ...(Object.keys(env).length > 0
        ? [
          `SetEnv ${
            Object.entries(env).map(([name, value]) => `${name}=${value}`).join(
              " ",
            )
          }`,
        ]
        : []),
    ].join("\n") + "\n",
  );
  await Deno.writeTextFile(
    path("ssh_config"),
    [
      "Host box",
      `  ProxyCommand ${SSHD} -i -f ${path("sshd_config")}`,
      `  IdentityFile ${path("user_key")}`,
      "  IdentitiesOnly yes",
      "  IdentityAgent none",
      "  StrictHostKeyChecking no",
      `  UserKnownHostsFile ${path("known_hosts")}`,
      "  LogLevel ERROR",
    ].join("\n") + "\n",
  );
  // sshd gives up its privileges into this empty folder, which boot makes.
  if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true });
  return {
    config: path("ssh_config"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
