/** Which dialog about a record is open: one at a time. The frame holds them, so that every screen can ask for one. */
import type { AttentionItem } from '$ipc';

export type Asked =
  | { kind: 'decide'; recordId: string; item: AttentionItem }
  | { kind: 'accept'; recordId: string; state: 'changed' | 'vanished' }
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
