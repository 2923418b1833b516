/**
 * The manual does what it says: every command of it is run, in the order of its chapters, in one home that cannot send,
 * and prints what it shows. Where strace is installed, the whole of it is traced: no address is opened but this
 * computer's own. Both languages have the same commands, each chapter is there, and no link leads nowhere.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig, patchFromAssignment } from '../../shared/config.ts';
import { en, zhCN } from '../../shared/messages/window/index.ts';
import { parseArguments } from '../../src-main/cli/command.ts';
import { commands } from '../../src-main/cli/run.ts';
import { chapters, renderChapter, titleOf } from '../../src-renderer/help/manual.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { chapter, mentionsOf, root, stepsOf, wordsOf } from '../helpers/manualSteps.ts';
import { isTraceable, strangers, traceInto } from '../helpers/sockets.ts';

function shownAs(lines: readonly string[]): RegExp {
  const plain = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');
  return new RegExp(`^${lines.map((line) => (line === '…' ? '(?:.*\\n)*' : `${plain(line)}\\n`)).join('')}$`);
}

const languages = { en, 'zh-CN': zhCN } as const;

describe('the manual', () => {
  it('has every chapter in both languages, titled as Help lists it, with the same commands and no dead link', () => {
    for (const [language, words] of Object.entries(languages)) {
      const files = readdirSync(join(root, 'docs/manual', language)).sort();
      expect(files).toEqual(chapters.map((id) => `${id}.md`).sort());
      for (const id of chapters) {
        const markdown = chapter(language, id);
        expect(titleOf(markdown)).toBe(words[`manual.${id}`]);
        expect(renderChapter(markdown, (other) => `#${other}`)).toContain('<h1>');
        expect(stepsOf(markdown)).toEqual(stepsOf(chapter('en', id)));
      }
    }
  });

  it('names in its text only commands, options and settings that there are', () => {
    const understood = new Set<string>();
    for (const language of Object.keys(languages))
      for (const mention of chapters.flatMap((id) => mentionsOf(chapter(language, id)))) {
        const [, name, ...words] = wordsOf(mention.replaceAll(/[[\]]/g, ''));
        if (name === 'COMMAND') continue;
        const command = commands.find((one) => one.name === name);
        expect(command, mention).toBeDefined();
        try {
          const args = parseArguments(command!, words);
          parseConfig(mergeConfig(...args.list('set').map(patchFromAssignment)));
        } catch (error) {
          // a command named for itself alone lacks what it acts on
          expect(`${mention}: ${(error as Error).message}`).toMatch(/: write it as: /);
        }
        understood.add(name!);
      }
    expect([...understood]).toEqual(expect.arrayContaining(['resume', 'doctor', 'trial', 'import', 'use', 'serve']));
    expect(() => parseArguments(commands[0]!, ['FOLDER', '--no-such-option'])).toThrow('no-such-option');
  });

  it('shows markup in its text as text, and has no link to what is not there', () => {
    const html = renderChapter(
      'x <script>y</script> [a](files.md) [b](https://example.org/?a&b) `<i>`',
      (id) => `#${id}`,
    );
    expect(html).toBe(
      '<p>x &lt;script&gt;y&lt;/script&gt; <a href="#files">a</a> <a href="https://example.org/?a&amp;b">b</a> <code>&lt;i&gt;</code></p>\n',
    );
    expect(() => renderChapter('[a](nowhere.md)', String)).toThrow("no chapter 'nowhere.md'");
  });
});

describe('its commands', () => {
  const work = sharedFolder('manual');
  const traces = join(work, 'trace');
  const canTrace = isTraceable(traces);
  let traced = '';

  function run(line: string): { status: number | null; stdout: string; stderr: string } {
    const [program, ...words] = wordsOf(line);
    expect(program).toBe('lookalike');
    const node = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(root, 'src-main/cli/main.ts'),
      ...words,
    ];
    const [command, ...argv] = canTrace ? [...traceInto(traces), ...node] : node;
    const answer = spawnSync(command!, argv, {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, LOOKALIKE_HOME: join(work, 'home'), LOOKALIKE_OFFLINE: '1' },
    });
    if (canTrace) traced += readFileSync(traces, 'utf8');
    return answer;
  }

  it('all run in a home that cannot send, and print what is shown', { timeout: 1_800_000 }, () => {
    const steps = chapters.flatMap((id) => stepsOf(chapter('en', id)));
    expect(steps.length).toBeGreaterThan(12);
    for (const { command, shown } of steps) {
      const { status, stdout, stderr } = run(command);
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
      expect({ command, stdout }).toEqual({ command, stdout: expect.stringMatching(shownAs(shown)) as string });
      // A dozen photos a class show the same as all of them, in less time.
      if (command.startsWith('lookalike sample '))
        for (const label of readdirSync(join(work, 'sample-photos')))
          for (const name of readdirSync(join(work, 'sample-photos', label)).slice(12))
            rmSync(join(work, 'sample-photos', label, name));
    }
  });

  it.skipIf(!canTrace)('opened no address but this computer’s own (skipped where there is no strace)', () => {
    expect(traced).toContain('AF_UNIX'); // the application was reached
    expect(strangers(traced)).toEqual([]);
    expect(
      strangers('1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = 0'),
    ).toHaveLength(1);
    expect(
      strangers('1 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0'),
    ).toEqual([]);
  });
});
