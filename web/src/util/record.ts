// A record's values as people read them: titles of codes and units, digits in groups, lists joined.
import type { City, Title } from '../api/client'
import { inLang } from '../stores/city'
import { grouped } from './figures'

type Field = City['registers'][number]['fields'][number]

/** Empty text for a value that is not there; `unitTitle` finds a unit by its code. */
export function shownValue(field: Field | undefined, value: string | null | undefined, lang: string, unitTitle: (code: string) => Title | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  if (!field) return value
  if (field.many) { try { return (JSON.parse(value) as string[]).map((v) => shownValue({ ...field, many: false }, v, lang, unitTitle)).join('、') } catch { return value } }
  if (field.type === 'unit') return inLang(unitTitle(value), lang) || value
  const option = field.options?.find((o) => o.code === value)
  if (option) return inLang(option.title, lang)
  return ['money', 'decimal', 'integer'].includes(field.type) ? grouped(value) : value
}
