import { type Binaries, copyBinaries, findBinaries, repairBinaries } from './binaries.ts';
import { type Place, SHARED } from './home.ts';
import { type ServerUser, serverUser, succeedsAs } from './system-user.ts';

/** What runs a server: the programs, and the system user. */
export type Host = { binaries: Binaries; user: ServerUser };

/** The programs of the package, or a copy where that is read-only or the user of the server cannot read it. */
export function findHost({ home, data }: Place): Host {
  const user = serverUser(data);
  const binaries = findBinaries();
  try {
    repairBinaries(binaries);
    if (user === undefined || succeedsAs(user, binaries.postgres, ['--version'])) return { binaries, user };
  } catch {
    // The copy gets what is missing.
  }
  return { binaries: copyBinaries(binaries, user === undefined ? home : SHARED), user };
}
