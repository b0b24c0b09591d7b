/** Holds the one dialog about a record that is open. The frame shows it, so that every screen can open it. */
import type { AttentionItem, Question } from '$ipc';

export type Asked =
  | { kind: 'decide'; recordId: string; item: AttentionItem }
  | { kind: 'accept'; recordId: string; state: 'changed' | 'vanished' }
  | { kind: 'confirm'; question: Question }
  | { kind: 'confirm-record'; recordId: string }
  | { kind: 'set-aside'; recordIds: string[] }
  | { kind: 'receipts-aside'; recordId: string }
  | { kind: 'other-day'; recordIds: string[]; day: string | null }
  | { kind: 're-export'; recordId: string }
  | { kind: 'decline'; recordId: string }
  | { kind: 'story'; recordId: string };

class Dialogs {
  asked = $state.raw<Asked | null>(null);

  open(asked: Asked): void {
    this.asked = asked;
  }

  close(): void {
    this.asked = null;
  }
}

export const dialogs = new Dialogs();
