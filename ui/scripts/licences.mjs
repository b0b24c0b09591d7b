/**
 * Writes src/features/settings/licences.json: every package of others that the lock files name, with its version and its
 * licence. `cargo xtask licences` runs it; `tests/tidy` holds the list against the lock files.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const BYTES_MAX = 256 * 1024 * 1024;

const metadata = JSON.parse(
    execFileSync(process.env.CARGO ?? 'cargo', ['metadata', '--format-version', '1', '--locked'], {
        cwd: at('../..'),
        maxBuffer: BYTES_MAX,
        stdio: ['ignore', 'pipe', 'inherit'],
    }).toString(),
);
const crates = metadata.packages
    .filter((each) => each.source !== null)
    .map((each) => [each.name, each.version, each.license ?? '']);

const lock = JSON.parse(readFileSync(at('../package-lock.json'), 'utf8'));
const modules = Object.entries(lock.packages)
    .filter(([place, each]) => place !== '' && !each.link)
    .map(([place, each]) => [place.split('node_modules/').at(-1), each.version, each.license ?? '']);

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const lines = [...new Set([...crates, ...modules].map((each) => JSON.stringify(each)))].sort((one, other) =>
    compare(one.toLowerCase(), other.toLowerCase()),
);
writeFileSync(at('../src/features/settings/licences.json'), `[\n${lines.join(',\n')}\n]\n`);
process.stdout.write(`${lines.length} packages\n`);
