/** Why known weights could not be fetched. */
import { catalogue } from '../catalogue.ts';

export const weightErrors = catalogue({
  'not-fetched': ['The weights were not fetched: {message}.', '未能下载权重：{message}。'],
  'not-fetched.offline': [
    'this Lookalike may not send (--offline): fetch {file} on another computer and choose it as a file',
    '此 Lookalike 不得联网（--offline）：请在另一台电脑上下载 {file}，再作为文件选择。',
  ],
  'not-fetched.answer': [
    '{host} answered {status} in place of {file}: try again later, or open its page and fetch it there',
    '{host} 没有给出 {file}，而是回答了 {status}：请稍后再试，或打开其网页自行下载。',
  ],
  'not-fetched.elsewhere': [
    '{host} sends on to {other}, which was not agreed to: open its page and fetch {file} there',
    '{host} 转到了未经同意的 {other}：请打开其网页自行下载 {file}。',
  ],
  'not-fetched.unreached': [
    '{host} cannot be reached ({detail}): look at the connection and fetch it again, or fetch {file} elsewhere and choose it as a file',
    '无法连接 {host}（{detail}）：请检查网络后重试，或在别处下载 {file}，再作为文件选择。',
  ],
  'not-fetched.broken': [
    'the connection to {host} broke after {megabytes} MB ({detail}): fetch it again, and it goes on from there',
    '与 {host} 的连接在 {megabytes} MB 后中断（{detail}）：请再次下载，会从中断处继续。',
  ],
  'not-fetched.sum': [
    'what {host} sent as {file} has another SHA-256 ({sum}) and was thrown away: fetch it again; where that stays, something between here and there changes it',
    '{host} 给出的 {file} 的 SHA-256 不符（{sum}），已丢弃：请重新下载；若仍如此，传输途中有什么改动了它。',
  ],
});
