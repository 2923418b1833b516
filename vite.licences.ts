/** Fails the build of the window where it bundles a package that the list of licences does not name. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { readLicences } from './shared/licences.ts';

export function onlyListedPackages(): Plugin {
  return {
    name: 'lookalike:licences',
    apply: 'build',
    generateBundle(_options, bundle) {
      const list = readFileSync(new URL('assets/licences.txt', import.meta.url), 'utf8');
      const listed = new Set(readLicences(list).sections.flatMap(({ works }) => works.map(({ name }) => name)));
      const packages = new Set<string>();
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk')
          for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
            const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll('\\', '/'))?.[1];
            if (name && renderedLength > 0) packages.add(name);
          }
      const missing = [...packages].filter((name) => !listed.has(name));
      if (missing.length > 0)
        this.error(
          `the window bundles ${missing.join(', ')}: name it as bundled in scripts/licences/rules.ts, then "npm run licences"`,
        );
    },
  };
}
