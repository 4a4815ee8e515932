import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { prepareBinaries } from './binaries.ts';
import { canReach, chooseServerUser, giveTo, type ServerUser } from './server-user.ts';

/** Where root puts what the server's user must be able to reach and what lies under a private directory. */
const SHARED_PLACE = '/var/lib/outcome-ledger';

/** PostgreSQL leaves files it does not know alone. */
const PASSWORD_FILE = 'outcome-ledger.password';

/** The files of one server, made and reachable. */
export interface Cluster {
  readonly binDirectory: string;
  readonly dataDirectory: string;
  /** Of the superuser `postgres`; needed over TCP only. */
  readonly password: string;
  readonly user: ServerUser | null;
}

/**
 * Makes the cluster where there is none yet (initdb in a temporary directory, then renamed: a cluster is whole or not
 * there) and finds its files otherwise.
 *
 * For root, where the server's user cannot reach `directory` (a checkout under /root), `directory` becomes a link to
 * one under /var/lib/outcome-ledger.
 *
 * @param directory holds `data/`
 * @throws Error that says what to do: other major version, no binaries, nobody to run as
 */
export async function prepareCluster(directory: string, log: (line: string) => void): Promise<Cluster> {
  const user = chooseServerUser(directory);
  const root = placeCluster(directory, user, log);
  const copyParent = user === null ? dirname(directory) : SHARED_PLACE;
  const { directory: binDirectory, majorVersion } = prepareBinaries(user, copyParent);
  const dataDirectory = join(root, 'data');
  if (!existsSync(join(dataDirectory, 'PG_VERSION'))) {
    log(`making a new PostgreSQL ${majorVersion} cluster in ${root}`);
    await initialise(root, binDirectory, user);
  }
  const dataVersion = readFileSync(join(dataDirectory, 'PG_VERSION'), 'utf8').trim();
  if (dataVersion !== majorVersion)
    throw new Error(
      `${dataDirectory} is of PostgreSQL ${dataVersion}, and this is PostgreSQL ${majorVersion}: ` +
        'dump it with the version that made it and restore it into a new directory',
    );
  const password = readFileSync(join(dataDirectory, PASSWORD_FILE), 'utf8').trim();
  return { binDirectory, dataDirectory, password, user };
}

/** @returns the real directory of the cluster, which the user can reach */
function placeCluster(directory: string, user: ServerUser | null, log: (line: string) => void): string {
  if (!existsSync(directory)) {
    rmSync(directory, { force: true }); // a link to what is gone
    mkdirSync(dirname(directory), { recursive: true });
    if (canReach(user, dirname(directory))) {
      mkdirSync(directory, { mode: 0o700 });
    } else {
      mkdirSync(SHARED_PLACE, { recursive: true, mode: 0o755 });
      const place = mkdtempSync(join(SHARED_PLACE, 'postgresql-'));
      symlinkSync(place, directory);
      log(`PostgreSQL does not run as root, and others cannot reach ${directory}: its files are in ${place}`);
    }
    giveTo(user, realpathSync(directory));
  }
  const root = realpathSync(directory);
  if (canReach(user, root)) return root;
  throw new Error(
    `the user that runs PostgreSQL (uid ${user?.uid}) cannot reach ${root}: ` +
      'choose another OL_DATA_DIR, start as the owner of the data, or set DATABASE_URL',
  );
}

async function initialise(root: string, binDirectory: string, user: ServerUser | null): Promise<void> {
  const unfinished = mkdtempSync(join(root, 'unfinished-'));
  try {
    giveTo(user, unfinished);
    const passwordFile = join(unfinished, 'password');
    writeFileSync(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    giveTo(user, passwordFile);
    const data = join(unfinished, 'data');
    await promisify(execFile)(
      join(binDirectory, 'initdb'),
      [`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, ...INITDB_OPTIONS],
      { ...user, cwd: unfinished, env: { LC_ALL: 'C' } },
    );
    renameSync(passwordFile, join(data, PASSWORD_FILE));
    renameSync(data, join(root, 'data'));
  } catch (error) {
    // Somebody else was faster; theirs is as good.
    if (!existsSync(join(root, 'data', 'PG_VERSION'))) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The socket lies in a private directory, so whoever reaches it is us; TCP asks for the password. */
const INITDB_OPTIONS = [
  '--auth-local=trust',
  '--auth-host=scram-sha-256',
  '--locale=C',
  '--encoding=UTF8',
  '--data-checksums',
];
