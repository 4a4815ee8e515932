import { chownSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An unprivileged account: PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** In this order; initdb wants an account with a name, so a bare number will not do. */
const ACCOUNTS = ['postgres', 'nobody', 'daemon'];

/**
 * Whom the server runs as: the current user (null), or, for root, the owner of the cluster's files where they
 * exist, else an unprivileged account of this machine.
 *
 * @param clusterDirectory may not exist yet
 * @throws Error when root finds nobody to become
 */
export function chooseServerUser(clusterDirectory: string): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(clusterDirectory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ACCOUNTS) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account postgres or nobody to run it as: ' +
      'start as another user, or set DATABASE_URL',
  );
}

export function giveTo(user: ServerUser | null, path: string): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

/** Whether the user may pass through every directory from the root down to `directory`, which exists. */
export function canReach(user: ServerUser | null, directory: string): boolean {
  if (user === null) return true;
  for (let path = realpathSync(directory); ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
