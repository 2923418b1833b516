/** What a client that lost its application does with what is asked of it meanwhile. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect, graceMilliseconds } from '../../shared/client.ts';
import { appCalls } from '../../shared/contract.ts';
import type { AppMethod, Message, Transport } from '../../shared/contract.ts';
import { isQuestion } from '../../shared/questions.ts';

/** A line that keeps what goes over it and answers nothing, and what breaks it. */
function line() {
  const sent: string[] = [];
  const lost: (() => void)[] = [];
  const transport: Transport = {
    send: (message: Message) => void (message.type === 'request' && sent.push(message.method)),
    onMessage: () => () => {},
    onClose: (listener) => (lost.push(listener), () => {}),
    close: () => {},
  };
  return { transport, sent, lose: () => lost.forEach((listener) => listener()) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does nothing later that was asked of an application that went, and asks again what is a question', async () => {
  const [first, second] = [line(), line()];
  const client = connect(first.transport);
  first.lose();
  void client.call('runs.list', null);
  const early = client.call('runs.delete', { runId: 'a' });
  const said = expect(early).rejects.toMatchObject({ key: 'disconnected.unsent' });
  await vi.advanceTimersByTimeAsync(graceMilliseconds);
  await said;
  const late = expect(client.call('runs.delete', { runId: 'b' })).rejects.toMatchObject({ code: 'disconnected' });
  await vi.advanceTimersByTimeAsync(0);
  await late;
  client.attach(second.transport);
  expect(second.sent).toEqual(['runs.list']);
});

it('does what was asked while the line was away for a moment, and before there was one', async () => {
  const [first, second] = [line(), line()];
  const client = connect();
  const paused = expect(client.call('runs.pause', { runId: 'a' })).rejects.toMatchObject({ key: 'disconnected' });
  vi.advanceTimersByTime(60_000);
  client.attach(first.transport);
  expect(first.sent).toEqual(['runs.pause']);
  first.lose(); // it may or may not be done
  await paused;
  void client.call('runs.resume', { runId: 'a' });
  vi.advanceTimersByTime(graceMilliseconds - 1);
  client.attach(second.transport);
  vi.advanceTimersByTime(60_000);
  expect(second.sent).toEqual(['runs.resume']);
});

it('takes nothing for a question that changes, begins or ends something', () => {
  const verbs =
    /\.(add\w*|adopt|cancel\w*|clear\w*|collect|copy|create|delete|embed|exclude|extend|fetch|import|merge|moveBack|pause|recover|reject|relocate|remove|rename|report|rescan|restore|resume|reveal|revoke\w*|set(?!s|tings$)\w*|start|stop|testDevices|update|use|write)$|^cluster\.read$/; // which imports a run
  const asked = (Object.keys(appCalls) as AppMethod[]).filter((method) => isQuestion(method) === verbs.test(method));
  expect(asked).toEqual([]);
});
