import { describe, expect, test } from '@jest/globals';
import { createContentCheck } from '../../src/graphql/content-check.ts';
import { providers } from '../../src/providers/index.ts';

const isContent = createContentCheck(providers);

/** A whole content of this type, as a provider makes it: what is not given is null. */
const whole = { kind: 'VIDEO_TRANSCODE', status: 'RUNNING', outputs: [] };
const output = { kind: 'VIDEO', url: 'https://media.example/a.mp4', urlExpiresAt: null, sizeBytes: 2 ** 40 };

const [{ typename } = { typename: '' }] = providers;
const job = providers.find(({ jobKind }) => jobKind)?.jobKind;
if (!job) throw new Error('No provider has jobs.');

describe('what another replica has stored', () => {
  test.each([
    ['of a task', typename, whole],
    ['with outputs', typename, { ...whole, outputs: [output] }],
    ['of an earlier version, with a field less', typename, { status: null }],
    ['of a later version, with a field more', typename, { ...whole, mood: 'fine' }],
    ['of a job', job.typename, { status: 'RUNNING', [job.keyField]: 'a', problem: null }],
  ])('%s is a content', (_, of, content) => {
    expect(isContent(of, content)).toBe(true);
  });

  test.each([
    ['is no object', 'RUNNING'],
    ['is a list', [whole]],
    ['has a status that is none', { ...whole, status: 'PAUSED' }],
    ['has a progress that is no whole number', { ...whole, progress: 0.5 }],
    ['has a time that is none', { ...whole, createdAt: 'yesterday' }],
    ['has a text where an object belongs', { ...whole, failure: 'broken' }],
    ['has an object where a text belongs', { ...whole, vendorStatus: { toString: 'x' } }],
    ['has no list of outputs', { ...whole, outputs: { 0: output } }],
    ['has an output that is null', { ...whole, outputs: [null] }],
    ['has a size that is no number', { ...whole, outputs: [{ ...output, sizeBytes: '1' }] }],
    ['has an address that expires at no time', { ...whole, outputs: [{ ...output, urlExpiresAt: 'soon' }] }],
  ])('is none when it %s', (_, content) => {
    expect(isContent(typename, content)).toBe(false);
  });

  test('of a type that no provider has is no content', () => {
    expect(isContent('Query', {})).toBe(false);
    expect(isContent('__proto__', {})).toBe(false);
  });

  test('of a job without its id is none', () => {
    expect(isContent(job.typename, { status: 'RUNNING', problem: null })).toBe(false);
  });
});
