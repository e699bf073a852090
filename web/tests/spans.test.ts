import { describe, expect, it } from 'vitest'
import { filtered, partsOf, proposedParts, segments } from '../src/meeting/spans'
import { en, zh } from '../src/meeting/words'

describe('the places of items in a text', () => {
  const item = (n: number, from: number | null, to: number | null) => ({ item: n, from, to })
  it('cuts where items begin and end, and loses nothing', () => {
    const pieces = segments('甲乙丙丁戊', [item(1, 1, 4), item(2, 2, 3), item(3, null, null), item(4, 3, 99)])
    expect(pieces.map((p) => p.text).join('')).toBe('甲乙丙丁戊')
    expect(pieces.map((p) => [p.text, p.items])).toEqual([['甲', []], ['乙', [1]], ['丙', [2, 1]], ['丁', [1]], ['戊', []]])
  })
  it('counts code points, not halves of them', () => {
    expect(segments('𠮷林省', [item(1, 1, 3)]).map((p) => p.text)).toEqual(['𠮷', '林省'])
  })
  it('filters by kind, state and confidence, and leaves history out', () => {
    const items = [
      { kind: 'task', state: 'proposed', confidence: 900 }, { kind: 'task', state: 'split', confidence: 900 },
      { kind: 'fact', state: 'accepted', confidence: 400 }, { kind: 'fact', state: 'proposed', confidence: null },
    ] as const
    expect(filtered([...items], { kind: '', state: '', least: 50 })).toHaveLength(2)
    expect(filtered([...items], { kind: 'fact', state: '', least: 0 })).toHaveLength(2)
    expect(filtered([...items], { kind: '', state: 'accepted', least: 0 })).toHaveLength(1)
  })
  it('takes parts as they stand in the quote', () => {
    expect(partsOf('建平台，办活动', '建平台\n办活动\n')).toEqual(['建平台', '办活动'])
    expect(partsOf('建平台，办活动', '办活动\n建平台')).toBeNull()
    expect(partsOf('建平台，办活动', '建平台')).toBeNull()
    expect(proposedParts('建平台，办活动；抓落实。')).toBe('建平台\n办活动\n抓落实')
  })
  it('says everything in both languages', () => {
    const keys = (o: object): string[] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' ? keys(v).map((n) => `${k}.${n}`) : [k]))
    expect(keys(en)).toEqual(keys(zh))
  })
})
