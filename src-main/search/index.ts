/** Nearest neighbours, the neighbour graph and the views that are made of it. Knows nothing of photos or runs. */
export { SearchError } from './errors.ts';
export { ExactIndex } from './exactIndex.ts';
export type { GraphOptions, IndexOptions, QueryOptions } from './exactIndex.ts';
export { gramMatrix, symmetricEigenvalues } from './eigenvalues.ts';
export { leadingEigenvectors } from './eigenvectors.ts';
export type { Components } from './results.ts';
export type { KMeans } from './kMeans.ts';
export type { Groups, Outliers } from './graphViews.ts';
export { clusterGroups, clusters, outliers, umapMap } from './views.ts';
export type { ViewOptions } from './views.ts';
export { cliques, connected } from './cliques.ts';
export type { Link } from './cliques.ts';
export { exceptional } from './closeness.ts';
export { nearest } from './nearest.ts';
export { normalized } from './vectors.ts';
export type { Neighbours } from './topK.ts';
