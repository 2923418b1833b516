/** `npm run licences`: writes assets/licences.txt from what is installed. Run after a change of production dependencies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLicences, writeLicences } from '../shared/licences.ts';
import { collect, problemsOf, readLock } from './licences/collect.ts';

const root = join(import.meta.dirname, '..');
const text = writeLicences(collect(root));
writeFileSync(join(root, 'assets/licences.txt'), text);
const { sections } = readLicences(text);
const listed = sections.flatMap(({ works }) => works);
console.log(`assets/licences.txt: ${listed.length} works under ${sections.length} texts`);
const problems = problemsOf(readLock(root), listed);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
