/** What a home that is measured holds one of each of. */
export const [datasetId, runId, embeddingSetId, tagId] = ['d', 'r', 's', 't'];
