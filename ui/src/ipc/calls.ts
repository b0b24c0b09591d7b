/** Derives the types of the way to the engine from the generated bindings. */
import type { commands, events } from './bindings';

type Commands = typeof commands;
type Events = typeof events;

export type CommandName = keyof Commands;
export type EventName = keyof Events;

/** The data of a command's answer. An answer without a status cannot fail, and is its data. */
type DataOf<Answer> = Answer extends { status: 'ok'; data: infer Data }
  ? Data
  : Answer extends { status: 'error' }
    ? never
    : Answer;

export type Arguments<Name extends CommandName> = Parameters<Commands[Name]>;
export type Data<Name extends CommandName> = DataOf<Awaited<ReturnType<Commands[Name]>>>;
export type Payload<Name extends EventName> = Parameters<Parameters<Events[Name]['listen']>[0]>[0]['payload'];

/** The commands by name, with their arguments. Each returns its data, or throws. */
export type Calls = { [Name in CommandName]: (...args: Arguments<Name>) => Promise<Data<Name>> };

/**
 * `onRunEnded` listens to the event `runEnded`, and so on. It calls back with each payload; the function it returns
 * ends that.
 */
export type Listeners = {
  [Name in EventName as `on${Capitalize<Name>}`]: (
    each: (payload: Payload<Name>) => void,
  ) => Promise<() => void>;
};

/** The answers of another engine, such as the mock. Each may come later, and may throw a `Problem`. */
export type Answers = {
  [Name in CommandName]: (...args: Arguments<Name>) => Data<Name> | Promise<Data<Name>>;
};
