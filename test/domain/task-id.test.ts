import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { decodeTaskId, type Keyed, toIdentity, toTaskRef } from '../../src/domain/task-id.ts';
import { providers } from '../../src/providers/index.ts';
import { anyText } from '../support/any-text.ts';
import { cpuMsOf } from '../support/cpu.ts';

const decode = (id: string) => decodeTaskId(providers, id);
const byName = (name: string): Keyed => {
  const provider = providers.find((known) => known.name === name);
  if (!provider) throw new Error(`No provider ${name}`);
  return provider;
};

/** Any well-formed text that can be part of a key, rich in what ids and queries give a meaning. */
const hostilePart = fc
  .array(fc.oneof(fc.constantFrom(...":@%/&=+?#*~!'() \r\n\t\0é任😀", '%3A', '%', '..'), anyText()), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '' && text.length <= 512);

/** Any provider with any key of its own. */
const anyKey = fc.constantFrom(...providers).chain((provider) =>
  fc
    .tuple(...provider.keyFields.map(({ oneOf }) => (oneOf ? fc.constantFrom(...oneOf) : hostilePart)))
    .map((parts) => ({
      provider,
      key: Object.fromEntries(provider.keyFields.map(({ name }, index) => [name, parts[index] ?? ''])),
    })),
);

describe('an id', () => {
  test('of any key decodes to that key, and to itself', () => {
    fc.assert(
      fc.property(anyKey, ({ provider, key }) => {
        const ref = toTaskRef(provider, key);
        expect(ref).toEqual({ provider: provider.name, typename: provider.typename, key, id: ref.id });
        expect(decode(ref.id)).toEqual(ref);
      }),
      { numRuns: 500 },
    );
  });

  test('is the prefix and one part per key field, and holds no character but of the id grammar', () => {
    fc.assert(
      fc.property(anyKey, ({ provider, key }) => {
        const [prefix, ...parts] = toTaskRef(provider, key).id.split(':');
        expect(prefix).toBe(provider.name);
        expect(parts).toHaveLength(provider.keyFields.length);
        for (const part of parts) expect(part).toMatch(/^([A-Za-z0-9\-_.!~*'()]|%[0-9A-F]{2})+$/);
      }),
    );
  });

  test('differs when the key does', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(toTaskRef(one.provider, one.key).id === toTaskRef(other.provider, other.key).id).toBe(isSame);
      }),
    );
  });

  test.each([
    ['aliyun-vod:c3be4f07', 'AliyunTranscodeTask', { transcodeTaskId: 'c3be4f07' }],
    ['visionular:2020%2F06', 'VisionularTranscodeTask', { taskId: '2020/06' }],
    [
      'volcengine-webcast:app:room%40a:task',
      'WebCastTask',
      { appId: 'app', roomId: 'room@a', taskId: 'task' },
    ],
    ['volcengine-whiteboard:6000:0000', 'WhiteboardTranscodeTask', { appId: '6000', taskId: '0000' }],
    ['zego:tencent:12', 'ZegoMediaTask', { vendor: 'TENCENT', taskId: '12' }],
  ])('%s is a %s', (id, typename, key) => {
    expect(decode(id)).toEqual({ provider: id.split(':')[0], typename, key, id });
  });

  test.each([
    ['visionular:%74%61', 'visionular:ta'],
    ['visionular:a@b/c d+e', 'visionular:a%40b%2Fc%20d%2Be'],
    ['visionular:%e4%bb%bb', 'visionular:%E4%BB%BB'],
    ['visionular:任', 'visionular:%E4%BB%BB'],
    ['visionular:%2A', 'visionular:*'],
    ['zego:TENCENT:1', 'zego:tencent:1'],
    ['zego:HuAwEi:1', 'zego:huawei:1'],
    ['zego:%54encent:1', 'zego:tencent:1'],
  ])('%j is spelled %s once decoded, and stays so', (id, canonical) => {
    expect(decode(id).id).toBe(canonical);
    expect(decode(canonical).id).toBe(canonical);
  });

  test('keeps spaces and capitals of its parts', () => {
    expect(decode('visionular:%20Ab%20').key).toEqual({ taskId: ' Ab ' });
  });
});

describe('an id is refused', () => {
  const known = providers.map(({ name }) => name).join(', ');

  test.each([
    '',
    'x',
    ':',
    ':1',
    'unknown:1',
    'ZEGO:tencent:1',
    ' zego:tencent:1',
    'zego@second:tencent:1',
    'constructor:1',
    '__proto__:1',
  ])('as %j, with the list of prefixes', (id) => {
    expect(() => decode(id)).toThrow(
      new InvalidInputError(`The id ${JSON.stringify(id)} must begin with one of ${known}, and a colon.`),
    );
  });

  test.each([
    ['visionular', 'visionular:<taskId>'],
    ['visionular:a:b', 'visionular:<taskId>'],
    ['volcengine-webcast:a:b', 'volcengine-webcast:<appId>:<roomId>:<taskId>'],
    ['volcengine-webcast:a:b:c:d', 'volcengine-webcast:<appId>:<roomId>:<taskId>'],
    ['zego:1', 'zego:<vendor>:<taskId>'],
  ])('as %j, with the expected form %s', (id, grammar) => {
    expect(() => decode(id)).toThrow(InvalidInputError);
    expect(() => decode(id)).toThrow(`must read ${grammar}, each part percent-encoded`);
  });

  test.each(['%', '%2', '%GG', 'a%', '%FF', '%C0%80', '%ED%A0%80', '%F0%9F%98', '%00%80'])(
    'with the part %j, because it is not percent-encoded UTF-8',
    (part) => {
      expect(() => decode(`visionular:${part}`)).toThrow(InvalidInputError);
      expect(() => decode(`visionular:${part}`)).toThrow('has a part that is not percent-encoded UTF-8');
    },
  );

  test.each([
    ['visionular:', 'VisionularTranscodeTask.taskId must be a text that is not empty'],
    ['volcengine-webcast:a::c', 'WebCastTask.roomId must be a text that is not empty'],
    ['zego::1', 'ZegoMediaTask.vendor must be a text that is not empty'],
    ['zego:aws:1', 'ZegoMediaTask.vendor must be one of TENCENT, HUAWEI'],
    ['zego:constructor:1', 'ZegoMediaTask.vendor must be one of TENCENT, HUAWEI'],
    ['visionular:a\ud800', 'VisionularTranscodeTask.taskId must be valid Unicode, without lone surrogates'],
    ['visionular:\udc00a', 'VisionularTranscodeTask.taskId must be valid Unicode, without lone surrogates'],
  ])('as %j, because %s, by its name', (id, fault) => {
    expect(() => decode(id)).toThrow(InvalidInputError);
    expect(() => decode(id)).toThrow(`The id ${JSON.stringify(id)} is malformed: ${fault}`);
  });

  test('when it is longer than any id, before it is taken apart', async () => {
    const long = `zego${':'.repeat(900_000)}`;
    const decodeOften = () => {
      for (let n = 0; n < 100; n += 1) expect(() => decode(long)).toThrow(/too long/);
    };
    expect(await cpuMsOf(decodeOften, 1_000)).toBeLessThan(1_000);
    const longest = ['', '', ''].map(() => encodeURIComponent('任'.repeat(512))).join(':');
    expect(decode(`volcengine-webcast:${longest}`).id).toBe(`volcengine-webcast:${longest}`);
  });

  test('when a part is longer than 512 characters, however few its bytes, and not before', () => {
    expect(decode(`visionular:${'任'.repeat(512)}`).key.taskId).toHaveLength(512);
    expect(decode(`visionular:${'%41'.repeat(512)}`).key.taskId).toHaveLength(512);
    expect(() => decode(`visionular:${'a'.repeat(513)}`)).toThrow(
      'taskId must be at most 512 characters long',
    );
  });

  test.each(['visionular:%00', 'visionular:', 'zego:tencent:', ''])(
    'of 10 kB after %j with a short message',
    (start) => {
      const id = start + 'x'.repeat(10_000);
      expect(() => decode(id)).toThrow(InvalidInputError);
      expect(() => decode(id)).not.toThrow(/.{400}/s);
    },
  );

  test('or decoded to itself; nothing else happens to any text', () => {
    const nearlyId = fc.tuple(
      fc.constantFrom(...providers),
      fc.string({ unit: fc.constantFrom(...'a:%2F@ \ud800') }),
    );
    const anyId = fc.oneof(
      anyText(),
      nearlyId.map(([{ name }, rest]) => `${name}:${rest}`),
    );
    fc.assert(
      fc.property(anyId, (id) => {
        try {
          const ref = decode(id);
          expect(decode(ref.id)).toEqual(ref);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
          expect((error as Error).message.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a natural key', () => {
  const webcast = byName('volcengine-webcast');

  test.each([undefined, null, 7, true, '', ['a'], { toString: () => 'a' }])(
    'is refused when a field is %j',
    (roomId) => {
      const fault = 'WebCastTask.roomId must be a text that is not empty.';
      expect(() => toTaskRef(webcast, { appId: 'a', roomId, taskId: 't' })).toThrow(
        new InvalidInputError(fault),
      );
    },
  );

  test('may hold more than it needs, which is left out', () => {
    const { key } = toTaskRef(webcast, {
      appId: 'a',
      roomId: 'r',
      taskId: 't',
      id: 'other',
      __typename: 'X',
    });
    expect(key).toEqual({ appId: 'a', roomId: 'r', taskId: 't' });
  });

  test('is part of the identity, beside id, type and provider', () => {
    expect(toIdentity(toTaskRef(byName('zego'), { vendor: 'Tencent', taskId: '1' }))).toEqual({
      __typename: 'ZegoMediaTask',
      id: 'zego:tencent:1',
      provider: 'ZEGO',
      vendor: 'TENCENT',
      taskId: '1',
    });
  });
});
