/**
 * The only way from the window to the engine: {@link ipc} has each command and each event of the generated bindings. A
 * command returns its data, or throws a {@link ProblemError}; its `problem` is a code with parameters, and
 * `$shared/notices/problem` has the words.
 */
import { commands, events, type Plan, type Problem } from './bindings';
import type { Calls, CommandName, Listeners } from './calls';

export type * from './bindings';

/** The code of every problem that the engine may report. */
export type ErrorCode = Problem['code'];

/** The problem with which a command failed. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** Returns the problem in a thrown value; a value that is no problem of ours becomes `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  return { code: 'internal', params: { detail: thrown instanceof Error ? thrown.message : String(thrown) } };
}

export const ipc: Calls & Listeners = { ...calls(), ...listeners() };

/**
 * The commands that need the ledger for themselves, as a reading of the source does. Each waits for a reading that
 * nobody asked for, so that no person is told of one.
 */
const ALONE: ReadonlySet<string> = new Set<CommandName>([
  'plan',
  'startSync',
  'reExport',
  'approveReExport',
  'resolve',
  'verifyAudit',
  'saveSettings',
  'compare',
  'rebuild',
  'openWorkspace',
]);
let unasked: Promise<unknown> | null = null;

/** Reads the source without having been asked to, so that the ledger knows what waits there. Sends nothing. */
export async function readUnasked(): Promise<Plan> {
  const reading = ipc.plan({ from: null, to: null });
  unasked = reading.catch(() => undefined);
  return await reading;
}

/** Forgets the secrets that were typed and not saved. */
export async function forgetSecrets(): Promise<void> {
  await Promise.allSettled([ipc.holdSecret('accounting', ''), ipc.holdSecret('platform', '')]);
}

type Call = (...args: unknown[]) => Promise<unknown>;
type Listenable = { listen(call: (event: { payload: unknown }) => void): Promise<() => void> };

function calls(): Calls {
  const made = Object.entries<unknown>(commands).map(([name, command]) => {
    const call: Call = async (...args) => {
      if (ALONE.has(name) && unasked) await unasked;
      return dataOf(await (command as Call)(...args));
    };
    return [name, call];
  });
  return Object.fromEntries(made) as Calls;
}

function listeners(): Listeners {
  const made = Object.entries<unknown>(events).map(([name, event]) => {
    const listen = (each: (payload: unknown) => void) =>
      (event as Listenable).listen(({ payload }) => each(payload));
    return [`on${name.charAt(0).toUpperCase()}${name.slice(1)}`, listen];
  });
  return Object.fromEntries(made) as Listeners;
}

/** Returns the data of an answer, or throws its problem. An answer without a status is its data, as its type says. */
function dataOf(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return answer;
  if (answer.status === 'ok' && 'data' in answer) return answer.data;
  if (answer.status !== 'error' || !('error' in answer)) return answer;
  // The window's own bridge refuses with a text, which is no problem of the engine's.
  if (typeof answer.error === 'string') throw new Error(answer.error);
  throw new ProblemError(answer.error as Problem);
}
