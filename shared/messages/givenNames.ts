/** Names that the program gives where nobody typed one. They are kept as key and values (shared/naming.ts). */
import { catalogue } from './catalogue.ts';

export const givenNames = catalogue({
  'given.chosen': [{ one: '{count} chosen photo', other: '{count} chosen photos' }, '所选 {count} 张照片'],
  'given.sample': ['sample photos', '示例照片'],
  'given.unknown': ['unknown', '未知文件夹'],
  'given.numbered': ['{name} {number}', '{name} {number}'],
  'given.arm': ['{study}: {arm}', '{study}：{arm}'],
  'given.armOfSeed': ['{study}: {arm} ({seed})', '{study}：{arm} ({seed})'],
  'given.stars': [{ one: '{count} star', other: '{count} stars' }, '{count} 星'],
  'given.rejected': ['Rejected', '已拒绝'],
});
