/** Names the marks and their colours. */

export type Tone = 'good' | 'quiet' | 'accent' | 'warn' | 'bad';
export type Mark =
  | 'check'
  | 'ring'
  | 'half'
  | 'question'
  | 'cross'
  | 'pause'
  | 'triangle'
  | 'alert'
  | 'skip'
  | 'minus'
  | 'sheet'
  | 'dot';
