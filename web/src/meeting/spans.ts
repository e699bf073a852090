// The text of a meeting with the places of its items. Places count code points, as the server does.
import type { Schemas } from '../api/client'

export type MeetingItem = Schemas['MeetingItem']
export type MeetingKind = Schemas['MeetingKind']
export type MeetingState = Schemas['MeetingState']

export interface Segment {
  text: string
  from: number
  /** Items that cover the piece, the shortest first: that one is meant when one clicks. */
  items: number[]
}

/** Cuts the text where an item begins or ends. Items that are not in the text are left out. */
export function segments(text: string, items: Pick<MeetingItem, 'item' | 'from' | 'to'>[]): Segment[] {
  const points = Array.from(text)
  const placed = items.filter((i): i is { item: number; from: number; to: number } => i.from !== null && i.to !== null && i.from >= 0 && i.to > i.from && i.to <= points.length)
  const cuts = [...new Set([0, points.length, ...placed.flatMap((i) => [i.from, i.to])])].sort((a, b) => a - b)
  const byStart = [...placed].sort((a, b) => a.from - b.from)
  const result: Segment[] = []
  let open: typeof placed = []
  let next = 0
  for (let k = 0; k + 1 < cuts.length; k++) {
    const from = cuts[k]
    open = open.filter((i) => i.to > from)
    while (next < byStart.length && byStart[next].from <= from) open.push(byStart[next++])
    result.push({
      text: points.slice(from, cuts[k + 1]).join(''),
      from,
      items: [...open].sort((a, b) => a.to - a.from - (b.to - b.from) || a.item - b.item).map((i) => i.item),
    })
  }
  return result
}

/** Items that a person still decides on, or has decided on; those that were split, joined or withdrawn are history. */
export const LIVE: MeetingState[] = ['proposed', 'accepted', 'mended', 'rejected']
export const isLive = (item: Pick<MeetingItem, 'state'>): boolean => LIVE.includes(item.state)

export interface Filter {
  kind: MeetingKind | ''
  state: MeetingState | ''
  /** In per cent; items whose confidence is not said are always shown. */
  least: number
}

export function filtered<T extends Pick<MeetingItem, 'kind' | 'state' | 'confidence'>>(items: T[], f: Filter): T[] {
  return items.filter((i) => isLive(i) && (!f.kind || i.kind === f.kind) && (!f.state || i.state === f.state) && (i.confidence === null || i.confidence >= f.least * 10))
}

/** The pieces a person wrote one a line, as they stand in the quote; null when one does not. */
export function partsOf(quote: string, lines: string): string[] | null {
  const parts = lines.split('\n').map((line) => line.trim()).filter((line) => line)
  let at = 0
  for (const part of parts) {
    const found = quote.indexOf(part, at)
    if (found < 0) return null
    at = found + part.length
  }
  return parts.length >= 2 ? parts : null
}

/** Where a quote would be cut by itself: after ， ； 。 and the like. */
export function proposedParts(quote: string): string {
  return quote.split(/(?<=[，,；;。])/).map((part) => part.replace(/[，,；;。]$/, '').trim()).filter((part) => part).join('\n')
}
