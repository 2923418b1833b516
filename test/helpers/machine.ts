/** What a machine of tests has to compute on, as its search for devices finds it. */

export const processor = {
  provider: 'cpu',
  name: 'Test processor',
  kind: 'processor',
  memoryBytes: 8e9,
  driver: null,
} as const;
export const card = {
  provider: 'webgpu',
  name: 'Test card',
  kind: 'discrete',
  memoryBytes: 4e9,
  driver: '1.0',
} as const;
